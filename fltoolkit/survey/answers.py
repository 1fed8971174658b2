"""Reads the answers to yes/no questions as *yes*, *no* or unknown (null), and combines them. A blank counts
as *no* if the question was skipped, or if survey.yaml declares it (`blank: no`). Every other blank is an unknown
answer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import narwhals as nw

from fltoolkit.survey.engine.columns import SOURCE, Frame, column, numeric
from fltoolkit.survey.spec.mapped_questions import EPISODE, MappedQuestions
from fltoolkit.survey.spec.questions import NumberOfEpisodes, Routing, Source

SKIPPED = "fl__skipped__"  # prefix of a column: whether a blank in a gate's column is *no*
# These characters are listed because `\s` differs between Python and the engines. Python looks for unknown
# codes, and the engines look for known codes. With `\s`, a no-break space from a spreadsheet would separate
# two codes in Python but not in the engines, or the reverse.
BLANKS = " \t\n\r\f\v\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
EDGE = "\x1f"  # surrounds each code; no file of answers contains it


def one_of(value: nw.Expr, codes: Sequence[str | int]) -> nw.Expr:
    """Returns whether a value is one of a few codes. The result is null if the value is null. If `codes` is
    empty, the result is false, even for a null. The codes are compared one by one, which takes half the time
    of a comparison with a list."""
    return any_of([value == code for code in codes])


def has_code(source: Source, codes: Sequence[str], episode: str = "") -> nw.Expr:
    """Returns, for each person, whether the answer to a question is one of the given codes. If one cell has
    the codes of several ticked options, one of these codes is enough. The result is null if the answer is
    blank. `episode` is the text that replaces `{episode}` in the name of the question's column."""
    value = column(source.column, episode)
    return holds_one_of(value, codes, source.separator) if source.contains else one_of(value, codes)


def answered_yes(source: Source, mapped: MappedQuestions, episode: str = "") -> nw.Expr:
    """Returns, for each person, whether the answer to a question is *yes*. The result is null if the cell is
    blank."""
    return has_code(source, mapped.codes(source).yes, episode)


def answered_no(source: Source, mapped: MappedQuestions, episode: str = "") -> nw.Expr:
    """Returns, for each person, whether the answer to a question is *no*. The result is null if the cell is
    blank.

    If one cell has the codes of several ticked options, the answer is *no* under two conditions: the option
    of this question is not ticked, and the cell has no code such as *don't know* or *refused*.
    """
    codes = mapped.codes(source)
    if source.contains:
        return ~has_code(source, [*codes.yes, *mapped.open_codes(source)], episode)
    return has_code(source, codes.meaning_no, episode)


def is_blank(source: Source, mapped: MappedQuestions, episode: str = "") -> nw.Expr:
    """Returns, for each person, whether a question has no answer: an empty cell, or a code listed under
    `missing`. The result is true or false, and never null."""
    value, missing = column(source.column, episode), mapped.codes(source).missing
    return value.is_null() | value.is_in(list(missing)).fill_null(False) if missing else value.is_null()


def no_when_blank(source: Source, mapped: MappedQuestions, episode: str = "") -> nw.Expr | None:
    """Returns, for each person, whether a blank answer to a question counts as *no*: the routing skips the
    question, or survey.yaml says `blank: no`. The result is true or false, and never null. The function
    returns None if no blank of this question can count as *no*."""
    found = _no_when_blank(source, mapped, episode)
    return found if isinstance(found, nw.Expr) else nw.lit(True) if found else None


def declared_no(source: Source, mapped: MappedQuestions, episode: str = "") -> nw.Expr:
    """Returns, for each person, whether survey.yaml declares that a blank answer to this question counts as
    *no*. The question must have the key `blank: no`.

    The key `if_ticked` of a question names the columns of the other options of the same question. If this key
    is given, the declaration is only for persons who ticked one of these options.
    """
    if not source.if_ticked:
        return nw.lit(True)
    yes = list(mapped.answers.yes if source.contains else mapped.codes(source).yes)
    ticked = [column(name, episode).is_in(yes).fill_null(False) for name in source.if_ticked]
    return nw.any_horizontal(*ticked, ignore_nulls=False)


def is_skipped(routing: Routing, mapped: MappedQuestions, episode: str = "") -> nw.Expr:
    """Returns, for each person, whether the routing skips a question. The routing consists of gates. A gate
    is an earlier question, and some of its answers close the gate.

    Gates that are joined by `all` skip the question if at least one of them is closed. Gates that are joined
    by `any` skip it if all of them are closed. A gate with an unknown answer is not closed. The result is
    true or false, and never null.
    """
    return _as_truth(_is_skipped(routing, mapped, episode))


