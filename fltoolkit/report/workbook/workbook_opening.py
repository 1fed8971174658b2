"""Opens a workbook that partners sent back, if it is not too large.

If the workbook cannot be read, the error names the reason and, if possible, the cell.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from math import isfinite
from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree import ElementTree

from fltoolkit.errors import DataError
from fltoolkit.files import MB, read_bytes

MOST_PACKED = MOST_UNPACKED = 20 * MB  # twenty times a plan of fifty indicators
PROTECTED = (
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the first bytes of a file with a password, and of an old .xls
)
FOREIGN = re.compile(r"xl/(media|embeddings|threadedComments|ctrlProps|pivotTables)/")
CHART = re.compile(r"xl/charts/chart[^/]*\.xml")
DRAWN = re.compile(r"xl/drawings/drawing\d+\.xml")  # LibreOffice also writes empty ones
ANCHOR = re.compile(rb"<(?:\w+:)?(?:oneCell|twoCell|absolute)Anchor\b")
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
LONGEST_NUMBER = 400  # digits; a spreadsheet writes at most seventeen


@dataclass(frozen=True)
class ReturnedBook:
    """A workbook that partners filled in and sent back, opened and checked.

    Attributes:
        book: the workbook with its formulas.
        values: a function that returns the same workbook with the results of its formulas.
        contents: how much there is of each kind of content that is not cells: `charts`, `drawings` (charts,
            pictures and shapes), and folders of the file such as `media` (pictures).
    """

    book: Any
    values: Callable[[], Any]
    contents: Mapping[str, int]

    def foreign_contents(self, charts: int) -> list[str]:
        """Returns the kinds of content that partners added and that are not cells, e.g. `["charts",
        "media"]`. Returns an empty list if there are none. `charts` is the number of charts that the kit
        itself drew."""
        own = {"charts": charts, "drawings": max(charts, self.contents["charts"])}
        return sorted(kind for kind, n in self.contents.items() if n > own.get(kind, 0))


def open_returned(path: Path) -> ReturnedBook:
    """Opens a workbook that somebody filled in.

    Raises:
        DataError: the file does not exist, is too large, has a password, is not an .xlsx, has macros, or has
            a cell that cannot be read.
    """
    try:
        import openpyxl
    except ImportError:
        raise DataError(
            "a workbook cannot be read without openpyxl", where=str(path), do='pip install "fltoolkit[all]"'
        ) from None
    content = read_bytes(path, MOST_PACKED)
    contents = _refuse_unsuitable(path, content)

    def load(data_only: bool) -> Any:
        with warnings.catch_warnings(action="ignore"):
            return openpyxl.load_workbook(io.BytesIO(content), data_only=data_only)

    try:
        return ReturnedBook(load(False), cache(lambda: load(True)), contents)
    except Exception:  # openpyxl can raise any error for a damaged workbook
        if cell := next(_odd_cells(content), ""):
            raise _unreadable(
                path,
                f"what stands in {cell} is no number or date",
                f"correct {cell}, and save the file again",
            ) from None
        raise _unreadable(path, "a part of it is damaged") from None


def _refuse_unsuitable(path: Path, content: bytes) -> Counter[str]:
    """Checks a workbook before it is opened, and raises `DataError` if it is not suitable (see
    `open_returned`). Returns the `contents` of a `ReturnedBook`. Nothing large is unpacked.

    Args:
        path: the file, for messages.
        content: its bytes.
    """
    if content.startswith(PROTECTED):
        raise _unreadable(path, "it is protected by a password, or of the old kind .xls")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            _refuse_large(path, parts)
            if any(part.flag_bits & 1 for part in parts):
                raise _unreadable(path, "it is protected by a password")
            drawings = [archive.read(part) for part in parts if DRAWN.fullmatch(part.filename)]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, zipfile.zlib.error):  # type: ignore[attr-defined]
        raise _unreadable(path, "it is no .xlsx file, or a part of it is missing") from None
    names = [part.filename for part in parts]
    if any(name.endswith("vbaProject.bin") for name in names):
        raise _unreadable(path, "it holds macros")
    contents = Counter(m.group(1) for name in names if (m := FOREIGN.match(name)))
    contents["charts"] = sum(bool(CHART.fullmatch(name)) for name in names)
    contents["drawings"] = sum(len(ANCHOR.findall(text)) for text in drawings)
    return contents


def _refuse_large(path: Path, parts: list[zipfile.ZipInfo]) -> None:
    """Raises `DataError` if a workbook would be too large when unpacked: a small file can unpack to
    gigabytes. `parts` is the table of contents of the file, which gives the unpacked sizes."""
    total = sum(part.file_size for part in parts)
    if total > MOST_UNPACKED:
        largest = max(parts, key=lambda part: part.file_size)
        raise DataError(
            "the workbook is too large to be one that partners filled in",
            where=str(path),
            found=f"{total / MB:,.0f} MB unpacked; the largest part is {largest.filename}",
            allowed=f"at most {MOST_UNPACKED / MB:g} MB",
            do=(
                "delete rows and columns without content, and pictures; or type the entries into a fresh "
                "copy of the workbook"
            ),
        )


def _unreadable(path: Path, why: str, do: str = "") -> DataError:
    do = do or (
        "open it in a spreadsheet program, save it as .xlsx without password and macros, and give its path"
    )
    return DataError("this is no workbook that can be read", where=str(path), found=why, do=do)


def _odd_cells(content: bytes) -> Iterator[str]:
    """Yields the addresses (`Sheet!B3`) of the cells whose number or date openpyxl cannot read: 5,000 digits,
    infinity, 2026-02-30."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name, part in _sheets(archive).items():
                for _, cell in ElementTree.iterparse(archive.open(part)):
                    if cell.tag == f"{SHEET}c" and _is_odd(
                        cell.get("t", "n"), cell.findtext(f"{SHEET}v") or ""
                    ):
                        yield f"{name}!{cell.get('r', '?')}"
    except (KeyError, ValueError, ElementTree.ParseError, zipfile.BadZipFile):
        return


def _sheets(archive: zipfile.ZipFile) -> dict[str, str]:
    """Returns the path of each sheet inside the .xlsx file, by the name of the sheet."""
    targets = {
        r.get("Id"): r.get("Target", "")
        for r in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    }
    sheets = ElementTree.fromstring(archive.read("xl/workbook.xml")).iter(f"{SHEET}sheet")
    return {s.get("name", ""): str(PurePosixPath("/xl", targets[s.get(RELATION)]))[1:] for s in sheets}


def _is_odd(kind: str, text: str) -> bool:
    from openpyxl.utils.datetime import from_ISO8601

    if not text or kind not in ("n", "d"):
        return False
    try:
        if kind == "d":
            from_ISO8601(text)
            return False
        return len(text) > LONGEST_NUMBER or not isfinite(float(text))
    except ValueError:
        return True
