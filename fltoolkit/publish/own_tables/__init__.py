"""Publishes a table that a user made, alone or beside the published set of a run."""
