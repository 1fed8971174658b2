"""Any table under a design: shares, means, totals, distributions, changes and contrasts, from its columns as
lists."""

from __future__ import annotations

import datetime
import math
import numbers
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from .estimates import Unit, covariance, estimates, variance
from .text import NUMBER, PLAIN, WHOLE, canonical
from .verdict import Answer, Doubts, IllegalInput, Row, Rows, UnknownInput, answered
from .weights import calibrated

NOT_STATED = "not stated"
SINGLE = {"fail", "certainty", "remove", "adjust", "average"}
INTERVALS = {
    "korn_graubard_rare",
    "korn_graubard",
    "korn_graubard_nchs",
    "beta",
    "logit",
    "wilson",
    "asin",
    "wald",
}
TRUE, FALSE = {"1", "true", "True", "TRUE"}, {"0", "false", "False", "FALSE"}
OURS = {
    "estimate",
    "se",
    "ci_low",
    "ci_high",
    "cv",
    "deff",
    "df",
    "n",
    "cases",
    "population",
    "n_eff",
    "psus_with_cases",
    "households_with_cases",
    "breakdown",
    "total",
    "change",
    "ratio",
    "method",
    "verdict",
    "reason",
    "g",
    "w",
    "bad",
    "contrast",
}
ODD_NUMBERS = {"nan", "inf", "infinity"}


@dataclass
class Ask:
    """A design and a question to it, in the words of `fl.SurveyDesign` and of its verbs.

    `of_text`: the cells come from a CSV, so that a column of plain numbers holds numbers. `margins`: what the
    weights are calibrated to.
    """

    columns: dict[str, list[Any]]
    weight: Any = "W"
    strata: Any = "S"
    psu: Any = "P"
    nest: Any = False
    single_psu: Any = "fail"
    weights: Any = "gross_up"
    verb: str = "prevalence"
    column: Any = "CASE"
    by: Any = None
    level: Any = 0.95
    interval: Any = None
    population: Any = None
    of_text: bool = False
    method: str = ""
    margins: dict[Any, Any] = field(default_factory=dict)
    contrast: dict[str, Any] | None = None


def design_answer(ask: Ask) -> Answer:
    """What the loop says of one question."""
    return answered(lambda doubts: _contrast(ask, _rows(ask, doubts), doubts))


def change_answer(before: Ask, after: Ask, shared: Any) -> Answer:
    """What the loop says of the change between two rounds: `estimate` the change, `se` that of independent or
    shared PSUs."""
    return answered(lambda doubts: _change(before, after, shared, doubts))


def _change(before: Ask, after: Ask, shared: Any, doubts: Doubts) -> Rows:
    if shared is not None and not isinstance(shared, bool):
        raise IllegalInput("shared_psus is no truth")
    one, two = _rows(before, doubts), _rows(after, doubts)
    if before.level != after.level:
        raise IllegalInput("two levels")
    if (before.verb, before.column, before.nest) != (
        after.verb,
        after.column,
        after.nest,
    ) or one.keys() != two.keys():
        raise UnknownInput("two rounds with other rows or another question")
    found = {}
    for key, earlier in one.items():
        later = two[key]
        both = earlier.influence.keys() & later.influence.keys()
        if shared is None and both:
            raise IllegalInput("labels of PSUs in both rounds")
        if shared and not both:
            raise UnknownInput("no PSU that both rounds have")
        ties = covariance(earlier, later) if shared else 0.0
        v1, v2 = earlier.se**2, later.se**2
        if 1 in earlier.size.values() or 1 in later.size.values():
            raise UnknownInput("a lonely PSU in a change")
        se = math.sqrt(max(0.0, v1 + v2 - 2 * ties)) if _alike(earlier, later, before.verb) else math.nan
        found[key] = replace(later, estimate=later.estimate - earlier.estimate, se=se, df=-1)
    return found


def _alike(earlier: Row, later: Row, verb: str) -> bool:
    """Whether the change has a standard error: rounds of unlike size, or without a case, are compared by
    their intervals."""
    pairs = ((earlier.n, later.n), (earlier.df, later.df))
    return verb == "mean" or (
        all(max(p) <= 1.25 * min(p) for p in pairs) and min(earlier.cases, later.cases) > 0
    )


def _contrast(ask: Ask, rows: Rows, doubts: Doubts) -> Rows:
    if ask.contrast is None:
        return rows
    if not ask.contrast:
        raise IllegalInput("a contrast of nothing")
    total = next(iter(rows.values()))
    estimate, influence = 0.0, dict.fromkeys(total.influence, 0.0)
    for label, times in ask.contrast.items():
        if isinstance(times, bool) or not isinstance(times, (int, float)) or not math.isfinite(times):
            raise IllegalInput("a coefficient that is no finite number")
        found = [
            row
            for key, row in rows.items()
            if [part for part in key if part != "total"] == [label]
            or (label == "total" and set(key) <= {"total"})
        ]
        if len(found) != 1:
            raise IllegalInput("no such row")
        estimate += times * found[0].estimate
        for unit, value in found[0].influence.items():
            influence[unit] += times * value
    return {
        ("wanted",): Row(-1, -1, -1, math.nan, estimate, math.sqrt(variance(influence, ask.single_psu)), -1)
    }


