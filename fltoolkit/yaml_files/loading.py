"""Reads YAML files into checked objects. Every scalar stays text until a model gives it a type. Errors name
the key.

As text, `NO` stays Norway, `01` keeps its zero, and `1.0` is not a number. So codes are not changed (see
`canonical_code`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Annotated, Any, ClassVar, TypeVar

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from fltoolkit.errors import SpecError
from fltoolkit.files import MB, printable_path, read_text
from fltoolkit.yaml_files.editor_schema import ELEMENT, SimplerForm
from fltoolkit.yaml_files.error_messages import cut_text, problems

MOST_BYTES = 5 * MB
MOST_VALUES = 200_000  # keys, values and lists; an alias counts each time it is used
DEEPEST = 40  # levels of nested keys and lists; the kit's own files have eight
MOST_LISTED = 50  # mistakes listed for one file
MOST_KEPT = MB // 10  # characters of a file whose content is kept, in case the file is read again
TAG = "tag:yaml.org,2002:"
CALLED = {
    "int": "whole number that can be read",
    "float": "number",
    "bool": "true or false",
    "timestamp": "date or time of the calendar",
}
KIT = Path(__file__).resolve().parents[1]
OF_DATA = (".sav", ".zsav", ".por", ".dta", ".csv", ".tsv", ".tab", ".parquet", ".pq", ".xlsx")
NULL = ("~", "null", "Null", "NULL")  # YAML's words for an empty value, if they are not in quotes
SURROGATE = re.compile(r"[\ud800-\udfff]")


class Model(BaseModel):
    """Base class of all YAML models. If the file has a key that the model does not have, this is an error. A
    loaded model cannot be changed.

    To make the import fast, pydantic builds a model class when the class is first used. So a default value
    that is itself a model is made with `model_construct`, which does no checks.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


M = TypeVar("M", bound=Model)
UNANSWERED = "<answer>"  # a draft (`fltoolkit new`) has this word wherever its reader must give an answer


def canonical_code(value: object) -> str:
    """Returns the text of a code in the form that the data have after reading: trimmed, and `1` instead of
    `1.0`."""
    text = str(value).strip()
    return re.sub(r"^(-?\d+)\.0+$", r"\1", text)


def _code(value: object) -> str:
    """Returns a code of survey.yaml as text.

    Raises:
        ValueError: the value is a list or a mapping, which cannot be a code.
    """
    if isinstance(value, (list, dict)):
        raise ValueError("must be one code, such as 1 or A; write several as one list: [1, 2]")
    return canonical_code(value)


def normalised_name(text: str) -> str:
    """Returns a name without extra blanks and capitals, so that the same name in two files is recognised: `
    NORVIA ` becomes `norvia`."""
    return " ".join(text.split()).casefold()


def each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    """Returns the names of columns or files unchanged. Raises `ValueError` if a name is blank or given
    twice."""
    if not all(name.strip() for name in names):
        raise ValueError("name at least one, and none of them blank")
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"the same name is given more than once: {', '.join(twice)}; name each once")
    return names


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def as_entries(value: object) -> object:
    """Returns a single mapping as a list with this mapping, because a YAML file may write a list of one
    mapping without brackets. Any other value is returned unchanged."""
    return [value] if isinstance(value, dict) else value


ONE = SimplerForm((ELEMENT,))
Code = Annotated[str, BeforeValidator(_code)]
Codes = Annotated[tuple[Code, ...], BeforeValidator(_as_list), ONE]
Names = Annotated[tuple[str, ...], BeforeValidator(_as_list), ONE]
EachOnce = Annotated[Names, AfterValidator(each_once)]
FIRST_YEAR, LAST_YEAR = 1900, 2199
Year = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]


