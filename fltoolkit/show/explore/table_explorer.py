"""Makes the tables explorer. It shows any table that a run publishes. The user chooses a publication profile
(rules that say which numbers are reliable enough), rule set, measure, population and breakdown.

All numbers come from the published set of the run. Its confidential numbers were hidden once, before the
explorer starts. A change of the controls does not estimate or hide anything. For several publication
profiles, the set is made by `publish_run(..., every_profile=True)`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from fltoolkit.arguments import checked
from fltoolkit.errors import RequestError
from fltoolkit.languages.language import Language
from fltoolkit.languages.word_files import BASE
from fltoolkit.publish.published_set import Published
from fltoolkit.show.charts.estimate_charts import dot_chart
from fltoolkit.show.charts.renderers.plotly_renderer import picture
from fltoolkit.show.explore.explorer_controls import (
    Part,
    dropdown,
    explorer_language,
    with_controls,
    without_controls,
)
from fltoolkit.show.printed_tables import result_tables
from fltoolkit.show.tables import in_notebook
from fltoolkit.show.wording import number_words
from fltoolkit.show.wording.english_numbers import ENGLISH
from fltoolkit.show.wording.section_words import Sentences, Words, bold
from fltoolkit.survey.spec.groups_and_tables import MEASURES_OF_AMOUNTS
from fltoolkit.table_records import as_records

Options = dict[str, str]
COLUMNS = {
    "rule_set": "rule_set",
    "measure": "measure",
    "population": "reference_population",
    "breakdown": "breakdown",
}


@dataclass(frozen=True)
class TableChoice:
    """The table that a user chose in the tables explorer: rule set, measure, population, breakdown and
    publication profile. The options of each part depend on the parts before it: for example, only breakdowns
    that are published for the chosen population are offered."""

    rule_set: str
    measure: str
    population: str
    breakdown: str
    profile: str


def offered(
    out: Published, wanted: TableChoice | None = None, language: Language = ENGLISH
) -> tuple[TableChoice, dict[str, Options]]:
    """Returns two things: the table to show, and the options of each control (a dictionary from labels to
    values). The table is the wanted one. If a part of the wanted choice does not exist, another option
    replaces it.

    For rule sets other than the run's own, only the headline (the number for the default population) is
    offered, because nothing else is published. If no breakdown is wanted, or the wanted one does not exist,
    the function prefers one without hidden numbers, and then the one with most numbers.
    """
    rows = out.table
    rows = rows[
        ~rows["measure"].isin(["flowchart", *MEASURES_OF_AMOUNTS]) & ~rows["outcome"].isin(list(out.outcomes))
    ]
    if rows.empty:
        raise RequestError(
            "the set has no table to explore",
            where="tables: out",
            found=list(out.table["measure"].unique()) or "no row",
            do="give what fl.publish_run returns",
        )
    asked = asdict(wanted) if wanted else {}
    chosen: dict[str, str] = {}
    options: dict[str, Options] = {}
    for name, column in COLUMNS.items():
        there = rows.drop_duplicates(column)
        options[name] = {}
        for row in as_records(there):
            label, value = _label(out, name, row, language), str(row[column])
            options[name][f"{label} ({value})" if label in options[name] else label] = value
        values = list(options[name].values())
        first = out.rule_set if name == "rule_set" and out.rule_set in values else values[0]
        first = _fullest(rows) if name == "breakdown" else first
        chosen[name] = asked[name] if asked.get(name) in values else first
        rows = rows[rows[column] == chosen[name]]
    options["profile"] = {_title(p): name for name, p in _sets(out).items()}
    chosen["profile"] = asked["profile"] if asked.get("profile") in _sets(out) else out.profile
    return TableChoice(**chosen), options


def _fullest(rows: pd.DataFrame) -> str:
    shown = rows["estimate"].notna().groupby(rows["breakdown"], sort=False).agg(["all", "sum"])
    return str(shown.sort_values(["all", "sum"], ascending=False, kind="stable").index[0])


def view(out: Published, choice: TableChoice, language: Language = ENGLISH) -> tuple[Part, ...]:
    """Returns the parts that the tables explorer shows for a choice that `offered` gives: a text on the
    hidden numbers and the reasons, the picture, and the table."""
    of = _sets(out)[choice.profile]
    own = {column: getattr(choice, name) for name, column in COLUMNS.items()}
    rows = of.table[(of.table[list(own)] == pd.Series(own)).all(axis=1)].reset_index(drop=True)
    # All pictures of the same measure and breakdown have the same axis, for any publication profile, rule set
    # and population.
    every = pd.concat([one.table for one in _sets(out).values()], ignore_index=True)
    compared = every[(every["measure"] == choice.measure) & (every["breakdown"] == choice.breakdown)]
    chart = dot_chart(of, rows, language, compared=compared)
    return (
        hidden(rows, _title(of), language),
        picture(chart),
        in_notebook(result_tables.table(language, rows)),
    )


def hidden(rows: pd.DataFrame, judged: str, language: Language = ENGLISH) -> Words:
    """Returns a text on how many of some published numbers are not shown, with the reasons. `judged` is the
    title of the publication profile, which says which numbers are reliable enough."""
    gone = rows[rows["estimate"].isna()]
    by = language.say("explorer.judged", profile=judged)
    if gone.empty:
        return Sentences(f"{language.say('explorer.every_shown')} {by}")
    names = dict(zip(rows.index, number_words.labels(language, rows), strict=True))
    reasons = [
        (i, marker, number_words.reason(language, why))
        for i, marker, why in gone[["marker", "reason"]].itertuples()
    ]
    lines = "\n".join(f"- {language.colon(names[i], f'[{marker}] {why}')}" for i, marker, why in reasons)
    return Sentences(
        f"{bold(language.say('explorer.not_shown', n=str(len(gone)), of=str(len(rows))))} {by}\n\n{lines}"
    )


@checked
def tables(
    out: Published, *, interactive: bool = False, choice: TableChoice | None = None, language: str = BASE
) -> Any:
    """Shows a table of the published set. With `interactive`, the user chooses the table in labelled
    drop-downs; otherwise the table is fixed.

    Args:
        out: the published set of the run; if it was made with `every_profile`, the user can also choose the
            publication profile.
        interactive: whether to show a widget for people. Batch runs and stored notebooks keep False.
        choice: the table that is shown first.
        language: the code of the language of controls, texts, pictures and tables, such as `fr`.

    Raises:
        SpecError: the kit has no words in this language.
    """
    words, (first, _) = explorer_language(language, out.own_words), offered(out, choice)
    return panel(out, first, words) if interactive else without_controls(view(out, first, words))


def panel(out: Published, start: TableChoice, language: Language = ENGLISH) -> Any:
    """Returns the widget of the tables explorer: drop-downs for measure, population, breakdown and others,
    above the chosen table."""
    _, options = offered(out, start, language)
    pickers = {
        name: dropdown(language.say(f"explorer.controls.{name}"), options[name], getattr(start, name))
        for name in options
    }

    def show() -> tuple[Part, ...]:
        """Updates the options of each control, and returns the parts that the explorer shows for the chosen
        table."""
        choice, now = offered(
            out, TableChoice(**{name: picker.value for name, picker in pickers.items()}), language
        )
        for name, picker in pickers.items():
            if picker.options != tuple(now[name].items()):
                picker.options = tuple(now[name].items())
            picker.value = getattr(choice, name)
        return view(out, choice, language)

    return with_controls(list(pickers.values()), show)


def _sets(out: Published) -> dict[str, Published]:
    return {out.profile: out, **out.profiles}


def _title(out: Published) -> str:
    """Returns the title of the publication profile (the rules that say which numbers are reliable enough)."""
    return out.judged.partition(": ")[2] or out.profile


def _label(out: Published, name: str, row: Mapping[Any, Any], language: Language) -> str:
    if name == "rule_set":
        key = "of_this_run" if row["rule_set"] == out.rule_set else "headline_only"
        return language.say(f"explorer.{key}", name=number_words.definition(language, row["rule_set"]))
    if name == "measure":
        return language.say(f"titles.{row['measure']}")
    if name == "population":
        return language.kit(row["reference_population_label"])
    return (
        number_words.group(language, str(row["breakdown"])) if row["breakdown"] else language.say("everyone")
    )
