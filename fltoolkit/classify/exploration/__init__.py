"""Analyses beyond survey.yaml: a domain, an outcome other than forced labour, or a group that the user defines."""
