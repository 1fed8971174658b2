"""Mutants of CSV files: cells, rows, headers, and how the file is written."""

from __future__ import annotations

import random
from typing import Any

from .cases import CANARY, Case, Sheet
from .mutate_yaml import nodes

VALUES = [
    "",
    "1",
    "2",
    "3",
    "7",
    "8",
    "9",
    "01",
    "1.0",
    "2.00",
    "+1",
    "1e1",
    "NaN",
    "nan",
    "NULL",
    "NA",
    "inf",
    "-1",
    "0",
    "1e400",
    "9" * 20,
    "1,5",
    "12.5",
    "١",
    "²",
    " 1 ",
    "1 ",
    "\t1",
    "\xa01",
    "1\n2",
    'a"b',
    "TRUE",
    "1_0",
    "0x1",
    "#N/A",
    "1;2",
    "-0",
    "0.1",
    "1e-320",
    "34",
    "18",
    "999",
    f"{CANARY}Ana Ruiz",
    "Ja",
    "Köln",
]
NAMES = [
    "n",
    "g",
    "w",
    "bad",
    " SEX ",
    "sex",
    "estimate",
    "é",
    "a b",
    "select",
    "0",
    "column0",
    "",
    "fl__x",
    "*",
    "x" * 300,
    "SEX",
    'a"b',
    "total",
]


def _used(case: Case) -> set[str]:
    return {value for _, value in nodes(case.spec) if isinstance(value, str)}


def _pick(case: Case, rng: random.Random) -> tuple[Sheet, int]:
    """A sheet and a column of it, mostly one that survey.yaml names."""
    sheet = rng.choice(list(case.sheets.values()))
    used = [i for i, name in enumerate(sheet.header) if name in _used(case)]
    column = rng.choice(used) if used and rng.random() < 0.9 else rng.randrange(len(sheet.header))
    case.touched.append(f"column {sheet.header[column]}")
    return sheet, column


def another_value(case: Case, rng: random.Random) -> str:
    """One cell, some or all of a column hold another value."""
    sheet, column = _pick(case, rng)
    there = sorted({row[column] for row in sheet.rows[1:]})
    legal = rng.random() < 0.55
    value = rng.choice(there) if legal else rng.choice(VALUES)
    some = rng.choice(["one cell", "one cell", "some cells", "a column"])
    share = {"one cell": 0.0, "some cells": 0.2, "a column": 1.0}[some]
    chosen = [row for row in sheet.rows[1:] if rng.random() < share] or [rng.choice(sheet.rows[1:])]
    for row in chosen:
        row[column] = value
    return f"{some}: {'a value of the column' if legal else repr(value)[:12]}"


def respelled(case: Case, rng: random.Random) -> str:
    """The values of a column written in another way."""
    sheet, column = _pick(case, rng)
    how = rng.choice(["spaces", "point zero", "zero before", "plus", "times two"])
    for row in sheet.rows[1:]:
        old = row[column]
        if old and how == "times two":
            try:
                row[column] = str(float(old) * 2).removesuffix(".0")
            except ValueError:
                continue
        elif old:
            row[column] = {
                "spaces": f" {old} ",
                "point zero": f"{old}.0",
                "zero before": f"0{old}",
                "plus": f"+{old}",
            }[how]
    return f"a column respelled: {how}"


def swapped(case: Case, rng: random.Random) -> str:
    """Two cells of a column, or two columns of some rows, change places."""
    sheet, column = _pick(case, rng)
    other = rng.randrange(len(sheet.header))
    if rng.random() < 0.5:
        one, two = rng.sample(sheet.rows[1:], 2)
        one[column], two[column] = two[column], one[column]
        return "two cells of a column swapped"
    for row in rng.sample(sheet.rows[1:], 3):
        row[column], row[other] = row[other], row[column]
    return "two columns of three rows swapped"


def rows(case: Case, rng: random.Random) -> str:
    """Rows go, come twice, or stand in another order."""
    sheet = rng.choice(list(case.sheets.values()))
    how = rng.choice(
        ["dropped", "dropped", "half dropped", "twice", "shuffled", "all but the header dropped"]
    )
    body = sheet.rows[1:]
    if how == "dropped":
        body = [row for row in body if rng.random() > 0.1]
    elif how == "half dropped":
        body = body[::2]
    elif how == "twice":
        body = [*body, list(rng.choice(body))]
    elif how == "shuffled":
        rng.shuffle(body)
    else:
        body = []
    sheet.rows = [sheet.rows[0], *body]
    case.touched.append("rows")
    return f"rows: {how}"


