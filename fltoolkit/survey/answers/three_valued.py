"""Combines truths that may be unresolved: yes, no, or null."""

from __future__ import annotations

from collections.abc import Sequence

import narwhals as nw


def any_of(expressions: Sequence[nw.Expr]) -> nw.Expr:
    """Returns the three-valued *or* of some truths: yes if one of them is yes, no if all are no, otherwise unresolved. Without
    truths the result is *no*.
    """
    if len(expressions) == 1:
        return expressions[0]
    return nw.any_horizontal(*expressions, ignore_nulls=False) if expressions else nw.lit(False)


def all_of(expressions: Sequence[nw.Expr]) -> nw.Expr:
    """Returns the three-valued *and* of some truths: yes if all of them are yes, no if one is no, otherwise unresolved."""
    return expressions[0] if len(expressions) == 1 else nw.all_horizontal(*expressions, ignore_nulls=False)
