"""Compares what two commits of the kit give a user, from the same inputs.

    python -m tests.oracle                  # the base that differences.yaml names, and the working tree
    python -m tests.oracle HEAD~3 --fast    # another base, and few surveys
    python -m tests.oracle --plants         # finds the planted changes of plants.yaml, each in a copy of the code

Only what is public is compared: the command line, names of `fl`, YAML and data in; files and terminal out. `inputs.py` writes the
surveys, `side.py` runs them with one commit, `compare.py` finds the lines that differ, and `differences.yaml` lists those that are meant.
"""
