"""The plan's rows in the words of any language: targets, why no survey could verify a target, and how the number of a later
survey compares with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from fltoolkit.languages.language import Language
from fltoolkit.nap.follow_up import BELOW, WHOLLY_BELOW
from fltoolkit.nap.targets import UNPLANNED
from fltoolkit.publish.measure_units import COUNTED
from fltoolkit.publish.printed_numbers import DIGITS, significant
from fltoolkit.show.wording import number_words
from fltoolkit.survey.spec.groups import TOTAL

Line = Mapping[Any, Any]
UNDER = (BELOW, WHOLLY_BELOW)


def about(language: Language, row: Line) -> str:
    """Returns what a row of the plan is about: its indicator, and its category if it has one."""
    what = number_words.indicator(language, row)
    if row["group"] in ("", TOTAL):
        return what
    return f"{what} ({language.colon(number_words.group(language, str(row['group'])), number_words.reason(language, row['category']))})"


def value(language: Language, number: float, row: Line) -> str:
    """Returns a number of the plan as a language prints it, without the words of its unit. The number is already in the unit of
    its row (17.2 for 17.2 per 1,000). Empty if the number is missing.
    """
    return "" if pd.isna(number) else number_words.in_unit(language, number, str(row["measure"]))


def smallest_value(row: Line) -> float:
    """Returns the value that a row would have after the smallest fall that a repeat would detect, in the unit of the row. A number
    of persons has two significant digits: the fall is a percentage without decimals."""
    value: float = row["smallest_value"]
    return float(significant(value, DIGITS)) if row["measure"] in COUNTED and pd.notna(value) else value


def between(language: Language, row: Line, low: str, high: str) -> str:
    return number_words.limits(language, value(language, row[low], row), value(language, row[high], row))


def promise(language: Language, row: Line, *, with_unit: bool = True) -> str:
    """Returns a target of the plan in words: `a cut of 50 % by 2030, to 8.6 per 1,000 …`. Without the unit, it is for a table that
    names the unit elsewhere.
    """
    if pd.isna(row["target_year"]):
        return ""
    aim = {
        "year": f"{row['target_year']:g}",
        "value": value(language, row["target_value"], row),
        "unit": language.kit(row["unit"]) if with_unit else "",
    }
    if pd.isna(row["target_value"]) or pd.isna(row["cut"]):
        return language.say("targets.hidden", year=aim["year"])
    if row["cut"] >= 1:
        return language.kit(row["target_words"])
    return language.say("targets.cut", cut=number_words.percent(language, row["cut"]), **aim).rstrip()


def frequency(language: Language, text: str) -> str:
    """Returns how often an indicator is reported, in the plan's words or in the kit's."""
    return language.say(f"frequencies.{text}") if language.has(f"frequencies.{text}") else language.own(text)


def verifiable(language: Language, row: Line) -> str:
    """Returns whether a target can be verified, with the obstacle: `no: sample too small`."""
    words = language.say(f"verifiable.{row['verifiable'] or 'open'}")
    return (
        language.say("verifiable.why", said=words, why=number_words.reason(language, row["obstacle"]))
        if row["obstacle"]
        else words
    )


def warning(language: Language, row: Line) -> str:
    """Returns the warning that a document prints about a target if no survey of the planned size could verify it."""
    about_it = {"what": about(language, row), "target": promise(language, row)}
    if row["obstacle"] == UNPLANNED:  # the planned repeat would be large enough
        chance = number_words.percent(language, row["power"])
        sentences = [language.say("targets.unplanned", **about_it, year=f"{row['target_year']:g}", chance=chance)]
    else:
        sentences = [language.say("targets.warning", **about_it, reason=number_words.reason(language, row["reason"]))]
        sentences.append(detectable_cut(language, row))
    return " ".join([*filter(None, sentences), *([later(language, row)] if row["beside"] in UNDER else [])])


def warning_points(language: Language, row: Line) -> tuple[str, ...]:
    """Returns the facts of `warning` as short texts: the target, the number of the later survey if there is one, the reason, and
    what the planned repeat would find."""
    chance = number_words.percent(language, row["power"])
    found = language.say("slides.chance", chance=chance) if row["obstacle"] == UNPLANNED else detectable_cut(language, row)
    return tuple(filter(None, (
        language.say("slides.aim", target=promise(language, row)), later(language, row) if row["beside"] else "",
        language.say("slides.why", reason=number_words.reason(language, row["reason"])), found,
    )))  # fmt: skip


def detectable_cut(language: Language, row: Line) -> str:
    """Returns a sentence with the smallest cut of a row that the planned repeat would find; empty if that is not known."""
    if pd.notna(row["smallest_cut"]):
        return language.say("targets.smallest", cut=number_words.percent(language, row["smallest_cut"]))
    return language.say("targets.none_detectable") if pd.notna(row["power"]) else ""


def later(language: Language, row: Line) -> str:
    """Returns a sentence that compares the number of the later survey with a target: whether it is above or below. This is not a
    test.
    """
    interval = between(language, row, "later_ci_low", "later_ci_high")
    told_of = {"year": f"{row['later_year']:g}", "value": value(language, row["later_value"], row), "interval": interval}
    return language.say("targets.already", **told_of, beside=language.kit(row["beside"]))
