"""Opens a workbook that partners sent back, if it is not too large. If it cannot be read, the error names the reason."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fltoolkit.errors import DataError
from fltoolkit.files import MB, read_bytes

MOST_PACKED = MOST_UNPACKED = 20 * MB  # twenty times a plan of fifty indicators
PROTECTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the first bytes of a file with a password, and of an old .xls
FOREIGN = re.compile(r"xl/(media|embeddings|threadedComments|ctrlProps|pivotTables)/")
CHART = re.compile(r"xl/charts/chart[^/]*\.xml")
DRAWN = re.compile(r"xl/drawings/drawing\d+\.xml")  # LibreOffice also writes empty ones
ANCHOR = re.compile(rb"<(?:\w+:)?(?:oneCell|twoCell|absolute)Anchor\b")


@dataclass(frozen=True)
class ReturnedBook:
    """A workbook that partners filled in and sent back, opened and checked.

    Attributes:
        book: the workbook with its formulas.
        values: a function that returns the same workbook with the results of its formulas.
        contents: how much there is of each kind of content that is not cells: `charts`, `drawings` (charts, pictures and
            shapes), and folders of the file such as `media` (pictures).
    """

    book: Any
    values: Callable[[], Any]
    contents: Mapping[str, int]

    def foreign_contents(self, charts: int) -> list[str]:
        """Returns the kinds of content that partners added and that are not cells, e.g. `["charts", "media"]`. Returns an
        empty list if there are none. `charts` is the number of charts that the kit itself drew."""
        own = {"charts": charts, "drawings": max(charts, self.contents["charts"])}
        return sorted(kind for kind, n in self.contents.items() if n > own.get(kind, 0))


def open_returned(path: Path) -> ReturnedBook:
    """Opens a workbook that somebody filled in.

    Raises:
        DataError: the file does not exist, is too large, has a password, is not an .xlsx, has macros, or has a cell that cannot
            be read.
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
        raise _unreadable(path, "a part of it is damaged, or a cell holds no number or date that can be read") from None


def _refuse_unsuitable(path: Path, content: bytes) -> Counter[str]:
    """Checks a workbook before it is opened, and raises `DataError` if it is not suitable (see `open_returned`). Returns the
    `contents` of a `ReturnedBook`. Nothing large is unpacked.

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
    """Raises `DataError` if a workbook would be too large when unpacked: a small file can unpack to gigabytes. `parts` is the
    table of contents of the file, which gives the unpacked sizes."""
    total = sum(part.file_size for part in parts)
    if total > MOST_UNPACKED:
        largest = max(parts, key=lambda part: part.file_size)
        raise DataError(
            "the workbook is too large to be one that partners filled in", where=str(path),
            found=f"{total / MB:,.0f} MB unpacked; the largest part is {largest.filename}", allowed=f"at most {MOST_UNPACKED / MB:g} MB",
            do="delete rows and columns without content, and pictures; or type the entries into a fresh copy of the workbook",
        )  # fmt: skip


def _unreadable(path: Path, why: str, do: str = "") -> DataError:
    do = do or "open it in a spreadsheet program, save it as .xlsx without password and macros, and give its path"
    return DataError("this is no workbook that can be read", where=str(path), found=why, do=do)
