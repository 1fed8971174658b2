"""Hides cells so that no small count can be calculated from the other cells (statistical disclosure
control)."""
