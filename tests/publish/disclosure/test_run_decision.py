"""Tests the decision about the rows of a run: it is made once, for the published set and for the disclosure
record."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest
import small_country as country

import fltoolkit as fl
from fltoolkit import remembered_results
from fltoolkit.publish.disclosure.confidential_cells import Limits
from fltoolkit.publish.disclosure.run_decision import decided_rows
from fltoolkit.publish.published_set import decided_run

DECISION = importlib.import_module("fltoolkit.publish.disclosure.run_decision")


def test_the_rows_stand_with_their_cells_and_what_a_share_distributes(norvia: Any) -> None:
    made = [fl.prevalence(norvia, by=[[], ["sex"]]), fl.share(norvia, "sex")]
    rows = decided_rows(made, Limits(), ())
    assert rows.table["measure"].tolist() == ["prevalence"] * 3 + ["share"] * 2
    assert [dict(key).get("sex") for key in rows.keys] == [None, *rows.table["sex"][1:]]
    assert rows.share_groups == ("", "", "", "sex", "sex")
    assert rows.table["estimate"].notna().all()  # nothing is blanked yet
    assert rows.rule_set == "icls_2018 v1"


@pytest.fixture
def decisions(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows by one with each decision."""
    calls, decide = list[int](), DECISION.decide

    def counted(*given: Any, **named: Any) -> Any:
        calls.append(len(given))
        return decide(*given, **named)

    monkeypatch.setattr(DECISION, "decide", counted)
    return calls


def test_a_run_is_decided_once_for_the_set_its_profiles_and_the_record(
    tmp_path: Path, decisions: list[int]
) -> None:
    path = country.write(tmp_path / "small")
    remembered_results.turn_on()
    try:
        persons = fl.classify(fl.read_survey(path))
        out = fl.publish_run(persons)
        assert fl.publish_run(persons, profile="ilo", every_profile=True).limits == out.limits
        rows, published = decided_run(persons)
        assert len(decisions) == 1
        assert (published["marker"] == "c").tolist() == (out.table["marker"] == "c").tolist()[
            : len(published)
        ]
        rows.table.loc[:, "cases"] = -1.0
        assert (decided_run(persons)[0].table["cases"] >= 0).all()  # whoever has it may change it
    finally:
        remembered_results.turn_off()
    fl.publish_run(fl.classify(fl.read_survey(path)))
    assert len(decisions) == 2
