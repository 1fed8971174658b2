"""Trials of tables in memory and of CSV files without a survey.yaml, under a design: kinds of columns,
labels, names, changes, calibration."""

from __future__ import annotations

import csv
import datetime
import random
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import fltoolkit as fl

from .cases import CANARY
from .judge import Trial
from .loop.design import Ask, change_answer, design_answer
from .loop.verdict import Row

LIBRARIES = ("pandas", "pandas", "pandas", "polars", "arrow", "csv")
HOSTILE = (
    "n", "g", "w", "bad", "estimate", "se", "breakdown", "total", "population", "cases", " SEX ", "SELECT",
    'a"b', "é", "index", "fl__w", "*", "column0", "status", "psu", "stratum", "missing", "household", "x",
    "y",
)  # fmt: skip


def base(seed: int = 1, labels: str = "") -> Ask:
    """Sixty persons in three strata and twelve PSUs; weights that any kind of float holds exactly."""
    rng = random.Random(seed)
    columns: dict[str, list[Any]] = {
        name: [] for name in ("S", "P", "W", "Y", "CASE", "SEX", "REGION", "NAME")
    }
    for i in range(60):
        area = i % 12
        row = {
            "S": area % 3 + 1,
            "P": f"{labels}{area + 1}" if labels else area + 1,
            "W": rng.choice([8.0, 10.25, 12.5, 20.0, 0.75]),
            "Y": rng.choice([1.0, 2.5, 3.0, 7.0, None]),
            "CASE": rng.choice([0, 0, 0, 1]),
            "SEX": rng.choice("mf"),
            "REGION": i % 3 + 1,
            "NAME": f"{CANARY}Marta Lopez {i}",
        }
        for name, value in row.items():
            columns[name].append(value)
    return Ask(columns, by=[[], ["SEX"]])


def table_trial(rng: random.Random, folder: Path) -> Trial:
    """A mutant of a table, and of how it is delivered."""
    ask, library = base(), rng.choice(LIBRARIES)
    formats: dict[str, str] = {}
    mutators = rng.choices(TABLES, k=2 if rng.random() < 0.3 else 1)
    told = [mutate(ask, formats, rng) for mutate in sorted(mutators, key=lambda m: LAST.get(m, 0))]
    if rng.random() < 0.25:
        told.append(_with_margins(ask, rng))
    data = delivered(ask, formats, library, folder, rng)
    groups = (
        1
        if ask.contrast is not None
        else len({n for b in ask.by for n in b})
        if isinstance(ask.by, list)
        else 0
    )
    return Trial(
        "table",
        f"{library}: {' + '.join(told)}",
        lambda: asked(ask, data),
        design_answer(ask),
        groups,
        _before(ask.verb),
        True,
    )


def change_trial(rng: random.Random, folder: Path) -> Trial:
    """Two rounds, one of them a mutant."""
    before, after, formats = base(1), base(2, rng.choice(["", "", "b"])), dict[str, str]()
    for ask in (before, after):
        ask.by = [[], ["SEX"]]
    shared: Any = rng.choice([True, False, None, None, "no", 1])
    told = rng.choice(VALUES)(after, formats, rng)
    data = [delivered(ask, formats if ask is after else {}, "pandas", folder, rng) for ask in (before, after)]

    def changes() -> Any:
        one, two = estimate(before, data[0]), estimate(after, data[1])
        table = fl.change(one, two, shared_psus=shared).table
        kept = {"n_after": "n", "change": "estimate", "se": "se"}
        return table[[table.columns[0], *kept]].rename(columns=kept)

    return Trial(
        "change",
        f"{shared}: {told}",
        changes,
        change_answer(before, after, shared),
        1,
        _change_before(),
        True,
    )


@cache
def _before(verb: str) -> dict[tuple[str, ...], Row]:
    ask = base()
    ask.verb, ask.column = verb, "CASE" if verb == "prevalence" else "Y"
    return design_answer(ask).rows


@cache
def _change_before() -> dict[tuple[str, ...], Row]:
    return change_answer(base(1), base(2, "b"), None).rows


