"""Explains the mistakes that pydantic finds in a YAML file, in plain words. Each message gives the key and
the line of the mistake."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fltoolkit.errors import did_you_mean

Schema = Mapping[str, Any]
Line = Callable[[Sequence[object]], str]
PATTERNS = {  # the patterns of texts, in words
    r"^[a-z][a-z0-9_]*$": "must be small letters a to z, digits and _, a letter first",
    r"^[^\[\]:*?/\\']([^\[\]:*?/\\]{0,29}[^\[\]:*?/\\'])?$": (
        "a sheet's name has 1 to 31 characters, none of [ ] : * ? / \\, and no quote at its ends"
    ),
}
WHOLE, NUMBER, TEXT, BOOL, KEYS, LIST = (
    "a whole number",
    "a number",
    "text",
    "true or false",
    "keys and values",
    "a list",
)
KINDS = {  # pydantic's type errors, and what each one requires
    "int_parsing": WHOLE,
    "int_type": WHOLE,
    "int_from_float": WHOLE,
    "int_parsing_size": WHOLE,
    "float_parsing": NUMBER,
    "float_type": NUMBER,
    "bool_parsing": BOOL,
    "bool_type": BOOL,
    "string_type": TEXT,
    "dict_type": KEYS,
    "model_type": KEYS,
    "model_attributes_type": KEYS,
    "tuple_type": LIST,
    "list_type": LIST,
    "date_type": "a date, as 2025-03-01",
    "date_parsing": "a date, as 2025-03-01",
    "date_from_datetime_parsing": "a date, as 2025-03-01",
}
LONGEST = 200  # characters of the value that a message shows
SHAPES = {KEYS: dict, LIST: list}


@dataclass(frozen=True)
class _Problem:
    """One error that pydantic found.

    Attributes:
        path: the keys that lead to the error in the file, such as `("groups", "sex", "codes")`.
        route: the keys that lead to the error in the JSON Schema of the model. It differs from `path` if a
            list with one element was written without brackets: `route` then has the index 0, which is not in
            the file.
        choice: if the value may have several types, the keys that lead to this value. pydantic then reports
            one error per type. None if the value may have only one type.
        error: pydantic's error.
    """

    path: tuple[object, ...]
    route: tuple[object, ...]
    choice: tuple[object, ...] | None
    error: Mapping[str, Any]

    @property
    def wanted(self) -> str:
        """Returns the type that is required, in words. The text is empty if the error is not about the
        type."""
        return KINDS.get(self.error["type"], "")


def problems(errors: Iterable[Mapping[str, Any]], schema: Schema, data: object, line: Line) -> list[str]:
    """Returns messages about the mistakes in a file, one line for each mistake.

    Args:
        errors: pydantic's errors.
        schema: the JSON Schema of the model.
        data: the content that was read from the file.
        line: returns the line of a path in the file, as ` (line 12)`.
    """
    found = [_located(error, data) for error in errors]
    # If a list is too short only because an element could not be read, the error about the element is enough.
    paths = [p.path for p in found]
    found = [
        p
        for p in found
        if p.error["type"] != "too_short"
        or not any(len(path) > len(p.path) and path[: len(p.path)] == p.path for path in paths)
    ]
    lines = []
    for place in dict.fromkeys(p.choice for p in found):
        mine = [p for p in found if p.choice == place]
        lines += (
            [_mistake_in_words(p, schema) + line(p.path) for p in mine]
            if place is None
            else _of_choice(place, mine, schema, data, line)
        )
    return lines


def _located(error: Mapping[str, Any], data: object) -> _Problem:
    """Returns an error of pydantic together with the keys that lead to the error in the file.

    pydantic adds the names of types and validators to these keys. It also adds the index 0 if a list with one
    element was written without brackets. Such names and indexes are not in the file, so they are left out.
    """
    path: list[object] = []
    route: list[object] = []
    choice, here, last = None, data, len(error["loc"]) - 1
    for i, step in enumerate(error["loc"]):
        there = (isinstance(here, dict) and step in here) or (
            isinstance(here, list) and isinstance(step, int) and step < len(here)
        )
        if there or isinstance(step, int) or (i == last and error["type"] == "missing"):
            route.append(step)
        elif choice is None and not str(step).startswith(("function-", "tagged-")):
            choice = tuple(path)
        if there or (i == last and error["type"] == "missing"):
            path.append(step)
            here = here[step] if there else None  # type: ignore[index]
    return _Problem(tuple(path), tuple(route), choice, error)


def _of_choice(
    place: tuple[object, ...], found: Sequence[_Problem], schema: Schema, data: object, line: Line
) -> list[str]:
    """Returns the messages for a value that may have several types. If the value fits one of these types, the
    messages say what is wrong with the value. Otherwise one message lists all allowed types.

    `place` is the path of the value in the file, and `found` are pydantic's errors about it.
    """
    for step in place:
        data = data[step]  # type: ignore[index]
    inner = [p for p in found if len(p.path) > len(place)]
    fitting = [p for p in found if p.wanted not in (KEYS, LIST) or isinstance(data, SHAPES[p.wanted])]
    if isinstance(data, (dict, list)) and inner:
        return [_mistake_in_words(p, schema) + line(p.path) for p in inner]
    chosen = (
        [p for p in fitting if not p.wanted]
        or (fitting if not isinstance(data, (dict, list)) else [])
        or found
    )
    kinds = list(dict.fromkeys(p.wanted for p in chosen))
    if all(kinds):
        key = ".".join(map(str, place))
        return [f"{key}: must be {' or '.join(kinds)}{_found_in_words(data)}{line(place)}"]
    return [_mistake_in_words(p, schema) + line(p.path) for p in chosen]


def _mistake_in_words(problem: _Problem, schema: Schema) -> str:
    """Returns the message for an error: the key, what is required, and what was found."""
    error, path = problem.error, [str(step) for step in problem.path]
    key, found = ".".join(path), error["input"]
    if error["type"] == "extra_forbidden":
        allowed = _fields_at(schema, [str(step) for step in problem.route[:-1]])
        return f"{key}: unknown key; allowed: {', '.join(allowed)}{did_you_mean(path[-1], allowed)}"
    if error["type"] == "missing":
        return f"{key}: this key is required"
    message = f"must be {problem.wanted}" if problem.wanted else _message(error)
    return f"{key}: {message}{_found_in_words(found)}" if key else message


def _message(error: Mapping[str, Any]) -> str:
    if error["type"] == "string_pattern_mismatch" and error["ctx"]["pattern"] in PATTERNS:
        return PATTERNS[error["ctx"]["pattern"]]
    if error["type"] == "too_short":
        return f"needs at least {error['ctx']['min_length']} item(s)"
    return str(error["msg"]).removeprefix("Value error, ").replace("Input should be", "must be")


def _found_in_words(found: object) -> str:
    return "" if isinstance(found, dict) else f"; found: {cut_text(repr(found))}"


def cut_text(text: str) -> str:
    """Returns a text for a message, cut if it is long."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 2]} …"


