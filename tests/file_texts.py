"""Makes lines of text of any file that a run leaves, so that two runs can be compared: every word, number, marker, alt text, cell,
formula and number format. A picture of pixels has the digest of its bytes."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

# Keys of run.json that name the code, the time of a run, or digests of files that are compared themselves.
MASKED = re.compile(r"^(code|seconds|versions\.fltoolkit|outputs\..*)$")
BREAKS = {
    "tr", "p", "li", "h1", "h2", "h3", "h4", "h5", "figcaption", "svg", "div", "section", "caption", "title", "desc", "pre", "option",
    "summary", "text", "table", "ul", "ol", "dt", "dd", "label", "button",
}  # fmt: skip
SEEN = ("alt", "aria-label", "title", "data-label", "href", "content")  # attributes that a reader may meet
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def texts(path: Path) -> list[str]:
    """Returns the lines of a file, in the order of the file."""
    return list(KINDS.get(path.suffix, _digest)(path))


class _Page(HTMLParser):
    """The lines of a page: text, attributes that a reader meets, and the JSON of its charts."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = [""]
        self.script: str | None = None  # the kind of the script or style that is being read

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag in ("script", "style"):
            self.script = told.get("type") or tag
        if tag in BREAKS:
            self.lines.append("")
        elif tag in ("td", "th"):
            self.lines[-1] += " | "
        self.lines[-1] += "".join(f" [{name}: {told[name]}]" for name in SEEN if told.get(name))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self.script = None
        if tag in BREAKS:
            self.lines.append("")

    def handle_data(self, data: str) -> None:
        if self.script is None:
            self.lines[-1] += data
        elif "json" in self.script:
            self.lines += _flat(json.loads(data))
        elif data.strip():
            self.lines.append(f"{self.script}: {len(data)} characters, {_sha(data.encode())}")


def page_lines(text: str) -> Iterator[str]:
    """Yields the lines of HTML or SVG, without blank ones, each with single spaces."""
    page = _Page()
    page.feed(text)
    yield from (" ".join(line.split()) for line in page.lines if line.strip())


def _html(path: Path) -> Iterator[str]:
    yield from page_lines(path.read_text("utf-8"))


def _plain(path: Path) -> Iterator[str]:
    yield from path.read_text("utf-8").splitlines()


def _json(path: Path) -> Iterator[str]:
    yield from _flat(json.loads(path.read_text("utf-8")))


def _flat(value: Any, key: str = "") -> Iterator[str]:
    """Yields one line for each value of a JSON text, with the keys that lead to it."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _flat(inner, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from _flat(inner, f"{key}[{i}]")
    else:
        yield f"{key}: {value!r}"


def _record(path: Path) -> Iterator[str]:
    for line in _json(path):
        key = line.partition(": ")[0]
        yield f"{key}: (masked)" if MASKED.match(key) else line


def _notebook(path: Path) -> Iterator[str]:
    for number, cell in enumerate(json.loads(path.read_text("utf-8"))["cells"]):
        yield f"cell {number} {cell['cell_type']} {cell.get('id', '')}"
        yield from "".join(cell["source"]).splitlines()
        for output in cell.get("outputs", ()):
            yield from "".join(output.get("text", ())).splitlines()
            for kind, data in sorted(output.get("data", {}).items()):
                yield f"output {kind}"
                if "html" in kind or "svg" in kind:
                    yield from page_lines("".join(data))
                elif isinstance(data, dict):
                    yield from _flat(data)
                else:
                    yield from "".join(data).splitlines()


def _word(path: Path) -> Iterator[str]:
    with zipfile.ZipFile(path) as parts:
        for name in sorted(parts.namelist()):
            if re.fullmatch(r"word/(document|header\d*|footer\d*|footnotes|comments)\.xml", name):
                yield name
                for node in ElementTree.fromstring(parts.read(name)).iter():
                    if node.tag == f"{WORD}p":
                        style = node.find(f"{WORD}pPr/{WORD}pStyle")
                        text = "".join(run.text or "" for run in node.iter(f"{WORD}t"))
                        if text.strip():
                            yield f"{'' if style is None else style.get(f'{WORD}val')}: {text}"
                    elif node.tag.endswith("}docPr"):
                        yield f"picture: {node.get('descr')}"
                    elif node.tag in (f"{WORD}tbl", f"{WORD}tr"):
                        yield node.tag.removeprefix(WORD)
            elif name.startswith("word/media/"):
                yield f"{name} {_sha(parts.read(name))}"


def _workbook(path: Path) -> Iterator[str]:
    import openpyxl

    book = openpyxl.load_workbook(path)
    for name, defined in sorted(book.defined_names.items()):
        yield f"name {name} = {defined.attr_text}"
    for sheet in book:
        yield f"sheet {sheet.title} {sheet.dimensions} {sheet.sheet_state} protected {sheet.protection.sheet}"
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    locked = "" if cell.protection.locked else " unlocked"
                    link = f" -> {cell.hyperlink.location or cell.hyperlink.target}" if cell.hyperlink else ""
                    yield f"{sheet.title}!{cell.coordinate} = {cell.value!r} [{cell.number_format}]{locked}{link}"
        for rule in sheet.data_validations.dataValidation:
            yield f"{sheet.title} {rule.sqref} {rule.type} {rule.formula1} {rule.prompt or ''} {rule.error or ''}"
    with zipfile.ZipFile(path) as parts:
        for name in sorted(parts.namelist()):
            if name.startswith("xl/charts/"):
                tree = ElementTree.fromstring(parts.read(name))
                yield f"{name} {' | '.join(n.text for n in tree.iter() if n.text and n.text.strip())}"


def _digest(path: Path) -> Iterator[str]:
    yield f"{_sha(path.read_bytes())}"


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _by_name(path: Path) -> Iterator[str]:
    yield from (_record if path.name == "run.json" else _json)(path)


KINDS: dict[str, Callable[[Path], Iterator[str]]] = {
    ".html": _html, ".svg": _html, ".csv": _plain, ".txt": _plain, ".yaml": _plain, ".md": _plain, ".log": _plain, ".json": _by_name,
    ".ipynb": _notebook, ".docx": _word, ".xlsx": _workbook,
}  # fmt: skip
