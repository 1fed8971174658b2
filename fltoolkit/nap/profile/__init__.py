"""Finds the numbers for indicators of the plan that describe the cases (persons in forced labour)."""