def asked(ask: Ask, data: Any) -> Any:
    """The kit's table."""
    est = estimate(ask, data)
    return est.table if ask.contrast is None else est.contrast({"wanted": ask.contrast}).table


def estimate(ask: Ask, data: Any) -> Any:
    """The kit's estimates."""
    design: Any = fl.SurveyDesign(
        data,
        weight=ask.weight,
        strata=ask.strata,
        psu=ask.psu,
        nest=ask.nest,
        single_psu=ask.single_psu,
        weights=ask.weights,
    )
    if ask.method:
        design = (fl.rake if ask.method == "rake" else fl.poststratify)(design, ask.margins)
    verb: Any = getattr(fl, ask.verb)
    options: dict[str, Any] = {"population": ask.population, "level": ask.level}
    if ask.interval is not None:
        options["interval"] = ask.interval
    return verb(design, ask.column, ask.by, **options)


def delivered(ask: Ask, formats: Mapping[str, str], library: str, folder: Path, rng: random.Random) -> Any:
    """The columns as a table of a library, or as a CSV file; a column that a library cannot hold stays a list
    of objects of pandas."""
    if library == "csv":
        path = folder / f"table{rng.randrange(10**6)}.csv"
        ask.of_text = True
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([list(ask.columns), *zip(*ask.columns.values(), strict=True)])
        ask.columns = {
            name: ["" if v is None else str(v) for v in column] for name, column in ask.columns.items()
        }
        return path
    table = pd.DataFrame(
        {name: _formatted(column, formats.get(name, "")) for name, column in ask.columns.items()}
    )
    if library == "pandas":
        return table.set_index(pd.Index(range(100, 100 + len(table)))) if rng.random() < 0.2 else table
    import polars
    import pyarrow

    if any(_is_remade(column) for column in ask.columns.values()):
        return table
    try:
        return polars.from_pandas(table) if library == "polars" else pyarrow.Table.from_pandas(table)
    except (
        pyarrow.ArrowException,
        TypeError,
        ValueError,
        OverflowError,
    ):  # what such a library cannot hold, nobody can give
        return table


def _is_remade(column: list[Any]) -> bool:
    """Whether Polars and Arrow may make another column of it before the kit sees it: dates or truths beside
    numbers."""
    kinds = {type(v) for v in column if v is not None}
    return any(issubclass(kind, datetime.date) for kind in kinds) or (bool in kinds and len(kinds) > 1)


def _formatted(column: list[Any], kind: str) -> Any:
    plain: Any = pd.Series(column, dtype=object)
    if not kind:
        return (
            plain.infer_objects()
            if all(v is None or isinstance(v, (int, float, str, bool)) for v in column)
            else plain
        )
    try:
        if kind == "decimal":
            return pd.Series([None if v is None else Decimal(str(v)) for v in column], dtype=object)
        made = plain.astype(kind)
        same = all((a is None and pd.isna(b)) or a == b for a, b in zip(column, made, strict=True))
        return made if same else plain
    except (TypeError, ValueError, ArithmeticError, OverflowError):
        return plain


def another_kind(ask: Ask, formats: dict[str, str], rng: random.Random) -> str:
    """A column of the same values as another kind."""
    column = rng.choice(["S", "P", "W", "Y", "CASE", "SEX", "REGION"])
    formats[column] = rng.choice([
        "object", "Int64", "Float64", "float32", "category", "string", "decimal", "int8", "boolean",
        "Sparse[float]", "str", "float64", "int64[pyarrow]", "double[pyarrow]", "string[pyarrow]",
        "complex128", "uint64",
    ])  # fmt: skip
    if formats[column] in ("string", "str", "string[pyarrow]"):
        ask.columns[column] = [None if v is None else str(v) for v in ask.columns[column]]
    elif formats[column] == "boolean" and column == "CASE":
        ask.columns[column] = [bool(v) for v in ask.columns[column]]
    elif formats[column] == "complex128" and all(
        isinstance(v, (int, float)) or v is None for v in ask.columns[column]
    ):
        ask.columns[column] = [None if v is None else complex(v) for v in ask.columns[column]]
    _ask_of(ask, column, rng)
    return f"{column} as {formats[column]}"


