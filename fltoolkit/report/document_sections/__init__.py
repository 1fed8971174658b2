"""Makes the sections of documents: the results of the survey and the tables of the plan, as blocks (headings,
tables, charts)."""
