"""Tests the page of an executed notebook: it works from the disk, fetches nothing, and shows markup in labels
as text."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
import small_country as country

import fltoolkit as fl
from fltoolkit import report
from fltoolkit.languages.own_text import OwnText
from fltoolkit.show import tables
from fltoolkit.show.charts import estimate_charts, flow_of_persons
from fltoolkit.show.charts.chart_style import MIME
from fltoolkit.show.wording.section_words import Words
from fltoolkit.survey.spec.files_and_design import Release

EVIL = '</script><script>alert("1")</script><!--<script>'
LINKS = [("All surveys", "../index.html"), ("1 survey", "1_survey.html")]


@dataclass
class Page(HTMLParser):
    """What a browser would find in a page."""

    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    scripts: list[tuple[str, str]] = field(default_factory=list)
    text: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.inside = tag if tag in ("script", "style") else ""
        if tag == "script":
            self.scripts.append((dict(attrs).get("type") or "", ""))

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside == "script":
            kind, text = self.scripts[-1]
            self.scripts[-1] = (kind, text + data)
        elif not self.inside:
            self.text += data

    def charts(self) -> list[dict[str, str | None]]:
        return [
            attrs
            for tag, attrs in self.tags
            if tag == "div" and "chart" in (attrs.get("class") or "").split()
        ]

    def figures(self) -> list[dict[str, Any]]:
        found = [json.loads(text) for kind, text in self.scripts if kind == "application/json"]
        return [figure for figure in found if "data" in figure]

    def addresses(self) -> list[str]:
        return [
            v
            for _, attrs in self.tags
            for k, v in attrs.items()
            if k in ("src", "href", "data", "action", "poster", "srcset") and v
        ]


def output(shown: Any) -> Any:
    """What a kernel stores of something displayed."""
    if isinstance(shown, Words):
        data = {"text/markdown": shown._repr_markdown_(), "text/plain": repr(shown)}
    else:
        data = shown._repr_mimebundle_()
    return nbformat.v4.new_output("display_data", data=data)


def page_of(folder: Path, *shown: Any, errors: bool = False) -> tuple[str, Page]:
    """The page of a notebook that displays these."""
    cell = nbformat.v4.new_code_cell(
        "secret_name = open('nobody reads code here')", outputs=[output(s) for s in shown]
    )
    if errors:
        cell.outputs.append(
            nbformat.v4.new_output(
                "error",
                ename="DataError",
                evalue="<b>broken</b>",
                traceback=["\x1b[31mDataError\x1b[0m: <b>broken</b>"],
            )
        )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Title\n\nProse."), cell])
    nbformat.write(notebook, folder / "n.ipynb")
    report.page(folder / "n.ipynb", folder / "n.html", title="<T> & co", assets="../assets", links=LINKS)
    html = (folder / "n.html").read_text(encoding="utf-8")
    found = Page()
    found.feed(html)
    return html, found


def test_a_chart_becomes_a_place_with_its_text_and_its_data_unchanged(tmp_path: Path) -> None:
    picture = estimate_charts.dots(country.published(), "prevalence", "region")
    _, page = page_of(tmp_path, picture)
    (place,) = page.charts()
    assert place["aria-label"] == picture.alt
    assert place["role"]
    assert page.figures() == [json.loads(json.dumps(picture._repr_mimebundle_()[MIME]))]


def test_the_page_draws_every_chart_without_a_cloud(tmp_path: Path) -> None:
    pictures = (
        estimate_charts.dots(country.published(), "total", "region"),
        flow_of_persons.flow(country.published()),
    )
    _, page = page_of(tmp_path, *pictures)
    assert len(page.charts()) == len(page.figures()) == 2
    for figure in page.figures():
        assert figure["config"]["showSendToCloud"] is False
        assert figure["config"]["plotlyServerURL"] == ""
    drawing = [text for kind, text in page.scripts if not kind and "Plotly.newPlot" in text]
    assert len(drawing) == 1
    assert "...config" in drawing[0]


def test_nothing_on_a_page_is_fetched_from_a_network(tmp_path: Path) -> None:
    rows = country.published().select("prevalence", "region")
    html, page = page_of(
        tmp_path,
        flow_of_persons.flow(country.published()),
        tables.table(rows),
        fl.show.headline(country.published()),
    )
    assert page.addresses() == ["../assets/plotly.min.js", "../index.html", "1_survey.html"]
    assert not re.findall(r"""(?:url\(|@import|src=|href=)\s*["']?(?:https?:)?//""", html)
    words = re.sub(r"base64,[\w+/=]+", "", html)  # letters of a font are no name
    assert not re.search("mathjax|requirejs|cdn", words, re.I)
    assert not [tag for tag, _ in page.tags if tag in ("link", "iframe", "object", "embed", "img")]


def test_prose_tables_and_sentences_are_there_and_code_is_not(tmp_path: Path) -> None:
    html, page = page_of(
        tmp_path, tables.table(country.published().select("total", "region")), Words("A **sure** number.")
    )
    assert "secret_name" not in html
    assert "Prose." in page.text
    assert "A sure number." in page.text
    assert [tag for tag, _ in page.tags].count("table") == 1
    assert [tag for tag, _ in page.tags].count("h1") == 1
    assert "<title>&lt;T&gt; &amp; co</title>" in html
    assert "¶" not in html


@pytest.mark.thorough("whole pages of a survey of its own")
@pytest.mark.parametrize("where", ["group", "population", "coverage"])
def test_a_script_in_a_label_stays_inert_everywhere(tmp_path: Path, where: str) -> None:
    survey = country.changed(country.SURVEY)
    if where == "group":
        survey["groups"]["region"]["codes"][1] = EVIL
    elif where == "population":
        survey["populations"]["adults"]["label"] = EVIL
    else:
        survey["coverage_excludes"] = [EVIL]
    out, plan = country.run(country.write(tmp_path, survey))
    rows = out.select("prevalence", "region")
    pictures = (
        estimate_charts.dots(out, "prevalence", "region"),
        estimate_charts.bars(out, "region"),
        flow_of_persons.flow(out),
    )
    filled = fl.show.baseline(fl.baseline(plan, out))
    html, page = page_of(tmp_path, *pictures, tables.table(rows), filled, fl.show.headline(out))
    kinds = [kind for kind, _ in page.scripts]
    # plotly, the charts, what the page says of itself, and the one that draws them
    assert kinds == ["", *["application/json"] * len(pictures), "application/json", ""]
    assert [attrs["aria-label"] for attrs in page.charts()] == [p.alt for p in pictures]
    assert page.figures() == [json.loads(json.dumps(p._repr_mimebundle_()[MIME])) for p in pictures]
    assert "<!--" not in html
    assert not [text for kind, text in page.scripts if kind == "" and "alert" in text]
    assert "alert" in html


def test_the_error_of_a_half_run_notebook_is_shown_as_text(tmp_path: Path) -> None:
    html, page = page_of(tmp_path, errors=True)
    assert "DataError: <b>broken</b>" in page.text
    assert "\x1b" not in html
    assert not [tag for tag, _ in page.tags if tag == "b"]


def test_a_picture_beside_a_table_keeps_the_order_of_the_notebook(tmp_path: Path) -> None:
    body = pd.DataFrame({"a": ["after the picture"]})
    html, _ = page_of(tmp_path, flow_of_persons.flow(country.published()), tables.plain(body, "T", "s"))
    assert html.index('class="chart"') < html.index("after the picture")


def test_the_one_shared_script_is_plotlys_own(tmp_path: Path) -> None:
    report.write_assets(tmp_path / "assets")
    (script,) = (tmp_path / "assets").iterdir()
    assert script.name == "plotly.min.js"
    assert "plotly.js" in script.read_text(encoding="utf-8")[:200]


def test_the_office_and_the_next_page_are_named(tmp_path: Path) -> None:
    nbformat.write(
        nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("Results.")]), tmp_path / "n.ipynb"
    )
    release, links = (
        Release(office=OwnText("Office"), date=date(2025, 12, 10)),
        [("n", "n.html"), ("m & o", "m.html")],
    )
    report.page(
        tmp_path / "n.ipynb", tmp_path / "n.html", title="n", assets="assets", links=links, release=release
    )
    page = (tmp_path / "n.html").read_text("utf-8")
    assert '<p class="masthead">Office · 10 December 2025</p>' in page
    assert (
        '"Office \\u00b7 10 December 2025. Estimated with' in page
        or "Office · 10 December 2025. Estimated with" in page
    )
    assert page.count('<a href="m.html">Next: m &amp; o</a>') == 1
    assert "Next: n<" not in page
