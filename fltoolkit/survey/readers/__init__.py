"""Each kind of file or table that holds data, opened strictly."""
