"""Makes the sheets of the plan's workbook. Each function returns a sheet (`Page`), or the rows of one, in the
plan's language."""
