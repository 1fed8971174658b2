"""Parses an expression that a user writes, such as the rule of an outcome or a formula. Nothing in it is
evaluated."""

from __future__ import annotations

import ast

LONGEST = 5_000  # characters
DEEPEST = 150  # levels of brackets and operators; a sum of n names has n levels


def parse_expression(text: str) -> ast.expr:
    """Returns an expression as Python's parser reads it.

    Raises:
        ValueError: the text is no expression, or it is too long or too deeply nested to be one that a person
            wrote.
    """
    if len(text) > LONGEST:
        raise ValueError("too long")
    try:
        parsed = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, RecursionError, MemoryError):
        raise ValueError("no expression") from None
    level: list[ast.AST] = [parsed]
    for _ in range(DEEPEST):
        level = [below for node in level for below in ast.iter_child_nodes(node)]
        if not level:
            return parsed
    raise ValueError("too deeply nested")
