"""The rule sets: YAML files that define what counts as forced labour. Nothing else defines it."""
