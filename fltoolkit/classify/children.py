"""Classifies children by the four routes of the 20th ICLS guidelines: the four ways by which a child can be
in forced labour (docs/methods.md §1). Each route is decided separately.

The work of a child counts without a question on whether the child agreed to it. A child who works with or for
a parent in forced labour is also in forced labour, so adults are classified first. If the parent was not
asked, this route is *unresolved* (nobody knows whether it applies), and never *no*.
"""

from __future__ import annotations

import narwhals as nw

from fltoolkit.languages.reasons import Reason
from fltoolkit.survey.answers import all_of, any_answer, any_of, joined_texts, truth_in_words
from fltoolkit.survey.engine.columns import ASKED, CHILD, SOURCE, Frame
from fltoolkit.survey.person_rows import parent_links, parents_found
from fltoolkit.survey.spec.mapped_questions import MappedQuestions
from fltoolkit.survey.spec.questions import Children, ChildWork, Parents
from fltoolkit.survey.spec.survey_spec import SurveySpec

# In the order of the flowchart (ILO toolkit, Tool No. 2). The primary route of a child is the first route
# that applies.
ROUTE_WORDS = {"route_iv": "route4", "route_iii": "route3", "route_ii": "route2", "route_i": "route1"}
ROUTE_LABELS = tuple(
    Reason.of(f"categories.{word}") for word in ("adult", "was_child", *ROUTE_WORDS.values())
)
ROUTES = {route: str(Reason.of(f"categories.{word}")) for route, word in ROUTE_WORDS.items()}
ADULT, ADULT_FROM_CHILD = map(str, ROUTE_LABELS[:2])
ALL_ROUTES = (ADULT, ADULT_FROM_CHILD, *ROUTES.values())
CHILD_UNRESOLVED = "child, unresolved"
ENDS = (
    "child, no work",
    "child with parents, no threat",
    "child for a third party, no threat",
    CHILD_UNRESOLVED,
)
CHILD_LEAVES = (*ENDS, *ROUTES.values())
THIRD, WITH, THIRD_THREAT, WITH_THREAT, PARENT = (
    "fl__third",
    "fl__with",
    "fl__third_threat",
    "fl__with_threat",
    "fl__parent_forced",
)


def with_children(frame: Frame, spec: SurveySpec, children: Children) -> Frame:
    """Returns the persons, with the children classified by the definition for children. The rows of adults do
    not change.

    Args:
        frame: the persons, classified as adults, with the columns of `work_of_children` and
            `links_to_parents`.
        spec: the survey.
        children: the survey's module on children.

    Returns:
        The persons with four more columns, `route_i` to `route_iv`: true, false or null (the answers do not
        decide it). The four columns are null for adults. In the rows of children, `any_work`, `coercion` (a
        threat by a third party) and `forced_labour` follow the definition for children. `involuntary`,
        `same_work` and `trafficking` do not apply to children and are null. `forced_labour_abroad` is false,
        because children are not asked about work abroad.
    """
    mapped, col = spec.mapped, nw.col
    frame, parent = _parent_in_forced_labour(frame, children.parents)
    routes = {
        "route_iv": any_of([any_answer(sources, mapped) for sources in children.worst_forms.values()]),
        "route_iii": all_of([col(WITH), parent]),
        "route_ii": all_of([col(WITH), col(WITH_THREAT)]),
        "route_i": all_of([col(THIRD), col(THIRD_THREAT)]),
    }
    mine = [nw.when(col(CHILD)).then(holds).alias(route) for route, holds in routes.items()]
    none = nw.lit(None, dtype=nw.Boolean())
    theirs = {
        "any_work": any_of([col(THIRD), col(WITH), routes["route_iv"]]),
        "involuntary": none,
        "coercion": any_of([routes["route_i"], routes["route_ii"]]),
        "same_work": none,
        "forced_labour": any_of([routes[route] for route in ROUTES]),
        "forced_labour_abroad": nw.lit(False),
        "trafficking": none,
    }
    changed = [nw.when(col(CHILD)).then(e).otherwise(col(name)).alias(name) for name, e in theirs.items()]
    return frame.with_columns(parent.alias(PARENT), *mine, *changed)


def work_of_children(children: Children, mapped: MappedQuestions) -> list[nw.Expr]:
    """Returns the columns about the work of children that `with_children` needs: what work the child did, and
    whether there was a threat in it. These columns are computed from the child's answers alone."""
    return [
        *_work(children.third_party, mapped, THIRD, THIRD_THREAT),
        *_work(children.with_parents, mapped, WITH, WITH_THREAT),
    ]


