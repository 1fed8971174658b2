"""Reads the formula of a model, such as `forced_labour ~ C(sex) + age`. It is parsed and checked against a
short list of what a formula may have. Python never evaluates it."""

from __future__ import annotations

import ast
import io
import tokenize
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from fltoolkit.classify.outcomes_and_domains import parse_expression
from fltoolkit.errors import RequestError

ALLOWED = (
    'names of columns, Q("any name"), numbers, ~ + - : *, C(…) with Treatment or Sum, and log(…), '
    "sqrt(…) and I(…) of arithmetic (+ - * / **)"
)
EXAMPLE = (
    "write a true/false column, ~, and groups joined by + or *: forced_labour ~ C(sex) + C(region, "
    'Treatment("north"))'
)
MOST_TERMS = 500
LARGEST = 1e15  # whole numbers up to here are exact
CONTRASTS = {"Treatment": "reference", "Sum": "omit"}  # each with the name of its argument
FUNCTIONS: dict[str, Callable[[Any], Any]] = {"log": np.log, "sqrt": np.sqrt, "I": np.asarray}
SUMS = (ast.Add, ast.Sub)
SIGNS: dict[type[ast.unaryop], Callable[[Any], Any]] = {ast.UAdd: np.positive, ast.USub: np.negative}
OPERATIONS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
}

Values = Callable[[pd.DataFrame], Any]


@dataclass(frozen=True)
class Factor:
    """One factor of a formula, such as `C(sex)` or `log(age)`, in the form that patsy's model matrix needs.

    Attributes:
        code: the factor as the user wrote it.
        columns: the columns that it uses.
        categorical: whether C() makes its column a category.
    """

    code: str
    columns: tuple[str, ...] = field(compare=False)
    categorical: bool = field(compare=False)
    _values: Values = field(compare=False, repr=False)
    origin = None  # patsy looks for the place of an error here

    def name(self) -> str:
        return self.code

    def memorize_passes_needed(self, state: Any, eval_env: Any) -> int:
        return 0

    def eval(self, state: Any, data: pd.DataFrame) -> Any:
        """Returns the values of the factor for a table of covariates. patsy calls it."""
        with np.errstate(all="ignore"):  # a value that is not finite is refused later
            return self._values(data)


Term = tuple[Factor, ...]


@dataclass(frozen=True)
class ModelFormula:
    """A formula that was read.

    Attributes:
        text: the formula as the user wrote it.
        outcome: the true/false column on its left side.
        terms: the terms of its right side, each with its factors; the intercept has none.
    """

    text: str
    outcome: str
    terms: tuple[Term, ...]

    @property
    def factors(self) -> tuple[Factor, ...]:
        return tuple(dict.fromkeys(factor for term in self.terms for factor in term))

    @property
    def columns(self) -> tuple[str, ...]:
        """Returns the columns of the right side: `forced_labour ~ C(sex) + age` gives `("sex", "age")`."""
        return tuple(dict.fromkeys(column for factor in self.factors for column in factor.columns))


def read_formula(text: str) -> ModelFormula:
    """Reads a formula.

    Raises:
        RequestError: it has something that is not in `ALLOWED`; the outcome is on both sides.
    """
    outcome, tilde, terms = (part.strip() for part in text.partition("~"))
    if not tilde or not outcome.isidentifier() or not terms:
        raise RequestError(
            "the formula cannot be read", where="formula", found=text, allowed=ALLOWED, do=EXAMPLE
        )
    try:
        source = _as_python(terms)
        parsed = parse_expression(source)
    except (ValueError, SyntaxError, tokenize.TokenError):
        raise unusable_formula("it is no formula", text) from None
    try:
        found = _sum([()], parsed, True, source)
    except _NotAllowedError as error:
        raise unusable_formula(f"it has {error}", text) from None
    formula = ModelFormula(text, outcome, tuple(found))
    if outcome in formula.columns:
        raise unusable_formula(f"{outcome} is on both sides of ~, and would explain itself", text)
    return formula


