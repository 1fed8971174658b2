"""Checks a classified survey. It finds missing answers that prevent a decision on whether a person is in
forced labour. It also finds facts about the cases that a reader should know, such as cases without a
duration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import narwhals as nw

from fltoolkit.arguments import checked
from fltoolkit.classify.adults import MONTHS
from fltoolkit.classify.answers_as_truths import answer, any_answer
from fltoolkit.classify.children import ADULT_FROM_CHILD, PARENT, WITH
from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.classify.group_columns import POPULATION
from fltoolkit.survey.checks.findings import Counted, Finding, count_rows, findings
from fltoolkit.survey.checks.item_nonresponse import BEFORE
from fltoolkit.survey.data.internal_columns import AGE, ASKED, CHILD, SOURCE
from fltoolkit.survey.data.person_frame import column
from fltoolkit.survey.spec.groups import NOT_STATED
from fltoolkit.survey.spec.questions import Source

if TYPE_CHECKING:
    import pandas as pd

CASE_CONDITIONS = (
    "young",
    "began as children",
    "no months",
    "outside",
)  # these count cases, so only ranges are shown
UNRESOLVED = "unresolved"
UNRESOLVED_BECAUSE = "unresolved, so not among the established cases"
MOST_UNRESOLVED = "most of the persons asked are unresolved, so the estimate says almost nothing"
NOT_KNOWN = "Not known"  # for what no question asks
NO_ANSWER = "No usable answer to"
ONE_EPISODE = "whether both sides are of one episode"
A_PARENT = "whether a parent is in forced labour"
ADVICE = (
    "see the unresolved answers by question; if a filter of the questionnaire explains blanks, add "
    "it to the description of the survey"
)
ADVICE_IF_MOST = (
    "look at these questions first: is the code of a filter wrong, does survey.yaml describe no filter, "
    "or does a blank mean no? Then check again. The kit "
    "uses such an estimate in no title and in no verdict"
)
Condition = tuple[str, nw.Expr]


@checked
def check_cases(persons: ClassifiedSurvey) -> pd.DataFrame:
    """Returns findings about a classified survey, in a table with the columns of `fl.check`.

    The findings say, among other things:

    - how many persons are unresolved (the answers do not decide whether the person is a case), and which
      questions are the reason
    - which items of the rule set (such as debt bondage) the questionnaire does not ask
    - how many cases have no duration, or a duration that is longer than the reference period
    - how many adult cases may have been children when the forced labour began
    - how many persons were interviewed by proxy or with somebody listening

    A `count` of cases is not exact: it is `fewer than 5` or `5 or more`. A `count` of other persons is
    rounded as in `fl.check`.
    """
    return findings(case_findings(persons), persons.spec.confidentiality.smallest_printed_count)


def case_findings(persons: ClassifiedSurvey) -> list[Finding]:
    """Returns the findings of `check_cases` as objects, with exact counts. These counts must not be
    printed."""
    spec, limit, out = persons.spec, persons.spec.confidentiality.smallest_printed_count, []
    for side, lacking in persons.lacking.items():
        if lacking:
            what = f"the questionnaire has no question on: {', '.join(lacking)}"
            do = "map them if they were asked; without them the estimate is lower"
            out.append(Finding("note", "items", f"items.{side}", what, len(lacking), do, counted="others"))
    case, inside = nw.col("forced_labour"), nw.col(POPULATION + spec.default_population)
    line, adult = spec.age.adult, ~nw.col(CHILD)
    start_age = line + (spec.reference_period.months + 11) // 12
    counts: dict[str, nw.Expr] = {
        "young": inside & case & adult & (nw.col(AGE) >= line) & (nw.col(AGE) < start_age),
        "children as adults": inside & adult & (nw.col(AGE) < line),
        "began as children": inside & case & (nw.col("route") == ADULT_FROM_CHILD),
    }
    if spec.children:
        asked = nw.col(ASKED) & nw.col(CHILD)
        counts["parent open"] = asked & nw.col(WITH) & nw.col(PARENT).is_null()
        if not spec.children.worst_forms:
            what = "no question on worst forms of child labour: route (iv) cannot be found"
            out.append(
                Finding(
                    "note",
                    "items",
                    "children.worst_forms",
                    what,
                    1,
                    "map them if they were asked",
                    counted="others",
                )
            )
    if spec.months:
        counts["no months"] = inside & case & adult & nw.col(MONTHS).is_null()
        counts["outside"] = (
            inside & case & ((nw.col(MONTHS) < 0) | (nw.col(MONTHS) > spec.reference_period.months))
        )
    for kind in ("proxy", "alone"):
        if sources := getattr(spec.interview, kind):
            answered = any_answer(sources, spec.mapped)
            counts[kind] = inside & (answered if kind == "proxy" else ~answered)
    stated = {f"stated {name}": nw.col(ASKED) & (nw.col(name) != NOT_STATED) for name in spec.groups}
    jobs = _jobs(persons)
    found = count_rows(
        persons.frame, counts | stated | jobs | {"cases": inside & case} | unresolved_conditions(persons)
    )
    out = [*unresolved_findings(persons, found["asked"], found[UNRESOLVED]), *out]
    for name in spec.groups:
        if not found[f"stated {name}"]:
            what, do = (
                f"{name} is unknown for everybody who was asked",
                "check the column and its codes; tables by this group are useless",
            )
            out.append(Finding("warning", "groups", f"groups.{name}", what, 0, do))
    if found["cases"] < limit:
        what, do = (
            f"no case was found: the rate is between zero and its upper limit in {spec.default_population}",
            "say that no case was found, and give the upper limit",
        )
        if found["cases"]:
            what = (
                f"only a few cases were found in {spec.default_population}: their number and rate "
                "cannot be shown"
            )
            do = "pool rounds, or ask more people"
        out.append(Finding("warning", "cases", "forced labour", what, found["cases"], do, counted="cases"))
    if not found["cases"] and spec.design.design_effect_at_zero_cases is None:
        what = (
            "the upper limit comes from the weights' design effect, which ignores clustering, in "
            f"{spec.default_population}"
        )
        do = "give design_effect_at_zero_cases under design:, such as the design effect of an earlier round"
        out.append(
            Finding("note", "cases", "design.design_effect_at_zero_cases", what, 1, do, counted="others")
        )
    window = spec.reference_period.months
    out += _jobs_of_wrong_persons(persons, found)
    for key, severity, where, what, do in (
        (
            "no months",
            "warning",
            "months",
            "cases without a duration, so no number for an average day",
            "ask again, or report the flow only",
        ),
        (
            "outside",
            "warning",
            "months",
            (
                f"cases whose months lie outside the window of {window}, so no number for an average day "
                "and "
                "no mean duration"
            ),
            "list codes that are no months under months.missing, or check the question's window",
        ),
        (
            "young",
            "note",
            "age",
            f"cases younger than {start_age} at interview: may have been a child at the time",
            "say so next to the figure",
        ),
        (
            "began as children",
            "note",
            "age",
            "adults whose forced labour began in childhood: no test of consent",
            "say so next to the figure",
        ),
        (
            "children as adults",
            "warning",
            "age",
            f"persons under {line} classified by the adults' definition, which tests consent",
            "map the children's module under children:, or begin the population at the age of adults",
        ),
        (
            "parent open",
            "warning",
            "parents",
            "children who work with parents, one of whom was not asked and none of whom is known to be in "
            "forced labour: route (iii) is unresolved, and so is the child if no other route decides",
            "say so next to the figure; ask parents in the same household next time",
        ),
        (
            "proxy",
            "warning",
            "interview.proxy",
            "answered by someone else",
            "forced labour is under-reported by proxies",
        ),
        (
            "alone",
            "note",
            "interview",
            "of all interviews, those at which somebody else was present",
            "answers may be guarded",
        ),
    ):
        if found.get(key):
            of: Counted = "cases" if key in CASE_CONDITIONS else "persons"
            out.append(Finding(severity, "cases", where, what, found[key], do, counted=of))
    return out


def _jobs(persons: ClassifiedSurvey) -> dict[str, nw.Expr]:
    """Returns two conditions for each sector or occupation. The first, `<name> all`, says whether a person is
    a worker. The second says whether a worker has no code (`<name> blank`), or for the job in forced labour
    whether a worker who is no case has one (`<name> others`). A code of each spell of work is left out: it is
    right that everybody with such a spell has it."""
    conditions: dict[str, nw.Expr] = {}
    there = persons.frame.collect_schema().names()
    for name, sector in persons.spec.jobs.items():
        if sector.job == "all_workers" and sector.population:
            workers = nw.col(POPULATION + sector.population)
            conditions |= {f"{name} all": workers, f"{name} blank": workers & column(sector.column).is_null()}
        elif sector.job == "forced_labour" and all(SOURCE + c in there for c in sector.column):
            workers = (
                nw.col(POPULATION + persons.spec.default_population)
                & nw.col("any_work")
                & ~nw.col("forced_labour")
            )
            code = column(sector.column)
            coded = ~code.is_null() & ~code.is_in(list(sector.missing))
            conditions |= {f"{name} all": workers, f"{name} others": workers & coded}
    return conditions


def _jobs_of_wrong_persons(persons: ClassifiedSurvey, counts: Mapping[str, int]) -> list[Finding]:
    """Returns a finding for each sector or occupation that is blank for most workers, although survey.yaml
    says that all workers were asked, and for each that most workers have, although survey.yaml says that it
    is that of the forced labour.

    Args:
        persons: the survey.
        counts: the number of persons who meet each condition of `_jobs`, as {name of the condition: number}.
    """
    out: list[Finding] = []
    for name, sector in persons.spec.jobs.items():
        blank, everybody = counts.get(f"{name} blank", 0), counts.get(f"{name} all", 0)
        if 2 * blank > everybody:
            what = (
                f"most of {sector.population} have no code here, so this job was not asked of all of "
                "them: rates by it would be wrong"
            )
            do = (
                f"say job: forced_labour under {persons.spec.key_of_job(name)} if it is that of the "
                "forced labour, or name the right population"
            )
            out.append(Finding("warning", "industry", ", ".join(sector.column), what, blank, do))
        if 2 * (others := counts.get(f"{name} others", 0)) > everybody:
            what = (
                "most workers who are not in forced labour have a code here, so this is not the job "
                "of the forced labour alone"
            )
            do = (
                f"say job: all_workers and a population under {persons.spec.key_of_job(name)}: tables "
                "then have rates too. If the job "
                "in forced labour can be another one, name the column that asks about it"
            )
            out.append(Finding("warning", "industry", ", ".join(sector.column), what, others, do))
    return out


def unresolved_conditions(persons: ClassifiedSurvey) -> dict[str, nw.Expr]:
    """Returns two conditions on persons, as {name: condition}. All persons of the default population meet
    `asked`. Persons whose answers do not decide whether they are cases meet `unresolved`. The caller counts
    the persons who meet each condition."""
    inside = nw.col(POPULATION + persons.spec.default_population)
    return {"asked": inside, UNRESOLVED: inside & nw.col("forced_labour").is_null()}


def unresolved_findings(persons: ClassifiedSurvey, asked: int, unresolved: int) -> list[Finding]:
    """Returns one finding about the unresolved persons: those whose answers do not decide whether they are
    cases. The finding gives their number, and for each question the number of these persons for whom it is a
    reason. The list is empty if nobody is unresolved.

    A question is a reason if it has no answer and its part of the definition is not decided. The parts are:
    the two sides (involuntary, coercion), whether both are about the same work, the exceptions, whether the
    work was in the country, and the routes of children. A person may be counted at several questions.

    Args:
        persons: the survey.
        asked: how many persons were asked (see `unresolved_conditions`).
        unresolved: how many of these persons are unresolved (see `unresolved_conditions`).
    """
    if not unresolved:
        return []
    inside = nw.col(POPULATION + persons.spec.default_population) & nw.col("forced_labour").is_null()
    listed = [*_of_adults(persons), *_of_children(persons)]
    counts = count_rows(
        persons.frame.filter(inside.fill_null(False)), {str(i): who for i, (_, who) in enumerate(listed)}
    )
    by: dict[str, int] = {}
    for i, (name, _) in enumerate(listed):
        by[name] = max(by.get(name, 0), counts[str(i)])  # a column may feed two items
    left = [(name, count) for name, count in by.items() if count]
    unknown = tuple(pair for pair in left if pair[0] in {ONE_EPISODE, A_PARENT})
    columns = tuple(pair for pair in left if pair not in unknown)
    told = {words: listed for words, listed in ((NOT_KNOWN, unknown), (NO_ANSWER, columns)) if listed}
    most = 2 * unresolved > asked
    what, do = (MOST_UNRESOLVED, ADVICE_IF_MOST) if most else (UNRESOLVED_BECAUSE, ADVICE)
    return [
        Finding("warning" if most else "note", UNRESOLVED, "forced labour", what, unresolved, do, by=told)
    ]


def _of_adults(persons: ClassifiedSurvey) -> Iterator[Condition]:
    """Yields each question of the adults' definition as a pair: its column, and a condition. An adult meets
    the condition if a part of the definition cannot be decided because this question has no answer."""
    spec, adult = persons.spec, ~nw.col(CHILD)
    there = set(persons.frame.collect_schema().names())
    for source in spec.any_work:
        yield from _open(persons, [source], adult & nw.col("any_work").is_null(), there)
    questions = {
        str(item): sources
        for kind in (spec.items.involuntary, spec.items.coercion)
        for item, sources in kind.items()
    }
    for side, items in persons.item_columns.items():
        for item, columns in items.items():
            for name in columns:
                source = questions[item][int(name.rpartition("__")[2])]
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
