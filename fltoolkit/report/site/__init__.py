"""Makes pages for a browser: notebooks without code, and the start page of a batch (`index.html`)."""
