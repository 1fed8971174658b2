"""Indicators of the plan that describe the cases (persons in forced labour)."""
