"""Brings together all yes/no questions of a survey.yaml, by the column that they read. The questions are
needed together, because one question can be the gate of another question. The answer to the gate decides
whether the other question is asked. So the gate also decides what a blank answer to the other question
means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from graphlib import TopologicalSorter

from pydantic import ValidationError

from fltoolkit.survey.spec.questions import AnswerCodes, Routing, Source

Keyed = Sequence[tuple[str, Source]]
EPISODE = "{episode}"
# Questions for which a blank must not be declared to be *no*, because all other answers depend on these
# questions.
NEVER_BLANK = ("any_work", "episodes.same_work", "children.third_party.done", "children.with_parents.done")


@dataclass(frozen=True)
class GateCodes:
    """The meaning of each code of a column in a gate. A gate is an earlier question whose answer decides
    whether another question is asked.

    Attributes:
        asked: the codes after which the other question is asked.
        skipped: the codes after which the other question is skipped.
        unknown: the codes after which nobody knows whether the other question was asked.
        listed: whether one cell contains the codes of all options that were ticked. A cell with no code of
            `asked` or `unknown` then skips the other question, and `skipped` is empty.
    """

    asked: tuple[str, ...]
    skipped: tuple[str, ...]
    unknown: tuple[str, ...]
    listed: bool


@dataclass(frozen=True)
class MappedQuestions:
    """All yes/no questions of a survey.yaml, by the column of the data that they read. The questions are
    needed together, because the answer to one question decides whether another is asked.

    A column with `{episode}` in its name is included as written. It is also included once per episode, with
    the label of the episode in its name (`WAGES_1`), because one of these columns may decide whether a
    question about the person is asked.

    Attributes:
        by_column: for each column, the questions that read it.
        answers: the codes that apply if a question has none of its own.
    """

    by_column: Mapping[str, tuple[Source, ...]]
    answers: AnswerCodes

    @classmethod
    def of(cls, questions: Keyed, answers: AnswerCodes, episodes: Sequence[str] = ()) -> MappedQuestions:
        """Returns the yes/no questions of a survey, grouped by the column that they read.

        Args:
            questions: pairs of a key in survey.yaml and a question, as `SurveySpec.questions` returns them.
            answers: the codes of *yes*, *no* and so on that apply if a question has no codes of its own.
            episodes: the labels of the episodes (spells of work) that replace `{episode}` in column names.
        """
        by_column: dict[str, list[Source]] = {}
        filled = [of_episode(s, e) for _, s in questions if EPISODE in s.column for e in episodes]
        for source in (*(s for _, s in questions), *filled):
            by_column.setdefault(source.column, []).append(source)
        return cls({column: tuple(sources) for column, sources in by_column.items()}, answers)

    def codes(self, source: Source) -> AnswerCodes:
        """Returns the codes of a question by their meaning: *yes*, *no*, *don't know* and so on. If the
        question itself has no code for a meaning, the codes of `answers` are used."""
        return _codes(source, self.answers)

    def blank_read_by(self, column: str) -> Source | None:
        """Returns the question that says what a blank in a column means: the first question on this column
        that has routing or `blank: no`. Returns None if there is no such question."""
        return next((s for s in self.by_column.get(column, ()) if s.routing or s.blank), None)

    def gates_by_turn(self) -> Iterator[list[str]]:
        """Yields the columns of all gates, in an order in which the meaning of their blanks can be decided. A
        gate is an earlier question that decides whether another question is asked. A gate may itself have
        gates.

        Each list that is yielded contains gates that depend only on gates of earlier lists. A gate is left
        out if no question says what its blanks mean.
        """
        asked = [
            s for sources in self.by_column.values() for s in sources if s.routing and EPISODE not in s.column
        ]
        left = {name for source in asked for name in source.gate_columns}
        order: TopologicalSorter[str] = TopologicalSorter()
        for gate in left:
            read = self.blank_read_by(gate)
            order.add(gate, *(read.gate_columns if read else ()))
        order.prepare()
        while order.is_active():
            ready = order.get_ready()
            order.done(*ready)
            if gates := sorted(gate for gate in ready if self.blank_read_by(gate)):
                yield gates

    def gate_codes(self, gate: Routing, column: str) -> GateCodes:
        """Returns the meaning of each code of a column in a gate. A gate is an earlier question that decides
        whether another is asked. After a code, the other question is asked, or it is skipped, or nobody knows
        whether it was asked.

        Raises:
            ValueError: a code has two meanings; or the other question is skipped after "don't know" or
                "refused", and survey.yaml does not say why.
        """
        sources = self.by_column.get(column, ())
        own, asked = [self.codes(s) for s in sources] or [self.answers], gate.asked or ()
        open_ = tuple(dict.fromkeys(code for codes in own for code in codes.meaning_unresolved))
        if any(s.contains for s in sources):
            if gate.skipped is not None:
                raise ValueError(
                    f"{column} holds several codes: the gate is closed if no code under asked is "
                    "ticked; "
                    "leave skipped out"
                )
            open_ = self.open_codes(sources[0])
            return GateCodes(asked, (), tuple(c for c in (*gate.unknown, *open_) if c not in asked), True)
        skipped = self._skipped(gate, column, own)
        if both := [code for code in skipped if code in (*asked, *gate.unknown)]:
            raise ValueError(
                f"code {both[0]} of {column} means no, so it closes the gate, and it is also under "
                "asked "
                "or unknown; give skipped: here"
            )
        stated = [code for code in skipped if code in self.nonresponse_codes(column)]
        if stated and not gate.why.strip():
            raise ValueError(
                f"code {stated[0]} of {column} is don't know or refused, and is listed under skipped: it "
                "would count as no. "
                "Take it out of skipped, and the question stays unresolved; or give the reason (it means "
                "no, or something else) under "
                "why:, which is printed"
            )
        return GateCodes(
            asked, skipped, tuple(c for c in (*gate.unknown, *open_) if c not in (*asked, *skipped)), False
        )

    def open_codes(self, source: Source) -> tuple[str, ...]:
        """Returns the codes that leave a question unresolved (neither *yes* nor *no*), such as the codes of
        *don't know*.

        In a column whose cells have the codes of several ticked options, such a code is about the whole cell.
        So for such a column, the result has the unresolved codes and the `missing` codes of all questions on
        the column.
        """
        if not source.contains:
            return self.codes(source).meaning_unresolved
        own = [self.codes(s) for s in self.by_column[source.column]]
        return tuple(
            dict.fromkeys(code for codes in own for code in (*codes.meaning_unresolved, *codes.missing))
        )

    def nonresponse_codes(self, column: str) -> frozenset[str]:
        """Returns the codes of a column that mean *don't know* or *refused*."""
        own = [self.codes(s) for s in self.by_column.get(column, ())] or [self.answers]
        return frozenset(code for codes in own for code in (*codes.dont_know, *codes.refused))

    def _skipped(self, gate: Routing, column: str, own: Sequence[AnswerCodes]) -> tuple[str, ...]:
        if gate.skipped is not None:
            return gate.skipped
        if len({frozenset(codes.meaning_no) for codes in own}) > 1:
            raise ValueError(
                f"several questions have the column {column}, with different codes for no; give skipped: here"
            )
        return own[0].meaning_no


