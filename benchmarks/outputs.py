"""Compares two folders of results, file by file and part by part: cells of a workbook, parts of a Word file,
cells of a notebook.

Data about the run itself are left out: times, hashes of the code, versions.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Collection, Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any

import nbformat
import openpyxl

from fltoolkit.run.jupyter import normalise

Parts = Mapping[
    str, Any
]  # what a file holds, by the name of each part; a file without parts has one, named ""
TIME = ("seconds",)  # keys of run.json that differ from one run to the next
CODE = (
    *TIME,
    "code",
    "versions",
    "outputs",
)  # keys of run.json that differ with the code, though the results are the same
SHOWN = 5  # differences told of one file
AROUND = 40  # characters shown on either side of a difference


def contents(folder: Path, left_out: Collection[str] = TIME) -> dict[str, Parts]:
    """Returns the content of every file of a folder, by its relative path. Hidden files are included, except
    for the lock, which names the process that holds it.

    Args:
        folder: the folder of results of a batch.
        left_out: the keys of run.json that are not compared.

    Returns:
        The parts of each file.
    """
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != ".lock")
    return {path.relative_to(folder).as_posix(): parts(path, left_out) for path in files}


def parts(path: Path, left_out: Collection[str] = TIME) -> Parts:
    """Returns the parts of one file that are compared."""
    if path.suffix == ".xlsx":
        return {**zipped(path), **cells(path)}
    if path.suffix in (".docx", ".pptx"):
        return zipped(path)
    if path.suffix == ".ipynb":
        return notebook_cells(path)
    if path.name == "run.json":
        facts: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return {key: value for key, value in facts.items() if key not in left_out}
    return {"": path.read_bytes()}


def zipped(path: Path) -> Parts:
    """Returns the bytes of each part of a workbook, a Word file or slides."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def cells(path: Path) -> Parts:
    """Returns the value of each filled cell of a workbook, by its place, so that a difference is reported
    with its place."""
    book = openpyxl.load_workbook(path)
    rows = ((sheet.title, cell) for sheet in book for row in sheet.iter_rows() for cell in row)
    return {f"{title}!{cell.coordinate}": cell.value for title, cell in rows if cell.value is not None}


def notebook_cells(path: Path) -> Parts:
    """Returns each cell of a notebook with its outputs, after normalisation. The id of a cell is made from
    its position and its source."""
    notebook = normalise(nbformat.read(path, as_version=4))
    without_id = ({key: value for key, value in cell.items() if key != "id"} for cell in notebook.cells)
    return {"metadata": notebook.metadata} | {f"cell {i}": cell for i, cell in enumerate(without_id)}


def differences(before: Mapping[str, Parts], after: Mapping[str, Parts]) -> list[str]:
    """Returns one line per difference between two folders: the file, the part of it, and the first place that
    differs."""
    lines = [f"{name}: only before" for name in sorted(before.keys() - after.keys())]
    lines += [f"{name}: only after" for name in sorted(after.keys() - before.keys())]
    for name in sorted(before.keys() & after.keys()):
        old, new = before[name], after[name]
        found = [part for part in dict.fromkeys([*old, *new]) if old.get(part) != new.get(part)]
        lines += [
            f"{': '.join(filter(None, (name, part)))}: {place(old.get(part), new.get(part))}"
            for part in found[:SHOWN]
        ]
        if len(found) > SHOWN:
            lines.append(f"{name}: {len(found) - SHOWN} more parts differ")
    return lines


def place(before: Any, after: Any) -> str:
    """Returns the first line in which two values differ, shortened to the text around the difference."""
    old, new = (text(value).splitlines() for value in (before, after))
    pairs = enumerate(zip_longest(old, new, fillvalue=""), 1)
    number, (left, right) = next(
        ((i, pair) for i, pair in pairs if pair[0] != pair[1]), (1, (repr(before), repr(after)))
    )
    same = next(
        (i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right))
    )
    cut = slice(max(0, same - AROUND), same + AROUND)
    return f"line {number}: {left[cut]!r} before, {right[cut]!r} after"


def text(value: Any) -> str:
    """Returns a value as text in lines. Bytes that are not text are given in hexadecimal digits."""
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return value.hex()
    return value if isinstance(value, str) else json.dumps(value, indent=1, ensure_ascii=False, default=str)
