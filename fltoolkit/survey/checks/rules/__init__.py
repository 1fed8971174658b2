"""The rules of the checks, by what they look at: weights, sample design, codes, persons."""
