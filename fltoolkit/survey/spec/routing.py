"""Defines the routing of a question: which earlier questions (gates) decide, by their answers, whether the
question is asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from fltoolkit.yaml_files.loading import ONE, Codes, Model, Names, as_entries, refuse_double_codes


class Routing(Model):
    """The rule that says who is asked a question. Answers to earlier questions decide this. Such an earlier
    question is a gate: the question is asked if the gate is open, and skipped if the gate is closed.

    Gates can be joined: with `all`, all gates must be open; with `any`, at least one gate must be open. Both
    can be nested. A single gate has the keys `column`, `asked`, `skipped`, `unknown` and `why`. If a gate has
    several columns, one answer in `asked` opens the gate, and the gate is closed only if the answers in all
    columns are in `skipped`.

    Attributes:
        all, any: a list of gates that are joined.
        column: the column or columns of the earlier question.
        asked: the codes that open the gate.
        skipped: the codes that close the gate. Without it: the `no` codes of the question with this column, or the
            `no` codes of `answers` if there is no such question.
        unknown: codes after which nobody knows whether the question was asked. Codes that are not listed also
            count as unknown.
        why: the reason, if a code of *don't know* or *refused* closes the gate.
    """

    column: Annotated[Names, Field(min_length=1)] | None = None
    asked: Annotated[Codes, Field(min_length=1)] | None = None
    skipped: Codes | None = None
    unknown: Codes = ()
    why: str = ""
    all: Annotated[tuple[Routing, ...], Field(min_length=1), BeforeValidator(as_entries), ONE] | None = None
    any: Annotated[tuple[Routing, ...], Field(min_length=1), BeforeValidator(as_entries), ONE] | None = None

    @model_validator(mode="after")
    def _one_gate_or_several(self) -> Routing:
        if (self.all is not None) + (self.any is not None) + (self.column is not None) != 1:
            raise ValueError(
                "give exactly one of column (a gate), all (every gate must be open), any (one gate must "
                "be open)"
            )
        if self.column is None and (self.asked or self.skipped or self.unknown or self.why):
            raise ValueError(
                "asked, skipped, unknown and why belong to a gate with a column; all and any only "
                "combine gates"
            )
        if self.column is not None and self.asked is None:
            raise ValueError("asked is required with column: the codes of persons who are asked the question")
        refuse_double_codes(self, "asked", "skipped", "unknown")
        return self

    @property
    def joined(self) -> tuple[Routing, ...]:
        """Returns the routings that `all` or `any` joins. The result is empty if the routing is a single gate
        (an earlier question that decides whether another is asked)."""
        return self.all or self.any or ()

    def gates(self) -> Iterator[Routing]:
        """Yields each single gate of a routing, also those within `all` and `any`. A gate is one earlier
        question, with the codes that decide whether the next question is asked."""
        if self.column:
            yield self
        for below in self.joined:
            yield from below.gates()

    def columns(self) -> list[str]:
        """Returns the columns of all gates of the routing (the earlier questions that decide whether a
        question is asked)."""
        return [name for gate in self.gates() for name in gate.column or ()]
