"""A questionnaire in YAML becomes an XLSForm and the survey.yaml that reads its answers."""
