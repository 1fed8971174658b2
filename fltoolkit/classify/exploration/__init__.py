"""What a statistician asks beyond survey.yaml: a domain, an outcome other than forced labour, a group of one's own."""
