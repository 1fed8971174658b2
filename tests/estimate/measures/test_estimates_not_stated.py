"""Tests not_stated="drop": the rows are left out, everything else is unchanged, and the note reveals no small
count."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit.errors import RequestError

BY = [[], ["status"], ["status", "sex"]]


def test_rows_not_stated_are_left_out_and_the_others_stay(norvia: fl.ClassifiedSurvey) -> None:
    shown, dropped = fl.prevalence(norvia, by=BY), fl.prevalence(norvia, by=BY, not_stated="drop")
    stated = shown.table["status"] != "not stated"
    assert 0 < (~stated).sum() < len(shown.table)
    pd.testing.assert_frame_equal(dropped.table, shown.table[stated].reset_index(drop=True))
    assert dropped.covariance == pytest.approx(shown.covariance[np.ix_(stated, stated)])
    assert dropped.contrast({"gap": {("employees", "total"): 1, "total": -1}}).table["se"].notna().all()
    n = int(
        shown.table[(shown.table["status"] == "not stated") & (shown.table["sex"] == "total")]["n"].iloc[0]
    )
    assert n >= 5
    assert (
        dropped.about.not_stated
        == f"left out of the table: status not stated by about {(n + 5) // 10 * 10:,} person(s)"
    )
    assert shown.about.not_stated == ""


def test_a_share_stays_a_share_of_all_cases(norvia: fl.ClassifiedSurvey) -> None:
    shown, dropped = fl.share(norvia, "status"), fl.share(norvia, "status", not_stated="drop")
    kept = shown.table[shown.table["status"] != "not stated"].reset_index(drop=True)
    pd.testing.assert_frame_equal(dropped.table, kept)


def test_few_persons_are_not_counted_in_the_note() -> None:
    table = pd.DataFrame(
        {"w": 1.0, "psu": range(20), "y": [1, 0] * 10, "g": [*"a" * 10, *"b" * 8, None, None]}
    )
    found = fl.mean(fl.SurveyDesign(table, weight="w", psu="psu"), "y", by="g", not_stated="drop")
    assert found.table["g"].tolist() == ["a", "b"]
    assert found.about.not_stated == "left out of the table: g not stated by fewer than 5 person(s)"


def test_every_other_verb_takes_it(norvia: fl.ClassifiedSurvey) -> None:
    for est in (
        fl.total(norvia, by="status", not_stated="drop"),
        fl.duration(norvia, by="status", not_stated="drop"),
        fl.quantile(norvia, by="status", not_stated="drop"),
    ):
        assert "not stated" not in set(est.table["status"])
        assert len(est.table) == len(est.design_effects) == est.influence.shape[1]
    with pytest.raises(RequestError, match="show, drop"):
        fl.total(norvia, by="status", not_stated="hide")  # type: ignore[arg-type]


def test_what_is_left_out_is_decided_with_the_rest_and_told_in_a_note(norvia: fl.ClassifiedSurvey) -> None:
    shown, dropped = (
        fl.publish(fl.prevalence(norvia, by=[[], ["status"]], not_stated=how)) for how in ("show", "drop")
    )
    kept = shown.table[shown.table["category"] != "not stated"].reset_index(drop=True)
    pd.testing.assert_frame_equal(dropped.table, kept)
    assert dropped.notes[-1].startswith("left out of the table: status not stated by about")
