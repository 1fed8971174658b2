"""Makes a copy of a survey.yaml without `blank: no`. This key declares that a blank answer to a question
counts as *no*. In the copy, every such blank is an unresolved answer."""

from __future__ import annotations

from typing import Any, TypeVar

from fltoolkit.survey.spec.questions import Source
from fltoolkit.yaml_files.loading import Model

S = TypeVar("S")


def without_declared_blanks(node: S) -> S:
    """Returns a copy of the content of survey.yaml in which no question has `blank: no`. Blanks of these
    questions are then unresolved (neither *yes* nor *no*). `node` is the whole content or a part of it: a
    model, a mapping or a tuple. The function calls itself for the parts."""
    if isinstance(node, Source):
        return node.model_copy(update={"blank": None, "if_ticked": (), "why": ""})
    changed: Any = node
    if isinstance(node, Model):
        below = {name: without_declared_blanks(getattr(node, name)) for name in type(node).model_fields}
        changed = node.model_copy(
            update={name: new for name, new in below.items() if new is not getattr(node, name)}
        )
    elif isinstance(node, dict):
        changed = {key: without_declared_blanks(value) for key, value in node.items()}
    elif isinstance(node, tuple):
        changed = tuple(without_declared_blanks(value) for value in node)
    return changed  # type: ignore[no-any-return]
