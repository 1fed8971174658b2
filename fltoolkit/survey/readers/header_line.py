"""Decides which column names a message may print: missing names always, and the first line only if it is a header.

A CSV file can lack its header. The first line of such a file holds the answers of a person, and no message may print it.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from fltoolkit.errors import DataError
from fltoolkit.survey.data.column_names import tidy, visible
from fltoolkit.survey.readers.csv_layout import TEXT_FILES


def header_is_known(present: Sequence[str], wanted: Collection[str], paths: Collection[object]) -> bool:
    """Returns whether the first line of a data file certainly holds column names. In a CSV without a header, the first line holds
    a person's answers, which no message may print.

    Args:
        present: the names in the data.
        wanted: the columns that survey.yaml or the call names. If at least half of them are in `present`, in upper or lower case,
            the first line is a header.
        paths: the sources of the data: files, or tables in memory. Only a CSV file can lack its header.
    """
    if not any(isinstance(path, (str, Path)) and Path(path).suffix.lower() in TEXT_FILES for path in paths):
        return True
    there = {tidy(name).casefold() for name in present}
    return bool(wanted) and 2 * sum(tidy(name).casefold() in there for name in wanted) >= len(wanted)


def printed_names(names: Sequence[str], known: bool) -> Sequence[str] | str:
    """Returns names of columns as a message may print them. If `known` is false, they may be a person's answers (see
    `header_is_known`), and only their number is printed.
    """
    return (
        [visible(str(name)) for name in names]
        if known
        else f"{len(names):,} name{'s' if len(names) != 1 else ''}, not printed: the first line may be a person's answers"
    )


def refuse_missing(
    wanted: Collection[str], present: Sequence[str], where: str, paths: Collection[object], keys: Mapping[str, str] | None = None
) -> None:
    """Raise an error if the data do not have all columns that survey.yaml names.

    Args:
        wanted: the columns that survey.yaml names.
        present: the columns in the data.
        where: the key, for the message.
        paths: the files that were read. Empty if `present` certainly holds column names.
        keys: for each column in `wanted`, the key that names it.

    Raises:
        DataError: the message gives the names that were probably meant.
    """
    missing = [c for c in wanted if c not in present]
    if not missing:
        return
    known = header_is_known(present, wanted, paths)
    guesses = {m: difflib.get_close_matches(m, present, n=1, cutoff=0.6) if known else [] for m in missing}
    hints = {m: [*([keys[m]] if keys else []), *(f"did you mean {visible(g)}?" for g in guesses[m])] for m in missing}
    do = "correct the names; upper and lower case count"
    if len(present) == 1:
        do = "the file has a single column: give its `delimiter:` under `files:`, or correct the names"
    elif not known:
        do = "write the names of the columns into the first line, or correct those in survey.yaml; fltoolkit check --show-values prints that line"
    raise DataError(
        "columns that survey.yaml names are not in the data", where=where,
        found=[f"{m} ({'; '.join(words)})" if words else m for m, words in hints.items()], allowed=printed_names(present, known), do=do,
        withheld=", ".join(present),
    )  # fmt: skip
