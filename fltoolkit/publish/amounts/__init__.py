"""Means and medians of amounts, such as a debt: how they are rounded, and which are hidden."""
