"""Draws small legal surveys, runs all cells and documents of each in one process, and reads what they leave.

    python -m tests.legal_surveys --surveys 300 --seed 1     # an hour on two cores

A legal survey may not stop, and no text may hold an empty place, a value without words, or two languages.
"""
