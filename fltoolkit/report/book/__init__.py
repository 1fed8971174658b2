"""The plan's workbook: what stands on each sheet (`sheets`, `forms`), and how it is written (`layout`)."""
