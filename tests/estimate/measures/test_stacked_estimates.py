"""Tests estimates that are stacked: from one sample, with R's covariance; and from two samples, for which the
user says whether they share PSUs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from small_surveys import SPEC

import fltoolkit as fl
from fltoolkit.errors import DesignError, PublicationError, RequestError, SpecError

GOLDEN = Path(__file__).parents[2] / "golden"
RECORDS = {r["id"]: r for r in json.loads((GOLDEN / "rule_sets.json").read_text("utf-8"))["records"]}
QUESTIONS = {
    "different_job": "deceived recruitment", "unagreed_overtime": "overtime work",
    "other_employers": "employers work", "no_freedom_to_leave": "no_leave leaving",
    "withheld_documents": "papers recruitment", "restricted_movement": "held work",
    "threats_or_violence": "violence work", "abuse_of_vulnerability": "abuse work",
    "withheld_wages": "wages leaving",
}  # fmt: skip
BOTH = ["icls_2018", "hts_2012"]
LABELS = ["icls_2018 v1", "hts_2012 v1"]


@pytest.fixture
def module(tmp_path: Path) -> fl.Survey:
    """The survey whose answers R classified by hand."""
    (tmp_path / "rule_sets.csv").write_bytes((GOLDEN / "data" / "rule_sets.csv").read_bytes())
    items: dict[str, dict[str, Any]] = {"involuntary": {}, "coercion": {}}
    for i, (item, question) in enumerate(QUESTIONS.items()):
        column, stage = question.split()
        items["involuntary" if i < 4 else "coercion"][item] = {"column": column, "stage": stage}
    spec = {
        k: SPEC[k]
        for k in ("title", "country", "year", "reference_period", "answers", "episodes", "coverage_excludes")
    } | {
        "files": {"person": {"path": "rule_sets.csv", "key": "id"}},
        "design": {"weight": "weight", "strata": "stratum", "psu": "psu", "selection": "pps"},
        "age": {"column": "stratum"},
        "any_work": {"column": "sex", "yes": [1, 2], "no": 3},
        "items": items,
        "populations": {"all": {"label": "everybody"}},
        "groups": {"sex": {"column": "sex", "codes": {1: "men", 2: "women"}}},
    }
    (tmp_path / "survey.yaml").write_text(yaml.safe_dump(spec), encoding="utf-8")
    return fl.read_survey(tmp_path)


@pytest.mark.parametrize("name", RECORDS)
def test_two_rule_sets_on_one_sample_agree_with_r(name: str, module: fl.Survey) -> None:
    record = RECORDS[name]
    est, r = fl.rule_sets(module, BOTH, by=record.get("by"), measure=record["verb"]), record["numbers"]
    assert est.table.columns[0] == "rule_set"
    assert est.table["rule_set"].tolist() == [label for label in LABELS for _ in range(len(est.table) // 2)]
    np.testing.assert_allclose(est.table["estimate"], r["estimate"], rtol=1e-10)
    theirs = np.array([line + [0.0] * (len(r["covariance"]) - len(line)) for line in r["covariance"]])
    np.testing.assert_allclose(est.covariance, np.tril(theirs) + np.tril(theirs, -1).T, rtol=1e-10)
    np.testing.assert_allclose(est.table["se"], np.sqrt(np.diag(theirs)), rtol=1e-10)
    for column in r.keys() & {"cases", "unresolved"}:
        assert est.table[column].tolist() == r[column]


def test_what_each_rule_set_rests_on_stays_with_its_label(module: fl.Survey) -> None:
    est = fl.rule_sets(module, BOTH, by=[[], ["sex"]])
    assert list(est.parts) == LABELS
    assert est.parts["icls_2018 v1"].to_verify == ""
    assert "recalled" in est.parts["hts_2012 v1"].to_verify
    assert est.about.to_verify == est.parts["hts_2012 v1"].to_verify  # a doubt of one is a doubt of the whole
    assert (est.about.rule_set, est.about.rule_note, est.about.population_label) == ("", "", "everybody")
    assert est.by == (("rule_set",), ("rule_set", "sex"))


def test_rule_sets_that_cannot_be_compared_are_refused(module: fl.Survey) -> None:
    with pytest.raises(RequestError, match="the same name and version"):
        fl.rule_sets(module, ["icls_2018", "icls_2018"])
    with pytest.raises(RequestError, match=r"rule_sets: measure: .*\n.*'share'\n.*prevalence, total"):
        fl.rule_sets(module, BOTH, measure="share")  # type: ignore[arg-type]
    with pytest.raises(RequestError, match="nothing to stack"):
        fl.rule_sets(module, [])
    with pytest.raises(SpecError, match="no such rule set"):
        fl.rule_sets(module, ["icls_2018", "hts_2009"])


def design(seed: int = 1, psus: int = 20) -> fl.SurveyDesign:
    draw = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {"w": draw.uniform(1, 9, 200), "psu": np.arange(200) % psus, "g": np.arange(200) % 3}
    )
    return fl.SurveyDesign(
        frame.assign(y=draw.integers(0, 2, 200), z=draw.integers(0, 2, 200)), weight="w", psu="psu"
    )


def test_a_stack_keeps_each_parts_rows_and_knows_how_they_vary_together() -> None:
    one = design()
    y, z = fl.prevalence(one, "y", by=[[], ["g"]]), fl.prevalence(one, "z")
    est = fl.stack({"y": y, "z": z}, name="question")
    assert est.table[["question", "g"]].values.tolist() == [
        ["y", "total"],
        ["y", "0"],
        ["y", "1"],
        ["y", "2"],
        ["z", "total"],
    ]
    assert est.table["estimate"].tolist() == [*y.table["estimate"], *z.table["estimate"]]
    assert len(est.design_effects) == 5
    np.testing.assert_array_equal(est.covariance[:4, :4], y.covariance)
    same = fl.stack({"a": z, "b": z}, name="twice").covariance
    np.testing.assert_allclose(same, np.full((2, 2), z.covariance[0, 0]))  # one variable with itself


def test_samples_whose_labels_coincide_and_estimates_of_two_kinds_are_not_stacked() -> None:
    one = fl.prevalence(design(), "y")
    with pytest.raises(DesignError, match="of different samples") as error:
        fl.stack({"a": one, "b": fl.prevalence(design(psus=25), "y")}, name="round")
    assert "20 of 20 PSUs" in str(error.value)
    assert "shared_psus=True" in str(error.value)
    with pytest.raises(RequestError, match="one measure at one level") as error:
        fl.stack({"a": one, "b": fl.total(design(), "y")}, name="what")
    assert "prevalence at 0.95, total at 0.95" in str(error.value)
    with pytest.raises(RequestError, match="one measure at one level"):
        fl.stack({"a": one, "b": fl.prevalence(design(), "y", level=0.9)}, name="what")
    with pytest.raises(RequestError, match="a column of this name"):
        fl.stack({"a": one}, name="cases")


def test_two_files_with_the_same_psus_are_two_samples(small: Any, tmp_path: Path) -> None:
    people = [("case" if i % 3 == 0 else "not", {}) for i in range(60)]
    first = fl.prevalence(small(people))
    second = fl.prevalence(small([*people[1:], people[0]]))
    with pytest.raises(DesignError, match="of different samples"):
        fl.stack({"first": first, "second": second}, name="round")


def test_a_stack_is_not_published_by_itself(module: fl.Survey) -> None:
    """12 cases under one rule set and 11 under another are one person."""
    with pytest.raises(PublicationError, match="overlap") as error:
        fl.publish(fl.rule_sets(module, BOTH))
    assert "fl.publish_run" in str(error.value)


def test_persons_drawn_directly_are_never_the_same_in_two_rounds() -> None:
    first, second = (
        fl.SurveyDesign(pd.DataFrame({"w": 1.0, "y": np.arange(n) % 4 == 0}), weight="w") for n in (40, 60)
    )
    parts = {"before": fl.prevalence(first, "y"), "after": fl.prevalence(second, "y")}
    assert fl.stack(parts, name="round").covariance[0, 1] == 0  # row numbers coincide, and are no labels
    with pytest.raises(DesignError):
        fl.stack(parts, name="round", shared_psus=True)