def with_skipped_gates(frame: Frame, mapped: MappedQuestions) -> Frame:
    """Returns the rows with a new column for each gate (an earlier question that decides whether another is
    asked) whose own blanks may count as *no*. The new column says, for each person, whether a blank of this
    gate counts as *no*. The name of the new column is `fl__skipped__` and the name of the gate's column.

    The other functions of this module read these columns. If gates depend on each other in a chain, one
    expression for the whole chain would double in length with each gate.

    Args:
        frame: the rows of a file, with the source columns as text. Gates whose column the file does not have
            are left out.
        mapped: the questions of the survey.
    """
    there = set(frame.collect_schema().names())
    for gates in mapped.gates_by_turn():
        made = []
        for gate in gates:
            if SOURCE + gate in there and (read := mapped.blank_read_by(gate)):
                # Without a column that decides it, a blank is an unknown answer.
                known = all(SOURCE + needed in there for needed in (*read.gate_columns, *read.if_ticked))
                means_no = _as_truth(known and _no_when_blank(read, mapped, ""))
                made.append(means_no.alias(SKIPPED + gate))
        frame = frame.with_columns(*made) if made else frame
    return frame


def episode_exists(episodes: NumberOfEpisodes, number: nw.Expr) -> nw.Expr:
    """Returns, for each person, whether the person had the episode (spell of work) with the given number,
    counted from 1. A person with two episodes had number 1 and number 2, but not number 3. The result is null
    if it is not known how many episodes the person had. `episodes` is the column with this information."""
    return nw.when(~column(episodes.number).is_in(list(episodes.missing))).then(
        numeric(episodes.number) >= number
    )


def answer(source: Source, mapped: MappedQuestions, episode: str = "") -> nw.Expr:
    """Returns the answers to one question as a column of yes, no or unresolved (null).

    A blank is *no* if the question was skipped because of an earlier answer, or if survey.yaml says `blank:
    no`. Any other blank is unresolved.

    Args:
        source: the question.
        mapped: all questions of the survey (`SurveySpec.mapped`).
        episode: the label of the spell of work, which replaces `{episode}` in column names.
    """
    return any_answer([source], mapped, episode)


def any_answer(sources: Sequence[Source], mapped: MappedQuestions, episode: str = "") -> nw.Expr:
    """Returns a column of *yes*, *no* or *unresolved* (null). It is *yes* if at least one of the questions
    was answered *yes*, and *no* if all were answered *no*. Without any question it is *no* for everybody.

    `any_of` would give the same result for the answers, but would take twice the time.
    """
    if not sources:
        return nw.lit(False)
    yes, no = zip(*[_yes_and_no(s, mapped, episode) for s in sources], strict=True)
    return any_of(yes) | nw.when(all_of(no)).then(nw.lit(False))


def truth_of(value: nw.Expr, yes: Sequence[str | int], no: Sequence[str | int]) -> nw.Expr:
    """Returns a column of codes as true and false. A code in `yes` becomes true, and a code in `no` becomes
    false. Any other code, and a blank, becomes null."""
    return one_of(value, yes) | nw.when(one_of(value, no)).then(nw.lit(False))


def at_least(least: int, expressions: Sequence[nw.Expr]) -> nw.Expr:
    """Returns a column: whether at least `least` of the conditions are true. The column is null if the result
    depends on conditions that are null."""
    if least <= 1:
        return any_of(expressions) if least else nw.lit(True)
    if len(expressions) < least:
        return nw.lit(False)
    surely, perhaps = (
        nw.sum_horizontal(*[e.fill_null(open_).cast(nw.Int64) for e in expressions])
        for open_ in (False, True)
    )
    return nw.when(surely >= least).then(nw.lit(True)).otherwise(nw.when(perhaps < least).then(nw.lit(False)))


def code_labels(
    names: str | Sequence[str], options: Mapping[str, Sequence[str]], episode: str = ""
) -> nw.Expr:
    """Returns a column of labels, made from a column of codes. A code without a label becomes null.

    Args:
        names: the column of codes. If it is a list of columns, the first that has a value is used, person by
            person.
        options: the codes of each label: `{"men": ["1"]}` turns 1 into `men`.
        episode: the label of the spell of work, which replaces `{episode}` in column names.
    """
    return relabelled(
        column(names, episode), {code: label for label, codes in options.items() for code in codes}
    )


def relabelled(value: nw.Expr, labels: Mapping[str, str]) -> nw.Expr:
    """Returns a column with the label of each code: with `{"1": "men"}`, 1 becomes `men`. A code without a
    label becomes null."""
    nothing = nw.lit(None, dtype=nw.String())
    if not labels:
        return nothing
    return value.replace_strict(
        list(labels), list(labels.values()), default=nothing, return_dtype=nw.String()
    )


def any_of(expressions: Sequence[nw.Expr]) -> nw.Expr:
    """Returns the three-valued *or* of some conditions: true if at least one is true, false if all are false,
    otherwise null. Without conditions, the result is false."""
    if len(expressions) == 1:
        return expressions[0]
    return nw.any_horizontal(*expressions, ignore_nulls=False) if expressions else nw.lit(False)


def all_of(expressions: Sequence[nw.Expr]) -> nw.Expr:
    """Returns the three-valued *and* of some conditions: true if all are true, false if at least one is
    false, otherwise null. At least one condition must be given."""
    return expressions[0] if len(expressions) == 1 else nw.all_horizontal(*expressions, ignore_nulls=False)


