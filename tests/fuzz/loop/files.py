"""YAML and CSV files as text: every scalar a text, every cell a text, and no row bent to fit."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import yaml

from .text import canonical, with_point
from .verdict import Doubts, IllegalInput, UnknownInput

CANDIDATES = ",;\t|"
MOST_NODES, DEEPEST = 20_000, 60


def read_yaml(path: Path, doubts: Doubts) -> dict[str, Any]:
    """The mapping of a YAML file. Raises `IllegalInput` for what is no YAML, or says a key twice."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise IllegalInput("survey.yaml is not UTF-8") from None
    try:
        node = yaml.compose(text, yaml.SafeLoader)
    except yaml.YAMLError:
        raise IllegalInput("not YAML") from None
    except RecursionError:
        raise IllegalInput("YAML that is nested too deep") from None
    if not isinstance(node, yaml.MappingNode):
        raise IllegalInput("YAML without keys")
    found: dict[str, Any] = _Plain(doubts).value(node, 0)
    return found


def _is_null(node: yaml.Node) -> bool:
    return (
        isinstance(node, yaml.ScalarNode)
        and node.style is None
        and node.value in ("~", "null", "Null", "NULL")
    )


class _Plain:
    """Nodes as dictionaries, lists and texts; an alias bomb or a circle runs out of its allowance."""

    def __init__(self, doubts: Doubts) -> None:
        self.doubts, self.left = doubts, MOST_NODES

    def value(self, node: yaml.Node, depth: int) -> Any:
        self.left -= 1
        if self.left < 0 or depth > DEEPEST:
            raise IllegalInput("YAML that is too large or nested too deep")
        if isinstance(node, yaml.ScalarNode):
            if node.tag.startswith("!") or node.tag.endswith((":binary", ":merge")):
                raise UnknownInput("a YAML tag")
            if _is_null(node):
                raise UnknownInput("a YAML null in a list")
            return node.value
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child, depth + 1) for child in node.value]
        if not isinstance(node, yaml.MappingNode):
            raise UnknownInput("a YAML node of another kind")
        pairs: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise IllegalInput("a key that is no text")
            if key_node.value == "<<":
                raise UnknownInput("a YAML merge")
            key = canonical(key_node.value)
            if key in pairs:
                raise IllegalInput("a key twice")
            pairs[key] = "" if _is_null(value_node) else self.value(value_node, depth + 1)
        for key in [key for key, value in pairs.items() if value == ""]:
            self.doubts.append("a key left empty")
            del pairs[key]
        return pairs


def read_csv(
    path: Path, delimiter: str | None, encoding: str | None, decimal: str, doubts: Doubts
) -> tuple[list[str], list[list[str]]]:
    """Header and rows, every cell as canonical text. Raises `IllegalInput` for a row that is not as long as
    the header."""
    try:
        text = path.read_bytes().decode(encoding or "utf-8-sig")
    except UnicodeDecodeError:
        raise IllegalInput("text in another encoding") from None
    text = text.removeprefix("\ufeff")
    if not text:
        raise IllegalInput("an empty file")
    if "\0" in text:
        raise UnknownInput("a NUL in the file")
    if "\r" in text.replace("\r\n", "\n"):
        raise UnknownInput("lines that end in a carriage return alone")
    if '"' in text:
        _refuse_odd_quotes(text, doubts)
    rows = _rows(text, delimiter or _delimiter(text))
    rows = _below_titles(rows)
    header = rows[0]
    while len(rows) > 1 and not rows[-1]:
        doubts.append("blank lines at the end")
        rows.pop()
    if any(not row for row in rows):
        raise UnknownInput("a blank line")
    if len(rows) == 1:
        raise IllegalInput("no rows")
    if any(len(row) != len(header) for row in rows):
        raise IllegalInput("a ragged row")
    if any(name != name.strip() or not name for name in header):
        raise UnknownInput("a column's name that is blank or has blanks around it")
    if len({name.lower() for name in header}) < len(header):
        raise IllegalInput("two columns of one name")
    if any(name.lower().startswith(("fl__", "src__", "num__")) or name == "*" for name in header):
        doubts.append("a column that is called as one of the kit's own")
    told = with_point if decimal == "," else str
    return header, [[told(cell) for cell in row] for row in rows[1:]]


def _below_titles(rows: list[list[str]]) -> list[list[str]]:
    """The rows from the header on: lines of one cell above a row of several are titles."""
    several = next((i for i, row in enumerate(rows) if len(row) > 1), 0)
    return rows[several:] if all(len(row) == 1 for row in rows[:several]) else rows


def _refuse_odd_quotes(text: str, doubts: Doubts) -> None:
    """Quotes that a writer of CSV would not write may be refused, or read in more than one way."""
    if text.count('"') % 2:
        raise IllegalInput("an open quote")
    for line in text.replace("\r\n", "\n").split("\n"):
        for candidate in CANDIDATES:
            cells = line.split(candidate)
            if len(cells) > 1 and all(
                c.startswith('"') and c.endswith('"') and len(c) > 1 and '"' not in c[1:-1] for c in cells
            ):
                break
        else:
            if '"' in line:
                doubts.append("quotes around some cells")


def _rows(text: str, delimiter: str) -> list[list[str]]:
    if len(delimiter) != 1 or delimiter in '"\r\n ':
        raise UnknownInput("an unusual delimiter")
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        raise IllegalInput("an open or broken quote") from None


def _delimiter(text: str) -> str:
    """The delimiter that the header has; where it has several, the loop does not know."""
    header = text.split("\n", 1)[0]
    found = [c for c in CANDIDATES if c in header]
    if len(found) != 1:
        raise UnknownInput("a header with no delimiter, or with several")
    return found[0]
