"""Writes the middle part of the draft: the yes/no questions with their codes. Each question on forced labour
gets its side of the definition: involuntary work or coercion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from fltoolkit.authoring.draft.column_contents import ColumnContents
from fltoolkit.authoring.draft.column_roles import (
    UnusedColumns,
    answer_codes,
    differing_codes,
    is_coded,
    is_yes_no,
    key_of_question,
    may_be_yes_no,
    open_codes,
    usual_codes,
    usual_open_codes,
)
from fltoolkit.authoring.draft.question_gates import Gate, find_gates
from fltoolkit.authoring.draft.vocabulary import (
    is_witnessed,
    why_doubtful,
    why_unclear,
)
from fltoolkit.authoring.draft.yaml_lines import YamlLine, in_one_line, meanings, name_and_label, yaml_scalar
from fltoolkit.yaml_files.loading import UNANSWERED

SIDES = ("involuntary", "coercion")
LEAVING_KEY = "items.involuntary.no_freedom_to_leave"
NEARBY_QUESTIONS = (
    20  # a question's gates are sought among this many questions before and after it, and the one on any work
)
SINGLE_QUESTIONS = ("proxy", "alone", "worked")
UNGATED = ("any_work", *SINGLE_QUESTIONS)  # asked of everybody who was asked the module
OPEN_CODES = {"yes": UNANSWERED, "no": UNANSWERED}
KINDS = "yes, no, dont_know, refused or not_applicable"


@dataclass(frozen=True)
class Questions:
    """The yes/no questions that the draft found in a file.

    Attributes:
        all: all these questions.
        labelled: whether the file has labels for *yes* and *no*.
        usual: the most frequent codes of the questions, by kind of answer.
        placed: the questions by their key in survey.yaml.
        gates: the gates of each question (earlier questions that explain its blanks).
        open: codes with unclear labels that many questions share. It is enough that the user says once what
            they mean.
        unexplained: questions with blanks that no gate explains.
    """

    all: tuple[ColumnContents, ...]
    labelled: bool
    usual: Mapping[str, list[str]]
    placed: Mapping[str, Sequence[ColumnContents]]
    gates: Mapping[str, tuple[Gate, ...]]
    open: Mapping[str, str] = field(default_factory=dict)
    unexplained: frozenset[str] = frozenset()

    @cached_property
    def asked_after(self) -> Mapping[str, Sequence[str]]:
        """Returns, for each gate, the questions that are asked only after some answers to it."""
        found: dict[str, list[str]] = {}
        for name, gates in self.gates.items():
            for gate in gates:
                found.setdefault(gate.column, []).append(name)
        return found

    def is_gate(self, column: ColumnContents) -> bool:
        """Returns whether a question decides who was asked several others. Such a question is a filter more
        often than an item of its own."""
        return len(self.asked_after.get(column.name, ())) > 1

    def items(self, side: str, gates: bool) -> dict[str, list[ColumnContents]]:
        """Returns the questions of each item of a side (involuntary work or coercion): those that are gates
        of several others, or those that are not."""
        found = {
            key.rpartition(".")[2]: [c for c in columns if self.is_gate(c) == gates]
            for key, columns in self.placed.items()
            if key.startswith(f"items.{side}.")
        }
        return {item: columns for item, columns in found.items() if columns}

    @property
    def worked(self) -> ColumnContents | None:
        """Returns the column of the question on whether a person did any work. Returns None if the file has
        no such question."""
        return next(iter(self.placed.get("worked", ())), None)


def find_questions(
    unused: UnusedColumns, asked: tuple[str, Sequence[str]] | None, note_blanks: bool = True
) -> Questions:
    """Find the yes/no questions, place them by their labels, and find from the rows who was asked each of
    them.

    If no label says *yes* and *no*, columns with the usual codes are taken as questions. The user must then
    say what their codes mean.

    Args:
        unused: the columns.
        asked: the column that says who answered the module on forced labour, and the codes of persons who
            did. None if all did, or if this is not known.
        note_blanks: whether the draft notes blanks that no gate explains. A gate is an earlier question that
            decides who is asked. The argument is false if it is not known who answered the module on forced
            labour.
    """
    free = unused.free()
    labelled = [c for c in free if is_yes_no(c)]
    found = (
        [c for c in free if is_yes_no(c) or _asks_leaving(c)]
        if labelled
        else [c for c in free if may_be_yes_no(c)]
    )
    placed: dict[str, list[ColumnContents]] = {}
    for column in found:
        if key := key_of_question(column):
            placed.setdefault(key, []).append(column)
    placed |= {key: placed[key][:1] for key in SINGLE_QUESTIONS if key in placed}
    # Only a label can say which answer to `worked` is a yes. The population of workers depends on it.
    unused.use(c for key, columns in placed.items() if key != "worked" or labelled for c in columns)
    gates, unexplained = _gates(unused, found, placed, asked) if found else ({}, frozenset())
    usual = usual_codes(labelled)
    return Questions(
        tuple(found),
        bool(labelled),
        usual,
        placed,
        gates,
        usual_open_codes(labelled, usual),
        unexplained if note_blanks else frozenset(),
    )


def _asks_leaving(column: ColumnContents) -> bool:
    """Returns whether a column is the question on whether the person could leave the work, with more answers
    than *yes* and *no*, such as *no, under threat*."""
    return is_coded(column, 8) and any(column.codes.values()) and key_of_question(column) == LEAVING_KEY


def _gates(
    unused: UnusedColumns,
    found: Sequence[ColumnContents],
    placed: Mapping[str, Sequence[ColumnContents]],
    asked: tuple[str, Sequence[str]] | None,
) -> tuple[dict[str, tuple[Gate, ...]], frozenset[str]]:
    """Returns the gates of each question (earlier questions that decide whether it is asked), if the rows
    confirm them. Also returns the questions that have blanks but no gate.

    `found` are the yes/no questions. `asked` is the column that says who answered the module on forced
    labour, with the codes of those who did.
    """
    of_all = {c.name for key in UNGATED for c in placed.get(key, ())}
    worked, gates, unexplained = list(placed.get("worked", ())), dict[str, tuple[Gate, ...]](), set[str]()
    # A blank of a question on the same work needs no gate. It counts only for persons who said yes to both
    # sides.
    questions, linked = {c.name for c in found}, {c.name for c in placed.get("same_work", ())}
    # Other columns with labelled codes, such as status in employment, can decide too who is asked.
    free = {c.name for c in unused.free() if is_coded(c, 12) and any(c.codes.values())}
    listed = [c for c in unused.columns if c.name in questions | free]
    step = max(10 * NEARBY_QUESTIONS, unused.table.columns_at_once)
    for start in range(0, len(listed), step):
        around = {
            c.name: c
            for c in [*worked, *listed[max(0, start - NEARBY_QUESTIONS) : start + step + NEARBY_QUESTIONS]]
        }
        answers = unused.table.answers(list(around.values()), asked)
        for i, column in enumerate(listed[start : start + step], start):
            near = {
                c.name: c for c in [*worked, *listed[max(0, i - NEARBY_QUESTIONS) : i + NEARBY_QUESTIONS]]
            }
            if column.name in of_all or column.name not in questions:
                continue
            if tried := find_gates(answers, column, list(near.values())):
                gates[column.name] = tried
            elif not answers[column.name].all() and column.name not in linked:
                unexplained.add(column.name)
    return gates, frozenset(unexplained)


def interview_lines(q: Questions) -> Iterator[YamlLine]:
    keys = [key for key in ("proxy", "alone") if key in q.placed]
    if keys:
        yield YamlLine("interview:")
    for key in keys:
        yield question_line(q, q.placed[key][0], key, f"  {key}: ")


def answers(q: Questions) -> Iterator[YamlLine]:
    if not q.labelled:
        codes = sorted({code for c in q.all for code in c.codes}, key=lambda code: (len(code), code))
        usual = (
            "no label says what the codes mean; the usual ones are {yes: 1, no: 2, dont_know: 8, refused: 9}"
        )
        yield YamlLine(f"answers: {UNANSWERED}", f"{usual}; found: {', '.join(codes) or 'none'}")
        return
    yield YamlLine(
        "answers:", "the codes of most yes/no questions; a question with other codes gives its own"
    )
    for kind, codes in q.usual.items():
        if codes:
            like = next(c for c in q.all if answer_codes(c)[kind] == codes)
            yield YamlLine(f"  {kind}: {in_one_line(codes)}", meanings(like, codes))
    if q.usual["not_applicable"]:
        yield YamlLine(f"  not_applicable_means: {UNANSWERED}", "no, or unresolved")
    if q.open:
        yield YamlLine(
            f"  {UNANSWERED}: {in_one_line(list(q.open))}", f"under {KINDS}: {_codes_in_words(q.open)}"
        )


def _codes_in_words(codes: Mapping[str, str]) -> str:
    return ", ".join(f"{code} {label or '(no label)'}" for code, label in codes.items())


def definition_lines(q: Questions) -> Iterator[YamlLine]:
    """Yields the draft's lines on the definition of forced labour: `any_work`, the questions on its two sides
    (involuntary work and coercion), and `episodes`, which links the two sides."""
    yield from _question_lines("any_work", q, "the questions on any form of work, one per line")
    yield YamlLine()
    yield YamlLine(
        "# yes is the answer that says it happened. A question in the other direction needs its own "
        "yes: "
        "and no:"
    )
    yield YamlLine("# Rule sets such as hts_2012 need stage: (recruitment, work, leaving) in each question.")
    yield YamlLine("items:")
    for side in SIDES:
        items = q.items(side, gates=False)
        if not items:
            yield YamlLine(
                f"  {side}: {UNANSWERED}",
                (
                    "items and their questions; those not placed are at the end; in another file, draft "
                    "that "
                    "one too and add it under files"
                ),
            )
        else:
            yield YamlLine(f"  {side}:")
        for item, columns in q.items(side, gates=True).items():
            yield from (_gate_line(q, c, item) for c in columns)
        for item, columns in items.items():
            yield YamlLine(f"    {item}:")
            yield from (question_line(q, c, f"items.{side}.{item}", "      - ") for c in columns)
    yield YamlLine()
    yield YamlLine("episodes:")
    if same := q.placed.get("same_work"):
        several = [YamlLine("  same_work:"), *(question_line(q, c, "same_work", "    - ") for c in same)]
        yield from several if len(same) > 1 else [question_line(q, same[0], "same_work", "  same_work: ")]
    else:
        yield YamlLine(
            f"  same_work: {UNANSWERED}",
            ("the question whether both sides were in the same work; or: assumed"),
        )
    for key in ("trafficking", "current"):
        if key in q.placed:
            yield from [YamlLine(), *_question_lines(key, q, "")]


def _gate_line(q: Questions, column: ColumnContents, item: str) -> YamlLine:
    """Returns the draft's line for a gate of several questions whose label fits an item: a comment, because
    its *yes* may only say who was asked on."""
    return YamlLine(
        f"    # {item}: {question_entry(q, column)}",
        f"a gate: only after it were asked {', '.join(q.asked_after[column.name])}; if it is an item of its "
        "own too, remove the #",
    )


def _question_lines(key: str, q: Questions, asks: str) -> Iterator[YamlLine]:
    if key not in q.placed:
        yield YamlLine(f"{key}: {UNANSWERED}", asks)
        return
    yield YamlLine(f"{key}:")
    yield from (question_line(q, c, key, "  - ") for c in q.placed[key])


def question_line(q: Questions, column: ColumnContents, key: str, start: str) -> YamlLine:
    """Returns the draft's line for a question that has its place in survey.yaml. If the label of the question
    is unclear, the user must say which answer means that the event happened (for example, that papers were
    confiscated). If the label of a code is unclear, the user must say what the code means.

    `key` is the question's key in survey.yaml, and `start` is the beginning of the line.
    """
    asked = dict[str, str]()
    why = [] if column.label else [name_and_label(column)]
    name_alone = not column.label and key in ("proxy", "alone")
    if not name_alone and (reason := why_unclear(column.label, key)):
        asked |= OPEN_CODES
        what = (
            "the person could not leave; a threat is threats_or_violence too"
            if key == LEAVING_KEY
            else f"that it happened; {reason}"
        )
        why.append(f"yes: the codes that say {what}; of {meanings(column, column.codes)}")
    if key.startswith("items") and is_witnessed(column.label):
        asked["mode"] = UNANSWERED
        why.append("mode: experienced, threatened or witnessed")
    why += open_points(q, column)
    return YamlLine(start + question_entry(q, column, asked), "; ".join(why))


def open_direction(label: str) -> tuple[dict[str, str], list[str]]:
    """Returns the keys that the user must answer because a word of a question's label may turn its answers
    around, and the reason. Both are empty if no word does."""
    reason = why_doubtful(label, of_harm=True)
    return (OPEN_CODES, [f"yes: the codes that say that it happened; {reason}"]) if reason else ({}, [])


def open_points(q: Questions, column: ColumnContents) -> Iterator[str]:
    """Yields comments on facts about a question that the data do not show: the meaning of some codes, the
    persons who were asked, or the reason for some blanks."""
    if left := _unclear_codes(q, column):
        yield f"under {KINDS}: {_codes_in_words(left)}"
    for gate in q.gates.get(column.name, ()):
        if gate.unsure:
            yield (
                f"routing: persons with {', '.join(gate.unsure)} in {gate.column} were not asked; put "
                "the code under skipped if it means no"
            )
    if column.name in q.unexplained:
        yield (
            "some answers are blank, and no gate was found: give its routing, or these persons stay "
            "unresolved"
        )


def _unclear_codes(q: Questions, column: ColumnContents) -> dict[str, str]:
    """Returns the codes of a question that have no clear label: `{"7": "Other"}`. Codes about which the user
    must answer once for all questions (`Questions.open`) are left out."""
    if not q.labelled or not is_yes_no(column):
        return {}
    return {code: label for code, label in open_codes(column).items() if q.open.get(code) != label}


def question_entry(q: Questions, column: ColumnContents, asked: Mapping[str, str] | None = None) -> str:
    """Returns a question in the form of survey.yaml: `{column: Q12, label: Threats, no: 5, routing: …}`. The
    codes are those that differ from the usual codes of the draft's questions. The routing says who was asked,
    if the rows of the file confirm it.

    `asked` has further keys of survey.yaml that the user must answer, such as `{"yes": "<answer>"}`.
    """
    parts = {"column": yaml_scalar(column.name)}
    if column.label:
        parts["label"] = yaml_scalar(column.label)
    if q.labelled:
        own, left = differing_codes(column, q.usual), _unclear_codes(q, column)
        by_meaning = {
            kind: codes for kind, codes in answer_codes(column).items() if kind in ("yes", "no") and left
        }
        parts |= {kind: in_one_line(codes) for kind, codes in {**by_meaning, **own}.items()}
        if own.get("not_applicable") and not q.usual["not_applicable"]:
            parts["not_applicable_means"] = UNANSWERED
        if left:
            parts[UNANSWERED] = in_one_line(list(left))
    parts |= asked or {}
    if gates := q.gates.get(column.name):
        parts["routing"] = _routing(gates)
    return "{" + ", ".join(f"{key}: {value}" for key, value in parts.items()) + "}"


def _routing(gates: Sequence[Gate]) -> str:
    each = []
    for gate in gates:
        unsure = f", {UNANSWERED}: {in_one_line(gate.unsure)}" if gate.unsure else ""
        skipped = f", skipped: {in_one_line(gate.skipped)}" if gate.skipped else ""
        each.append(
            f"{{column: {yaml_scalar(gate.column)}, asked: {in_one_line(gate.asked)}{skipped}{unsure}}}"
        )
    return each[0] if len(each) == 1 else f"{{all: [{', '.join(each)}]}}"
