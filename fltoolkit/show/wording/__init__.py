"""Words for published numbers and for the plan's rows."""
