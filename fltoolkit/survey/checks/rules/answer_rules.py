"""Rules on answers to yes/no questions: blanks, *don't know* and *refused*, answers although the routing
skips the question, codes that are probably swapped, and blanks that survey.yaml declares to be *no*."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations, pairwise
from typing import Any

import narwhals as nw

from fltoolkit.languages.reasons import Reason, joined_reasons
from fltoolkit.survey.answers import is_blank, is_skipped
from fltoolkit.survey.checks.findings import Count
from fltoolkit.survey.checks.item_nonresponse import (
    Kind,
    answer_counts,
    declared_answers,
    frames_with,
    questions,
    said_no_to_work,
    said_yes_to_an_item,
    with_stages,
)
from fltoolkit.survey.checks.rules.rule import WORDS, CheckRule
from fltoolkit.survey.design.survey_design import Survey
from fltoolkit.survey.engine.columns import ASKED, CHILD, SOURCE, Frame
from fltoolkit.survey.engine.engines import count_distinct, to_rows
from fltoolkit.survey.person_rows import wanted_columns
from fltoolkit.survey.printed_values import Mask
from fltoolkit.survey.spec.groups_and_tables import Group
from fltoolkit.survey.spec.survey_spec import SurveySpec

KINDS = (  # of findings about answers, in the order in which they are listed
    "mostly_yes",
    "blank_without_reason",
    "blank_not_skipped",
    "blank_for_everybody",
    "no_usable_answer",
    "not_applicable_is_no",
)
SEVERAL = 2  # involuntary circumstances; a survey that asks about a single one asks about no other
WHOLE = ("any_work", "episodes.same_work", "current")  # questions about the work of all items
APART = {  # criteria, by key or by the key above: each needs a question of its own
    *WHOLE,
    *("items.involuntary", "items.coercion", "trafficking", "exceptions.kinds", "exceptions.within_limits"),
}
NOT_ANSWERED = ("sex", "area", "place_of_birth", "citizenship")  # groups that decide nothing about work
FEW_COLUMNS = 3  # with more columns, the finding is about the key `answers` of survey.yaml
FEWEST = 5  # persons with *yes*, and with *no*, in two columns that may be equal by mistake
ANSWER_COUNTS = ("yes", "answered", "dont_know", "refused")
FEW_CODES = 2  # a column has at most so many codes that stand for a blank


def answer_rules(survey: Survey, mask: Mask) -> Iterator[CheckRule]:
    """Yields the rules on the answers of persons who were asked the module on forced labour. `mask` decides
    which codes the findings may print."""
    kinds: dict[str, dict[str, Count]] = {kind: {} for kind in KINDS}
    past: dict[str, int] = {}

    def note(kind: str, column: str, count: Count) -> None:
        counts = kinds[kind]  # a column may feed two items
        counts[column] = max(counts.get(column, (0, 0)), count, key=_total_count)

    counted = answer_counts(survey)
    not_applicable = {q.column for q in questions(survey) if q.codes.not_applicable_means == "no"}
    for row in counted:
        column = str(row["column"])
        if row["unexpected"]:
            past[column] = max(past.get(column, 0), row["unexpected"])
        if row["missing"]:
            kind = "blank_not_skipped" if row["routed"] else "blank_without_reason"
            everybody = row["missing"] == row["asked"]
            note("blank_for_everybody" if everybody else kind, column, row["missing"])
        if row["dont_know"] or row["refused"]:  # `nonresponse` prints each of the two separately
            note("no_usable_answer", column, (row["dont_know"], row["refused"]))
        if row["not_applicable"] and row["column"] in not_applicable:
            note("not_applicable_is_no", column, row["not_applicable"])
        if 2 * row["yes"] > row["answered"]:
            note("mostly_yes", column, row["yes"])
    named = survey.spec.items.involuntary
    # A draft cannot always find this question, because its *no* is the answer that counts.
    if len(named) >= SEVERAL and "no_freedom_to_leave" not in named:
        yield CheckRule("leaving_not_asked", "items.involuntary.no_freedom_to_leave", count="")
    yield from _answered_despite_skip(survey, past, mask)
    yield from _work_rules(survey)
    yield from _twice_rules(survey.spec)
    yield from _episode_rules(survey)
    yield from _equal_rules(survey, counted)
    yield from _gate_rules(survey.spec)
    for column, count in kinds.pop("mostly_yes").items():  # apart, since `accept` must name the question
        yield CheckRule("mostly_yes", column, count=count)
    for kind, by in kinds.items():
        if by:
            yield _of_columns(kind, list(by.items()))


def _work_rules(survey: Survey) -> Iterator[CheckRule]:
    """Yields a rule on persons with *yes* to a question about their work, but *no* to every question on any
    work. Another rule asks about a question on work that is the status of the module."""
    spec, adult = survey.spec, nw.col(ASKED) & ~nw.col(CHILD)
    module = spec.module.column if spec.module else ""
    if module and module in {source.column for source in spec.any_work}:
        yield CheckRule("module_is_work", module, count="")
    said, there = said_yes_to_an_item(survey), set(survey.frame.collect_schema().names())
    asked = spec.any_work and all(SOURCE + source.column in there for source in spec.any_work)
    if said is not None and asked:
        yield CheckRule("yes_without_work", "any_work", adult & said_no_to_work(survey) & said)


def _twice_rules(spec: SurveySpec) -> Iterator[CheckRule]:
    """Yields a rule for a question with the column and the *yes* of another question, so that everybody who
    meets one meets the other."""
    asked = [(key, source.column, {*source.codes(spec.answers).yes}) for key, source in spec.questions()]
    for (key, column, yes), (other, second, codes) in combinations(asked, 2):
        if column == second and (yes <= codes or codes <= yes) and _must_differ(key, other):
            whole, item = (other, key) if key.startswith("items.") else (key, other)
            yield CheckRule("question_twice", whole, count="", values={"column": column, "other": item})


def _must_differ(one: str, other: str) -> bool:
    """Returns whether two keys of survey.yaml are criteria that one question cannot tell both. The two routes
    of children may share the question on threat."""
    (side, part), (other_side, other_part) = (key.rpartition(".")[::2] for key in (one, other))
    if one.startswith("children.") and other.startswith("children."):
        return one != other and (part != other_part or part == "done")
    criteria = all(key in APART or of in APART for key, of in ((one, side), (other, other_side)))
    return criteria and side != other_side


def _episode_rules(survey: Survey) -> Iterator[CheckRule]:
    """Yields a rule for a column of one episode, such as `WAGES_1`, that counts for all episodes, although the
    file has the column of another episode, and other questions are named by episode."""
    spec, episodes = survey.spec, survey.spec.episodes.wide
    named = spec.episode_columns()
    ends = {before[-1:] for c in named if "{episode}" in c for before in (c.partition("{episode}")[0],)}
    used = wanted_columns(spec).persons
    free = {name for names in survey.columns_of_files.values() for name in names if name not in used}
    for column in (c for c in named if "{episode}" not in c):
        stem = next((column.removesuffix(e) for e in episodes if column.endswith(e)), None)
        others = [] if stem is None else [stem + e for e in episodes if stem + e in free]
        if stem and others and stem[-1:] in ends and not stem[-1:].isalnum():
            values = {"columns": ", ".join(others), "name": f"{stem}{{episode}}"}
            yield CheckRule("not_by_episode", column, count="", values=values)


def _gate_rules(spec: SurveySpec) -> Iterator[CheckRule]:
    """Yields a rule for a gate that is no answer, but the sex or the place of a person: persons who were not
    asked for such a reason do not say *no*."""
    groups = [g for g in spec.groups.values() if isinstance(g, Group) and g.classification in NOT_ANSWERED]
    fixed = {*spec.design.strata, spec.design.psu, *(c for group in groups for c in group.column)}
    named: dict[str, list[str]] = {}
    for key, source in spec.questions():
        for gate in source.gates:
            for column in fixed.intersection(gate.column or ()):
                named.setdefault(str(column), []).append(key)
    for column, keys in named.items():
        values = {"column": column, "keys": ", ".join(dict.fromkeys(keys))}
        yield CheckRule("gate_is_no_answer", column, count="", values=values)


def _equal_rules(survey: Survey, counted: Sequence[Mapping[str, Any]]) -> Iterator[CheckRule]:
    """Yields a rule for two columns of items of one side that are equal in every row. Only columns with the
    same counts of answers are compared."""
    alike: dict[tuple[object, ...], list[str]] = {}
    for row in counted:
        if row["yes"] >= FEWEST and row["answered"] - row["yes"] >= FEWEST:
            side = str(row["where"]).rpartition(".")[0]  # all with one coercion may have one circumstance
            counts = (row[kind] for kind in ANSWER_COUNTS)
            alike.setdefault((side, *counts), []).append(str(row["column"]))
    for columns in (list(dict.fromkeys(named)) for named in alike.values()):
        for frame, held in frames_with(survey, columns):
            for one, other in pairwise(held):
                first, second = (nw.col(SOURCE + name).cast(nw.String) for name in (one, other))
                differ = (first != second).fill_null(False) | (first.is_null() != second.is_null())
                yield CheckRule(
                    "questions_equal",
                    f"{one}, {other}",
                    count="",
                    sums=(differ,),
                    when=lambda _, rows: not rows,
                    frame=frame,
                )


def _total_count(count: Count) -> int:
    return sum(count) if isinstance(count, tuple) else count


def _of_columns(kind: str, by: Sequence[tuple[str, Count]]) -> CheckRule:
    """Returns one rule about all columns with the same kind of problem, each with its number of persons."""
    if len(by) == 1:
        return CheckRule(kind, by[0][0], count=by[0][1])
    where = ", ".join(column for column, _ in by) if len(by) <= FEW_COLUMNS else "answers"
    return CheckRule(kind, where, count="", by={"": tuple(by)})


def _answered_despite_skip(survey: Survey, counts: Mapping[str, int], mask: Mask) -> Iterator[CheckRule]:
    """Yields a rule for each column in which persons have an answer although the routing skips the question.
    `counts` has the number of such persons for each column. If they all have a code that survey.yaml does not
    name, it may be how the file writes a blank."""
    rows, gates = _rows_despite_skip(survey, counts), _gates_in_words(survey)
    named: dict[str, set[str]] = {name: set() for name in counts}
    for q in questions(survey):
        if q.column in named:
            named[q.column] |= {*q.codes.named}
    for name, count in counts.items():
        frame, test = rows[name]
        found = frame.filter(test).group_by(SOURCE + name).agg(nw.len().alias("persons"))
        codes = {str(code): int(n) for code, n in to_rows(found)}
        if len(codes) <= FEW_CODES and not named[name].intersection(codes):
            shown = mask.shown(codes, count_distinct(frame, [SOURCE + name]))
            in_yaml = ", ".join(code if code.isalnum() else f'"{code}"' for code in shown) or "..."
            listed = ", ".join(shown) or Reason.of(f"{WORDS}not_printed")
            values: dict[str, object] = {"codes": listed, "in_yaml": in_yaml}
            yield CheckRule("blank_code_not_named", name, test, count, values=values, frame=frame)
        else:
            values = {"gates": gates[name]}
            yield CheckRule("answered_despite_skip", name, test, count, values=values, frame=frame)


def _gates_in_words(survey: Survey) -> dict[str, object]:
    """Returns the gates of questions in words, as {column of the question: gates}, such as `FILTER asked at
    1, skipped at 2`. A gate is an earlier question whose answer decides whether another question is asked."""
    mapped, gates_of = survey.spec.mapped, dict[str, list[Reason]]()
    for question in questions(survey):
        for gate in question.source.gates:
            for name in gate.column or ():
                codes = mapped.gate_codes(gate, name)
                kind = f"{WORDS}gate.{'skipped' if codes.skipped else 'else'}"
                words = {"column": name, "asked": tuple(codes.asked), "skipped": tuple(codes.skipped)}
                gates_of.setdefault(question.column, []).append(Reason.of(kind, **words))
    return {column: joined_reasons(gates) for column, gates in gates_of.items()}


def _rows_despite_skip(survey: Survey, columns: Collection[str]) -> dict[str, tuple[Frame, nw.Expr]]:
    """Returns, for each of the given columns, the rows with an answer although the routing skips the
    question: a frame, and the condition on its rows."""
    mapped = survey.spec.mapped
    found: dict[str, tuple[Frame, nw.Expr]] = {}
    for frame, names in frames_with(survey, list(columns)):
        held = [q for q in questions(survey) if q.column in names and q.source.routing]
        frame, stages = with_stages(frame, held, mapped)
        past: dict[str, list[nw.Expr]] = {}
        for q, (inside, _) in zip(held, stages, strict=True):
            skipped = is_skipped(q.source.routing, mapped, q.episode) if q.source.routing else nw.lit(False)
            answered = ~is_blank(q.source, mapped, q.episode)
            past.setdefault(q.column, []).append(nw.col(inside) & skipped & answered)
        for name, rows in past.items():
            found[name] = frame, nw.any_horizontal(*rows, ignore_nulls=False)
    return found


def declared_rules(survey: Survey) -> Iterator[CheckRule]:
    """Yields a rule for each column and reason for which survey.yaml declares that a missing answer counts as
    *no*."""
    kinds: dict[Kind, str] = {"blank": "blank_counts_as_no", "gate": "gate_counts_as_no"}
    for declared, kind in kinds.items():
        for _, column, why, persons in declared_answers(survey, declared):
            yield CheckRule(kind, column, count=persons, when=lambda _: True, values={"why": why})
