"""Reads a reason in a YAML file. The reason is either a text of the author, or the key of one of the kit's
reasons. The kit has words for its own reasons in each language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from fltoolkit.languages.language import read_language
from fltoolkit.languages.reasons import Reason
from fltoolkit.languages.word_files import BASE

SCHEMA = {
    "anyOf": [
        {"type": "string"},
        {
            "type": "object",
            "properties": {"code": {"type": "string"}},
            "required": ["code"],
            "additionalProperties": {"type": "string"},
        },
    ]
}


def _read(value: object) -> Reason | str:
    """Returns a reason as it is written in a YAML file. The author's own words are returned as they are. A
    key of the kit becomes a `Reason`.

    Raises:
        ValueError: the kit has no such reason, or the reason needs other values.
    """
    if not isinstance(value, Mapping):
        return str(value)
    given = {str(name): _number(given_value) for name, given_value in value.items()}
    code = f"reasons.{given.pop('code', '')}"
    needed = read_language(BASE).places(code)
    if needed is None:
        raise ValueError(
            f"{code.partition('.')[2] or 'no code'} is no reason of the kit; write the reason in your "
            "own words"
        )
    if needed != set(given):
        raise ValueError(
            f"this reason needs the values {', '.join(sorted(needed)) or 'none'}, not "
            f"{', '.join(sorted(given)) or 'none'}"
        )
    return Reason.of(code, **given)


def _number(given_value: object) -> Any:
    """Returns a value as a number if it is written as a number. This is needed because YAML files are read as
    text."""
    for kind in (int, float):
        try:
            return kind(str(given_value))
        except ValueError:
            continue
    return str(given_value)


YamlReason = Annotated[Any, PlainValidator(_read), PlainSerializer(str), WithJsonSchema(SCHEMA)]
"""A reason in a YAML file: a text, or `{code: few_cases, N: 15}` (a key below `kit.reasons` in the language
files, with its placeholders)."""
