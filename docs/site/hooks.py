"""Adds to MkDocs what it does not do itself: README.md as the home page, the files outside docs/ that pages
link to, and a search without a server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from posixpath import dirname, normpath, relpath
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files

HOUSE = Path(__file__).resolve().parents[2]
LINK = re.compile(r"(?<=\]\()([^)\s#:]+)(?=[)#])")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds README.md as the home page, and each file outside docs/ that a page links to, at its path in the
    repository."""
    waiting = ["README.md", *(f"docs/{file.src_uri}" for file in files.documentation_pages())]
    done = set(waiting)
    files.append(File.generated(config, "index.md", abs_src_path=str(HOUSE / "README.md")))
    while waiting:
        for linked in _linked(waiting.pop()):
            if linked in done or linked.startswith("docs/") or not (HOUSE / linked).is_file():
                continue
            done.add(linked)
            files.append(File.generated(config, linked, abs_src_path=str(HOUSE / linked)))
            waiting += [linked] if linked.endswith(".md") else []
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Returns a page in which links between files of the repository are links within the site."""
    uri = page.file.src_uri
    at_home = _in_repository(uri)
    markdown = LINK.sub(
        lambda link: relpath(
            _in_site(normpath(f"{dirname(at_home)}/{link[0]}".lstrip("/"))), dirname(uri) or "."
        ),
        markdown,
    )
    return markdown.replace("<details>", '<details markdown="1">')


@event_priority(-100)  # after the search has written its index
def on_post_build(config: MkDocsConfig) -> None:
    """Writes the search index as a script as well. A page that is opened from the disk may load a script, but
    not fetch JSON."""
    folder = Path(config.site_dir) / "search"
    index = (folder / "search_index.json").read_text("utf-8")
    (folder / "search_index.js").write_text(f"var searchIndex = {index};\n", encoding="utf-8")


def _linked(path: str) -> Iterator[str]:
    for link in LINK.findall((HOUSE / path).read_text("utf-8")):
        yield normpath(f"{dirname(path)}/{link}".lstrip("/"))


def _in_repository(uri: str) -> str:
    if uri == "index.md":
        return "README.md"
    return f"docs/{uri}" if (HOUSE / "docs" / uri).is_file() else uri


def _in_site(path: str) -> str:
    return "index.md" if path == "README.md" else path.removeprefix("docs/")
