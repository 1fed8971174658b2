"""Draws the pictures of a plan's documents. The published numbers decide which pictures are drawn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd

from fltoolkit.classify.characteristics import FAMILIES
from fltoolkit.languages.language import Language
from fltoolkit.nap.evidence import Evidence
from fltoolkit.nap.results_framework import WORDS
from fltoolkit.publish.measure_units import CASE_SHARES
from fltoolkit.publish.published_set import Published
from fltoolkit.report.document_sections.results_section import groups_of, profile_populations
from fltoolkit.report.document_sections.targets_section import on_path
from fltoolkit.show.charts.descriptions import (
    change_dumbbell,
    detectable_falls,
    estimates_by_group,
    target_path,
)
from fltoolkit.show.charts.descriptions.chart_parts import CurveChart, DotChart
from fltoolkit.show.charts.descriptions.estimates_by_group import HALF_PAGE, WHOLE_PAGE, WITHOUT_SOURCE
from fltoolkit.show.charts.renderers.matplotlib_renderer import drawn
from fltoolkit.show.charts.renderers.matplotlib_sheet import HALF, SLIDE, WIDE, Drawn

Width = Literal["wide", "low", "first", "half", "slide"]
SIZES = {
    "wide": WIDE,
    "low": replace(WIDE, font=7.6, words=0.48, height=2.3, filled=3.0),
    "first": replace(WIDE, font=8.5, height=1.9),
    "half": HALF,
    "slide": replace(SLIDE, height=4.28),
}
"""`low` is as wide as the text of a page, and so low that two pictures stand on a page below some text.
`first` is for the first page of the evidence brief. On a slide, the picture stands below the title of the
slide and its own.
"""
SPACES = {
    "wide": WHOLE_PAGE,
    "low": WITHOUT_SOURCE,
    "first": WITHOUT_SOURCE,
    "half": HALF_PAGE,
    "slide": WITHOUT_SOURCE,
}
FEW_CHANGES = {
    "first": 6,
    "half": 6,
    "slide": 2,
}  # categories of a picture of a change that there is room for
COERCION = "coercion"  # the topic of a profile
MOSTLY = 0.5  # of a group's categories: if fewer are shown, a picture of the group is not worth its place


@dataclass(frozen=True)
class Grouped:
    """The content of a picture of estimates: a measure (such as the prevalence) by some groups (such as sex)
    in one population. If the population is None, it is the first one of the survey."""

    measure: str
    groups: tuple[str, ...]
    population: str | None = None


def all_pictures(evidence: Evidence, language: Language) -> tuple[Drawn, ...]:
    """Returns the pictures of a run that are saved as files: those that the documents have, and those of the
    tables of a national report (docs/outputs.md). Each has its own name. Other populations than the first
    have one picture of rates, by the lead group; shares are those of groups that only cases have."""
    out = evidence.now
    wanted = [Grouped("prevalence", (g,)) for g in groups_of(out, "prevalence")]
    wanted += [
        Grouped("prevalence", (out.lead,), p)
        for p in out.headlines[1:]
        if out.lead in groups_of(out, "prevalence", p)
    ]
    wanted += [Grouped("share", (g,)) for g in groups_of(out, "share") if g in out.case_only]
    made = [estimates(evidence, language, "wide", what) for what in (*wanted, *_profile(out))]
    ways = (
        change(evidence, language, "wide"),
        path(evidence, language, "wide") or repeat(evidence, language, "wide"),
    )
    return (*made, *(way for way in ways if way))


def estimates(evidence: Evidence, language: Language, width: Width, what: Grouped) -> Drawn:
    """Returns a picture of a measure (such as the prevalence): first for the whole population, then for each
    category of some groups. Measures of cases, such as their shares, have no row for the whole population."""
    rows, own = _rows(evidence, what), _with_own_words(evidence, language)
    chart = estimates_by_group.estimates(evidence.now, rows, own, space=SPACES[width])
    return _drawn(evidence, own, chart, width, year=f", {rows['year'].iloc[0]}")


def _drawn(
    evidence: Evidence, language: Language, chart: DotChart | CurveChart, width: Width, *, year: str = ""
) -> Drawn:
    """Returns a chart as a picture of some width. A picture that is saved as a file names its country and, if
    its title and its axis name no year, its year: it travels without a page around it."""
    if width == "wide":
        place = f"{language.own(str(evidence.now.own['country'].iloc[0]))}{year}"
        chart = replace(chart, subtitle=f"{place}. {chart.subtitle}")
    return drawn(
        replace(chart, notes=(" ".join(chart.notes),)), SIZES[width]
    )  # one paragraph needs less room


def _with_own_words(evidence: Evidence, language: Language) -> Language:
    return language.about(evidence.own_words).with_stars()


def _rows(evidence: Evidence, what: Grouped) -> pd.DataFrame:
    by = [[g] for g in what.groups] if what.measure in CASE_SHARES else [[], *([g] for g in what.groups)]
    return evidence.now.select(what.measure, by, population=what.population)


def _profile(out: Published) -> list[Grouped]:
    """Returns the contents of the pictures of the profile of cases (the shares of cases with each
    characteristic). There is one picture for each population and family of topics, if the population has such
    topics and shows at least one share. A family is a set of topics that share one picture: on involuntary
    work, on coercion, on the situation, or on children."""
    there = {population: groups_of(out, "profile", population) for population in profile_populations(out)}
    families = [
        (p, tuple(t for t in topics if t in found))
        for p, found in there.items()
        for topics in FAMILIES.values()
    ]
    return [Grouped("profile", topics, population) for population, topics in families if topics]


def groups_that_fit(evidence: Evidence, rows: int) -> list[str]:
    """Returns the groups for a picture of the prevalence. A group is used if at least half of its categories
    are shown, not hidden. The lead group and groups that the plan names come first.

    Together their categories fill at most `rows` rows. If no group is small enough, the result is one group
    of any size. The result is empty if the prevalence is published by no group.
    """
    out = evidence.now
    there = [
        g
        for g in groups_of(out, "prevalence")
        if out.select("prevalence", [g])["estimate"].notna().mean() >= MOSTLY
    ]
    words = [w for _, i in evidence.plan.measured for w in i.disaggregated_by]
    plan = [g for w in words for g in WORDS.get(w, (w,))]
    ordered = [*dict.fromkeys([*(g for g in (out.lead, *plan) if g in there), *there])]
    return fitting(out, "prevalence", ordered, rows) or list(ordered[:1] or groups_of(out, "prevalence")[:1])


def fitting(out: Published, measure: str, groups: Iterable[str], room: int) -> list[str]:
    """Returns the groups whose categories fit into a picture of `room` rows, in their order. Each category
    needs one row. A group that needs more rows than are left is skipped."""
    chosen: list[str] = []
    for group in groups:
        size = len(out.select(measure, [group]))
        if size <= room:
            chosen, room = [*chosen, group], room - size
    return chosen


def second_picture(evidence: Evidence, language: Language, width: Width) -> Drawn | None:
    """Returns the second picture of a document: the change since the baseline. Without a change, it is the
    planned path from the baseline to a target. Without a target, it is the smallest decrease that a repeat of
    the survey could detect. Returns None if none of the three can be drawn."""
    return (
        change(evidence, language, width)
        or path(evidence, language, width)
        or repeat(evidence, language, width)
    )


def change(
    evidence: Evidence, language: Language, width: Width, groups: tuple[str, ...] = ()
) -> Drawn | None:
    """Returns a picture of the change in prevalence since the baseline: the numbers of both surveys, and the
    result of the test. Without `groups`, it has those for which it has room. Returns None if no such change is
    published, as when the run is itself the baseline."""
    if evidence.changed is None or not (evidence.changed.table["measure"] == "change_in_prevalence").any():
        return None
    pictured = None if width == "wide" else groups or groups_that_fit(evidence, FEW_CHANGES[width])
    rows = change_dumbbell.of_groups(evidence.changed.table, "prevalence", pictured)
    own = _with_own_words(evidence, language)
    return _drawn(evidence, own, change_dumbbell.change(rows, own, space=SPACES[width]), width)


def path(evidence: Evidence, language: Language, width: Width) -> Drawn | None:
    """Returns a picture of the planned values from the baseline to a target (the path), year by year. The
    target is the first one for a whole population with a known number. Returns None if there is no such
    target, or if its baseline is hidden."""
    rows = on_path(evidence)
    if rows.empty:
        return None
    own = _with_own_words(evidence, language)
    way = target_path.way_of(evidence, str(rows["id"].iloc[0]), own, space=SPACES[width])
    return _drawn(evidence, own, way, width) if way else None


def repeat(evidence: Evidence, language: Language, width: Width) -> Drawn | None:
    """Returns a picture of the smallest decrease from the plan's baseline that the planned repeat of the
    survey could detect. If no such decrease is known, it starts from this survey's prevalence. Returns None
    if that is zero or not shown, or if its design effect is not shown."""
    row, space, own = evidence.planned_repeat, SPACES[width], _with_own_words(evidence, language)
    chart = (
        detectable_falls.planned_repeat(row, own, start_of=evidence.start, space=space)
        if row
        else detectable_falls.repeat(evidence.now, own, space=space)
    )
    return _drawn(evidence, own, chart, width) if chart else None
