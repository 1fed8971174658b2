"""The kit's tables, each with one list of columns: notebooks, documents and the workbook print the same cells."""