def _fields_at(schema: Schema, path: Sequence[str]) -> list[str]:
    """Returns the keys that a model's JSON Schema allows at `path`."""
    nodes = _alternatives(schema, schema)
    for step in path:
        nodes = [
            found
            for node in nodes
            for below in _subschemas(node, step)
            for found in _alternatives(schema, below)
        ]
    return list(dict.fromkeys(name for node in nodes for name in node.get("properties", {})))


def _subschemas(node: Schema, step: str) -> list[Schema]:
    """Returns the parts of a JSON Schema that describe the content of one key. If the schema names the key,
    this is the part under that name. Otherwise it is every part for keys without a name, and for elements of
    a list. `node` is the schema, and `step` is the key, or the position in a list."""
    if step in node.get("properties", {}):
        return [node["properties"][step]]
    others = (
        node.get("additionalProperties"),
        *node.get("patternProperties", {}).values(),
        node.get("items"),
    )
    return [other for other in others if isinstance(other, dict)]


def _alternatives(schema: Schema, node: Schema) -> list[Schema]:
    """Returns the alternatives that a JSON Schema allows (`anyOf`, `oneOf`), with all references followed. If
    there are no alternatives, the list has only `node` itself. `schema` is the whole schema, and `node` is
    the part whose alternatives are returned."""
    if "$ref" in node:
        return _alternatives(schema, schema["$defs"][node["$ref"].split("/")[-1]])
    options = [*node.get("anyOf", []), *node.get("oneOf", [])]
    return [found for option in options for found in _alternatives(schema, option)] or [node]