def odd_value(ask: Ask, formats: dict[str, str], rng: random.Random) -> str:
    """One cell, early or late, of another kind or beyond its range."""
    column, spot = rng.choice(["S", "P", "W", "Y", "CASE", "SEX", "REGION"]), rng.choice([0, 30, 59])
    value = rng.choice(
        [
            None,
            float("nan"),
            float("inf"),
            -1.0,
            0,
            0.4,
            2.5,
            "x",
            "",
            " 1",
            "1.0",
            True,
            1e308,
            2**63,
            datetime.date(2025, 3, 1),
            [1],
            1e-320,
            Decimal("0.5"),
            f"{CANARY}Ana",
            "1e1",
            "2",
            1 + 2j,
            "not stated",
            "total",
            pd.NA,
            b"1",
        ]
    )
    ask.columns[column][spot] = value
    formats[column] = rng.choice(["object", ""])
    _ask_of(ask, column, rng)
    return f"{type(value).__name__} in {column}"


def late_fraction(ask: Ask, formats: dict[str, str], rng: random.Random) -> str:
    """Whole numbers as objects, and fractions at the end."""
    column = rng.choice(["W", "Y"])
    ask.columns[column] = [*[int(v or 1) + 1 for v in ask.columns[column][:-2]], 0.5, 2.5]
    formats[column] = "object"
    _ask_of(ask, column, rng)
    return f"late fractions in {column}"


def labels(ask: Ask, formats: dict[str, str], rng: random.Random) -> str:
    """Labels that differ in how they are written."""
    sets = [
        ["1.1", "1.10", "1.2", "1.20"],
        ["1", "01", "001", "+1"],
        ["1e1", "10", "11", "12"],
        ["NaN", "nan", "NA", "NULL"],
        ["a", "A", "b", "B"],
        ["1/2", "1 / 2", "2", "3"],
        ["0x1", "1", "2", "3"],
        ["é", "e", "f", "g"],
        ["99999999999999991", "99999999999999992", "3", "4"],
        ["1_0", "10", "2", "3"],
        ["inf", "1", "2", "3"],
        ["-1", "1", "2", "3"],
        ["2025-01-01", "2025-1-1", "x", "y"],
        ["true", "True", "1", "0"],
    ]
    chosen, column = rng.choice(sets), rng.choice(["P", "P", "S", "REGION"])
    ask.columns[column] = [chosen[i % 4] for i in range(60)]
    if column != "REGION":
        ask.nest, ask.single_psu = True, rng.choice(["adjust", "remove", "certainty", "average"])
    else:
        ask.by = [["REGION"]]
    return f"labels in {column}: {chosen[0]}"


def other_design(ask: Ask, formats: dict[str, str], rng: random.Random) -> str:
    """The same rows, drawn otherwise."""
    how = rng.choice(
        [
            "persons",
            "no strata",
            "lonely",
            "nested",
            "two strata",
            "zero weights",
            "rows gone",
            "weights doubled",
            "psu in two strata",
        ]
    )
    if how == "persons":
        ask.psu = None
    elif how == "no strata":
        ask.strata = None
    elif how == "lonely":
        ask.columns["S"] = [
            9 if p == 1 else s for s, p in zip(ask.columns["S"], ask.columns["P"], strict=True)
        ]
        ask.single_psu = rng.choice(["fail", "certainty", "remove", "adjust", "average"])
    elif how == "nested":
        ask.columns["P"] = [i % 4 for i in range(60)]
        ask.nest = True
    elif how == "two strata":
        ask.strata, ask.nest, ask.single_psu = ["S", "SEX"], True, "average"
    elif how == "zero weights":
        ask.columns["W"] = [0.0 if rng.random() < 0.2 else w for w in ask.columns["W"]]
    elif how == "rows gone":
        kept = rng.choice([0, 1, 24, 48])
        ask.columns = {name: column[:kept] for name, column in ask.columns.items()}
    elif how == "weights doubled":
        ask.columns["W"] = [2 * w for w in ask.columns["W"]]
    else:
        ask.columns["S"][0] = 2
    return f"design: {how}"