def _work(work: ChildWork, mapped: MappedQuestions, done: str, threat: str) -> list[nw.Expr]:
    """Returns two columns about one kind of child work, such as work with the parents. The first says whether
    the child did this work. The second says whether a third party threatened the child or the parents in this
    work.

    Args:
        work: the questions about this work.
        mapped: all questions of the survey.
        done, threat: the names of the two columns.
    """
    threatened = any_answer(work.threat, mapped)
    if work.by_third_party:
        threatened = all_of([threatened, any_answer(work.by_third_party, mapped)])
    return [any_answer(work.done, mapped).alias(done), threatened.alias(threat)]


def links_to_parents(frame: Frame, children: Children, forced: nw.Expr) -> list[nw.Expr]:
    """Returns the columns by which `with_children` looks up the parents. The list is empty if survey.yaml
    names no parents.

    Only the parents of children who may work with their parents are looked up, because only their route
    depends on it.

    Args:
        frame: the persons, as they were read.
        children: the survey's module on children.
        forced: a true/false expression: whether an adult is in forced labour in the country.
    """
    if children.parents is None:
        return []
    adults, helpers = nw.col(ASKED) & ~nw.col(CHILD), nw.col(CHILD) & nw.col(WITH).fill_null(True)
    return parent_links(frame, children.parents, helpers, adults, {"forced": forced})


def _parent_in_forced_labour(frame: Frame, parents: Parents | None) -> tuple[Frame, nw.Expr]:
    """Returns the persons with new columns about their parents, and an expression: whether a parent of the
    child is in forced labour in the country.

    The expression is null (nobody knows) if a parent was not asked and no other parent is known to be in
    forced labour.
    """
    if parents is None:
        return frame, nw.lit(None, dtype=nw.Boolean())
    frame = parents_found(frame, parents, ["forced"])
    each = []
    for i, column in enumerate(parents.columns):
        code, away = nw.col(SOURCE + column), [*parents.elsewhere, *parents.missing]
        nobody = code.is_in(list(parents.none)).fill_null(False)
        found = nw.when(~code.is_in(away)).then(nw.col(f"fl__parent{i}__forced"))
        each.append(nw.when(nobody).then(nw.lit(False)).otherwise(found))
    return frame, any_of(each)


def primary_route() -> nw.Expr:
    """Returns a column with one route for each child in forced labour: the first that applies, in the order
    of the flowchart of the definition. A route is one of the four ways by which a child can be in forced
    labour. The column is null for everybody else."""
    route = nw.lit(None, dtype=nw.String())
    for name, label in reversed(ROUTES.items()):
        route = nw.when(nw.col(name)).then(nw.lit(label)).otherwise(route)
    return route


def child_leaf() -> nw.Expr:
    """Returns, for each child, the end at which the child leaves the flowchart of the definition for children
    (ILO toolkit, Tool No. 2), such as `child, no work`."""
    col = nw.col
    end = (
        nw.when(col(WITH))
        .then(nw.lit("child with parents, no threat"))
        .otherwise(nw.lit("child for a third party, no threat"))
    )
    end = nw.when(~col("any_work")).then(nw.lit("child, no work")).otherwise(end)
    open_ = nw.when(col("forced_labour").is_null()).then(nw.lit("child, unresolved")).otherwise(end)
    return nw.when(col("forced_labour")).then(primary_route()).otherwise(open_)


def child_conditions() -> list[nw.Expr]:
    """Returns the parts of a text that explains how each child was classified. The text lists the conditions
    of the four routes, each with *yes*, *no* or *unresolved*. A route is a way by which a child can be in
    forced labour.

    Whether a parent is in forced labour is mentioned only if the child may work with the parents. A threat is
    mentioned only if the child may do the work in which the threat was made.
    """
    col, lit = nw.col, nw.lit
    beside = [
        lit(" (parent in forced labour: "),
        truth_in_words(col(PARENT)),
        lit("; threat by a third party: "),
        truth_in_words(col(WITH_THREAT)),
        lit(")"),
    ]
    threat = [lit(" (threat: "), truth_in_words(col(THIRD_THREAT)), lit(")")]
    return [
        lit("worst form: "),
        truth_in_words(col("route_iv")),
        lit(" → with or for parents: "),
        truth_in_words(col(WITH)),
        nw.when(col(WITH).fill_null(True)).then(joined_texts(beside)).otherwise(lit("")),
        lit(" → for a third party: "),
        truth_in_words(col(THIRD)),
        nw.when(col(THIRD).fill_null(True)).then(joined_texts(threat)).otherwise(lit("")),
    ]
