"""Writes sentences on a change between two rounds of a survey. They say that a number has changed only if the
test says so, and never name a cause."""

from __future__ import annotations

import pandas as pd

from fltoolkit.languages.language import Language
from fltoolkit.nap.later_survey import answer_on_change, in_units, round_names
from fltoolkit.publish.measure_units import COUNT_MEASURES, unit
from fltoolkit.publish.published_set import Published
from fltoolkit.show.wording import number_words, plan_words
from fltoolkit.show.wording.english_numbers import NBSP, PublishedNumber
from fltoolkit.show.wording.plan_words import Line, value
from fltoolkit.table_records import as_records


def of_headline(found: Published, language: Language) -> tuple[str, ...]:
    """Returns sentences on the change in the default population: one sentence on the rate, and one on the
    number of persons."""
    rows = found.table[
        (found.table["reference_population"] == found.headlines[0]) & (found.table["breakdown"] == "")
    ]
    return tuple(
        of_published(language, r)
        for c in ("prevalence", "total")
        for r in as_records(rows[rows["measure"] == f"change_in_{c}"])
    )


def of_published(language: Language, row: PublishedNumber) -> str:
    """Returns a published change of the whole population as a sentence."""
    measure = str(row["measure"]).removeprefix("change_in_")
    verdict, why = row["verdict"], row["verdict_reason"]
    line = {
        **row,
        **in_units(row, measure),
        "measure": measure,
        "unit": unit(measure, row["reference_population_label"]),
        "reached": "",
        "changed": answer_on_change(verdict, why, str(row["flag"])) if verdict else "",
        "reason": why or row["reason"],
    }
    return sentence(language, line, language.say(f"titles.{measure}"))


def sentence(language: Language, row: Line, what: str) -> str:
    """Returns a sentence on a change: the numbers of both rounds, their difference, whether the target is
    reached, and whether the test finds a change.

    Args:
        row: a row of the follow-up (the comparison of the plan's baseline with a later survey), or a
            published change.
        what: the words for what has changed.
    """
    before, after = round_names(row)
    if not row["changed"]:
        reason = number_words.reason(language, row["reason"])
        return language.say("change.hidden", what=what, before=before, after=after, reason=reason)
    answers = plan_words.answers(language, row)
    if pd.isna(row["change"]):
        return f"{what}. {answers}"
    rounded = (("baseline_value", "before"), ("value", "after"))
    old, new = (f"{plan_words.shown(language, row, c)}{_sign(row[f'flag_{side}'])}" for c, side in rounded)
    numbers = language.say(
        "change.numbers",
        old=old,
        new=new,
        before=before,
        after=after,
        unit="" if row["measure"] in COUNT_MEASURES else f", {language.kit(row['unit'])}",
        change=signed(language, row["change"], row),
        interval=limits(language, row),
    )
    return f"{language.colon(what, numbers)} {answers}"


def _sign(flag: object) -> str:
    """Returns the sign that stands behind the number of a round, with a space before it: † or [u]; or an
    empty text."""
    return f"{NBSP}[u]" if flag == "unreliable" else number_words.care(flag)


def signed(language: Language, number: float, row: Line) -> str:
    """Returns a change with + or − in the unit of its row: −7.8 (per 1,000), +410 (persons). A change that
    rounds to 0 has no sign. The text is empty if the change is not known."""
    size = "" if pd.isna(number) else value(language, abs(number), row)
    return size if not size or size == value(language, 0.0, row) else f"{'−' if number < 0 else '+'}{size}"


def limits(language: Language, row: Line) -> str:
    """Returns the interval of a change as text. If a limit is not 0 but rounds to 0, `<0` or `>0` replaces
    it; the column `beyond_zero` says which. The text is empty if the interval is not shown."""
    low, high = (signed(language, row[c], row) for c in ("change_ci_low", "change_ci_high"))
    beyond = str(row["beyond_zero"])
    return number_words.limits(
        language, low and (beyond if beyond == ">0" else low), high and (beyond if beyond == "<0" else high)
    )


def interviews(language: Language, row: Line) -> str:
    """Returns a sentence on how the interviews of the two compared surveys were held, for example by
    telephone. The text is empty if neither survey.yaml says this."""
    said = [number_words.reason(language, row[f"interview_conditions{side}"]) for side in ("_before", "")]
    before, after = (text or language.say("change.not_said") for text in said)
    return language.say("change.interviews", before=before, after=after) if any(said) else ""
