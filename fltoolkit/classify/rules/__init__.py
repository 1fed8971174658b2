"""Contains the rule sets: YAML files that define what counts as forced labour. No other file defines it."""
