"""Files for other systems: SDMX, ILOSTAT's columns, JSON."""
