"""What a document is made of, and how it becomes HTML, slides or Word."""
