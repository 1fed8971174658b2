"""Tools for the time before a survey.yaml exists: one drafts a survey.yaml from data, the other writes a questionnaire."""
