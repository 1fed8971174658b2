"""Standard classifications are data: what a code stands for, in words and in ILOSTAT's codes."""