def of_episode(source: Source, episode: str) -> Source:
    """Returns a question for one episode (spell) of work. The label of the episode replaces `{episode}` in
    the names of its columns: `WAGES_{episode}` becomes `WAGES_1`."""

    def named(routing: Routing) -> Routing:
        columns = (
            None
            if routing.column is None
            else tuple(name.replace(EPISODE, episode) for name in routing.column)
        )
        each = {
            key: tuple(map(named, joined))
            for key in ("all", "any")
            if (joined := getattr(routing, key)) is not None
        }
        return routing.model_copy(update={"column": columns, **each})

    own = {
        "column": source.column.replace(EPISODE, episode),
        "if_ticked": tuple(name.replace(EPISODE, episode) for name in source.if_ticked),
        "routing": None if source.routing is None else named(source.routing),
    }
    return source.model_copy(update=own)


def refuse_unfit_questions(questions: Keyed, answers: AnswerCodes, episodes: Sequence[str] = ()) -> None:
    """Raise `ValueError` if the codes, gates or blanks of the questions contradict each other. The message
    names the key, the column, and what to do.

    Args:
        questions: pairs of a key in survey.yaml and a question, as `SurveySpec.questions` returns them.
        answers: the codes that apply if a question has none of its own.
        episodes: the labels of the episodes (spells of work) that replace `{episode}` in column names.
    """
    mapped = MappedQuestions.of(questions, answers, episodes)
    for where, source in questions:
        _refuse_gates_of_no_episode(where, source, episodes)
        if source.blank and where in NEVER_BLANK:
            raise ValueError(
                f"{where}: a blank of column {source.column} cannot mean no, because all other questions "
                "depend on this "
                "one; remove blank: no, and name the gate under routing"
            )
        try:
            mapped.codes(source)
            for gate in source.gates:
                skipped = {column: mapped.gate_codes(gate, column).skipped for column in gate.column or ()}
                if gate.why and not any(
                    mapped.nonresponse_codes(column).intersection(codes) for column, codes in skipped.items()
                ):
                    raise ValueError(
                        "why: is the reason why don't know or refused counts as no, but no code under "
                        "skipped means don't know or refused"
                    )
        except ValidationError as error:
            problem = error.errors()[0]["msg"].removeprefix("Value error, ")
            raise ValueError(f"{where}: of column {source.column}, {problem}") from None
        except ValueError as error:
            raise ValueError(f"{where}, routing of column {source.column}: {error}") from None
    _refuse_two_readings(questions, mapped)
    _refuse_circles(questions, mapped)


