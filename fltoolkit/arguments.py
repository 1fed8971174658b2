"""Checks the arguments of public functions. A value of the wrong type raises an error that says what is
allowed."""

from __future__ import annotations

import inspect
import re
import sys
import types
from collections.abc import Callable, Iterable, KeysView, Mapping, Sequence, ValuesView
from functools import cache, partial, wraps
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import AfterValidator, AllowInfNan, BeforeValidator, Field, InstanceOf, PlainValidator, Strict

from fltoolkit.errors import FltoolkitError, Interrupted, RequestError, did_you_mean
from fltoolkit.files import file_error

Level = Annotated[
    float, Field(ge=0.5, le=0.999999), "0.95 is usual"
]  # a confidence level; below, it is the chance of an error; beyond, intervals are infinite
T = TypeVar("T", bound=Callable[..., Any])

FEW, SHORT, BITS = (
    20,
    60,
    200,
)  # longer lists, texts or numbers (in bits) are not printed; messages name only their type
LISTS = (tuple, list, Sequence, Iterable)
UNIONS = (Union, types.UnionType)
WORDS = {
    bool: "True or False",
    int: "a whole number",
    float: "a finite number",
    str: "text",
    Path: "a path",
    type(None): "None",
}
LIMITS = {"gt": "above {}", "ge": "{} or more", "lt": "below {}", "le": "{} or less"}
HOW_TO_GET = {  # the name of a type, and how a reader gets a value of that type
    "Design": (
        "give fl.classify(fl.read_survey(path)), fl.SurveyDesign(data, ...) or fl.ReplicateDesign(data, ...)"
    ),
    "Survey": "give fl.read_survey(path)",
    "ClassifiedSurvey": "classify first: persons = fl.classify(survey), then give persons",
    "Estimates": "give what fl.prevalence, fl.total and the like return; fl.risk_factors publishes a model",
    "Published": "give what fl.publish_run returns; fl.publish(est) publishes an Estimates",
    "PublishedBaseline": "give a mapping such as {'estimate': 0.017, 'ci_low': 0.012, 'ci_high': 0.024}",
    "Plan": "give fl.read_plan(path)",
    "Evidence": "give fl.evidence(plan, fl.rounds(plan, persons, out))",
}


class _Parameter(NamedTuple):
    """One argument of a function.

    Attributes:
        hint: the type hint.
        check: a function that returns the checked value, or raises pydantic's error.
    """

    hint: Any
    check: Callable[[Any], Any]


def checked(target: T) -> T:
    """Decorates a function, method or class: at every call, its arguments are checked against their type
    hints.

    NumPy's numbers, booleans and strings become Python's own types. Lists and columns of names become tuples.
    Tables, designs and other objects are passed on unchanged and are never copied. A number must be finite. A
    hint `Annotated[…]` may give limits (pydantic's `Field`) and a text that tells the user what to do. The
    hints are read at the first call, not at import, because reading them is slow.

    Args:
        target: the function or class. For a class, the constructor is checked.

    Returns:
        The same function with its name and signature, or the class itself. A call raises `RequestError` if an
            argument is missing, unknown or of another type.
    """
    if isinstance(target, type):
        target.__init__ = checked(target.__init__)  # type: ignore[misc]
        return target

    @wraps(target)
    def call(*args: Any, **kwargs: Any) -> Any:
        name, signature, parameters = _read_signature(target)
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError as error:
            raise _error_of_call(name, signature, kwargs, error) from None
        values = bound.arguments
        for argument in [name for name in values if name in parameters]:
            hint, check = parameters[argument]
            try:
                values[argument] = check(values[argument])
            except ValueError as error:
                raise _error_of_argument([name, argument], hint, values[argument], error) from None
        try:
            return target(*bound.args, **bound.kwargs)
        except FltoolkitError as error:
            if not error.where:  # what looked a name up does not know which argument gave it
                error.where = _place(name, values, error.found)
                error.args = (error.message,)
            raise
        except OSError as error:
            raise file_error(error) from None
        except KeyboardInterrupt as stopped:
            raise (
                stopped if isinstance(stopped, Interrupted) else Interrupted(f"{name} was stopped")
            ) from None

    return call  # type: ignore[return-value]


