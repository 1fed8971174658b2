"""Tests the evidence of a plan: which round is the baseline, and what partners and a later round add."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import small_country as country
import yaml
from published_rows import of, published, row

import fltoolkit as fl
from fltoolkit.errors import SpecError
from fltoolkit.estimate.change_over_time.difference import DECREASED
from fltoolkit.languages.reasons import Name
from fltoolkit.publish.rounds_and_changes import Rounds

OUT = published(row(), of("sex", "men"), of("sex", "women"), groups=("sex",))
FIGURE = {"indicator": "rate", "value": 8, "ci_low": 6, "ci_high": 10, "cases": 40, "n": 5000, "year": 2020}


def plan(folder: Path, partners: dict[str, Any] | None = None, **keys: Any) -> fl.Plan:
    """A plan that asks for the prevalence by gender, and how many inspectors were trained; its target is half
    the prevalence."""
    rate = {
        "id": "rate",
        "measure": "prevalence",
        "disaggregated_by": ["gender"],
        "targets": [{"year": 2030, "cut": 0.5}],
    }
    said = {**country.with_rows(rate), "country": "Nowhere", **keys}
    said["framework"].append(country.PLAN["framework"][1])
    (folder / "nap.yaml").write_text(yaml.safe_dump(said), encoding="utf-8")
    if partners:
        (folder / "partners.yaml").write_text(yaml.safe_dump(partners), encoding="utf-8")
    return fl.read_plan(folder / "nap.yaml")


def test_a_run_that_is_its_own_baseline_has_targets_and_nothing_to_follow(tmp_path: Path) -> None:
    found = fl.evidence(plan(tmp_path), Rounds(OUT, OUT))
    table = found.baseline.table
    assert table.loc[table["id"] == "rate", ["category", "baseline_value"]].to_numpy().tolist() == [
        ["total", 20],
        ["men", 20],
        ["women", 20],
    ]
    assert found.targets["target_value"].iloc[0] == pytest.approx(10)
    assert found.milestones["value"].tolist() == pytest.approx([20, 18, 16, 14, 12, 10])
    assert (found.follow_up.empty, found.targets["beside"].iloc[0]) == (True, "")
    assert found.smart["id"].unique().tolist() == ["rate", "trained"]
    assert (found.now, found.start, found.changed) == (OUT, OUT, None)


def test_where_the_baseline_is_a_publication_its_figures_fill_the_rows(tmp_path: Path) -> None:
    found = fl.evidence(plan(tmp_path, baseline_survey=[FIGURE]), Rounds(OUT, None))
    (first,) = found.baseline.table[found.baseline.table["id"] == "rate"].to_dict("records")
    assert (first["filled_by"], first["baseline_value"], first["year"]) == ("publication", 8, 2020)
    assert found.targets["target_value"].iloc[0] == pytest.approx(4)


def test_a_category_of_a_publication_has_the_words_of_the_survey(tmp_path: Path) -> None:
    """Before, a French page had *Women* in one table and *Femmes* in the next."""
    women = Name("kit.categories", "women")
    out = published(row(), of("sex", "women") | {"category": women}, groups=("sex",))
    found = fl.evidence(
        plan(tmp_path, baseline_survey=[{**FIGURE, "group": "gender", "category": str(women)}]),
        Rounds(out, None),
    )
    assert found.baseline.table.loc[found.baseline.table["group"] == "gender", "category"].iloc[0] is women


def test_a_later_round_stands_beside_the_targets(tmp_path: Path) -> None:
    """20 per 1,000 became 8, below half of it."""
    facts = {
        "measure": "change_in_prevalence", "estimate": -0.012, "ci_low": -0.02, "ci_high": -0.004,
        "estimate_after": 0.008, "ci_low_after": 0.005, "ci_high_after": 0.011, "relative_change": -0.6,
        "ratio_low": 0.2, "ratio_high": 0.7, "verdict": DECREASED, "verdict_reason": "", "attenuated": False,
        "beyond_zero": "", "marker_before": "", "marker_after": "", "flag_before": "", "flag_after": "",
        "year_before": 2025, "year": 2027, "round_before": "", "round": "", "survey_before": "Small survey",
        "interview_conditions_before": "", "interview_conditions": "by proxy: 12%",
    }  # fmt: skip
    found = fl.evidence(plan(tmp_path), Rounds(OUT, OUT, published(row(**facts))))
    followed = found.follow_up[found.follow_up["category"] == "total"].iloc[0]
    assert (followed["change"], followed["decrease"], followed["milestone"]) == (
        pytest.approx(-12),
        pytest.approx(60),
        pytest.approx(16),
    )
    assert followed["interview_conditions"] == "by proxy: 12%"
    assert found.targets["beside"].iloc[0] == "at or below the target, its interval reaches above"
    assert pd.isna(
        found.follow_up.loc[found.follow_up["category"] == "men", "value"]
    ).all()  # no change of men is published


def test_what_partners_filled_in_stands_in_their_rows(tmp_path: Path) -> None:
    found = fl.evidence(plan(tmp_path, {"matrix": {"trained": {"baseline_value": 12}}}), Rounds(OUT, OUT))
    (trained,) = found.baseline.table[found.baseline.table["id"] == "trained"].to_dict("records")
    assert (trained["filled_by"], trained["baseline_value"]) == ("partners", 12)
    assert found.partners.matrix["trained"]["baseline_value"] == 12


def test_another_countrys_survey_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="Elsewhere"):
        fl.evidence(plan(tmp_path, country="Elsewhere"), Rounds(OUT, OUT))
