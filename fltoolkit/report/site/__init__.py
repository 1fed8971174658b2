"""Pages for a browser: notebooks without code, and the front page of a batch."""
