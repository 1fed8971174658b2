"""Makes the corrections of the data that survey.yaml lists. Each is counted and reported."""
