"""The measures (prevalence, totals, shares, durations), their intervals, and the table that holds them."""
