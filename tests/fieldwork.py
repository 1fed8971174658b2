"""Simulates interviews on a tablet: follows the rows, conditions and calculations of an XLSForm with random
answers.

The module understands the XPath that the form uses. It uses nothing of the kit, and reads only the workbook.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl

Row = dict[str, str]
Answer = Callable[[str, list[str], random.Random], str]


class Value(str):
    """The content of a field. It is compared with text as text, and with a number as a number (a blank is no
    number)."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return number(self) == other if isinstance(other, (int, float)) else str(self) == other

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __lt__(self, other: Any) -> bool:
        return number(self) < number(other)

    def __le__(self, other: Any) -> bool:
        return number(self) <= number(other)

    def __gt__(self, other: Any) -> bool:
        return number(self) > number(other)

    def __ge__(self, other: Any) -> bool:
        return number(self) >= number(other)


def number(value: object) -> float:
    try:
        return float(str(value))
    except ValueError:
        return float("nan")


def in_python(xpath: str) -> str:
    """Returns an expression of the form as a Python expression."""
    text = re.sub(r"indexed-repeat\(\$\{(\w+)\}, \$\{member\}, ", r"at('\1', ", xpath)
    text = re.sub(r"(sum|max)\(\$\{(\w+)\}\)", r"\1_of('\2')", text)
    text = text.replace("position(..)", "position()").replace(
        "format-date(date(decimal-date-time(${day}) - 365), '%d/%m/%Y')", "''"
    )
    text = re.sub(r"\$\{(\w+)\}", r"v('\1')", text)
    text = re.sub(r"(?<![\w.')])\.(?![\w.])", "v('.')", text)
    return re.sub(r"(?<![!<>=])=(?!=)", "==", text).replace("if(", "if_(")


class Form:
    """The survey and the choices of a workbook. `sections` gives the rows by their place (main, member,
    interview)."""

    def __init__(self, path: Path) -> None:
        book = openpyxl.load_workbook(path)
        self.rows: dict[str, list[Row]] = {"main": [], "member": [], "interview": []}
        self.choices: dict[str, list[str]] = {}
        for row in _table(book["choices"]):
            self.choices.setdefault(row["list_name"], []).append(row["name"])
        where, groups = "main", list[str]()
        for row in _table(book["survey"]):
            if row["type"].startswith("begin_"):
                groups.append(row["relevant"])
                where = row["name"] if row["type"] == "begin_repeat" else where
            elif row["type"].startswith("end_"):
                groups.pop()
                where = "main" if row["type"] == "end_repeat" else where
            else:
                conditions = [f"({c})" for c in (*groups, row["relevant"]) if c]
                self.rows[where].append({**row, "relevant": " and ".join(conditions)})
        expressions = {
            e
            for rows in self.rows.values()
            for r in rows
            for e in (r["relevant"], r["calculation"], r["constraint"])
            if e
        }
        self.code = {e: compile(in_python(e), e, "eval") for e in expressions}

    def household(self, answer: Answer, rng: random.Random) -> list[Row]:
        """Interviews one dwelling, and returns the rows of the repeat `interview` in the form of the
        export."""
        visit = Visit(self, answer, rng)
        visit.walk("main")
        members = range(int(visit.main.answers["members"] or 0))
        for where in ("member", "interview"):
            for line in members:
                visit.walk(where, line)
        visit.look_back()
        return [visit.export(line) for line in members]


class Instance:
    """The fields of one dwelling, member or interview: its rows by name, and the answers."""

    def __init__(self, rows: list[Row], line: int) -> None:
        self.rows, self.line, self.answers = {r["name"]: r for r in rows}, line, {}
        self.once: dict[str, Value] = {}


class Visit:
    """One dwelling during the interview."""

    def __init__(self, form: Form, answer: Answer, rng: random.Random) -> None:
        self.form, self.answer, self.rng = form, answer, rng
        self.main = Instance(form.rows["main"], 0)
        self.repeats: dict[str, list[Instance]] = {"member": [], "interview": []}
        self.made: dict[tuple[int, str], Value] = {}  # calculations, until the next answer

    def walk(self, where: str, line: int = 0) -> None:
        if where == "main":
            here = self.main
        else:
            here = Instance(self.form.rows[where], line)
            self.repeats[where].append(here)
        for name, row in here.rows.items():
            if row["calculation"] or row["type"] == "hidden":
                continue
            asked = row["type"] != "note" and self.relevant(here, name)
            kind, _, listed = row["type"].partition(" ")
            given = (
                self.answer(name, self.form.choices[listed] if kind == "select_one" else [], self.rng)
                if asked
                else ""
            )
            here.answers[name] = Value(given)
            if given:
                self.made.clear()
            if asked and row["constraint"]:
                assert self.evaluate(here, row["constraint"], name), f"{name}: the form refuses {given}"

    def relevant(self, here: Instance, name: str) -> bool:
        condition = here.rows[name]["relevant"]
        return not condition or bool(self.evaluate(here, condition, name))

    def value(self, here: Instance, name: str) -> Value:
        """Returns the present content of a field. A calculation is made when it is needed."""
        if name not in here.rows:
            here = self.main
        row = here.rows[name]
        if not row["calculation"]:
            return here.answers.get(name, Value(""))
        key = (id(here), name)
        if key not in self.made:
            self.made[key] = Value(
                self.evaluate(here, row["calculation"], name) if self.relevant(here, name) else ""
            )
        return self.made[key]

    def evaluate(self, here: Instance, expression: str, name: str) -> Any:
        def v(field: str) -> Value:
            return self.value(here, name if field == "." else field)

        def once(made: Any) -> Value:
            return here.once.setdefault(name, Value(made))

        def of_all(field: str) -> list[float]:
            return [number(self.value(member, field)) for member in self.repeats["member"]]

        functions = {
            "v": v,
            "once": once,
            "at": lambda field, line: self.value(self.repeats["member"][int(line) - 1], field),
            "if_": lambda condition, yes, no: yes if condition else no,
            "position": lambda: here.line + 1,
            "random": self.rng.random,
            "sum_of": lambda field: int(sum(of_all(field))),
            "max_of": lambda field: int(max(of_all(field), default=0)),
            "concat": lambda *parts: "".join(parts),
            "int": int,
        }
        return eval(self.form.code[expression], {"__builtins__": {}}, functions)

    def look_back(self) -> None:
        """Asserts that the finished interview hides no question that was asked, and shows no question that
        was not asked."""
        for here in (self.main, *self.repeats["member"], *self.repeats["interview"]):
            for name, row in here.rows.items():
                if row["required"]:
                    assert self.relevant(here, name) == (here.answers[name] != ""), (
                        f"{name}: the answer does not fit the routing"
                    )

    def export(self, line: int) -> Row:
        here = self.repeats["interview"][line]
        return {name: str(self.value(here, name)) for name in here.rows}


def _table(sheet: Any) -> Iterator[Row]:
    head, *lines = sheet.iter_rows(values_only=True)
    yield from ({name: str(cell or "") for name, cell in zip(head, line, strict=True)} for line in lines)
