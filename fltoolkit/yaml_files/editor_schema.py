"""Makes the JSON Schema with which an editor checks a YAML file. It allows everything that the loader reads.

The loader reads every scalar as text, and takes one element without brackets as a list of one. The schema of a pydantic model allows neither,
so it is widened here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]
INSTEAD = "x-instead"
ELEMENT, TEXT, NAMES = "element", "text", "names"
SCALAR: Schema = {"type": ["string", "number", "boolean"]}


@dataclass(frozen=True)
class Instead:
    """What a YAML file may have in place of what a model holds, for an annotation beside the validator that reads it.

    Attributes:
        kinds: `element`, one element without brackets in place of a list; `text`, a text in place of an element; `names`, a list of names.
    """

    kinds: tuple[str, ...]

    def __get_pydantic_json_schema__(self, core_schema: Any, handler: Callable[[Any], Schema]) -> Schema:
        return handler(core_schema) | {INSTEAD: list(self.kinds)}


def editor_schema(schema: Schema) -> Schema:
    """A model's JSON Schema, widened by what its annotations and the loader take instead."""
    return {key: _widened(value) for key, value in schema.items()}


def _widened(node: Any) -> Any:
    if isinstance(node, list):
        return [_widened(value) for value in node]
    if not isinstance(node, dict):
        return node
    made = {key: _widened(value) for key, value in node.items() if key != INSTEAD}
    if made.get("type") == "array" and "minLength" in made:  # pydantic's name for the length of what a validator returns
        made["minItems"] = made.pop("minLength")
    if made.get("type") == "string" and "enum" in made:
        made = {key: value for key, value in made.items() if key != "type"} | {"enum": [*made["enum"], *_numbers(made["enum"])]}
    elif made.get("type") == "string" and not made.keys() & {"const", "format", "pattern"}:
        made |= SCALAR
    kinds = node.get(INSTEAD, [])
    if TEXT in kinds:
        made["items"] = {"anyOf": [SCALAR, made["items"]]}
    others = [made["items"]] if ELEMENT in kinds else []
    others += [{"items": SCALAR, "type": "array"}] if NAMES in kinds else []
    return {"anyOf": [*others, made]} if others else made


def _numbers(words: list[Any]) -> list[int]:
    """The words that are whole numbers, as such: an editor reads `digits: 4` as a number."""
    return [int(word) for word in words if isinstance(word, str) and word.isdigit()]
