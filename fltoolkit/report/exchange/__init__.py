"""Writes files for other systems: SDMX, tables with ILOSTAT's columns, and JSON."""
