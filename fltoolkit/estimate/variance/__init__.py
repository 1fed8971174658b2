"""Computes variances from influence values: by Taylor linearisation, by replicate weights, or across several samples."""
