"""The definitions as flowcharts, with published numbers of persons on their ways."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from fltoolkit.arguments import checked
from fltoolkit.classify.children import CHILD_LEAVES
from fltoolkit.errors import RequestError
from fltoolkit.publish.published_set import Published
from fltoolkit.show.charts import definition_flowchart
from fltoolkit.show.charts.chart_style import Picture, wrap
from fltoolkit.show.charts.definition_flowchart import ASKED, BELOW, EXITS, NO_WORK, OPEN_CHILD
from fltoolkit.show.tables import table
from fltoolkit.show.wording.english_numbers import Words, shown, to_verify

Rows = dict[str, dict[Hashable, Any]]
SELDOM_ASKED = ("not in the same work", "exception within its limits", "forced labour abroad")
HIDDEN = "[c] not shown, so that nobody can be recognised"


@checked
def flow(out: Published, *, title: str = "") -> Picture:
    """The definition as a flow: from everybody asked, past each question, to forced labour, with published numbers.

    Args:
        title: in place of the picture's own.
    """
    rows = _steps(out, of_children=False)
    words = {
        ASKED: f"<b>{_count(rows['total'])}</b> persons asked<br>{wrap(rows['total']['reference_population_label'])}",
        **{leaf: _left(rows, leaf) for leaf in EXITS if leaf != BELOW or leaf in rows},
        "forced labour": f"<b>{_count(rows.get('forced labour'))}</b><br>in forced labour",
    }
    open_ = [f"<b>{_count(rows[s])}</b> {s}" for s in ("unresolved", "abroad, unresolved") if s in rows]
    if open_:
        words["unresolved"] = "<br>".join(open_)
    fig = definition_flowchart.adults(
        title or "Who is in forced labour, question by question",
        f"weighted number of persons; {HIDDEN}{to_verify(rows['total'])}",
        words,
    )
    return Picture(fig, f"Flowchart of the definition with numbers of persons. {_steps_in_words(rows)}.")


@checked
def children(out: Published) -> None:
    """Display the children's flowchart and its table; where children were not asked, say so."""
    from IPython.display import display

    population = _population(out, of_children=True)
    if population is None:
        display(Words("This survey did not ask about children; its figures are about adults alone."))
        return
    display(children_flow(out))
    rows = out.select("flowchart", [[], ["step"]], population=population)
    display(table(rows, title="Children by the step at which they leave the definition"))


def children_flow(out: Published) -> Picture:
    """Tool No. 2's flowchart of children in forced labour, with the published number of children on each way out."""
    rows = _steps(out, of_children=True)
    words = {
        ASKED: f"<b>{_count(rows.get('total'))}</b> asked<br>{wrap(rows['total']['reference_population_label'])}",
        NO_WORK: f"<b>{_count(rows.get(NO_WORK))}</b> did not work",
        OPEN_CHILD: f"<b>{_count(rows.get(OPEN_CHILD))}</b> unresolved",
    }
    counts = {leaf: f"  <b>{_count(rows.get(leaf))}</b>" for leaf in CHILD_LEAVES}
    title, subtitle = "Which children are in forced labour, question by question", f"weighted number of children; {HIDDEN}"
    fig = definition_flowchart.children(title, subtitle, words, counts=counts)
    return Picture(fig, f"Flowchart of forced labour of children with numbers of children. {_steps_in_words(rows)}.")


def _left(rows: Rows, leaf: str) -> str:
    """How many left there; of a question that not every survey asks nobody may have been asked."""
    asked = leaf in rows or leaf not in SELDOM_ASKED
    return f"<b>{_count(rows.get(leaf))}</b><br>{EXITS[leaf]}" if asked else f"nobody, or not asked:<br>{EXITS[leaf]}"


def _steps_in_words(rows: Rows) -> str:
    return "; ".join(f"{step}: {_count(row)}" for step, row in rows.items())


def _population(out: Published, *, of_children: bool) -> str | None:
    """The first population with a flowchart of adults, or of children."""
    charts = out.table[out.table["measure"] == "flowchart"]
    for name, rows in charts.groupby("reference_population", sort=False):
        if rows["step"].isin(CHILD_LEAVES).any() == of_children:
            return str(name)
    return None


def _steps(out: Published, *, of_children: bool) -> Rows:
    """The rows of a flowchart by their step."""
    population = _population(out, of_children=of_children)
    if population is None:
        raise RequestError(
            f"there is no flowchart of {'children' if of_children else 'adults'} in the published set",
            do="publish a survey whose weights add up to the population",
        )  # fmt: skip
    return {str(r["step"]): r for r in out.select("flowchart", [[], ["step"]], population=population).to_dict("records")}


def _count(row: dict[Any, Any] | None) -> str:
    return "0" if row is None else shown(row)
