"""How the sample was drawn and weighted, bound to the data."""
