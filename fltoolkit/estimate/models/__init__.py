"""Fits logistic regressions and tests associations. Both take the sample design into account."""
