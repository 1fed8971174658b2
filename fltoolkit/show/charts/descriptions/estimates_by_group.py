"""Describes charts of dots with their intervals: of estimates by group, and of the headline (the number for
the default population) under each rule set."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from fltoolkit.classify.characteristics import TOPICS, UNORDERED, picture_families
from fltoolkit.errors import RequestError
from fltoolkit.languages.language import Language
from fltoolkit.publish.measure_units import CASE_SHARES, COUNT_MEASURES, PROFILES, scaled
from fltoolkit.publish.published_set import Published
from fltoolkit.show.charts.chart_style import BLUE
from fltoolkit.show.charts.descriptions import axis_ticks, chart_notes
from fltoolkit.show.charts.descriptions.chart_parts import Axis, ChartRow, DotChart, Mark
from fltoolkit.show.wording import number_words
from fltoolkit.show.wording.english_numbers import PublishedNumber
from fltoolkit.survey.spec.groups_and_tables import groups_of_breakdown
from fltoolkit.table_records import as_records

REASON = 150  # letters of a reason that is printed in the chart


@dataclass(frozen=True)
class ChartSpace:
    """The parts for which a chart has room.

    Attributes:
        steps: how many steps the axis has at most.
        markers: whether a note below the chart explains the markers.
        source: whether notes below the chart name the source and the number of persons who answered.
        whole: whether a grey line marks the value of the whole population.
    """

    steps: int = axis_ticks.MOST
    markers: bool = True
    source: bool = True
    whole: bool = True


WHOLE_PAGE = ChartSpace()
HALF_PAGE = ChartSpace(axis_ticks.FEW, markers=False, source=False, whole=False)
WITHOUT_SOURCE = ChartSpace(
    source=False
)  # a slide, or a page that itself names the survey and the persons who answered


def estimates(
    out: Published,
    rows: pd.DataFrame,
    language: Language,
    *,
    title: str = "",
    space: ChartSpace = WHOLE_PAGE,
) -> DotChart:
    """Returns a chart of published rows of one measure and population as dots: first the whole population,
    then the categories of each group.

    Args:
        out: the published set that has the rows. It also has the number of persons who answered.
        rows: from `Published.select`.
        title: replaces the usual title (measure, groups and population).
        space: the parts for which the chart has room.

    Raises:
        RequestError: the rows are of several populations. Adults and children never share a chart.
    """
    if len(there := list(rows["reference_population"].unique())) > 1:
        found = ", ".join(map(str, there))
        raise RequestError(
            "a chart shows one population", found=found, do="select the rows of one population"
        )
    rows = _largest_first(rows)
    first = rows.iloc[0].to_dict()
    measure = str(first["measure"])
    groups = [str(b) for b in rows["breakdown"].unique() if b]
    titled = [b for b in groups if b not in out.origins]
    heads = _listed(language, rows, headed=len(groups) > 1)
    lines: list[ChartRow] = []
    for head, part in heads:
        lines += [ChartRow(head, head, heading=True)] if head else []
        lines += [_row(language, *labelled) for labelled in part]
    marks = [mark for line in lines for mark in line.marks]
    whole = rows[(rows["breakdown"] == "") & (measure not in COUNT_MEASURES)]["estimate"].dropna()
    at = scaled(whole.iloc[0], measure) if len(whole) and len(rows) > 1 and space.whole else math.nan
    records = as_records(rows)
    named = title or title_of(language, first, titled)
    has_unit = (
        not title and measure in CASE_SHARES and number_words.is_of_forced_labour(first)
    )  # the title has
    subtitle = _subtitle(language, first, unit=not has_unit)
    who, line = (
        language.say("everyone"),
        "charts.whole_of_cases" if measure == "duration" else "charts.whole",
    )
    who = language.say("charts.rate_low_end", rate=who) if number_words.has_range(first) else who
    remarks = [language.say(line, who=who)] if not math.isnan(at) else number_words.of_profile(language, rows)
    remarks += [language.say("profile.sorted")] if rows["breakdown"].isin(UNORDERED).any() else []
    remarks += number_words.rounding_note(language, rows) if space.source else []
    remarks += chart_notes.on_definitions(out, language, rows) if space.whole else []
    remarks += chart_notes.on_shares(language, rows) if measure in CASE_SHARES and space.source else []
    axis = axis_ticks.from_zero(language, [axis_ticks.furthest(marks)], steps=space.steps)
    beside = number_words.care_note(language, rows["flag"])
    beside += chart_notes.withheld(language, rows) if space.source else []
    beside += [f"{text}." for text in number_words.hidden_high_ends(language, records)]
    beside += (
        [f"{text}." for text in number_words.high_ends_inside(language, records)] if space.markers else []
    )
    notes = [*chart_notes.signs(language, marks, axis), *beside, *remarks]
    labelled = zip(number_words.labels(language, rows), records, strict=True)
    sentences = [language.colon(name, number_text(language, row)) for name, row in labelled]
    return DotChart(
        _name(out, first, groups),
        named,
        subtitle,
        _notes(out, rows, language, " ".join(notes), space),
        f"{named}. {subtitle} {language.list(sentences)}.",
        tuple(lines),
        axis,
        reference=at,
    )


def rule_sets(out: Published, measure: str, language: Language) -> DotChart:
    """Returns a chart of a measure in the default population under each rule set (which says which answers
    make a person a case): first the run's own rule set, then the others. If the survey cannot be used with a
    rule set, its row gives the reason."""
    rows = out.rule_sets(measure)
    first = rows.iloc[0].to_dict()
    lines = []
    for row in as_records(rows):
        doubt = [language.say("charts.rule_to_verify")] if row["to_verify"] else []
        said = [number_words.start(number_words.definition(language, row["rule_set"])), *doubt]
        lines.append(_row(language, "\n".join(said), language.list(said), row))
    marks = [mark for line in lines for mark in line.marks]
    named = of_population(
        language, first, language.say("tables.by_rule_set", title=language.say(f"titles.{measure}"))
    )
    subtitle, axis = (
        _subtitle(language, first | {"to_verify": ""}),
        axis_ticks.from_zero(language, [axis_ticks.furthest(marks)]),
    )
    signs = [*chart_notes.signs(language, marks, axis), *number_words.care_note(language, rows["flag"])]
    sentences = [
        language.colon(line.name, number_text(language, row))
        for line, row in zip(lines, as_records(rows), strict=True)
    ]
    return DotChart(
        f"{measure}_rule_sets",
        named,
        subtitle,
        _notes(out, rows, language, " ".join(signs), WHOLE_PAGE),
        f"{named}. {subtitle} {language.list(sentences)}.",
        tuple(lines),
        axis,
    )


def value_axis(rows: pd.DataFrame, language: Language) -> Axis:
    """Returns an axis from zero that includes every number and interval of published rows of one measure."""
    marks = [
        mark for row in as_records(rows) for mark in mark_of(language, row, str(row["measure"]), words="")
    ]
    return axis_ticks.from_zero(language, [axis_ticks.furthest(marks)])


def mark_of(
    language: Language, row: PublishedNumber, measure: str, *, words: str, colour: str = BLUE
) -> tuple[Mark, ...]:
    """Returns the mark with which a chart draws a published number and its interval, in a tuple. The tuple is
    empty if the number is not shown. `words` is the number as printed, with its interval."""
    if pd.isna(row["estimate"]):
        return ()
    value, low, high = (
        math.nan if pd.isna(row[c]) else scaled(row[c], measure) for c in ("estimate", "ci_low", "ci_high")
    )
    reach = scaled(row["bound_high"], measure) if number_words.has_range(row) else math.nan
    return (Mark(value, low, high, chart_notes.glyph(row), words, colour, reach),)


def number_text(language: Language, row: PublishedNumber) -> str:
    """Returns a published number as words for a chart's text alternative: with its interval, its marker and
    the reason for the marker."""
    if row["marker"] == "c":
        return language.say("not_shown", marker="c")
    if pd.isna(row["estimate"]):
        why = (
            number_words.reason(language, row["reason"])
            if row["marker"] == "x"
            else language.say(f"markers.{row['marker']}")
        )
        return f"{number_words.shown(language, row)} {why}".strip()
    reason = f", {number_words.reason(language, row['reason'])}" if row["flag"] == "unreliable" else ""
    doubt = number_words.doubt(language, row) if number_words.has_range(row) else ""
    of_range = f" ({number_words.inside(doubt)})" if doubt else ""
    return f"{_printed(language, row)}{of_range}{reason}"


def absent(language: Language, row: PublishedNumber) -> str:
    """Returns the words that a chart has in place of a number that is not shown, and the reason if the survey
    cannot give it."""
    if row["marker"] != "x":
        return chart_notes.unshown(language, row["marker"])
    words = language.say("not_available", marker="x")
    why = textwrap.shorten(number_words.reason(language, row["reason"]), REASON, placeholder=" …")
    return language.colon(words, why) if why else words


def _name(out: Published, first: PublishedNumber, groups: Sequence[str]) -> str:
    """Returns a file name for a chart, such as `prevalence_by_sex`.

    The name of the population is added, unless it is the first population of the measure:
    `prevalence_children_by_sex`. `first` is a row of the chart, with its measure and population. `groups` are
    the names of the groups in the chart.
    """
    own = {"outcome": str(first["outcome"])} if first["outcome"] in out.outcomes else {}
    usual = out.own_rows(measure=str(first["measure"]), **own)["reference_population"].iloc[:1]
    other = [] if first["reference_population"] in set(usual) else [str(first["reference_population"])]
    keys = list(dict.fromkeys(key for group in groups for key in groups_of_breakdown(group)))
    named = (
        [*picture_families(keys), *(key for key in keys if key not in TOPICS)]
        if first["measure"] in PROFILES
        else groups
    )
    return "_".join([str(first["measure"]), *own.values(), *other, "by", *named])


def _largest_first(rows: pd.DataFrame) -> pd.DataFrame:
    """Returns the rows with the largest share first if the characteristics of their topic have no order of
    their own. Numbers that are not shown come last."""
    parts = rows.groupby("breakdown", sort=False)
    return pd.concat(
        part.sort_values("estimate", ascending=False, kind="stable") if by in UNORDERED else part
        for by, part in parts
    )


Labelled = tuple[str, str, PublishedNumber]  # label, unique name, published row


def _listed(language: Language, rows: pd.DataFrame, *, headed: bool) -> list[tuple[str, list[Labelled]]]:
    """Returns the rows of each breakdown, with a heading. If `headed` is true, the heading is the name of the
    group, such as `Sex`. If not, and for rows of the whole population, the heading is empty."""
    names = dict(zip(rows.index, number_words.labels(language, rows), strict=True))
    return [
        (
            number_words.start(number_words.group(language, str(group))) if headed and group else "",
            [
                (number_words.category(language, r), names[i], r)
                for i, r in zip(part.index, as_records(part), strict=True)
            ],
        )
        for group, part in rows.groupby("breakdown", sort=False)
    ]


def _row(language: Language, label: str, name: str, row: PublishedNumber) -> ChartRow:
    printed = _printed(language, row)
    marks = mark_of(language, row, str(row["measure"]), words=printed)
    remark = number_words.reason(language, row["reason"])
    return ChartRow(
        number_words.start(label), name, marks, printed, "" if marks else absent(language, row), remark
    )


def _printed(language: Language, row: PublishedNumber) -> str:
    """Returns a number as text, such as `9.3 (6.3 to 13.3) [u]`. The text is empty if the number is not
    shown."""
    if pd.isna(row["estimate"]):
        return ""
    return number_words.with_marker(number_words.with_interval(language, row), row)


def title_of(language: Language, first: PublishedNumber, groups: Sequence[str]) -> str:
    """Returns the title of a chart or table of rows of one measure by groups: `Prevalence of forced labour by
    sex: adults`. `first` is one of the rows."""
    if first["measure"] in PROFILES:
        # The subjects of the characteristics, such as means of coercion, then the groups of the breakdown, if
        # there are any.
        keys = [key for group in groups for key in groups_of_breakdown(group)]
        subjects = (language.say(f"profile.families.{name}") for name in picture_families(keys))
        by = dict.fromkeys(key for key in keys if key not in TOPICS)
        named = language.join([*subjects, *map(language.by_group, by)])
        return of_population(
            language, first, language.say(f"profile.titles.{first['measure']}", groups=named)
        )
    of = number_words.measured(language, first)
    if not groups:
        return of_population(language, first, of)
    names = language.join(
        language.join(map(language.by_group, groups_of_breakdown(group))) for group in groups
    )
    key = "charts.share_by" if first["measure"] == "share" else "charts.by"
    key = key if number_words.is_of_forced_labour(first) else "charts.by_of_own"
    return of_population(language, first, language.say(key, title=of, groups=names))


def of_population(language: Language, first: PublishedNumber, title: str) -> str:
    """Returns the title of a chart with the name of the population added, so that charts of adults and of
    children never have the same title. `first` is a row of the chart, which names its population."""
    who = language.kit(first["reference_population_label"])
    return language.say("tables.of", title=title, who=who) if who else title


def _subtitle(language: Language, first: PublishedNumber, *, unit: bool = True) -> str:
    level, key = number_words.level(language, first), "charts.estimates" if unit else "charts.intervals"
    named = language.kit(first.get("amount_unit")) or number_words.unit(language, str(first["measure"]))
    parts = (
        number_words.start(language.say(key, unit=named, level=level)),
        language.kit(first["reference_period"]),
        number_words.reason(language, first["duration_basis"]),
        language.say("charts.to_verify") if first["to_verify"] else "",
    )
    return f"{language.list(part for part in parts if part)}."


def _notes(
    out: Published, rows: pd.DataFrame, language: Language, signs: str, space: ChartSpace
) -> tuple[str, ...]:
    first, groups = rows.iloc[0].to_dict(), number_words.group_notes(language, rows)
    below = chart_notes.base_and_source(out, first, language) if space.source else ""
    markers = chart_notes.markers(language, rows["marker"]) if space.markers else ""
    return chart_notes.nonempty(signs, *number_words.limits_at_zero(language, rows), markers, *groups, below)
