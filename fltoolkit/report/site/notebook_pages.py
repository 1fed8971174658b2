"""Writes executed notebooks as HTML pages. A browser opens them from the disk. They show no code, and load
only one file, which all pages share (plotly.min.js)."""

from __future__ import annotations

import threading
from functools import lru_cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from fltoolkit.arguments import checked
from fltoolkit.files import write_whole
from fltoolkit.publish.published_set import MARKERS
from fltoolkit.report.document_formats.page_fonts import font_faces
from fltoolkit.report.document_sections.results_section import masthead
from fltoolkit.report.site.notebook_sections import lay_out
from fltoolkit.show.charts.chart_style import MIME
from fltoolkit.show.wording.english_numbers import ENGLISH
from fltoolkit.survey.spec.files_and_design import Release

TEMPLATES = Path(str(files("fltoolkit.report.site"))) / "templates"
# A page explains these terms where they first appear in a section.
TERMS = {
    "coefficient of variation": (
        "The standard error divided by the estimate, in per cent: the smaller, the more precise."
    ),
    "design effect": "How many times larger the variance is than in a simple random sample of the same size.",
    "effective sample size": (
        "The number of persons divided by the design effect: the simple random "
        "sample that would be as precise."
    ),
    "unresolved": (
        "Answers neither establish nor exclude forced labour, for instance because a question was refused."
    ),
}


@checked
def page(
    notebook: Path,
    target: Path,
    *,
    title: str,
    assets: str,
    links: list[tuple[str, str]],
    source: str = "",
    release: Release | None = None,
) -> None:
    """Writes one executed notebook as HTML.

    Args:
        notebook: the path of the .ipynb.
        target: the path of the .html.
        title: the title of the browser tab. In the navigation, the link with this name is marked as the
            current page.
        assets: the address of the folder with plotly.min.js, relative to the page.
        links: (name, address) of the pages in the navigation, including this one.
        source: the survey's title. It stands above the heading of the page and is a part of the citation.
        release: who publishes the results, and when. Both are also a part of the citation.
    """
    import nbformat
    from nbconvert import TemplateExporter

    read = nbformat.read(notebook, as_version=4)
    sections = lay_out(read)
    published = masthead(release, ENGLISH)
    citation = " ".join(
        [
            *(f"{words}." for words in (published, source) if words),
            f"Estimated with fltoolkit {version('fltoolkit')}.",
        ]
    )
    about = {
        "citation": citation,
        "terms": {f"[{marker}]": words for marker, words in MARKERS.items()} | TERMS,
    }
    resources = {
        "title": title,
        "assets": assets,
        "links": links,
        "source": source,
        "masthead": published,
        "sections": sections,
        "about": about,
        "css": page_styles(),
        "script": template_file("page.js"),
    }
    # HTMLExporter's own method also parses the page, for images without a description. There are none: charts
    # are drawn by a script.
    html, _ = TemplateExporter.from_notebook_node(_exporter(threading.get_ident()), read, resources=resources)
    write_whole(target, html)


def page_styles() -> str:
    """Returns the CSS of the front page and of the pages of notebooks, with their font."""
    return f"{font_faces()}\n{template_file('page.css')}"


@lru_cache
def template_file(name: str) -> str:
    """Returns the text of a file in the folder `templates`. It is copied into each page, so that a page works
    alone, from any folder."""
    return (TEMPLATES / name).read_text(encoding="utf-8")


@checked
def write_assets(folder: Path) -> None:
    """Copies plotly's script (plotly.min.js) into `folder`. It is the only file that all pages of notebooks
    share."""
    folder.mkdir(parents=True, exist_ok=True)
    script = Path(str(files("plotly"))) / "package_data" / "plotly.min.js"
    write_whole(folder / "plotly.min.js", script.read_bytes())


@lru_cache(maxsize=16)
def _exporter(thread: int) -> Any:
    """Returns the exporter that turns notebooks into HTML, one for each thread (`thread` is the number of the
    thread). Two threads may not use the same exporter. Making one takes as long as writing a page, so each
    thread keeps its own."""
    from nbconvert import HTMLExporter
    from traitlets.config import Config

    shown = [MIME, "text/html", "text/markdown", "image/svg+xml", "image/png", "text/plain"]
    config = Config(
        {
            "NbConvertBase": {"display_data_priority": shown},
            "HTMLExporter": {"mathjax_url": "", "require_js_url": ""},
        }
    )
    return HTMLExporter(
        config=config,
        template_name="page",
        extra_template_basedirs=[str(TEMPLATES)],
        filters={"highlight_code": "nbconvert.filters.Highlight2HTML"},
        exclude_output_prompt=True,
        exclude_anchor_links=True,
        optimistic_validation=True,  # checks a notebook once, not after each step of the export
    )