def _rows(ask: Ask, doubts: Doubts) -> Rows:
    layers, units = _names(ask.strata, doubts), _names(ask.psu, doubts)
    breakdowns = _breakdowns(ask.by, doubts)
    if not isinstance(ask.weight, str) or not isinstance(ask.column, str):
        raise IllegalInput("no name of a column")
    groups = list(dict.fromkeys(name for b in breakdowns for name in b))
    _check_arguments(ask, len(units))
    if not ask.columns or not next(iter(ask.columns.values())):
        raise IllegalInput("no rows")
    if len({c.lower() for c in ask.columns}) < len(ask.columns):
        raise IllegalInput("two columns of one name")
    named = [ask.weight, *layers, *units, *groups, ask.column, *ask.margins]
    if set(named) - set(ask.columns):
        raise IllegalInput("no such column")
    if any(
        c.lower().startswith(("fl__", "src__", "num__")) or c == "*" or c != c.strip() for c in ask.columns
    ):
        doubts.append("a column that is called as one of the kit's own, or with blanks around it")
    if OURS & set(groups):
        doubts.append("a group that is called as a column of results")
    kinds = {name: _kind(ask, name) for name in dict.fromkeys(named)}
    if "mixed" in kinds.values():
        raise IllegalInput("a column of mixed kinds")
    if "other" in kinds.values():
        raise UnknownInput("a column of a kind that the loop does not read")
    weights = [_weight(v, doubts) for v in ask.columns[ask.weight]]
    if not any(w > 0 for w in weights):
        raise IllegalInput("no weight above zero")
    strata, psus = _labels(ask, layers, "all", doubts), _labels(ask, units[:1], "", doubts)
    if not units:
        psus = [str(i) for i in range(len(weights))]
    _refuse_units(strata, psus, ask.nest)
    outcome = _outcome(ask, doubts)
    values = {
        name: [_category(v, ask, doubts) for v in ask.columns[name]]
        for name in dict.fromkeys([*groups, *ask.margins])
    }
    sample = [
        Unit(
            strata[i],
            psus[i],
            weights[i],
            outcome[i],
            1.0,
            outcome[i] == 1.0 if ask.verb == "prevalence" else True,
            False,
            {name: column[i] for name, column in values.items()},
        )
        for i in range(len(weights))
    ]
    residual = None
    if ask.method:
        sample, residual = calibrated(sample, ask.method, ask.margins)
        if any(NOT_STATED in values[name] for name in ask.margins):
            raise UnknownInput("persons who have no category of a margin")
    if any(w > 1e100 or 0 < w < 1e-100 for w in weights) or any(abs(y or 0.0) > 1e100 for y in outcome):
        raise UnknownInput("numbers beyond what squares can hold")
    found = estimates(
        sample, breakdowns, "total" if ask.verb == "total" else "ratio", ask.single_psu, residual
    )
    if not found:
        raise UnknownInput("an outcome that nobody has")
    return found if ask.verb == "prevalence" else {key: replace(row, cases=-1) for key, row in found.items()}


def _check_arguments(ask: Ask, units: int) -> None:
    level = ask.level
    if isinstance(level, bool) or not isinstance(level, numbers.Real) or not 0.01 <= float(level) <= 0.999999:
        raise IllegalInput("no level between 0 and 1")
    if ask.population is not None:
        raise IllegalInput("a population of a design that has none")
    if not isinstance(ask.single_psu, str) or ask.single_psu not in SINGLE:
        raise IllegalInput("no such rule for lonely PSUs")
    if ask.nest in (0, 1) and type(ask.nest) in (int, float):
        raise UnknownInput("a number for a truth")
    if type(ask.nest).__name__ not in ("bool", "bool_"):
        raise IllegalInput("nest is no truth")
    if ask.weights not in ("gross_up", "normalised"):
        raise IllegalInput("no such kind of weights")
    if ask.interval is not None and (not isinstance(ask.interval, str) or ask.interval not in INTERVALS):
        raise IllegalInput("no such interval")
    if ask.verb == "total" and ask.weights == "normalised":
        raise IllegalInput("a total of normalised weights")
    if units > 2:
        raise IllegalInput("more than two stages")


def _names(value: Any, doubts: Doubts) -> list[str]:
    if value is None:
        return []
    many = [value] if isinstance(value, str) else value
    if isinstance(many, tuple):
        many = list(many)
    if not isinstance(many, list) or not all(isinstance(v, str) for v in many):
        raise IllegalInput("no column names")
    if not many:
        doubts.append("an empty list of columns")
    if len(set(many)) < len(many):
        raise UnknownInput("a column twice")
    return many


def _breakdowns(by: Any, doubts: Doubts) -> list[list[str]]:
    if by is None:
        return [[]]
    if isinstance(by, str):
        return [[by]]
    if isinstance(by, tuple):
        raise UnknownInput("breakdowns as a tuple")
    if not isinstance(by, list):
        raise IllegalInput("no breakdowns")
    if not by:
        raise UnknownInput("an empty list of breakdowns")
    found = by if all(isinstance(b, list) for b in by) else [by]
    if not all(isinstance(name, str) for b in found for name in b):
        raise IllegalInput("no breakdowns")
    if any(len(set(b)) < len(b) for b in found) or any(found.count(b) > 1 for b in found):
        raise UnknownInput("a group or a breakdown twice")
    return [list(b) for b in found]


