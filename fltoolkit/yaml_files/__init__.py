"""YAML files in, checked objects out; mistakes in words that name the key. Knows no room."""
