"""Findings that need the classification: what the definition could not use, and what a reader should be told of the cases."""

from __future__ import annotations

from collections.abc import Mapping

import narwhals as nw
import pandas as pd

from fltoolkit.arguments import checked
from fltoolkit.classify.adults import MONTHS
from fltoolkit.classify.answers_as_truths import any_answer
from fltoolkit.classify.children import ADULT_FROM_CHILD, PARENT, WITH
from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.classify.group_columns import POPULATION
from fltoolkit.classify.unresolved_persons import UNRESOLVED, unresolved_conditions, unresolved_findings
from fltoolkit.survey.checks.findings import Counted, Finding, count_rows, findings
from fltoolkit.survey.data.internal_columns import AGE, ASKED, CHILD
from fltoolkit.survey.data.person_frame import column
from fltoolkit.survey.spec.groups import NOT_STATED

OF_CASES = ("young", "began as children", "no months", "outside")  # what counts cases: told in classes


@checked
def check_cases(persons: ClassifiedSurvey) -> pd.DataFrame:
    """Findings about a classified survey, in the columns of `fl.check`: who ends unresolved and which questions leave them so
    (`check` is `unresolved`), items the questionnaire lacks, cases without
    a duration or beyond the window, adults who may have been children, proxies, listeners.

    `count` of cases is a class (`fewer than 5`, `5 or more`), of other persons rounded as in `fl.check`.
    """
    spec, limit, out = persons.spec, persons.spec.confidentiality.least_told, []
    for side, lacking in persons.lacking.items():
        if lacking:
            what = f"the questionnaire has no question on: {', '.join(lacking)}"
            do = "map them if they were asked; the estimate is lower without"
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
        counts["open for it"] = asked & nw.col(WITH) & nw.col(PARENT).is_null() & nw.col("forced_labour").is_null()
        if not spec.children.worst_forms:
            what = "no question on worst forms of child labour: route (iv) cannot be found"
            out.append(Finding("note", "items", "children.worst_forms", what, 1, "map them if they were asked", counted="others"))
    if spec.months:
        counts["no months"] = inside & case & adult & nw.col(MONTHS).is_null()
        counts["outside"] = inside & case & ((nw.col(MONTHS) < 0) | (nw.col(MONTHS) > spec.reference_period.months))
    for kind in ("proxy", "alone"):
        if sources := getattr(spec.interview, kind):
            answered = any_answer(sources, spec.answers)
            counts[kind] = inside & (answered if kind == "proxy" else ~answered)
    stated = {f"stated {name}": nw.col(ASKED) & (nw.col(name) != NOT_STATED) for name in spec.groups}
    jobs = _jobs(persons)
    found = count_rows(persons.frame, counts | stated | jobs | {"cases": inside & case} | unresolved_conditions(persons))
    out = [*unresolved_findings(persons, found["asked"], found[UNRESOLVED]), *out]
    for name in spec.groups:
        if not found[f"stated {name}"]:
            what, do = f"{name} is not known of anybody who was asked", "check the column and its codes; tables by it say nothing"
            out.append(Finding("warning", "groups", f"groups.{name}", what, 0, do))
    if found["cases"] < limit:
        what, do = (
            f"no case was found: the rate is between zero and its upper limit in {spec.default_population}",
            "say so with the upper limit",
        )
        if found["cases"]:
            what = f"only a few cases were found in {spec.default_population}: their number and rate cannot be shown"
            do = "pool rounds, or ask more people"
        out.append(Finding("warning", "cases", "forced_labour", what, found["cases"], do, counted="cases"))
    if not found["cases"] and spec.design.design_effect_at_zero_cases is None:
        what = f"the upper limit rests on the weights' design effect, which knows nothing of clustering, in {spec.default_population}"
        do = "give design_effect_at_zero_cases under design:, say that of an earlier round"
        out.append(Finding("note", "cases", "design.design_effect_at_zero_cases", what, 1, do, counted="others"))
    window = spec.reference_period.months
    out += _jobs_not_asked(persons, found)
    for key, severity, where, what, do in (
        ("no months", "warning", "months", "cases without a duration: no average-day stock", "ask again, or report the flow only"),
        ("outside", "warning", "months", f"cases whose months lie outside the window of {window}: no average-day stock and no mean duration",
         "list codes that are no months under months.missing, or check the question's window"),
        ("young", "note", "age", f"cases younger than {start_age} at interview: may have been a child at the time",
         "say so beside the figure"),
        ("began as children", "note", "age", "adults whose forced labour began in childhood: no test of consent", "say so beside the figure"),
        ("children as adults", "warning", "age", f"persons under {line} classified by the adults' definition, which tests consent",
         "map the children's module under children:, or begin the population at the age of adults"),
        ("parent open", "warning", "children.parents", "children who work with parents, of whom one was not asked and none is known to be in "
         "forced labour: route (iii) is unresolved", "say so beside the figure; ask parents in the same household next time"),
        ("open for it", "note", "children.parents", "of these, children whom no other route decides: unresolved", "see the upper bound"),
        ("proxy", "warning", "interview.proxy", "answered by someone else", "forced labour is under-reported by proxies"),
        ("alone", "note", "interview.alone", "somebody else was present", "answers may be guarded"),
    ):  # fmt: skip
        if found.get(key):
            of: Counted = "cases" if key in OF_CASES else "persons"
            out.append(Finding(severity, "cases", where, what, found[key], do, counted=of))
    return findings(out, limit)


def _jobs(persons: ClassifiedSurvey) -> dict[str, nw.Expr]:
    """Of each sector of a job asked of all workers: who they are, and who of them has no code."""
    conditions: dict[str, nw.Expr] = {}
    for name, sector in persons.spec.sectors.items():
        if sector.job == "all_workers" and sector.population:
            workers = nw.col(POPULATION + sector.population)
            conditions |= {f"{name} all": workers, f"{name} blank": workers & column(sector.column).is_null()}
    return conditions


def _jobs_not_asked(persons: ClassifiedSurvey, counts: Mapping[str, int]) -> list[Finding]:
    """Sectors said to be of a job asked of all workers that most of these workers leave blank: their rates would be nonsense. `counts`: of `_jobs`."""
    out: list[Finding] = []
    for name, sector in persons.spec.sectors.items():
        blank, everybody = counts.get(f"{name} blank", 0), counts.get(f"{name} all", 0)
        if 2 * blank > everybody:
            what = f"most of {sector.population} have no code here, so it is no job asked of all of them: no rate by it holds"
            do = f"say job: forced_labour under sectors.{name} if it is that of the forced labour, or name the right population"
            out.append(Finding("warning", "industry", ", ".join(sector.column), what, blank, do))
    return out
