"""Writes the plan's workbook for its partners, reads it back, and merges their entries into partners.yaml."""
