"""The notes below a chart: the meaning of its signs and markers, its population, how many persons were asked, and the survey."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from fltoolkit.languages.language import Language
from fltoolkit.publish.measure_units import PROFILES
from fltoolkit.publish.published_set import Published
from fltoolkit.show.charts.descriptions.chart_parts import Glyph, Mark
from fltoolkit.show.wording import number_words
from fltoolkit.show.wording.english_numbers import PublishedNumber

EXPLAINED = {Glyph.UNRELIABLE: "charts.hollow", Glyph.NONE_FOUND: "charts.none_found", Glyph.PLANNED: "charts.planned"}
MARKED = ("suppress", "unreliable")


def glyph(row: PublishedNumber) -> Glyph:
    """Returns the sign of a published number."""
    if row["marker"] == "w":
        return Glyph.NONE_FOUND
    return Glyph.UNRELIABLE if row["flag"] in MARKED else Glyph.MEASURED


def signs(language: Language, marks: Iterable[Mark]) -> list[str]:
    """Returns the meaning of those signs of a chart that need an explanation."""
    used = {mark.glyph for mark in marks}
    return [language.say(key) for sign, key in EXPLAINED.items() if sign in used]


def markers(language: Language, used: Iterable[object]) -> str:
    """Returns the meaning of a chart's markers as a sentence; empty if it has none."""
    told = number_words.markers(language, used)
    return f"{told}." if told else ""


def base(out: Published, first: PublishedNumber, language: Language) -> str:
    """Returns the population of a chart and how many persons were asked, as published. For shares of cases also the number of
    cases.

    Args:
        first: a row of the chart, which names its population.
    """
    who = language.kit(first["reference_population_label"])
    asked = out.own_rows(measure="prevalence", breakdown="", reference_population=str(first["reference_population"]))
    if not who:
        return ""
    if asked.empty or pd.isna(asked["n"].iloc[0]):
        return language.say("charts.base_unknown", who=who)
    whole = asked.iloc[0].to_dict()
    facts = {"who": who, "n": number_words.count(language, whole["n"]), "cases": number_words.cases(language, whole)}
    return language.say(
        "charts.base_of_cases" if first["measure"] in ("share", *PROFILES) and facts["cases"] else "charts.base", **facts
    )


def source(language: Language, *surveys: object) -> str:
    """Returns the surveys on which a chart is based; empty for a design without a survey.yaml."""
    there = dict.fromkeys(str(survey) for survey in surveys if isinstance(survey, str) and survey)
    return language.say("charts.source", survey=language.list(language.kit(name) for name in there)) if there else ""


def told(*sentences: str) -> tuple[str, ...]:
    """Returns the sentences that are not empty."""
    return tuple(sentence for sentence in sentences if sentence)
