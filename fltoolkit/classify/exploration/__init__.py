"""Analyses for which a user needs no new survey.yaml: a domain, an outcome other than forced labour, or a group made from a
column."""
