"""The plan's workbook: what the survey puts on its sheets (`sheets`, `definitions`), what partners fill in (`fill`), how a sheet is
written (`layout`), and all of them in order (`pages`)."""
