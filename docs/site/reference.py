"""Writes docs/reference.md from the docstrings of the public names: `python -m docs.site.reference` (run by
`make docs`)."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterator
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

import fltoolkit as fl

TARGET = Path(__file__).resolve().parents[1] / "reference.md"
SECTION = re.compile(r"(Args|Attributes|Returns|Raises|Yields):$")
STEPS = {
    "survey": "What was asked, of whom, and how they were drawn",
    "classify": "Who is in forced labour",
    "estimate": "How many, and how sure",
    "publish": "What may be published",
    "nap": "What the plan needs",
    "show": "What people look at",
    "report": "What people are handed",
}


def reference() -> str:
    """Returns the page, with one section per step and one entry per name."""
    names = {
        step: [f"fl.{name}" for name in fl.__all__ if _step_of(getattr(fl, name)) == step] for step in STEPS
    }
    for step in ("show", "report"):
        names[step] = [*_public(f"fl.{step}", getattr(fl, step))]
    lines = [
        "# The public names",
        "",
        "Made from the docstrings by `make docs`; not edited by hand. `import fltoolkit as fl`.",
        "",
    ]
    for step, title in STEPS.items():
        lines += [f"## {title}", "", ", ".join(f"[{name}](#{_slug(name)})" for name in names[step]), ""]
        for name in names[step]:
            lines += _entry(name)
    return "\n".join(lines).rstrip() + "\n"


def _step_of(thing: Any) -> str:
    return "" if inspect.ismodule(thing) else thing.__module__.split(".")[1]


def _public(path: str, module: Any) -> Iterator[str]:
    """Yields the names in a module's `__all__`, and those of modules that are in this list. For a module
    without `__all__`, yields the names of its own functions."""
    own = [
        key
        for key, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__
    ]
    for name in getattr(module, "__all__", [key for key in own if not key.startswith("_")]):
        thing = getattr(module, name)
        yield from _public(f"{path}.{name}", thing) if inspect.ismodule(thing) else [f"{path}.{name}"]


def _slug(name: str) -> str:
    return name.lower().replace(".", "")


def _entry(name: str) -> Iterator[str]:
    thing: Any = fl
    for part in name.split(".")[1:]:
        thing = getattr(thing, part)
    yield from (f"### {name}", "")
    if not inspect.isclass(thing) or "Args:" in (
        thing.__doc__ or ""
    ):  # other classes come from a function: nobody calls them
        yield from ("```text", _call(name, thing), "```", "")
    yield from (*_prose(inspect.getdoc(thing) or ""), "")
    if inspect.isclass(thing):
        for own, member in vars(thing).items():
            function = member.fget if isinstance(member, property) else member
            if own.startswith("_") or not inspect.isfunction(function) or not function.__doc__:
                continue
            call = f"`.{own}`" if isinstance(member, property) else f"`{_call(f'.{own}', function)}`"
            yield from (f"**{call}**", "", *_prose(inspect.getdoc(function) or ""), "")


def _call(name: str, thing: Any) -> str:
    parameters = _parameters(thing)
    short = f"{name}({', '.join(parameters)})"
    return (
        short
        if len(short) <= 110
        else f"{name}(\n" + "".join(f"    {parameter},\n" for parameter in parameters) + ")"
    )


def _parameters(thing: Callable[..., Any]) -> list[str]:
    """Returns the parameters of a function, without self, and with their types as the code writes them."""
    written, marked = [], False
    for parameter in inspect.signature(thing).parameters.values():
        if parameter.name == "self":
            continue
        if parameter.kind is parameter.VAR_POSITIONAL:
            marked = True
        elif parameter.kind is parameter.KEYWORD_ONLY and not marked:
            written, marked = [*written, "*"], True
        bare = parameter.replace(annotation=inspect.Parameter.empty, default=inspect.Parameter.empty)
        kind = "" if parameter.annotation is inspect.Parameter.empty else f": {parameter.annotation}"
        given = (
            ""
            if parameter.default is inspect.Parameter.empty
            else f" = {parameter.default!r}".replace("<factory>", "…")
        )
        written.append(f"{bare}{kind}{given}")
    return written


def _prose(docstring: str) -> Iterator[str]:
    """Yields the lines of a docstring, with Google's sections as lists. ``name: text`` with its indented
    continuation becomes one item. Lines without a name that follow each other become one item as well."""
    inside, item = False, False
    for line in docstring.splitlines():
        if SECTION.fullmatch(line):
            inside, item = True, False
            yield from ("", f"*{line[:-1]}*", "")
        elif inside and line.startswith("    ") and not line.startswith("     "):
            start, colon, rest = line.strip().partition(": ")
            if colon and re.fullmatch(r"[\w*, ]+", start):
                yield f"- `{start}`: {_inert(rest)}"
            else:
                yield f"{'  ' if item else '- '}{_inert(line.strip())}"
            item = True
        elif inside and line.strip():
            yield f"  {_inert(line.strip())}"
        else:
            item = False
            yield _inert(line)


def _inert(text: str) -> str:
    """Returns a docstring as plain text: outside backticks nothing counts as markup, except a word in
    *italics*."""
    kept = re.compile(r"`[^`]*`|(?<![\w*])\*\w[\w ]*\*(?![\w*])")
    plain = [re.sub(r"([<*_\[])", r"\\\1", part) for part in kept.split(text)]
    return "".join(chain.from_iterable(zip_longest(plain, kept.findall(text), fillvalue="")))


if __name__ == "__main__":
    TARGET.write_text(reference(), encoding="utf-8")
    sys.exit(0)
