"""Tests the headline under every rule set: a missing one has a reason, and two that differ by a few persons
are not both shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

import fltoolkit as fl
from fltoolkit.publish.published_set import COUNTS, NUMBERS, restricted

ICLS, HTS = "icls_2018 v1", "hts_2012 v1"
# Overtime and violence at work make a case of both rule sets, hazardous work with violence one of icls_2018
# only, held at work with violence one of hts_2012 only.
STAGED = {
    "involuntary": {
        "unagreed_overtime": {"column": "INV", "stage": "work"},
        "hazardous_work": {"column": "HAZ", "stage": "work"},
    },
    "coercion": {
        "threats_or_violence": {"column": "COE", "stage": "work"},
        "restricted_movement": {"column": "HELD", "stage": "work"},
    },
}
Small = Callable[..., fl.Survey]


def people(
    both: int, icls: int = 0, hts: int = 0, open_: int = 0, open_icls: int = 0
) -> list[tuple[str, dict[str, Any]]]:
    """Persons who are cases of both rule sets, of one only; unresolved under both, or under icls_2018 only;
    and 200 others."""
    kinds = [
        (both, "case", {}), (icls, "not", {"HAZ": 1, "COE": 1}), (hts, "not", {"HELD": 1, "COE": 1}),
        (open_, "open", {}), (open_icls, "not", {"HAZ": 8, "COE": 1}), (200, "not", {}),
    ]  # fmt: skip
    told = [(answer, {"HAZ": 2, "HELD": 2, **own}) for n, answer, own in kinds for _ in range(n)]
    return [(answer, {"P": i % 40, **own}) for i, (answer, own) in enumerate(told)]


def rows(out: fl.Published, measure: str = "prevalence") -> dict[str, dict[str, Any]]:
    return {row["rule_set"]: row for row in out.rule_sets(measure).to_dict("records")}


def test_a_rule_set_that_the_survey_does_not_support_is_a_row_with_the_reason(small: Small) -> None:
    out = fl.publish_run(small(people(20)))
    assert out.table["rule_set"].tolist()[-2:] == [HTS, HTS]
    for measure in ("prevalence", "total"):
        found = rows(out, measure)
        assert list(found) == [ICLS, HTS]
        row = found[HTS]
        assert (row["marker"], row["flag"]) == ("x", "")
        assert row["reason"] == (
            "hts_2012 needs the stage at which each item was met, and survey.yaml does not give it: "
            "very_low_or_no_wages, withheld_wages"
        )
        assert all(pd.isna(row[c]) for c in (*NUMBERS, *COUNTS) if c in row)
        assert "recalled" in row["to_verify"]
        assert found[ICLS]["to_verify"] == ""


def test_rule_sets_stand_side_by_side_with_what_each_rests_on(small: Small) -> None:
    found = rows(fl.publish_run(small(people(20, icls=6, hts=1), items=STAGED)))
    assert [found[r]["cases"] for r in (ICLS, HTS)] == [26, 21]
    assert [found[r]["estimate"] for r in (ICLS, HTS)] == [round(26 / 227, 4), round(21 / 227, 4)]
    assert "where the following are on the other side: restricted_movement" in found[HTS]["rule_note"]
    assert found[ICLS]["rule_note"] == ""


@pytest.mark.thorough("fourteen surveys decided whole")
@pytest.mark.parametrize(
    ("icls", "hts", "shown"),
    [(0, 0, True), (1, 0, False), (4, 0, False), (5, 0, True), (0, 4, False), (0, 5, True), (9, 7, False)],
)
@pytest.mark.parametrize("own", ["icls_2018", "hts_2012"])
@pytest.mark.no_cover  # the lines it runs are covered by others
def test_of_two_rule_sets_that_differ_by_few_the_runs_own_stays(
    own: str, icls: int, hts: int, shown: bool, small: Small
) -> None:
    survey = small(people(20, icls, hts), items=STAGED).unclassified
    assert survey is not None
    out = fl.publish_run(fl.classify(survey, own))
    for measure in ("prevalence", "total"):
        first, other = out.rule_sets(measure).to_dict("records")
        assert first["rule_set"].startswith(own)
        assert first["cases"] == 20 + (icls if own == "icls_2018" else hts)
        assert (other["marker"] != "c") is shown
        assert pd.isna(other["cases"]) is not shown
        assert pd.isna(other["ci_high"]) is not shown


def test_too_few_cases_under_another_rule_set_are_confidential_by_themselves(small: Small) -> None:
    found = rows(fl.publish_run(small(people(3, icls=17), items=STAGED)))
    assert found[ICLS]["cases"] == 20
    assert found[HTS]["marker"] == "c"
    none = rows(fl.publish_run(small(people(0, icls=17), items=STAGED)))
    assert (none[HTS]["cases"], none[HTS]["marker"]) == (0, "w")


def test_what_the_run_hides_another_rule_set_does_not_tell(small: Small) -> None:
    """Five cases of one household each are shown; two PSUs make them confidential, under every rule set that
    has the same five."""
    few = [(answer, {**own, "P": i % 2 if i < 6 else own["P"]}) for i, (answer, own) in enumerate(people(6))]
    found = rows(fl.publish_run(small(few, items=STAGED)))
    assert [found[r]["marker"] for r in (ICLS, HTS)] == ["c", "c"]


@pytest.mark.parametrize(
    ("open_", "open_icls", "shown"), [(8, 0, True), (8, 2, False), (8, 5, True), (3, 9, False)]
)
def test_unresolved_persons_are_not_told_by_the_difference_either(
    open_: int, open_icls: int, shown: bool, small: Small
) -> None:
    found = rows(fl.publish_run(small(people(20, open_=open_, open_icls=open_icls), items=STAGED)))
    assert found[ICLS]["unresolved"] == open_ + open_icls
    other = found[HTS]
    assert other["cases"] == 20
    assert (other["unresolved_marker"] == "") is shown
    for column in ("unresolved", "resolved_only", "bound_high", "bound_ci_high"):
        assert pd.notna(other[column]) is shown


def test_a_rule_set_of_ones_own_stands_first_and_the_shipped_ones_beside_it(
    small: Small, tmp_path: Path
) -> None:
    survey = small(people(20, icls=8, hts=14), items=STAGED).unclassified
    assert survey is not None
    rule = {
        "name": "mine",
        "version": 2,
        "title": "t",
        "source": "s",
        "involuntary": ["hazardous_work"],
        "coercion": ["threats_or_violence"],
    }
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(rule))
    persons = fl.classify(survey, "mine.yaml")
    found = rows(fl.publish_run(persons))
    assert {label: row["cases"] for label, row in found.items()} == {"mine v2": 8, HTS: 34, ICLS: 28}
    assert (
        found["mine v2"]["rule_note"] == "all its cases are cases of the 2018 international definition, too"
    )
    full = restricted(persons)
    assert full[full["measure"] == "prevalence"]["rule_set"].tolist() == ["mine v2", HTS, ICLS]


def test_a_selection_never_mixes_rule_sets(small: Small) -> None:
    out = fl.publish_run(
        small(people(20, icls=6), items=STAGED, tables=[{"measure": "prevalence", "by": [[], "sex"]}])
    )
    assert set(out.table["rule_set"]) == {ICLS, HTS}
    assert set(out.own["rule_set"]) == {out.rule_set} == {ICLS}
    for measure, by in (("prevalence", None), ("prevalence", "sex"), ("total", None), ("flowchart", "step")):
        assert set(out.select(measure, by)["rule_set"]) == {ICLS}
