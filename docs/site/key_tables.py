"""Fills the tables of keys in docs/survey_yaml.md and docs/nap_yaml.md from the models: `python -m
docs.site.key_tables` (run by `make docs`).

A table stands between `<!-- keys MODEL … -->` and `<!-- end -->`. What it says of a key is the entry of the key
under *Attributes* in the docstring of its model; whether the key is required, its allowed values and its
default are those of the model.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from fltoolkit.nap import Plan
from fltoolkit.survey.spec.survey_spec import SurveySpec

DOCS = Path(__file__).resolve().parents[1]
PAGES: dict[str, type[BaseModel]] = {"survey_yaml.md": SurveySpec, "nap_yaml.md": Plan}
TABLE = re.compile(r"(<!-- keys ([\w ]+) -->\n).*?(<!-- end -->)", re.S)
HEADING = re.compile(r"^#+ (.+)$", re.M)
ENTRY = re.compile(r"^    (\w[\w, ]*): ")


def filled(page: str, text: str) -> str:
    """Returns the text of a page with its tables made anew."""
    known = models(PAGES[page])
    anchors = _anchors(text)
    return TABLE.sub(lambda t: f"{t[1]}\n{_table([known[n] for n in t[2].split()], anchors)}\n{t[3]}", text)


def tabled(text: str) -> set[str]:
    """Returns the names of the models that have a table on a page."""
    return {name for _, names, _ in TABLE.findall(text) for name in names.split()}


def models(model: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """Returns, by name, a model and all models of its keys."""
    found: dict[str, type[BaseModel]] = {}
    waiting = [model]
    while waiting:
        one = waiting.pop()
        if one.__name__ not in found:
            found[one.__name__] = one
            waiting += [m for field in one.model_fields.values() for m in _models_in(field.annotation)]
    return found


def described(model: type[BaseModel]) -> dict[str, str]:
    """Returns what the docstring of a model says of its keys: {"cases, n": "the cases, and …"}."""
    _, _, attributes = (inspect.getdoc(model) or "").partition("\nAttributes:\n")
    entries: dict[str, str] = {}
    for line in attributes.splitlines():
        if found := ENTRY.match(line):
            entries[found[1]] = line[found.end() :]
        elif line.strip() and entries:
            entries[list(entries)[-1]] += f" {line.strip()}"
    return entries


def _table(rows: list[type[BaseModel]], anchors: dict[str, str]) -> str:
    """Returns the table of the keys of one model, or of several that share keys."""
    lines = ["| key | what it says | values |", "|---|---|---|"]
    seen: set[str] = set()
    for model in rows:
        for names, words in described(model).items():
            new = [name for name in names.split(", ") if name not in seen]
            seen.update(new)
            if new:
                fields = [model.model_fields[name] for name in new]
                keys = ", ".join(_key(n, f, anchors) for n, f in zip(new, fields, strict=True))
                lines.append(f"| {keys} | {words} | {_values(fields)} |")
    return "\n".join(lines) + "\n"


def _key(name: str, field: FieldInfo, anchors: dict[str, str]) -> str:
    """Returns a key, marked if it is required, with a link to the table of its own keys."""
    anchor = next((anchors[m.__name__] for m in _models_in(field.annotation) if m.__name__ in anchors), "")
    shown = f"[`{name}`](#{anchor})" if anchor else f"`{name}`"
    return f"{shown} **!**" if field.is_required() else shown


def _values(fields: list[FieldInfo]) -> str:
    """Returns the allowed values of keys that share a row, if they are words of a list, and the defaults that
    are not empty."""
    words = list(dict.fromkeys(word for field in fields for word in _words(field.annotation)))
    defaults = [_text(f.default) for f in fields if isinstance(f.default, (str, int, float, tuple))]
    parts = [", ".join(f"`{word}`" for word in words)] if words else []
    if any(defaults) and defaults != ["false"] * len(defaults):
        parts.append(f"default {', '.join(f'`{text}`' for text in defaults if text)}")
    return "; ".join(parts)


def _text(default: Any) -> str:
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, tuple):
        return f"[{', '.join(str(one) for one in default)}]" if default else ""
    return str(default)


def _words(annotation: Any) -> Iterator[str]:
    if get_origin(annotation) is Literal:
        yield from (str(word) for word in get_args(annotation))
    else:
        for part in get_args(annotation):
            yield from _words(part)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)


def _anchors(text: str) -> dict[str, str]:
    """Returns, by model, the anchor of the heading above its table."""
    anchors: dict[str, str] = {}
    for table in TABLE.finditer(text):
        title = HEADING.findall(text[: table.start()])[-1]
        anchor = re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-")
        anchors |= dict.fromkeys(table[2].split(), anchor)
    return anchors


if __name__ == "__main__":
    for name in PAGES:
        file = DOCS / name
        file.write_text(filled(name, file.read_text("utf-8")), "utf-8")
    sys.exit(0)
