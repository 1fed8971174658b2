"""Estimates the measures (prevalence, totals, shares, durations), with their confidence intervals and the
table of results."""
