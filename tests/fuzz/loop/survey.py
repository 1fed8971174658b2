"""A survey from its survey.yaml and CSV files: who is in forced labour, and how many (docs/survey_yaml.md,
docs/methods.md)."""

from __future__ import annotations

import codecs
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import sections, spec as keys
from .estimates import Unit, estimates
from .files import read_csv, read_yaml
from .sections import NOT_STATED
from .spec import Question
from .table import Persons, joined
from .text import number
from .verdict import Answer, Doubts, IllegalInput, Rows, UnknownInput, answered


def survey_answer(path: Path, by: Sequence[Sequence[str]], population: str | None, measure: str) -> Answer:
    """What the loop says of a survey, for one measure (`prevalence` or `total`) by some breakdowns."""
    return answered(lambda doubts: _rows(path, by, population, measure, doubts))


def _rows(
    path: Path, by: Sequence[Sequence[str]], population: str | None, measure: str, doubts: Doubts
) -> Rows:
    spec = keys.fields(
        read_yaml(path, doubts),
        "survey.yaml",
        keys.TOP - keys.NOT_IN_THE_LOOP,
        keys.REQUIRED,
        keys.NOT_IN_THE_LOOP,
    )
    sections.plain_keys(spec)
    design = sections.design(spec)
    usual = keys.answer_codes(spec, doubts)
    sides = keys.sides(spec, usual)
    work, same = keys.questions(spec["any_work"], "any_work", usual), sections.same_work(spec, usual)
    asked = [*work, *sides["involuntary"], *sides["coercion"], *same]
    keys.refuse_gates(asked, usual)
    module, age = sections.module(spec), sections.age(spec)
    populations, groups = sections.populations(spec, doubts), sections.groups(spec, doubts)
    persons = _persons(spec, path.parent, doubts)
    named = [
        *keys.every_column(asked),
        *sections.columns(design),
        age["column"],
        *(module["column"] if module else ()),
    ]
    named += [c for g in groups.values() for c in g.get("column", ())] + [
        c for p in populations.values() for c in (*p["where"], *p["weight"])
    ]
    persons.require(named)
    answered_module = _asked(persons, module, doubts)
    ages = _ages(persons, age, doubts)
    _refuse_strange_codes(persons, asked, groups, module, usual)
    _refuse_routed_past(persons, asked, answered_module)
    strata, psus = _drawn(persons, design)
    members = {name: _members(persons, p, answered_module, ages) for name, p in populations.items()}
    if not all(any(inside) for inside in members.values()):
        raise IllegalInput("nobody in a population")
    columns = dict.fromkeys(
        [design["weight"][0], *(p["weight"][0] for p in populations.values() if p["weight"])]
    )
    weights = {column: _weights(persons, column, answered_module, doubts) for column in columns}
    if age["column"] in columns:
        doubts.append("a weight that is the age")
    chosen = population if population is not None else next(iter(populations))
    if chosen not in populations:
        raise IllegalInput("no such population")
    if any(name not in groups for breakdown in by for name in breakdown):
        raise IllegalInput("no such group")
    if measure == "total" and design["weights"] == "normalised":
        raise IllegalInput("a total of normalised weights")
    weight = weights[(populations[chosen]["weight"] or design["weight"])[0]]
    if not any(inside and w > 0 for inside, w in zip(members[chosen], weight, strict=True)):
        raise UnknownInput("nobody with a weight in the population")
    truths = [_forced(persons, i, work, sides, same) for i in range(len(persons))]
    labels = {
        name: [_category(persons, i, group, ages) for i in range(len(persons))]
        for name, group in groups.items()
    }
    units = [
        Unit(
            strata[i],
            psus[i],
            weight[i],
            float(truths[i] is True),
            1.0,
            truths[i] is True,
            truths[i] is None,
            {name: values[i] for name, values in labels.items()},
            members[chosen][i],
        )
        for i in range(len(persons))
    ]
    return estimates(units, by, "total" if measure == "total" else "ratio", design["single_psu"])


