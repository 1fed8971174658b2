"""What answers that are missing do to the published result."""
