"""Makes the corrections of the data that survey.yaml lists, and counts and reports each correction."""
