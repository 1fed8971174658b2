"""Prepares the sheet on which matplotlib draws a chart: its font, its printed size and the words around it.
The module also makes the bytes of the picture's file.

The same chart gives the same bytes, if the fonts that come with the kit have its letters: the ids in an SVG
do not change, and the file has no date. A `$` in a text never starts a formula.
"""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

from fltoolkit.show.charts.chart_style import GREY, INK, QUIET
from fltoolkit.show.charts.descriptions.chart_parts import DescribedChart

FONTS = Path(str(files("fltoolkit.show.charts.renderers"))) / "fonts"
DPI = 200
PACKED = {"compress_level": 3}  # a PNG is 8% larger than at the usual 6, and packed in two thirds of the time
MEASURED = 100.0  # points at which letters are measured
SMALLEST = 8.0
"""The smallest font size on paper, in points."""
LOOK: dict[Any, Any] = {
    "font.family": "DejaVu Sans", "text.parse_math": False, "text.usetex": False, "svg.fonttype": "path",
    "svg.hashsalt": "fltoolkit", "text.color": INK, "axes.edgecolor": GREY, "axes.linewidth": 0.6,
    "xtick.color": QUIET, "ytick.color": INK, "path.simplify": False,
}  # fmt: skip
EDGE = 0.03  # inches between the edge of the sheet and its words above and below
SIDE = 0.06  # inches between the edge of the sheet and its words at each side
LEADING = 1.36  # line height as a multiple of the font size


def letters(text: str = "", *, bold: bool = False) -> Any:
    """Returns the font in which a picture prints a text, as matplotlib's `FontProperties`.

    The font is Liberation Sans, whose letters are as wide as those of Arial, the font of the pages. A text
    with letters that this font does not have is printed in DejaVu Sans, which comes with matplotlib. Only for
    letters that neither has, such as Chinese or Ethiopic ones, are fonts of the machine used; without such a
    font they are boxes.
    """
    from matplotlib.font_manager import FontProperties

    own, its_letters, others = _fonts(bold=bold)
    if its_letters.issuperset(text):
        return FontProperties(fname=own)
    missing, families = set(text) - others, ["DejaVu Sans"]
    for name, has in _fonts_of_machine() if missing else ():
        if missing & has:
            missing -= has
            families.append(name)
    return FontProperties(family=families, weight="bold" if bold else "normal")


@cache
def _fonts(*, bold: bool) -> tuple[Path, frozenset[str], frozenset[str]]:
    """Returns the path of Liberation Sans, the letters that it has, and the letters of DejaVu Sans. The
    letters are read once: a document asks for the font of each of its texts."""
    from matplotlib.font_manager import findfont

    own = FONTS / f"LiberationSans-{'Bold' if bold else 'Regular'}.ttf"
    return own, _letters_in(own) | {"\n"}, _letters_in(findfont("DejaVu Sans")) | {"\n"}


def _letters_in(path: Path | str) -> frozenset[str]:
    from matplotlib.font_manager import get_font

    return frozenset(map(chr, get_font(str(path)).get_charmap()))


@cache
def _fonts_of_machine() -> tuple[tuple[str, frozenset[str]], ...]:
    """Returns the name of each upright, regular font family of the machine, and its letters. Sans serif
    families come first."""
    from matplotlib.font_manager import fontManager

    plain = {
        f.name: f.fname
        for f in fontManager.ttflist
        if (f.style, f.variant, f.weight) == ("normal", "normal", 400)
    }
    ordered = sorted(
        (name for name in plain if "Last Resort" not in name), key=lambda name: ("Sans" not in name, name)
    )
    return tuple((name, _letters_in(plain[name])) for name in ordered)


@cache
def width(line: str, points: float, *, bold: bool = False) -> float:
    """Returns the printed width of a line of words, in inches. `points` is the font size. In Liberation Sans,
    it is the sum of the widths of its letters, which is quick to add up. The true width is slightly smaller,
    because some letters are printed closer together."""
    if _fonts(bold=bold)[1].issuperset(line):
        return sum(_letter_width(letter, bold=bold) for letter in line) * points
    from matplotlib.font_manager import FontProperties, findfont, get_font
    from matplotlib.ft2font import LoadFlags

    look = letters(line, bold=bold)
    font = get_font(
        [findfont(FontProperties(family=name, weight=look.get_weight())) for name in look.get_family()]
    )
    font.set_size(points, 72)
    font.set_text(line, 0.0, flags=LoadFlags.NO_HINTING)
    return float(font.get_width_height()[0]) / 64 / 72


@cache
def _letter_width(letter: str, *, bold: bool) -> float:
    """Returns the distance from the start of a letter of Liberation Sans to the start of the next one, in
    inches, at a font size of one point."""
    from matplotlib.font_manager import get_font
    from matplotlib.ft2font import LoadFlags

    font = get_font(str(_fonts(bold=bold)[0]))
    font.set_size(MEASURED, 72)
    return (
        float(font.load_char(ord(letter), flags=LoadFlags.NO_HINTING).linearHoriAdvance)
        / 65536
        / MEASURED
        / 72
    )


def widest(texts: list[str], points: float, *, bold: bool = False) -> float:
    """Returns the width of the longest line of some texts, in inches. `points` is the font size. The width is
    0 if there is no text."""
    return max((width(line, points, bold=bold) for text in texts for line in text.split("\n")), default=0.0)


