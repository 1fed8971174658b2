"""Tools for the work before there is a survey.yaml: they draft one, or they make a questionnaire."""