@cache
def _read_signature(function: Callable[..., Any]) -> tuple[str, inspect.Signature, dict[str, _Parameter]]:
    """Returns the name of a function for messages, its signature, and its parameters that have a type hint.

    If a module imports a type only for type checking, the type is looked up among the public names of the
    kit.
    """
    names = vars(sys.modules[__package__]) | vars(sys.modules[function.__module__])
    signature, found = inspect.signature(function), {}
    given = {
        name: hint for name, hint in function.__annotations__.items() if name != "return"
    }  # may name a table's own module
    hints = get_type_hints(types.SimpleNamespace(__annotations__=given), names, include_extras=True)
    for name, parameter in signature.parameters.items():
        hint = hints.get(name, Any)
        if hint is not Any:
            found[name] = _Parameter(
                hint, _check_of(hint, several=parameter.kind is parameter.VAR_POSITIONAL)
            )
    owner, _, own = function.__qualname__.rpartition(".")
    return (owner if own == "__init__" else own), signature, found


@cache
def _check_of(hint: Any, *, several: bool) -> Callable[[Any], Any]:
    """Returns the function that checks a value against a type hint. If `several` is true, it checks a list of
    such values. Functions with the same hint share it, because pydantic takes more than a thousandth of a
    second to make one.
    """
    from pydantic import TypeAdapter

    return TypeAdapter(_tuple_hint(hint) if several else _strict_hint(hint)).validator.validate_python


def with_columns(*names: str) -> AfterValidator:
    """Returns the part of a type hint that says which columns a table, or a result with a table, must have:
    `Annotated[pd.DataFrame, with_columns("fact", "value"), "give what fl.describe returns"]`."""

    def check(table: Any) -> Any:
        there = table.columns if hasattr(table, "columns") else table.table.columns
        if lacking := [name for name in names if name not in there]:
            raise ValueError(f"{type(table).__name__} without the column {lacking[0]}")
        return table

    return AfterValidator(check)


def _no_column(value: Any) -> Any:
    """Refuses a column where the names of columns are wanted: its values are answers of persons."""
    if type(value).__name__ == "Series":
        raise ValueError("Series")
    return value


NO_COLUMN = BeforeValidator(_no_column)
Names = Annotated[str | Sequence[str] | None, NO_COLUMN]  # of columns


def _strict_hint(hint: Any) -> Any:
    """Returns a type hint that pydantic checks strictly. Only NumPy's scalars and list-like objects are
    converted."""
    origin, inside = get_origin(hint), get_args(hint)
    if isinstance(hint, TypeVar):
        return _strict_hint(hint.__bound__)
    if hint is Any or hint is type(None):
        return hint
    if hint in (bool, int, str):
        checks = (AfterValidator(_readable),) if hint is str else ()
        return Annotated[(hint, Strict(), *checks, BeforeValidator(_python_value))]
    if hint is float:
        return Annotated[float, Strict(), AllowInfNan(False), BeforeValidator(_python_value)]
    if origin is Literal:
        return Annotated[hint, PlainValidator(partial(_one_of, inside))]
    if origin is Annotated:
        return Annotated[(_strict_hint(inside[0]), *hint.__metadata__)]
    if origin in UNIONS:
        return Union[tuple(map(_strict_hint, inside))]  # noqa: UP007
    if origin in LISTS:
        fixed = origin is tuple and ... not in inside
        return _tuple_hint(*(inside if fixed else inside[:1]), fixed=fixed)
    if origin is Mapping:
        return Mapping[_strict_hint(inside[0]), _strict_hint(inside[1])]  # type: ignore[misc]
    return Callable if origin is Callable else InstanceOf[origin or hint]  # type: ignore[misc]


def _tuple_hint(*parts: Any, fixed: bool = False) -> Any:
    """Returns a type hint for a list. With it, pydantic checks the elements and returns them as a tuple.
    `parts` are the types of the elements. If `fixed` is true, the list must have exactly one element for each
    type. Otherwise there is one type, and the list has any length."""
    kinds = tuple(map(_strict_hint, parts))
    return Annotated[tuple[kinds if fixed else (*kinds, ...)], Strict(), BeforeValidator(_as_tuple)]  # type: ignore[misc]


