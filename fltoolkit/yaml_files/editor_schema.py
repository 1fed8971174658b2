"""Makes the JSON Schema that an editor uses to check a YAML file. The schema allows everything that the
loader reads.

The loader reads every scalar as text, so it accepts a number in place of a text. It also accepts a list with
one element without brackets. The schema of a pydantic model forbids both, so this module extends the schema.
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
class SimplerForm:
    """Marks a field of a model in which a YAML file may write something simpler than the type of the field.
    With this mark, an editor also accepts the simpler form. A validator of the same field converts the
    simpler form.

    Attributes:
        kinds: the simpler forms. `element`: one element without brackets in place of a list. `text`: a text
            in place of an element. `names`: a list of names in place of a mapping.
    """

    kinds: tuple[str, ...]

    def __get_pydantic_json_schema__(self, core_schema: Any, handler: Callable[[Any], Schema]) -> Schema:
        return handler(core_schema) | {INSTEAD: list(self.kinds)}


def editor_schema(schema: Schema) -> Schema:
    """Returns a JSON Schema that allows more than the schema of the model. It also allows the simpler forms
    of fields with the mark `SimplerForm`. Where the model has texts, it also allows numbers and booleans."""
    return {key: _with_simpler_forms(value) for key, value in schema.items()}


def _with_simpler_forms(node: Any) -> Any:
    if isinstance(node, list):
        return [_with_simpler_forms(value) for value in node]
    if not isinstance(node, dict):
        return node
    made = {key: _with_simpler_forms(value) for key, value in node.items() if key != INSTEAD}
    if (
        made.get("type") == "array" and "minLength" in made
    ):  # pydantic's name for the minimum length of a validator's result
        made["minItems"] = made.pop("minLength")
    if made.get("type") == "string" and "enum" in made:
        # An editor reads `digits: 4` as a number, although the model wants the text `4`.
        numbers = [int(word) for word in made["enum"] if isinstance(word, str) and word.isdigit()]
        made = {key: value for key, value in made.items() if key != "type"}
        made["enum"] = [*made["enum"], *numbers]
    elif made.get("type") == "string" and not made.keys() & {"const", "format", "pattern"}:
        made |= SCALAR
    kinds = node.get(INSTEAD, [])
    if TEXT in kinds:
        made["items"] = {"anyOf": [SCALAR, made["items"]]}
    others = [made["items"]] if ELEMENT in kinds else []
    others += [{"items": SCALAR, "type": "array"}] if NAMES in kinds else []
    return {"anyOf": [*others, made]} if others else made
