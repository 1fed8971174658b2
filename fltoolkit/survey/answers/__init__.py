"""Reads the answers to a question: codes, several codes in one text, skips and blanks."""
