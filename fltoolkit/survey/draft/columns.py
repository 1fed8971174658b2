"""What a file's columns hold, for a draft: counts and codes, never a row. Nothing is concluded from them here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import narwhals as nw

from fltoolkit.survey.connection import connect
from fltoolkit.survey.csv_layout import TEXT_FILES
from fltoolkit.survey.draft.vocabulary import answer
from fltoolkit.survey.formats import LABELLED_FILES, FileLabels, decimal_commas, read_labels
from fltoolkit.survey.read import Frame, Opened, open_named
from fltoolkit.survey.values import number, text

MANY_CODES = 60  # a column with more values is no list of codes
CELLS_AT_ONCE = 50_000_000
COLUMNS_AT_ONCE = 50


@dataclass(frozen=True)
class Column:
    """One column: what the file says of it, and what stands in it.

    `codes`: code to label, of the labelled codes and, where they are few, of those found; a code without a label has "".
    `missing`: codes that the file declares missing. `filled`: rows that are not blank. `low`, `high`: of its numbers, the
    missing and the codes for no answer apart; None if it holds text. `widths`: fewest and most characters.
    """

    name: str
    label: str
    codes: Mapping[str, str]
    missing: frozenset[str]
    rows: int
    filled: int
    distinct: int
    low: float | None
    high: float | None
    widths: tuple[int, int]

    @property
    def full(self) -> bool:
        return self.filled == self.rows > 0

    @property
    def meanings(self) -> dict[str, list[str]]:
        """The codes by what their labels say: yes, no, dont_know …; `other`: an answer of another sort, or no label.

        Where no code has a label and some are themselves yes and no in words (oui, non), the codes are read as labels.
        """
        said: dict[str, list[str]] = {}
        words = not any(self.codes.values()) and {"yes", "no"} <= {answer(code) for code in self.codes}
        for code, label in self.codes.items():
            label = code if words else label
            said.setdefault(answer(label) or ("not_stated" if code in self.missing else "other"), []).append(code)
        return said

    @property
    def no_answer(self) -> list[str]:
        """Codes that are not an answer: don't know, refused, not applicable, not stated, declared missing."""
        return [code for kind, codes in self.meanings.items() if kind not in ("yes", "no", "other") for code in codes]


