"""Makes analyses possible that need no change of survey.yaml: estimates for a part of the sample (a domain),
an outcome other than forced labour, or a group made from a data column."""
