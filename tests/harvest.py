"""Finds the numbers that a reader finds in the documents of a run, in the line of a row's name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

import numpy as np
import pandas as pd

from fltoolkit.publish.measure_units import scale

NUMBER = re.compile(r"(?<![\w.,])[-−]?\d[\d.,\u00a0\u202f\u2009' ]*")


def seen(texts: Iterable[str], full: pd.DataFrame) -> pd.DataFrame:
    """Returns the table that a reader of these lines could fill: each true number that is, perhaps rounded,
    in a line with the name of its row.

    Args:
        full: the run's estimates without suppression (`restricted`).
    """
    told = full.copy()
    found = [(text.casefold(), _numbers(text)) for text in texts]
    columns = [c for c in ("estimate", "n", "cases", "population") if c in full]
    told[columns] = told[columns].astype(float)
    for i, row in enumerate(full.to_dict("records")):
        names = (
            [str(part).casefold() for part in str(row["category"]).split(" × ")] if row["breakdown"] else []
        )
        beside = [n for text, numbers in found if all(name in text for name in names) for n in numbers]
        for column in columns:
            if not _stands(
                float(row[column]), beside, scale(row["measure"]) if column == "estimate" else 1.0
            ):
                told.loc[told.index[i], column] = np.nan
    return told


def _stands(value: float, beside: list[tuple[float, int]], times: float) -> bool:
    """Returns whether a value, or the value in its unit, is among some numbers, which may be rounded."""
    if np.isnan(value):
        return False
    for wanted in {value, value * times}:
        for number, digits in beside:
            if round(wanted, digits) == number and (number or not wanted):
                return True
    return False


@cache
def _numbers(text: str) -> list[tuple[float, int]]:
    """Returns the numbers of a line, each with its number of decimals. A comma may be a decimal comma or
    separate thousands."""
    found: set[tuple[float, int]] = set()
    for token in NUMBER.findall(text):
        if re.sub(r"\D", "", token) == "1000":  # of "per 1,000"
            continue
        plain = re.sub(r"[\s'\u00a0\u202f\u2009]", "", token).strip(".,").replace("−", "-")
        for style in (plain.replace(",", ""), plain.replace(".", "").replace(",", ".")):
            if re.fullmatch(r"-?\d+(\.\d+)?", style):
                found.add((float(style), len(style.partition(".")[2])))
    return sorted(found)
