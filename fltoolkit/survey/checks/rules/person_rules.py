"""Rules on persons and on what is linked to them: ages, files, groups, the status of the module on forced
labour, children and their parents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import narwhals as nw

from fltoolkit.languages.reasons import Reason
from fltoolkit.survey.checks.findings import count_rows
from fltoolkit.survey.checks.item_nonresponse import questions, said_yes_to_an_item
from fltoolkit.survey.checks.rules.code_rules import different_values
from fltoolkit.survey.checks.rules.label_rules import Labels
from fltoolkit.survey.checks.rules.rule import WORDS, CheckRule
from fltoolkit.survey.checks.survey_facts import refused_module
from fltoolkit.survey.classifications.answer_labels import UNRESOLVED, answer_meaning
from fltoolkit.survey.design.survey_design import Survey
from fltoolkit.survey.engine.columns import (
    AGE,
    ASKED,
    CHILD,
    HOUSEHOLD,
    NUMBER_OF,
    PART,
    SOURCE,
    Frame,
    column,
)
from fltoolkit.survey.engine.engines import count_distinct, rows_of, to_rows
from fltoolkit.survey.person_rows import line_numbers, twin_columns, wanted_columns, with_parent_facts
from fltoolkit.survey.spec.groups_and_tables import Group
from fltoolkit.survey.spec.questions import Parents

WIDE = 1000
OFTEN = 0.05  # of the persons; with fewer unknown ages, no rate of adults changes by more
FEWEST = 5  # persons with answers who were not asked; fewer may be slips
FORMULA = ("=", "+", "-", "@")
YOUNGEST_PARENT = 12  # years between parent and child; with fewer, the line number must be wrong


def age_rules(survey: Survey) -> Iterator[CheckRule]:
    """Yields the rules on ages that are impossible, no numbers, or unknown."""
    age, own = nw.col(AGE), survey.spec.age
    text = nw.col(SOURCE + own.column)
    no_number = age.is_null() & ~text.is_null() & ~text.is_in(list(own.missing))
    yield CheckRule("age_outside", own.column, (age < 0) | (age > own.max), values={"max": own.max})
    yield CheckRule("age_text", own.column, no_number, printed=own.column)
    for kind, often in (("age_missing", False), ("age_often_missing", True)):

        def is_so(missing: int, persons: int, often: bool = often) -> bool:
            return missing > 0 and (missing > OFTEN * persons) is often

        yield CheckRule(kind, own.column, age.is_null(), sums=(nw.lit(1),), when=is_so)


def header_rules(survey: Survey) -> Iterator[CheckRule]:
    """Yields a rule on rows that repeat the names of the columns, as in files that were put together."""
    spec = survey.spec
    names = dict.fromkeys((*spec.files.person.key, spec.age.column, spec.design.weight))
    test = nw.all_horizontal(*[nw.col(SOURCE + n).cast(nw.String) == n for n in names], ignore_nulls=False)
    yield CheckRule("header_repeated", "files.person", test.fill_null(False))


def file_rules(survey: Survey) -> Iterator[CheckRule]:
    """Yields the rules on very wide files, and on rows of a file that no person has, or that persons lack."""
    wanted, files = wanted_columns(survey.spec), survey.spec.files
    keys = (name for file in files.given.values() for name in file.key)
    used = {*wanted.persons, *wanted.episodes, *keys}
    for kind, there in survey.columns_of_files.items():
        number = {"used": len(used.intersection(there)), "all": len(there)}
        yield CheckRule(
            "wide_file", f"files.{kind}", count=len(there), when=lambda n: n > WIDE, values=number
        )
    for name in survey.spec.files.person.key:
        yield CheckRule("key_blank", name, nw.col(SOURCE + name).is_null(), values={"name": name})
    for join in survey.joins:
        zeros = join.lost is not None and join.unmatched_rows and _differ_by_zeros(survey, join.lost)
        do = Reason.of(f"{WORDS}keys.{'zeros' if zeros else 'check'}")
        where = f"files.{join.file}"
        values: dict[str, object] = {"file": join.file, "do": do}
        if join.file == "household":
            yield CheckRule("no_household_row", where, count=join.unmatched_persons, values=values)
        # Rows of a household file hold no answers.
        kind = "lost_household" if join.file == "household" else "lost_answers"
        yield CheckRule(
            kind, where, None, join.unmatched_rows, values=values, frame=join.lost, file=join.file
        )


def twin_rules(survey: Survey) -> Iterator[CheckRule]:
    """Yields a rule for each column that another file has too and that differs there: such rows may have been
    joined to other persons."""
    there = set(survey.frame.collect_schema().names())
    for twin, name in twin_columns(survey.spec.files, wanted_columns(survey.spec)).items():
        form = NUMBER_OF if NUMBER_OF + twin in there else SOURCE
        if SOURCE + twin in there and form + name in there:
            test = (nw.col(form + name) != nw.col(form + twin)).fill_null(False)
            yield CheckRule("column_of_other_file", twin, test, values={"name": name})


def _differ_by_zeros(survey: Survey, lost: Frame) -> bool:
    """Returns whether keys without a person (`lost`) are those of persons except for zeros in front, such as
    `01` and `1`."""
    named = [c for c in lost.collect_schema().names() if c.startswith(SOURCE)]
    bare = [nw.col(c).cast(nw.String).str.replace_all("^0+", "") for c in named]
    persons = survey.frame.select(named).with_columns(bare).unique()
    return rows_of(lost.select(named).with_columns(bare).join(persons, on=named, how="inner")) > 0


def family_rules(survey: Survey, labels: Labels) -> Iterator[CheckRule]:
    """Yields the rules on persons who answered the wrong module (set of questions), and on parents who cannot
    be linked to their child or are too young. There are none if the survey has no module on children."""
    children, module, line = survey.spec.children, survey.spec.module, survey.spec.age.adult
    if children is None:
        return
    if children.module and module:
        child = nw.col(CHILD)
        for name, who, of in (("children", child, module), ("adults", ~child, children.module)):
            answered = nw.col(SOURCE + of.column).is_in(list(of.answered))
            test = who & answered & ~nw.col(ASKED)
            yield CheckRule(f"other_module_{name}", survey.spec.age.column, test, values={"line": line})
    if children.parents:
        yield from _parent_rules(survey, children.parents, labels)


def _parent_rules(survey: Survey, parents: Parents, labels: Labels) -> Iterator[CheckRule]:
    mine, line = nw.col(CHILD) & nw.col(ASKED), survey.spec.age.adult
    home = [HOUSEHOLD, PART, "fl__line"]
    own = line_numbers(survey.frame, parents)[parents.line].alias("fl__line")
    lines = survey.frame.with_columns(own).filter(~nw.col("fl__line").is_null())
    known = lines.select(home)
    if count_distinct(known, home) < rows_of(known):
        numbers = known.group_by(home).agg(nw.len().alias("n"))
        twice = count_rows(numbers, {"twice": nw.col("n") > 1})["twice"]
        times = lines.with_columns(nw.len().over(*home).alias("fl__times"))
        yield CheckRule("line_twice", parents.line, nw.col("fl__times") > 1, twice, frame=times)
        return
    facts = {"there": nw.lit(True), "age": nw.col(AGE), "child": nw.col(CHILD)}
    linked = with_parent_facts(survey.frame, parents, mine, ~nw.col(HOUSEHOLD).is_null(), facts)
    without = mine & nw.col(HOUSEHOLD).is_null()
    yield CheckRule("child_without_household", ", ".join(survey.spec.design.household), without, frame=linked)
    codes = list(parents.named)
    open_codes = _codes_of_no_answer(survey, parents, labels)
    not_known, also_lines = list[nw.Expr](), list[nw.Expr]()
    for i, name in enumerate(parents.columns):
        value, there, of_age, minor = (
            nw.col(c) for c in (SOURCE + name, *(f"fl__parent{i}__{fact}" for fact in facts))
        )
        coded = value.is_in(codes).fill_null(False)
        named = mine & ~value.is_null() & ~coded
        blank = value.is_null() | value.is_in(list(parents.missing)).fill_null(False)
        young = (of_age - nw.col(AGE) < YOUNGEST_PARENT).fill_null(False)
        for kind, test, values in (
            ("too_young", named & young, {"years": YOUNGEST_PARENT}),
            ("nobody", named & there.is_null(), {}),
            ("no_adult", named & minor & ~young, {"line": line}),
            ("blank", mine & blank, {}),
        ):
            yield CheckRule(f"parent_{kind}", name, test, values=values, frame=linked)
        not_known.append(value.is_in(open_codes).fill_null(False))
        also_lines.append(coded & ~there.is_null())
    for kind, where, tests in (
        ("not_known", "children.parents.none", not_known),
        ("code_is_line", "children.parents", also_lines),
    ):
        test = mine & nw.any_horizontal(*tests, ignore_nulls=False)
        yield CheckRule(f"parent_{kind}", where, test, values={"codes": ", ".join(open_codes)}, frame=linked)


def _codes_of_no_answer(survey: Survey, parents: Parents, labels: Labels) -> list[str]:
    """Returns the codes of `parents.none` that mean *don't know* or *refused* in other questions, or by their
    label in an SPSS or Stata file."""
    told = [column.codes for name in parents.columns for column in labels.get(name, ())]
    labelled = {
        code for codes in told for code, label in codes.items() if answer_meaning(label) in UNRESOLVED
    }
    return [code for code in parents.none if code in labelled.union(survey.spec.answers.meaning_unresolved)]


def group_rules(survey: Survey) -> Iterator[CheckRule]:
    """Yields the groups in which all persons asked have the same category, and labels that a spreadsheet
    would read as a formula."""
    groups = {name: group for name, group in survey.spec.groups.items() if isinstance(group, Group)}
    alike = _same_at_both_ends(survey, groups)
    for name, group in groups.items():
        where = f"groups.{name}"
        if name in alike:
            found = different_values(survey.frame.filter(nw.col(ASKED)), group.column)
            labels = {group.labels.get(code) for code in found if code is not None} - {None}
            if len(labels) == 1:
                values = {"name": name, "label": labels.pop()}
                yield CheckRule("all_alike", where, count=len(found), values=values)
        odd = [label for label in dict.fromkeys(group.labels.values()) if label.startswith(FORMULA)]
        yield CheckRule("formula_labels", where, count=len(odd), values={"labels": ", ".join(odd)})


def _same_at_both_ends(survey: Survey, groups: Mapping[str, Group]) -> set[str]:
    """Returns the names of those groups in which the lowest and the highest known code have the same
    category, among persons who were asked. In any other group, persons have different categories. So only the
    groups that are returned must be read completely, which saves time."""
    ends: list[nw.Expr] = []
    for i, group in enumerate(groups.values()):
        value = column(group.column)
        known = nw.when(nw.col(ASKED) & value.is_in(list(group.labels))).then(value)
        ends += [known.min().alias(f"fl__low{i}"), known.max().alias(f"fl__high{i}")]
    if not ends:
        return set()
    (found,) = to_rows(survey.frame.select(ends), survey.path)
    pairs = zip(groups.items(), found[::2], found[1::2], strict=True)
    return {
        name
        for (name, group), low, high in pairs
        if low is not None and group.labels[low] == group.labels[high]
    }


def module_rules(survey: Survey) -> Iterator[CheckRule]:
    """Yields the rules on the status of the module on forced labour: nobody answered it, it was refused, or
    all its questions are blank."""
    spec, asked, child = survey.spec, nw.col(ASKED), nw.col(CHILD)
    statuses = (spec.module, spec.children and spec.children.module)
    where = spec.module.column if spec.module else "module"
    yield CheckRule("nobody_answered", where, asked, when=lambda persons: not persons)
    yield CheckRule("module_refused", ", ".join(of.column for of in statuses if of), refused_module(survey))
    said = said_yes_to_an_item(survey)
    if said is not None and spec.module:
        other = nw.col(SOURCE + spec.module.column).is_in(list(spec.module.not_asked)).fill_null(False)
        told = ~asked & ~child & said & other
        yield CheckRule("answers_not_used", where, told, when=lambda persons: persons >= FEWEST)
    if not spec.episodes.wide and not spec.episodes.long:
        yield CheckRule("all_blank", "items", asked & ~child & _all_blank(survey, "items", "any_work"))
    if spec.children:
        yield CheckRule("all_blank", "children", asked & child & _all_blank(survey, "children"))


def _all_blank(survey: Survey, *keys: str) -> nw.Expr:
    """Returns, for each person, whether all questions whose key in survey.yaml begins with one of `keys` are
    blank."""
    blank = [nw.col(SOURCE + q.column).is_null() for q in questions(survey) if q.where.startswith(keys)]
    return nw.all_horizontal(*blank, ignore_nulls=False)
