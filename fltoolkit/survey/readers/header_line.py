"""Decides whether a message may print the column names of a data file.

A CSV file can lack its header. The first line of such a file contains the answers of a person, and no message
may print it.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from fltoolkit.errors import DataError
from fltoolkit.survey.data.column_names import printable_name, trimmed
from fltoolkit.survey.readers.csv_layout import TEXT_FILES


def header_is_known(present: Sequence[str], wanted: Collection[str], paths: Collection[object]) -> bool:
    """Returns whether the first line of a data file certainly contains column names. In a CSV file without a
    header, the first line contains a person's answers, which no message may print.

    Args:
        present: the names found in the first line.
        wanted: the columns that survey.yaml or the caller names. If at least half of them are in `present`,
            in upper or lower case, the first line is a header.
        paths: the sources of the data: files, or tables in memory. If none of them is a CSV file, the result
            is true.
    """
    if not any(isinstance(path, (str, Path)) and Path(path).suffix.lower() in TEXT_FILES for path in paths):
        return True
    there = {trimmed(name).casefold() for name in present}
    return bool(wanted) and 2 * sum(trimmed(name).casefold() in there for name in wanted) >= len(wanted)


def printed_names(names: Sequence[str], known: bool) -> Sequence[str] | str:
    """Returns names of columns as a message may print them: a list of names, or only a text with their number
    if `known` is false. The names may then be a person's answers from the first line of a CSV file without a
    header."""
    return (
        [printable_name(str(name)) for name in names]
        if known
        else (
            f"{len(names):,} name{'s' if len(names) != 1 else ''}, not printed: the first line may be a "
            "person's answers"
        )
    )


def refuse_missing(
    wanted: Collection[str],
    present: Sequence[str],
    where: str,
    paths: Collection[object],
    keys: Mapping[str, str] | None = None,
) -> None:
    """Raise an error if the data do not have all columns that survey.yaml names.

    Args:
        wanted: the columns that survey.yaml names.
        present: the columns of the data.
        where: the place that the message names, such as a key of survey.yaml.
        paths: the files that were read. The list is empty if `present` certainly contains column names, and
            not the answers of a person.
        keys: for each column in `wanted`, the key of survey.yaml that names it.

    Raises:
        DataError: a column is missing. The message gives the names that were probably meant, if it may print
            them.
    """
    missing = [c for c in wanted if c not in present]
    if not missing:
        return
    known = header_is_known(present, wanted, paths)
    guesses = {m: difflib.get_close_matches(m, present, n=1, cutoff=0.6) if known else [] for m in missing}
    hints = {
        m: [*([keys[m]] if keys else []), *(f"did you mean {printable_name(g)}?" for g in guesses[m])]
        for m in missing
    }
    do = "correct the names; upper and lower case count"
    if len(present) == 1:
        do = "the file has a single column: give its `delimiter:` under `files:`, or correct the names"
    elif not known:
        do = (
            "write the names of the columns into the first line, or correct those in survey.yaml; "
            "fltoolkit check --show-values prints that line"
        )
    raise DataError(
        "columns that survey.yaml names are not in the data",
        where=where,
        found=[f"{m} ({'; '.join(words)})" if words else m for m, words in hints.items()],
        allowed=printed_names(present, known),
        do=do,
        withheld=", ".join(present),
    )