def _python_value(value: Any) -> Any:
    """Returns a NumPy number, boolean or string as a Python value. Other values are returned unchanged."""
    return value.item() if type(value).__module__ == "numpy" and getattr(value, "ndim", None) == 0 else value


def _readable(text: str) -> str:
    """Returns a text. Raises `ValueError` if it has a NUL character, or half a letter (a lone surrogate):
    no file and no other library takes them."""
    if "\0" in text:
        raise ValueError("text with a NUL character")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("text with half a letter (a lone surrogate)") from None
    return text


def _one_of(allowed: tuple[Any, ...], value: Any) -> Any:
    """Returns a value if it is among those allowed and has the same type: True is not 1. Otherwise raises
    `ValueError`."""
    value = _python_value(value)
    if not any(type(value) is type(other) and value == other for other in allowed):
        raise ValueError
    return value


def _as_tuple(value: Any) -> Any:
    """Returns a list, the keys of a mapping, an array or a column as a tuple. Other values are returned
    unchanged."""
    if isinstance(value, (list, range, KeysView, ValuesView)):
        return tuple(value)
    return tuple(value.tolist()) if getattr(value, "ndim", 0) == 1 and hasattr(value, "tolist") else value


def _error_of_call(
    name: str, signature: inspect.Signature, named: Mapping[str, Any], error: TypeError
) -> RequestError:
    """Returns the error for a call of the function `name` whose arguments do not fit its signature. A
    misspelt argument comes first, because the argument that it should have been is then missing too.
    `named` has the arguments that are given by name, and `error` is Python's own error."""
    allowed = [p for p in signature.parameters if p != "self"]
    if unknown := [argument for argument in named if argument not in signature.parameters]:
        problem, found = "there is no such argument", unknown[0]
    else:
        problem, found = "the arguments are not those of this call", str(error)
    return RequestError(
        problem, where=name, found=found, allowed=allowed, do=f"see {name} in docs/reference.md"
    )


def _place(name: str, values: Mapping[str, Any], found: str) -> str:
    """Returns the place that a message names: the function `name`, and the argument that holds what was
    found, if there is one. `values` has the arguments of the call."""
    return ": ".join([name, *[argument for argument, value in values.items() if _holds(value, found)][:1]])


def _holds(value: Any, text: str) -> bool:
    """Returns whether an argument is a text or a formula with it, or a list or mapping that contains it."""
    if isinstance(value, Mapping):
        return _holds([*value, *value.values()], text)
    if isinstance(value, (list, tuple)):
        return any(_holds(part, text) for part in value)
    return isinstance(value, str) and (value.strip() == text or text in re.findall(r"\w+", value))


def _error_of_argument(where: list[str], hint: Any, value: Any, error: Any) -> RequestError:
    """Returns the error for an argument. If only one element of a list or mapping is wrong, the error is
    about this element.

    `where` names the function and the argument, `hint` is the type hint of the argument, and `error` is
    pydantic's error.
    """
    do = _advice(hint)
    problems = error.errors(include_url=False, include_input=False)
    told = "".join(str(problem["ctx"]["error"]) for problem in problems if problem["type"] == "value_error")
    paths = {_element_path(problem["loc"], value) for problem in problems}
    deepest = [p for p in paths if len(p) == max(map(len, paths))]
    path = deepest[0] if len(deepest) == 1 else ()
    sizes = [0]
    for step in path:
        sizes.append(len(value))
        value, hint = value[step], _element_hint(hint, step)
    allowed = _allowed_in_words(hint)
    if type(value).__name__ == "Series" and "text" in allowed:
        do = [f"give the name of the column, not its values: {str(value.name)!r}"]
    of_kit = type(value).__name__ in HOW_TO_GET and not told
    hows = [how for name, how in HOW_TO_GET.items() if any(name in word.split() for word in allowed)]
    do = (
        [*hows, *do] if of_kit and not any(type(value).__name__ in word for word in allowed) else [*do, *hows]
    )
    found = told or (_value_in_words(value) if max(sizes) <= FEW else type(value).__name__)
    return RequestError(
        "this value is not allowed here",
        where=": ".join([*where, *map(str, path)]),
        found=found + did_you_mean(value, allowed),
        allowed=allowed,
        do=do[0] if do else f"see {where[0]} in docs/reference.md",
    )


