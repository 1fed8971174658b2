"""Reads the standard classifications, such as ISIC and ISCO: the meaning of each code, in words and as a code
of ILOSTAT."""
