"""The one extractor of text: `texts` gives all that a file of a run says, so that two runs can be compared; `lines` gives what a reader
finds there, a row of a table or a paragraph a line."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree import ElementTree

# Keys of run.json that name the code, the time of a run, or digests of files that are compared themselves.
MASKED = re.compile(r"^(code|seconds|versions\.fltoolkit|outputs\..*)$")
BREAKS = {
    "tr", "p", "li", "h1", "h2", "h3", "h4", "h5", "figcaption", "svg", "div", "section", "caption", "title", "desc", "pre", "option",
    "summary", "text", "table", "ul", "ol", "dt", "dd", "label", "button",
}  # fmt: skip
SEEN = ("alt", "aria-label", "title", "data-label")  # attributes that a reader meets
LINKED = ("href", "content")  # and those that a program follows
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
SPACES = re.compile(r"[ \t\r\n\f]+")  # a space that may not break stays
SENTENCE = re.compile(r"(?<=[.!?]) (?=[A-ZÀ-ÖØ-Þ¿«\d])")
CELLS, LABELS = " | ", " ¦ "  # between two cells of a row, and between two texts of a picture


def texts(path: Path) -> list[str]:
    """Returns every word, number, marker, alt text, cell, formula and number format of a file, in its order. A picture of pixels has
    the digest of its bytes."""
    return list(ALL.get(path.suffix, _digest)(path))


def lines(path: Path) -> list[str]:
    """Returns what a reader finds in a file: rows of tables, paragraphs, records, and pictures with their words on one line."""
    return _lines(path, path.stat().st_mtime_ns)


@cache
def _lines(path: Path, _written: int) -> list[str]:
    """The lines of a file as it was written at that time: several tests read the same documents."""
    return list(READ.get(path.suffix, lambda _: ())(path))


class _Page(HTMLParser):
    """The lines of a page: text, and above its line the attributes that a reader meets. `whole`: also what only a program meets, such
    as links and the JSON of charts, and each text of a picture on a line of its own."""

    def __init__(self, whole: bool) -> None:
        super().__init__()
        self.whole = whole
        self.lines: list[str] = [""]
        self.script = ""  # the kind of the script or style that is being read
        self.pictures = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        tag = tag.removeprefix("svg:")
        if tag in ("script", "style"):
            self.script = told.get("type") or tag
        self._end_line(tag)
        self.pictures += tag == "svg"
        if tag in ("td", "th"):
            self.lines[-1] += CELLS  # two cells are two numbers, not one with a space in it
        found = {name: told[name] for name in SEEN + LINKED * self.whole if told.get(name)}
        # Above the line, which goes on behind a marker that explains itself.
        self.lines[-1:-1] = [f"[{name}: {said}]" if self.whole else said for name, said in found.items()]

    def handle_endtag(self, tag: str) -> None:
        tag = tag.removeprefix("svg:")
        if tag in ("script", "style"):
            self.script = ""
        self.pictures -= tag == "svg"
        self._end_line(tag)

    def _end_line(self, tag: str) -> None:
        if self.pictures and not self.whole:
            self.lines[-1] += LABELS if tag in ("text", "title", "desc") else ""
        elif tag in BREAKS:
            self.lines.append("")

    def handle_data(self, data: str) -> None:
        if not self.script:
            self.lines[-1] += data if self.whole else f" {data} "  # a number and its note are two words
        elif self.whole and "json" in self.script:
            self.lines += _flat(json.loads(data))
        elif self.whole and data.strip():
            self.lines.append(f"{self.script}: {len(data)} characters, {_sha(data.encode())}")


def sentences(line: str) -> list[str]:
    """Returns the sentences of a line. A row of a table is left whole."""
    told = line.replace("\n", " ")
    return [told] if CELLS in told else SENTENCE.split(told)


def page_lines(text: str, *, whole: bool = True) -> Iterator[str]:
    """Yields the lines of HTML or SVG, without blank ones, each with single spaces."""
    page = _Page(whole)
    page.feed(text)
    for line in page.lines:
        told = SPACES.sub(" ", line).strip(LABELS)
        if told:
            yield told if whole else re.sub(r" (?=[.,;:!?)])", "", told)


def _whole_page(path: Path) -> Iterator[str]:
    yield from page_lines(path.read_text("utf-8"))


def _page(path: Path) -> Iterator[str]:
    yield from page_lines(path.read_text("utf-8"), whole=False)


def _plain(path: Path) -> Iterator[str]:
    yield from path.read_text("utf-8").splitlines()


def _rows(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from (CELLS.join(row) for row in csv.reader(file))


def _json(path: Path) -> Iterator[str]:
    for line in _flat(json.loads(path.read_text("utf-8"))):
        key = line.partition(": ")[0]
        yield f"{key}: (masked)" if path.name == "run.json" and MASKED.match(key) else line


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


def _record_file(path: Path) -> Iterator[str]:
    yield from _records(json.loads(path.read_text("utf-8")))


def _records(node: Any) -> Iterator[str]:
    """Yields each mapping of plain values as one line, and each text separately."""
    if isinstance(node, dict):
        yield CELLS.join(str(v) for v in node.values() if isinstance(v, (str, int, float)))
        for below in node.values():
            yield from _records(below)
    elif isinstance(node, list):
        if all(isinstance(x, str) for x in node):
            yield from "".join(node).splitlines()
        else:
            for below in node:
                yield from _records(below)
    elif isinstance(node, str):
        yield from node.splitlines()


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


def _whole_word(path: Path) -> Iterator[str]:
    with zipfile.ZipFile(path) as parts:
        for name in sorted(parts.namelist()):
            if re.fullmatch(r"word/(document|header\d*|footer\d*|footnotes|comments)\.xml", name):
                yield name
                yield from _word_blocks(ElementTree.fromstring(parts.read(name)), styles=True)
            elif name.startswith("word/media/"):
                yield f"{name} {_sha(parts.read(name))}"


def _word(path: Path) -> Iterator[str]:
    with zipfile.ZipFile(path) as parts:
        for name in sorted(parts.namelist()):
            if re.fullmatch(r"word/(document|header\d*|footer\d*)\.xml", name):
                yield from _word_blocks(ElementTree.fromstring(parts.read(name)), styles=False)


def _word_blocks(node: ElementTree.Element, *, styles: bool) -> Iterator[str]:
    """Yields paragraphs, rows of tables and descriptions of pictures, in their order."""
    if node.tag == f"{WORD}tr":
        yield CELLS + CELLS.join(
            " ".join(_word_blocks(cell, styles=styles)) for cell in node.iterfind(f"{WORD}tc")
        )
        return
    if node.tag == f"{WORD}p":
        text = "".join(
            {f"{WORD}t": run.text or "", f"{WORD}tab": " ", f"{WORD}br": " "}.get(run.tag, "")
            for run in node.iter()
        )
        style = node.find(f"{WORD}pPr/{WORD}pStyle")
        if text.strip():
            yield f"{style.get(f'{WORD}val')}: {text}" if styles and style is not None else text
        yield from (str(drawn.get("descr")) for drawn in node.iter() if drawn.tag.endswith("}docPr"))
        return
    for below in node:
        yield from _word_blocks(below, styles=styles)


def _slides(path: Path) -> Iterator[str]:
    yield from slide_lines(path, whole=False)


def _whole_slides(path: Path) -> Iterator[str]:
    yield from slide_lines(path, whole=True)


def slide_lines(path: Path, *, whole: bool, notes: bool = True) -> Iterator[str]:
    """Yields what stands on each slide in its reading order, and then (with `notes`) in its speaker's notes. `whole`: also the names of the parts, the
    languages of texts, the digests of pictures, and what the file says of itself."""
    with zipfile.ZipFile(path) as parts:
        show = "ppt/presentation.xml"
        by_id = dict(_related(parts, show))
        shown = ElementTree.fromstring(parts.read(show)).iterfind("{*}sldIdLst/{*}sldId")
        for slide in (by_id[number.get(f"{RELATION}id", "")] for number in shown):
            beside = [part for _, part in _related(parts, slide) if notes and "/notesSlides/" in part]
            for name in (slide, *beside):
                if whole:
                    yield name
                yield from _shape_lines(ElementTree.fromstring(parts.read(name)), whole=whole)
        if whole:
            for name in sorted(parts.namelist()):
                if name.startswith("ppt/media/"):
                    yield f"{name} {_sha(parts.read(name))}"
                elif name == "docProps/core.xml":
                    about = ElementTree.fromstring(parts.read(name))
                    yield from (f"{e.tag.partition('}')[2]}: {e.text}" for e in about if e.text)


def _related(parts: zipfile.ZipFile, name: str) -> Iterator[tuple[str, str]]:
    """Yields the id and the path of each part of an Office file to which the part `name` leads."""
    place = PurePosixPath(name)
    links = f"{place.parent}/_rels/{place.name}.rels"
    for link in ElementTree.fromstring(parts.read(links)) if links in parts.namelist() else ():
        target = place.parent / link.get("Target", "")
        yield link.get("Id", ""), re.sub(r"[^/]+/\.\./", "", target.as_posix())


def _shape_lines(node: ElementTree.Element, *, whole: bool) -> Iterator[str]:
    """Yields paragraphs, rows of tables, and the descriptions of shapes, in their order."""
    if node.tag == f"{DRAWING}tr":
        cells = (cell for cell in node.iterfind(f"{DRAWING}tc") if not cell.get("hMerge"))
        yield CELLS + CELLS.join(" ".join(_shape_lines(cell, whole=whole)) for cell in cells)
        return
    if node.tag == f"{DRAWING}p":
        text = "".join(
            {f"{DRAWING}t": run.text or "", f"{DRAWING}br": " "}.get(run.tag, "") for run in node.iter()
        )
        if text.strip():
            spoken = {run.get("lang", "") for run in node.iter(f"{DRAWING}rPr")} if whole else ()
            yield f"{' '.join(sorted(spoken))}: {text}" if spoken else text
        return
    if described := node.get("descr", ""):
        yield described
    for below in node:
        yield from _shape_lines(below, whole=whole)


def _workbook(path: Path) -> Iterator[str]:
    import openpyxl

    for sheet in openpyxl.load_workbook(path):
        yield f"{sheet.title}:"
        yield from (
            CELLS.join(str(v) for v in row if v is not None) for row in sheet.iter_rows(values_only=True)
        )


def _whole_workbook(path: Path) -> Iterator[str]:
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
    yield _sha(path.read_bytes())


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


Reader = Callable[[Path], Iterator[str]]
ALL: dict[str, Reader] = {
    ".html": _whole_page, ".svg": _whole_page, ".csv": _plain, ".txt": _plain, ".yaml": _plain, ".md": _plain, ".log": _plain,
    ".json": _json, ".ipynb": _notebook, ".docx": _whole_word, ".xlsx": _whole_workbook,
    ".pptx": _whole_slides,
}  # fmt: skip
READ: dict[str, Reader] = {
    ".html": _page, ".svg": _page, ".csv": _rows, ".json": _record_file, ".ipynb": _record_file, ".docx": _word, ".xlsx": _workbook,
    ".pptx": _slides,
}  # fmt: skip
