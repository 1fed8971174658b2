"""Computes variances from influence values (the part of each sampled unit in an estimate): by Taylor
linearisation, by replicate weights, or across several samples."""
