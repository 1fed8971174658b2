"""Finds the expressions of a module that a mutant may change, and writes the module with one of them
changed."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

FLIPPED = {
    ast.Lt: ">=",
    ast.LtE: ">",
    ast.Gt: "<=",
    ast.GtE: "<",
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.In: "not in",
    ast.NotIn: "in",
    ast.Is: "is not",
    ast.IsNot: "is",
}
# Swapped, their arguments raise at once, or give the same.
NO_SWAP = {"isinstance", "issubclass", "getattr", "hasattr", "setattr", "cast", "range", "max", "min", "zip"}
NOTES = "noted_of_mutants"  # the module reached.py, as a traced copy of the checkout imports it
KINDS = ("flipped comparison", "dropped condition", "constant", "swapped argument")


@dataclass(frozen=True)
class Mutant:
    """One changed expression. `nth` counts the same expressions of the function in the order of the file,
    from 0."""

    module: str  # below the package, such as "publish/reliability.py"
    function: str  # dotted where it is in a class or in another function
    kind: str
    before: str
    after: str
    nth: int = 0

    def __str__(self) -> str:
        return f"{self.module}: {self.function}: {self.kind}: {self.before} -> {self.after}"


@dataclass(frozen=True)
class Place:
    """Where a mutant's expression stands in the text of its module."""

    mutant: Mutant
    node: ast.expr


def places(module: str, text: str) -> list[Place]:
    """Returns all places of a module that a mutant of some kind may change, in the order of the file."""
    found: list[Place] = []
    seen: Counter[tuple[str, str, str]] = Counter()
    for function, node in _expressions(ast.parse(text), ()):
        for kind, after in _changes(node):
            before = ast.unparse(node)
            key = function, kind, before
            found.append(Place(Mutant(module, function, kind, before, after, seen[key]), node))
            seen[key] += 1
    return found


def place_of(mutant: Mutant, text: str) -> Place:
    """Returns where a mutant stands in its module. Raises LookupError if the expression is gone."""
    for place in places(mutant.module, text):
        if place.mutant == mutant:
            return place
    raise LookupError(
        f"{mutant}: this expression is no longer in the function: draw another mutant in its place"
    )


def mutated(place: Place, text: str) -> str:
    """Returns the module's text with the mutant's expression changed."""
    first, last = _span(place, text)
    whole = text.encode()
    return (whole[:first] + f"({place.mutant.after})".encode() + whole[last:]).decode()


def noted(places: Mapping[int, Place], text: str) -> str:
    """Returns the module's text in which each place first notes its number (module `reached`)."""
    added: list[tuple[int, int, str]] = []
    for number, place in places.items():
        first, last = _span(place, text)
        added += [(first, -last, f"(__import__({NOTES!r}).note({number}) or ("), (last, -first, "))")]
    whole = text.encode()
    for at, _, words in sorted(added, key=lambda one: one[:2], reverse=True):
        whole = whole[:at] + words.encode() + whole[at:]
    return whole.decode()


def _span(place: Place, text: str) -> tuple[int, int]:
    """Returns where a place begins and ends, in bytes, as the positions of ast are."""
    node, lines = place.node, text.encode().splitlines(keepends=True)
    first = sum(map(len, lines[: node.lineno - 1])) + node.col_offset
    return first, sum(map(len, lines[: (node.end_lineno or 0) - 1])) + (node.end_col_offset or 0)


def _expressions(node: ast.AST, names: tuple[str, ...]) -> Iterator[tuple[str, ast.expr]]:
    """Yields each expression inside a function with the function's dotted name. Types, decorators and
    defaults are left out."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for line in child.body:
                yield from _within(line, (*names, child.name))
        elif isinstance(child, ast.ClassDef):
            yield from _expressions(child, (*names, child.name))


def _within(node: ast.AST, names: tuple[str, ...]) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield from _expressions(ast.Module([node], []), names)  # type: ignore[list-item]
        return
    if isinstance(node, (ast.JoinedStr, ast.Raise, ast.Assert)):
        return  # words
    if isinstance(node, ast.expr):
        yield ".".join(names), node
    for name, value in ast.iter_fields(node):
        if name != "annotation":
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from _within(child, names)


def _changes(node: ast.expr) -> Iterator[tuple[str, str]]:
    """Yields the kinds of mutants that an expression may become, each with the new text."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        left, right = ast.unparse(node.left), ast.unparse(node.comparators[0])
        yield KINDS[0], f"{left} {FLIPPED[type(node.ops[0])]} {right}"
    elif isinstance(node, ast.BoolOp):
        kept = ast.BoolOp(node.op, node.values[:-1]) if len(node.values) > 2 else node.values[0]
        yield KINDS[1], ast.unparse(kept)
    elif isinstance(node, ast.IfExp):
        yield KINDS[1], ast.unparse(node.body)
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield (
            KINDS[2],
            repr(node.value + 1 if isinstance(node.value, int) else node.value * 1.5 + (node.value == 0)),
        )
    elif (
        isinstance(node, ast.Call)
        and len(node.args) >= 2
        and not any(isinstance(arg, ast.Starred) for arg in node.args[:2])
    ):
        first, second = node.args[:2]
        if ast.dump(first) != ast.dump(second) and ast.unparse(node.func) not in NO_SWAP:
            swapped = ast.Call(node.func, [second, first, *node.args[2:]], node.keywords)
            yield KINDS[3], ast.unparse(swapped)
