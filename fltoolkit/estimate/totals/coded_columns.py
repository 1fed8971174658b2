"""Turns the groups that the engine returns into columns of categories: whole numbers, and the labels for which
they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fltoolkit.survey.design.survey_design import Key
from fltoolkit.survey.spec.groups_and_tables import NOT_STATED


def with_categories(
    found: Any, labels: Sequence[str], keys: Sequence[Key], texts: Mapping[str, Any]
) -> pd.DataFrame:
    """Returns an Arrow table (`found`) as a pandas table, with the columns in `labels` as ordered categories.
    `texts` are the texts for which numbers stand, by column.

    The columns are converted one by one in the C library's memory, which NumPy can use again. Arrow's own
    pool would keep it.
    """
    from pyarrow import system_memory_pool

    named = {f"fl__k{i}": key for i, key in enumerate(keys)}
    columns: dict[str, Any] = {}
    for name in found.column_names:
        column = found.column(name).combine_chunks(memory_pool=system_memory_pool())
        if name == "fl__casehh":  # only whether households differ matters
            columns[name] = _codes_and_values(column)[0]
        else:
            columns[name] = (
                _categories(column, named.get(name), texts.get(name))
                if name in labels
                else column.to_numpy(zero_copy_only=False)
            )
    return pd.DataFrame(columns, copy=False)


def _codes_and_values(column: Any) -> tuple[NDArray[np.int32], Any]:
    """Returns a number (0, 1, …; -1 for null) for each value of an Arrow column, and the values for which 0,
    1, … stand."""
    from pyarrow import system_memory_pool
    from pyarrow.compute import dictionary_encode

    held = dictionary_encode(column, memory_pool=system_memory_pool())
    return held.indices.fill_null(-1).to_numpy(), held.dictionary


def _run_lengths(column: Any) -> tuple[Any, NDArray[np.int32]]:
    """Returns a column in a shorter form: the value and the length of each run (consecutive rows with the
    same value)."""
    from pyarrow.compute import run_end_encode

    runs = run_end_encode(column)
    return runs.values, np.diff(runs.run_ends.to_numpy(), prepend=np.int32(0))


def _categories(column: Any, key: Key | None, texts: Any | None) -> pd.Categorical[Any]:
    """Returns a column of texts or numbers as sorted categories. A missing value of a group becomes `not
    stated`; a missing sampling unit stays missing. `key` is the group, or None for a column of sampling
    units. If the column has numbers in place of texts, `texts` has the text of each number, from number 0.
    None: the column has the values themselves."""
    from pyarrow import array, concat_arrays

    column, length = (column, None) if key else _run_lengths(column)  # rows are sorted by their units
    code, held = _codes_and_values(column)
    if texts is not None:
        held = texts.take(held)
    own = held.cast("string")
    if key:
        own = (
            own
            if key.labels is None
            else array([key.labels.get(v, NOT_STATED) for v in held.to_pylist()], "string")
        )
        own = concat_arrays([own, array([NOT_STATED])])
    labelled = pd.Categorical(pd.array(own, dtype="str"))
    of = (
        labelled.codes if key else np.append(labelled.codes, labelled.codes.dtype.type(-1))
    )  # code -1 takes the last element
    return pd.Categorical.from_codes(
        of[code] if length is None else np.repeat(of[code], length), labelled.categories
    )
