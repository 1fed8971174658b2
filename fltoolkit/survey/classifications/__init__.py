"""Standard classifications as YAML files: the meaning of each code, in words and in ILOSTAT's codes."""
