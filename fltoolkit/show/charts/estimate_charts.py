"""Makes pictures of estimates for notebooks: published numbers with intervals and markers, and the number of
unresolved answers (don't know, refused, blank) to each question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from fltoolkit.arguments import checked
from fltoolkit.classify.outcomes_and_domains import FORCED_LABOUR
from fltoolkit.errors import RequestError
from fltoolkit.estimate.totals.breakdowns import By
from fltoolkit.languages.language import Language
from fltoolkit.publish.published_set import Published
from fltoolkit.show.charts.chart_style import QUIET, SERIES, Picture, axis, categories, figure, wrap
from fltoolkit.show.charts.descriptions import chart_notes
from fltoolkit.show.charts.descriptions.chart_parts import DotChart
from fltoolkit.show.charts.descriptions.estimates_by_group import (
    estimates,
    rule_sets as under_each_rule_set,
    value_axis,
)
from fltoolkit.show.charts.renderers.plotly_renderer import picture
from fltoolkit.show.tables import Nonresponse
from fltoolkit.show.wording.english_numbers import ENGLISH, count_or_mark
from fltoolkit.show.wording.result_sentences import asks_parents
from fltoolkit.table_records import as_records

UNRESOLVED = ["dont_know", "refused", "missing"]
EXERCISE = "An exercise, not a result"
BEYOND = 1.1  # ratio of a shared axis to its longest bar: a marker is printed behind the bar


@checked
def dots(
    out: Published,
    measure: str,
    by: By = None,
    *,
    population: str | None = None,
    outcome: str | None = None,
    title: str = "",
) -> Picture:
    """Returns a picture of published estimates of a measure, one row per category: a dot with its interval
    and the printed value.

    The dot of an unreliable number is hollow. If nobody was found in a category, there is a line from zero
    and no dot. A number that is not shown has its marker, `[c]` (confidential) or `[u]` (unreliable), in its
    place. Several breakdowns are below each other.

    Args:
        outcome: what is counted; None: forced labour. A set with an outcome of your own (`fl.outcome`) needs
            a name: that of the outcome, or `forced_labour`.
        title: replaces the usual title (measure or outcome, groups and population).

    Raises:
        RequestError: there is no such row; or the set has an outcome of your own, and `outcome` is None.
    """
    rows = _rows(out, measure, by, population, outcome)
    return picture(dot_chart(out, rows, ENGLISH, title=title))


def _rows(out: Published, measure: str, by: By, population: str | None, outcome: str | None) -> pd.DataFrame:
    """Returns the published rows of a chart. Raises an error if the set has user-defined outcomes and none is
    named: a chart of debt bondage would else show forced labour."""
    if outcome is None and out.outcomes:
        raise RequestError(
            "the set has an outcome of its own, so a chart must name what it shows",
            where="outcome",
            found="no outcome",
            allowed=[*out.outcomes, FORCED_LABOUR],
            do=f'name it, such as outcome="{list(out.outcomes)[-1]}"',
        )
    return out.select(measure, by, population=population, outcome=outcome)


def dot_chart(
    out: Published,
    rows: pd.DataFrame,
    language: Language,
    *,
    title: str = "",
    compared: pd.DataFrame | None = None,
) -> DotChart:
    """Returns the description of a chart that shows published rows of one measure and population as dots with
    their intervals, in a language. The function `dots` draws the same chart for whole breakdowns.

    Args:
        compared: rows of the same measure in other charts with which this chart is compared. The axis covers
            their values too.
    """
    chart = estimates(out, rows, language, title=title)
    return chart if compared is None else replace(chart, axis=value_axis(compared, language))


@checked
def bars(out: Published, group: str, *, population: str | None = None, outcome: str | None = None) -> Picture:
    """Returns a picture with the number of persons in forced labour in each category of a group, as bars with
    intervals and printed values.

    A hollow bar is unreliable. A number that is not shown has its marker. `outcome` is as in `dots`.
    """
    rows = _rows(out, "total", [group], population, outcome)
    return picture(replace(estimates(out, rows, ENGLISH), bars=True))


@checked
def rule_sets(out: Published, measure: str = "prevalence") -> Picture:
    """Returns a picture of the headline (the number for the default population) under each rule set. The
    run's own rule set is first. A rule set says which answers make a person a case.

    If the survey does not support a rule set, the picture shows the reason in its row. A number is no result
    yet if its rule set is still to be compared with the publication of the rule set. The page of a notebook
    then shows the picture only to readers who open it, and does not print it.
    """
    drawn = picture(under_each_rule_set(out, measure, ENGLISH))
    unverified = (out.rule_sets(measure)["to_verify"] != "").any()
    return replace(drawn, aside=EXERCISE) if unverified else drawn


@checked
def unresolved(counts: Nonresponse, out: Published | None = None) -> Picture:
    """Returns a picture of the number of unresolved answers (don't know, refused, blank) to each question.
    Such answers can prevent a decision on whether a person is in forced labour. `counts` is the table from
    `fl.nonresponse`, with one row per question. Questions without such answers are left out;
    `fl.show.nonresponse` has them. If one column feeds two items, its answers are drawn once, with both
    names. With the published set of the run (`out`), a note names the persons who answered and the survey."""
    with_answers = counts[UNRESOLVED].fillna(0).sum(axis=1) > 0
    drawn = counts[with_answers] if with_answers.any() else counts
    same = ["column", *UNRESOLVED]
    together = drawn.groupby(same, dropna=False, sort=False)["label"].transform(_names_of_column)
    notes = [ENGLISH.say("open_answers.left_out")] if len(drawn) < len(counts) else []
    if out is not None:
        row = out.select("prevalence").iloc[0].to_dict()
        parents = asks_parents(out.table, str(row["reference_population"]))
        notes += [ENGLISH.say("open_answers.no_parents")] if parents else []
        notes += [ENGLISH.say("open_answers.sums"), chart_notes.base_and_source(out, row, ENGLISH)]
    return _unresolved_bars(drawn.assign(label=together).drop_duplicates(same), notes)


def _names_of_column(labels: pd.Series) -> object:
    return labels.iloc[0] if len(labels) == 1 else "; ".join(dict.fromkeys(map(ENGLISH.own, labels)))


def _unresolved_bars(counts: pd.DataFrame, notes: Sequence[str]) -> Picture:
    """Returns the picture that `unresolved` draws. Each reason has its own bar: the numbers are
    rounded, so bars on top of each other would show a sum that differs from the rounded sum."""
    rows = as_records(counts)
    labels = [wrap(f"{ENGLISH.own(row['label'])} ({row['column']})", 46) for row in rows]
    about = ENGLISH.say("open_answers.picture_about")
    fig = figure(
        ENGLISH.say("open_answers.title"),
        about,
        44 * len(counts),
        notes=notes,
        above=30,
        below=52,
        barmode="group",
    )
    names = {kind: ENGLISH.say(f"open_answers.kinds.{kind}") for kind in UNRESOLVED}
    # Bars are drawn from below: the last kind first, so that they stand in the order of the legend.
    for kind, colour in reversed(list(zip(UNRESOLVED, SERIES, strict=False))):
        numbers = counts[kind].astype(float)
        if (numbers == 0).all():
            continue  # no bar has this colour
        # The number behind each bar; a hidden number has its marker in the place of its bar.
        said = ["" if n == 0 else count_or_mark(n) for n in numbers]
        fig.add_bar(
            x=list(numbers.fillna(0)),
            y=labels,
            orientation="h",
            name=names[kind],
            marker={"color": colour},
            text=said,
            textposition="outside",
            constraintext="none",
            textfont={"color": QUIET, "size": 12},
            cliponaxis=False,
        )
    most = max(1.0, float(counts[UNRESOLVED].astype(float).max().max()))
    fig.update_xaxes(**axis(ENGLISH.say("open_answers.axis"), range=[0, BEYOND * most]))
    fig.update_yaxes(**categories(labels))
    fig.update_layout(legend_traceorder="reversed", showlegend=True)
    values = ENGLISH.list(
        ENGLISH.colon(
            r["column"], ", ".join(f"{name} {count_or_mark(r[kind])}" for kind, name in names.items())
        )
        for r in rows
    )
    return Picture(fig, ENGLISH.say("open_answers.alt", values=values), least=480)
