"""Reads YAML files into checked objects. Errors name the key. This package does not use the other packages."""
