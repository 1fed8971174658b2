"""Keeps results in memory so that the next notebook of a run does not compute them again.

The key of a result contains everything that the result depends on. The memory is off until a run turns it on.
Notebooks that people open by hand work without it. Nothing is kept on disk, because some results contain data
of persons.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")
ResultKey = tuple[Hashable, ...]
NEW_OBJECTS = 50_000  # between two garbage collections; Python's own number is 700


@dataclass(frozen=True)
class _Remembered:
    """A result, with a check that nobody changed it.

    Attributes:
        value: the result.
        state: a function that returns the parts of the result that a user could change.
        as_made: the value that `state` returned when the result was made.
    """

    value: Any
    state: Callable[[Any], object]
    as_made: object

    @property
    def unchanged(self) -> bool:
        return bool(self.state(self.value) == self.as_made)


_results: dict[ResultKey, _Remembered] | None = None


def turn_on() -> None:
    """Start to keep results in the memory of this process, so that they are not computed again."""
    global _results
    _results = {} if _results is None else _results


def turn_off() -> None:
    """Forget all results that were kept in memory, and stop keeping new ones."""
    global _results
    _results = None


def is_on() -> bool:
    """Returns whether results are kept in memory for later notebooks of the run."""
    return _results is not None


def remembered(
    key: ResultKey | None,
    make: Callable[[], T],
    *,
    state: Callable[[T], object] = lambda _: None,
    copied: Callable[[T], T] = lambda value: value,
) -> T:
    """Returns the result of `make`. If a result was kept in memory under the same key, returns the kept
    result and does not call `make`.

    Args:
        key: everything on which the result depends: the hashes of the inputs, and the parameters. If it is
            None, the result is made and not kept.
        make: a function that makes the result.
        state: a function that returns the parts of a result that a user could change. If these have changed
            since the result was kept, the result is made again.
        copied: a function that returns a copy of the result for the caller. It is needed for a result that
            the caller may change, such as a table.
    """
    if _results is None or key is None:
        return make()
    if key not in _results or not _results[key].unchanged:
        value = make()
        _results[key] = _Remembered(value, state, state(value))
    return copied(_results[key].value)


def key_from(thing: object, *more: Hashable) -> ResultKey | None:
    """Returns the key for a result that is computed from a kept result (`thing`) and some parameters
    (`more`). Returns None if `thing` is not kept or was changed.
    """
    for key, kept in (_results or {}).items():
        if kept.value is thing and kept.unchanged:
            return (*key, *more)
    return None


def collect_garbage_less_often() -> None:
    """Makes Python's garbage collection rare in this process. All objects that exist now are never collected.
    Without this function, garbage collection takes a tenth of the time of a run.

    Only objects that refer to each other in a circle wait for garbage collection. All others, such as tables,
    are removed as soon as nothing refers to them.
    """
    gc.set_threshold(NEW_OBJECTS, *gc.get_threshold()[1:])
    gc.freeze()
