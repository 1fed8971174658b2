"""Writes the notes below a chart: the meaning of its signs and markers, its population, the number of persons
who answered, and the survey."""

from __future__ import annotations

import math
from collections.abc import Iterable

import pandas as pd

from fltoolkit.languages.language import Language
from fltoolkit.publish.measure_units import PROFILES
from fltoolkit.publish.published_set import Published
from fltoolkit.show.charts.descriptions.chart_parts import Axis, Glyph, Mark
from fltoolkit.show.wording import number_words, result_sentences
from fltoolkit.show.wording.english_numbers import PublishedNumber
from fltoolkit.survey.spec.groups_and_tables import NOT_STATED

EXPLAINED = {
    Glyph.UNRELIABLE: "charts.hollow",
    Glyph.NONE_FOUND: "charts.none_found",
    Glyph.PLANNED: "charts.planned",
}
MARKED = ("suppress", "unreliable")
STAGES = ("involuntary_stage", "coercion_stage")


def glyph(row: PublishedNumber) -> Glyph:
    """Returns the sign with which a chart draws a published number: for example a full dot, or a hollow dot
    for an unreliable number."""
    if row["marker"] == "w":
        return Glyph.NONE_FOUND
    return Glyph.UNRELIABLE if row["flag"] in MARKED else Glyph.MEASURED


def signs(language: Language, marks: Iterable[Mark], axis: Axis | None = None) -> list[str]:
    """Returns notes that explain the signs of a chart, such as hollow dots, grey bands, and intervals that go
    on beyond the end of `axis`. A sign that needs no explanation has no note."""
    there = list(marks)
    used = {mark.glyph for mark in there}
    bands = [language.say("charts.band")] if any(not math.isnan(mark.reach) for mark in there) else []
    cut = [language.say("charts.cut")] if axis and any(mark.high > axis.high for mark in there) else []
    return [*(language.say(key) for sign, key in EXPLAINED.items() if sign in used), *bands, *cut]


def unshown(language: Language, marker: object) -> str:
    """Returns the words in place of a number that is not shown: its marker, such as [c]. A number that is too
    unreliable has no marker here, because [u] in a chart belongs to hollow dots and bars."""
    return language.say("charts.withheld") if marker == "u" else language.say("not_shown", marker=marker)


def on_shares(language: Language, rows: pd.DataFrame) -> list[str]:
    """Returns notes on shares of cases: what the share of a stage counts, and who is in the row *not
    stated*."""
    shown = rows[rows["estimate"].notna()]
    stages = language.say("profile.stages") if shown["breakdown"].isin(STAGES).any() else ""
    not_stated = language.say("tables.not_stated") if (shown["category"] == NOT_STATED).any() else ""
    return list(nonempty(stages, not_stated))


def on_definitions(out: Published, language: Language, rows: pd.DataFrame) -> list[str]:
    """Returns a note on rates by group of a population of adults and children, if some categories (such as
    ages) are of children alone: the definitions of adults and of children differ."""
    population, children = (
        rows["reference_population"].iloc[0],
        result_sentences.flow_population(out, of_children=True),
    )
    if children is None or not result_sentences.has_adults_and_children(out, population):
        return []
    young = out.own_rows(measure="prevalence", reference_population=children)
    for group, part in rows[(rows["measure"] == "prevalence") & (rows["breakdown"] != "")].groupby(
        "breakdown"
    ):
        of_children = set(young.loc[young["breakdown"] == group, "category"])
        if of_children and of_children < set(part["category"]):
            return [language.say("charts.definitions")]
    return []


def withheld(language: Language, rows: pd.DataFrame) -> list[str]:
    """Returns a note for each reason why numbers are too unreliable to be shown, with the names of their
    rows."""
    there = rows[rows["estimate"].isna() & (rows["marker"] == "u")]
    names = pd.Series(number_words.labels(language, there), index=there.index, dtype=object)
    by_reason = names.groupby(there["reason"].map(lambda why: number_words.reason(language, why)), sort=False)
    return [f"{number_words.start(language.colon(language.join(who), str(why)))}." for why, who in by_reason]


def markers(language: Language, used: Iterable[object]) -> str:
    """Returns a sentence that explains the markers in a chart: letters such as [c] (confidential). The text
    is empty if the chart has none. It leaves out those that the chart itself explains: [u] (hollow dots and
    bars), [w] (lines without a dot), [c] and [x] (*not shown*, *not available* in the row)."""
    words = number_words.markers(language, {str(marker) for marker in used} - {"u", "w", "c", "x"})
    return f"{words}." if words else ""


def chart_base(out: Published, first: PublishedNumber, language: Language) -> str:
    """Returns a note on the persons whom a chart is about: the name of the population, and how many of its
    persons answered (as published). If the chart shows shares of cases, the note also gives the number of
    cases. If it shows how long forced labour lasted, the note is about the cases whose duration is known.

    Args:
        first: a row of the chart, which has the name of the population.
    """
    who = language.kit(first["reference_population_label"])
    own = {"outcome": str(first["outcome"])} if first.get("outcome") in out.outcomes else {}
    asked = out.own_rows(
        measure="prevalence", breakdown="", reference_population=str(first["reference_population"]), **own
    )
    if not who:
        return ""
    if first["measure"] == "duration":
        known: str = "" if pd.isna(first["n"]) else number_words.count(language, first["n"])
        return language.say(
            "charts.base_of_durations" if known else "charts.base_of_durations_hidden", who=who, n=known
        )
    if asked.empty or pd.isna(asked["n"].iloc[0]):
        return language.say("charts.base_unknown", who=who)
    whole = asked.iloc[0].to_dict()
    facts = {
        "who": who,
        "n": number_words.count(language, whole["n"]),
        "cases": number_words.cases(language, whole),
    }
    return language.say(
        "charts.base_of_cases"
        if first["measure"] in ("share", *PROFILES) and facts["cases"]
        else "charts.base",
        **facts,
    )


def source(language: Language, *surveys: object) -> str:
    """Returns the note that names the surveys on which a chart is based. The text is empty if no survey has a
    name, as with data without a survey.yaml."""
    there = dict.fromkeys(str(survey) for survey in surveys if isinstance(survey, str) and survey)
    return (
        language.say("charts.source", survey=language.list(language.kit(name) for name in there))
        if there
        else ""
    )


def base_and_source(out: Published, first: PublishedNumber, language: Language) -> str:
    """Returns the last note below a chart: the persons who answered, and the survey. `first` is a row of the
    chart."""
    return " ".join(nonempty(chart_base(out, first, language), source(language, first.get("survey"))))


def nonempty(*sentences: str) -> tuple[str, ...]:
    """Returns the given sentences without empty ones, for the notes below a chart."""
    return tuple(sentence for sentence in sentences if sentence)
