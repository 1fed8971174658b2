"""Puts published numbers into English words: in their printed unit, and rounded to the precision of the
survey."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from functools import wraps
from inspect import signature
from typing import Any, TypeVar, cast

import pandas as pd

from fltoolkit.classify.characteristics import TOPICS
from fltoolkit.languages.language import read_language
from fltoolkit.languages.word_files import BASE
from fltoolkit.publish.measure_units import decimals, rounded_as_printed, scaled
from fltoolkit.show.wording.section_words import Nothing

ENGLISH = read_language(BASE)
PublishedNumber = Mapping[Hashable, Any]
NBSP = "\u00a0"


def number(value: float, measure: str, places: int | None = None) -> str:
    """Returns an estimate as it is printed, in the unit of its measure: 17.2 (per 1,000), 50 (%), 6,300
    (persons, three significant digits). `places` are the decimals of its row; None: those of its measure."""
    if pd.isna(value):
        return ""
    places = decimals(measure) if places is None else places
    return f"{rounded_as_printed(scaled(value, measure), measure, places):,.{places}f}"


def value(group: str, code: object) -> str:
    """Returns the words for one category of a group: the code `domestic_work` (a form of forced labour) gives
    `domestic work`.

    Characteristics of cases, such as forms of forced labour, have the kit's words. Other categories have the
    words of the survey.
    """
    return str(code).replace("_", " ") if group in TOPICS else str(code)


def count(value: float | None) -> str:
    return "" if value is None or pd.isna(value) else f"{value:,.0f}"


def count_or_mark(value: float | None) -> str:
    """Returns a count of persons, or `[c]` if it is hidden."""
    return count(value) or "[c]"


NO_PLAN = Nothing("There is no plan, so that there is nothing to say here.")
F = TypeVar("F", bound=Callable[..., Any])


def of_plan(make: F) -> F:
    """Decorates a function that needs the evidence for a plan (the plan and its numbers). If the evidence is
    None, the new function returns a note that there is no plan."""

    first = next(iter(signature(make).parameters))

    @wraps(make)
    def asked(*given: Any, **named: Any) -> Any:
        return NO_PLAN if given[:1] == (None,) or named.get(first, ...) is None else make(*given, **named)

    return cast(F, asked)