def formula_of_categories(outcome: str, references: dict[str, str]) -> ModelFormula:
    """Returns the formula of an outcome by groups. `references` gives the reference category of each
    group."""
    factors = [
        Factor(
            f"C(Q({group!r}), Treatment({reference!r}))",
            (group,),
            True,
            _category(group, "Treatment", reference),
        )
        for group, reference in references.items()
    ]
    return ModelFormula(
        f"{outcome} ~ {' + '.join(f.code for f in factors)}", outcome, ((), *((f,) for f in factors))
    )


def unusable_formula(problem: str, text: str) -> RequestError:
    """Returns the error for a formula that cannot be used. `problem` must quote no value of the data."""
    return RequestError(
        f"the formula cannot be used: {problem}", where="formula", found=text, allowed=ALLOWED, do=EXAMPLE
    )


class _NotAllowedError(Exception):
    """A part of a formula that is not in `ALLOWED`. The text is this part."""


def _as_python(terms: str) -> str:
    """Returns the right side of a formula as an expression that Python's parser can read. Each `:` between
    factors becomes `**`, which binds as tightly.

    Raises:
        ValueError: a name has letters that Python would read as others, `**` is used between factors, or a
            bracket is missing.
    """
    tokens = _tokens(f"({terms})")
    calls: list[bool] = []  # for each open bracket, whether it is that of a function
    for i, (kind, text) in enumerate(tokens):
        if kind == tokenize.NAME and unicodedata.normalize("NFKC", text) != text:
            raise ValueError("letters that Python would read as others")
        if text in ("(", "[", "{"):
            calls.append(i > 0 and tokens[i - 1][0] == tokenize.NAME)
        elif text in (")", "]", "}"):
            if not calls or (len(calls) == 1 and i + 1 < len(tokens) and tokens[i + 1][1].strip()):
                raise ValueError("a bracket that was not opened")
            calls.pop()
        elif text == "**" and not any(calls):
            raise ValueError("a power between factors")
        elif text == ":" and not any(calls):
            tokens[i] = (tokenize.OP, "**")
    return str(tokenize.untokenize(tokens)).strip()


def _tokens(text: str) -> list[tuple[int, str]]:
    return [(token.type, token.string) for token in tokenize.generate_tokens(io.StringIO(text).readline)]


def _sum(before: Sequence[Term], node: ast.expr, added: bool, source: str) -> list[Term]:
    """Returns the terms of a sum: the terms of its first part (`before`), with those of the next part
    (`node`) added or taken away. `source` is the text that was parsed."""
    if added and isinstance(node, ast.BinOp) and isinstance(node.op, SUMS):
        return _sum(_sum(before, node.left, True, source), node.right, isinstance(node.op, ast.Add), source)
    if isinstance(node, ast.UnaryOp) and type(node.op) in SIGNS:
        return _sum(before, node.operand, added == isinstance(node.op, ast.UAdd), source)
    found: list[Term] = [()]
    if isinstance(node, ast.Constant) and type(node.value) is int and node.value in (0, 1):
        added = added == (node.value == 1)
    else:
        found = _terms(node, source)
    if added:
        return _each_once([*before, *found])
    gone = {frozenset(term) for term in found}
    return [term for term in before if frozenset(term) not in gone]


def _terms(node: ast.expr, source: str) -> list[Term]:
    """Returns the terms of a part of a formula: `a * b` gives a, b and a:b."""
    if isinstance(node, ast.BinOp) and isinstance(
        node.op, (ast.Mult, ast.Pow)
    ):  # a power stands for the : of the formula
        left, right = _terms(node.left, source), _terms(node.right, source)
        if len(left) * len(right) > MOST_TERMS:
            raise _NotAllowedError(f"more than {MOST_TERMS} terms")
        joined = [tuple(dict.fromkeys((*a, *b))) for a in left for b in right]
        return _each_once([*left, *right, *joined] if isinstance(node.op, ast.Mult) else joined)
    if (isinstance(node, ast.BinOp) and isinstance(node.op, SUMS)) or (
        isinstance(node, ast.UnaryOp) and type(node.op) in SIGNS
    ):
        return _sum([], node, True, source)
    return [(_factor(node, source),)]


def _each_once(terms: Sequence[Term]) -> list[Term]:
    """Returns terms without repeats; `b:a` repeats `a:b`."""
    return list({frozenset(term): term for term in reversed(terms)}.values())[::-1]


