"""Checks a classified survey. It finds missing answers that prevent a decision on whether a person is in
forced labour. It also finds facts about the cases that a reader should know, such as cases without a
duration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import narwhals as nw

from fltoolkit.arguments import checked
from fltoolkit.classify.adults import MONTHS
from fltoolkit.classify.children import ADULT_FROM_CHILD, PARENT, WITH
from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.classify.group_columns import POPULATION
from fltoolkit.classify.rule_set import item_sources
from fltoolkit.languages.reasons import Reason
from fltoolkit.languages.word_files import BASE, Shipped
from fltoolkit.survey.answers import answer, any_answer
from fltoolkit.survey.checks.findings import Columns, Finding, count_rows, findings
from fltoolkit.survey.checks.item_nonresponse import BEFORE
from fltoolkit.survey.checks.rules.rule import WORDS, CheckRule, apply_rules
from fltoolkit.survey.engine.columns import AGE, ASKED, CHILD, SOURCE, column
from fltoolkit.survey.printed_values import Mask
from fltoolkit.survey.spec.groups_and_tables import NOT_STATED
from fltoolkit.survey.spec.questions import Source

if TYPE_CHECKING:
    import pandas as pd

UNRESOLVED = "unresolved"
# What no question asks.
ONE_EPISODE, A_PARENT = (Reason.of(f"{WORDS}because.{what}") for what in ("one_episode", "a_parent"))
Condition = tuple[str | Reason, nw.Expr]


@checked
def check_cases(persons: ClassifiedSurvey, *, language: Shipped = BASE) -> pd.DataFrame:
    """Returns findings about a classified survey, in a table with the columns of `fl.check`.

    The findings say, among other things:

    - how many persons are unresolved (the answers do not decide whether the person is a case), and which
      questions are the reason
    - which items of the rule set (such as debt bondage) the questionnaire does not ask
    - how many cases have no duration, or a duration that is longer than the reference period
    - how many adult cases may have been children when the forced labour began
    - how many persons were interviewed by proxy or with somebody listening

    A `count` of cases is not exact: it is `fewer than 5` or `5 or more`. A `count` of other persons is
    rounded as in `fl.check`. `language` is that of the words: `en`, `fr` or `es`.
    """
    return findings(case_findings(persons), persons.spec.confidentiality.smallest_printed_count, language)


def case_findings(persons: ClassifiedSurvey) -> list[Finding]:
    """Returns the findings of `check_cases` as objects, with exact counts. These counts must not be
    printed."""
    mask = Mask(persons.spec.confidentiality.smallest_printed_count)
    rules = [*_unresolved_rules(persons), *_question_rules(persons), *_case_rules(persons)]
    return apply_rules(rules, persons.frame, mask, persons.path)


def _question_rules(persons: ClassifiedSurvey) -> Iterator[CheckRule]:
    """Yields the rules on questions that were not asked, and on groups that nobody's answer tells."""
    spec = persons.spec
    for side, items in persons.lacking.items():
        values = {"items": tuple(items)}
        yield CheckRule("items_not_asked", f"items.{side}", count=len(items), values=values)
    if spec.children and not spec.children.worst_forms:
        yield CheckRule("no_worst_forms", "children.worst_forms", count=1)
    for name in spec.groups:
        stated = nw.col(ASKED) & (nw.col(name) != NOT_STATED)
        yield CheckRule(
            "group_unknown", f"groups.{name}", stated, when=lambda persons: not persons, values={"name": name}
        )


def _case_rules(persons: ClassifiedSurvey) -> Iterator[CheckRule]:
    """Yields the rules on cases: how many there are, their job, duration and age, and the interview."""
    spec, limit = persons.spec, persons.spec.confidentiality.smallest_printed_count
    inside, case, child = nw.col(POPULATION + spec.default_population), nw.col("forced_labour"), nw.col(CHILD)
    cases, age, line = inside & case, nw.col(AGE), spec.age.adult
    of = {"population": spec.default_population}
    yield CheckRule("no_case", "forced labour", cases, when=lambda n: not n and limit > 0, values=of)
    yield CheckRule("few_cases", "forced labour", cases, when=lambda n: 0 < n < limit, values=of)
    if spec.design.design_effect_at_zero_cases is None:
        where = "design.design_effect_at_zero_cases"
        yield CheckRule("limit_of_no_case", where, count=1, sums=(cases,), when=lambda _, n: not n, values=of)
    yield from _job_rules(persons)
    window = spec.reference_period.months
    if spec.months:
        months = nw.col(MONTHS)
        outside = cases & ((months < 0) | (months > window))
        yield CheckRule("no_months", "months", cases & ~child & months.is_null())
        yield CheckRule("months_outside", "months", outside, values={"months": window})
    start = line + (window + 11) // 12
    young = cases & ~child & (age >= line) & (age < start)
    yield CheckRule("young_case", "age", young, values={"age": start})
    yield CheckRule("began_as_child", "age", cases & (nw.col("route") == ADULT_FROM_CHILD))
    yield CheckRule("child_as_adult", "age", inside & ~child & (age < line), values={"line": line})
    if spec.children:
        unknown = nw.col(ASKED) & child & nw.col(WITH) & nw.col(PARENT).is_null()
        yield CheckRule("parent_unresolved", "parents", unknown)
    if spec.interview.proxy:
        yield CheckRule("proxy", "interview.proxy", inside & any_answer(spec.interview.proxy, spec.mapped))
    if spec.interview.alone:
        yield CheckRule("not_alone", "interview", inside & ~any_answer(spec.interview.alone, spec.mapped))