def _advice(hint: Any) -> list[str]:
    """Returns the texts inside a type hint, such as `Annotated[Path, "give the path of a survey.yaml"]`. The
    texts say what the user of the function should do. The list is empty if the hint has no text."""
    origin, inside = get_origin(hint), get_args(hint)
    if origin in UNIONS:
        return [text for kind in inside for text in _advice(kind)]
    return [text for text in inside[1:] if isinstance(text, str)] if origin is Annotated else []


def _element_path(steps: Sequence[Any], value: Any) -> tuple[Any, ...]:
    """Returns the keys and positions that lead to the wrong element of a list or mapping: `("codes", 2)`.
    `value` is the whole argument, and `steps` is the path that pydantic reports. pydantic adds names of types
    to its path; they are left out here."""
    path: list[Any] = []
    for step in steps:
        of_list = isinstance(value, (list, tuple)) and isinstance(step, int) and step < len(value)
        if of_list or (isinstance(value, Mapping) and step in value):
            path.append(step)
            value = value[step]
    return tuple(path)


def _element_hint(hint: Any, step: Any) -> Any:
    """Returns the type hint of an element of a list or mapping. If a hint allows several types, only those
    with elements are used. `step` is the position or key of the element."""
    origin, inside = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _element_hint(inside[0], step)
    if origin in UNIONS:
        kinds = [_element_hint(kind, step) for kind in inside if get_origin(kind) in (*LISTS, Mapping)]
        return Union[tuple(kinds)]  # noqa: UP007
    return (
        inside[1]
        if origin is Mapping
        else inside[step]
        if origin is tuple and ... not in inside
        else inside[0]
        if inside
        else hint
    )


def _allowed_in_words(hint: Any) -> list[str]:
    """Returns the types of values that a type hint allows, in words. There is one text per type: `["a whole
    number", "None"]`."""
    origin, inside = get_origin(hint), get_args(hint)
    if isinstance(hint, TypeVar):
        return _allowed_in_words(hint.__bound__)
    if origin in UNIONS:
        return list(dict.fromkeys(word for kind in inside for word in _allowed_in_words(kind)))
    if origin is Literal:
        return [str(value) for value in inside]
    if origin is Annotated:
        marks = {
            n: getattr(mark, n)
            for field in inside[1:]
            for mark in getattr(field, "metadata", ())
            for n in LIMITS
            if hasattr(mark, n)
        }
        limits = [LIMITS[n].format(value) for n, value in marks.items()]
        return (
            [f"{' or '.join(_allowed_in_words(inside[0]))} {' and '.join(limits)}"]
            if limits
            else _allowed_in_words(inside[0])
        )
    if origin in LISTS:
        return [f"a list of: {' or '.join(_allowed_in_words(inside[0]))}"]
    if origin is Mapping:
        return [f"a mapping to: {' or '.join(_allowed_in_words(inside[1]))}"]
    return ["a function" if origin is Callable else WORDS.get(hint) or str(getattr(hint, "__name__", hint))]


def _value_in_words(value: Any) -> str:
    """Returns the text by which a message describes a value: its type, such as `DataFrame`. For a scalar or a
    short list of scalars, the text also has the value: `int 3`. Longer values are never printed, because they
    may be data of persons."""
    if value is None:
        return "None"
    return f"{type(value).__name__} {value!r}" if _is_simple(value) else type(value).__name__


def _is_simple(value: Any) -> bool:
    """Returns whether a value is a scalar that fits on one line, or a short list of such scalars."""
    value = _python_value(value)
    if isinstance(value, (list, tuple)):
        return len(value) <= FEW and all(map(_is_simple, value))
    if isinstance(value, int):
        return value.bit_length() <= BITS
    return isinstance(value, (float, complex, Path, type(None))) or (
        isinstance(value, str) and len(value) <= SHORT
    )
