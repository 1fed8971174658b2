"""The documents that people are handed: brief, plan's skeleton, slides."""
