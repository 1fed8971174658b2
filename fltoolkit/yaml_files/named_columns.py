"""Lists the data columns that a YAML file names, and the keys that name them."""

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
    """Returns all data columns that a model names, and all models inside it. A model names columns in its fields `column`,
    `if_ticked`, `number` (of episodes) and `washington_group`."""
    if isinstance(node, Model):
        named = [getattr(node, key, None) or () for key in ("column", "if_ticked", "number", "washington_group")]
        own = [c for found in named for c in ((found,) if isinstance(found, str) else found)]
        return [*own, *columns_named([getattr(node, name) for name in type(node).model_fields])]
    if isinstance(node, dict):
        return columns_named(list(node.values()))
    return [c for value in node for c in columns_named(value)] if isinstance(node, (list, tuple)) else []


def paths_naming(node: Any, column: str, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yields each place in a model that names a given column, as the path of its keys: `("design", "weight")`."""
    if isinstance(node, Model):
        for name in type(node).model_fields:
            yield from paths_naming(getattr(node, name), column, (*path, name))
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == column and path[-1:] == ("where",):
                yield (*path, key)
            yield from paths_naming(value, column, (*path, key))
    elif isinstance(node, (list, tuple)):
        for value in node:
            yield from paths_naming(value, column, path)
    elif node == column and path[-1] in NAME_COLUMNS:
        yield path if path[-1] != "column" else path[:-1]
