"""Makes the titles of the slides. Each title says in one sentence what its slide shows, and no more than a
test or an interval supports.

A title contains a number only if the number is reliable. A function returns None if there is nothing to say;
the slide then has a plain heading.
"""

from __future__ import annotations

from math import nan

import pandas as pd

from fltoolkit.languages.language import Language
from fltoolkit.nap.evidence import Evidence
from fltoolkit.publish.published_set import Published
from fltoolkit.report.document_sections import first_page
from fltoolkit.report.document_sections.targets_section import MET, MISSED, NOT_KNOWN, on_path, with_target
from fltoolkit.show.wording import (
    contrast_sentences,
    number_words,
    plan_words,
    share_sentences,
)
from fltoolkit.show.wording.plan_words import is_total, shown, value
from fltoolkit.table_records import as_records


def rate(out: Published, language: Language) -> str | None:
    """Returns the rate of the default population in a sentence. Returns None if the rate is too uncertain for
    a title."""
    return first_page.rate(language, out.select("prevalence").iloc[0].to_dict())


def groups(out: Published, language: Language) -> str | None:
    """Returns a sentence that compares the rates by the lead group (the group that survey.yaml names for the
    first comparison).

    If there are exactly two categories, the sentence gives the result of the test, or says why there is none.
    Otherwise it lists the reliable rates. Returns None if the run compares no categories, if no rate is
    reliable, or if there are too many categories.
    """
    if not contrast_sentences.is_compared(out):
        return None
    if told := contrast_sentences.only_pair(out, language):
        return told
    return share_sentences.each(language, as_records(out.select("prevalence", [out.lead])), "slides.rates")


def repeat(evidence: Evidence, language: Language) -> str | None:
    """Returns a sentence with the smallest fall from the plan's baseline that a survey of the planned number
    of persons would detect in the target's year, if that is to come. If the baseline is a range, the fall
    starts from the low end, and the sentence is about a survey without unresolved answers. Returns None if no
    such fall is known."""
    row = evidence.planned_repeat
    if not row or not is_total(row):
        return None
    told = language.say(
        f"slides.repeat{'_resolved' if pd.notna(row['baseline_bound']) else ''}",
        persons=number_words.count(language, row["planned_sample"]),
        old=value(language, row["baseline_value"], row),
        new=value(language, row["smallest_value"], row),
        unit=number_words.unit(language, str(row["measure"])),
    )
    if pd.notna(row["target_year"]) and not row["later_year"] >= row["target_year"]:
        told = language.say("slides.in_year", year=f"{row['target_year']:g}", said=told)
    return number_words.start(told)


def path(evidence: Evidence, language: Language) -> str | None:
    """Returns a sentence with the plan's first target for a whole population, and the measured numbers of the
    same indicator. Returns None if the plan has no such target."""
    rows = on_path(evidence)
    if rows.empty:
        return None
    row = rows.iloc[0].to_dict()
    goal = {"aim": plan_words.aim(language, row), "by": f"{row['target_year']:g}"}
    start = {"now": shown(language, row, "baseline_value"), "year": f"{row['baseline_year']:g}"}
    unit = number_words.unit(language, str(row["measure"]))
    if pd.isna(row["later_value"]):
        return language.say("slides.path", **start, **goal, unit=unit)
    planned = _planned(evidence, row)
    if side := _beside_planned(language, row, planned):
        found = {"now": plan_words.measured(language, row), "year": f"{row['later_year']:g}"}
        return language.say(
            f"slides.path_{side}", **found, **goal, unit=unit, planned=value(language, planned, row)
        )
    later = {"now": shown(language, row, "later_value"), "year": f"{row['later_year']:g}"}
    return language.say(
        "slides.path_later", **later, **goal, unit=unit, old=start["now"], before=start["year"]
    )


def _planned(evidence: Evidence, row: plan_words.Line) -> float:
    """Returns the value that the plan's path has in the year of the later survey of a row; nan if there is
    none."""
    rows = evidence.follow_up
    same = (rows["id"] == row["id"]) & (rows["group"] == row["group"]) & (rows["category"] == row["category"])
    return float(next(iter(rows.loc[same, "milestone"]), nan))


def _beside_planned(language: Language, row: plan_words.Line, planned: float) -> str:
    """Returns whether the interval of the later survey is `below`, `above` or `around` the value planned for
    its year. The text is empty if the number is a range or unreliable, or if no value is planned."""
    if pd.isna(planned) or pd.notna(row["later_bound"]) or row["later_flag"] in ("suppress", "unreliable"):
        return ""
    return (
        "below" if row["later_ci_high"] < planned else "above" if row["later_ci_low"] > planned else "around"
    )


def targets(evidence: Evidence, language: Language) -> str | None:
    """Returns a sentence on how many of the plan's targets are reached. If there is no later survey, the
    sentence says how many a planned survey could verify. Returns None if the plan has no target."""
    rows = with_target(evidence)
    if rows.empty:
        return None
    if rows["later_value"].notna().any():
        signs = [plan_words.sign(row) for row in as_records(rows)]
        if not {MET, MISSED} & set(signs):
            return language.say("slides.none_reached")
        counts = {
            name: str(signs.count(sign))
            for name, sign in (("met", MET), ("missed", MISSED), ("open", NOT_KNOWN))
        }
        return language.say("slides.reached", **counts)
    if (rows["verifiable"] == "no").all():
        return language.say("slides.none_verified")
    return language.say("slides.verified", n=str((rows["verifiable"] == "yes").sum()), of=str(len(rows)))
