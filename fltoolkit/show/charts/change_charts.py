"""What changed since an earlier round: the estimates of both rounds with their intervals, and the verdict of the test."""

from __future__ import annotations

import pandas as pd

from fltoolkit.arguments import checked
from fltoolkit.languages.language import read_language
from fltoolkit.languages.word_files import BASE
from fltoolkit.publish.measure_units import unit
from fltoolkit.publish.published_set import Published
from fltoolkit.show.charts.chart_style import Picture, Table
from fltoolkit.show.charts.descriptions import change_dumbbell
from fltoolkit.show.charts.renderers.plotly_renderer import picture
from fltoolkit.show.printed_tables import change_tables
from fltoolkit.show.tables import in_notebook
from fltoolkit.show.wording.english_numbers import NBSP, PublishedNumber, ends, number, percent
from fltoolkit.show.wording.section_words import Nothing, Words

NOT_SAID = "survey.yaml does not say how they were held"
NOTE = (
    "The verdict is that of a test of the difference: two intervals that overlap prove nothing. Of many groups compared, one in twenty "
    "shows a change by chance alone. Nothing here says why anything changed."
)


@checked
def changes(found: Published | None) -> None:
    """Displays the change of prevalence of the default population since an earlier round.

    It displays a picture, a table, and a sentence on the change in the number of persons.
    """
    from IPython.display import display

    if found is None:
        display(Nothing("No earlier round is named (`before` in the parameters), so no change is shown."))
        return
    own = found.table[found.table["reference_population"] == found.headlines[0]]
    rows = own[own["measure"] == "change_in_prevalence"].reset_index(drop=True)
    totals = own[(own["measure"] == "change_in_total") & (own["breakdown"] == "")]
    sentences = [sentence(r) for part in (rows[rows["breakdown"] == ""], totals) for r in part.to_dict("records")]
    display(Words("\n\n".join([*(f"**{s}**" for s in sentences), NOTE, *interviews(rows.iloc[0].to_dict())])))
    display(change(rows))
    display(change_table(rows))


def sentence(row: PublishedNumber) -> str:
    """Returns a published change as a sentence. It says that a rate fell or rose only if the verdict of the test says so."""
    measure = str(row["measure"]).removeprefix("change_in_")
    what = "The prevalence of forced labour" if measure == "prevalence" else "The number of persons in forced labour"
    years = f"from {_round(row, '_before')} to {_round(row, '')}"
    if pd.isna(row["estimate"]):
        return f"{what}, {years}: change not shown ({row['verdict_reason'] or row['reason']})."
    numbers = f"{number(row['estimate_before'], measure)} and {number(row['estimate_after'], measure)}{_per(row, measure)}"
    gap = f"difference {signed(row['estimate'], measure)}, {percent(row)} interval {_signed_limits(row, measure)}"
    because = f": {row['verdict_reason']}" if row["verdict_reason"] else ""
    return f"{what}, {years}: {row['verdict']} ({numbers}; {gap}){because}."


def interviews(row: PublishedNumber) -> tuple[str, ...]:
    """Returns a paragraph on how the interviews of the two compared surveys were held, for example by telephone. Empty if neither
    survey says it.
    """
    conditions = [(_round(row, s), row[f"interview_conditions{s}"]) for s in ("_before", "")]
    if not any(words for _, words in conditions):
        return ()
    return (f"Interviews: {'; '.join(f'in {year} {words or NOT_SAID}' for year, words in conditions)}.",)


def change(rows: pd.DataFrame) -> Picture:
    """Returns a picture of the change between two rounds of a survey. Each row shows the numbers of both rounds as two joined
    dots with their intervals. The verdict of the test is at the right.

    The dot of an unreliable number is hollow.
    """
    return picture(change_dumbbell.change(rows, read_language(BASE)))


def change_table(rows: pd.DataFrame) -> Table:
    """Returns a table of published changes between two surveys: each with its interval, the verdict of its test and the reasons."""
    return in_notebook(change_tables.changes(read_language(BASE), rows))


def signed(value: float, measure: str) -> str:
    """Returns a change in the printed unit of its measure, with its sign: −7.8 (per 1,000), +410 (persons)."""
    return "" if pd.isna(value) else f"{'−' if value < 0 else '+'}{number(abs(value), measure)}"


def _signed_limits(row: PublishedNumber, measure: str) -> str:
    if pd.isna(row["ci_low"]):
        return ""
    low, high = ends(row["beyond_zero"], signed(row["ci_low"], measure), signed(row["ci_high"], measure))
    return f"{low}{NBSP}to{NBSP}{high}"


def _round(row: PublishedNumber, suffix: str) -> str:
    """Returns the year of a round, or its name if both rounds are of the same year."""
    return str(row[f"round{suffix}"] if row["year"] == row["year_before"] else row[f"year{suffix}"])


def _per(row: PublishedNumber, measure: str) -> str:
    return f" {unit(measure, row['reference_population_label'])}" if measure == "prevalence" else ""
