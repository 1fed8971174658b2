"""Checks the PowerPoint file that a nap.yaml names as the template of the workshop's slides. It must have the
layouts and placeholders that the slides use, and nothing that runs, or that leads out of the file."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree

from fltoolkit.errors import SpecError
from fltoolkit.files import MB, read_bytes

EVERYWHERE = {"Title": "title", "Source": "ftr", "Slide number": "sldNum"}
LAYOUTS = {
    "Finding": {**EVERYWHERE, "About": "body", "Numbers": "tbl", "Text": "body"},
    "Picture": {**EVERYWHERE, "Text": "body", "Picture": "pic"},
    "Table": {**EVERYWHERE, "Table": "tbl", "Text": "body"},
    "Text": {**EVERYWHERE, "Text": "body"},
}
"""The layouts of the slides, each with its placeholders and their types, by the names that PowerPoint shows
(Slide Master, Selection Pane)."""
MOST = 5 * MB  # as a file, and unpacked: a small file can unpack to gigabytes
TYPES, MAIN = "[Content_Types].xml", "ppt/presentation.xml"
SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
MACROS = re.compile(r"vbaProject|macroEnabled|activeX", re.IGNORECASE)
OBJECT = re.compile(r"ppt/(embeddings|activeX)/")
XML = (".xml", ".rels")
SAVE = "save it in PowerPoint as .pptx, without password and macros"
KEEP = "change the master of a run's slides, and keep the names and types of its layouts and placeholders"
TITLES = {"ctrTitle": "title"}  # a placeholder's types that are one to the slides
DAMAGED = (
    zipfile.BadZipFile,
    ElementTree.ParseError,
    KeyError,
    OSError,
    ValueError,
    NotImplementedError,
    EOFError,
)


def check_template(path: Path, where: str) -> None:
    """Raises `SpecError` if a file cannot be the template of the slides: it does not exist, is too large, is
    no .pptx, has macros, embedded objects or links that lead out of it, or lacks a layout or a placeholder.
    `where` is the key that names it."""
    try:
        content = read_bytes(path, MOST, SpecError, "give the path of a .pptx from the folder of nap.yaml")
    except SpecError as error:
        problem: Problem | None = Problem(error.problem, error.found, error.do, error.allowed)
    else:
        problem = _problem_of(content)
    if problem:
        raise SpecError(
            f"the template of the slides ({path.name}) cannot be used: {problem.why}",
            where=where,
            found=problem.found,
            allowed=problem.allowed,
            do=problem.do,
        )


@dataclass(frozen=True)
class Problem:
    """Why a file is refused, what was found in it, what to do, and what is allowed."""

    why: str
    found: str
    do: str
    allowed: str = ""


def _problem_of(content: bytes) -> Problem | None:
    """Returns why the content of a file is refused, or None. Nothing large is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            size = sum(part.file_size for part in parts.infolist())
            if size > MOST:
                most = f"at most {MOST / MB:g} MB, unpacked too"
                return Problem(
                    "it is too large", f"{size / MB:,.0f} MB unpacked", "make its pictures smaller", most
                )
            return next(_problems({part: parts.read(part) for part in parts.namelist()}), None)
    except (*DAMAGED, zipfile.zlib.error):  # type: ignore[attr-defined]
        return Problem("it is no .pptx file, or a part of it is damaged", "", SAVE)


def _problems(parts: dict[str, bytes]) -> Iterator[Problem]:
    """Yields what is wrong with a file, by the content of its parts."""
    types = parts[TYPES].decode()
    if MACROS.search(types) or any(map(MACROS.search, parts)):
        yield Problem("it holds macros", "", SAVE)
    if SLIDES not in types or MAIN not in parts:
        yield Problem("it is no .pptx file", "", SAVE)
    if objects := sorted(name for name in parts if OBJECT.match(name)):
        yield Problem(
            "it holds an embedded object", objects[0], "delete the object, or paste it as a picture"
        )
    if declared := sorted(n for n, text in parts.items() if n.endswith(XML) and b"<!DOCTYPE" in text):
        yield Problem("a part of it is damaged", declared[0], SAVE)
    for name in sorted(parts):
        if name.endswith(".rels"):
            outside = [r for r in ElementTree.fromstring(parts[name]) if r.get("TargetMode") == "External"]
            if outside:
                yield Problem(
                    "it has a link that leads out of the file", name, "remove links, and linked pictures"
                )
    layouts, notes = dict(_named_places(parts, "slideLayouts")), list(_named_places(parts, "notesMasters"))
    if notes and not any("body" in places.values() for _, places in notes):
        yield Problem("its notes master has no placeholder for notes", "", "restore it (View, Notes Master)")
    for layout, needed in LAYOUTS.items():
        lacking = [name for name, kind in needed.items() if layouts.get(layout, {}).get(name) != kind]
        if layout not in layouts:
            yield Problem(f"it lacks the layout {layout}", ", ".join(layouts), KEEP)
        elif lacking:
            found = ", ".join(layouts[layout])
            yield Problem(f"its layout {layout} lacks the placeholder {lacking[0]}", found, KEEP)


def _named_places(parts: dict[str, bytes], folder: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yields the name of each layout or master in a folder, with the types of its placeholders by their
    names."""
    for name in sorted(parts):
        if PurePosixPath(name).match(f"ppt/{folder}/*.xml"):
            layout = ElementTree.fromstring(parts[name])
            shapes = {
                shape.find("{*}cNvPr"): shape.find("{*}nvPr/{*}ph")
                for shape in layout.iterfind(".//{*}nvSpPr")
            }
            kinds = {
                about.get("name", ""): place.get("type", "body")
                for about, place in shapes.items()
                if about is not None and place is not None
            }
            title = layout.find("{*}cSld")
            yield (
                ("" if title is None else title.get("name", "")),
                {n: TITLES.get(k, k) for n, k in kinds.items()},
            )
