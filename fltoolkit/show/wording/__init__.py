"""Published numbers and the plan's rows in words."""
