"""What a file's columns hold, for a draft: counts and codes, never a row. Nothing is concluded from them here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import narwhals as nw

from fltoolkit.survey.draft.vocabulary import answer
from fltoolkit.survey.formats import LABELLED_FILES, FileLabels, read_labels
from fltoolkit.survey.read import Frame, connect, number, open_named, text

MANY_CODES = 60  # a column with more values is no list of codes
CELLS_AT_ONCE = 50_000_000
COLUMNS_AT_ONCE = 200


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
        """The codes by what their labels say: yes, no, dont_know …; `other`: an answer of another sort, or no label."""
        said: dict[str, list[str]] = {}
        for code, label in self.codes.items():
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
        labelled = path.suffix.lower() in LABELLED_FILES
        self.about = (
            read_labels(path, encoding)
            if labelled
            else FileLabels(open_named(path, self.con, as_text=True, encoding=encoding).names)
        )

    def frame(self, names: Iterable[str]) -> Frame:
        """Some columns as canonical text, under their own names."""
        wanted = list(dict.fromkeys(names))
        frame = open_named(self.path, self.con, as_text=True, only=set(wanted), encoding=self.encoding).frame
        schema = frame.collect_schema()
        return frame.select([text(c, schema[c]).alias(c) for c in wanted])

    def columns(self) -> list[Column]:
        """Every column in the order of the file, dates left out."""
        names = [c for c in self.about.names if self.about.kinds.get(c) != "date"]
        step = max(COLUMNS_AT_ONCE, CELLS_AT_ONCE // max(self.about.rows, 1))
        return [c for i in range(0, len(names), step) for c in self._columns(names[i : i + step])]

    def _columns(self, names: Sequence[str]) -> Iterable[Column]:
        frame = self.frame(names)
        for i in range(0, len(names), COLUMNS_AT_ONCE):
            part = names[i : i + COLUMNS_AT_ONCE]
            numbers = [self._number(c).alias(f"fl__n{k}") for k, c in enumerate(part)]
            widths = [nw.col(c).str.len_chars().alias(f"fl__w{k}") for k, c in enumerate(part)]
            wide, facts = frame.select(*part, *numbers, *widths), [nw.len().alias("rows")]
            for k, c in enumerate(part):
                facts += [nw.col(c).count().alias(f"filled{k}"), nw.col(c).n_unique().alias(f"distinct{k}")]
                facts += [f(nw.col(f"fl__{of}{k}")).alias(f"{name}{k}") for name, (f, of) in MEASURES.items()]
            got = wide.select(facts).collect("pandas").to_native().iloc[0].to_dict()
            for k, c in enumerate(part):
                own = {name: got[f"{name}{k}"] for name in ("filled", "distinct", *MEASURES)}
                yield self._column(frame, c, int(got["rows"]), own)

    def _number(self, name: str) -> nw.Expr:
        """A column's numbers, without what the file declares missing and the codes whose labels are no answer."""
        value, labels = number(name, nw.String()), self.about.codes.get(name, {})
        left_out = [c for c, label in labels.items() if answer(label) not in (None, "yes", "no")]
        kept = ~nw.col(name).is_in(left_out)
        for low, high in self.about.ranges.get(name, ()):
            if not isinstance(low, str):
                kept = kept & ((value < low) | (value > high))
        return nw.when(kept).then(value)

    def _column(self, frame: Frame, name: str, rows: int, got: Mapping[str, Any]) -> Column:
        filled, distinct = int(got["filled"]), int(got["distinct"])
        codes = dict(self.about.codes.get(name, {}))
        # A few values, each many times, are codes; anything else could be a person's.
        if distinct <= MANY_CODES and (codes or filled >= 5 * distinct):
            codes = {**dict.fromkeys(self.values(frame, name), ""), **codes}
        codes = {code: codes[code] for code in sorted(codes, key=_order)}
        missing = frozenset(c for c in codes if self.about.is_missing(name, c))
        numeric = self.about.kinds.get(name) == "number" or got["numbers"] == filled
        low, high = (float(got["low"]), float(got["high"])) if numeric and got["numbers"] else (None, None)
        widths = (int(got["narrow"]), int(got["broad"])) if filled else (0, 0)
        return Column(name, self.about.labels.get(name, ""), codes, missing, rows, filled, distinct, low, high, widths)

    def values(self, frame: Frame, name: str, above: float | None = None) -> list[str]:
        """The values of a column known to hold few, or those above a number, in order."""
        some = frame if above is None else frame.filter(number(name, nw.String()) > above)
        found = some.select(nw.col(name).alias("value")).unique().collect("pandas").to_native()["value"].dropna()
        return sorted(map(str, found), key=_order)

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


def _blank(names: Sequence[str]) -> nw.Expr:
    blank = nw.col(names[0]).is_null()
    for name in names[1:]:
        blank = blank | nw.col(name).is_null()
    return blank


def _order(code: str) -> tuple[bool, float, str]:
    """Numbers in their order, then text."""
    written = re.fullmatch(r"-?\d+(\.\d+)?", code)
    return (not written, float(code) if written else 0.0, code)
