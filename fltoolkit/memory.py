"""Keeps results in memory so that the next notebook of a run need not compute them again.

A key holds everything that a result depends on. Memory is off until a run turns it on; notebooks that people open by hand work without it.
Nothing is kept on disk, because some results hold persons.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")
ResultKey = tuple[Hashable, ...]


@dataclass(frozen=True)
class _Remembered:
    """A result, and what of it could be changed by whoever has it, as it was when it was made."""

    value: Any
    state: Callable[[Any], object]
    as_made: object

    @property
    def unchanged(self) -> bool:
        return bool(self.state(self.value) == self.as_made)


_results: dict[ResultKey, _Remembered] | None = None


def turn_on() -> None:
    """Remember from now on."""
    global _results
    _results = {} if _results is None else _results


def turn_off() -> None:
    """Forget everything, and remember nothing from now on."""
    global _results
    _results = None


def is_on() -> bool:
    """Whether results are remembered."""
    return _results is not None


def remembered(
    key: ResultKey | None,
    make: Callable[[], T],
    *,
    state: Callable[[T], object] = lambda _: None,
    copied: Callable[[T], T] = lambda value: value,
) -> T:
    """What `make` gives; where that was made before under the same key, the same again.

    Args:
        key: the inputs by their hashes, and the parameters; None: it is made, and not remembered.
        make: makes it.
        state: of what is handed out as it is, all that could be changed in it. If that changed meanwhile, it is made anew.
        copied: of what anybody may change, such as a table, a copy to hand out.
    """
    if _results is None or key is None:
        return make()
    if key not in _results or not _results[key].unchanged:
        value = make()
        _results[key] = _Remembered(value, state, state(value))
    return copied(_results[key].value)


def key_from(thing: object, *more: Hashable) -> ResultKey | None:
    """The key of what follows from a remembered thing and some parameters; None where the thing is not remembered, or was changed."""
    for key, kept in (_results or {}).items():
        if kept.value is thing and kept.unchanged:
            return (*key, *more)
    return None
