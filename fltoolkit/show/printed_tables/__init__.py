"""Makes the kit's tables. Each table has one list of columns, so notebooks, documents and the workbook print
the same cells."""
