"""Writes the end of the draft as YAML comments: columns that the draft found but cannot place, such as
questions about children."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fltoolkit.authoring.draft.column_contents import (
    ColumnContents,
    closed_list,
    has_own_words,
    is_open_question,
)
from fltoolkit.authoring.draft.column_roles import UnusedColumns, is_coded, is_yes_no, may_be_yes_no
from fltoolkit.authoring.draft.question_lines import Questions, open_direction, open_points, question_entry
from fltoolkit.authoring.draft.vocabulary import only_kind_of, vocabulary
from fltoolkit.authoring.draft.yaml_lines import YamlLine, in_one_line, meanings, yaml_scalar
from fltoolkit.survey.classifications.answer_labels import count_hits
from fltoolkit.yaml_files.loading import UNANSWERED

ADULT = 18
SEPARATORS = {" ": "blank", ",": "comma", ";": "semicolon", "|": "|"}
MOST_OPTIONS = 40
MOST_VALUES = 2_000  # different combinations of answers to one question
ONE_OF_SEVERAL = re.compile(r"(.*[^_/.])(?:__|[_/.])(\d{1,3}|[a-z])")  # Q7_1, Q7/1, Q7__1
ZEROS = (
    "a person who ticked don't know or refused has a 0 here that does not mean no: docs/how_to.md, "
    "Select-multiple"
)
CHILDREN = "third_party or with_parents: done, threat, by_third_party; or worst_forms"


@dataclass(frozen=True)
class SeveralAnswers:
    """A question that allows several answers. Its data are one column that contains all codes with a
    separator, or one column per answer.

    Attributes:
        name: the name of the column, or the common part of the names of the columns.
        label: the label of the question.
        separator: the text between two codes in a cell; empty if there is one column per answer.
        options: the label of each answer, by its code or its column.
        zeros: whether an answer that was not ticked is a 0; otherwise it is blank.
        ticked: the codes of an answer that was ticked, and of one that was not, in a column per answer.
    """

    name: str
    label: str
    separator: str
    options: Mapping[str, str]
    zeros: bool = False
    ticked: tuple[str, str] = ("1", "0")


@dataclass(frozen=True)
class Blocks:
    """The columns that the draft only lists in comments.

    Attributes:
        children: questions about children.
        exceptions: questions on exceptions, such as work that the State may demand.
        several: questions with several answers.
    """

    children: Sequence[ColumnContents]
    exceptions: Sequence[ColumnContents]
    several: Sequence[SeveralAnswers]


def find_blocks(unused: UnusedColumns, age: ColumnContents | None) -> Blocks:
    """Find three kinds of questions: on children, on exceptions (work that Convention No. 29 exempts), and
    with several answers. Their columns are then marked as used.

    Args:
        unused: the columns.
        age: the age column. A question is about children if nobody of 18 or more answered it, or if its label
            names a child.
    """
    several = [*_answers_in_columns(unused), *_answers_in_one_column(unused)]
    exceptions = [c for c in unused.free() if _is_exception(c)]
    unused.use(exceptions)
    coded = [c for c in unused.free() if c.filled and (is_yes_no(c) or may_be_yes_no(c) or is_coded(c, 12))]
    adults = (
        unused.table.answered_from_age([c.name for c in coded], age.name, ADULT)
        if age
        else {c.name for c in coded}
    )
    children = [
        c
        for c in coded
        if c.name not in adults or (is_yes_no(c) and count_hits(vocabulary().children, c.known_label))
    ]
    unused.use(children)
    return Blocks(children, exceptions, several)


def _is_exception(column: ColumnContents) -> bool:
    """Returns whether a question is about work that the State may demand, or about the limits of such work.
    Its label, or the labels of its codes, show this."""
    words = vocabulary()
    if is_yes_no(column):
        return bool(
            only_kind_of(column.known_label, words.exceptions)
            or count_hits(words.within_limits, column.known_label)
        )
    return (
        is_coded(column, 12)
        and len({only_kind_of(label, words.exceptions) for label in column.codes.values()} - {None}) > 1
    )


def _answers_in_columns(unused: UnusedColumns) -> Iterator[SeveralAnswers]:
    """Yields the questions with several answers that have one column per answer, with 1 and 0, or 1 and
    blank. The names of these columns differ only in a number or letter at the end, such as MEANS_1 and
    MEANS_2; or in the answer, if a column with all answers has the name before it (ODK: m/means and
    m/means/debt). The column with all answers is then not needed."""
    named, alike = {c.name: c for c in unused.columns}, dict[str, list[ColumnContents]]()
    for c in unused.free():
        stem, numbered = c.name.rpartition("/")[0], ONE_OF_SEVERAL.fullmatch(c.name)
        if stem in named and (
            set(c.codes) <= {"0", "1"} or {*map(str.casefold, c.codes)} <= {"true", "false"}
        ):
            alike.setdefault(stem, []).append(c)
        elif numbered and {"1"} <= set(c.codes) <= {"0", "1"} and "yes" not in c.meanings:
            alike.setdefault(numbered.group(1), []).append(c)
    for stem, columns in alike.items():
        if len(columns) > 1:
            whole, codes = named.get(stem), sorted({code for c in columns for code in c.codes})
            unused.use([*columns, whole])
            ticked = ("1", "0") if {*codes} <= {"0", "1"} else (codes[-1], codes[0])
            yield SeveralAnswers(
                stem,
                whole.label if whole else "",
                "",
                {c.name: c.label for c in columns},
                zeros=ticked[1] in codes,
                ticked=ticked,
            )


def _answers_in_one_column(unused: UnusedColumns) -> Iterator[SeveralAnswers]:
    """Yields the questions with several answers whose codes are together in one cell, such as `1 3 4`."""
    texts = [
        c
        for c in unused.free()
        if c.low is None and c.filled and c.widths[1] > 1 and c.distinct <= MOST_VALUES
    ]
    texts = [c for c in texts if not has_own_words(c.name, c.label)]
    counted = unused.table.counted([c.name for c in texts])
    for c in texts:
        separator, options = _separator_and_codes(counted[c.name], is_open_question(c.name, c.label))
        if options:
            unused.use([c])
            yield SeveralAnswers(
                c.name, c.label, separator, {code: c.codes.get(code, "") for code in options}
            )


def _separator_and_codes(values: Mapping[str, int], is_open: bool) -> tuple[str, list[str]]:
    """Returns the separator between the codes in the cells of a column (a blank in `1 3 4`), and the codes.
    `values` gives the number of rows for each text in the column. The list of codes is empty if the parts
    between the separators do not look like codes, if a cell has a code twice, or if there is only one code or
    there are too many.

    Words count as codes only if those that stand alone in a cell are a closed list that has them all, and the
    question is not open (`is_open`). Other words may be persons' own.
    """
    for separator in SEPARATORS:
        if not any(separator in value for value in values):
            continue
        times = Counter[str]()
        for value, n in values.items():
            parts = [part for part in value.split(separator) if part]
            if len(set(parts)) < len(parts):
                return separator, []
            times.update(dict.fromkeys(parts, n))
        words = {code for code in times if not re.fullmatch(r"\d{1,3}|[A-Za-z]", code)}
        alone = {code: values[code] for code in words if code in values}
        short = not words or (
            not is_open
            and all(re.fullmatch(r"[a-z][a-z_]{0,19}", code) for code in words)
            and words == set(closed_list(alone, blanks=True))
        )
        return separator, sorted(times, key=_code_sort_key) if short and 1 < len(
            times
        ) <= MOST_OPTIONS else []
    return "", []


def _code_sort_key(code: str) -> tuple[int, str]:
    return (int(code) if code.isdigit() else 0, code)


def blocks(found: Blocks, q: Questions) -> list[Iterator[YamlLine]]:
    """Returns the three blocks of comments: questions about children, on exceptions (work that Convention No.
    29 exempts), and with several answers. The user moves a block to its place, removes the # and answers its
    questions.

    `found` has the questions of the blocks, and `q` has the yes/no questions that the draft has placed.
    """
    return [_children(q, found.children), _exceptions(q, found.exceptions), _several(found.several)]


def _children(q: Questions, columns: Sequence[ColumnContents]) -> Iterator[YamlLine]:
    if not columns:
        return
    yield YamlLine(
        "# Questions on children, or asked of children only. They go under children: (docs/survey_yaml.md):"
    )
    yield YamlLine(f"# children:  # {CHILDREN}")
    parents = [c for c in columns if not is_yes_no(c) and count_hits(vocabulary().parents, c.known_label)]
    if parents:
        comment = "; ".join(meanings(c, filter(c.codes.get, c.codes)) for c in parents)
        named = in_one_line([c.name for c in parents])
        text = f"{{line: {UNANSWERED}, columns: {named}, none: {UNANSWERED}, elsewhere: {UNANSWERED}}}"
        yield YamlLine(f"#   parents: {text}", comment)
    for c in (c for c in columns if c not in parents):
        asked = {} if is_yes_no(c) else {"yes": UNANSWERED, "no": UNANSWERED}
        yield YamlLine(f"#   {UNANSWERED}: {question_entry(q, c, asked)}", meanings(c, c.codes))


def _exceptions(q: Questions, columns: Sequence[ColumnContents]) -> Iterator[YamlLine]:
    if columns:
        yield YamlLine("# Work that Convention No. 29 exempts:")
        yield YamlLine("# exceptions:")
        yield YamlLine("#   kinds:")
    for column in columns:
        yield from _exception(q, column)


def _several(questions: Sequence[SeveralAnswers]) -> Iterator[YamlLine]:
    if questions:
        yield YamlLine(
            "# Questions with several answers. Move the line of an answer under its item, and remove its #."
        )
    for several in questions:
        known = ZEROS if several.zeros else ""
        yield YamlLine(f"#   {yaml_scalar(several.name)}", "; ".join(filter(None, [several.label, known])))
        yield from (YamlLine(f"#     - {text}", why) for text, why in _option_lines(several))


def _exception(q: Questions, column: ColumnContents) -> Iterator[YamlLine]:
    words = vocabulary()
    if is_yes_no(column):
        limits = count_hits(words.within_limits, column.label)
        key = "#   within_limits" if limits else f"#     {only_kind_of(column.label, words.exceptions)}"
        yield YamlLine(f"{key}: {question_entry(q, column)}", meanings(column, column.codes))
        return
    codes = [code for code in column.codes if code not in column.no_answer]
    kinds = {code: only_kind_of(column.codes[code], words.exceptions) for code in codes}
    for kind in dict.fromkeys(filter(None, kinds.values())):
        yes = [code for code in codes if kinds[code] == kind]
        no = [code for code in codes if kinds[code] != kind]
        parts = question_entry(q, column, {"yes": in_one_line(yes), "no": in_one_line(no)})
        yield YamlLine(f"#     {kind}: {parts}", meanings(column, column.codes))


def _option_lines(several: SeveralAnswers) -> Iterator[tuple[str, str]]:
    for option, label in several.options.items():
        if several.separator:
            yield (
                f"{{column: {yaml_scalar(several.name)}, contains: {yaml_scalar(option)}, separator: {json.dumps(several.separator)}}}",
                label or "what does this answer mean?",
            )
        else:
            yes, no = map(yaml_scalar, several.ticked)
            yield (
                f"{{column: {yaml_scalar(option)}, yes: {yes}, no: {no}}}",
                label or "what does this answer mean?",
            )


def questions_not_placed(unused: UnusedColumns, q: Questions) -> Iterator[YamlLine]:
    """Yields comment lines with the questions that the user could move to a place."""
    questions = [c for c in q.all if c.name not in unused.used]
    if questions:
        yield YamlLine(
            "# Questions not placed. Move a line under any_work or an item of items, and remove its #."
        )
    for c in questions:
        routes = q.asked_after.get(c.name, ())
        says = f"; says who was asked {', '.join(routes)}" if routes else ""
        asked, why = open_direction(c.label)
        points = [meanings(c, c.codes) + says, *why, *open_points(q, c)]
        yield YamlLine(f"#     - {question_entry(q, c, asked)}", "; ".join(points))


def columns_not_used(unused: UnusedColumns, q: Questions) -> Iterator[YamlLine]:
    """Yields comment lines with the columns that the draft did not use, and that are no questions."""
    asked = {c.name for c in q.all}
    columns = [c for c in unused.free() if c.name not in asked]
    if columns:
        yield YamlLine("# Columns not used:")
    for c in columns:
        said = meanings(c, c.codes, most=12) or _count_texts(c)
        yield YamlLine(f"#   {yaml_scalar(c.name)}", "; ".join(filter(None, [c.label, said])))


def _count_texts(column: ColumnContents) -> str:
    """Returns how many different texts a column has, for a comment; empty if it has numbers or nothing."""
    different = column.distinct - (column.filled < column.rows)
    return f"different texts: {different:,}" if column.low is None and different else ""
