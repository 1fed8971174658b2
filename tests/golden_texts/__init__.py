"""What the documents of a run say, as text, so that a changed word is read in a diff before it lands.

    python -m tests.golden_texts write            # `make golden-texts`: runs the surveys, and commits what changed
    python -m tests.golden_texts changes [BASE]   # counts changed words, numbers and markers since a commit

A folder for each survey holds a file for each document and language. `base` names the commit with which CI compares.
"""
