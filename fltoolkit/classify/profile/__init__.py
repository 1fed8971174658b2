"""Describes the cases: by which means they were coerced, in which form, and for how long."""