def _factor(node: ast.expr, source: str) -> Factor:
    from patsy.tokens import pretty_untokenize

    code = pretty_untokenize(
        token for token in _tokens(ast.get_source_segment(source, node) or "") if token[1].strip()
    )
    if column := _column(node):
        return Factor(code, (column,), False, lambda frame: frame[column])
    if isinstance(node, ast.Call) and _name(node.func) == "C":
        column = _column(node.args[0]) if len(node.args) in (1, 2) and not node.keywords else ""
        if column:
            contrast, level = _contrast(node.args[1]) if len(node.args) == 2 else ("Treatment", None)
            return Factor(code, (column,), True, _category(column, contrast, level))
    elif isinstance(node, ast.Call):
        columns, values = _arithmetic(node)
        if columns:
            return Factor(code, tuple(dict.fromkeys(columns)), False, values)
    raise _NotAllowedError(code)


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _column(node: ast.expr) -> str:
    """Returns the column that a name or `Q("any name")` stands for; empty if the part is neither."""
    if isinstance(node, ast.Call) and _name(node.func) == "Q" and len(node.args) == 1 and not node.keywords:
        return (
            node.args[0].value
            if isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)
            else ""
        )
    return _name(node)


def _contrast(node: ast.expr) -> tuple[str, str | float | None]:
    """Returns the contrast that the second argument of C() names, and the category in its brackets:
    `Treatment("north")` gives `("Treatment", "north")`."""
    if _name(node) in CONTRASTS:
        return _name(node), None
    if (
        isinstance(node, ast.Call)
        and (contrast := _name(node.func)) in CONTRASTS
        and len(node.args) + len(node.keywords) == 1
    ):
        named = [keyword.value for keyword in node.keywords if keyword.arg == CONTRASTS[contrast]]
        match [*node.args, *named]:
            case [ast.Constant(value=str() | int() | float() as level)] if not isinstance(level, bool):
                return contrast, level
    raise _NotAllowedError(ast.unparse(node))


def _category(column: str, contrast: str, level: str | float | None) -> Values:
    """Returns the function that makes a category of a column. `level` is the category that the contrast
    leaves out."""

    def values(frame: pd.DataFrame) -> Any:
        from patsy.builtins import C, Sum, Treatment

        return C(frame[column], {"Treatment": Treatment, "Sum": Sum}[contrast](level))

    return values


def _arithmetic(node: ast.expr) -> tuple[tuple[str, ...], Values]:
    """Returns the columns of arithmetic such as `age / 10 + 1`, and the function that computes it for a table
    of covariates."""
    if column := _column(node):
        return (column,), partial(_numbers, column=column)
    if (
        isinstance(node, ast.Constant)
        and isinstance(number := node.value, (int, float))
        and not isinstance(number, bool)
    ):
        if abs(number) > LARGEST:
            raise _NotAllowedError(f"a number above {LARGEST:g}")
        return (), lambda frame: np.float64(number)
    if isinstance(node, ast.UnaryOp) and (sign := SIGNS.get(type(node.op))):
        columns, of = _arithmetic(node.operand)
        return columns, lambda frame: sign(of(frame))
    if isinstance(node, ast.BinOp) and (operation := OPERATIONS.get(type(node.op))):
        (left_columns, left), (right_columns, right) = _arithmetic(node.left), _arithmetic(node.right)
        return (*left_columns, *right_columns), lambda frame: operation(left(frame), right(frame))
    if (
        isinstance(node, ast.Call)
        and (function := FUNCTIONS.get(_name(node.func)))
        and len(node.args) == 1
        and not node.keywords
    ):
        columns, of = _arithmetic(node.args[0])
        return columns, lambda frame: function(of(frame))
    raise _NotAllowedError(ast.unparse(node))


def _numbers(frame: pd.DataFrame, column: str) -> Any:
    if isinstance(frame[column].dtype, pd.CategoricalDtype):
        raise RequestError(
            "the formula cannot be used: it computes with a column of categories",
            where="formula",
            found=column,
            do=f"write C({column}), or name a column of numbers",
        )
    return frame[column].to_numpy(float)
