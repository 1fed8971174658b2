"""Change between two rounds, or since a publication; never why."""
