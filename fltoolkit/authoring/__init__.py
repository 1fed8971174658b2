"""Before there is a survey: a first survey.yaml from a data file, and a questionnaire to field."""
