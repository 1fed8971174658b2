"""Summarises the columns of a data file for the draft: counts and codes, never single rows. It draws no conclusions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import narwhals as nw

from fltoolkit.authoring.draft.label_meanings import answer
from fltoolkit.survey.data.column_values import number, text
from fltoolkit.survey.data.duckdb_connection import connect
from fltoolkit.survey.data.fetch_rows import to_arrays, to_arrow, to_count, to_pandas
from fltoolkit.survey.data.person_frame import Frame, Opened, open_named
from fltoolkit.survey.data.printable_values import LIMIT, is_code
from fltoolkit.survey.readers.csv_layout import TEXT_FILES
from fltoolkit.survey.readers.file_formats import LABELLED_FILES, FileLabels, read_labels

if TYPE_CHECKING:
    import numpy as np

NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
MANY_CODES = 60  # a column with more values is no list of codes
CELLS_AT_ONCE = 50_000_000
OLDEST = 120  # years; a higher number is a code
COLUMN, WRITTEN, VALUE, ROWS = "fl__column", "fl__written", "fl__value", "fl__rows"
MANY_COMMAS = 20  # different numbers with a comma; a column with more is one of decimal commas
Answers = Mapping[str, "np.ndarray[Any, np.dtype[np.uint8]]"]
BLANK, OTHER = 0, 255  # of an answer among the codes of its question, which are counted from 1


@dataclass(frozen=True)
class ColumnContents:
    """One column: its label and value labels, and a summary of its values.

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
        """The codes by the meaning of their labels: yes, no, dont_know …; `other`: another answer, or no label;
        `declared_missing`: the file declares the code missing, and its label does not say why.

        Where no code has a label and some are themselves yes and no in words (oui, non), the codes are read as labels.
        """
        said: dict[str, list[str]] = {}
        words = not any(self.codes.values()) and {"yes", "no"} <= {answer(code) for code in self.codes}
        for code, label in self.codes.items():
            label = code if words else label
            said.setdefault(answer(label) or ("declared_missing" if code in self.missing else "other"), []).append(code)
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
        if path.suffix.lower() in TEXT_FILES and self._whole and self._decimal_commas():
            self.decimal, self._whole = ",", self._open(None, decimal=",")
        self.about = FileLabels(self._whole.names) if self._whole else read_labels(path, encoding)
        self._held: tuple[set[str], Frame | None] = (set(), None)
        rows = to_count(self._whole.frame.select(nw.len())) if self._whole else self.about.rows
        self.columns_at_once = max(50, CELLS_AT_ONCE // rows) if rows else 50

    def _open(self, only: set[str] | None, decimal: str = "") -> Opened:
        return open_named(self.path, self.con, as_text=True, only=only, encoding=self.encoding, decimal=decimal)

    def _source(self, names: Iterable[str]) -> Frame:
        """The table with at least these columns. Of an SPSS or Stata file those read last are kept, since they are asked for several times."""
        if self._whole:
            return self._whole.frame
        wanted, (held, frame) = set(names), self._held
        if frame is None or not wanted <= held:
            frame = self._open(wanted).frame
            self._held = (wanted, frame)
        return frame

    def frame(self, names: Iterable[str]) -> Frame:
        """Some columns as canonical text, under their own names."""
        wanted = list(dict.fromkeys(names))
        frame = self._source(wanted)
        schema = frame.collect_schema()
        return frame.select([text(c, schema[c]).alias(c) for c in wanted])

    def columns(self) -> list[ColumnContents]:
        """Every column in the order of the file, dates left out."""
        names = [c for c in self.about.names if self.about.kinds.get(c) != "date"]
        step = self.columns_at_once
        return [c for i in range(0, len(names), step) for c in self._columns(names[i : i + step])]

    def _columns(self, names: Sequence[str]) -> Iterator[ColumnContents]:
        """Columns described from their different values, which are counted in one pass however many columns there are."""
        counted = self._counted(names).group_by(COLUMN, VALUE).agg(nw.col(ROWS).sum())
        number, width = self._number(), nw.col(VALUE).str.len_chars()
        wide = counted.with_columns(number.alias("fl__n"), width.alias("fl__w"), (~nw.col(VALUE).is_null()).alias("fl__there"))
        wide = wide.with_columns(nw.when(nw.col("fl__there")).then(nw.col(ROWS)).alias("fl__filled"))
        wide = wide.with_columns(nw.when(~nw.col("fl__n").is_null()).then(nw.col(ROWS)).alias("fl__numbers"))
        facts = wide.group_by(COLUMN).agg(
            nw.col(ROWS).sum().alias("rows"),
            nw.col("fl__filled").sum().alias("filled"), nw.len().alias("distinct"), nw.col("fl__numbers").sum().alias("numbers"),
            nw.col("fl__n").min().alias("low"), nw.col("fl__n").max().alias("high"),
            nw.col("fl__w").min().alias("narrow"), nw.col("fl__w").max().alias("broad"),
        )  # fmt: skip
        table = to_pandas(facts).set_index(COLUMN).astype(float).fillna(0)
        got: dict[str, dict[Any, float]] = {str(name): row for name, row in table.to_dict("index").items()} or dict.fromkeys(
            names, dict.fromkeys(table, 0.0)
        )
        # A few values, each many times, are codes; anything else could be a person's.
        few = [c for c in names if 5 * got[c]["distinct"] <= got[c]["filled"] and got[c]["distinct"] <= MANY_CODES]
        found = self._values(few)
        yield from (self._column(c, got[c], found.get(c, [])) for c in names)

    def _number(self) -> nw.Expr:
        """A counted value as a number, without what the file declares missing and the codes whose labels are no answer."""
        value = number(VALUE, nw.String())
        left_out = [
            f"{c}\n{code}"
            for c, codes in self.about.codes.items()
            for code, label in codes.items()
            if answer(label) not in (None, "yes", "no")
        ]
        if left_out:
            value = nw.when(~nw.concat_str([nw.col(COLUMN), nw.lit("\n"), nw.col(VALUE)]).is_in(left_out)).then(value)
        missing: dict[tuple[float, float], list[str]] = {}
        for c, ranges in self.about.ranges.items():
            for low, high in ranges:
                if not isinstance(low, str):
                    missing.setdefault((low, high), []).append(c)
        for (low, high), columns in missing.items():
            value = nw.when(~(nw.col(COLUMN).is_in(columns) & (value >= low) & (value <= high))).then(value)
        return value

    def _column(self, name: str, got: Mapping[str, float], found: Sequence[str]) -> ColumnContents:
        codes = {**dict.fromkeys(found, ""), **self.about.codes.get(name, {})}
        codes = {code: codes[code] for code in sorted(codes, key=_order)}
        missing = frozenset(c for c in codes if self.about.is_missing(name, c))
        filled, distinct, widths = int(got["filled"]), int(got["distinct"]), (int(got["narrow"]), int(got["broad"]))
        numeric = got["numbers"] and (self.about.kinds.get(name) == "number" or got["numbers"] == filled)
        low, high = (float(got["low"]), float(got["high"])) if numeric else (None, None)
        return ColumnContents(
            name, self.about.labels.get(name, ""), codes, missing, int(got["rows"]), filled, distinct, low, high, widths
        )

    def above(self, name: str, limit: float) -> list[str]:
        """The values of a column of numbers that are higher than its numbers can be, in order."""
        return sorted({value for _, _, value in self._different([name], number(VALUE, nw.String()) > limit)}, key=_order)

    def repeated(self, names: Sequence[str]) -> int:
        """How many combinations of these columns stand in more than one row, or hold a blank."""
        frame = self.frame(names)
        times = frame.group_by(list(names)).agg(nw.len().alias("fl__n")).with_columns(_blank(names).alias("fl__blank"))
        bad = times.filter((nw.col("fl__n") > 1) | nw.col("fl__blank")).select(nw.len().alias("n"))
        return to_count(bad)

    def counted(self, names: Sequence[str]) -> dict[str, dict[str, int]]:
        """By column its different values, each with the number of rows that hold it."""
        found: dict[str, dict[str, int]] = {name: {} for name in names}
        for some in self._steps(names):
            rows = self._counted(some).filter(~nw.col(VALUE).is_null()).group_by(COLUMN, VALUE).agg(nw.col(ROWS).sum())
            for name, value, count in to_pandas(rows.select(COLUMN, VALUE, ROWS)).itertuples(index=False, name=None):
                found[name][value] = int(count)
        return found

    def _steps(self, names: Sequence[str]) -> Iterator[Sequence[str]]:
        """As many columns at a time as memory takes."""
        return (names[i : i + self.columns_at_once] for i in range(0, len(names), self.columns_at_once))

    def alike(self, names: Sequence[str], most: int = 3) -> list[list[int]]:
        """The numbers of the rows, from 1, that are alike in these columns, group by group; none if there are more than `most` groups."""
        numbered = self._written(names).project("*, row_number() OVER () AS fl__row")
        keys = ", ".join(map(_quoted, names))
        groups = numbered.aggregate(
            f"{keys}, string_agg(fl__row::VARCHAR, ' ' ORDER BY fl__row) AS fl__rows, count(*) AS fl__n", keys
        )
        found = to_arrays(groups.filter("fl__n > 1").project("fl__rows").limit(most + 1))["fl__rows"].tolist()
        return [] if len(found) > most else sorted([int(row) for row in rows.split()] for rows in found)

    def shared(self, outer: Sequence[str], inner: Sequence[str]) -> tuple[int, int]:
        """How many combinations of the columns `inner` stand with several of those of `outer`, and how many there are."""
        frame = self.frame([*outer, *inner]).unique().group_by(list(inner)).agg(nw.len().alias("fl__n"))
        return to_count(frame.filter(nw.col("fl__n") > 1).select(nw.len().alias("n"))), to_count(
            frame.select(nw.len().alias("n"))
        )

    def fractions(self, names: Sequence[str]) -> bool:
        """Whether one of these columns holds a number that is not whole."""
        frame = self.frame(names)
        part = [nw.col(name).str.contains(r"^-?\d+[.,]\d").cast(nw.Int64).fill_null(0).alias(name) for name in names]
        sums = to_arrow(frame.select(part).select([nw.col(name).sum() for name in names]))
        return any(sums.column(i)[0].as_py() for i in range(len(names)))

    def answered_from(self, names: Sequence[str], age: str, years: int) -> set[str]:
        """Of these columns, those in which a person of this age or more has an answer."""
        old, found = f"TRY_CAST({_quoted(age)} AS DOUBLE) BETWEEN {years} AND {OLDEST}", set[str]()
        for some in self._steps(names):
            counts = [f"count(*) FILTER ({old} AND trim({_quoted(c)}) <> '') AS fl__{i}" for i, c in enumerate(some)]
            told = to_arrays(self._written([*some, age]).aggregate(", ".join(counts)))
            found |= {c for i, c in enumerate(some) if told[f"fl__{i}"][0]}
        return found

    def answers(self, columns: Sequence[ColumnContents], asked: tuple[str, Sequence[str]] | None = None) -> Answers:
        """By question, for each row, the place of its answer among the question's codes: a byte a cell, to try who was asked what.

        Args:
            columns: questions of at most 254 codes. asked: the module's column and the codes of those who answered it, whose rows alone count.
        """
        if not columns:
            return {}
        names = [c.name for c in columns]
        places = {(c.name, code): place for c in columns for place, code in enumerate(c.codes, 1)}
        cases: dict[str, list[str]] = {name: [] for name in names}
        for name, written, code in self._different(names):
            if (place := places.get((name, code)) if code else BLANK) is not None:
                cases[name].append(f"WHEN {_literal(written)} THEN {place}")
        relation = self._written([*names, *(asked[:1] if asked else ())])
        if asked:
            codes = [_literal(written) for _, written, code in self._different(asked[:1]) if code in asked[1]]
            relation = relation.filter(f"{_quoted(asked[0])} IN ({', '.join(codes) or 'NULL'})")
        got = to_arrays(relation.project(", ".join(f"{_place(c, cases[c])} AS fl__{i}" for i, c in enumerate(names))))
        return {c: got[f"fl__{i}"] for i, c in enumerate(names)}

    def _written(self, names: Sequence[str]) -> Any:
        """Columns as text, as they are written in the file, under their own names: plain SQL, since a thousand expressions are slow to build."""
        frame = self._source(names)
        schema = frame.collect_schema()
        return nw.to_native(frame).project(", ".join(f"{_as_text(c, schema[c])} AS {_quoted(c)}" for c in dict.fromkeys(names)))

    def _counted(self, names: Sequence[str]) -> Frame:
        """By column, every different value as it is written and as canonical text, and how many rows hold it: one pass over the file.

        narwhals' own unpivot works on another connection than the file's.
        """
        long = f"fl__table UNPIVOT INCLUDE NULLS ({WRITTEN} FOR {COLUMN} IN (COLUMNS(*)))"
        sql = f"SELECT {COLUMN}, {WRITTEN}, count(*) AS {ROWS} FROM {long} GROUP BY ALL"
        counted: Frame = nw.from_native(self._written(names).query("fl__table", sql)).lazy()
        return counted.with_columns(text(WRITTEN, nw.String()).alias(VALUE))

    def _different(self, names: Sequence[str], where: nw.Expr | None = None) -> list[tuple[str, str, str]]:
        """The different values of columns: the column, the value as it is written, and as canonical text, which is empty for a written blank."""
        if not names:
            return []
        found = self._counted(names).filter(~nw.col(WRITTEN).is_null()).with_columns(nw.col(VALUE).fill_null(""))
        found = found if where is None else found.filter(where)
        table = to_pandas(found.select(COLUMN, WRITTEN, VALUE))
        return list(table.itertuples(index=False, name=None))

    def _values(self, names: Sequence[str]) -> dict[str, list[str]]:
        """The values of columns known to hold few, in order. A text that few rows hold is left out unless it is a number or of two
        characters at most: it can be a person's name or own words, and a draft is a file that may be passed on.
        """
        found: dict[str, list[str]] = {name: [] for name in names}
        if names:
            rows = self._counted(names).filter(~nw.col(VALUE).is_null()).group_by(COLUMN, VALUE).agg(nw.col(ROWS).sum())
            for name, value, count in to_pandas(rows.select(COLUMN, VALUE, ROWS)).itertuples(index=False, name=None):
                if count >= LIMIT or (is_code(value) and (len(value) <= 2 or NUMBER.fullmatch(value))):
                    found[name].append(value)
        return {name: sorted(values, key=_order) for name, values in found.items()}

    def _decimal_commas(self) -> bool:
        """Whether a CSV's text has a column of nothing but numbers, some of them with a decimal comma, and more than a few."""
        is_text = ~nw.col(VALUE).str.contains(r"^[+-]?\d+(,\d+)?$")
        has_comma = nw.col(VALUE).str.contains(",", literal=True)
        filled = self._counted(self._whole.names if self._whole else ()).filter(~nw.col(VALUE).is_null())
        told = filled.with_columns(is_text.cast(nw.Int64).alias("fl__text"), has_comma.cast(nw.Int64).alias("fl__commas"))
        sums = told.group_by(COLUMN).agg(nw.col("fl__text").sum(), nw.col("fl__commas").sum())
        return (
            to_count(sums.filter((nw.col("fl__text") == 0) & (nw.col("fl__commas") > MANY_COMMAS)).select(nw.len().alias("n")))
            > 0
        )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _as_text(name: str, dtype: nw.dtypes.DType) -> str:
    """A column as the text that `column_values.text` makes canonical; of fractions what is finite."""
    column = _quoted(name)
    if dtype == nw.String:
        return column
    return f"CASE WHEN isfinite({column}) THEN {column}::VARCHAR END" if dtype.is_float() else f"{column}::VARCHAR"


def _place(name: str, cases: Sequence[str]) -> str:
    """The place of an answer among its codes, of which there are these cases."""
    told = f"CASE {_quoted(name)} {' '.join(cases)} ELSE {OTHER} END" if cases else str(OTHER)
    return f"(CASE WHEN {_quoted(name)} IS NULL THEN {BLANK} ELSE {told} END)::UTINYINT"


def _blank(names: Sequence[str]) -> nw.Expr:
    blank = nw.col(names[0]).is_null()
    for name in names[1:]:
        blank = blank | nw.col(name).is_null()
    return blank


def _order(code: str) -> tuple[bool, float, str]:
    """Numbers in their order, then text."""
    written = re.fullmatch(r"-?\d+(\.\d+)?", code)
    return (not written, float(code) if written else 0.0, code)
