"""Sixty small errors in the code of the package (`mutants.yaml`), each of which a test should find.

A mutant is one changed expression: a flipped comparison, a dropped condition, another constant, two swapped
arguments. It is named by its module, its function and the text of the expression, so that a new format or a
new line does not lose it. `python -m tests.code_mutants trace FOLDER` runs the suite and writes down which
tests reach which mutant; `run FOLDER` tries each mutant against those, and tells which tests found it. A
change of the suite is held against this list: what was found before must be found after.
"""
