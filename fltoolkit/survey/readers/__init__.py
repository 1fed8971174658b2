"""Opens each kind of data file or table. A file with mistakes is not repaired: an error says what is
wrong."""
