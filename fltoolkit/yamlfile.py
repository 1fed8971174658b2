"""YAML in, checked objects out: every scalar is text until a model says otherwise, and errors name the key.

Read as text, `NO` stays Norway, `01` keeps its zero and `1.0` is not a float: codes survive (see `canonical_code`).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from fltoolkit.errors import SpecError


class Model(BaseModel):
    """What every YAML model shares: unknown keys are errors, and nothing changes after loading. Built when first used, not on import."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


M = TypeVar("M", bound=Model)
UNANSWERED = "<answer>"  # what a draft (`fltoolkit new`) leaves to its reader


def canonical_code(value: object) -> str:
    """The text of a code, as the data has it after the door: trimmed, `1` and never `1.0`."""
    text = str(value).strip()
    return re.sub(r"^(-?\d+)\.0+$", r"\1", text)


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


Code = Annotated[str, BeforeValidator(canonical_code)]
Codes = Annotated[tuple[Code, ...], BeforeValidator(_as_list)]
Names = Annotated[tuple[str, ...], BeforeValidator(_as_list)]


class TextLoader(yaml.SafeLoader):
    """SafeLoader's syntax with every scalar left as text, and a repeated key refused."""


TextLoader.yaml_implicit_resolvers = {}


def pairs_of(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[str, Any]:
    """A mapping as it stands, its keys as codes, each once."""
    pairs: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = canonical_code(loader.construct_object(key_node, deep=True))
        if key in pairs:
            raise SpecError(
                "the same key is given twice",
                where=f"line {key_node.start_mark.line + 1}",
                found=key,
                do="keep one of the two; a code can mean only one thing",
            )
        pairs[key] = loader.construct_object(value_node, deep=True)
    return pairs


def _answered(loader: TextLoader, node: yaml.MappingNode) -> dict[str, Any]:
    return {key: value for key, value in pairs_of(loader, node).items() if value != ""}


TextLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _answered)


def load_yaml(path: Path, loader: type[yaml.SafeLoader] = TextLoader) -> dict[str, Any]:
    """The mapping a YAML file holds, scalars as text; a key left empty counts as absent. Another loader may say otherwise."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise SpecError("there is no such file", where=str(path), do="check the path; it is looked up as written") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SpecError("the file cannot be read as UTF-8 text", where=str(path), found=error) from None
    try:
        data = yaml.load(text, loader)
    except SpecError as error:
        raise SpecError(error.problem, where=f"{path}, {error.where}", found=error.found, do=error.do) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        problem = getattr(error, "problem", None) or str(error)
        raise SpecError(
            f"this is not YAML: {problem}", where=f"{path}{line}", do="check colons, indentation and quotes there"
        ) from None
    if not isinstance(data, dict):
        raise SpecError("the file must hold keys and values", where=str(path), found=type(data).__name__)
    return data


def load_model(path: Path, model: type[M]) -> M:
    """Read `path` into `model`; every mistake is listed with its key, what was found and what is allowed."""
    data = load_yaml(path)
    if keys := list(_unanswered(data)):
        raise SpecError(
            f"{len(keys)} key(s) still say {UNANSWERED}:\n" + "\n".join(f"  - {key}" for key in keys),
            where=str(path), do="answer them, or remove those that are not required; the comments in the draft say what is asked",
        )  # fmt: skip
    return build_model(data, model, where=str(path))


def _unanswered(node: object, key: str = "") -> Iterator[str]:
    """The keys, with dots, that a draft left to its reader."""
    if node == UNANSWERED:
        yield key
    elif isinstance(node, (dict, list)):
        for step, below in node.items() if isinstance(node, dict) else enumerate(node):
            yield from _unanswered(below, f"{key}.{step}" if key else str(step))


def load_shipped(folder: Path, name: str | Path, model: type[M], what: str) -> M:
    """A model by the name of a file the kit ships in `folder`, or by the path of a YAML file of one's own."""
    shipped = sorted(p.stem for p in folder.glob("*.yaml"))
    if str(name) in shipped:
        return load_model(folder / f"{name}.yaml", model)
    if Path(name).suffix in (".yaml", ".yml"):
        return load_model(Path(name), model)
    raise SpecError(f"no such {what}", found=name, allowed=[*shipped, f"the path of a {what}'s YAML file"])


def build_model(data: dict[str, Any], model: type[M], where: str, text: str = "") -> M:
    """Validate a mapping, turning pydantic's errors into one `SpecError` that lists them all, with the lines of its `text`."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        errors = error.errors()
        emptied = [e for e in errors if e["type"] == "too_short" and any(_below_it(e, other) for other in errors)]
        problems = [_problem(e, model) + _line(e["loc"], text) for e in errors if e not in emptied]
        raise SpecError(
            f"{len(problems)} key(s) need a change:\n" + "\n".join(f"  - {p}" for p in problems), where=where
        ) from None


def _line(loc: tuple[object, ...], text: str) -> str:
    """` (line 12)`, where the key or element at `loc` stands in the text; nothing without a text."""
    node = yaml.compose(text, TextLoader) if text else None
    line = node.start_mark.line if node else 0
    for step in loc:
        if isinstance(node, yaml.MappingNode):
            found = next((pair for pair in node.value if canonical_code(pair[0].value) == str(step)), None)
            line, node = (found[0].start_mark.line, found[1]) if found else (line, None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line
    return f" (line {line + 1})" if text else ""


def _below_it(error: Any, other: Any) -> bool:
    """Whether a list is only too short because an element of it could not be read."""
    return len(other["loc"]) > len(error["loc"]) and other["loc"][: len(error["loc"])] == error["loc"]


def _problem(error: Any, model: type[Model]) -> str:
    loc = [str(p) for p in error["loc"] if not str(p).startswith(("function-", "tagged-"))]
    key, found = ".".join(loc), error["input"]
    if error["type"] == "extra_forbidden":
        allowed = _fields_at(model, loc[:-1])
        guess = difflib.get_close_matches(loc[-1], allowed, n=1)
        hint = f"; did you mean {guess[0]}?" if guess else ""
        return f"{key}: unknown key; allowed: {', '.join(allowed)}{hint}"
    if error["type"] == "missing":
        return f"{key}: this key is required"
    message = error["msg"].removeprefix("Value error, ")
    shown = "" if isinstance(found, dict) else f"; found: {found!r}"
    return f"{key}: {message}{shown}" if key else message


def _fields_at(model: type[Model], path: list[str]) -> list[str]:
    """The keys allowed at `path`, walked through the model's JSON Schema."""
    schema = model.model_json_schema()
    nodes = _alternatives(schema, schema)
    for step in path:
        nodes = [found for node in nodes for below in _below(node, step) for found in _alternatives(schema, below)]
    return list(dict.fromkeys(name for node in nodes for name in node.get("properties", {})))


def _below(node: dict[str, Any], step: str) -> list[dict[str, Any]]:
    """What a schema says of a key of a mapping, or of an element of a list."""
    if step in node.get("properties", {}):
        return [node["properties"][step]]
    others = (node.get("additionalProperties"), *node.get("patternProperties", {}).values(), node.get("items"))
    return [other for other in others if isinstance(other, dict)]


def _alternatives(schema: dict[str, Any], node: dict[str, Any]) -> list[dict[str, Any]]:
    """A schema with its references followed, or each of its alternatives so."""
    if "$ref" in node:
        return _alternatives(schema, schema["$defs"][node["$ref"].split("/")[-1]])
    options = [*node.get("anyOf", []), *node.get("oneOf", [])]
    return [found for option in options for found in _alternatives(schema, option)] or [node]