class DataTable:
    """A data file opened for a draft. Of a wide SPSS or Stata file only some columns at a time are in memory.

    Raises:
        DataError: as `open_table`.
    """

    def __init__(self, path: Path, encoding: str | None = None) -> None:
        self.path, self.encoding, self.con = path, encoding, connect()
        self.decimal: str | None = None
        self._whole = None if path.suffix.lower() in LABELLED_FILES else self._open(None)
        if path.suffix.lower() in TEXT_FILES and self._whole and decimal_commas(nw.to_native(self._whole.frame)):
            self.decimal, self._whole = ",", self._open(None, decimal=",")
        self.about = FileLabels(self._whole.names) if self._whole else read_labels(path, encoding)

    def _open(self, only: set[str] | None, decimal: str = "") -> Opened:
        return open_named(self.path, self.con, as_text=True, only=only, encoding=self.encoding, decimal=decimal)

    def frame(self, names: Iterable[str]) -> Frame:
        """Some columns as canonical text, under their own names."""
        wanted = list(dict.fromkeys(names))
        frame = (self._whole or self._open(set(wanted))).frame
        schema = frame.collect_schema()
        return frame.select([text(c, schema[c]).alias(c) for c in wanted])

    def columns(self) -> list[Column]:
        """Every column in the order of the file, dates left out."""
        names = [c for c in self.about.names if self.about.kinds.get(c) != "date"]
        # Of an SPSS or Stata file, whose rows are known, as many columns are read at once as memory allows.
        step = min(10 * COLUMNS_AT_ONCE, max(50, CELLS_AT_ONCE // self.about.rows)) if self.about.rows else COLUMNS_AT_ONCE
        return [c for i in range(0, len(names), step) for c in self._columns(names[i : i + step])]

    def _columns(self, names: Sequence[str]) -> Iterator[Column]:
        frame = self.frame(names)
        for i in range(0, len(names), COLUMNS_AT_ONCE):
            part = names[i : i + COLUMNS_AT_ONCE]
            numbers = [self._number(c).alias(f"fl__n{k}") for k, c in enumerate(part)]
            widths = [nw.col(c).str.len_chars().alias(f"fl__w{k}") for k, c in enumerate(part)]
            wide, facts = frame.select(*part, *numbers, *widths), [nw.len().alias("rows")]
            for k, c in enumerate(part):
                facts += [nw.col(c).count().alias(f"filled{k}"), nw.col(c).n_unique().alias(f"distinct{k}")]
                facts += [f(nw.col(f"fl__{of}{k}")).alias(f"{name}{k}") for name, (f, of) in MEASURES.items()]
            got = wide.select(facts).collect("pandas").to_native().iloc[0].fillna(0).to_dict()
            # A few values, each many times, are codes; anything else could be a person's.
            few = [
                c
                for k, c in enumerate(part)
                if 5 * got[f"distinct{k}"] <= got[f"filled{k}"] and got[f"distinct{k}"] <= MANY_CODES
            ]
            found = _values(frame, few)
            for k, c in enumerate(part):
                own = {name: got[f"{name}{k}"] for name in ("filled", "distinct", *MEASURES)}
                yield self._column(c, int(got["rows"]), own, found.get(c, []))

    def _number(self, name: str) -> nw.Expr:
        """A column's numbers, without what the file declares missing and the codes whose labels are no answer."""
        value, labels = number(name, nw.String()), self.about.codes.get(name, {})
        left_out = [c for c, label in labels.items() if answer(label) not in (None, "yes", "no")]
        kept = ~nw.col(name).is_in(left_out)
        for low, high in self.about.ranges.get(name, ()):
            if not isinstance(low, str):
                kept = kept & ((value < low) | (value > high))
        return nw.when(kept).then(value)

    def _column(self, name: str, rows: int, got: Mapping[str, float], found: Sequence[str]) -> Column:
        codes = {**dict.fromkeys(found, ""), **self.about.codes.get(name, {})}
        codes = {code: codes[code] for code in sorted(codes, key=_order)}
        missing = frozenset(c for c in codes if self.about.is_missing(name, c))
        filled, distinct, widths = int(got["filled"]), int(got["distinct"]), (int(got["narrow"]), int(got["broad"]))
        numeric = got["numbers"] and (self.about.kinds.get(name) == "number" or got["numbers"] == filled)
        low, high = (float(got["low"]), float(got["high"])) if numeric else (None, None)
        return Column(name, self.about.labels.get(name, ""), codes, missing, rows, filled, distinct, low, high, widths)

    def above(self, name: str, limit: float) -> list[str]:
        """The values of a column of numbers that are higher than its numbers can be, in order."""
        high = self.frame([name]).filter(number(name, nw.String()) > limit)
        return _values(high, [name])[name]

    def repeated(self, names: Sequence[str]) -> int:
        """How many combinations of these columns stand in more than one row, or hold a blank."""
        frame = self.frame(names)
        times = frame.group_by(list(names)).agg(nw.len().alias("fl__n")).with_columns(_blank(names).alias("fl__blank"))
        bad = times.filter((nw.col("fl__n") > 1) | nw.col("fl__blank")).select(nw.len().alias("n"))
        return int(bad.collect("pandas").to_native().iloc[0, 0])

    def combinations(self, names: Sequence[str]) -> int:
        """How many different combinations of these columns there are."""
        return int(self.frame(names).unique().select(nw.len().alias("n")).collect("pandas").to_native().iloc[0, 0])


MEASURES = {
    "numbers": (nw.Expr.count, "n"), "low": (nw.Expr.min, "n"), "high": (nw.Expr.max, "n"),
    "narrow": (nw.Expr.min, "w"), "broad": (nw.Expr.max, "w"),
}  # fmt: skip


def _values(frame: Frame, names: Sequence[str]) -> dict[str, list[str]]:
    """The values of columns known to hold few, in order; in one pass, which narwhals has no words for."""
    if not names:
        return {}
    relation: Any = nw.to_native(frame)
    quoted = ['"' + name.replace('"', '""') + '"' for name in names]
    (lists,) = relation.aggregate(", ".join(f"list(DISTINCT {name})" for name in quoted)).fetchall()
    return {name: sorted((v for v in found or () if v is not None), key=_order) for name, found in zip(names, lists, strict=True)}


def _blank(names: Sequence[str]) -> nw.Expr:
    blank = nw.col(names[0]).is_null()
    for name in names[1:]:
        blank = blank | nw.col(name).is_null()
    return blank


def _order(code: str) -> tuple[bool, float, str]:
    """Numbers in their order, then text."""
    written = re.fullmatch(r"-?\d+(\.\d+)?", code)
    return (not written, float(code) if written else 0.0, code)
