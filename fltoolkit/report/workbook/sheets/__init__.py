"""The sheets of the plan's workbook: each a function that gives a page in the plan's language."""
