"""Draws the definitions of forced labour as flowcharts, with published numbers of persons."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pandas as pd

from fltoolkit.arguments import checked
from fltoolkit.classify.children import CHILD_LEAVES
from fltoolkit.publish.published_set import Published
from fltoolkit.show.charts import definition_flowchart
from fltoolkit.show.charts.chart_style import Picture, Table, safe, wrap
from fltoolkit.show.charts.definition_flowchart import (
    ASKED,
    BELOW,
    NO_WORK,
    OPEN_CHILD,
    QUESTIONS,
    exit_at,
)
from fltoolkit.show.charts.descriptions import chart_notes
from fltoolkit.show.tables import table
from fltoolkit.show.wording import number_words
from fltoolkit.show.wording.english_numbers import ENGLISH
from fltoolkit.show.wording.result_sentences import flow_population, statement
from fltoolkit.show.wording.section_words import Nothing, Result
from fltoolkit.table_records import as_records

Rows = dict[str, dict[Hashable, Any]]
ENDS = {
    "forced labour": "in forced labour",
    "unresolved": "unresolved",
    "abroad, unresolved": "unresolved, abroad",
}


@checked
def flow(out: Published) -> Picture | Nothing:
    """Returns the flowchart of forced labour of adults. Each box in which a path ends has the published
    number of persons who end there. If there are no such numbers, a note says so."""
    population = flow_population(out, of_children=False)
    if population is None:
        return _nothing(out, "This survey did not ask about adults; its figures are about children alone.")
    rows = _steps(out, population)
    whole, asked = rows["total"], [leaf for leaf in QUESTIONS if leaf in rows or leaf != BELOW]
    words = {leaf: f"<b>{_count(rows.get(leaf))}</b> {safe(exit_at(ENGLISH, leaf))}" for leaf in asked}
    ends = {name: f"<b>{_count(rows[name])}</b> {said}" for name, said in ENDS.items() if name in rows}
    words |= {
        ASKED: f"<b>{_count(whole)}</b><br>{wrap(str(whole['reference_population_label']), 40)}",
        "forced labour": ends.pop("forced labour", "<b>0</b> in forced labour"),
        "unresolved": "<br>".join(ends.values()) or "<b>0</b> unresolved",
    }
    subtitle = f"Weighted number of persons{'; to be verified' if whole['to_verify'] else ''}"
    fig = definition_flowchart.adults(
        "Who is in forced labour, question by question",
        subtitle,
        words,
        notes=(ENGLISH.say("tables.rounded"), *_notes(out, rows)),
    )
    return Picture(
        fig, f"Flowchart of forced labour with numbers of persons. {_steps_in_words(rows)}.", least=620
    )


@checked
def flow_table(out: Published) -> Table | Nothing:
    """Returns the numbers of the picture of `flow` as a table, or a note if there are none."""
    population = flow_population(out, of_children=False)
    if population is None:
        return _nothing(out, "This survey did not ask about adults.")
    rows = out.select("flowchart", [[], ["step"]], population=population)
    return table(rows, title="Persons by the step at which they leave the definition")


def _nothing(out: Published, why: str) -> Nothing:
    """Returns a note on why there is no flowchart: the set has none, or `why`."""
    none = "flowchart" not in set(out.table["measure"])
    return Nothing(
        "This set has no flowchart: it is of single tables, or the weights do not add up to the population."
        if none
        else why
    )


@checked
def children(out: Published) -> None:
    """Displays the result for children, their flowchart and its table, or a note that children were not
    asked."""
    from IPython.display import display

    population = flow_population(out, of_children=True)
    if population is None:
        display(_nothing(out, "This survey did not ask about children; its figures are about adults alone."))
        return
    display(Result(statement(ENGLISH, in_forced_labour(out, population))))
    display(children_flow(out, population))
    rows = out.select("flowchart", [[], ["step"]], population=population)
    display(table(rows, title="Children by the step at which they leave the definition").folded(len(rows)))


def children_flow(out: Published, population: str) -> Picture:
    """Returns the flowchart of forced labour of children (ILO toolkit, Tool No. 2). The arrow to each result
    has the published number of children who reach it."""
    rows = _steps(out, population)
    words = {
        ASKED: f"<b>{_count(rows.get('total'))}</b><br>{wrap(rows['total']['reference_population_label'])}",
        NO_WORK: f"<b>{_count(rows.get(NO_WORK))}</b> did not work",
        OPEN_CHILD: f"<b>{_count(rows.get(OPEN_CHILD))}</b><br>{safe(ENGLISH.say('flowchart.open_somewhere'))}",
    }
    counts = {leaf: f"  <b>{_count(rows.get(leaf))}</b>" for leaf in CHILD_LEAVES}
    title, subtitle = (
        "Which children are in forced labour, question by question",
        "Weighted number of children",
    )
    fig = definition_flowchart.children(
        title, subtitle, words, counts=counts, notes=(ENGLISH.say("tables.rounded"), *_notes(out, rows))
    )
    return Picture(
        fig,
        f"Flowchart of forced labour of children with numbers of children. {_steps_in_words(rows)}.",
        least=620,
    )


def in_forced_labour(out: Published, population: str) -> dict[Hashable, Any]:
    """Returns the published number of persons of a population in forced labour, or their rate if no number is
    published."""
    counted = len(out.own_rows(measure="total", reference_population=population))
    return out.select("total" if counted else "prevalence", population=population).iloc[0].to_dict()


def _notes(out: Published, rows: Rows) -> tuple[str, ...]:
    """Returns the notes below a flowchart: the meaning of the signs behind its numbers, the persons who
    answered, and the survey."""
    table = pd.DataFrame(rows.values())
    used = number_words.markers(ENGLISH, table["marker"])
    signs = [*number_words.care_note(ENGLISH, table["flag"]), *([f"{used}."] if used else [])]
    return (" ".join([*signs, chart_notes.base_and_source(out, rows["total"], ENGLISH)]),)


def _steps_in_words(rows: Rows) -> str:
    return "; ".join(f"{step}: {_count(row)}" for step, row in rows.items())


def _steps(out: Published, population: str) -> Rows:
    """Returns the published rows of a flowchart as a dictionary. Its keys are the names of the boxes in which
    persons leave the flowchart."""
    return {
        str(r["step"]): r for r in as_records(out.select("flowchart", [[], ["step"]], population=population))
    }


def _count(row: dict[Any, Any] | None) -> str:
    if row is None:
        return "0"
    shown = number_words.shown(ENGLISH, row)
    return shown if pd.isna(row["estimate"]) else number_words.with_marker(shown, row)
