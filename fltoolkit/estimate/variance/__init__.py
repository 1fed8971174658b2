"""Variance from influence values: by Taylor, by replicates, of several samples."""
