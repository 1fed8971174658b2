"""Contains tools for the work before there is a survey.yaml. They draft a survey.yaml, or make a
questionnaire."""
