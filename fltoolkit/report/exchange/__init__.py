"""What other systems read: SDMX, ILOSTAT's columns, JSON."""
