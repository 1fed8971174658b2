"""Tests what is hidden in a run: small tables with known confidential cells, and differences of populations
and of rule sets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from published_rows import of, published, row

from fltoolkit.publish.disclosure import (
    complementary_suppression,
    dominance,
    fitting_sets,
    suppression,
    survey_system,
)
from fltoolkit.publish.disclosure.confidential_cells import Key, Limits
from fltoolkit.publish.disclosure.suppression_decision import Decision, decide
from fltoolkit.publish.disclosure.survey_system import DisclosureScenario


def key(**groups: str) -> Key:
    return frozenset(groups.items())


def counts(cases: int, n: int, **facts: Any) -> dict[str, Any]:
    """What a row of so many cases shows; each stands for ten."""
    return {
        "n": float(n),
        "cases": float(cases),
        "population": 10.0 * n,
        "estimate": cases / n,
        "bound_high": cases / n,
        "psus_with_cases": float(cases),
        "households_with_cases": float(cases),
    } | facts


def decided(*rows: dict[str, Any], of: list[str] | None = None) -> Decision:
    table = published(*rows).table
    keys = [key(**{r["breakdown"]: r["category"]}) if r["breakdown"] else key() for r in rows]
    return decide(table, keys, of or [""] * len(rows), DisclosureScenario(Limits(), b""))


REGIONS = {"north": (20, 90), "south": (12, 80), "east": (6, 70), "west": (3, 60)}


def test_a_confidential_region_is_hidden_with_the_smallest_other_in_every_measure() -> None:
    """The west has three cases; without another region it could be told from the total."""
    rows = [row(**counts(41, 300)), *(of("region", r, **counts(*c)) for r, c in REGIONS.items())]
    totals = [r | {"measure": "total", "interval": "log", "estimate": 10 * r["cases"]} for r in rows]
    assert len(hidden := decided(*rows).hidden) == 2
    assert hidden & {0, 4} == {4}
    both = decided(*rows, *totals)
    assert len(both.hidden) == 4
    assert {i + 5 for i in both.hidden if i < 5} == {i for i in both.hidden if i >= 5}
    assert both.unresolved_hidden == both.hidden  # and how many of them left the question open


def of_sectors(*cases: int, psus: float | None = None) -> Decision:
    """All cases, then the cases by sector of their forced labour: the table lists only sectors with a case.
    The cases of the first sector are in so many PSUs."""
    totals = [
        of("sector", str(i), **counts(n, n, measure="total", interval="log", estimate=10.0 * n))
        for i, n in enumerate(cases)
    ]
    totals[0] |= {} if psus is None else {"psus_with_cases": psus}
    rows = [row(**counts(sum(cases), 900)), *totals]
    keys = [key(**{r["breakdown"]: r["category"]}) if r["breakdown"] else key() for r in rows]
    return decide(
        published(*rows).table,
        keys,
        [""] * len(rows),
        DisclosureScenario(Limits(), b"", case_only=frozenset({"sector"})),
    )


def test_where_the_list_of_sectors_tells_their_cases_they_are_not_listed() -> None:
    """Five sectors of five cases: each has one. Of four sectors of five cases none can have three."""
    for cases in ((1, 1, 1, 1, 1), (2, 1, 1, 1)):
        found = of_sectors(*cases)
        assert (found.hidden, found.unlisted) == ({*range(1, len(cases) + 1)}, {*range(1, len(cases) + 1)})
        assert found.coarse != []
    assert of_sectors(9, 8, 7) == Decision()


def test_a_hidden_sector_that_is_listed_may_have_one_case_or_four() -> None:
    """Beside the six cases of the first sector, the four other cases would be one in each of the four other
    sectors."""
    found = of_sectors(6, 1, 1, 1, 1)
    assert (found.hidden, found.unlisted) == ({1, 2, 3, 4, 5}, set())
    assert 0 not in of_sectors(20, 10, 3, 2).hidden


def test_a_sector_of_nearly_all_cases_does_not_hide_the_number_of_everybody() -> None:
    """33 of 35 cases leave one each for the two others. The range of the first may not need both of them to
    be empty."""
    found = of_sectors(32, 2, 1, psus=2.0)
    assert (found.hidden, found.unlisted) == ({1, 2, 3}, set())
    assert 0 not in of_sectors(32, 2, 1).hidden


def test_one_row_alone_is_hidden_by_its_own_counts() -> None:
    assert decided(row(**counts(4, 90))).hidden == {0}
    assert decided(row(**counts(5, 90))) == Decision()
    assert decided(row(**counts(5, 90, psus_with_cases=2.0))).hidden == {0}
    assert decided(row(**counts(0, 90))) == Decision()
    assert decided(row(**counts(88, 90))).hidden == {0}  # two who are not cases


def test_a_share_is_hidden_where_the_cases_that_it_distributes_are() -> None:
    """Of four cases in all none of the sectors may be shown, whatever they hold."""
    shares = [
        of("sector", s, **counts(n, 4, measure="share", sector=s))
        for s, n in {"farms": 0, "sites": 4}.items()
    ]
    assert decided(row(**counts(4, 90)), *shares, of=["", "sector", "sector"]).hidden == {0, 1, 2}


def test_a_cell_is_judged_by_the_measure_that_tells_most_in_whatever_order() -> None:
    """Of 90 men two are no cases: their share of all cases does not say so, their rate does."""
    rate, share = of("sex", "men", **counts(88, 90)), of("sex", "men", measure="share", **counts(88, 100))
    assert decided(rate, share, of=["", "sex"]).hidden == {0, 1}
    assert decided(share, rate, of=["sex", ""]).hidden == {0, 1}


def test_few_unresolved_persons_lose_their_count_and_keep_their_rate() -> None:
    """Two men of nine persons: the women's seven would tell them."""

    def open_(cases: int, n: int, unresolved: int) -> dict[str, Any]:
        return counts(cases, n, unresolved=float(unresolved), bound_high=(cases + unresolved) / n)

    rows = [
        row(**open_(40, 400, 9)),
        of("sex", "men", **open_(20, 200, 2)),
        of("sex", "women", **open_(20, 200, 7)),
    ]
    assert decided(*rows) == Decision(set(), {1, 2})
    assert decided(*(r | {"unresolved": 0.0, "bound_high": r["estimate"]} for r in rows)) == Decision()


