"""Weights calibrated to population benchmarks."""
