"""Executed notebooks as pages that work from the file system: one shared plotly.min.js, nothing fetched, no code shown."""

from __future__ import annotations

import threading
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from fltoolkit.arguments import checked
from fltoolkit.files import write_whole
from fltoolkit.show.charts.chart_style import MIME

TEMPLATES = Path(str(files("fltoolkit.report.site"))) / "templates"


@checked
def page(notebook: Path, target: Path, *, title: str, assets: str, links: list[tuple[str, str]]) -> None:
    """Write one executed notebook as HTML.

    Args:
        notebook: the .ipynb. target: the .html.
        title: of the browser's tab.
        assets: where plotly.min.js lies, seen from the page.
        links: (name, address) of the pages beside it.
    """
    resources = {"title": title, "assets": assets, "links": links, "css": css()}
    write_whole(target, _exporter(threading.get_ident()).from_filename(str(notebook), resources=resources)[0])


def css() -> str:
    """The look of every page, set into it."""
    return (TEMPLATES / "page.css").read_text(encoding="utf-8")


@checked
def write_assets(folder: Path) -> None:
    """Put the one script that pages share into `folder`: plotly's own, from its package."""
    folder.mkdir(parents=True, exist_ok=True)
    script = Path(str(files("plotly"))) / "package_data" / "plotly.min.js"
    write_whole(folder / "plotly.min.js", script.read_bytes())


@lru_cache(maxsize=16)
def _exporter(thread: int) -> Any:
    """One a thread, since no two may use it at once: it takes as long to make as a page takes to draw."""
    from nbconvert import HTMLExporter
    from traitlets.config import Config

    shown = [MIME, "text/html", "text/markdown", "image/svg+xml", "image/png", "text/plain"]
    config = Config(
        {"NbConvertBase": {"display_data_priority": shown}, "HTMLExporter": {"mathjax_url": "", "require_js_url": ""}}
    )
    return HTMLExporter(
        config=config,
        template_name="page",
        extra_template_basedirs=[str(TEMPLATES)],
        exclude_output_prompt=True,
        exclude_anchor_links=True,
    )
