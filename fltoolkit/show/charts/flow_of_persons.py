"""Draws the definitions of forced labour as flowcharts, with published numbers of persons."""

from __future__ import annotations

from collections.abc import Hashable
from itertools import accumulate
from typing import Any

import pandas as pd

from fltoolkit.arguments import checked
from fltoolkit.classify.children import CHILD_LEAVES
from fltoolkit.publish.published_set import Published
from fltoolkit.show.charts import definition_flowchart
from fltoolkit.show.charts.chart_style import BLUE, INK, ORANGE, QUIET, Picture, Table, figure, safe, wrap
from fltoolkit.show.charts.definition_flowchart import (
    ASKED,
    BELOW,
    NO_WORK,
    OPEN_CHILD,
    QUESTIONS,
    exit_at,
    question,
)
from fltoolkit.show.charts.descriptions import chart_notes
from fltoolkit.show.tables import table
from fltoolkit.show.wording import number_words
from fltoolkit.show.wording.english_numbers import ENGLISH, number
from fltoolkit.show.wording.number_words import start
from fltoolkit.show.wording.result_sentences import flow_population, statement
from fltoolkit.show.wording.section_words import Nothing, Result
from fltoolkit.table_records import as_records

Rows = dict[str, dict[Hashable, Any]]
Line = tuple[str, str, float, float, str]
"""A line of the picture: its words, a number as text, how many persons go on and how many leave, and why they
leave."""
ENDS = ("unresolved", "abroad, unresolved", "forced labour")
ENDS_HERE = {
    "forced labour": "In forced labour",
    "unresolved": "Unresolved",
    "abroad, unresolved": "Abroad, unresolved",
}
SHORT = 0.75  # of a row's height: a row that nobody leaves has no words below its bar
ROW_HEIGHT, LEAVING = 56, "#c9d3da"
NOBODY = "nobody leaves"


@checked
def flow(out: Published) -> Picture | Nothing:
    """Returns a picture of the definition of forced labour as bars. The first bar is everybody whom the
    survey represents. After each condition of the definition, bars show how many persons go on and how many
    leave. If there are no such numbers, a note says so.

    The numbers of persons who leave are published numbers. The numbers of persons who go on are calculated
    from these, so they reveal nothing new.
    """
    population = flow_population(out, of_children=False)
    if population is None:
        return _nothing(out, "This survey did not ask about adults; its figures are about children alone.")
    rows = _steps(out, population)
    conditions, whole = _conditions(rows), rows["total"]
    ends = [name for name in ENDS if name in rows]
    size = _number(whole) or max([1.0, *(line[2] for line in conditions)])
    lines = [
        (
            f"<b>{wrap(start(str(whole['reference_population_label'])), 40)}</b>, represented",
            _count(whole),
            size,
            0.0,
            "",
        ),
        *conditions,
    ]
    lines += [
        (f"<b>{safe(ENDS_HERE[name])}</b>", _count(rows[name]), _number(rows[name]) or 0.0, 0.0, "")
        for name in ends
    ]
    y = [0.0, *accumulate((-1.0 if line[-1] else -SHORT) for line in lines[:-1])]
    fig = figure(
        "Who is in forced labour, condition by condition",
        (
            "Weighted persons who go on (dark) and who leave "
            f"(pale){'; to be verified' if whole['to_verify'] else ''}"
        ),
        round(ROW_HEIGHT * (1 - y[-1])),
        notes=[_sum_in_words(rows), *_notes(out, rows)],
        below=0,
    )
    bar = {"orientation": "h", "y": y, "width": 0.26, "hoverinfo": "skip"}
    colours = [ORANGE if "unresolved" in name else BLUE for name in [""] * (1 + len(conditions)) + ends]
    fig.add_bar(x=[line[2] for line in lines], marker={"color": colours}, **bar)
    fig.add_bar(x=[line[3] for line in lines], marker={"color": LEAVING}, **bar)
    text_style = {"xref": "paper", "yref": "y", "showarrow": False, "font": {"size": 14, "color": INK}}
    notes: list[dict[str, Any]] = []
    for at, (label, count, _, _, leaving) in zip(y, lines, strict=True):
        notes += [
            {**text_style, "x": 0, "y": at, "yshift": 16, "xanchor": "left", "text": label, "align": "left"},
            {**text_style, "x": 1, "y": at, "yshift": 16, "xanchor": "right", "text": f"<b>{count}</b>"},
        ]
        if leaving:
            quiet = {"size": 14, "color": QUIET}
            notes.append(
                {
                    **text_style,
                    "x": 0,
                    "y": at,
                    "yshift": -17,
                    "xanchor": "left",
                    "text": leaving,
                    "font": quiet,
                }
            )
    axes = {"visible": False, "fixedrange": True}
    fig.update_layout(
        barmode="stack",
        showlegend=False,
        annotations=[*fig.layout.annotations, *notes],
        xaxis={**axes, "range": [0, size]},
        yaxis={**axes, "range": [y[-1] - 0.45, 0.55]},
    )
    return Picture(
        fig,
        f"Bars of the definition's conditions with numbers of persons. {_steps_in_words(rows)}.",
        least=300,
    )


def _conditions(rows: Rows) -> list[Line]:
    """Returns a line of the picture for each condition of the definition. Persons who do not meet a condition
    leave there; the others go on. If numbers before and after a condition are hidden, ` + [c]` stands for
    those after it."""
    leaves = [leaf for leaf in QUESTIONS if leaf in rows or leaf != BELOW]
    left = [_number(rows[leaf]) if leaf in rows else 0.0 for leaf in leaves]
    ends = [_number(rows[name]) for name in ENDS if name in rows]
    whole = _number(rows["total"])
    found = []
    for i, leaf in enumerate(leaves):
        above, below = [whole, *left[: i + 1]], [*left[i + 1 :], *ends]
        remain, hidden = sum(n or 0.0 for n in below), None in below
        if None not in above:
            remain, hidden = max(0.0, above[0] - sum(above[1:])), False  # type: ignore[operator,arg-type]
        going = f"{number(remain, 'total')}{' + [c]' if hidden else ''} go on"
        leaving = f"{_count(rows[leaf])} leave: {safe(exit_at(ENGLISH, leaf))}" if leaf in rows else NOBODY
        found.append((f"<b>{safe(question(ENGLISH, leaf))}</b>", going, remain, left[i] or 0.0, leaving))
    return found


def _sum_in_words(rows: Rows) -> str:
    """Returns a sentence that adds up the numbers of the picture, so that readers need not guess how one
    follows from another."""
    leaving = [_count(rows[leaf]) for leaf in QUESTIONS if leaf in rows]
    ends = [(name, _count(rows[key])) for key, name in ENDS_HERE.items() if key in rows]
    parts = [
        f"{' + '.join(leaving)} who leave",
        *(f"{count} {name[0].lower()}{name[1:]}" for name, count in ends),
    ]
    return (
        f"Sum: {_count(rows['total'])} represented = {', + '.join(parts)}. Each number is rounded by itself."
    )


def _number(row: dict[Hashable, Any]) -> float | None:
    return float(row["estimate"]) if pd.notna(row["estimate"]) else None


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
    display(table(rows, title="Children by the step at which they leave the definition"))


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
    shown = f"{number_words.shown(ENGLISH, row)}{number_words.care(row['flag'])}"
    return shown if pd.isna(row["estimate"]) else number_words.with_marker(shown, row)
