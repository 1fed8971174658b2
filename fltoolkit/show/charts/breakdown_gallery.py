"""Displays all published breakdowns of one measure as pictures, each with its table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from fltoolkit.arguments import checked
from fltoolkit.classify.characteristics import FAMILIES, TOPICS
from fltoolkit.estimate.measures.stock_and_duration import IN_TIME
from fltoolkit.publish.measure_units import PROFILES
from fltoolkit.publish.published_set import Published
from fltoolkit.show.charts.chart_style import Picture
from fltoolkit.show.charts.descriptions.estimates_by_group import estimates
from fltoolkit.show.charts.renderers.plotly_renderer import picture
from fltoolkit.show.tables import table
from fltoolkit.show.wording.contrast_sentences import is_told
from fltoolkit.show.wording.english_numbers import ENGLISH
from fltoolkit.show.wording.result_sentences import sentence
from fltoolkit.show.wording.section_words import Nothing, Sentences
from fltoolkit.survey.spec.groups_and_tables import MEASURES_OF_AMOUNTS, Measure, crossed, groups_of_breakdown

NOT_IN_TIME = Nothing(
    "This survey publishes no mean duration, and no number of persons on an average day or at the "
    "interview: its list of tables asks for none."
)
MOST_ROWS = 30  # of a picture: with a headline above it, it still fits a printed page


@checked
def gallery(out: Published, measure: str) -> None:
    """Displays every breakdown of a measure as a picture with a folded table. Each population has one picture with
    all groups one below the other (several if there are many categories), then one picture for each breakdown
    that crosses two groups.

    A profile of cases has one picture for each of these: involuntary work, coercion, situation, topics of
    children. If only cases have a group (such as the sector of the forced labour), the numbers of cases are
    drawn as bars. Groups of single origins (nationalities, ethnicities) come next, as tables without a
    picture. Last come the outcomes that the user defined and published, each with its name.
    """
    from IPython.display import display

    for drawn, rows in (*pairs(out, measure), *_pairs_of_own_outcomes(out, measure)):
        # If nobody is a case, shares have no categories: each breakdown has the same row.
        shown = rows if rows["breakdown"].any() else rows.head(1)
        if drawable := rows["estimate"].notna().any():
            display(drawn)
        display(table(shown).folded(len(shown)) if drawable else table(shown))
    rows = out.own_rows(measure=measure)
    rows = rows[rows["breakdown"].isin(out.origins)]
    for _, part in rows.groupby(["reference_population", "breakdown"], sort=False):
        display(table(part))


@checked
def in_time(out: Published) -> None:
    """Displays how many persons were in forced labour on an average day and at the interview, how long their
    forced labour lasted, and tables of their amounts, such as debts. Results that the run does not publish
    are left out; if none are left, a note is displayed. If no number of a measure is available, a sentence
    replaces its picture and table."""
    from IPython.display import display

    there = set(out.own["measure"])
    asked = [m for m in IN_TIME if m in there]
    if not asked:
        display(NOT_IN_TIME)
    for measure in asked:
        rows = out.own_rows(measure=measure)
        if not (rows["marker"] == "x").all():
            gallery(out, measure)
        elif measure != first_in_time(out):  # `fl.show.result.in_time` displays the sentence of that measure
            display(Sentences(sentence(ENGLISH, rows.iloc[0].to_dict())))
    if "amount" not in out.own:  # results of a design without a survey.yaml
        return
    rows = out.own[out.own["measure"].isin(MEASURES_OF_AMOUNTS) & (out.own["amount"] != "")]
    for _, part in rows.groupby(["outcome", "measure", "reference_population"], sort=False):
        display(table(part))


def first_in_time(out: Published) -> Measure | None:
    """Returns the first measure of forced labour in time that has a number for everyone; if none has, the
    first that the run publishes. Returns None if the run publishes none."""
    rows = {m: out.own_rows(measure=m, breakdown="") for m in IN_TIME}
    there = [m for m in IN_TIME if len(rows[m])]
    return next((m for m in there if rows[m]["estimate"].notna().any()), there[0] if there else None)


def pairs(out: Published, measure: str) -> Iterator[tuple[Picture, pd.DataFrame]]:
    """Yields pairs of a picture and the published rows from which it is drawn: one pair for each picture that
    `gallery` displays."""
    for population, by, only_cases in _contents(out, measure):
        rows = out.select(measure, by, population=population)
        drawn = picture(replace(estimates(out, rows, ENGLISH), bars=only_cases))
        tested = measure == "prevalence" and [out.lead] in by and is_told(out, population)
        yield replace(drawn, open=tested or ["coercion"] in by), rows


def _pairs_of_own_outcomes(out: Published, measure: str) -> Iterator[tuple[Picture, pd.DataFrame]]:
    """Yields pairs of a picture and its rows for the outcomes that the user defined: one pair for each
    outcome, population and breakdown."""
    own = out.table[(out.table["measure"] == measure) & out.table["outcome"].isin(list(out.outcomes))]
    for _, rows in own.groupby(["outcome", "reference_population", "breakdown"], sort=False):
        yield picture(estimates(out, rows.reset_index(drop=True), ENGLISH)), rows


def first_rows_by_group(out: Published, measure: str) -> pd.DataFrame | None:
    """Returns the published rows of the first picture with a group that `gallery` displays, without drawing
    it. None: there is no such picture."""
    return next(
        (out.select(measure, by, population=who) for who, by, _ in _contents(out, measure) if any(by)), None
    )


def _contents(out: Published, measure: str) -> Iterator[tuple[str, list[list[str]], bool]]:
    """Yields, for each picture that `gallery` displays: the population, the breakdowns, and whether only
    cases have the group."""
    rows = out.own_rows(measure=measure)
    rows = rows[~rows["breakdown"].isin(out.origins)]
    for population, part in rows.groupby("reference_population", sort=False):
        who = str(population)
        names = [list(groups_of_breakdown(b)) for b in part["breakdown"].unique()]
        only = [b for b in names if set(b) & out.case_only and len(b) == 1 and measure == "total"]
        plain = [b for b in names if len(b) <= 1 and b not in only and measure != "share"]
        alone = [[b] for b in (*only, *(b for b in names if b not in plain and b not in only))]
        together = _that_fit(plain, {str(b): n for b, n in part["breakdown"].value_counts().items()})
        for by in _families(names) if measure in PROFILES else [*together, *alone]:
            yield who, by, by[0] in only


def _that_fit(names: Sequence[list[str]], sizes: Mapping[str, int]) -> list[list[list[str]]]:
    """Returns the breakdowns of a population, one list per picture. A picture has at most `MOST_ROWS`
    categories, or one breakdown that has more: a longer picture would be shrunk on paper until nobody can
    read it."""
    found: list[list[list[str]]] = []
    room = 0
    for name in names:
        size = sizes[crossed(name)]
        if not found or size > room:
            found, room = [*found, []], MOST_ROWS
        found[-1].append(name)
        room -= size
    return found


def _families(names: Sequence[list[str]]) -> list[list[list[str]]]:
    """Returns the breakdowns of a profile of cases, one list per picture. First come the pictures of the
    topics alone: one for each family of topics, such as coercion. Then come the pictures of topics that are
    crossed with a group, such as sex."""
    by = dict.fromkeys(tuple(g for g in b if g not in TOPICS) for b in names)
    parts = [
        [b for b in names if set(b) & set(family) and tuple(g for g in b if g not in TOPICS) == group]
        for group in by
        for family in FAMILIES.values()
    ]
    return [part for part in parts if part]
