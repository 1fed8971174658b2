"""Rules that the parts of a survey.yaml must meet together."""
