"""Finds parents who cannot be linked to their child or are too young, and persons who answered the wrong
module (set of questions)."""

from __future__ import annotations

import narwhals as nw

from fltoolkit.survey.checks.findings import Finding, FindingRows, count_rows
from fltoolkit.survey.data.engines import count_distinct, rows_of
from fltoolkit.survey.data.households import line_numbers, with_parent_facts
from fltoolkit.survey.data.internal_columns import AGE, ASKED, CHILD, HOUSEHOLD, PART, SOURCE
from fltoolkit.survey.design.survey_design import Survey
from fltoolkit.survey.spec.child_module import Parents

YOUNGEST_PARENT = 12  # years between parent and child; with fewer, the line number must be wrong


def family_findings(survey: Survey) -> list[Finding]:
    """Returns findings about children and their parents, such as a line number of a parent that nobody in the
    household has. The list is empty if the survey has no module on children."""
    children = survey.spec.children
    if children is None:
        return []
    found = _other_module(survey)
    return found if children.parents is None else [*found, *_links(survey, children.parents)]


def _other_module(survey: Survey) -> list[Finding]:
    """Returns findings about persons who answered only the wrong module (set of questions): children who
    answered only the adults' module, or adults who answered only the children's module. The list is empty if
    survey.yaml does not name a column for each of the two modules."""
    children, module = survey.spec.children, survey.spec.module
    if children is None or children.module is None or module is None:
        return []
    other = {
        "children": nw.col(CHILD) & nw.col(SOURCE + module.column).is_in(list(module.answered)),
        "adults": ~nw.col(CHILD)
        & nw.col(SOURCE + children.module.column).is_in(list(children.module.answered)),
    }
    left_out = {who: answered & ~nw.col(ASKED) for who, answered in other.items()}
    counts = count_rows(survey.frame, left_out)
    line, do = (
        survey.spec.age.adult,
        "correct their ages or their module status; they are left out of both populations",
    )
    words = {
        "children": f"persons under {line} who answered the adults' module",
        "adults": f"persons of {line} and over who answered the children's module",
    }
    return [
        Finding(
            "error",
            "module",
            survey.spec.age.column,
            words[who],
            n,
            do,
            FindingRows(survey.frame, left_out[who]),
            acceptable=True,
        )
        for who, n in counts.items()
        if n
    ]


def _links(survey: Survey, parents: Parents) -> list[Finding]:
    where, asked = "children.parents", nw.col(CHILD) & nw.col(ASKED)
    out = []
    home = [HOUSEHOLD, PART, "fl__line"]
    own_line = line_numbers(survey.frame, parents)[parents.line].alias("fl__line")
    known_lines = survey.frame.select(*home[:-1], own_line).filter(~nw.col("fl__line").is_null())
    if count_distinct(known_lines, home) < rows_of(known_lines):
        lines = survey.frame.with_columns(own_line).filter(~nw.col("fl__line").is_null())
        twice = count_rows(lines.group_by(home).agg(nw.len().alias("n")), {"n": nw.col("n") > 1})["n"]
        what = "line numbers that two persons of one household share"
        do = "give everybody in a household a number of their own, or correct design.household"
        rows = FindingRows(
            lines.with_columns(nw.len().over(*home).alias("fl__times")), nw.col("fl__times") > 1
        )
        return [Finding("error", where, parents.line, what, twice, do, rows)]
    conditions = {"no home": asked & nw.col(HOUSEHOLD).is_null()}
    known = {"there": nw.lit(True), "age": nw.col(AGE), "child": nw.col(CHILD)}
    linked = with_parent_facts(survey.frame, parents, asked, ~nw.col(HOUSEHOLD).is_null(), known)
    for i, column in enumerate(parents.columns):
        value, age = nw.col(SOURCE + column), nw.col(f"fl__parent{i}__age")
        named = asked & ~value.is_null() & ~value.is_in([*parents.none, *parents.elsewhere])
        too_young = (age - nw.col(AGE) < YOUNGEST_PARENT).fill_null(False)
        conditions[f"{i} nobody"] = named & nw.col(f"fl__parent{i}__there").is_null()
        conditions[f"{i} child"] = named & too_young
        conditions[f"{i} young"] = named & nw.col(f"fl__parent{i}__child") & ~too_young
        conditions[f"{i} blank"] = asked & value.is_null()
    counts = count_rows(linked, conditions)
    if counts["no home"]:
        do = "fill in the household: without it no parent can be found"
        what, rows = "children without a household", FindingRows(linked, conditions["no home"])
        out.append(
            Finding(
                "error", where, ", ".join(survey.spec.design.household), what, counts["no home"], do, rows
            )
        )
    for i, column in enumerate(parents.columns):
        for kind, severity, what, do in (
            (
                "child",
                "error",
                (
                    f"parents who are less than {YOUNGEST_PARENT} years older than the child, or the child "
                    "itself"
                ),
                "correct the line number",
            ),
            (
                "nobody",
                "warning",
                "line numbers of a parent that nobody in the household has",
                "correct them, or list the code under none or elsewhere; route (iii) stays unresolved",
            ),
            (
                "young",
                "note",
                f"parents younger than {survey.spec.age.adult}, who have no adults' module",
                "route (iii) stays unresolved",
            ),
            (
                "blank",
                "note",
                "children without an answer on this parent",
                "route (iii) stays unresolved; list codes under none or elsewhere",
            ),
        ):
            if counts[f"{i} {kind}"]:
                these = FindingRows(linked, conditions[f"{i} {kind}"]) if severity != "note" else None
                # A step-parent can be that young, so the finding may be accepted.
                out.append(
                    Finding(
                        severity,
                        where,
                        column,
                        what,
                        counts[f"{i} {kind}"],
                        do,
                        these,
                        acceptable=kind == "child",
                    )
                )
    return out