def _blank(value: Any, of_text: bool) -> bool:
    if (
        value is None
        or (isinstance(value, float) and math.isnan(value))
        or type(value).__name__ in ("NAType", "NaTType")
    ):
        return True
    return isinstance(value, str) and value.strip(" ") == ""


def _kind(ask: Ask, name: str) -> str:
    """`number`, `text`, `truth`, `mixed` or `other`; a blank text among numbers of memory is of another kind
    than they."""
    found = set()
    for value in ask.columns[name]:
        if (
            value is None
            or (isinstance(value, float) and math.isnan(value))
            or type(value).__name__ == "NAType"
        ):
            continue
        if isinstance(value, bool):
            found.add("truth")
        elif isinstance(value, (int, float, Decimal)):
            found.add("number")
        elif isinstance(value, str):
            found.add("text")
        elif isinstance(value, (datetime.date, list, dict, complex, bytes)):
            found.add("other")
        else:
            found.add("other")
    if len(found) > 1:
        return "mixed"
    return found.pop() if found else "number"


def _weight(value: Any, doubts: Doubts) -> float:
    if _blank(value, False):
        raise IllegalInput("a row without a weight")
    found = _number(value, doubts)
    if found is None:
        raise IllegalInput("a weight that is no number")
    if found < 0 or not math.isfinite(found):
        raise IllegalInput("a negative or infinite weight")
    return found


def _number(value: Any, doubts: Doubts) -> float | None:
    if isinstance(value, bool):
        raise UnknownInput("a truth as a number")
    if isinstance(value, int) and abs(value) > 10**15:
        doubts.append("a whole number of more than 15 digits, maybe beside fractions")
    if not isinstance(value, str):
        return float(value)
    trimmed = value.strip()
    if not NUMBER.fullmatch(trimmed):
        return None
    if not PLAIN.fullmatch(value):
        doubts.append("a number in an unusual spelling")
    return float(trimmed)


def _labels(ask: Ask, names: Sequence[str], none: str, doubts: Doubts) -> list[str]:
    """Labels of strata or PSUs: told apart as they are written."""
    if not names:
        return [none] * len(next(iter(ask.columns.values())))
    rows = list(zip(*(ask.columns[name] for name in names), strict=True))
    if any(_blank(v, ask.of_text) for row in rows for v in row):
        raise IllegalInput("a row without a stratum or PSU")
    if any(isinstance(v, str) and v.strip().lower().lstrip("+-") in ODD_NUMBERS for row in rows for v in row):
        doubts.append("a label that may be taken for no number, or for an infinite one")
    return [repr([_label(v) for v in row]) for row in rows]


def _label(value: Any) -> str:
    if isinstance(value, str):
        if WHOLE.fullmatch(value.strip(" ")):
            raise UnknownInput("a label that is a whole number with a point")
        return canonical(value)
    if isinstance(value, (bool, Decimal)):
        raise UnknownInput("a label of a kind whose text is not documented")
    if isinstance(value, float):
        if not math.isfinite(value):
            raise UnknownInput("a label that is infinite")
        if abs(value) >= 2**53:
            raise UnknownInput("a label beyond the whole numbers that a float holds")
        return str(int(value)) if value == int(value) else repr(value)
    if isinstance(value, complex):
        raise IllegalInput("a label that is a complex number")
    return str(value)


def _category(value: Any, ask: Ask, doubts: Doubts) -> str:
    if _blank(value, ask.of_text):
        return NOT_STATED
    if isinstance(value, float) and (math.isinf(value) or value != int(value)):
        raise UnknownInput("a group of fractions, or of infinity")
    label = _label(value)
    if label in ("total", NOT_STATED):
        doubts.append("a reserved label")
    return label


def _refuse_units(strata: Sequence[str], psus: Sequence[str], nest: Any) -> None:
    home: dict[str, str] = {}
    if not nest and any(home.setdefault(p, s) != s for s, p in zip(strata, psus, strict=True)):
        raise IllegalInput("a PSU in two strata")


def _outcome(ask: Ask, doubts: Doubts) -> list[float | None]:
    found: list[float | None] = []
    for value in ask.columns[ask.column]:
        if _blank(value, ask.of_text):
            found.append(None)
        elif ask.of_text and ask.verb != "prevalence" and value.strip().lower() == "nan":
            doubts.append("NaN as the text of a number that is missing")
            found.append(None)
        elif ask.verb == "prevalence":
            text = str(value) if isinstance(value, bool) else _label(value)
            if text not in TRUE | FALSE:
                raise IllegalInput("an outcome that is neither true nor false")
            found.append(float(text in TRUE))
        else:
            number = _number(value, doubts)
            if number is None or not math.isfinite(number):
                raise IllegalInput("an outcome that is no number")
            found.append(number)
    return found
