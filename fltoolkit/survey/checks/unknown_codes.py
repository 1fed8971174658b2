"""Finds codes in the data to which survey.yaml gives no meaning. Such codes stop the estimate. Cells that
contain several codes are also checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import narwhals as nw

from fltoolkit.survey.answers.several_codes import split_codes
from fltoolkit.survey.answers.skips_and_blanks import one_of
from fltoolkit.survey.checks.findings import Finding, FindingRows, count_rows, printed_values
from fltoolkit.survey.checks.item_nonresponse import AskedQuestion, frames_with, questions
from fltoolkit.survey.data.fetch_rows import to_pandas, to_rows
from fltoolkit.survey.data.internal_columns import CODE_OF, NUMBER_OF, SOURCE
from fltoolkit.survey.data.person_frame import Frame, column
from fltoolkit.survey.data.printable_values import Mask
from fltoolkit.survey.design.survey_design import Survey
from fltoolkit.survey.spec.groups import DisabilityGroup, Group, NumberGroup, QuantileGroup
from fltoolkit.survey.spec.questions import FORMS

FEW = 12  # up to this many codes are compared one by one


def code_findings(survey: Survey, mask: Mask) -> list[Finding]:
    """Returns an error for each column that has codes to which survey.yaml gives no meaning. The kit does not
    guess the meaning, so the error stops the estimate. The findings of the other functions of this module are
    included. `mask` decides which codes the messages may print."""
    known: dict[str, tuple[str, set[str]]] = {}

    def add(column: str, where: str, codes: Iterable[str]) -> None:
        path, seen = known.get(column, (where, set()))
        known[column] = (path, seen | set(codes))

    spec, mapped = survey.spec, survey.spec.mapped
    for q in questions(survey):
        add(q.column, q.where, q.codes.named)
        for name in q.source.if_ticked:
            beside = spec.answers if q.source.contains else q.codes
            add(name.replace("{episode}", q.episode), f"{q.where}.if_ticked", [*beside.yes, *beside.no])
        for gate in q.source.gates:
            for name in gate.column or ():
                means = mapped.gate_codes(gate, name)
                add(
                    name.replace("{episode}", q.episode),
                    f"{q.where}.routing",
                    [*means.asked, *means.skipped, *means.unknown],
                )
    for name, group in spec.groups.items():
        if isinstance(group, Group):
            for named in group.column:
                add(named, f"groups.{name}", [*group.codes, *group.missing])
        if isinstance(group, DisabilityGroup):
            for named in group.washington_group:
                add(named, f"groups.{name}", [*group.codes, *group.missing])
    for where, m in (("module", spec.module), ("children.module", spec.children and spec.children.module)):
        if m:
            add(m.column, where, [*m.answered, *m.refused, *m.not_asked])
    if mode := spec.interview.mode:
        add(mode.column, "interview.mode", [*mode.codes, *mode.missing])
    for e in spec.episodes.wide or ("",):
        if f := spec.form:
            codes = [code for kind in (*FORMS, "missing") for code in getattr(f, kind)]
            add(f.column.replace("{episode}", e), "form", codes)
        if p := spec.place:
            add(p.column.replace("{episode}", e), "place", [*p.in_country, *p.abroad, *p.missing])
    out, listed = _ticked(survey, mask), _option_columns(survey)
    for frame, columns in frames_with(survey, [name for name in known if name not in listed]):
        strange: dict[str, nw.Expr] = {}
        for name in columns:
            codes, value = sorted(known[name][1]), nw.col(SOURCE + name)
            if len(codes) <= FEW:
                strange[name] = (
                    ~one_of(value, codes) if codes else ~value.is_null()
                )  # null of a blank, which is not counted
            elif odd := sorted(
                {v for v in different_values(frame, [name]) if v is not None}.difference(codes)
            ):
                strange[name] = one_of(value, odd)
        for held, rows in count_rows(frame, strange).items():
            if rows:
                where, odd_rows = known[held][0], strange[held].fill_null(False)
                what = f"codes that survey.yaml does not name: {printed_values(frame, held, odd_rows, mask)}"
                do = f"add them under {where}, {_meanings(where)}"
                out.append(
                    Finding(
                        "error",
                        "unknown codes",
                        f"{held} ({where})",
                        what,
                        rows,
                        do,
                        FindingRows(frame, odd_rows),
                    )
                )
    return [*out, *_no_numbers(survey, mask), *_codes_of_other_questions(survey, mask)]


def _no_numbers(survey: Survey, mask: Mask) -> list[Finding]:
    """Returns an error for each column of bands or quantiles in which some values are not numbers. Codes of
    `missing` are allowed."""
    out = []
    for name, group in survey.spec.groups.items():
        if not isinstance(group, NumberGroup | QuantileGroup):
            continue
        text, value = nw.col(SOURCE + group.column), nw.col(NUMBER_OF + group.column)
        odd = (
            ~text.is_null() & ~text.is_in(list(group.missing)) & (value.is_null() | value.is_nan())
        ).fill_null(False)
        if rows := count_rows(survey.frame, {"odd": odd})["odd"]:
            what = f"values that are not numbers: {printed_values(survey.frame, group.column, odd, mask)}"
            do = f"list codes for no number under groups.{name}.missing"
            where = f"{group.column} (groups.{name})"
            out.append(
                Finding("error", "unknown codes", where, what, rows, do, FindingRows(survey.frame, odd))
            )
    return out


def _codes_of_other_questions(survey: Survey, mask: Mask) -> list[Finding]:
    """Returns an error for each question that does not list a code, if the code is in the data and another
    question on the same column lists it. Such a code would count as a missing answer to the first
    question."""
    asked = [
        q for q in questions(survey) if not q.source.contains
    ]  # otherwise each question reads only its own codes
    named: dict[str, set[str]] = {}
    for q in asked:
        named.setdefault(q.column, set()).update(q.codes.named)
    lacking = {(q.column, q.where): sorted(named[q.column].difference(q.codes.named)) for q in asked}
    out = []
    for frame, columns in frames_with(survey, [name for (name, _), codes in lacking.items() if codes]):
        held = [(name, where, codes) for (name, where), codes in lacking.items() if codes and name in columns]
        rows = {
            f"{i}": nw.col(SOURCE + name).is_in(codes).fill_null(False)
            for i, (name, _, codes) in enumerate(held)
        }
        for (name, where, _), (i, count) in zip(held, count_rows(frame, rows).items(), strict=True):
            if count:
                values = printed_values(frame, name, rows[i], mask)
                what = f"codes that another question of this column names, and this one does not: {values}"
                do = f"add them under {where}, {_meanings(where)}"
                out.append(
                    Finding(
                        "error",
                        "unknown codes",
                        f"{name} ({where})",
                        what,
                        count,
                        do,
                        FindingRows(frame, rows[i]),
                    )
                )
    return out


def _meanings(where: str) -> str:
    """Returns, in words, the meanings that a code can have at a place in survey.yaml, such as `as asked, as
    skipped or as unknown` for routing. `where` is the key of the place."""
    if where.endswith(".routing"):
        return "as asked, as skipped or as unknown"
    if where.startswith(("groups", "interview.mode")):
        return "in codes or as missing"
    if where.startswith(("module", "children.module")):
        return "as answered, refused or not_asked"
    if where.startswith(("items", "any_work", "episodes", "trafficking", "current")):
        return "as yes, no, dont_know, refused, not_applicable or missing"
    return "as an answer or as missing"


def different_values(frame: Frame, columns: Sequence[str]) -> list[str | None]:
    """Returns the different values in a column, as text, and None if there is a blank. If several columns are
    given, the first that is not blank counts for each row. For speed, whole numbers are read as whole numbers
    if the file has them."""
    code = CODE_OF + columns[0]
    as_number = len(columns) == 1 and code in frame.collect_schema().names()
    found = to_rows(frame.select((nw.col(code) if as_number else column(columns)).alias("v")).unique())
    return [None if v is None else str(v) for (v,) in found]


def _option_columns(survey: Survey) -> dict[str, list[AskedQuestion]]:
    """Returns the columns whose cells contain the codes of several ticked options, each with the questions
    that read it."""
    found: dict[str, list[AskedQuestion]] = {}
    for question in questions(survey):
        if question.source.contains:
            found.setdefault(question.column, []).append(question)
    return found


def _ticked(survey: Survey, mask: Mask) -> list[Finding]:
    """Returns an error for each column whose cells contain the codes of several ticked options, if
    survey.yaml gives no meaning to some of these codes. The kit does not guess the meaning, so the error
    stops the estimate."""
    columns, out = _option_columns(survey), []
    for frame, held in frames_with(survey, list(columns)):
        for name in held:
            asked = columns[name]
            known, separator = _known_codes(survey, asked), asked[0].source.separator
            value = nw.col(SOURCE + name)
            table = to_pandas(
                frame.filter(~value.is_null()).group_by(SOURCE + name).agg(nw.len().alias("persons"))
            )
            texts = dict(zip(table[SOURCE + name], (int(n) for n in table["persons"]), strict=True))
            each = {text: split_codes(text, separator) for text in texts}
            odd = sorted(text for text, codes in each.items() if not known.issuperset(codes) or not codes)
            if odd:
                persons = Counter[str]()
                for text, n in texts.items():
                    persons.update(dict.fromkeys(set(each[text]) - known, n))
                found = mask.printed(
                    dict(sorted(persons.items())), len({code for codes in each.values() for code in codes})
                )
                what = f"codes of options that survey.yaml does not name: {found}"
                do = (
                    f"name them under {asked[0].where}: contains, no, dont_know or refused; if they are "
                    "no codes, say what separates "
                    "the codes under separator"
                )
                rows = FindingRows(frame, value.is_in(odd).fill_null(False))
                out.append(
                    Finding(
                        "error",
                        "unknown codes",
                        f"{name} ({asked[0].where})",
                        what,
                        sum(texts[t] for t in odd),
                        do,
                        rows,
                    )
                )
    return out


def _known_codes(survey: Survey, asked: list[AskedQuestion]) -> frozenset[str]:
    """Returns all codes to which survey.yaml gives a meaning, for a column whose cells contain the codes of
    several ticked options. Both the questions on this column (`asked`) and the routing of other questions can
    give a code its meaning."""
    mapped, columns = survey.spec.mapped, {name for q in asked for name in (q.source.column, q.column)}
    named = {c for q in asked for c in q.codes.named}
    for _, source in survey.spec.questions():
        for gate in source.gates:
            for name in columns.intersection(gate.column or ()):
                means = mapped.gate_codes(gate, name)
                named |= {*means.asked, *means.unknown}
    return frozenset(named)
