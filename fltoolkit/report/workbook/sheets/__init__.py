"""The sheets of the plan's workbook. Each function returns a page in the plan's language."""
