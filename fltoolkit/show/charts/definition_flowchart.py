"""Draws the definitions of forced labour of adults and of children as flowcharts: boxes with words, and
arrows between them.

The caller gives the words in the boxes, and says which boxes are highlighted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from fltoolkit.classify.children import ENDS, ROUTES
from fltoolkit.languages.language import Language
from fltoolkit.show.charts.chart_style import BLUE, GREY, INK, ORANGE, figure, safe, wrap
from fltoolkit.show.wording.english_numbers import ENGLISH

PAPER, LIT = "#f4f7f9", "#d3e2ec"
NARROW_BOX = 14  # letters in a line of the narrowest box
LEFT_BOX, MIDDLE, RIGHT_BOX = (0.5, 5.5), 3.0, (6.5, 9.9)  # of the flowchart of adults
WORDS = 14  # pixels, the size of all letters: at least 8 points in print
ROW, HIGH_ROW = 46, 66  # pixels from a question to the next; the latter if a box has two lines
CLEAR, ABOVE = (
    14,
    11,
)  # pixels from an arrow to a word beside it or above it: the word stays clear of a thick arrow on any screen
ASKED, WITH_PARENTS = "total", "with parents?"
BELOW = "below the rule's thresholds"
QUESTIONS = (
    "no work",
    "not involuntary",
    "no coercion",
    BELOW,
    "not in the same work",
    "exception within its limits",
    "forced labour abroad",
)
"""The questions that adults were asked, in order. Each has the name of the leaf (the box in which a path
ends) to which it can lead."""
NO_WORK, NO_THREAT, NO_THREAT_THIRD, OPEN_CHILD = ENDS
IV, III, II, I = ROUTES.values()  # noqa: E741 - as the guidelines number them
CHILDREN = {
    f"?{IV}": "worst_form",
    WITH_PARENTS: "with_parents",
    f"?{III}": "parent",
    f"?{II}": "threat",
    f"?{I}": "third_party",
}
"""The questions asked about children, with the keys of their words in the language files."""
Answers = Mapping[str, str]
Place = tuple[float, float]


class _BoxColours(NamedTuple):
    """The colours of a box: background, frame and words."""

    fill: str
    line: str
    ink: str = INK


QUESTION, LEFT, UNCLEAR, FOUND = (
    _BoxColours(PAPER, GREY),
    _BoxColours("white", GREY),
    _BoxColours("white", ORANGE),
    _BoxColours(BLUE, BLUE, "white"),
)


def question(language: Language, leaf: str) -> str:
    """Returns, in words, the question after which an adult leaves the flowchart at a leaf: `Any work?`. A
    leaf is a box in which a path ends."""
    return language.say(f"flowchart.questions.{leaf.replace(' ', '_')}")


def child_question(language: Language, name: str) -> str:
    """Returns a question of the flowchart for children in words. `name` is one of the names in `CHILDREN`."""
    return language.say(f"flowchart.children.questions.{CHILDREN[name]}")


def exit_at(language: Language, leaf: str) -> str:
    """Returns, in words, why an adult leaves the flowchart at a leaf: `did not work`. A leaf is a box in
    which a path through the flowchart ends."""
    return language.say(f"flowchart.exits.{leaf.replace(' ', '_')}")


def adults(
    title: str,
    subtitle: str,
    words: Answers,
    answers: Answers | None = None,
    lit: Collection[str] = (),
    *,
    notes: Sequence[str] = (),
    language: Language = ENGLISH,
) -> Any:
    """Returns the flowchart of the definition of forced labour of adults. A leaf is a box in which a path
    ends, for example because an answer was *no*.

    Args:
        title, subtitle: the words above the flowchart.
        words: the words in the boxes, by name of the box: the leaves (classify.classification_path.LEAVES), ASKED,
            `forced labour`, and `unresolved` if its box has words of its own. A question is drawn only if its
            leaf has words.
        answers: the answers of one person, by leaf; they are printed below the questions.
        lit: the names of the highlighted boxes, which are the path of one person. The box of a question is
            named `?` plus the name of its leaf.
        notes: sentences below the flowchart.
    """
    spine = [leaf for leaf in QUESTIONS if leaf in words]
    yes, no = (language.say(f"flowchart.{word}") for word in ("yes", "no"))
    sheet = _Sheet()
    sheet.box(LEFT_BOX, 0, words[ASKED], ASKED in lit)
    for i, leaf in enumerate(spine, 1):
        answer = f" {safe(answers[leaf])}" if answers and leaf in answers else ""
        sheet.box(LEFT_BOX, -i, f"<b>{safe(question(language, leaf))}</b>{answer}", f"?{leaf}" in lit)
        sheet.arrow((MIDDLE, 0.7 - i), (MIDDLE, 0.3 - i), yes if i > 1 else "", f"?{leaf}" in lit)
        sheet.arrow((LEFT_BOX[1], -i), (RIGHT_BOX[0], -i), no, leaf in lit)
        sheet.box(RIGHT_BOX, -i, words[leaf], leaf in lit, LEFT)
    end = -len(spine) - 1
    sheet.arrow((MIDDLE, end + 0.7), (MIDDLE, end + 0.3), yes, "forced labour" in lit)
    sheet.box(LEFT_BOX, end, words["forced labour"], "forced labour" in lit, FOUND)
    unclear = words.get("unresolved") or safe(language.say("flowchart.open_somewhere"))
    sheet.box(RIGHT_BOX, end, unclear, "unresolved" in lit, UNCLEAR)
    questions, below = [(LEFT_BOX[0], -i) for i in range(1, len(spine) + 1)], end - 0.6
    sheet.lead(questions, 0.15, [(0.15, below), (8.2, below), (8.2, end - 0.3)])
    sheet.notes = tuple(notes)
    row = HIGH_ROW if any("<br>" in text for text in words.values()) else ROW
    return sheet.drawn(title, subtitle, row * (len(spine) + 2), (0, 10), (end - 0.75, 0.35))


def children(
    title: str,
    subtitle: str,
    words: Answers,
    *,
    counts: Answers | None = None,
    answers: Answers | None = None,
    lit: Collection[str] = (),
    notes: Sequence[str] = (),
    language: Language = ENGLISH,
) -> Any:
    """Returns the flowchart for children (ILO toolkit, Tool No. 2). A leaf is a box in which a path ends.

    Args:
        title, subtitle: the words above the flowchart.
        words: the words in the boxes ASKED, NO_WORK and OPEN_CHILD.
        counts: the number that is printed on the arrow to each leaf.
        answers: for each question, words that say what the answers of one child mean. They are printed below
            the question.
        lit: the names of the highlighted boxes, which are the path of one child. The box of a question is
            named `?` plus the name of its leaf. The box WITH_PARENTS asks whether the child works with the
            parents.
        notes: further sentences below the flowchart.
    """
    counts = counts or {}
    yes, no = (language.say(f"flowchart.{word}") for word in ("yes", "no"))
    routes = {
        leaf: _lines(language.say(f"flowchart.children.routes.{CHILDREN[f'?{leaf}']}"))
        for leaf in (IV, III, II, I)
    }
    asked = {
        name: f"<b>{_lines(child_question(language, name))}</b>{f' {answers[name]}' if answers and name in answers else ''}"
        for name in CHILDREN
    }
    sheet = _Sheet()
    left, middle, right = (0.0, 2.9), (4.5, 6.5), (7.0, 10.2)
    for i, name in enumerate((ASKED, f"?{IV}", WITH_PARENTS, f"?{III}", f"?{II}")):
        sheet.box(left, -i, asked.get(name, words[ASKED]), name in lit)
        if i:
            sheet.arrow((1.45, 0.7 - i), (1.45, 0.3 - i), (yes, no, yes, no)[i - 1], name in lit)
    for y, leaf in ((1, IV), (3, III), (4, II)):
        sheet.arrow((left[1], -y), (middle[0], -y), f"{yes}{counts.get(leaf, '')}", leaf in lit)
        sheet.box(middle, -y, routes[leaf], leaf in lit, FOUND)
    not_forced = language.say("flowchart.children.not_forced")
    sheet.arrow((1.45, -4.3), (1.45, -4.7), f"{no}{counts.get(NO_THREAT, '')}", NO_THREAT in lit)
    sheet.box(left, -5, not_forced, NO_THREAT in lit, LEFT)
    sheet.arrow((left[1], -2), (right[0], -2), no, f"?{I}" in lit)
    sheet.box(right, -2, asked[f"?{I}"], f"?{I}" in lit)
    sheet.arrow((7.3, -2.3), (7.3, -2.7), f"{yes}{counts.get(I, '')}", I in lit)
    sheet.box((7.0, 8.5), -3, routes[I], I in lit, FOUND)
    sheet.arrow((9.0, -2.3), (9.0, -2.7), f"{no}{counts.get(NO_THREAT_THIRD, '')}", NO_THREAT_THIRD in lit)
    sheet.box((8.7, 10.2), -3, wrap(not_forced, NARROW_BOX), NO_THREAT_THIRD in lit, LEFT)
    sheet.box(right, 0, words[NO_WORK], NO_WORK in lit, LEFT)
    sheet.arrow(
        (left[1], 0), (right[0], 0), f"<b>{safe(question(language, QUESTIONS[0]))}</b> {no}", NO_WORK in lit
    )
    sheet.box(right, -5, words[OPEN_CHILD], OPEN_CHILD in lit, UNCLEAR)
    sheet.lead([(left[0], -y) for y in range(1, 5)], -0.18, [(-0.18, -5.6), (8.6, -5.6), (8.6, -5.3)])
    sheet.lead([(right[1], -2)], 10.38, [(10.38, -5), (right[1], -5)])
    sheet.notes = (language.say("flowchart.children.note"), *notes)
    return sheet.drawn(title, subtitle, 400, (-0.22, 10.42), (-5.65, 0.35))


def _lines(text: str) -> str:
    """Returns the words of a box as HTML. The language files say where its lines break."""
    return safe(text).replace("\n", "<br>")


class _Sheet:
    """Collects the boxes and arrows of a flowchart. All of them are added to the figure at once, which is
    much faster than to add them one by one."""

    def __init__(self) -> None:
        self.shapes: list[dict[str, Any]] = []
        self.annotations: list[dict[str, Any]] = []
        self.notes: tuple[str, ...] = ()

    def box(
        self, span: tuple[float, float], y: float, text: str, lit: bool, look: _BoxColours = QUESTION
    ) -> None:
        """Adds a box with words to the flowchart. A highlighted box also has a thick frame, for readers who
        do not see the colour.

        `span` has the positions of its left and right side, and `y` is the height of its middle. `lit` says
        whether it is highlighted. `look` has its colours.
        """
        (x0, x1), (fill, line, ink), width = span, look, 1.5
        if lit:
            (fill, line, ink), width = _BoxColours(LIT, BLUE), 3.0
        corners = {"x0": x0, "x1": x1, "y0": y - 0.3, "y1": y + 0.3}
        self.shapes.append(
            {"type": "rect", **corners, "fillcolor": fill, "line": {"color": line, "width": width}}
        )
        self.words((x0 + x1) / 2, y, text, ink)

    def lead(self, questions: Sequence[Place], across: float, corners: Sequence[Place]) -> None:
        """Adds a line that leads from the side of each question to the box of unresolved persons. The parts
        from the questions meet at the position `across`. From there the line goes along `corners`. The last
        corner is the side of the box."""
        stubs = [f"M{x},{y}L{across},{y}" for x, y in questions]
        trunk = "L".join(f"{x},{y}" for x, y in [(across, questions[0][1]), *corners[:-1]])
        line = {"color": ORANGE, "width": 1.5}
        self.shapes.append({"type": "path", "path": f"{''.join(stubs)}M{trunk}", "line": line})
        self.arrow(corners[-2], corners[-1], "", lit=False, colour=ORANGE)

    def arrow(self, start: Place, end: Place, word: str, lit: bool, colour: str = GREY) -> None:
        """Adds an arrow. Its word is beside it if the arrow points down, and above it if the arrow points
        right.

        `start` and `end` are positions (x, y). `lit` says whether the arrow is highlighted; if not, it has
        the colour `colour`.
        """
        (x0, y0), (x1, y1) = start, end
        self.annotations.append(
            {
                "x": x1,
                "y": y1,
                "ax": x0,
                "ay": y0,
                "xref": "x",
                "yref": "y",
                "axref": "x",
                "ayref": "y",
                "text": "",
                "showarrow": True,
                "arrowhead": 2,
                "arrowcolor": BLUE if lit else colour,
                "arrowwidth": 3 if lit else 2,
            }
        )
        if word:
            down = x0 == x1
            clear = {"xanchor": "left", "xshift": CLEAR} if down else {"xanchor": "center", "yshift": ABOVE}
            self.words((x0 + x1) / 2, (y0 + y1) / 2, word, INK, **clear)

    def words(self, x: float, y: float, text: str, ink: str, **more: Any) -> None:
        self.annotations.append(
            {"x": x, "y": y, "text": text, "showarrow": False, "font": {"color": ink, "size": WORDS}, **more}
        )

    def drawn(
        self, title: str, subtitle: str, body: int, x: tuple[float, float], y: tuple[float, float]
    ) -> Any:
        axes = {"visible": False, "fixedrange": True}
        return figure(
            title,
            subtitle,
            body,
            notes=self.notes,
            below=0,
            showlegend=False,
            shapes=self.shapes,
            annotations=self.annotations,
            xaxis={**axes, "range": x},
            yaxis={**axes, "range": y},
        )