def _job_rules(persons: ClassifiedSurvey) -> Iterator[CheckRule]:
    """Yields a rule for each sector or occupation that is blank for most workers, although survey.yaml says
    that all workers were asked, and for each that most workers have, although survey.yaml says that it is
    that of the forced labour. A code of each spell of work is left out: it is right that everybody with such
    a spell has it."""
    spec, there = persons.spec, persons.frame.collect_schema().names()
    for name, job in spec.jobs.items():
        code, where = column(job.column), ", ".join(job.column)
        values = {"population": job.population, "key": spec.key_of_job(name)}
        if job.job == "all_workers" and job.population:
            workers = nw.col(POPULATION + job.population)
            blank = workers & code.is_null()
            yield CheckRule("job_blank", where, blank, sums=(workers,), when=_most, values=values)
        elif job.job == "forced_labour" and all(SOURCE + c in there for c in job.column):
            inside = nw.col(POPULATION + spec.default_population)
            workers = inside & nw.col("any_work") & ~nw.col("forced_labour")
            coded = workers & ~code.is_null() & ~code.is_in(list(job.missing))
            yield CheckRule("job_of_others", where, coded, sums=(workers,), when=_most, values=values)


def _most(persons: int, of: int) -> bool:
    return 2 * persons > of


def _unresolved_rules(persons: ClassifiedSurvey) -> Iterator[CheckRule]:
    """Yields a rule on the unresolved persons: those whose answers do not decide whether they are cases. It
    has their number, and for each question the number of these persons for whom it is a reason.

    A question is a reason if it has no answer and its part of the definition is not decided. The parts are:
    the two sides (involuntary, coercion), whether both are about the same work, the exceptions, whether the
    work was in the country, and the routes of children. A person may be counted at several questions.
    """
    inside = nw.col(POPULATION + persons.spec.default_population)
    unresolved = inside & nw.col("forced_labour").is_null()
    found = count_rows(persons.frame, {"asked": inside, UNRESOLVED: unresolved})
    if not found[UNRESOLVED]:
        return
    listed = [*_of_adults(persons), *_of_children(persons)]
    counts = count_rows(
        persons.frame.filter(unresolved.fill_null(False)), {str(i): who for i, (_, who) in enumerate(listed)}
    )
    by: dict[str | Reason, int] = {}
    for i, (name, _) in enumerate(listed):
        by[name] = max(by.get(name, 0), counts[str(i)])  # a column may feed two items
    of_kind: dict[str, Columns] = {}
    for because in ("not_known", "no_answer"):
        pairs = tuple(
            (name, count)
            for name, count in by.items()
            if count and isinstance(name, Reason) == (because == "not_known")
        )
        if pairs:
            of_kind[f"kit.{WORDS}because.{because}"] = pairs
    most = 2 * found[UNRESOLVED] > found["asked"]
    kind = "most_unresolved" if most else "unresolved"
    yield CheckRule(kind, "forced labour", unresolved, found[UNRESOLVED], by=of_kind)


def _of_adults(persons: ClassifiedSurvey) -> Iterator[Condition]:
    """Yields each question of the adults' definition as a pair: its column, and a condition. An adult meets
    the condition if a part of the definition cannot be decided because this question has no answer."""
    spec, adult = persons.spec, ~nw.col(CHILD)
    there = set(persons.frame.collect_schema().names())
    for source in spec.any_work:
        yield from _open(persons, [source], adult & nw.col("any_work").is_null(), there)
    for side, questions in item_sources(spec, persons.rule).items():
        for name, _, source in questions:
            yield source.column, adult & nw.col(side).is_null() & nw.col(name).is_null()
    both = adult & nw.col("involuntary") & nw.col("coercion") & nw.col("same_work").is_null()
    if isinstance(spec.episodes.same_work, tuple):
        yield from _open(persons, spec.episodes.same_work, both, there)
    elif spec.episodes.wide or spec.episodes.long:
        yield ONE_EPISODE, both
    elsewhere = adult & nw.col("same_work")
    if spec.exceptions:
        sources = [s for kind in spec.exceptions.kinds.values() for s in kind]
        yield from _open(persons, [*sources, *spec.exceptions.within_limits], elsewhere, there)
    if spec.place and SOURCE + spec.place.column in there:
        codes = [*spec.place.in_country, *spec.place.abroad]
        yield spec.place.column, elsewhere & ~nw.col(SOURCE + spec.place.column).is_in(codes).fill_null(False)


def _of_children(persons: ClassifiedSurvey) -> Iterator[Condition]:
    """Yields each question of the module on children as a pair: its column, and a condition. A child meets
    the condition if it was asked the question and has no answer. For the question on parents, a child meets
    the condition if nobody knows whether a parent is in forced labour."""
    spec = persons.spec
    if not spec.children:
        return
    child, there = nw.col(ASKED) & nw.col(CHILD), set(persons.frame.collect_schema().names())
    asked = dict(spec.children.questions())
    for where, sources in asked.items():
        reached = child
        for earlier in asked.get(BEFORE.get(where, "")) or ():
            reached = reached & answer(earlier, spec.mapped).fill_null(True)
        yield from _open(persons, sources or (), reached, there)
    if spec.children.parents:
        yield A_PARENT, child & nw.col(WITH) & nw.col(PARENT).is_null()


def _open(
    persons: ClassifiedSurvey, sources: Sequence[Source], who: nw.Expr, there: set[str]
) -> Iterator[Condition]:
    """Yields each question as a pair: its column, and a condition. Persons for whom `who` is true and who did
    not answer the question meet the condition. Questions about single spells of work are left out.

    Args:
        persons: the survey.
        sources: the questions.
        who: a true/false column.
        there: the names of the columns in the persons' rows.
    """
    for source in sources:
        if SOURCE + source.column in there:
            yield source.column, who & answer(source, persons.spec.mapped).is_null()
