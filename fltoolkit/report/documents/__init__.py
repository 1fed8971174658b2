"""Makes the documents that people receive: the evidence brief, the skeleton (first draft) of the plan, and
the slides."""
