"""Turns a questionnaire in YAML into an XLSForm and the survey.yaml that reads its answers."""