def hostile_name(ask: Ask, formats: dict[str, str], rng: random.Random) -> str:
    """A column is called as one of the kit's own, or as no column should be."""
    old, new = rng.choice(["S", "P", "W", "Y", "CASE", "SEX", "REGION"]), rng.choice(HOSTILE)
    _ask_of(ask, old, rng)
    ask.columns = {new if name == old else name: column for name, column in ask.columns.items()}
    for key in ("weight", "strata", "psu", "column"):
        if getattr(ask, key) == old:
            setattr(ask, key, new)
    ask.by = [[new if name == old else name for name in b] for b in ask.by]
    return f"{old} called {new!r}"


def odd_column(ask: Ask, formats: dict[str, str], rng: random.Random) -> str:
    """A column more that nobody asks for, of a kind that the kit need not read."""
    kinds: list[Callable[[int], Any]] = [
        lambda i: [i],
        lambda i: {"a": i},
        lambda i: pd.Period("2025-01", "M"),
        lambda i: pd.Interval(0, i + 1),
        lambda i: complex(i),
        lambda i: datetime.timedelta(i),
        lambda i: b"x",
        lambda i: object(),
        lambda i: np.float16(i),
        lambda i: "x" if i else 1,
    ]
    kind = rng.choice(kinds)
    ask.columns["EXTRA"] = [kind(i) for i in range(len(ask.columns["SEX"]))]
    return f"a column of {type(ask.columns['EXTRA'][-1]).__name__}"


def other_question(ask: Ask, formats: dict[str, str], rng: random.Random) -> str:
    """Another verb, column or breakdown."""
    ask.verb, ask.column = rng.choice(
        [
            ("mean", "Y"),
            ("total", "Y"),
            ("mean", "W"),
            ("mean", "SEX"),
            ("prevalence", "Y"),
            ("mean", "CASE"),
            ("total", "REGION"),
        ]
    )
    ask.by = rng.choice(
        [[[]], [["REGION"], ["SEX"]], [["REGION", "SEX"]], [["S"]], [[], ["P"]], [["NAME"]], [["NOWHERE"]]]
    )
    return f"{ask.verb} of {ask.column}"


def _ask_of(ask: Ask, column: str, rng: random.Random) -> None:
    """Let the question read the column that was changed."""
    if column == "Y":
        ask.verb, ask.column = rng.choice(["mean", "total"]), "Y"
    elif column == "REGION":
        ask.by = [["REGION"]]


def _with_margins(ask: Ask, rng: random.Random) -> str:
    """Weights calibrated to one margin or two."""
    name = next(
        (
            c
            for c in ask.columns
            if isinstance(next(iter(ask.columns[c]), None), str) and ask.columns[c][0] in ("m", "f")
        ),
        "SEX",
    )
    region = next((c for c in ("REGION", *HOSTILE) if c in ask.columns and c != name), "REGION")
    ask.margins, ask.method = {name: {"m": 400.0, "f": 350.0}}, rng.choice(["rake", "poststratify"])
    if rng.random() < 0.5:
        ask.margins[region], ask.method = (
            {"1": 250.0, "2": 240.0, "3": 260.0},
            rng.choice(["rake", "rake", "poststratify"]),
        )
    how = rng.choice(["", "", "", "", "missing", "more", "negative", "nan", "other total"])
    target = ask.margins[name]
    if how == "missing":
        del target["m"]
    elif how:
        target["x" if how == "more" else "m"] = {
            "more": 10.0,
            "negative": -400.0,
            "nan": float("nan"),
            "other total": 401.0,
        }[how]
    return f"{ask.method} to {len(ask.margins)} margin(s){': ' + how if how else ''}"


VALUES = (another_kind, odd_value, late_fraction, other_design)
TABLES = (
    another_kind,
    another_kind,
    odd_value,
    odd_value,
    late_fraction,
    labels,
    labels,
    other_design,
    hostile_name,
    hostile_name,
    odd_column,
    other_question,
)
LAST = {
    other_design: 1,
    hostile_name: 2,
}  # rows go, and columns get other names, after what reads them by the old ones
