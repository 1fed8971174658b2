"""Tests pictures for print: the same bytes in each process, letters of at least 8 points, readable words, and
no formula."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
import small_country as country
from drawn_charts import contrast
from handed import EN

import fltoolkit
from fltoolkit.show.charts import chart_style
from fltoolkit.show.charts.descriptions.estimates_by_group import HALF_PAGE, WHOLE_PAGE, estimates
from fltoolkit.show.charts.renderers.matplotlib_renderer import drawn
from fltoolkit.show.charts.renderers.matplotlib_sheet import (
    EDGE,
    HALF,
    SLIDE,
    SMALLEST,
    WIDE,
    Drawn,
    Size,
    letters,
    widest,
    width,
    wrapped,
)

PNG = b"\x89PNG\r\n"
DRAW = """
import hashlib
from fltoolkit.show.charts.descriptions.chart_parts import Axis, DotChart, Glyph, Mark, ChartRow, Tick
from fltoolkit.show.charts.renderers.matplotlib_renderer import drawn
row = ChartRow("women & men × 18–24", "x", (Mark(4.0, 2.0, 6.0, Glyph.UNRELIABLE, "4"),), "4.0 (2.0 to 6.0) [u]")
chart = DotChart("a", "Title", "subtitle", ("note",), "alt", (row, ChartRow("none", "none", absent="[c] not shown")), Axis(0, 10, (Tick(0, "0"),)))
picture = drawn(chart)
print(hashlib.sha256(picture.svg).hexdigest(), hashlib.sha256(picture.png).hexdigest())
"""


def regions(size: Size = WIDE) -> Drawn:
    out = country.published()
    room = HALF_PAGE if size is HALF else WHOLE_PAGE
    return drawn(estimates(out, out.select("prevalence", [[], ["region"]]), EN, space=room), size)


def test_a_picture_is_svg_and_png_of_the_same_bytes_each_time_and_without_a_date() -> None:
    one, two = regions(), regions()
    assert (one.svg, one.png) == (two.svg, two.png)
    assert one.png.startswith(PNG)
    assert ElementTree.fromstring(one.svg).tag.endswith("svg")
    assert not re.search(rb"dc:date|dc:creator|matplotlib\.org", one.svg)
    assert b"tEXt" not in one.png


@pytest.mark.thorough("draws in two processes")
def test_two_processes_draw_the_same_bytes_whatever_the_seed_of_their_hashes() -> None:
    made = [
        subprocess.run(
            [sys.executable, "-c", DRAW],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert made[0] == made[1]
    assert len(made[0].split()) == 2


@pytest.mark.filterwarnings("ignore:Glyph")  # the machine may have no font for them
@pytest.mark.parametrize("text", ["አዲስ አበባ 2025", "内蒙古自治区", "المنطقة الشمالية", "हिन्दी"])
def test_letters_that_the_kits_fonts_lack_are_measured_and_drawn(text: str) -> None:
    """Before, the run stopped at the first picture with such a label."""
    assert width(text, 9.0) > 0
    assert width(text, 9.0, bold=True) > 0
    assert "".join(wrapped(8 * text, 9.0, 1.0).split()) == "".join((8 * text).split())
    assert letters(text).get_family()[0] == "DejaVu Sans"
    out = country.published()
    chart = estimates(out, out.select("prevalence", [[], ["region"]]), EN)
    assert drawn(replace(chart, title=text)).png.startswith(PNG)


@pytest.mark.parametrize("inches", [0.9, 2.6, 6.6])
@pytest.mark.parametrize("bold", [False, True])
def test_lines_break_where_the_exact_widths_say(inches: float, bold: bool) -> None:
    """Words are measured roughly unless that leaves doubt. The lines are those of a loop that measures each
    exactly."""
    words = [
        "Prévalence",
        "du",
        "travail",
        "forcé,",
        "illicit",
        "AVATAR",
        "To",
        "Wi",
        "fl",
        "ffi",
        "1,000",
        "(6.3",
        "to",
        "13.3)",
        "[u]",
        "—",
    ] * 6
    lines = [""]
    for word in words:
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and width(longer, 8.0, bold=bold) > inches:
            lines.append(word)
        else:
            lines[-1] = longer
    assert wrapped(" ".join(words), 8.0, inches, bold=bold) == "\n".join(lines)


def test_the_font_comes_with_the_kit_and_for_other_letters_with_matplotlib() -> None:
    shipped = Path(fltoolkit.__file__).parent
    own = [Path(letters(bold=bold).get_file()) for bold in (False, True)]
    assert all(path.is_relative_to(shipped) and path.is_file() for path in own)
    figure = regions().figure
    texts = [*figure.texts, *figure.axes[0].texts, *figure.axes[0].get_xticklabels()]
    files = {text.get_fontproperties().get_file() or text.get_fontproperties().get_name() for text in texts}
    assert files <= set(map(str, own))
    assert letters("ქალები").get_family() == ["DejaVu Sans"]
    assert letters("Île → œuvre, ñ, λ, ж, ₫") == letters()


@pytest.mark.parametrize("size", [WIDE, HALF, SLIDE], ids=["wide", "half", "slide"])
def test_no_letter_is_smaller_than_eight_points_at_print_size(size: Size) -> None:
    figure = regions(size).figure
    texts = [
        t for t in (*figure.texts, *figure.axes[0].texts, *figure.axes[0].get_xticklabels()) if t.get_text()
    ]
    assert min(text.get_fontsize() for text in texts) >= SMALLEST == 8
    assert len(texts) > 15


def test_a_picture_is_not_wider_than_the_text_it_is_printed_in() -> None:
    """17 cm of a page, and half of that less 4 mm: else it would be made smaller, and its letters with it."""
    assert WIDE.width * 2.54 <= 17.0
    assert HALF.width * 2.54 <= 17.0 / 2 - 0.38


def test_words_have_a_contrast_of_4_5_and_signs_of_3() -> None:
    assert contrast("#000000") == pytest.approx(21)
    assert contrast("#777777") == pytest.approx(4.48, abs=0.01)  # the known grey that just fails
    figure = regions().figure
    words = {t.get_color() for t in (*figure.texts, *figure.axes[0].texts)} | {chart_style.QUIET}
    assert min(contrast(c) for c in words) >= 4.5
    assert (
        min(contrast(c) for c in (chart_style.BLUE, chart_style.GREY, chart_style.INK, chart_style.ORANGE))
        >= 3
    )


def test_words_break_where_they_no_longer_fit() -> None:
    text = "Non-market services excl. domestic work"
    lines = wrapped(text, 9.0, 1.5).split("\n")
    assert " ".join(lines) == text
    assert widest(lines, 9.0) <= 1.5
    assert width(f"{lines[0]} {lines[1].split()[0]}", 9.0) > 1.5
    assert wrapped("a\nb", 9.0, 1.5) == "a\nb"
    assert widest([wrapped("x" * 80, 9.0, 1.0)], 9.0) <= 1.05  # a word without an end


def test_nothing_stands_outside_the_picture() -> None:
    for size in (WIDE, HALF, SLIDE):
        figure = regions(size).figure
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        FigureCanvasAgg(figure).draw()
        renderer, box = figure.canvas.get_renderer(), figure.bbox
        for text in (t for t in (*figure.texts, *figure.axes[0].texts) if t.get_text()):
            there = text.get_window_extent(renderer)
            assert there.x0 >= box.x0 - 1, text.get_text()
            assert there.x1 <= box.x1 + 1, text.get_text()
            assert box.y0 - 1 <= there.y0, text.get_text()
            assert there.y1 <= box.y1 + 1, text.get_text()


def test_a_picture_without_notes_leaves_no_room_for_them() -> None:
    out = country.published()
    chart = estimates(out, out.select("prevalence", "sex"), EN)
    heights = [
        drawn(replace(chart, notes=notes)).figure.get_figheight() for notes in ((), ("a note",), ("a", "b"))
    ]
    line = heights[2] - heights[1]
    assert heights[1] - heights[0] == pytest.approx(line + 2 * EDGE)


def test_sizes_differ_in_width_and_not_in_words() -> None:
    wide, slide = regions(WIDE), regions(SLIDE)
    assert wide.alt == slide.alt
    assert slide.width > wide.width > regions(HALF).width
