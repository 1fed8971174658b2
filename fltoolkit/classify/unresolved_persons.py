"""Who ends unresolved, and which questions leave them so: what an analyst has to know before any other finding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import narwhals as nw

from fltoolkit.classify.answers_as_truths import answer
from fltoolkit.classify.children import PARENT, WITH
from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.classify.group_columns import POPULATION
from fltoolkit.survey.checks.findings import Finding, count_rows
from fltoolkit.survey.checks.item_nonresponse import BEFORE
from fltoolkit.survey.data.internal_columns import ASKED, CHILD, SOURCE
from fltoolkit.survey.spec.questions import Source

UNRESOLVED = "unresolved"
LEFT_OPEN = "unresolved: not counted as cases. Left open by"
MOST = "most of the persons asked are unresolved: the estimate says next to nothing. Left open by"
DO = "see fl.nonresponse for don't know, refused and blank; a blank that a skip explains needs `routing:` at the question"
DO_MOST = (
    "look at these questions first: is a gate's code wrong, a skip without `routing:`, or a blank that means no? Then check again. No title "
    "and no verdict rests on such an estimate"
)
Condition = tuple[str, nw.Expr]


def unresolved_conditions(persons: ClassifiedSurvey) -> dict[str, nw.Expr]:
    """Who of the default population is asked, and who of them ends unresolved, for a count in one pass with others."""
    inside = nw.col(POPULATION + persons.spec.default_population)
    return {"asked": inside, UNRESOLVED: inside & nw.col("forced_labour").is_null()}


def unresolved_findings(persons: ClassifiedSurvey, asked: int, unresolved: int) -> list[Finding]:
    """One finding: how many persons are unresolved, and by question how many of them it leaves so.

    A question leaves a person unresolved if it has no answer and what it feeds is unresolved: a side of the definition, whether both sides
    are of the same work, an exception, a child's route. A person may count at several questions. Nobody unresolved: no finding.

    Args:
        persons: the survey. asked, unresolved: how many, by `unresolved_conditions`.
    """
    if not unresolved:
        return []
    inside = nw.col(POPULATION + persons.spec.default_population) & nw.col("forced_labour").is_null()
    listed = [*_of_adults(persons), *_of_children(persons)]
    counts = count_rows(persons.frame.filter(inside.fill_null(False)), {str(i): who for i, (_, who) in enumerate(listed)})
    by: dict[str, int] = {}
    for i, (column, _) in enumerate(listed):
        by[column] = max(by.get(column, 0), counts[str(i)])  # a column may feed two items
    left = tuple((column, count) for column, count in by.items() if count)
    most = 2 * unresolved > asked
    what, do = (MOST, DO_MOST) if most else (LEFT_OPEN, DO)
    return [Finding("warning" if most else "note", UNRESOLVED, "forced_labour", what, unresolved, do, by=left)]


def _of_adults(persons: ClassifiedSurvey) -> Iterator[Condition]:
    """The questions of adults, each with the persons whom it leaves unresolved."""
    spec, adult = persons.spec, ~nw.col(CHILD)
    there = set(persons.frame.collect_schema().names())
    for source in spec.any_work:
        yield from _open(persons, [source], adult & nw.col("any_work").is_null(), there)
    questions = {str(item): sources for kind in (spec.items.involuntary, spec.items.coercion) for item, sources in kind.items()}
    for side, items in persons.item_columns.items():
        for item, columns in items.items():
            for name in columns:
                source = questions[item][int(name.rpartition("__")[2])]
                yield source.column, adult & nw.col(side).is_null() & nw.col(name).is_null()
    both = adult & nw.col("involuntary") & nw.col("coercion") & nw.col("same_work").is_null()
    if isinstance(spec.episodes.same_work, tuple):
        yield from _open(persons, spec.episodes.same_work, both, there)
    elif spec.episodes.wide or spec.episodes.long:
        yield "whether both sides are of one episode", both
    elsewhere = adult & nw.col("same_work")
    if spec.exceptions:
        sources = [s for kind in spec.exceptions.kinds.values() for s in kind]
        yield from _open(persons, [*sources, *spec.exceptions.within_limits], elsewhere, there)
    if spec.place and SOURCE + spec.place.column in there:
        codes = [*spec.place.in_country, *spec.place.abroad]
        yield spec.place.column, elsewhere & ~nw.col(SOURCE + spec.place.column).is_in(codes).fill_null(False)


def _of_children(persons: ClassifiedSurvey) -> Iterator[Condition]:
    """The questions of the children's module that were reached, and parents of whom it is not known."""
    spec = persons.spec
    if not spec.children:
        return
    child, there = nw.col(ASKED) & nw.col(CHILD), set(persons.frame.collect_schema().names())
    asked = dict(spec.children.questions())
    for where, sources in asked.items():
        reached = child
        for earlier in asked.get(BEFORE.get(where, "")) or ():
            reached = reached & answer(earlier, spec.answers).fill_null(True)
        yield from _open(persons, sources or (), reached, there)
    if spec.children.parents:
        yield "children.parents", child & nw.col(WITH) & nw.col(PARENT).is_null()


def _open(persons: ClassifiedSurvey, sources: Sequence[Source], who: nw.Expr, there: set[str]) -> Iterator[Condition]:
    """Each question that is on the person's row, with those of `who` who left it open."""
    for source in sources:
        if SOURCE + source.column in there:
            yield source.column, who & answer(source, persons.spec.answers).is_null()
