"""Summarises the columns of a data file for the draft: counts and codes, never single rows. It draws no
conclusions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import narwhals as nw

from fltoolkit.authoring.draft.vocabulary import knows_language, vocabulary
from fltoolkit.survey.classifications.answer_labels import answer_meaning, count_hits
from fltoolkit.survey.engine.columns import Frame, number, text
from fltoolkit.survey.engine.engines import connect, readable, to_arrays, to_count, to_rows
from fltoolkit.survey.printed_values import LIMIT, is_code
from fltoolkit.survey.readers.csv_files import TEXT_FILES
from fltoolkit.survey.readers.file_formats import LABELLED_FILES, FileLabels, read_labels
from fltoolkit.survey.readers.opened_file import OpenedFile, open_named

if TYPE_CHECKING:
    import numpy as np

NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
GROUPED = re.compile(r"([\w.-]+/)+(?!(?:id|key|n[or]|num|number)$)[\w.-]+")  # m/age, but not hh/id
MANY_CODES = 60  # a column with more values is not a list of codes
MOST_TEXTS = 12  # a column with more texts is no closed list
MOST_WORDS = 4  # in an answer of a closed list
FEWEST_PERSONS = 30  # who share an answer of a closed list
LOWEST_SHARE = 0.01  # of those who have a text
NEARLY_ALL = 0.95
CELLS_AT_ONCE = 50_000_000
EXPRESSIONS_AT_ONCE = 250  # the time of one query grows with the square of its expressions
OLDEST = 120  # years; a higher number is a code
COUNTS = "fl__counts"  # the stored counts: rows by column and written value, with the value in standard form
COLUMN, WRITTEN, ROWS, VALUE, NUMERIC = "fl__column", "fl__written", "fl__rows", "fl__value", "fl__number"
MANY_COMMAS = 20  # different numbers with a comma; a column with more of them has decimal commas
Answers = Mapping[str, "np.ndarray[Any, np.dtype[np.uint8]]"]
BLANK, OTHER = (
    0,
    255,
)  # positions of an answer that is blank, or not among the codes of its question; the codes count from 1


@dataclass(frozen=True)
class ColumnContents:
    """One column of the data file, as the draft knows it: its name and label, the labels of its codes, and a
    summary of its values.

    Attributes:
        codes: the label of each code. It has the codes that the file labels, and also the codes found in the
            data if these are few. A code without a label has "".
        missing: codes that the file declares missing.
        rows: the number of rows of the file.
        filled: the number of rows that are not blank.
        distinct: the number of different values.
        low, high: the lowest and the highest number, without missing values and codes for no answer. None if
            the column contains text.
        widths: the smallest and the largest number of characters of a value.
        is_readable: whether the vocabulary knows the language of the file's labels. Otherwise they are
            printed, and nothing is guessed from them.
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
    is_readable: bool = True

    @property
    def known_label(self) -> str:
        """Returns the label; empty if nothing can be told from it, because its language is unknown."""
        return self.label if self.is_readable else ""

    @property
    def own_name(self) -> str:
        """Returns the name without the groups of a form of ODK: `age` for `m/age`. The name of a group says
        nothing about its questions."""
        return self.name.rpartition("/")[2] if GROUPED.fullmatch(self.name) else self.name

    @property
    def full(self) -> bool:
        return self.filled == self.rows > 0

    @property
    def meanings(self) -> dict[str, list[str]]:
        """Returns the codes of the column by the meaning of their labels: `{"yes": ["1"], "no": ["2"],
        "dont_know": ["8"]}`. `other` means another answer, or no label. `declared_missing` means that the
        file declares the code missing and its label does not say why.

        If no code has a label and some codes are words for *yes* and *no* (oui, non), the codes are read as
        labels.
        """
        by_meaning: dict[str, list[str]] = {}
        words = not any(self.codes.values()) and {"yes", "no"} <= {
            answer_meaning(code) for code in self.codes
        }
        for code, label in self.codes.items():
            label = code if words else label
            by_meaning.setdefault(
                answer_meaning(label) or ("declared_missing" if code in self.missing else "other"), []
            ).append(code)
        return by_meaning

    @property
    def no_answer(self) -> list[str]:
        """Returns the codes that are not an answer: don't know, refused, not applicable, not stated, declared
        missing."""
        return [
            code
            for kind, codes in self.meanings.items()
            if kind not in ("yes", "no", "other")
            for code in codes
        ]


