"""Puts published numbers and rows of the plan's results framework into words."""
