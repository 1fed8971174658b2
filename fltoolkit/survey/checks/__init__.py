"""Checks the data of a survey before any estimate. What a check finds wrong or worth knowing is a finding."""
