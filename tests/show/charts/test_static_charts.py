"""Pictures for documents: the same bytes each time, what is hidden never in them, every doubt in their words."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
import small_country as country
from handed import EN, FR, HOSTILE, hostile
from two_rounds import fell

from fltoolkit.report.documents.document_pictures import every
from fltoolkit.show.charts import static_charts
from fltoolkit.show.charts.static_charts import HALF, SLIDE, WIDE, Drawn, estimates
from fltoolkit.show.wording.english_numbers import NBSP

PNG = b"\x89PNG\r\n"


def regions(language: object = EN) -> Drawn:
    return estimates(country.published(), "prevalence", ["region"], language)  # type: ignore[arg-type]


def test_a_picture_is_svg_and_png_of_the_same_bytes_each_time_and_without_a_date() -> None:
    one, two = regions(), regions()
    assert (one.svg, one.png) == (two.svg, two.png)
    assert one.png.startswith(PNG)
    assert ElementTree.fromstring(one.svg).tag.endswith("svg")
    assert not re.search(rb"dc:date|dc:creator|matplotlib\.org", one.svg)
    assert b"tEXt" not in one.png


def test_its_words_tell_each_number_with_its_interval_and_what_is_not_shown() -> None:
    alt = regions().alt
    assert re.search(rf"north: 222\.2 \([\d.]+{NBSP}to{NBSP}[\d.]+\)", alt)
    assert "east: [c] confidential: not shown; west: [c] confidential: not shown" in alt
    assert re.search(r"south: 150\.0 \(.*?\) \[u\], fewer than 15 cases", alt)
    assert "island: [c] confidential" in alt  # too few persons look like too few cases


def test_in_another_language() -> None:
    picture = regions(FR)
    assert picture.alt.startswith("Prévalence du travail forcé selon région. Pour 1\u202f000 adults")
    assert re.search(rf"north\xa0: 222,2 \([\d,]+{NBSP}à{NBSP}[\d,]+\)", picture.alt)
    assert picture.svg != regions().svg


def test_unreliable_dots_are_hollow_and_hidden_ones_words(monkeypatch: pytest.MonkeyPatch) -> None:
    dots, words = [], []
    monkeypatch.setattr(static_charts, "finish", lambda figure, *_: (
        dots.extend((line.get_xdata()[0], line.get_markerfacecolor()) for line in figure.axes[0].lines if line.get_marker() == "o"),
        words.extend(text.get_text() for text in figure.axes[0].texts)))  # fmt: skip
    regions()
    fill = {round(float(x), 1): face for x, face in dots}
    assert fill[150.0] == "white"  # the south: unreliable
    assert fill[0.0] == "white"  # the plain: nobody found
    assert fill[222.2] != "white"
    assert words.count("[c] not shown") == 4


def test_text_is_never_a_formula_and_never_part_of_a_files_name() -> None:
    for picture in every(hostile(), EN):
        assert re.fullmatch(r"\w+", picture.name)
        assert b"<script" not in picture.svg
    alt = estimates(hostile().now, "prevalence", ["region"], EN).alt
    assert HOSTILE["formula"] in alt
    assert HOSTILE["script"] in alt


def test_a_slide_has_larger_letters_and_half_a_page_leaves_the_intervals_to_the_bars() -> None:
    wide, slide, half = (estimates(country.published(), "prevalence", ["sex"], EN, size=size) for size in (WIDE, SLIDE, HALF))
    assert wide.alt == slide.alt
    assert slide.width > wide.width > half.width


def test_change_tells_both_rounds_and_the_verdict() -> None:
    changed = fell().changed
    assert changed is not None
    assert "everyone: 50.0 and 18.8: decreased" in static_charts.change(changed, EN).alt
    assert "ensemble\xa0: 50,0 et 18,8\xa0: baisse" in static_charts.change(changed, FR).alt
