"""Shows how missing answers affect the published result."""
