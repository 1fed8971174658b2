"""Shows how blank answers affect the published result."""
