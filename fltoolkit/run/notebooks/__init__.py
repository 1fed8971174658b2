"""What a notebook of a run finds in its kernel, and how far it is."""
