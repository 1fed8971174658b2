"""Room 2: who is in forced labour, by the 20th ICLS guidelines (2018), and why."""

from fltoolkit.classify.adults import classify

__all__ = ["classify"]
