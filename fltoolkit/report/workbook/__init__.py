"""The plan's workbook: written for partners, read back, and merged into partners.yaml."""