def _persons(spec: dict[str, Any], folder: Path, doubts: Doubts) -> Persons:
    files = keys.fields(spec["files"], "files", {"person", "household"}, {"person"}, {"module", "episodes"})
    known = {"path", "key", "prefix", "weight_factor", "delimiter", "encoding", "decimal"}
    given = keys.fields(files["person"], "files.person", known, {"path", "key"})
    key, paths = keys.names(given["key"], "files.person.key"), keys.names(given["path"], "files.person.path")
    factors = _factors(given, len(paths))
    if len(factors) != len(paths) and (factors or len(paths) > 1):
        raise IllegalInput("files.person: another number of weight factors than of files")
    if any(f <= 0 for f in factors):
        raise IllegalInput("files.person: a weight factor that is not above zero")
    if keys.text(given.get("prefix", ""), "files.person.prefix"):
        raise UnknownInput("files.person: a prefix")
    persons = Persons(key)
    for i, name in enumerate(paths):
        header, rows = _open(folder, name, given, doubts)
        persons.add(header, rows, factors[i] if factors else 1.0, i)
    if "household" not in files:
        return persons
    other = keys.fields(files["household"], "files.household", known, {"path", "key"})
    if other.get("weight_factor"):
        raise IllegalInput("files.household: weight factors")
    path = keys.names(other["path"], "files.household.path")
    if len(path) != 1:
        raise IllegalInput("files.household: pooled otherwise than persons")
    header, rows = _open(folder, path[0], other, doubts)
    prefix, own = (
        keys.text(other.get("prefix", ""), "files.household.prefix"),
        keys.names(other["key"], "files.household.key"),
    )
    return joined(persons, [name if name in own else prefix + name for name in header], rows, own)


def _factors(given: dict[str, Any], files: int) -> list[float]:
    """The weight factors as numbers; one alone may stand without brackets, if at all."""
    value = given.get("weight_factor", [])
    if isinstance(value, str):
        raise (
            UnknownInput("a weight factor without brackets")
            if files == 1
            else IllegalInput("one weight factor for several files")
        )
    if not isinstance(value, list):
        raise IllegalInput("weight_factor: no numbers")
    return [keys.decimal(v, "weight_factor") for v in value]


def _open(
    folder: Path, name: str, given: dict[str, Any], doubts: Doubts
) -> tuple[list[str], list[list[str]]]:
    if "\0" in name or len(name) > 200:
        raise IllegalInput("no such file")
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()) or not path.is_file():
        raise IllegalInput("no such file in the folder")
    if path.suffix.lower() not in (".csv", ".tsv", ".txt"):
        raise UnknownInput("a file that is no CSV")
    encoding = given.get("encoding")
    if encoding is not None:
        try:
            if not codecs.lookup(keys.text(encoding, "encoding"))._is_text_encoding:
                raise IllegalInput("no encoding of text")
        except (LookupError, ValueError):
            raise IllegalInput("no such encoding") from None
    delimiter = given.get("delimiter")
    decimal = keys.one_of(given.get("decimal", "."), "decimal", {".", ","})
    return read_csv(
        path, None if delimiter is None else keys.text(delimiter, "delimiter"), encoding, decimal, doubts
    )


def _asked(persons: Persons, module: dict[str, tuple[str, ...]] | None, doubts: Doubts) -> list[bool]:
    if module is None:
        return [True] * len(persons)
    column = persons.column(module["column"][0])
    if "" in column:
        doubts.append("a blank module status")
    return [code in module["answered"] for code in column]


def _ages(persons: Persons, age: dict[str, Any], doubts: Doubts) -> list[float | None]:
    found: list[float | None] = []
    for code in persons.column(age["column"]):
        value = None if code in ("", *age["missing"]) else number(code, doubts)
        if value is None and code not in ("", *age["missing"]):
            raise IllegalInput("an age that is no number")
        if value is not None and not 0 <= value <= age["max"]:
            raise IllegalInput("an age out of range")
        if value is not None and value != int(value):
            doubts.append("an age that is no whole number")
        found.append(value)
    return found


def _refuse_strange_codes(
    persons: Persons,
    asked: list[Question],
    groups: dict[str, dict[str, Any]],
    module: Any,
    usual: tuple[dict[str, Any], str],
) -> None:
    """Codes that survey.yaml does not name stop the estimate; a gate may hold whatever another key names of
    its column."""
    own: list[tuple[str, set[str]]] = [(q.column, q.named) for q in asked]
    own += [(c, {*g["codes"], *g["missing"]}) for g in groups.values() for c in g.get("column", ())]
    own += (
        [(module["column"][0], {*module["answered"], *module["refused"], *module["not_asked"]})]
        if module
        else []
    )
    gates = [
        (c, {*q.asked, *q.skipped, *keys.silent([p for p in asked if p.column == c], usual)})
        for q in asked
        for c in q.gate
    ]
    for column, known in own:
        strange = set(persons.column(column)) - known - {""}
        if strange - {code for name, codes in (*own, *gates) if name == column for code in codes}:
            raise IllegalInput("a code that survey.yaml does not name")
        if strange:  # the documentation does not say whether it may stand there
            raise UnknownInput("a code that this key does not name, and another key of the column does")
    for column, known in gates:
        if (
            set(persons.column(column))
            - known
            - {""}
            - {code for name, codes in (*own, *gates) if name == column for code in codes}
        ):
            raise IllegalInput("a code that survey.yaml does not name")


