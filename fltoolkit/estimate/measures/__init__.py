"""The measures (prevalence, totals, shares, durations), their confidence intervals, and the table of results."""
