"""Parts of documents: published findings and the plan's tables as blocks."""
