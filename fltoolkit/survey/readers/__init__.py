"""Opens each kind of data file or table. A file with mistakes is refused. It is not repaired."""
