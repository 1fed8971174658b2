"""Charts as data: which numbers, words and signs stand on each, made from published tables in one language."""
