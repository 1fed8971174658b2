"""Tests that a column gets only one role, and that the user chooses if another column fits equally well."""

from __future__ import annotations

from pathlib import Path

import pytest
from draft_columns import column, unused

from fltoolkit.authoring.draft.column_roles import FITS


@pytest.fixture(autouse=True)
def _any_values_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    for role in ("strata", "psu"):
        monkeypatch.setitem(FITS, role, lambda c: c.name != "unfit")


def test_the_likeliest_free_column_is_taken_and_named(tmp_path: Path) -> None:
    held = unused(tmp_path, {"id": [1]})
    held.columns = [column("x", "Stratum of the sample"), column("unfit", "Stratum"), column("y", "Region")]
    taken, why = held.take("strata")
    assert taken is held.columns[0]
    assert (why, held.named(taken), held.used) == ("x: Stratum of the sample", "x", {"x"})
    assert held.take("strata") == (None, "")


def test_of_columns_that_fit_as_well_the_name_is_asked_and_the_others_are_told(tmp_path: Path) -> None:
    held = unused(tmp_path, {"id": [1]})
    held.columns = [column("strat", "Stratum"), column("stratum", "Stratum"), column("z", "Stratum")]
    taken, why = held.take("strata")
    assert taken is held.columns[0]
    assert (why, held.named(taken)) == ("strat: Stratum; or is it stratum?", "<answer>")
    assert held.rivals == {"strat": ["stratum"]}  # z has the label alone


def test_a_rival_that_gets_another_role_is_no_rival_and_none_is_offered_twice(tmp_path: Path) -> None:
    held = unused(tmp_path, {"id": [1]})
    held.columns = [column("strat"), column("stratum"), column("strate_ea"), column("psu")]
    strata, why = held.take("strata")
    assert strata is not None
    assert why == "the name strat; or is it stratum, strate_ea?"
    psu, why = held.take("psu")
    assert psu is not None
    assert why == "the name strate_ea; or is it psu?"
    assert held.why(strata) == "the name strat; or is it stratum?"
    held.use([held.columns[1]])
    assert (held.why(strata), held.named(strata)) == ("the name strat", "strat")


def test_the_same_question_about_another_job_differs_in_one_number(tmp_path: Path) -> None:
    held = unused(tmp_path, {"id": [1]})
    names = ("job1_who", "job2_who", "job12_who", "job1_why", "job1_who2", "who")
    held.columns = [
        *(column(name) for name in names),
        column("q4", "Who (job 1)"),
        column("q5", "Who (job 2)"),
        column("q6", "Where"),
    ]
    assert held.columns_of_other_jobs(held.columns[0]) == ["job2_who", "job12_who"]
    assert held.columns_of_other_jobs(held.columns[5]) == []
    assert held.columns_of_other_jobs(held.columns[6]) == ["q5"]


def test_what_is_above_the_possible_is_no_number(tmp_path: Path) -> None:
    held = unused(tmp_path, {"age": [*range(20, 40), 130, 999]})
    assert held.beyond(held.columns[0], 120) == ["130", "999"]