def _refuse_routed_past(persons: Persons, asked: list[Question], answered_module: list[bool]) -> None:
    """An answer of somebody whom the routing sends past the question stops the estimate."""
    for q in (q for q in asked if q.gate):
        for i, code in enumerate(persons.column(q.column)):
            if answered_module[i] and code != "" and all(persons.column(c)[i] in q.skipped for c in q.gate):
                raise IllegalInput("an answer although the routing skips it")


def _drawn(persons: Persons, design: dict[str, Any]) -> tuple[list[str], list[str]]:
    strata = persons.joined(design["strata"], "all")
    if not design["psu"]:
        return strata, [str(i) for i in range(len(persons))]
    psus = persons.joined(design["psu"], "")
    if not design["nest"]:
        home: dict[str, str] = {}
        if any(home.setdefault(psu, stratum) != stratum for stratum, psu in zip(strata, psus, strict=True)):
            raise IllegalInput("a PSU in two strata")
    return strata, psus


def _members(
    persons: Persons, population: dict[str, Any], asked: list[bool], ages: list[float | None]
) -> list[bool]:
    """Who answered, of the age or of none that is known, under every condition."""
    inside = list(asked)
    for i, age in enumerate(ages):
        if age is not None:
            inside[i] &= population["min"] is None or age >= population["min"]
            inside[i] &= population["max"] is None or age <= population["max"]
    for column, codes in population["where"].items():
        inside = [here and code in codes for here, code in zip(inside, persons.column(column), strict=True)]
    return inside


def _weights(persons: Persons, column: str, asked: list[bool], doubts: Doubts) -> list[float]:
    found = []
    for code, factor, answers in zip(persons.column(column), persons.factors, asked, strict=True):
        if code == "":
            if answers:
                raise IllegalInput("a person without a weight")
            found.append(0.0)
            continue
        value = number(code, doubts)
        if value is None:
            raise IllegalInput("a weight that is no number")
        if value < 0 or not math.isfinite(value):
            raise IllegalInput("a negative or infinite weight")
        if value == 0 and answers:
            raise IllegalInput("a person who answered and counts for nothing")
        if value > 1e100 or 0 < value < 1e-100:
            raise UnknownInput("a weight beyond what squares can hold")
        found.append(value * factor)
    if not any(w > 0 for w in found):
        raise IllegalInput("no weight above zero")
    own = persons.column(column)
    others = (name for name in persons.names if name != column)
    if len(set(own)) > 1 and any(persons.column(name) == own for name in others):
        doubts.append("a weight that is another column")
    return found


def _truth(persons: Persons, i: int, question: Question) -> bool | None:
    code = persons.column(question.column)[i]
    if code == "":
        gates = [persons.column(c)[i] for c in question.gate]
        return False if gates and all(g in question.skipped for g in gates) else None
    if code in question.codes["yes"]:
        return True
    if code in question.codes["no"] or (
        code in question.codes["not_applicable"] and question.not_applicable_means == "no"
    ):
        return False
    return None


def either(truths: list[bool | None]) -> bool | None:
    """Kleene's or."""
    return True if True in truths else None if None in truths else False


def _forced(
    persons: Persons, i: int, work: list[Question], sides: dict[str, list[Question]], same: list[Question]
) -> bool | None:
    """Any work that was involuntary and coerced, in the same work: Kleene's and."""
    parts = [
        either([_truth(persons, i, q) for q in questions])
        for questions in (work, *sides.values(), *([same] if same else []))
    ]
    return False if False in parts else None if None in parts else True


def _category(persons: Persons, i: int, group: dict[str, Any], ages: list[float | None]) -> str:
    if "bands" in group:
        age, bands = ages[i], group["bands"]
        if age is None:
            return NOT_STATED
        if age < bands[0]:
            return f"under {bands[0]}"
        above = next((high for high in bands if high > age), None)
        low = max(low for low in bands if low <= age)
        return f"{low}+" if above is None else f"{low}–{above - 1}"
    code = next((c for column in group["column"] if (c := persons.column(column)[i]) != ""), "")
    label: str = group["codes"].get(code, NOT_STATED)
    return label
