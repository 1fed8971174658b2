"""The documents that people receive: the brief, the skeleton of the plan, and the slides."""