def _refuse_gates_of_no_episode(where: str, source: Source, episodes: Sequence[str]) -> None:
    """Raise `ValueError` if a question that is asked once per person refers to a column with `{episode}` in
    its name, under `routing` or `if_ticked`. Such a question must refer to the column of one episode, because
    otherwise it is not clear which episode is meant.

    `where` is the key of the question. `episodes` are the labels of the survey's episodes.
    """
    beside = [*source.gate_columns, *source.if_ticked]
    wrong = next((name for name in beside if EPISODE in name), None)
    if wrong and EPISODE not in source.column and episodes:
        named = ", ".join(wrong.replace(EPISODE, label) for label in episodes)
        raise ValueError(
            f"{where}: column {source.column} is asked once of a person, and {wrong} in its routing or "
            "if_ticked is of each episode; name "
            f"the episodes' own columns there ({named}), or write {EPISODE} in the question's column too"
        )


def _refuse_two_readings(questions: Keyed, mapped: MappedQuestions) -> None:
    """Raise `ValueError` if two questions read the same column in different ways. For example, one expects
    several codes in a cell and the other a single code; or their separators differ; or a code is an answer in
    one question and *don't know* in the other. Also raise the error if two questions give the blanks in the
    column of a gate different meanings. A gate is an earlier question that decides whether another is
    asked."""
    for column, sources in mapped.by_column.items():
        if len({bool(s.contains) for s in sources}) > 1:
            raise ValueError(
                f"column {column} is read as several codes in one question (contains) and as one "
                "code in "
                "another; say contains in both"
            )
        if len({s.separator for s in sources}) > 1:
            raise ValueError(f"column {column} has two separators; give the same in each question, or none")
        for source in sources:
            if both := [code for code in source.contains or () if code in mapped.open_codes(source)]:
                raise ValueError(
                    f"code {both[0]} of column {column} is an option in one question and don't know, "
                    "refused or not applicable in another "
                    "(by its own keys, or those of answers); say dont_know: and refused: in each "
                    "question of the column"
                )
    for where, source in questions:
        if listed := [
            name for name in source.if_ticked if any(s.contains for s in mapped.by_column.get(name, ()))
        ]:
            raise ValueError(
                f"{where}: if_ticked of column {source.column} names {listed[0]}, which holds several "
                "codes; it is for options with columns of "
                "their own: take it out, and give why: or routing:"
            )
    gates = {c: where for where, source in questions for c in source.gate_columns}
    for column, where in gates.items():
        readings = {
            repr((s.routing, s.blank, s.if_ticked))
            for s in mapped.by_column.get(column, ())
            if s.routing or s.blank
        }
        if len(readings) > 1:
            raise ValueError(
                f"{where}, routing: {column} is the gate, and questions on {column} have different "
                "routing or blank, so a skip "
                "would mean two things: give the same in each"
            )


def _refuse_circles(questions: Keyed, mapped: MappedQuestions) -> None:
    """Raise `ValueError` if a question decides, directly or through others, whether the question itself is
    asked."""
    without_circle = set[str]()
    for where, source in questions:
        if source.column in source.gate_columns:
            raise ValueError(
                f"{where}, routing: the gate is the question's own column, {source.column}; name the "
                "question before it, whose answer leads here"
            )
        if circle := _circular_chain(mapped, [source.column], without_circle):
            raise ValueError(
                f"{where}, routing: the gates form a circle: {' is behind '.join(circle)}; a gate is "
                "asked before the questions that depend on it"
            )


def _circular_chain(mapped: MappedQuestions, chain: list[str], without_circle: set[str]) -> list[str]:
    """Returns a chain of columns that leads from a column back to itself. Each column in the chain belongs to
    a question. The next column belongs to the gate of this question: an earlier question that decides whether
    this question is asked. Returns an empty list if there is no such chain.

    Args:
        mapped: the questions of the survey.
        chain: the columns of the chain so far. The search continues from the last one.
        without_circle: the columns from which no such chain starts. The function adds further such columns to
            this set.
    """
    read = mapped.blank_read_by(chain[-1])
    for gate in read.gate_columns if read else ():
        if gate in chain:
            return [*chain[chain.index(gate) :], gate]
        if gate not in without_circle and (found := _circular_chain(mapped, [*chain, gate], without_circle)):
            return found
    without_circle.add(chain[-1])
    return []


@lru_cache(maxsize=1024)  # a survey asks for them a thousand times
def _codes(source: Source, answers: AnswerCodes) -> AnswerCodes:
    return source.codes(answers)
