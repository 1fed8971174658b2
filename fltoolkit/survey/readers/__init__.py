"""Opens each kind of data file or table. A file with mistakes is refused, not repaired."""
