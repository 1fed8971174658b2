"""How the answers to a question are read: codes, several codes in one text, skips and blanks."""
