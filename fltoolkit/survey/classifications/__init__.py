"""Standard classifications as YAML files: what a code means, in words and in ILOSTAT's codes."""
