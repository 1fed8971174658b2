"""Reads YAML files into checked objects. Each error message names the key with the mistake. This package does
not use the other packages."""
