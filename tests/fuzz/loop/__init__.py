"""A plain loop over the raw rows that answers what the kit answers, written from the documentation alone.

It imports nothing of fltoolkit, and no library beyond PyYAML, so that it can only agree with the kit where
both are right.
"""
