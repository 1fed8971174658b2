"""YAML in, checked objects out: every scalar is text until a model says otherwise, and errors name the key.

Read as text, `NO` stays Norway, `01` keeps its zero and `1.0` is not a float: codes survive (see `canonical_code`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from fltoolkit.errors import SpecError
from fltoolkit.yamlwords import problems


class Model(BaseModel):
    """What every YAML model shares: unknown keys are errors, and nothing changes after loading.

    Built when first used, not on import: hence a field's default is made by `model_construct`, which checks nothing.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


M = TypeVar("M", bound=Model)
UNANSWERED = "<answer>"  # what a draft (`fltoolkit new`) leaves to its reader


def canonical_code(value: object) -> str:
    """The text of a code, as the data has it after the door: trimmed, `1` and never `1.0`."""
    text = str(value).strip()
    return re.sub(r"^(-?\d+)\.0+$", r"\1", text)


def folded(text: str) -> str:
    """A name as two files may both mean it, whatever its blanks and capitals: ` NORVIA ` is `norvia`."""
    return " ".join(text.split()).casefold()


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
    unknown = [key for key in data if key not in model.model_fields]
    if len(unknown) > max(3, len(data) / 2):
        do = "give the path of the file that is meant"
        problem = "this is another kind of file: most of its keys are not known here"
        raise SpecError(problem, where=str(path), found=unknown, allowed=list(model.model_fields), do=do)
    return build_model(data, model, str(path), path.read_text(encoding="utf-8-sig"))


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
        found = problems(
            error.errors(), model.model_json_schema(), data, partial(_line, yaml.compose(text, TextLoader) if text else None)
        )
        raise SpecError(f"{len(found)} key(s) need a change:\n" + "\n".join(f"  - {p}" for p in found), where=where) from None


def _line(node: yaml.Node | None, path: Sequence[object]) -> str:
    """` (line 12)`, where the key or element at `path` stands in the composed text, or what ought to hold it; nothing without a text, and of the whole."""
    if node is None or not path:
        return ""
    line, here = node.start_mark.line, node
    for step in path:
        if isinstance(here, yaml.MappingNode):
            found = next((pair for pair in here.value if canonical_code(pair[0].value) == str(step)), None)
            if found is None:
                break
            line, here = found[0].start_mark.line, found[1]
        elif isinstance(here, yaml.SequenceNode) and isinstance(step, int) and step < len(here.value):
            here = here.value[step]
            line = here.start_mark.line
    return f" (line {line + 1})"
