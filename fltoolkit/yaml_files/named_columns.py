"""Finds in a YAML file the references to columns of the data, and the keys at which they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fltoolkit.yaml_files.loading import Model

NAME_COLUMNS = (
    "column",
    "columns",
    "weight",
    "strata",
    "psu",
    "fpc",
    "household",
    "line",
    "at_start",
    "number",
    "if_ticked",
    "washington_group",
)


def columns_named(node: Any) -> list[str]:
    """Returns all data columns to which a model, or a model inside it, refers. The references are in the
    fields `column`, `if_ticked`, `number` (of episodes) and `washington_group`."""
    if isinstance(node, Model):
        named = [
            getattr(node, key, None) or () for key in ("column", "if_ticked", "number", "washington_group")
        ]
        own = [c for found in named for c in ((found,) if isinstance(found, str) else found)]
        return [*own, *columns_named([getattr(node, name) for name in type(node).model_fields])]
    if isinstance(node, dict):
        return columns_named(list(node.values()))
    return [c for value in node for c in columns_named(value)] if isinstance(node, (list, tuple)) else []


def paths_naming(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yields each data column to which a model refers, and the keys that lead to the reference: `("W",
    ("design", "weight"))`. The pairs are in the order of the model's fields."""
    if isinstance(node, Model):
        for name in type(node).model_fields:
            yield from paths_naming(getattr(node, name), (*path, name))
    elif isinstance(node, dict):
        for key, value in node.items():
            if path[-1:] == ("where",):
                yield key, (*path, key)
            yield from paths_naming(value, (*path, key))
    elif isinstance(node, (list, tuple)):
        for value in node:
            yield from paths_naming(value, path)
    elif isinstance(node, str) and path[-1] in NAME_COLUMNS:
        yield node, path if path[-1] != "column" else path[:-1]
