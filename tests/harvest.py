"""Finds what a reader finds in the documents of a run: every line of text in any format, and the numbers in
the line of a row's name."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from fltoolkit.publish.measure_units import scale

LINES = {
    "tr",
    "p",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
    "figcaption",
    "svg",
    "div",
    "section",
    "caption",
    "title",
    "pre",
}
NUMBER = re.compile(r"(?<![\w.,])[-−]?\d[\d.,\u00a0\u202f\u2009' ]*")


class _Page(HTMLParser):
    """The text of a page, with a line break where a line, a row or a picture ends. Text in attributes that a
    reader can see is included."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = [""]
        self.skip = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.skip += tag in ("script", "style")
        if tag in LINES:
            self.lines.append("")
        elif tag in ("td", "th"):
            self.lines[-1] += " | "  # two cells are two numbers, not one with a space in it
        told = [
            value for name, value in attrs if value and name in ("alt", "aria-label", "title", "data-label")
        ]
        self.lines[-1:-1] = told  # above the line, which goes on behind a marker that explains itself

    def handle_endtag(self, tag: str) -> None:
        self.skip -= tag in ("script", "style")
        if tag in LINES:
            self.lines.append("")

    def handle_data(self, data: str) -> None:
        if not self.skip:
            self.lines[-1] += f" {data} "


def lines(path: Path) -> list[str]:
    """Returns every line of a document: rows of tables, sentences, records, the words of pictures, and the
    text of their attributes."""
    return _lines(path, path.stat().st_mtime_ns)


@cache
def _lines(path: Path, _written: int) -> list[str]:
    """The lines of a document as it was written at that time: several tests read the same documents."""
    kind = path.suffix
    if kind in (".html", ".svg"):
        text = path.read_text(encoding="utf-8")
        reader = _Page()
        reader.feed(re.sub(r"</?(svg:)?(text|title|desc)\b", lambda m: " " + m.group(0), text))
        return [line for line in reader.lines if line.strip()]
    if kind == ".docx":
        return list(_word(path))
    if kind == ".xlsx":
        import openpyxl

        book = openpyxl.load_workbook(path)
        return [
            " | ".join(str(v) for v in row if v is not None)
            for sheet in book
            for row in sheet.iter_rows(values_only=True)
        ]
    if kind == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            return [" | ".join(row) for row in csv.reader(file)]
    if kind in (".json", ".ipynb"):
        return list(_records(json.loads(path.read_text(encoding="utf-8"))))
    return []


def _word(path: Path) -> Iterator[str]:
    import docx

    document = docx.Document(str(path))
    yield from (p.text for p in document.paragraphs)
    yield from (
        " | ".join(cell.text for cell in row.cells) for table in document.tables for row in table.rows
    )
    yield from re.findall(r'descr="([^"]*)"', document.element.xml)


def _records(node: Any) -> Iterator[str]:
    """Yields each mapping of plain values as one line, and each text separately."""
    if isinstance(node, dict):
        yield " | ".join(str(v) for v in node.values() if isinstance(v, (str, int, float)))
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


def seen(texts: Iterable[str], full: pd.DataFrame) -> pd.DataFrame:
    """Returns the table that a reader of these lines could fill: each true number that is, perhaps rounded,
    in a line with the name of its row.

    Args:
        full: the run's estimates without suppression (`restricted`).
    """
    told = full.copy()
    found = [(text.casefold(), _numbers(text)) for text in texts]
    columns = [c for c in ("estimate", "n", "cases", "population") if c in full]
    told[columns] = told[columns].astype(float)
    for i, row in enumerate(full.to_dict("records")):
        names = (
            [str(part).casefold() for part in str(row["category"]).split(" × ")] if row["breakdown"] else []
        )
        beside = [n for text, numbers in found if all(name in text for name in names) for n in numbers]
        for column in columns:
            if not _stands(
                float(row[column]), beside, scale(row["measure"]) if column == "estimate" else 1.0
            ):
                told.loc[told.index[i], column] = np.nan
    return told


def _stands(value: float, beside: list[tuple[float, int]], times: float) -> bool:
    """Returns whether a value, or the value in its unit, is among some numbers, which may be rounded."""
    if np.isnan(value):
        return False
    for wanted in {value, value * times}:
        for number, digits in beside:
            if round(wanted, digits) == number and (number or not wanted):
                return True
    return False


@cache
def _numbers(text: str) -> list[tuple[float, int]]:
    """Returns the numbers of a line, each with its number of decimals. A comma may be a decimal comma or
    separate thousands."""
    found: set[tuple[float, int]] = set()
    for token in NUMBER.findall(text):
        if re.sub(r"\D", "", token) == "1000":  # of "per 1,000"
            continue
        plain = re.sub(r"[\s'\u00a0\u202f\u2009]", "", token).strip(".,").replace("−", "-")
        for style in (plain.replace(",", ""), plain.replace(".", "").replace(",", ".")):
            if re.fullmatch(r"-?\d+(\.\d+)?", style):
                found.add((float(style), len(style.partition(".")[2])))
    return sorted(found)
