"""The measures, their intervals, and the table that holds them."""
