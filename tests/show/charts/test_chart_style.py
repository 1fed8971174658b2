"""Tests the common style of pictures: words cannot become HTML, every line of a head has room, and nothing is
loaded from the network."""

from __future__ import annotations

import json

from fltoolkit.show.charts.chart_style import (
    MIME,
    NOTES,
    Picture,
    Table,
    axis,
    categories,
    figure,
    safe,
    wrap,
)


def test_a_head_grows_by_a_line_for_each_that_its_subtitle_takes() -> None:
    """A line of a subtitle holds 110 letters and is 18 pixels high."""
    one, two = figure("T", "x " * 55, 300), figure("T", "x " * 56, 300)
    assert two.layout.height - one.layout.height == two.layout.margin.t - one.layout.margin.t == 18
    assert (one.layout.title.text.count("<br>"), two.layout.title.text.count("<br>")) == (1, 2)
    # The tool bar takes 24 pixels; with them and a gap of 10 pixels, title and one line need 76.
    assert figure("T", "", 300).layout.height == one.layout.height == 76 + 300 + 40
    assert one.layout.margin.t == 76
    assert one.layout.title.pad.t == 24


def test_a_page_can_write_the_words_of_a_figure_itself() -> None:
    """Without them the figure has its drawing and its axes."""
    one = figure("T & co", "s", 300, notes=["first note", "second"], above=30, below=50)
    meta = one.layout.meta
    assert (meta["title"], meta["subtitle"], list(meta["notes"])) == ("T & co", "s", ["first note", "second"])
    assert one.layout.height - meta["head"] - meta["foot"] == 30 + 300 + 50
    assert [a.name for a in one.layout.annotations] == [NOTES]
    assert figure("T", "s", 300).layout.meta["foot"] == 0


def test_what_is_no_result_says_so_to_the_page() -> None:
    bundle = Picture(figure("T", "", 300), "A dot.", aside="An exercise")._repr_mimebundle_()
    assert bundle[MIME]["layout"]["meta"]["aside"] == "An exercise"


def test_html_in_words_is_shown_and_not_obeyed() -> None:
    head = figure("<b>T</b>", "<script>", 300).layout.title.text
    assert "&lt;b&gt;T&lt;/b&gt;" in head
    assert "&lt;script&gt;" in head
    assert wrap("<a href='x'>") == "&lt;a href='x'&gt;"
    assert safe('"R&D"') == '"R&amp;D"'


def test_a_label_is_wrapped_between_words() -> None:
    assert wrap("agriculture, forestry and fishing", 22) == "agriculture, forestry<br>and fishing"
    assert wrap("", 10) == ""
    assert max(map(len, wrap("one two three four five six seven eight nine ten").split("<br>"))) <= 28


def test_what_is_said_of_a_figure_comes_before_the_usual() -> None:
    told = figure("T", "", 300, showlegend=False, margin={"l": 99}).layout
    assert (told.showlegend, told.margin.l, told.margin.r) == (False, 99, None)
    assert (
        "layout" not in figure("T", "", 300).layout.template.to_plotly_json()
    )  # plotly's own has 7,000 letters
    assert (axis("persons")["title"]["text"], axis()["rangemode"], axis(rangemode="normal")["rangemode"]) == (
        "persons",
        "tozero",
        "normal",
    )


def test_categories_read_from_the_top() -> None:
    """A plotly axis begins at its foot."""
    assert categories(["first", "second"])["categoryarray"] == ["second", "first"]


def test_the_text_that_stands_for_a_picture_goes_with_it() -> None:
    bundle = Picture(figure("T", "", 300), "A dot.")._repr_mimebundle_()
    assert bundle["text/plain"] == bundle[MIME]["layout"]["meta"]["alt"] == "A dot."
    assert set(bundle) == {MIME, "text/plain"}
    assert "://" not in json.dumps(bundle)
    assert bundle[MIME]["config"]["showSendToCloud"] is False


def test_a_table_is_html_and_its_text() -> None:
    table = Table("<table></table>", "a  b")
    assert table._repr_mimebundle_() == {"text/html": "<table></table>", "text/plain": "a  b"}
    assert repr(table) == "a  b"


def test_a_whole_number_of_a_figure_is_text_that_a_browser_writes_too() -> None:
    fig = figure("Title", "Subtitle", 40)
    fig.add_scatter(x=[0.0, 1.5, 2.0])
    data = Picture(fig, "Words.")._repr_mimebundle_()[MIME]
    assert json.dumps(data["data"][0]["x"]) == "[0, 1.5, 2]"