class DataTable:
    """A data file for which a survey.yaml is drafted, with functions that count and summarise its columns.
    For a wide SPSS or Stata file, only some columns at a time are in memory.

    Raises:
        DataError: the file cannot be read as a table.
    """

    def __init__(self, path: Path, encoding: str | None = None) -> None:
        self.path, self.encoding, self.con = path, encoding, connect()
        self.decimal: str | None = None
        labels = read_labels(path, encoding) if path.suffix.lower() in LABELLED_FILES else None
        too_wide = labels and labels.rows * len(labels.names) > CELLS_AT_ONCE
        self._whole = None if too_wide else self._open(None)
        self.about = labels or FileLabels(self._whole.names if self._whole else ())
        self.is_readable = knows_language(self.about.labels.values())
        self._held: tuple[set[str], Frame | None] = (set(), None)
        rows = self.about.rows or (to_count(self._whole.frame.select(nw.len())) if self._whole else 0)
        self.columns_at_once = max(50, CELLS_AT_ONCE // rows) if rows else 50
        self._start_counts()
        if path.suffix.lower() in TEXT_FILES and self._decimal_commas():
            self.decimal, self._whole = ",", self._open(None, decimal=",")
            self._start_counts()

    def _open(self, only: set[str] | None, decimal: str = "") -> OpenedFile:
        return open_named(
            self.path, self.con, as_text=True, only=only, encoding=self.encoding, decimal=decimal
        )

    def _source(self, names: Iterable[str]) -> Frame:
        """Returns the table with at least these columns. For an SPSS or Stata file, the columns that were
        read last are kept, because they are needed several times."""
        if self._whole:
            return self._whole.frame
        wanted, (held, frame) = set(names), self._held
        if frame is None or not wanted <= held:
            frame = self._open(wanted).frame
            self._held = (wanted, frame)
        return frame

    def frame(self, names: Iterable[str]) -> Frame:
        """Returns the rows with some of the columns, as text in one standard form (`1`, never `1.0`). Columns
        keep their own names."""
        wanted = list(dict.fromkeys(names))
        frame = self._source(wanted)
        schema = frame.collect_schema()
        return frame.select([text(c, schema[c]).alias(c) for c in wanted])

    def _start_counts(self) -> None:
        self._counted = set[str]()
        kinds = f"{COLUMN} VARCHAR, {WRITTEN} VARCHAR, {ROWS} BIGINT, {VALUE} VARCHAR, {NUMERIC} DOUBLE"
        self.con.execute(f"CREATE OR REPLACE TEMPORARY TABLE {COUNTS} ({kinds})")

    def _counts(self, names: Iterable[str], where: str = "true") -> Any:
        """Returns the stored counts of these columns: the rows of every different value, as written in the
        file, in standard form (`1`, never `1.0`) and as a number. Columns that have not been counted yet are
        counted in one pass over the file. `where` is an SQL condition on the values.

        narwhals' own unpivot would use another connection than that of the file.
        """
        wanted = list(dict.fromkeys(names))
        for some in _in_parts([c for c in wanted if c not in self._counted], self.columns_at_once):
            long = f"UNPIVOT INCLUDE NULLS ({WRITTEN} FOR {COLUMN} IN (COLUMNS(*)))"
            counted = self.con.sql(
                f"SELECT {COLUMN}, {WRITTEN}, count(*) AS {ROWS} "
                f"FROM ({self._written(some).sql_query()}) {long} GROUP BY ALL"
            )
            whole: Frame = (
                nw.from_native(counted).lazy().with_columns(text(WRITTEN, nw.String()).alias(VALUE))
            )
            whole = whole.with_columns(number(VALUE, nw.String()).alias(NUMERIC))
            with readable():
                self.con.execute(f"INSERT INTO {COUNTS} {nw.to_native(whole).sql_query()}")
            self._counted.update(some)
        among = ", ".join(map(_literal, wanted)) or "NULL"
        return self.con.table(COUNTS).filter(f"{COLUMN} IN ({among}) AND {where}")

    def columns(self) -> list[ColumnContents]:
        """Returns the contents of every column (label, codes, summary of values) in the order of the file.
        Columns of dates are left out."""
        names = [c for c in self.about.names if self.about.kinds.get(c) != "date"]
        values = self._counts(names).aggregate(
            f"{COLUMN}, {VALUE}, {self._number()} AS n, sum({ROWS}) AS times", f"{COLUMN}, {VALUE}, {NUMERIC}"
        )
        filled, width = f"{VALUE} IS NOT NULL", f"length({VALUE})"
        facts = {
            "rows": "sum(times)",
            "filled": f"sum(times) FILTER ({filled})",
            "distinct": "count(*)",
            "numbers": "sum(times) FILTER (n IS NOT NULL)",
            "low": "min(n)",
            "high": "max(n)",
            "narrow": f"min({width})",
            "broad": f"max({width})",
        }
        found = to_arrays(
            values.aggregate(
                ", ".join(
                    [
                        COLUMN,
                        *(f"coalesce({sql}, 0)::DOUBLE AS fl__{i}" for i, sql in enumerate(facts.values())),
                    ]
                ),
                COLUMN,
            )
        )
        by_column = zip(*(found[f"fl__{i}"].tolist() for i in range(len(facts))), strict=True)
        got = dict(
            zip(
                found[COLUMN].tolist(), (dict(zip(facts, row, strict=True)) for row in by_column), strict=True
            )
        )
        got = {c: got.get(c, dict.fromkeys(facts, 0.0)) for c in names}
        # A few values that each occur many times are codes. Any other value could belong to one person.
        few = [c for c in names if got[c]["distinct"] <= min(MANY_CODES, got[c]["filled"] / 5)]
        shown = {
            c: shown_values(
                times,
                is_open=not self.is_readable or is_open_question(c, self.about.labels.get(c, "")),
                blanks=got[c]["filled"] < got[c]["rows"],
            )
            for c, times in self.counted(few).items()
        }
        return [self._column(c, got[c], shown.get(c, [])) for c in names]

    def _number(self) -> str:
        """Returns the SQL expression for a counted value as a number. It gives null for a value that the file
        declares missing, and for a code whose label is not an answer, such as *refused*."""
        left_out = [
            f"({_literal(c)}, {_literal(code)})"
            for c, codes in self.about.codes.items()
            for code, label in codes.items()
            if answer_meaning(label) not in (None, "yes", "no")
        ]
        conditions = [f"({COLUMN}, {VALUE}) IN ({', '.join(left_out)})"] if left_out else []
        missing: dict[tuple[float, float], list[str]] = {}
        for c, ranges in self.about.ranges.items():
            for low, high in ranges:
                if not isinstance(low, str):
                    missing.setdefault((low, high), []).append(_literal(c))
        conditions += [
            f"({COLUMN} IN ({', '.join(columns)}) AND {NUMERIC} BETWEEN '{low}'::DOUBLE AND '{high}'::DOUBLE)"
            for (low, high), columns in missing.items()
        ]
        return f"CASE WHEN NOT ({' OR '.join(conditions)}) THEN {NUMERIC} END" if conditions else NUMERIC

    def _column(self, name: str, got: Mapping[str, float], found: Sequence[str]) -> ColumnContents:
        codes = {**dict.fromkeys(found, ""), **self.about.codes.get(name, {})}
        codes = {code: codes[code] for code in sorted(codes, key=_sort_key)}
        missing = frozenset(c for c in codes if self.about.is_missing(name, c))
        filled, distinct, widths = (
            int(got["filled"]),
            int(got["distinct"]),
            (int(got["narrow"]), int(got["broad"])),
        )
        numeric = got["numbers"] and (self.about.kinds.get(name) == "number" or got["numbers"] == filled)
        low, high = (float(got["low"]), float(got["high"])) if numeric else (None, None)
        return ColumnContents(
            name,
            self.about.labels.get(name, ""),
            codes,
            missing,
            int(got["rows"]),
            filled,
            distinct,
            low,
            high,
            widths,
            self.is_readable,
        )

    def above(self, name: str, limit: float) -> list[str]:
        """Returns the values of a column that are too high to be possible: those above `limit`, in order."""
        found = to_arrays(self._counts([name], f"{NUMERIC} > {limit}").project(VALUE))
        return sorted(set(found[VALUE].tolist()), key=_sort_key)

    def count_unusable_keys(self, names: Sequence[str]) -> int:
        """Returns the number of keys that are not usable. A key is a combination of values in these columns;
        it is not usable if several rows have the same key, or if it contains a blank."""
        keys = ", ".join(map(_quoted, names))
        blank = " OR ".join(f"{_quoted(name)} IS NULL" for name in names)
        groups = nw.to_native(self.frame(names)).aggregate(f"{keys}, count(*) AS fl__n", keys)
        return int(to_arrays(groups.filter(f"fl__n > 1 OR {blank}").aggregate("count(*) AS n"))["n"][0])

    def counted(self, names: Sequence[str]) -> dict[str, dict[str, int]]:
        """Returns the number of rows with each value, for each column: `{"SEX": {"1": 5210, "2": 5544}}`.
        Blank rows are not counted."""
        rows = to_arrays(
            self._counts(names, f"{VALUE} IS NOT NULL").aggregate(
                f"{COLUMN}, {VALUE}, sum({ROWS})::BIGINT AS {ROWS}", f"{COLUMN}, {VALUE}"
            )
        )
        found: dict[str, dict[str, int]] = {name: {} for name in names}
        for name, value, count in zip(*(rows[c].tolist() for c in (COLUMN, VALUE, ROWS)), strict=True):
            found[name][value] = count
        return found

    def alike(self, names: Sequence[str], most: int = 3) -> list[list[int]]:
        """Returns the groups of rows that have the same values in these columns: `[[3, 7]]` means that rows 3
        and 7 are equal. Rows are numbered from 1. If there are more than `most` groups, or none, the result
        is an empty list."""
        numbered = self._written(names).project("*, row_number() OVER () AS fl__row")
        keys = ", ".join(map(_quoted, names))
        groups = numbered.aggregate(
            f"{keys}, string_agg(fl__row::VARCHAR, ' ' ORDER BY fl__row) AS fl__rows, count(*) AS fl__n", keys
        )
        found = to_arrays(groups.filter("fl__n > 1").project("fl__rows").limit(most + 1))["fl__rows"].tolist()
        return [] if len(found) > most else sorted([int(row) for row in rows.split()] for rows in found)

    def shared(self, outer: str, inner: str) -> tuple[int, int]:
        """Returns two numbers about units (such as PSUs) that lie in larger units (such as strata): the
        number of labels of the smaller units that occur in several larger ones, and the number of all labels
        of the smaller units. `outer` is the column of the larger units, and `inner` that of the smaller ones.
        A blank, and a code that the file declares missing, is no label.
        """
        pairs = to_rows(self.frame([outer, inner]).unique())
        known = [
            (large, small)
            for large, small in pairs
            if not (self._is_no_label(outer, large) or self._is_no_label(inner, small))
        ]
        times = Counter(small for _, small in known)
        return sum(n > 1 for n in times.values()), len(times)

    def _is_no_label(self, column: str, value: str | None) -> bool:
        return value is None or self.about.is_missing(column, value)

    def has_fractions(self, names: Sequence[str]) -> bool:
        """Returns whether one of these columns contains a number that is not whole."""
        found = self._counts(names, rf"regexp_matches({VALUE}, '^-?\d+[.,]\d')")
        return bool(len(to_arrays(found.limit(1))[VALUE]))

    def answered_from_age(self, names: Sequence[str], age: str, years: int) -> set[str]:
        """Returns the names of the columns in which at least one person of this age or older has an answer.
        `age` is the age column and `years` the age."""
        old, found = f"TRY_CAST({_quoted(age)} AS DOUBLE) BETWEEN {years} AND {OLDEST}", set[str]()
        for some in _in_parts(names, min(self.columns_at_once, EXPRESSIONS_AT_ONCE)):
            counts = [
                f"count(*) FILTER ({old} AND trim({_quoted(c)}) <> '') AS fl__{i}" for i, c in enumerate(some)
            ]
            counted = to_arrays(self._written([*some, age]).aggregate(", ".join(counts)))
            found |= {c for i, c in enumerate(some) if counted[f"fl__{i}"][0]}
        return found

    def answers(
        self, columns: Sequence[ColumnContents], asked: tuple[str, Sequence[str]] | None = None
    ) -> Answers:
        """Returns the answers to each question, by the name of its column. They are used to find out who was
        asked each question.

        An answer is a number of one byte per row: the position of the answer's code among the codes of the
        question, counted from 1. 0 is a blank; 255 is a value that is none of the codes.

        Args:
            columns: questions with at most 254 codes.
            asked: the column that says who answered the module on forced labour, and the codes of persons who
                did. Only the rows of these persons are returned. None: all rows.
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
        got = to_arrays(
            relation.project(
                ", ".join(f"{_code_as_byte(c, cases[c])} AS fl__{i}" for i, c in enumerate(names))
            )
        )
        return {c: got[f"fl__{i}"] for i, c in enumerate(names)}

    def _written(self, names: Sequence[str]) -> Any:
        """Returns columns as text, as written in the file, under their own names. The query is plain SQL,
        because a thousand narwhals expressions would be slow to build."""
        frame = self._source(names)
        schema = frame.collect_schema()
        return nw.to_native(frame).project(
            ", ".join(f"{_as_text(c, schema[c])} AS {_quoted(c)}" for c in dict.fromkeys(names))
        )

    def _different(self, names: Sequence[str]) -> list[tuple[str, str, str]]:
        """Returns the different values of columns. Each is given as a tuple: the column, the value as written
        in the file, and the value in standard form (`1`, never `1.0`). The standard form is empty if the
        written value is only blanks."""
        found = to_arrays(
            self._counts(names, f"{WRITTEN} IS NOT NULL").project(
                f"{COLUMN}, {WRITTEN}, coalesce({VALUE}, '') AS {VALUE}"
            )
        )
        return list(zip(*(found[c].tolist() for c in (COLUMN, WRITTEN, VALUE)), strict=True))

    def _decimal_commas(self) -> bool:
        """Returns whether a CSV has a column of only numbers in which many have a decimal comma."""
        numbers = rf"bool_and(regexp_matches({VALUE}, '^[+-]?\d+(,\d+)?$')) AS numbers"
        found = self._counts(self.about.names, f"{VALUE} IS NOT NULL").aggregate(
            f"{COLUMN}, {numbers}, count(*) FILTER (contains({VALUE}, ',')) AS commas", COLUMN
        )
        return bool(len(to_arrays(found.filter(f"numbers AND commas > {MANY_COMMAS}"))[COLUMN]))


def _in_parts(names: Sequence[str], most: int) -> Iterator[Sequence[str]]:
    """Yields the names in parts of `most` names."""
    return (names[i : i + most] for i in range(0, len(names), most))


def has_own_words(name: str, label: str) -> bool:
    """Returns whether the name or the label of a column says that it has persons' own words, such as *other,
    specify*."""
    words = vocabulary().columns["own_words"]
    return bool(count_hits(words.names, name) or count_hits(words.labels, label))


def is_open_question(name: str, label: str) -> bool:
    """Returns whether the name or the label of a column asks for persons' own words: *other, specify*, or a
    question that opens with *who*, *why* or *what*. Its codes may be numbers, but its texts are not shown."""
    words = vocabulary().columns["open_question"]
    return has_own_words(name, label) or bool(
        count_hits(words.names, name) or count_hits(words.labels, label)
    )


def shown_values(times: Mapping[str, int], *, is_open: bool, blanks: bool) -> list[str]:
    """Returns the values of a column that a draft may show without a label of the file: numbers, texts of at
    most two characters, texts that mean an answer (*yes*, *refused*), and the texts of a closed list.

    A draft may be passed on, and a text may be a person's name or own words, even if many persons gave it. If
    a column has texts but no closed list, only single letters and numbers of at most three digits are shown:
    two letters may be initials, and a longer number a telephone number.

    Args:
        times: the number of rows with each value.
        is_open: whether the name or the label asks for own words (`is_open_question`).
        blanks: whether the column has blanks.
    """
    answers = [value for value, n in times.items() if n >= LIMIT and answer_meaning(value)]
    short = [value for value in times if value not in answers and _is_short_code(value)]
    texts = {value: n for value, n in times.items() if not (answer_meaning(value) or _is_short_code(value))}
    listed = [] if is_open else closed_list(texts, blanks=blanks)
    worded = texts or (is_open and not all(map(NUMBER.fullmatch, short)))
    if worded and not listed:
        short = [value for value in short if re.fullmatch(r"\d{1,3}|[A-Za-z]", value)]
    return [*answers, *short, *listed]


def closed_list(times: Mapping[str, int], *, blanks: bool) -> list[str]:
    """Returns the texts of a column that are answers from a closed list; none if it does not look like one. A
    closed list has few texts, all short and without digits. Nearly all persons who have a text have one that
    many share; if the column has blanks, all have.

    Args:
        times: the number of rows with each text.
        blanks: whether the column has blanks. Texts that only some persons gave are more often own words.
    """
    persons = sum(times.values())
    shared = {value: n for value, n in times.items() if n >= max(FEWEST_PERSONS, LOWEST_SHARE * persons)}
    if (
        len(times) > MOST_TEXTS
        or sum(shared.values()) < (1 if blanks else NEARLY_ALL) * persons
        or any(re.search(r"[\d@]", value) or len(value.split()) > MOST_WORDS for value in shared)
    ):
        return []
    return list(shared)


def _is_short_code(value: str) -> bool:
    return is_code(value) and (len(value) <= 2 or bool(NUMBER.fullmatch(value)))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _as_text(name: str, dtype: nw.dtypes.DType) -> str:
    """Returns the SQL expression for a column as text. Infinite numbers become null. The text is not in
    standard form yet (`1.0` can still stand for `1`)."""
    column = _quoted(name)
    if dtype == nw.String:
        return column
    return (
        f"CASE WHEN isfinite({column}) THEN {column}::VARCHAR END"
        if dtype.is_float()
        else f"{column}::VARCHAR"
    )


def _code_as_byte(name: str, cases: Sequence[str]) -> str:
    """Returns the SQL expression that codes the answer in a column as one byte (see `DataTable.answers`).
    `cases` are its SQL branches, such as `WHEN '1.0' THEN 1`: one for each way in which the file writes a
    code."""
    codes = f"CASE {_quoted(name)} {' '.join(cases)} ELSE {OTHER} END" if cases else str(OTHER)
    return f"(CASE WHEN {_quoted(name)} IS NULL THEN {BLANK} ELSE {codes} END)::UTINYINT"


def _sort_key(code: str) -> tuple[bool, float, str]:
    """Returns a sort key: numbers come first, in their order, then text."""
    written = re.fullmatch(r"-?\d+(\.\d+)?", code)
    return (not written, float(code) if written else 0.0, code)
