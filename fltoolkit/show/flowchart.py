"""The two definitions drawn as flowcharts: boxes with words, and the ways between them. Whose words, and what is lit, is the caller's."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from fltoolkit.classify.children import ENDS, ROUTES
from fltoolkit.show.style import BLUE, GREY, INK, ORANGE, figure, wrap

PAPER, LIT = "#eef3f6", "#fff3c4"
ASKED, WITH_PARENTS = "total", "with parents?"
BELOW = "below the rule's thresholds"
QUESTIONS = {  # of adults: the leaf where a person leaves, and the question asked there
    "no work": "Any work?", "not involuntary": "Involuntary?", "no coercion": "Coerced?", BELOW: "Enough for the rule set?",
    "not in the same work": "In the same work?", "exception within its limits": "Outside the exceptions?",
    "forced labour abroad": "In this country?",
}  # fmt: skip
EXITS = {
    "no work": "did not work", "not involuntary": "not involuntary", "no coercion": "no coercion", BELOW: BELOW,
    "not in the same work": "not in the same work", "exception within its limits": "within an exception of C29",
    "forced labour abroad": "forced labour abroad",
}  # fmt: skip
NO_WORK, NO_THREAT, NO_THREAT_THIRD, OPEN_CHILD = ENDS
IV, III, II, I = ROUTES.values()  # noqa: E741 - as the guidelines number them
NOTE = ("Every route is looked at by itself; a child with several is shown where the flowchart finds the first. A child who does both kinds "
        "of work and is threatened in that for a third party alone is under (i).")  # fmt: skip
Answers = Mapping[str, str]


def adults(title: str, subtitle: str, words: Answers, answers: Answers | None = None, lit: Collection[str] = ()) -> Any:
    """The adults' flowchart.

    Args:
        words: of each leaf (classify.trace.LEAVES), of ASKED and `forced labour`; a question whose leaf is not there is not drawn.
        answers: what one person answered, by leaf, for under its question.
        lit: the boxes on the way of one person: a question is `?` and its leaf.
    """
    spine = [leaf for leaf in QUESTIONS if leaf in words]
    fig = _sheet(title, subtitle, 96 * (len(spine) + 2) + 120, (0, 10), (-len(spine) - 1.6, 0.7))
    _box(fig, 0.1, 4.4, 0, words[ASKED], ASKED in lit)
    for i, leaf in enumerate(spine, 1):
        told = f"<br>{answers[leaf]}" if answers and leaf in answers else ""
        _box(fig, 0.1, 4.4, -i, f"<b>{QUESTIONS[leaf]}</b>{told}", f"?{leaf}" in lit)
        _arrow(fig, (2.25, 0.7 - i), (2.25, 0.3 - i), "yes" if i > 1 else "", f"?{leaf}" in lit)
        _arrow(fig, (4.4, -i), (5.7, -i), "no", leaf in lit)
        _box(fig, 5.7, 9.9, -i, words[leaf], leaf in lit, "white", GREY)
    end = -len(spine) - 1
    _arrow(fig, (2.25, end + 0.7), (2.25, end + 0.3), "yes", "forced labour" in lit)
    _box(fig, 0.1, 4.4, end, words["forced labour"], "forced labour" in lit, BLUE, BLUE, "white")
    if "unresolved" in words:
        _box(fig, 5.7, 9.9, end, words["unresolved"], "unresolved" in lit, "white", ORANGE)
    return fig


def children(
    title: str,
    subtitle: str,
    words: Answers,
    *,
    counts: Answers | None = None,
    answers: Answers | None = None,
    lit: Collection[str] = (),
) -> Any:
    """The children's flowchart (ILO toolkit, Tool No. 2).

    Args:
        words: of ASKED, and of the leaves NO_WORK and OPEN_CHILD. counts: what stands on the way to each leaf.
        answers: what one child's answers make of a question, for under it. lit: the boxes on the way of one child.
            A question is `?` and its leaf, WITH_PARENTS whether the work is with the parents.
    """
    counts, answers = counts or {}, {name: f"<br>{told}" for name, told in (answers or {}).items()}
    fig = _sheet(title, subtitle, 740, (0, 10.2), (-6.0, 0.5))
    left, middle, right = (0.0, 3.3), (4.3, 6.3), (7.0, 10.2)
    spine = ((ASKED, words[ASKED]), (f"?{IV}", "<b>Worst form of child<br>labour (a)–(c)?</b>"), (WITH_PARENTS, "<b>Working with or for<br>the parents?</b>"),
             (f"?{III}", "<b>A parent in<br>forced labour?</b>"), (f"?{II}", "<b>Threat or penalty<br>by a third party?</b>"))  # fmt: skip
    for i, (name, told) in enumerate(spine):
        _box(fig, *left, -i, told + answers.get(name, ""), name in lit)
        if i:
            _arrow(fig, (1.65, 0.7 - i), (1.65, 0.3 - i), ("", "no", "yes", "no")[i - 1], name in lit)
    for y, leaf, told in (
        (1, IV, "worst form<br>(iv)"),
        (3, III, "parent in forced<br>labour (iii)"),
        (4, II, "with parents,<br>threat (ii)"),
    ):
        _arrow(fig, (left[1], -y), (middle[0], -y), f"yes{counts.get(leaf, '')}", leaf in lit)
        _box(fig, *middle, -y, told, leaf in lit, BLUE, BLUE, "white")
    _arrow(fig, (1.65, -4.3), (1.65, -4.7), f"no{counts.get(NO_THREAT, '')}", NO_THREAT in lit)
    _box(fig, *left, -5, "not in forced labour", NO_THREAT in lit, "white", GREY)
    _arrow(fig, (left[1], -2), (right[0], -2), "no", f"?{I}" in lit)
    _box(
        fig,
        *right,
        -2,
        "<b>For a third party: threat<br>or penalty by a third party?</b>" + answers.get(f"?{I}", ""),
        f"?{I}" in lit,
    )
    _arrow(fig, (7.75, -2.3), (7.75, -2.7), f"yes{counts.get(I, '')}", I in lit)
    _box(fig, 7.0, 8.5, -3, "third party,<br>threat (i)", I in lit, BLUE, BLUE, "white")
    _arrow(fig, (9.45, -2.3), (9.45, -2.7), f"no{counts.get(NO_THREAT_THIRD, '')}", NO_THREAT_THIRD in lit)
    _box(fig, 8.7, 10.2, -3, "not in forced<br>labour", NO_THREAT_THIRD in lit, "white", GREY)
    _box(fig, *right, 0, words[NO_WORK], NO_WORK in lit, "white", GREY)
    _arrow(fig, (left[1], 0), (right[0], 0), "", NO_WORK in lit)
    _box(fig, *right, -5, words[OPEN_CHILD], OPEN_CHILD in lit, "white", ORANGE)
    fig.add_annotation(
        x=0, y=-5.75, text=wrap(NOTE, 100), showarrow=False, xanchor="left", align="left", font={"color": GREY, "size": 12}
    )
    return fig


def _sheet(title: str, subtitle: str, height: int, x: tuple[float, float], y: tuple[float, float]) -> Any:
    fig = figure(title, subtitle, height, showlegend=False)
    fig.update_xaxes(visible=False, range=x, fixedrange=True)
    fig.update_yaxes(visible=False, range=y, fixedrange=True)
    return fig


def _box(
    fig: Any, x0: float, x1: float, y: float, text: str, lit: bool, fill: str = PAPER, line: str = INK, ink: str = INK
) -> None:
    """A box with words. A lit one is framed thick and dark as well as coloured, for whoever does not see the colour."""
    look = (LIT, INK, 5, INK) if lit else (fill, line, 1.5, ink)
    fig.add_shape(type="rect", x0=x0, x1=x1, y0=y - 0.3, y1=y + 0.3, fillcolor=look[0], line={"color": look[1], "width": look[2]})
    fig.add_annotation(x=(x0 + x1) / 2, y=y, text=text, showarrow=False, font={"color": look[3], "size": 14})


def _arrow(fig: Any, start: tuple[float, float], end: tuple[float, float], word: str, lit: bool) -> None:
    """An arrow with its word beside it where it goes down, above it where it goes right."""
    (x0, y0), (x1, y1) = start, end
    fig.add_annotation(
        x=x1, y=y1, ax=x0, ay=y0, xref="x", yref="y", axref="x", ayref="y", text="", showarrow=True, arrowhead=2,
        arrowcolor=INK if lit else GREY, arrowwidth=4 if lit else 2,
    )  # fmt: skip
    if word:
        down = x0 == x1
        fig.add_annotation(
            x=(x0 + x1) / 2 + (0.12 if down else 0), y=(y0 + y1) / 2 + (0 if down else 0.14), text=word, showarrow=False,
            xanchor="left" if down else "center", font={"color": INK, "size": 12},
        )  # fmt: skip