def joined_texts(words: Sequence[nw.Expr]) -> nw.Expr:
    """Joins the texts of several columns into one text per person. None of the texts may be null. The
    argument `ignore_nulls` is given only because DuckDB is faster with it."""
    return nw.concat_str(list(words), ignore_nulls=True)


def truth_in_words(truth: nw.Expr) -> nw.Expr:
    """Returns a true/false column in words: `yes` for true, `no` for false, `unresolved` for null."""
    open_or_no = nw.when(truth.is_null()).then(nw.lit("unresolved")).otherwise(nw.lit("no"))
    return nw.when(truth).then(nw.lit("yes")).otherwise(open_or_no)


def separator_pattern(separator: str | None) -> str:
    """Returns the regular expression that finds a separator between two codes in one cell, such as the blanks
    in `1 3 7`. If `separator` is None, blanks, commas, semicolons and vertical bars all separate."""
    if separator is None:
        return f"[{BLANKS},;|]+"
    return f"[{BLANKS}]*{re.escape(separator.strip())}[{BLANKS}]*" if separator.strip() else f"[{BLANKS}]+"


def holds_one_of(value: nw.Expr, codes: Sequence[str], separator: str | None) -> nw.Expr:
    """Returns, for each cell with several codes, such as `1 3 7`, whether it contains at least one of the
    given codes. The result is null if the cell is null, and false if `codes` is empty."""
    if not codes:
        return nw.lit(False)
    edged = nw.concat_str(
        [nw.lit(EDGE), value.str.replace_all(separator_pattern(separator), EDGE), nw.lit(EDGE)]
    )
    return nw.any_horizontal(
        *[edged.str.contains(EDGE + c + EDGE, literal=True) for c in codes], ignore_nulls=False
    )


def split_codes(text: str, separator: str | None) -> list[str]:
    """Returns the codes in one cell as a list, in their order and without repetitions: `1 3 7` gives `["1",
    "3", "7"]`."""
    return list(dict.fromkeys(code for code in re.split(separator_pattern(separator), text) if code))


def _as_truth(found: nw.Expr | bool) -> nw.Expr:
    return found if isinstance(found, nw.Expr) else nw.lit(found)


def _is_skipped(routing: Routing, mapped: MappedQuestions, episode: str) -> nw.Expr | bool:
    if not routing.joined:
        return _combined(
            [_column_closes_gate(routing, name, mapped, episode) for name in routing.column or ()],
            one_is_enough=False,
        )
    return _combined(
        [_is_skipped(gate, mapped, episode) for gate in routing.joined], one_is_enough=routing.all is not None
    )


def _column_closes_gate(gate: Routing, name: str, mapped: MappedQuestions, episode: str) -> nw.Expr:
    """Returns, for each person, whether one column closes a gate, so that the next question is skipped. There
    are three possible reasons: the code in the column, a blank that counts as *no*, or a blank because the
    question of this column was itself skipped.

    Args:
        gate: the gate (an earlier question, with the codes that open or close it).
        name: the column.
        mapped: the questions of the survey.
        episode: the text that replaces `{episode}` in column names.
    """
    codes, value = mapped.gate_codes(gate, name), column(name, episode)
    if codes.listed:
        separator = mapped.by_column[name][0].separator
        ticked = holds_one_of(value, [*codes.asked, *codes.unknown], separator)
        by_code = (~ticked).fill_null(False)
    else:
        by_code = value.is_in(list(codes.skipped)).fill_null(False)
    read = mapped.blank_read_by(name)
    if read is None:
        return by_code
    return by_code | (is_blank(read, mapped, episode) & nw.col(SKIPPED + name.replace(EPISODE, episode)))


def _no_when_blank(source: Source, mapped: MappedQuestions, episode: str) -> nw.Expr | bool:
    skipped = _is_skipped(source.routing, mapped, episode) if source.routing else False
    return _combined(
        [skipped, declared_no(source, mapped, episode) if source.blank else False], one_is_enough=True
    )


def _combined(truths: Sequence[nw.Expr | bool], *, one_is_enough: bool) -> nw.Expr | bool:
    """Combines true/false expressions: by *or* if `one_is_enough`, otherwise by *and*. An expression may also
    be a plain True or False, which is the same for everybody. If these plain values already decide the
    result, the result is a plain True or False.
    """
    if one_is_enough in [truth for truth in truths if isinstance(truth, bool)]:
        return one_is_enough
    left = [truth for truth in truths if isinstance(truth, nw.Expr)]
    if not left:
        return not one_is_enough
    return any_of(left) if one_is_enough else all_of(left)


def _yes_and_no(source: Source, mapped: MappedQuestions, episode: str) -> tuple[nw.Expr, nw.Expr]:
    """Returns two true/false columns about one question: whether the answer is *yes*, and whether it is *no*.
    Both are null if there is no answer. A blank that counts as *no* (see `answer`) is false in the first
    column and true in the second."""
    yes, no = answered_yes(source, mapped, episode), answered_no(source, mapped, episode)
    blank = no_when_blank(source, mapped, episode)
    if blank is None:
        return yes, no
    return yes.fill_null(False), no | (is_blank(source, mapped, episode) & blank)
