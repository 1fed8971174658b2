"""Tools for the time before there is a survey.yaml: a first draft of it, or a questionnaire for the field."""
