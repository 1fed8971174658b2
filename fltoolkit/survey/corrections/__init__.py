"""What survey.yaml corrects in the data: made on the rows as they are read, counted, and told."""