def test_the_flowchart_does_not_tell_a_number_of_cases_that_the_tables_hide() -> None:
    def step(name: str, persons: int) -> dict[str, Any]:
        return of(
            "step", name, measure="flowchart", interval="log", **counts(persons, 400, estimate=10.0 * persons)
        )

    def run(cases: int) -> Decision:
        chart = [row(measure="flowchart", interval="log", **counts(400, 400, estimate=4000.0))]
        chart += [step("did not work", 150), step("no coercion", 250 - cases), step("forced labour", cases)]
        return decided(row(**counts(cases, 400)), *chart)

    assert run(40) == Decision()
    few = run(4).hidden
    assert {0, 4} <= few
    assert len(few & {1, 2, 3}) == 1  # one of the others, or it could be told from all


def test_those_who_left_forced_labour_by_the_interview_are_not_told_by_subtraction() -> None:
    """Twelve cases, nine of them still: three left."""
    now = row(outcome="forced_labour_now", measure="current_prevalence", **counts(9, 400))
    assert decided(row(**counts(12, 400)), now).hidden == {1}
    assert decided(row(**counts(12, 400)), now | counts(12, 400)).hidden == set()


def test_the_pages_name_the_bounds_of_the_code() -> None:
    pages = {
        name: (Path(__file__).parents[3] / "docs" / name).read_text("utf-8")
        for name in ("methods.md", "disclosure.md")
    }
    kinds = f"more than {survey_system.MOST_KINDS:,} kinds of"
    for page in pages.values():
        assert kinds in " ".join(page.split())
    methods = " ".join(pages["methods.md"].split())
    assert f"systems of at most {complementary_suppression.MOST_TRIED} cells" in methods
    assert (
        f"confidential cells × cells > {suppression.MOST_WORK:,} (in profiles {suppression.MOST_WORK_OF_PROFILES:,})"
        in methods
    )
    assert f"cells of 1 to {dominance.FEW - 1} cases and at most {dominance.MANY:,} persons" in methods
    assert f"above {fitting_sets.MOST_SHARE}" in methods
    assert f"more than {fitting_sets.MOST_SHARE:.0%} " in pages["disclosure.md"]
