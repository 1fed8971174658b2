"""The campaign: mutants of survey.yaml, nap.yaml, CSV files, tables and arguments, each judged by a plain
loop over the same rows.

python -m tests.fuzz --mutants 500 --seed 7        # a report, and the command that repeats each failure
python -m tests.fuzz --seed 7 --only 1234          # one mutant, with its input
"""
