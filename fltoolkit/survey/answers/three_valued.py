"""Combines three-valued conditions with *and* and *or*. Each condition is true, false, or null (nobody knows
whether it is true)."""

from __future__ import annotations

from collections.abc import Sequence

import narwhals as nw


def any_of(expressions: Sequence[nw.Expr]) -> nw.Expr:
    """Returns the three-valued *or* of some conditions: true if at least one is true, false if all are false,
    otherwise null. Without conditions, the result is false."""
    if len(expressions) == 1:
        return expressions[0]
    return nw.any_horizontal(*expressions, ignore_nulls=False) if expressions else nw.lit(False)


def all_of(expressions: Sequence[nw.Expr]) -> nw.Expr:
    """Returns the three-valued *and* of some conditions: true if all are true, false if at least one is
    false, otherwise null. At least one condition must be given."""
    return expressions[0] if len(expressions) == 1 else nw.all_horizontal(*expressions, ignore_nulls=False)
