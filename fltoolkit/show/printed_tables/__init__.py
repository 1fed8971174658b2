"""The kit's tables, each with one list of columns. Notebooks, documents and the workbook print the same cells."""
