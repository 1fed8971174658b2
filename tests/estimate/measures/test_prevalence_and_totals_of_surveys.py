"""Tests estimates of classified surveys: populations, sectors, unresolved persons, zero cases, and the
flowchart."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from small_surveys import NORVIA, SPEC

import fltoolkit as fl
from fltoolkit.classify.classification_path import LEAVES
from fltoolkit.errors import DesignError, RequestError
from fltoolkit.estimate.measures.intervals import (
    Confidence,
    EstimatedProportion,
    clopper_pearson,
    proportion,
    t_quantile,
)
from fltoolkit.estimate.measures.prevalence_and_totals import traces

SECTORS = [
    "Agriculture excl. fishing",
    "Fishing",
    "Manufacturing",
    "Construction",
    "Market services",
    "Domestic work",
]


def numbers(table: pd.DataFrame, *columns: str) -> list[list[float]]:
    return table[list(columns)].astype(float).to_numpy().tolist()


# ------------------------------------------------------------------------------------------------ who and who


def test_an_unclassified_survey_has_no_estimates_yet() -> None:
    survey = fl.read_survey(NORVIA)
    for verb in (fl.prevalence, fl.total, fl.flowchart):
        with pytest.raises(RequestError, match=r"persons = fl.classify\(survey\)"):
            verb(survey)
    with pytest.raises(RequestError, match="not classified yet"):
        fl.share(survey, "sex")


def test_a_rate_by_the_sector_of_forced_labour_is_refused_with_the_reason_and_what_to_ask_instead(
    norvia: fl.Survey,
) -> None:
    for by in ("sector", ["sex", "sector"], [[], ["sector"]], "form"):
        with pytest.raises(RequestError) as error:
            fl.prevalence(norvia, by=by)
        message, group = str(error.value), "form" if by == "form" else "sector"
        assert message.startswith(
            f"prevalence: no rate by {group}: only cases have one, so there is nobody to divide by"
        )
        assert f'fl.share(persons, "{group}")' in message
        assert f'fl.total(persons, by=["{group}"])' in message


def test_numbers_and_shares_by_the_sector_of_forced_labour_count_cases_only(norvia: fl.Survey) -> None:
    number, share = fl.total(norvia, by=[[], ["sector"]]), fl.share(norvia, "sector")
    assert set(SECTORS) <= set(number.table["sector"])
    whole, parts = number.table.iloc[0], number.table.iloc[1:]
    assert parts["estimate"].sum() == pytest.approx(whole["estimate"])
    assert parts["cases"].sum() == whole["cases"] == share.table["cases"].sum()
    assert (parts["cases"] > 0).all()
    assert (parts["n"] == whole["n"]).all()  # a case could have been anyone asked
    assert share.table["estimate"].sum() == pytest.approx(1)
    assert share.table["estimate"].to_numpy() == pytest.approx(
        (parts["estimate"] / whole["estimate"]).to_numpy()
    )
    assert (share.table["n"] == whole["cases"]).all()
    assert number.about.sector_basis == share.about.sector_basis == "forced_labour"
    assert number.about.case_only == ("sector",)
    assert parts[["unresolved", "resolved_only", "bound_high", "bound_ci_high"]].isna().all(axis=None)
    assert whole[["unresolved", "resolved_only", "bound_high"]].notna().all()


def test_a_rate_by_sector_is_one_of_the_workers_whose_job_was_asked(norvia: fl.Survey) -> None:
    est = fl.prevalence(norvia, by=[[], ["main_job_sector"]])
    assert est.about.population == "workers"
    assert est.about.sector_basis == "all_workers"
    whole, parts = est.table.iloc[0], est.table.iloc[1:]
    assert parts["n"].sum() == whole["n"] == fl.prevalence(norvia, population="workers").table["n"][0]
    assert whole["n"] < fl.prevalence(norvia).table["n"][0]
    assert est.table.equals(fl.prevalence(norvia, by=[[], ["main_job_sector"]], population="workers").table)


def test_it_is_refused_in_another_population(norvia: fl.Survey) -> None:
    with pytest.raises(RequestError) as error:
        fl.prevalence(norvia, by="main_job_sector", population="adults")
    message = str(error.value)
    assert message.startswith("population: main_job_sector was asked of workers only")
    assert "numerator and denominator of the same job" in message
    assert "found:   adults" in message
    assert "allowed: workers" in message
    assert "leave population out" in message


def test_an_unknown_population_is_refused_with_those_of_survey_yaml(norvia: fl.Survey) -> None:
    with pytest.raises(RequestError) as error:
        fl.total(norvia, population="children")
    message = str(error.value)
    assert "total: population: no such population" in message
    assert "survey.yaml" in message
    assert "found:   children" in message
    assert "allowed: adults, workers" in message
    assert "under populations:" in message


def test_an_unknown_group_is_refused_with_the_groups(norvia: fl.Survey) -> None:
    with pytest.raises(RequestError) as error:
        fl.prevalence(norvia, by="sexe")
    assert "found:   sexe" in str(error.value)
    assert "allowed: sex, " in str(error.value)
    assert "group of survey.yaml" in str(error.value)


def test_the_design_effect_of_everybody_s_number_is_blank(norvia: fl.Survey) -> None:
    """All are persons, so that a simple random sample would know no variance of their rate, however their
    weights vary."""
    table = fl.flowchart(norvia).table
    assert table.loc[0, "estimate"] == table.loc[0, "population"]
    assert table["deff"].isna().tolist() == [True, *[False] * (len(table) - 1)]


def test_every_figure_names_what_it_is_about(norvia: fl.Survey) -> None:
    about = fl.prevalence(norvia, level=0.9).about
    assert (about.measure, about.outcome, about.level) == ("prevalence", "forced_labour", 0.9)
    assert about.interval == "korn_graubard_rare"
    assert (about.country, about.year, about.reference_months, about.population) == (
        "Norvia",
        2025,
        12,
        "adults",
    )
    assert about.reference_period == "the 12 months before the interview"
    assert about.population_label == "persons aged 18 and over"
    assert about.same_work == "asked"
    assert about.rule_set.startswith("icls_2018")
    assert len(about.input_hash) == 64
    assert fl.total(norvia).about.interval == "log"


def test_values_come_in_the_order_of_survey_yaml(norvia: fl.Survey) -> None:
    table = fl.total(norvia, by=fl.cube("age_group", "region")).table
    assert list(dict.fromkeys(table["region"])) == [
        "total",
        "Coast",
        "Delta",
        "Highlands",
        "Plains",
        "Capital",
    ]
    assert list(dict.fromkeys(table["age_group"])) == [
        "total",
        "18–24",
        "25–54",
        "55–64",
        "65+",
        "not stated",
    ]


# ----------------------------------------------------------------------------------------------- unresolved,

# Four PSUs of one stratum. Weights 10, but 30 for the unresolved woman and 20 for the second case.
BY_HAND = [
    ("case", {"P": 0, "SEX": 1}),
    ("not", {"P": 0, "SEX": 2}),
    ("open", {"P": 1, "SEX": 2, "W": 30}),
    ("not", {"P": 1, "SEX": 1}),
    ("case", {"P": 2, "SEX": 1, "W": 20}),
    ("idle", {"P": 2, "SEX": 2}),
    ("not", {"P": 3, "SEX": 1}),
    ("not", {"P": 3, "SEX": 2}),
]


def test_unresolved_persons_stay_in_the_denominator_and_stand_beside_it(small: Any) -> None:
    table = fl.prevalence(small(BY_HAND), by=[[], ["sex"]]).table
    assert numbers(table, "n", "cases", "population", "unresolved") == [
        [8, 2, 110, 1],
        [4, 2, 50, 0],
        [4, 0, 60, 1],
    ]
    expected = [[30 / 110, 30 / 80, 60 / 110], [30 / 50, 30 / 50, 30 / 50], [0, 0, 30 / 60]]
    assert np.array(numbers(table, "estimate", "resolved_only", "bound_high")) == pytest.approx(
        np.array(expected)
    )


def test_the_upper_bound_has_the_interval_of_a_survey_in_which_the_unresolved_are_cases(small: Any) -> None:
    at_most = [("case" if answer == "open" else answer, own) for answer, own in BY_HAND]
    for verb in (fl.prevalence, fl.total):
        table = verb(small(BY_HAND), by=[[], ["sex"]]).table
        as_cases = verb(small(at_most), by=[[], ["sex"]]).table
        most = (
            as_cases["population"] if verb is fl.total else 1.0
        )  # with unresolved persons, a number is at most the population
        expected = as_cases["ci_high"].where(table["unresolved"] == 0, np.minimum(as_cases["ci_high"], most))
        assert table["bound_ci_high"].to_numpy() == pytest.approx(expected.to_numpy())
    nobody_open = [("not" if answer == "open" else answer, own) for answer, own in BY_HAND]
    for verb in (fl.prevalence, fl.total):
        table = verb(small(nobody_open), by=[[], ["sex"]]).table
        assert table["bound_ci_high"].tolist() == table["ci_high"].tolist()


def test_totals_carry_the_same_bounds_as_numbers(small: Any) -> None:
    whole = fl.total(small(BY_HAND)).table.iloc[0]
    assert whole[["estimate", "resolved_only", "bound_high", "unresolved"]].tolist() == pytest.approx(
        [30, 30 / 80 * 110, 60, 1]
    )


def test_outcomes_that_are_no_classification_count_blanks_as_missing(small: Any) -> None:
    persons = small(BY_HAND)
    assert "unresolved" not in fl.prevalence(persons, "fl__asked").table
    assert fl.prevalence(persons, "involuntary").table["unresolved"][0] == 2  # INV 8, and blank where idle


# ------------------------------------------------------------------------------------------------------- zero

# North has cases, all in two PSUs; east, in the same PSUs, none.
NO_CASE_IN_EAST = [
    ("case" if i % 7 < 2 and i < 40 else "not", {"P": i % 7, "R": 1, "W": 5 + i % 3}) for i in range(60)
] + [("not", {"P": i % 7, "R": 3, "W": 5 + i % 4}) for i in range(40)]


def upper(n: int, df: int, deff: float) -> float:
    n_eff = n / deff * (t_quantile(0.95, n - 1) / t_quantile(0.95, df)) ** 2
    return clopper_pearson(0, min(n, n_eff), 0.95)[1]


def test_a_cell_without_cases_takes_the_design_effect_of_its_whole_population(small: Any) -> None:
    est = fl.prevalence(small(NO_CASE_IN_EAST), by=[[], ["region"]])
    whole, north, east = est.table.to_dict("records")
    deff = whole["se"] ** 2 * whole["n"] / (whole["estimate"] * (1 - whole["estimate"]))
    assert deff > 1.5
    assert (east["estimate"], east["cases"], east["n"], east["ci_low"]) == (0, 0, 40, 0)
    assert east["ci_high"] == pytest.approx(upper(40, 6, deff))
    assert est.design_effects["source"].tolist() == ["", "", "the whole population's"]
    assert est.design_effects["deff_at_zero"].tolist()[2] == pytest.approx(deff)
    assert np.isnan(est.design_effects["deff_at_zero"].tolist()[1])
    assert north["ci_low"] > 0


def test_a_design_effect_below_one_counts_as_one(small: Any) -> None:
    people = [
        ("case" if i % 12 < 4 and i % 4 == i // 12 % 4 else "not", {"P": i % 4, "R": 1}) for i in range(48)
    ]
    people += [("not", {"P": i % 4, "R": 3}) for i in range(40)]
    est = fl.prevalence(small(people), by=[[], ["region"]])
    assert est.design_effects["deff_replace"][0] < 0.9
    assert est.design_effects["deff_at_zero"][2] == 1
    assert est.table["ci_high"][2] == pytest.approx(upper(40, 3, 1))


def test_a_total_without_cases_reaches_up_to_that_share_of_the_population(small: Any) -> None:
    persons = small(NO_CASE_IN_EAST)
    rate, number = (verb(persons, by="region").table.iloc[1] for verb in (fl.prevalence, fl.total))
    assert (number["estimate"], number["ci_low"]) == (0, 0)
    assert number["ci_high"] == pytest.approx(rate["ci_high"] * rate["population"])


def test_survey_yaml_may_set_the_design_effect_at_zero(small: Any) -> None:
    est = fl.prevalence(
        small(NO_CASE_IN_EAST, design={"design_effect_at_zero_cases": 4}), by=[[], ["region"]]
    )
    assert est.table["ci_high"][2] == pytest.approx(upper(40, 6, 4))
    assert est.design_effects["source"].tolist() == ["", "", "survey.yaml"]


def test_where_nobody_is_a_case_it_is_that_of_the_weights(small: Any) -> None:
    people = [("not", {"P": i % 7, "W": 1 + 9 * (i % 2)}) for i in range(60)]
    est = fl.prevalence(small(people), by=[[], ["sex"]])
    kish = 60 * (30 * 1 + 30 * 100) / (30 * 1 + 30 * 10) ** 2
    assert est.table["ci_high"][0] == pytest.approx(upper(60, 6, kish))
    assert est.table["ci_high"][1] == pytest.approx(upper(30, 6, 1))  # all men weigh the same
    assert set(est.design_effects["source"]) == {"Kish's, from the weights"}


def test_nchs_takes_the_persons_themselves(small: Any) -> None:
    east = fl.prevalence(
        small(NO_CASE_IN_EAST), by=[[], ["region"]], interval="korn_graubard_nchs"
    ).table.iloc[2]
    assert east["ci_high"] == pytest.approx(
        proportion(EstimatedProportion(0, 0, 40, 6), Confidence("korn_graubard_nchs"))[1]
    )


def test_the_effective_sample_size_is_what_the_interval_rests_on(small: Any) -> None:
    est = fl.prevalence(small(NO_CASE_IN_EAST), by=[[], ["region"]])
    whole, _, east = est.table.to_dict("records")
    assert whole["n_eff"] == pytest.approx(whole["estimate"] * (1 - whole["estimate"]) / whole["se"] ** 2)
    assert east["n_eff"] == pytest.approx(40 / est.design_effects["deff_at_zero"][2])
    total = fl.total(small(NO_CASE_IN_EAST)).table.iloc[0]
    rate, se = total["estimate"] / total["population"], total["se"] / total["population"]
    assert total["n_eff"] == pytest.approx(rate * (1 - rate) / se**2)


def test_a_group_without_cases_has_nothing_to_distribute(small: Any) -> None:
    table = fl.share(small(NO_CASE_IN_EAST), "sex", by="region").table
    assert set(table["region"]) == {"north"}


# -------------------------------------------------------------------------------------- spread of cases, and


def test_cases_are_counted_by_psu_and_household_across_margins(small: Any) -> None:
    people = [("case", {"HH": 1, "LINE": i, "P": 0, "SEX": 1 + i % 2, "W": 3}) for i in range(4)]
    people += [("case", {"HH": 2, "P": 1, "SEX": 1}), ("not", {"HH": 3, "P": 2}), ("not", {"HH": 4, "P": 3})]
    table = fl.prevalence(small(people), by=[[], ["sex"]]).table
    counted = table.set_index("sex")[["cases", "psus_with_cases", "households_with_cases"]]
    assert counted.loc["total"].tolist() == [5, 2, 2]
    assert counted.loc["men"].tolist() == [3, 2, 2]
    assert counted.loc["women"].tolist() == [2, 1, 1]


def test_the_leaves_of_the_flowchart_add_up_to_all_persons_asked(norvia: fl.Survey) -> None:
    table = fl.flowchart(norvia).table.set_index("step")
    whole, leaves = table.loc["total"], table.drop(index="total")
    asked = fl.prevalence(norvia).table.iloc[0]
    assert leaves["cases"].sum() == whole["cases"] == asked["n"]
    assert leaves["estimate"].sum() == pytest.approx(whole["estimate"])
    assert whole["estimate"] == pytest.approx(asked["population"])
    assert [s for s in LEAVES if s in leaves.index] == leaves.index.tolist()
    assert leaves.loc["forced labour", "cases"] == asked["cases"]
    assert leaves.loc["forced labour", "estimate"] == pytest.approx(fl.total(norvia).table["estimate"][0])
    assert leaves.loc["unresolved", "cases"] == asked["unresolved"]


def test_the_paths_of_a_step_add_up_to_the_step(norvia: fl.Survey) -> None:
    table = traces(norvia).table
    steps = table[table["trace"] == "total"].set_index("step")["cases"]
    paths = table[table["trace"] != "total"].groupby("step")["cases"].sum()
    assert paths.to_dict() == steps.to_dict()
    assert len(paths) == len(steps) > 4


def test_forced_labour_abroad_is_an_outcome_of_its_own(norvia: fl.Survey) -> None:
    chart = fl.flowchart(norvia).table.set_index("step")["cases"]
    assert fl.total(norvia, "forced_labour_abroad").table["cases"][0] == chart["forced labour abroad"]


def test_persons_outside_the_population_stay_in_the_design(small: Any) -> None:
    people = [("case" if i == 0 else "not", {"P": i % 6, "AGE": 40 if i % 6 < 5 else 10}) for i in range(24)]
    est = fl.prevalence(small(people))
    assert est.table["n"][0] == 20
    assert est.table["df"][0] == 4
    assert len(est.units) == 6


def test_a_survey_with_replicate_weights_goes_the_whole_way(
    small: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [
        ("case" if i % 12 == 0 else "open" if i % 50 == 1 else "not", {"P": i % 20}) for i in range(600)
    ]
    keys = {f"RW{r + 1}": [10 * 20 / 19 * (i % 20 != r) for i in range(600)] for r in range(20)}
    people = [
        (answer, {**own, **{name: w[i] for name, w in keys.items()}})
        for i, (answer, own) in enumerate(people)
    ]
    design = {"strata": [], "selection": "srs", "replicates": {"columns": "RW{1..20}", "method": "jk1"}}
    monkeypatch.delitem(SPEC["design"], "psu")
    persons = small(people, design=design, tables=[{"measure": "prevalence", "by": [[], "sex"]}])
    out = fl.publish_run(persons)
    assert out.own["estimate"].notna().any()
    assert out.select("prevalence")["df"].tolist() == [19]
    assert len(fl.paths(persons, out)) > 0
    assert fl.risk_factors(persons, out).table["odds_ratio"].notna().any()
    assert "variance from 20 replicate weights (jk1)" in fl.describe(persons).to_string()
    later = fl.change(fl.prevalence(persons), fl.prevalence(persons), shared_psus=False).table.iloc[0]
    assert later["method"] == "taylor"  # df counts replicates, not PSUs: it says nothing of the rounds' size


def test_a_share_is_not_broken_down_by_its_own_group() -> None:
    people = pd.DataFrame({"w": [1.0, 1, 1, 1], "sex": ["m", "f", "m", "f"]})
    with pytest.raises(RequestError, match="share over a group cannot be broken down by that group"):
        fl.share(fl.SurveyDesign(people, weight="w"), "sex", by="sex")


def test_weights_too_large_to_add_are_told() -> None:
    people = pd.DataFrame({"w": [1e308] * 4, "y": [0, 1, 0, 1]})
    with pytest.raises(DesignError, match="the weights add up to more than a number can hold"):
        fl.prevalence(fl.SurveyDesign(people, weight="w"), "y")