class BoundedLoader(yaml.SafeLoader):
    """A SafeLoader that limits the depth and size of a file. Each error names its line. `tags` are the types
    of value that are allowed."""

    tags: ClassVar[tuple[str, ...]] = ("str", "seq", "map")

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = self._deepest = self._values = 0
        self._anchored: dict[str, tuple[int, int]] = {}  # for each anchor, its number of values and levels

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Returns a node and counts the values below it, so that a few lines of aliases cannot make millions
        of values."""
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        before, above = self._values, self._deepest
        self._depth += 1
        self._deepest = self._depth
        self._values += 1
        self._refuse_excess(event.start_mark)
        node = super().compose_node(parent, index)
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchored:
                raise _error_at(
                    event.start_mark,
                    "an alias refers to a value that contains it",
                    event.anchor,
                    "write the values out",
                )
            values, levels = self._anchored[event.anchor]
            self._values, self._deepest = before + values, self._depth + levels
            self._refuse_excess(event.start_mark)
        elif event.anchor:
            self._anchored[event.anchor] = (self._values - before, self._deepest - self._depth)
        self._depth, self._deepest = self._depth - 1, max(above, self._deepest)
        return node

    def _refuse_excess(self, mark: Any) -> None:
        if self._deepest > DEEPEST:
            raise _error_at(
                mark,
                f"keys or lists nest deeper than {DEEPEST} levels",
                None,
                "write them flatter; the kit's own files have eight levels",
            )
        if self._values > MOST_VALUES:
            raise _error_at(
                mark,
                f"the file holds more than {MOST_VALUES:,} values, aliases written out",
                None,
                "keep data in a data file, and use fewer aliases",
            )

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """Returns the value of a node. Raises `SpecError`, which names the line, if the value is not valid,
        such as the date 2026-02-30."""
        kind = node.tag.removeprefix(TAG)
        if kind not in self.tags:
            raise _error_at(
                node.start_mark,
                "a tag of YAML is not allowed here",
                node.tag,
                "remove the tag, and write the value alone",
            )
        try:
            value = super().construct_object(node, deep)
        except (ValueError, TypeError, KeyError, AttributeError):
            raise _error_at(
                node.start_mark,
                f"this is no {CALLED.get(kind, 'value of that kind')}",
                cut_text(str(node.value)),
                "correct it, or put it between quotes if it is text",
            ) from None
        if isinstance(value, str) and (odd := SURROGATE.search(value)):
            raise _error_at(
                node.start_mark,
                "a text holds half a character",
                f"\\u{ord(odd[0]):04x}",
                "write the character itself",
            )
        return value


class TextLoader(BoundedLoader):
    """A loader that leaves every scalar as text, and refuses a key that is given twice."""

    def construct_scalar(self, node: yaml.ScalarNode | yaml.MappingNode) -> str:
        """Returns the text of a scalar. Refuses a text with the character NUL (written as an escape), because
        no path, name or file of results can contain this character."""
        text = str(super().construct_scalar(node))
        if "\0" in text:
            raise _error_at(node.start_mark, "a text holds the character NUL", r"\x00", "remove it")
        return text


TextLoader.yaml_implicit_resolvers = {}


def _error_at(mark: Any, problem: str, found: object, do: str) -> SpecError:
    return SpecError(problem, where=f"line {mark.line + 1}", found=found, do=do)


def pairs_of(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[str, Any]:
    """Returns a mapping of a YAML file. The keys are in the form of codes: `1`, never `1.0`. Refuses a key
    that is given twice."""
    pairs: dict[str, Any] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            raise _error_at(
                key_node.start_mark,
                "a key is a list or keys and values",
                None,
                "write a name or a code before the colon",
            )
        key = canonical_code(loader.construct_object(key_node, deep=True))
        if key in pairs:
            raise _error_at(
                key_node.start_mark,
                "the same key is given twice",
                cut_text(key),
                "keep one of the two, with the lines of both below it; a code can mean only one thing",
            )
        pairs[key] = loader.construct_object(value_node, deep=True)
    return pairs


def _without_empty_keys(loader: TextLoader, node: yaml.MappingNode) -> dict[str, Any]:
    """Returns a mapping of a YAML file without the keys whose values are empty or null."""
    empty = {
        canonical_code(key.value)
        for key, value in node.value
        if isinstance(value, yaml.ScalarNode) and value.style is None and value.value in NULL
    }
    return {key: value for key, value in pairs_of(loader, node).items() if value != "" and key not in empty}


TextLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _without_empty_keys)


class CompiledLoader(*((yaml.CSafeLoader,) if yaml.__with_libyaml__ else ()), TextLoader):  # type: ignore[misc]
    """A loader for the kit's own files. It gives the same result as TextLoader in a fifth of the time,
    because PyYAML parses in C if it can. This loader does not limit depth and size, and its error messages
    have other words.
    """


def load_yaml(path: Path, loader: type[BoundedLoader] = TextLoader) -> dict[str, Any]:
    """Returns the mapping in a YAML file. Scalars are text, unless `loader` reads them in another way. Empty
    or null keys are left out.

    Raises:
        SpecError: there is no such file, it is not a regular file or not UTF-8, it is not YAML, or it is too
            large or nested too deeply.
    """
    return read_yaml(path, loader)[0]


def read_yaml(path: Path, loader: type[BoundedLoader] = TextLoader) -> tuple[dict[str, Any], yaml.Node]:
    """Returns the mapping in a YAML file, as `load_yaml` does, and the root node of the file, which gives the
    lines."""
    if path.suffix.lower() in OF_DATA:
        do = "give the survey.yaml that describes it; `fltoolkit new` drafts one from a file of data"
        raise SpecError(
            "this is a file of data, and a YAML file is needed", where=printable_path(path), do=do
        )
    where, text = printable_path(path), read_text(path, MOST_BYTES, SpecError)
    if odd := loader.NON_PRINTABLE.search(text):
        line, found = text.count("\n", 0, odd.start()) + 1, f"U+{ord(odd[0]):04X}"
        raise SpecError(
            "this is not YAML: it holds a character that YAML does not allow",
            where=f"{where}, line {line}",
            found=found,
            do="remove it",
        )
    if loader is TextLoader and KIT in path.resolve().parents:
        loader = CompiledLoader
    parsed = _parsed_once if len(text) <= MOST_KEPT else _parsed
    try:
        data, node = parsed(loader, text)
    except SpecError as error:
        raise SpecError(
            error.problem, where=f"{where}, {error.where}", found=error.found, do=error.do
        ) from None
    except yaml.MarkedYAMLError as error:
        mark, problem = error.problem_mark or error.context_mark, error.problem or "it cannot be read"
        place = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        do = "check colons, indentation and quotes there"
        raise SpecError(f"this is not YAML: {cut_text(problem)}", where=f"{where}{place}", do=do) from None
    if node is None:
        raise SpecError(
            "the file is empty, or holds nothing but comments",
            where=where,
            do=("check that the path is right"),
        )
    if not isinstance(data, dict):
        raise SpecError(
            "the file must hold keys and values",
            where=where,
            found="a list" if isinstance(data, list) else "text alone",
            do="write `key: value` on each line; check that the path is right",
        )
    return deepcopy(data), node


def _parsed(kind: type[BoundedLoader], text: str) -> tuple[Any, yaml.Node | None]:
    """Returns the content that a loader reads from a text, and the root node of this content. If the text has
    no content, both are None."""
    loader = kind(text)
    try:
        node = loader.get_single_node()
        return (None if node is None else loader.construct_document(node)), node
    except (ValueError, OverflowError):  # from an escape such as "\U00110000", which PyYAML does not check
        raise SpecError(
            "an escape sequence stands for no character",
            where=f"line {loader.line + 1}",
            do="write the character itself",
        ) from None
    finally:
        loader.dispose()


# A survey.yaml and a rule set are read several times in a run. (mypy takes a class for an instance of it, and
# such instances have no hash.)
_parsed_once: Callable[[type[BoundedLoader], str], tuple[Any, yaml.Node | None]] = lru_cache(16)(_parsed)  # type: ignore[assignment]


def load_model(path: Path, model: type[M]) -> M:
    """Read a file into a model. The error message lists every mistake with the key, the value that was found,
    and the allowed values."""
    data, node = read_yaml(path)
    if keys := list(_unanswered(data)):
        raise SpecError(
            f"{len(keys)} key(s) still say {UNANSWERED}:\n" + "\n".join(f"  - {key}" for key in keys),
            where=str(path),
            do=(
                "answer them, or remove those that are not required; the comments in the draft say what "
                "is asked"
            ),
        )
    unknown = [key for key in data if key not in model.model_fields]
    if len(unknown) > max(3, len(data) / 2):
        do = "check that the path is right"
        problem = "this is another kind of file: most of its keys are not known here"
        raise SpecError(problem, where=str(path), found=unknown, allowed=list(model.model_fields), do=do)
    return build_model(data, model, str(path), node)


def _unanswered(node: object, key: str = "") -> Iterator[str]:
    """Yields the keys of a draft that nobody has answered yet, each as one text joined by dots. The value of
    such a key, or the key itself, is still `<answer>`.
    """
    if node == UNANSWERED:
        yield key
    elif isinstance(node, (dict, list)):
        for step, below in node.items() if isinstance(node, dict) else enumerate(node):
            path = f"{key}.{step}" if key else str(step)
            yield from [path] if step == UNANSWERED else _unanswered(below, path)


def load_shipped(folder: Path, name: str | Path, model: type[M], what: str) -> M:
    """Reads a model from a YAML file, and returns it. `name` is the name of a file in `folder` that the kit
    ships, or the path of a user's own file.

    Raises `SpecError` if there is no such file. `what` is the kind of file in words, such as a rule set.
    """
    shipped = sorted(p.stem for p in folder.glob("*.yaml"))
    if str(name) in shipped:
        return load_model(folder / f"{name}.yaml", model)
    if Path(name).suffix in (".yaml", ".yml"):
        return load_model(Path(name), model)
    raise SpecError(f"no such {what}", found=name, allowed=[*shipped, f"the path of a {what}'s YAML file"])


def build_model(data: dict[str, Any], model: type[M], where: str, node: yaml.Node | None = None) -> M:
    """Check a mapping against a model. One `SpecError` lists all errors that pydantic found. If `node` is
    given, the message also gives the lines of the errors. `where` is the file that the message names."""
    try:
        return model.model_validate(
            data, context=data
        )  # some texts depend on the language, which is another key of the file
    except ValidationError as error:
        errors = error.errors(include_url=False)
        found = problems(errors[:MOST_LISTED], _schema(model), data, partial(_line, node))
        more = len(errors) - len(errors[:MOST_LISTED])
        listed = [*found, *([f"… and {more} more"] if more else [])]
        raise SpecError(
            f"{len(found) + more} key(s) need a change:\n" + "\n".join(f"  - {p}" for p in listed),
            where=where,
        ) from None


@cache
def _schema(model: type[Model]) -> dict[str, Any]:
    """Returns the JSON Schema of a model. The schema is kept for later calls, because making it takes a third
    of a second. Callers must not change it."""
    return model.model_json_schema()


def _line(node: yaml.Node | None, path: Sequence[object]) -> str:
    """Returns the line of the key or element at `path`, as ` (line 12)`. If the key is missing, the result is
    the line of the nearest key above the missing key. Returns an empty text if there is no node or no
    path."""
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
