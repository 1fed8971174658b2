"""Pages that open in a browser: notebooks without code, and the front page of a batch."""
