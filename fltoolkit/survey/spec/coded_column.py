"""Gives one shape to the parts of survey.yaml that name columns of the data: what the codes of a column mean,
and under which key survey.yaml names which column."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Self

from pydantic import model_validator

from fltoolkit.yaml_files.loading import Model

ANSWERED = ("column", "if_ticked", "number", "washington_group")  # the keys of columns with answers
NAME_COLUMNS = (
    *ANSWERED,
    "columns",
    "weight",
    "strata",
    "psu",
    "fpc",
    "household",
    "line",
    "at_start",
)


class CodedColumn(Model):
    """A part of survey.yaml that says what the codes of a column mean. Each code has one meaning.

    Attributes:
        meanings: the keys that list codes, such as `in_country` and `abroad`. Each key is a meaning.
    """

    meanings: ClassVar[tuple[str, ...]] = ("codes", "missing")

    @property
    def named(self) -> tuple[str, ...]:
        """Returns all codes that are listed, whatever they mean."""
        return tuple(code for meaning in self.meanings for code in getattr(self, meaning) or ())

    def refuse_double_codes(self) -> Self:
        """Raises `ValueError` if a code has two meanings. The message names the code and both keys."""
        seen: dict[str, str] = {}
        for meaning in self.meanings:
            for code in getattr(self, meaning) or ():
                if code in seen:
                    raise ValueError(
                        f"code {code} means both {seen[code]} and {meaning}; it can mean only one"
                    )
                seen[code] = meaning
        return self

    _each_code_means_one_thing = model_validator(mode="after")(refuse_double_codes)


def columns_named(node: Any) -> list[str]:
    """Returns all columns with answers (in the keys `ANSWERED`) that a model, or a model inside it, names."""
    return [column for column, path in paths_naming(node, ("",)) if path[-1] in ANSWERED]


def paths_naming(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yields each data column that a model names, and the keys that lead to the name: `("W", ("design",
    "weight"))`. The pairs are in the order of the model's fields. A column of a condition `where` is itself a
    key, and `column` stands after it."""
    if isinstance(node, Model):
        for name in type(node).model_fields:
            yield from paths_naming(getattr(node, name), (*path, name))
    elif isinstance(node, dict):
        for key, value in node.items():
            if path[-1:] == ("where",):
                yield key, (*path, key, "column")
            elif not isinstance(value, str):  # the label of a code, which may be called `line`
                yield from paths_naming(value, (*path, key))
    elif isinstance(node, (list, tuple)):
        for value in node:
            yield from paths_naming(value, path)
    elif isinstance(node, str) and path[-1] in NAME_COLUMNS:
        yield node, path
