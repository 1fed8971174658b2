"""The parts of a document, and how they become HTML, slides or Word."""
