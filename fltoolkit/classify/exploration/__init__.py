"""Analyses beyond survey.yaml: a domain, an outcome other than forced labour, or a group of the user's own."""