def wrapped(text: str, points: float, inches: float, *, bold: bool = False) -> str:
    """Returns a text broken into lines that are at most `inches` wide at a font size of `points`. Line breaks
    of the text stay. A word that is longer than a line is also broken."""
    lines: list[str] = []
    for part in text.split("\n"):
        lines.append("")
        for word in part.split(" "):
            fits = width(f"{lines[-1]} {word}", points, bold=bold) <= inches
            lines = [*lines[:-1], f"{lines[-1]} {word}".strip()] if fits or not lines[-1] else [*lines, word]
    broken = [
        [line]
        if width(line, points, bold=bold) <= inches
        else textwrap.wrap(line, max(1, int(len(line) * inches / width(line, points, bold=bold))))
        for line in lines
    ]
    return "\n".join(line for part in broken for line in part)


@dataclass(frozen=True)
class Size:
    """The size of a picture for a document, and of the words in it.

    Attributes:
        width: the printed width in inches.
        font: the font size in points.
        words: the share of the width that is for the words at each side of the axis.
        titled: whether the title is in the picture. A slide has the title as its heading instead.
        height: the available height in inches. A higher drawing is compressed to fit, as far as its words
            allow.
        filled: how many lines high a row may be, so that a chart with few rows fills the available height. 0:
            the chart is only as high as its rows need.
        fine: the font size of the notes below, in points; 0 means the size of other less important words
            (`small`).
    """

    width: float
    font: float
    words: float
    titled: bool = True
    height: float = math.inf
    filled: float = 0.0
    fine: float = 0.0

    @property
    def small(self) -> float:
        """Returns the font size of less important words, in points."""
        return max(SMALLEST, 0.9 * self.font)


WIDE, HALF, SLIDE = (
    Size(6.69, 9.0, 0.34),
    Size(3.19, 8.0, 0.34),
    Size(11.6, 16.0, 0.45, titled=False, height=5.05, filled=5.0, fine=13.0),
)
"""The sizes of a picture as wide as the text of a page, of a picture half as wide, and of one on a slide."""


@dataclass(frozen=True, eq=False)
class Drawn:
    """A picture that matplotlib drew. The bytes of its file are made only when they are needed.

    Attributes:
        name: the name of the file, without language and ending.
        figure: the figure of matplotlib.
        title: the title of the picture.
        alt: words that say what the picture shows, for readers who do not see it (the text alternative).
        width: the printed width in inches.
    """

    name: str
    figure: Any
    title: str
    alt: str
    width: float  # inches

    @cached_property
    def svg(self) -> bytes:
        return self._saved("svg", {"Date": None, "Creator": None, "Title": self.title})

    @cached_property
    def png(self) -> bytes:
        return self._saved("png", {"Software": None})

    def _saved(self, kind: str, about: dict[str, Any]) -> bytes:
        """Returns the bytes of the picture's file. `kind` is the format, `svg` or `png`. `about` is the
        metadata of the file; it has no date and names no program, so that the same picture gives the same
        bytes."""
        import matplotlib

        made, packed = BytesIO(), {"pil_kwargs": PACKED} if kind == "png" else {}
        with matplotlib.rc_context(LOOK):
            self.figure.savefig(made, format=kind, dpi=DPI, metadata=about, **packed)
        return made.getvalue()


@dataclass(frozen=True)
class SheetMargins:
    """The margins of a picture: the space for words on each side of the drawing, in inches."""

    left: float
    right: float
    above: float
    below: float


def sheet(
    chart: DescribedChart, size: Size, body: tuple[float, float], margins: SheetMargins
) -> tuple[Any, Any]:
    """Returns a matplotlib figure and its empty axes. The words of the chart are already in the figure: title
    and subtitle above the axes, notes below.

    Args:
        chart: the chart, of which only the words are drawn.
        size: the size of the picture and of its words.
        body: two heights of the axes in inches: the smallest possible one, and the one for a sheet with
            enough room.
        margins: the space for the words beside the axes.
    """
    from matplotlib.figure import Figure

    room, bold = size.width - 2 * SIDE, 1.14 * size.font
    title = wrapped(chart.title, bold, room, bold=True) if size.titled else ""
    subtitle = wrapped(chart.subtitle, size.small, room)
    fine = size.fine or size.small
    notes = "\n".join(wrapped(note, fine, room) for note in chart.notes)
    quiet = LEADING * size.small / 72
    head = LEADING * bold * (title.count("\n") + 1) / 72 if title else 0.0
    foot = LEADING * fine / 72 * (notes.count("\n") + 1) + 2 * EDGE if notes else 0.0
    around = EDGE + head + quiet * (subtitle.count("\n") + 1) + margins.above + margins.below + foot
    least, wanted = body
    high = max(least, min(wanted, size.height - around))
    height = around + high
    figure = Figure(figsize=(size.width, height))

    def write(text: str, at: float, **look: Any) -> None:
        figure.text(
            SIDE / size.width,
            at / height,
            text,
            va="top",
            **{"font": letters(text), "fontsize": size.small, "color": QUIET, **look},
        )

    write(title, height - EDGE, font=letters(title, bold=True), fontsize=bold, color=INK, linespacing=1.2)
    write(subtitle, height - EDGE - head, linespacing=1.25)
    write(notes, foot - EDGE, linespacing=1.25, fontsize=fine)
    across = (SIDE + margins.left) / size.width, (margins.below + foot) / height
    axes = figure.add_axes(
        (*across, 1 - (2 * SIDE + margins.left + margins.right) / size.width, high / height)
    )
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, labelsize=size.small, pad=4)
    return figure, axes
