"""What the classification shows of the survey itself."""
