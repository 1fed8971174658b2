"""The definitions as flowcharts, with published numbers of persons on their ways."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from fltoolkit.classify.children import CHILD_LEAVES, ENDS, ROUTES
from fltoolkit.errors import RequestError
from fltoolkit.estimate.publish import Published
from fltoolkit.show.style import BLUE, GREY, INK, ORANGE, Picture, figure, wrap
from fltoolkit.show.tables import table
from fltoolkit.show.words import Words, shown, to_verify

Rows = dict[str, dict[Hashable, Any]]
PAPER = "#eef3f6"


def flow(out: Published) -> Picture:
    """The definition as a flow: from everybody asked, past each question, to forced labour, with published numbers."""
    rows = _steps(out, of_children=False)
    spine = [("total", "Asked"), ("no work", "Any work?"), ("not involuntary", "Involuntary?"), ("no coercion", "Coerced?"),
             *([("below the rule's thresholds", "Enough for the rule set?")] if "below the rule's thresholds" in rows else []),
             ("not in the same work", "In the same work?"), ("exception within its limits", "Outside the exceptions?"),
             ("forced labour abroad", "In this country?")]  # fmt: skip
    exits = {"no work": "did not work", "not involuntary": "not involuntary", "no coercion": "no coercion", "not in the same work": "not in the same work",
             "below the rule's thresholds": "below the rule's thresholds",
             "exception within its limits": "within an exception of C29", "forced labour abroad": "forced labour abroad"}  # fmt: skip
    height = 96 * (len(spine) + 1) + 120
    subtitle = f"weighted number of persons; [c] not shown, so that nobody can be recognised{to_verify(rows['total'])}"
    fig = figure("Who is in forced labour, question by question", subtitle, height, showlegend=False)
    fig.update_xaxes(visible=False, range=[0, 10], fixedrange=True)
    fig.update_yaxes(visible=False, range=[-len(spine) - 0.6, 0.7], fixedrange=True)
    for i, (step, question) in enumerate(spine):
        words = (
            f"<b>{question}</b>"
            if i
            else f"<b>{_count(rows['total'])}</b> persons asked<br>{wrap(rows['total']['reference_population_label'])}"
        )
        _box(fig, 0.1, 4.4, -i, words, "#eef3f6", INK)
        _arrow(fig, 2.25, -i - 0.3, 2.25, -i - 0.7, "yes" if i else "")
        if i:
            leaf = rows.get(step)
            _arrow(fig, 4.4, -i, 5.7, -i, "no")
            _box(fig, 5.7, 9.9, -i, f"<b>{_count(leaf) if leaf else '0'}</b><br>{exits[step]}", "white", GREY)
    end = -len(spine)
    _box(fig, 0.1, 4.4, end, f"<b>{_count(rows.get('forced labour'))}</b><br>in forced labour", BLUE, BLUE, "white")
    open_ = [rows[s] for s in ("unresolved", "abroad, unresolved") if s in rows]
    if open_:
        words = "<br>".join(
            f"<b>{_count(r)}</b> {'unresolved' if r['step'] == 'unresolved' else 'abroad, unresolved'}" for r in open_
        )
        _box(fig, 5.7, 9.9, end, words, "white", ORANGE)
    told = "; ".join(f"{step}: {_count(r)}" for step, r in rows.items())
    return Picture(fig, f"Flowchart of the definition with numbers of persons. {told}.")


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
    no_work, no_threat, no_threat_third, open_ = (rows.get(step) for step in ENDS)
    iv, iii, ii, i = (rows.get(step) for step in ROUTES.values())
    subtitle = "weighted number of children; [c] not shown, so that nobody can be recognised"
    fig = figure("Which children are in forced labour, question by question", subtitle, 740, showlegend=False)
    fig.update_xaxes(visible=False, range=[0, 10.2], fixedrange=True)
    fig.update_yaxes(visible=False, range=[-6.0, 0.5], fixedrange=True)
    left, middle, right = (0.0, 3.3), (4.3, 6.3), (7.0, 10.2)
    asked = f"<b>{_count(rows.get('total'))}</b> asked<br>{wrap(rows['total']['reference_population_label'])}"
    for y, words in enumerate(
        (asked, "<b>Worst form of child<br>labour (a)–(c)?</b>", "<b>Working with or for<br>the parents?</b>",
         "<b>A parent in<br>forced labour?</b>", "<b>Threat or penalty<br>by a third party?</b>")
    ):  # fmt: skip
        _box(fig, *left, -y, words, PAPER, INK)
    _arrow(fig, 1.65, -0.3, 1.65, -0.7, "")
    for y, word in ((1, "no"), (2, "yes"), (3, "no")):
        _arrow(fig, 1.65, -y - 0.3, 1.65, -y - 0.7, word)
    for y, leaf, name in (
        (1, iv, "worst form<br>(iv)"),
        (3, iii, "parent in forced<br>labour (iii)"),
        (4, ii, "with parents,<br>threat (ii)"),
    ):
        _arrow(fig, left[1], -y, middle[0], -y, f"yes  <b>{_count(leaf)}</b>")
        _box(fig, *middle, -y, name, BLUE, BLUE, "white")
    _arrow(fig, 1.65, -4.3, 1.65, -4.7, f"no  <b>{_count(no_threat)}</b>")
    _box(fig, *left, -5, "not in forced labour", "white", GREY)
    _arrow(fig, left[1], -2, right[0], -2, "no")
    _box(fig, *right, -2, "<b>For a third party: threat<br>or penalty by a third party?</b>", PAPER, INK)
    _arrow(fig, 7.75, -2.3, 7.75, -2.7, f"yes  <b>{_count(i)}</b>")
    _box(fig, 7.0, 8.5, -3, "third party,<br>threat (i)", BLUE, BLUE, "white")
    _arrow(fig, 9.45, -2.3, 9.45, -2.7, f"no  <b>{_count(no_threat_third)}</b>")
    _box(fig, 8.7, 10.2, -3, "not in forced<br>labour", "white", GREY)
    _box(fig, *right, 0, f"<b>{_count(no_work)}</b> did not work", "white", GREY)
    _arrow(fig, left[1], 0, right[0], 0, "")
    _box(fig, *right, -5, f"<b>{_count(open_)}</b> unresolved", "white", ORANGE)
    note = ("Every route is looked at by itself; a child with several is shown where the flowchart finds the first. A child who does both kinds "
            "of work and is threatened in that for a third party alone is under (i).")  # fmt: skip
    fig.add_annotation(
        x=0, y=-5.75, text=wrap(note, 100), showarrow=False, xanchor="left", align="left", font={"color": GREY, "size": 12}
    )
    told = "; ".join(f"{step}: {_count(row)}" for step, row in rows.items())
    return Picture(fig, f"Flowchart of forced labour of children with numbers of children. {told}.")


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


def _box(fig: Any, x0: float, x1: float, y: float, text: str, fill: str, line: str, ink: str = INK) -> None:
    fig.add_shape(type="rect", x0=x0, x1=x1, y0=y - 0.3, y1=y + 0.3, fillcolor=fill, line={"color": line, "width": 1.5})
    fig.add_annotation(x=(x0 + x1) / 2, y=y, text=text, showarrow=False, font={"color": ink, "size": 14})


def _arrow(fig: Any, x0: float, y0: float, x1: float, y1: float, word: str) -> None:
    """An arrow with its word beside it where it goes down, above it where it goes right."""
    fig.add_annotation(
        x=x1, y=y1, ax=x0, ay=y0, xref="x", yref="y", axref="x", ayref="y", text="", showarrow=True, arrowhead=2, arrowcolor=GREY
    )
    if word:
        down = x0 == x1
        fig.add_annotation(
            x=(x0 + x1) / 2 + (0.12 if down else 0), y=(y0 + y1) / 2 + (0 if down else 0.14), text=word, showarrow=False,
            xanchor="left" if down else "center", font={"color": INK, "size": 12},
        )  # fmt: skip


def _count(row: dict[Any, Any] | None) -> str:
    return "0" if row is None else shown(row)