def ragged(case: Case, rng: random.Random) -> str:
    """A row has a cell too few or too many, as after an unquoted comma."""
    sheet = rng.choice(list(case.sheets.values()))
    row = rng.choice(sheet.rows[1:])
    if rng.random() < 0.5:
        row.insert(rng.randrange(len(row)), rng.choice(["", "5", CANARY]))
    else:
        del row[rng.randrange(len(row))]
    case.touched.append("rows")
    return "a ragged row"


def header(case: Case, rng: random.Random) -> str:
    """The header is missing, repeats a name, or has other names."""
    sheet = rng.choice(list(case.sheets.values()))
    how = rng.choice(
        ["missing", "renamed", "twice", "small letters", "a column more", "a column less", "in another order"]
    )
    spot = rng.randrange(len(sheet.header))
    if how == "missing":
        sheet.rows = sheet.rows[1:]
    elif how == "renamed":
        sheet.header[spot] = rng.choice(NAMES)
    elif how == "twice":
        sheet.header[spot] = rng.choice(sheet.header)
    elif how == "small letters":
        sheet.rows[0] = [name.lower() for name in sheet.header]
    elif how == "a column more":
        name = rng.choice(NAMES)
        sheet.rows = [[*row, name if i == 0 else "1"] for i, row in enumerate(sheet.rows)]
    elif how == "a column less":
        sheet.rows = [row[:spot] + row[spot + 1 :] for row in sheet.rows]
    else:
        sheet.rows = [row[::-1] for row in sheet.rows]
    case.touched.append("header")
    return f"header: {how}"


def renamed(case: Case, rng: random.Random) -> str:
    """A column has another name, in the data and in survey.yaml alike."""
    sheet, column = _pick(case, rng)
    old, new = sheet.header[column], rng.choice(NAMES)
    for each in case.sheets.values():
        each.rows[0] = [new if name == old else name for name in each.rows[0]]
    for path, value in nodes(case.spec):
        if value == old:
            holder = case.spec
            for step in path[:-1]:
                holder = holder[step]
            holder[path[-1]] = new
    for population in case.spec["populations"].values():
        if old in population.get("where", {}):
            population["where"][new] = population["where"].pop(old)
    return f"a column renamed: {new[:9]!r}"


def written(case: Case, rng: random.Random) -> str:
    """The same rows in another delimiter, encoding, line end or quoting."""
    sheet = rng.choice(list(case.sheets.values()))
    how = rng.choice([
        "byte order mark", "CRLF", "CR", "quoted", "delimiter", "delimiter, told", "encoding",
        "encoding, told", "last line end", "blank line", "blank line within", "delimiter at every end", "NUL",
        "cut", "open quote", "empty", "comment", "latin",
    ])  # fmt: skip
    file: dict[str, Any] = next(
        (
            f
            for f in case.spec["files"].values()
            if next(n for n, s in case.sheets.items() if s is sheet) in str(f.get("path"))
        ),
        {},
    )
    text = sheet.bytes()
    middle = text.index(b"\n", len(text) // 2) + 1
    if how in ("CRLF", "CR"):
        sheet.newline = {"CRLF": "\r\n", "CR": "\r"}[how]
    elif how == "quoted":
        sheet.quoted = True
    elif how.startswith("delimiter,") or how == "delimiter":
        sheet.delimiter = rng.choice(";\t|^")
        if how.endswith("told"):
            file["delimiter"] = sheet.delimiter
    elif how.startswith("encoding"):
        sheet.encoding = rng.choice(["utf-16", "cp1252", "utf-8", "cp1251", "utf-8-sig"])
        sheet.rows[1][-1] = "désolé"
        if how.endswith("told"):
            file["encoding"] = sheet.encoding
    else:
        sheet.raw = {
            "byte order mark": b"\xef\xbb\xbf" + text,
            "last line end": text.rstrip(b"\n"),
            "blank line": text + b"\n",
            "blank line within": text[:middle] + b"\n" + text[middle:],
            "NUL": text[:middle] + b"\0" + text[middle:],
            "delimiter at every end": text.replace(b"\n", sheet.delimiter.encode() + b"\n"),
            "cut": text[: middle - 9],
            "open quote": text[:middle] + b'"' + text[middle:],
            "empty": b"",
            "comment": b"# our survey\n" + text,
            "latin": text.replace(b"Marta", b"Mart\xe1"),
        }[how]
    case.touched.append("rows")
    return f"written: {how}"


CELLS = (another_value,) * 6 + (
    respelled,
    respelled,
    swapped,
    rows,
    ragged,
    header,
    renamed,
    written,
    written,
)
