"""Reads the ILO's Global Estimates of forced labour, which are only for orientation. They must not be
compared with the results of a survey. So the column `comparable` of each row has `no`, and the column `why`
has the reason."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
from pydantic import Field

from fltoolkit.languages.reasons import Reason
from fltoolkit.publish.measure_units import unit
from fltoolkit.yaml_files.loading import Model, load_model

COLUMNS = ("place", "year", "measure", "value", "unit", "comparable", "why", "source")


class Figure(Model):
    """One number of the ILO's Global Estimates.

    Attributes:
        place: the world or a region.
        part: the part of the persons, such as women; empty for all persons.
        year: the year of the estimates.
        millions: the number of persons in forced labour on an average day, in millions.
        per_1000: the number of these persons per 1,000 people; None if the ILO did not publish it.
    """

    place: str
    part: str = ""
    year: int
    millions: float
    per_1000: float | None = None


class References(Model):
    """The content of references.yaml: the numbers of the ILO's Global Estimates (`rows`) and their source, by
    year (`sources`).

    `comparable` is always `no`: these numbers cannot be compared with a survey. `why` is the key of the
    reason in the language files.
    """

    comparable: Literal["no"]
    why: Annotated[str, Field(min_length=1)]
    sources: dict[int, str]
    rows: tuple[Figure, ...]


def references() -> pd.DataFrame:
    """Returns the numbers of the ILO's Global Estimates, in the ILO's order. There is one row per place, year
    and measure: `stock` (persons on an average day) and `stock_prevalence` (per 1,000 people). The number is
    in the column `value`, in the unit of the column `unit`."""
    found = load_model(Path(str(files(__package__))) / "references.yaml", References)
    rows = []
    for f in found.rows:
        for measure, value in (("stock", float(round(f.millions * 1e6))), ("stock_prevalence", f.per_1000)):
            if value is not None:
                about = (found.comparable, _text_of(found.why), _text_of(found.sources[f.year]))
                rows.append((_place(f), f.year, measure, value, unit(measure, _text_of("people")), *about))
    return pd.DataFrame(rows, columns=COLUMNS)


def _place(figure: Figure) -> Reason:
    """Returns the world or a region in words. If the number is about a part of the persons, such as women,
    the words also name this part."""
    place = Reason.of(f"categories.{figure.place}")
    return Reason.of("references.of", whole=place, part=_text_of(figure.part)) if figure.part else place


def _text_of(key: str) -> Reason:
    return Reason.of(f"references.{key}")
