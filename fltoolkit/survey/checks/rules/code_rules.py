"""Finds codes of questions, groups, industries and occupations that survey.yaml or the classification does
not name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import narwhals as nw

from fltoolkit.languages.reasons import Reason, Remark
from fltoolkit.survey.answers import one_of, split_codes
from fltoolkit.survey.checks.item_nonresponse import AskedQuestion, frames_with, questions
from fltoolkit.survey.checks.rules.rule import WORDS, CheckRule
from fltoolkit.survey.classifications.job_codes import classification_of, job_label, job_rows
from fltoolkit.survey.design.survey_design import Survey
from fltoolkit.survey.engine.columns import CODE_OF, NUMBER_OF, SOURCE, Frame, column
from fltoolkit.survey.engine.engines import to_rows
from fltoolkit.survey.printed_values import Mask
from fltoolkit.survey.spec.coded_column import columns_named
from fltoolkit.survey.spec.groups_and_tables import Amount, DisabilityGroup, Group, Job, Sector

FEW = 12  # up to this many codes are compared one by one


def code_rules(survey: Survey, mask: Mask) -> Iterator[CheckRule]:
    """Yields the rules on codes to which survey.yaml gives no meaning. The kit does not guess the meaning, so
    such a finding stops the estimate. `mask` decides which codes of options the messages may print."""
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
        if isinstance(group, Group | DisabilityGroup):
            for named in columns_named(group):
                add(named, f"groups.{name}", [*group.codes, *group.missing])
    coded = {
        "module": spec.module,
        "children.module": spec.children and spec.children.module,
        "interview.mode": spec.interview.mode,
        "form": spec.form,
        "place": spec.place,
    }
    for e in spec.episodes.wide or ("",):
        for where, of in coded.items():
            if of:
                add(of.column.replace("{episode}", e), where, of.named)
    yield from _option_rules(survey, mask)
    listed = _option_columns(survey)
    for frame, columns in frames_with(survey, [name for name in known if name not in listed]):
        for name in columns:
            codes, value = sorted(known[name][1]), nw.col(SOURCE + name)
            if len(codes) <= FEW:  # a blank gives null, and is not counted
                odd = ~one_of(value, codes) if codes else ~value.is_null()
            else:
                others = {v for v in different_values(frame, [name]) if v is not None}.difference(codes)
                odd = one_of(value, sorted(others)) if others else nw.lit(False)
            yield _code_rule("unknown_codes", name, known[name][0], frame, odd)
    yield from _number_rules(survey)
    yield from _shared_column_rules(survey)


def different_values(frame: Frame, columns: Sequence[str]) -> list[str | None]:
    """Returns the different values in a column, as text, and None if there is a blank. If several columns are
    given, the first that is not blank counts for each row. For speed, whole numbers are read as whole numbers
    if the file has them."""
    code = CODE_OF + columns[0]
    as_number = len(columns) == 1 and code in frame.collect_schema().names()
    found = to_rows(frame.select((nw.col(code) if as_number else column(columns)).alias("v")).unique())
    return [None if v is None else str(v) for (v,) in found]


def job_code_rules(survey: Survey, mask: Mask) -> Iterator[CheckRule]:
    """Yields the rules on codes of industries and occupations that are not in the classification that
    survey.yaml names: a revision of ISIC, ISCO, or a correspondence table.

    A few unknown codes are a warning, and tables show their persons as `not stated`. If more than half of the
    rows with a code have an unknown code, or if codes have one digit too few and none has three or four as
    survey.yaml says, this is an error: `digits`, `revision` or the correspondence table must be wrong. If
    section letters do not separate fishing or domestic work from other industries, this is a note.
    """
    for name, sector in survey.spec.jobs.items():
        labels = sorted({row.label for row in job_rows(sector).values()})
        if held := tuple(label.split(" incl. ")[1] for label in labels if " incl. " in label):
            sectors = Reason.of(f"{WORDS}both", first=held[0], last=held[-1]) if held[1:] else held
            yield CheckRule(
                "section_letters", name, count=0, when=lambda _: True, values={"sectors": sectors}
            )
        own = sector.job == "forced_labour"  # the questions of the module
        frame = survey.episodes if own and survey.episodes is not None else survey.frame
        episodes = survey.spec.episodes.wide if any("{episode}" in c for c in sector.column) else ("",)
        codes, key = _codes(frame, sector, episodes), survey.spec.key_of_job(name)
        where = f"{', '.join(sector.column)} ({key})"
        yield from _unknown_job_codes(codes, sector, key, where, mask)
        yield from _short_job_codes(codes, sector, where, mask)


@dataclass(frozen=True)
class _CodeCounts:
    """The different codes in a column of industries or occupations. If each episode (spell) of work has its
    own column, the codes of all these columns are counted together.

    Attributes:
        rows: for each code, the number of rows that have it. The codes are sorted.
        known: the codes in `rows` that are in the classification.
    """

    rows: Mapping[str, int]
    known: frozenset[str]

    def of(self, codes: Iterable[str]) -> int:
        """Returns the number of rows that have one of the given codes."""
        return sum(self.rows[code] for code in codes)

    def printed(self, codes: Sequence[str], mask: Mask) -> Remark | str:
        """Returns the given codes as a message may print them, in one text. Codes that could identify a
        person are only counted."""
        return mask.printed({code: self.rows[code] for code in codes}, len(self.rows))


def _code_rule(kind: str, name: str, where: str, frame: Frame, odd: nw.Expr) -> CheckRule:
    values = {"key": where, "meanings": _meanings(where)}
    return CheckRule(
        kind, f"{name} ({where})", odd.fill_null(False), values=values, printed=name, frame=frame
    )


def _number_rules(survey: Survey) -> Iterator[CheckRule]:
    """Yields a rule for each column of bands, quantiles or amounts: its values are numbers, or codes of
    `missing`."""
    for where, of in survey.spec.numbers.items():
        text, value = nw.col(SOURCE + of.column), nw.col(NUMBER_OF + of.column)
        no_number = value.is_null() | value.is_nan()
        stated = ~text.is_null() & ~text.is_in(list(of.missing))
        yield _code_rule("no_numbers", of.column, where, survey.frame, stated & no_number)
        if isinstance(of, Amount):
            below = (stated & (value < 0)).fill_null(False)
            yield CheckRule("negative_amounts", f"{of.column} ({where})", below, values={"key": where})


def _shared_column_rules(survey: Survey) -> Iterator[CheckRule]:
    """Yields a rule for each question that does not list a code that another question on the same column
    lists. Such a code would count as a missing answer to the first question."""
    asked = [q for q in questions(survey) if not q.source.contains]  # the others read only their own codes
    named: dict[str, set[str]] = {}
    for q in asked:
        named.setdefault(q.column, set()).update(q.codes.named)
    not_listed = {(q.column, q.where): sorted(named[q.column].difference(q.codes.named)) for q in asked}
    for frame, columns in frames_with(survey, [name for (name, _), codes in not_listed.items() if codes]):
        for (name, where), codes in not_listed.items():
            if codes and name in columns:
                odd = nw.col(SOURCE + name).is_in(codes)
                yield _code_rule("codes_of_other_question", name, where, frame, odd)


def _meanings(where: str) -> Reason:
    """Returns, in words, the meanings that a code can have at a place in survey.yaml, such as `as asked, as
    skipped or as unknown` for routing. `where` is the key of the place."""
    kinds = {
        "category": ("groups", "interview.mode"),
        "module": ("module", "children.module"),
        "answer": ("items", "any_work", "episodes", "trafficking", "current"),
    }
    kind = next((kind for kind, keys in kinds.items() if where.startswith(keys)), "other")
    return Reason.of(f"{WORDS}meanings.{'routing' if where.endswith('.routing') else kind}")


def _option_columns(survey: Survey) -> dict[str, list[AskedQuestion]]:
    """Returns the columns whose cells contain the codes of several ticked options, each with the questions
    that read it."""
    found: dict[str, list[AskedQuestion]] = {}
    for question in questions(survey):
        if question.source.contains:
            found.setdefault(question.column, []).append(question)
    return found


def _option_rules(survey: Survey, mask: Mask) -> Iterator[CheckRule]:
    """Yields a rule for each column whose cells contain the codes of several ticked options, if survey.yaml
    gives no meaning to some of these codes."""
    columns = _option_columns(survey)
    for frame, held in frames_with(survey, list(columns)):
        for name in held:
            asked = columns[name]
            known, separator = _known_codes(survey, asked), asked[0].source.separator
            value = nw.col(SOURCE + name)
            cells = frame.filter(~value.is_null()).group_by(SOURCE + name).agg(nw.len().alias("persons"))
            texts = {str(text): int(n) for text, n in to_rows(cells, survey.path)}
            each = {text: split_codes(text, separator) for text in texts}
            odd = sorted(text for text, codes in each.items() if not known.issuperset(codes) or not codes)
            if odd:
                persons = Counter[str]()
                for text, n in texts.items():
                    persons.update(dict.fromkeys(set(each[text]) - known, n))
                different = len({code for codes in each.values() for code in codes})
                printed = mask.printed(dict(sorted(persons.items())), different)
                where, count = asked[0].where, sum(texts[text] for text in odd)
                values = {"values": printed, "key": where}
                yield CheckRule(
                    "unknown_options", f"{name} ({where})", value.is_in(odd).fill_null(False), count,
                    values=values, frame=frame,
                )  # fmt: skip


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


def _codes(frame: Frame, sector: Job, episodes: Sequence[str]) -> _CodeCounts:
    """Returns the different codes in a column of industries or occupations, and the number of rows with each
    code. Blanks and the codes of `missing` are left out. `episodes` are the texts that replace `{episode}` in
    the name of the column."""
    rows, known = Counter[str](), set[str]()
    for e in episodes:
        counted = (
            frame.select(column(sector.column, e).alias("code")).group_by("code").agg(nw.len().alias("rows"))
        )
        # The label is found after grouping, so that each different code is looked up only once.
        for code, n, label in to_rows(
            counted.select("code", "rows", job_label(nw.col("code"), sector).alias("label"))
        ):
            if code is not None and code not in sector.missing:
                rows[code] += int(n)
                known |= {code} if label is not None else set()
    return _CodeCounts(dict(sorted(rows.items())), frozenset(known))


def _unknown_job_codes(
    codes: _CodeCounts, sector: Job, key: str, where: str, mask: Mask
) -> Iterator[CheckRule]:
    unknown = [code for code in codes.rows if code not in codes.known]
    count, printed = codes.of(unknown), codes.printed(unknown, mask)
    values: dict[str, object] = {"classification": classification_of(sector), "values": printed, "key": key}
    if 2 * count > codes.of(codes.rows):
        cause = "codes"
        if isinstance(sector, Sector):
            cause = "table" if sector.correspondence else "revision"
        values["cause"] = Reason.of(f"{WORDS}job_cause.{cause}")
        yield CheckRule("most_jobs_unknown", where, count=count, values=values)
    else:
        yield CheckRule("jobs_unknown", where, count=count, values=values)


def _short_job_codes(codes: _CodeCounts, sector: Job, where: str, mask: Mask) -> Iterator[CheckRule]:
    """Yields a rule on codes with one digit too few.

    If survey.yaml says three or four digits and no code has that many, this is an error. Otherwise, if other
    codes of the column begin with zero, the short codes have probably lost their leading zero, which is a
    warning. Section letters, single digits and national codes have no such rule.
    """
    if sector.digits in ("letter", "1") or (isinstance(sector, Sector) and sector.correspondence):
        return
    digits = int(sector.digits)
    short = _matching(codes, rf"\d{{{digits - 1}}}")
    if digits > 2 and not _matching(codes, rf"[A-Za-z]?\d{{{digits}}}"):
        values: dict[str, object] = {"digits": digits, "fewer": digits - 1}
        yield CheckRule("job_digits", where, count=codes.of(short), values=values)
    elif _matching(codes, rf"0\d{{{digits - 1}}}"):
        values = {"values": codes.printed(short, mask)}
        yield CheckRule("job_zero_lost", where, count=codes.of(short), values=values)


def _matching(codes: _CodeCounts, pattern: str) -> list[str]:
    """Returns the codes whose whole text fits a regular expression (`pattern`)."""
    return [code for code in codes.rows if re.fullmatch(pattern, code, re.ASCII)]
