"""Reads YAML files into checked objects. Errors name the key. It knows nothing of the other packages."""
