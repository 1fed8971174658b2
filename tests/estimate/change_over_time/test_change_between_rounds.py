"""Tests the change between rounds: R's numbers, the verdicts, when there is no verdict, and rounds that
cannot be compared."""

from __future__ import annotations

import functools
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

import fltoolkit as fl
from fltoolkit.errors import DesignError, RequestError
from fltoolkit.estimate.change_over_time.difference import RoundEstimates, WithLimits, difference, mover

GOLDEN = Path(__file__).parents[2] / "golden"
RECORDS = {r["id"]: r for r in json.loads((GOLDEN / "change.json").read_text("utf-8"))["records"]}
ROUNDS = {key: r for key, r in RECORDS.items() if key.startswith("change")}
FILES = ("clustered.csv", "round2.csv")


@functools.cache
def design(file: str, fpc: bool = False) -> fl.SurveyDesign:
    return fl.SurveyDesign(
        GOLDEN / "data" / file, weight="weight", strata="stratum", psu="psu", fpc="fpc" if fpc else None
    )


def square(lower: list[list[float]]) -> np.ndarray[Any, Any]:
    half = np.array([line + [0.0] * (len(lower) - len(line)) for line in lower])
    return np.asarray(half + np.tril(half, -1).T)


# --------------------------------------------------------------------------------------------------------- ag


@pytest.mark.parametrize("key", ROUNDS)
def test_two_rounds_agree_with_r_on_the_stacked_design(key: str) -> None:
    record = ROUNDS[key]
    r, verb = record["numbers"], getattr(fl, record["verb"])
    before, after = (verb(design(file, record["fpc"]), record["y"], by=[[], ["sex"]]) for file in FILES)
    both = fl.stack({"1": before, "2": after}, name="round", shared_psus=record["shared"])
    v, v_sex = square(r["covariance"]), square(r["covariance_sex"])
    np.testing.assert_allclose(both.table["estimate"].iloc[[0, 3]], r["estimate"], rtol=1e-10)
    np.testing.assert_allclose(both.covariance[np.ix_([0, 3], [0, 3])], v, rtol=1e-10, atol=1e-12 * v.max())
    np.testing.assert_allclose(
        both.covariance[np.ix_([1, 2, 4, 5], [1, 2, 4, 5])], v_sex, rtol=1e-10, atol=1e-12 * v_sex.max()
    )
    table = fl.change(before, after, shared_psus=record["shared"]).table
    np.testing.assert_allclose(table["change"], r["change"], rtol=1e-10)
    contrasts = {"all": ("total",), "1": ("1",), "2": ("2",)}
    own = both.contrast({name: {("2", *row): 1, ("1", *row): -1} for name, row in contrasts.items()}).table[
        "se"
    ]
    np.testing.assert_allclose(own, r["se"], rtol=1e-10)
    taylor = (
        table["method"] == "taylor"
    )  # 1,310 women in one round, 1,039 in the other: a rate or a number is decided by MOVER
    assert taylor.tolist() == [True, True, verb is fl.mean]
    np.testing.assert_allclose(table["se"][taylor], np.array(r["se"])[taylor], rtol=1e-10)
    first = table.iloc[0]
    assert first["df"] == pytest.approx(r["df"], rel=1e-10)
    assert first[["ci_low", "ci_high"]].tolist() == pytest.approx(r["ci"], rel=1e-8)
    assert first[["ratio", "ratio_low", "ratio_high"]].tolist() == pytest.approx(
        [r["ratio"], *r["ratio_ci"]], rel=1e-8
    )
    as_contrast = both.contrast({"change": {("2",): 1, ("1",): -1}}).table.iloc[0]
    assert (as_contrast["estimate"], as_contrast["se"]) == pytest.approx(
        (first["change"], first["se"]), rel=1e-12
    )


def test_psus_in_part_of_the_rounds_leave_each_rounds_variance_as_published() -> None:
    """R's stacked design would count the PSUs of the union in every stratum; the covariance is summed here by
    hand."""
    first, second = (pd.read_csv(GOLDEN / "data" / file) for file in FILES)
    second["psu"] = second["psu"].where(
        second["psu"] % 2 == 0, second["psu"] + 1000
    )  # every other area was drawn anew
    before, after = (
        fl.mean(fl.SurveyDesign(f, weight="weight", strata="stratum", psu="psu"), "income")
        for f in (first, second)
    )
    both = fl.stack({"1": before, "2": after}, name="round", shared_psus=True)
    np.testing.assert_allclose(
        np.sqrt(np.diag(both.covariance)), [before.table["se"][0], after.table["se"][0]], rtol=1e-12
    )
    expected = 0.0
    z = {}
    for name, frame in (("1", first), ("2", second)):
        mean = np.average(frame["income"], weights=frame["weight"])
        own = (
            frame.assign(z=frame["weight"] * (frame["income"] - mean) / frame["weight"].sum())
            .groupby(["stratum", "psu"])["z"]
            .sum()
        )
        n = own.groupby("stratum").transform("size")
        z[name] = (own - own.groupby("stratum").transform("mean")) * np.sqrt(n / (n - 1))
    expected = (z["1"] * z["2"]).dropna().sum()
    assert both.covariance[0, 1] == pytest.approx(expected, rel=1e-10)
    assert abs(both.covariance[0, 1]) > 0


# ----------------------------------------------------------------------------------------------- the arithmet


def test_overlapping_intervals_are_no_test() -> None:
    """112 of 200 against 88 of 200 (docs/methods.md §5): the 95% intervals overlap, and p = 0.016."""
    p1, p2 = 112 / 200, 88 / 200
    v1, v2 = p1 * (1 - p1) / 200, p2 * (1 - p2) / 200
    (l1, u1), (l2, u2) = (proportion_confint(k, 200, method="wilson") for k in (112, 88))
    assert l1 < u2
    side = lambda p, v, low, high: RoundEstimates(p, v**0.5, low, high, 1e9, 200, 100, 100)  # noqa: E731
    row = difference(side(p1, v1, l1, u1), side(p2, v2, l2, u2)).iloc[0]
    assert round(2 * stats.norm.sf(abs(row["change"]) / row["se"]), 3) == 0.016
    assert row["verdict"] == "decreased"


def test_second_stages_are_each_rounds_own_and_the_first_ties_the_rounds() -> None:
    def rounds_of(psu: list[str], fpc: list[str]) -> fl.Estimates:
        made = {}
        for name, file in zip("12", FILES, strict=True):
            frame = pd.read_csv(GOLDEN / "data" / file)
            frame = frame.assign(person=np.arange(len(frame)), persons=500)
            design = fl.SurveyDesign(frame, weight="weight", strata="stratum", psu=psu, fpc=fpc)
            made[name] = fl.mean(design, "income")
        return fl.stack(made, name="round", shared_psus=True)

    one, two = rounds_of(["psu"], ["fpc"]), rounds_of(["psu", "person"], ["fpc", "persons"])
    np.testing.assert_allclose(np.sqrt(np.diag(two.covariance)), two.table["se"], rtol=1e-12)
    assert (two.table["se"] > one.table["se"]).all()
    assert two.covariance[0, 1] == pytest.approx(one.covariance[0, 1], rel=1e-12)
    with pytest.raises(RequestError, match="stack all samples in one call"):
        fl.stack({"x": two, "y": one}, name="again", shared_psus=False)


def with_replicates(seed: int, rate: float) -> fl.ReplicateDesign:
    """300 persons in 30 groups, each left out once."""
    draw = np.random.default_rng(seed)
    group = np.arange(300) % 30
    weights = {f"rw{g}": np.where(group == g, 0.0, 30 / 29) for g in range(30)}
    frame = pd.DataFrame({"w": 1.0, "y": (draw.random(300) < rate).astype(int), **weights})
    return fl.ReplicateDesign(frame, weight="w", replicates="rw*", method="jk1")


def test_rounds_with_replicate_weights_are_independent_and_their_psus_are_not_known() -> None:
    before, after, none = (
        fl.prevalence(with_replicates(i, rate), "y") for i, rate in enumerate((0.3, 0.2, 0.0))
    )
    row = fl.change(before, after).table.iloc[0]
    assert row["se"] == pytest.approx(np.hypot(row["se_before"], row["se_after"]), rel=1e-12)
    assert pd.isna(row["psus_with_cases_before"])
    fall = fl.change(before, none).table.iloc[0]  # 30 cases or more on the side that has some
    assert fall["cases_before"] >= 30
    assert (fall["verdict"], fall["method"]) == ("decreased", "mover")
    with pytest.raises(DesignError, match="replicate weights do not say"):
        fl.change(before, after, shared_psus=True)
    kept = replace(after, about=replace(after.about, psus_of_earlier_rounds="kept"))  # as survey.yaml says it
    assert fl.change(before, kept).table.loc[0, "se"] == row["se"]
    assert fl.change_from_published(BASELINE, after).table["verdict"][0] == "decreased"


# --------------------------------------------------------------------------------------------------------- tw


@functools.cache
def toy(seed: int, rate: float = 0.2, psus: int = 40, start: int = 0, **more: Any) -> fl.SurveyDesign:
    draw = np.random.default_rng(seed)
    n = psus * 10
    frame = pd.DataFrame(
        {
            "w": 1.0,
            "psu": start + np.arange(n) % psus,
            "g": np.where(np.arange(n) < n / 2, "a", "b"),
            "y": draw.random(n) < rate,
        }
    )
    return fl.SurveyDesign(frame.assign(y=frame["y"].astype(int), **more), weight="w", psu="psu")


def test_labels_that_coincide_must_be_explained() -> None:
    before, after = fl.prevalence(toy(1), "y"), fl.prevalence(toy(2, psus=30, start=20), "y")
    with pytest.raises(DesignError, match="in more than one") as error:
        fl.change(before, after)
    assert "20 of 30 PSUs" in str(error.value)
    assert "psus_of_earlier_rounds" in str(error.value)
    with pytest.raises(DesignError, match="no PSU has the same stratum and label"):
        fl.change(before, fl.prevalence(toy(2, start=100), "y"), shared_psus=True)
    apart = fl.change(before, fl.prevalence(toy(2, start=100), "y")).table.iloc[
        0
    ]  # no label coincides: independent
    assert apart["se"] == pytest.approx(np.hypot(apart["se_before"], apart["se_after"]), rel=1e-12)


def test_a_row_of_one_round_only_is_shown_as_such() -> None:
    before = fl.prevalence(toy(1), "y", by=[[], ["g"]])
    after = fl.prevalence(toy(2, start=100, g="a"), "y", by=[[], ["g"]])
    got = fl.change(before, after)
    assert got.table["g"].tolist() == ["total", "a", "b"]
    assert got.one_round_only == 1
    last = got.table.iloc[2]
    assert (last["verdict"], last["reason"]) == ("not comparable", "only in the earlier round")
    assert last["n_before"] == 200
    assert pd.isna(last["n_after"])
    assert pd.isna(last["change"])
    turned = fl.change(after, before).table.iloc[2]
    assert turned["reason"] == "only in the later round"
    assert turned["n_after"] == 200


def test_a_breakdown_of_one_round_only_is_not_dropped() -> None:
    got = fl.change(fl.prevalence(toy(1), "y"), fl.prevalence(toy(2, start=100), "y", by=[[], ["g"]]))
    assert got.table["g"].tolist() == ["total", "a", "b"]
    assert got.table["reason"].tolist()[1:] == ["only in the later round"] * 2
    assert pd.notna(got.table["change"][0])


def test_rounds_broken_down_by_different_groups_are_not_compared() -> None:
    """Each row of a group would stand beside nothing; the same groups in another order are the same."""
    one, two = (
        fl.prevalence(toy(1), "y", by=[[], ["g"]]),
        fl.prevalence(toy(2, start=100), "y", by=[[], ["psu"]]),
    )
    with pytest.raises(
        RequestError, match="broken down by different groups\\n  found:   total, g before; total, psu after"
    ):
        fl.change(one, two, shared_psus=False)
    one, two = (
        fl.prevalence(toy(seed, start=100 * seed), "y", by=by)
        for seed, by in ((1, ["g", "psu"]), (2, ["psu", "g"]))
    )
    assert len(fl.change(one, two, shared_psus=False).table) > 0


@functools.cache
def plain() -> tuple[fl.Estimates, fl.Estimates]:
    return fl.prevalence(toy(1), "y"), fl.prevalence(toy(2, start=100), "y")


def rounds(**later: Any) -> tuple[fl.Estimates, fl.Estimates]:
    """Two rounds whose facts are those of a survey.yaml, the later one's changed."""
    facts = {
        "year": 2025, "rule_set": "icls_2018 v1", "reference_months": 12, "population_label": "adults",
        "population_ages": "18 and over",
        "questionnaire": ("coercion.debt_bondage: 1 experienced", "coercion.other_penalty: 1 experienced"),
    }  # fmt: skip
    before, after = plain()
    return replace(before, about=replace(before.about, **facts)), replace(
        after, about=replace(after.about, **{**facts, "year": 2027, **later})
    )


@pytest.mark.parametrize(
    ("later", "reason"),
    [
        (
            {"rule_set": "hts_2012 v1"},
            "definition (rule set) changed: icls_2018 v1 before, hts_2012 v1 after",
        ),
        ({"reference_months": 60}, "reference period in months changed: 12 before, 60 after"),
        ({"population_label": "workers"}, "population changed: adults before, workers after"),
        (
            {"population_ages": "15 and over"},
            "ages of the population changed: 18 and over before, 15 and over after",
        ),
        ({"outcome": "z"}, "outcome changed: y before, z after"),
        ({"measure": "total"}, "measure changed: prevalence before, total after"),
        (
            {
                "questionnaire": (
                    "coercion.debt_bondage: 2 experienced",
                    "coercion.other_penalty: 1 experienced",
                )
            },
            "questionnaire changed: coercion.debt_bondage (1 experienced before, 2 experienced after)",
        ),
    ],
)
def test_what_changed_is_told_with_both_values_and_nothing_is_computed(
    later: dict[str, Any], reason: str
) -> None:
    row = fl.change(*rounds(**later)).table.iloc[0]
    assert (row["verdict"], row["reason"]) == ("not comparable", reason)
    assert row[["change", "se", "ci_low", "ratio"]].isna().all()
    assert row[["estimate_before", "estimate_after"]].notna().all()


def test_a_fact_that_one_round_does_not_state_is_named_and_not_held_against_it() -> None:
    got = fl.change(*rounds(rule_set="", questionnaire=()))
    assert got.unstated == ("definition (rule set)", "questionnaire")
    assert got.table["verdict"][0] != "not comparable"


@pytest.mark.parametrize(
    ("later", "overlap"),
    [
        ({"year": 2026}, 0.0),
        ({"year": 2025}, 1.0),
        ({"reference_months": 60, "year": 2027}, 0.6),  # a five-year flow two years apart shares three years
        ({"reference_months": 60, "year": 2027, "measure": "current"}, 0.0),
    ],
)
def test_overlapping_windows_are_flagged_and_the_change_is_still_shown(
    later: dict[str, Any], overlap: float
) -> None:
    before, after = rounds(**later)
    same = {k: v for k, v in later.items() if k != "year"}
    got = fl.change(replace(before, about=replace(before.about, **same)), after).table.iloc[0]
    assert (got["overlap"], got["attenuated"]) == (pytest.approx(overlap), overlap > 0)
    assert np.isfinite(got[["change", "ci_low", "ci_high"]].astype(float)).all()
    if overlap:
        months = later.get("reference_months", 12)
        assert got["reason"] == (
            f"windows overlap: {overlap * months:g} of {months} months are in both, counted by the years of "
            "the surveys (not both give dates)"
        )
    assert (got["verdict"] == "not comparable") is (overlap > 0)


def test_dates_of_the_windows_go_before_years() -> None:
    before, after = rounds(window_start="2025-04-01", window_end="2026-06-30")
    before = replace(before, about=replace(before.about, window_start="2024-10-01", window_end="2025-12-31"))
    assert fl.change(before, after).table["overlap"][0] == pytest.approx(0.5)


def test_rounds_the_wrong_way_round_or_at_two_levels_are_refused() -> None:
    before, after = rounds()
    with pytest.raises(RequestError, match="given first"):
        fl.change(after, before)
    with pytest.raises(RequestError, match="confidence levels"):
        fl.change(before, replace(after, about=replace(after.about, level=0.9)))


def test_survey_yaml_says_whether_areas_were_kept(small: Any) -> None:
    people = [("case" if i % 7 == 0 else "not", {}) for i in range(120)]
    before = fl.prevalence(small(people))
    said = {"kept": {"psus_of_earlier_rounds": "kept"}, "new": {"psus_of_earlier_rounds": "new"}, "": {}}
    after = {word: fl.prevalence(small(people[3:], year=2027, design=key)) for word, key in said.items()}
    covariance = fl.stack({"1": before, "2": after["kept"]}, name="round", shared_psus=True).covariance
    kept, new = (fl.change(before, after[word]).table.iloc[0] for word in ("kept", "new"))
    assert kept["se"] == pytest.approx(
        np.sqrt(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]), rel=1e-12
    )
    assert new["se"] == pytest.approx(np.sqrt(covariance[0, 0] + covariance[1, 1]), rel=1e-12)
    with pytest.raises(DesignError, match="in more than one"):
        fl.change(before, after[""])
    about = before.about
    assert (about.population_ages, about.window_start) == ("18 and over", "")
    assert about.questionnaire == (
        "any_work: 1 experienced",
        "coercion.withheld_wages: 1 experienced",
        "involuntary.very_low_or_no_wages: 1 experienced",
    )


def test_areas_that_were_kept_and_are_said_to_be_new_have_rs_error_of_other_areas() -> None:
    right, wrong = (
        ROUNDS[f"change-{kind}-wr-total"]["numbers"]["se"][0] for kind in ("shared", "independent")
    )
    before, after = (fl.total(design(file), "award") for file in FILES)
    said = [fl.change(before, after, shared_psus=kept).table["se"].iloc[0] for kept in (True, False)]
    np.testing.assert_allclose(said, [right, wrong], rtol=1e-10)
    assert abs(wrong / right - 1) > 0.02


# ------------------------------------------------------------------------------------------- a published base

BASELINE = {"estimate": 0.35, "ci_low": 0.30, "ci_high": 0.40, "cases": 140, "psus_with_cases": 40}


@functools.cache
def later(rate: float = 0.2) -> fl.Estimates:
    return fl.prevalence(toy(2, rate), "y", by=[[], ["g"]])


def test_against_a_published_baseline_mover_decides() -> None:
    after = later()
    now = after.table.iloc[0]
    row = fl.change_from_published(BASELINE, after).table.iloc[0]
    low, high = mover(
        WithLimits(0.35, 0.30, 0.40), WithLimits(now["estimate"], now["ci_low"], now["ci_high"])
    )
    assert (row["change"], row["ci_low"], row["ci_high"]) == pytest.approx(
        (now["estimate"] - 0.35, float(low), float(high))
    )
    assert (row["verdict"], row["method"]) == ("decreased", "mover")
    narrower = fl.change_from_published(BASELINE, after, rho=0.5).table.iloc[0]
    assert narrower["ci_high"] < row["ci_high"]
    assert narrower["ci_low"] > row["ci_low"]
    one = fl.change_from_published(fl.PublishedBaseline(**BASELINE), after, row="a")
    assert one.table["g"].tolist() == ["a"]
    assert one.by == (("g",),)


@pytest.mark.parametrize(
    ("facts", "enough"),
    [
        ({"cases": 15, "psus_with_cases": 10}, True),
        ({"cases": 14, "psus_with_cases": 10}, False),
        ({"cases": 15, "psus_with_cases": 9}, False),
        ({"cases": 30, "psus_with_cases": None}, True),
        ({"cases": 29, "psus_with_cases": None}, False),
        ({"cases": 29, "psus_with_cases": None, "deff": 1.5}, True),
        ({"cases": 29, "psus_with_cases": None, "deff": 2.0}, False),
        ({"cases": None}, False),
    ],
)
def test_a_published_baseline_needs_its_cases(facts: dict[str, Any], enough: bool) -> None:
    row = fl.change_from_published({**BASELINE, **facts}, later()).table.iloc[0]
    assert (row["verdict"] == "decreased") is enough
    few = "the publication does not say how many cases" if facts.get("cases", 1) is None else "too few cases"
    assert (row["reason"] == few) is not enough


def test_the_later_round_needs_its_cases_too() -> None:
    row = fl.change_from_published(BASELINE, later(0.02)).table.iloc[0]
    assert row["cases_after"] < 15
    assert (row["verdict"], row["reason"]) == ("no detectable change", "too few cases")
    assert row["ci_high"] < 0


def test_a_published_baseline_is_compared_on_what_it_states() -> None:
    got = fl.change_from_published({**BASELINE, "measure": "total"}, later())
    assert got.table["reason"][0] == "measure changed: total before, prevalence after"
    assert "outcome" in got.unstated
    for wrong, words in (
        ({"level": 0.9}, "confidence levels"),
        ({"p": 1}, "no such field"),
        ({"estimate": 350.0}, "is outside its interval"),
    ):
        with pytest.raises(RequestError, match=words):
            fl.change_from_published({**BASELINE, **wrong}, later())
    with pytest.raises(RequestError, match=r"rho: .*\n.*\n.*-1 or more and 1 or less"):
        fl.change_from_published(BASELINE, later(), rho=2)


def test_since_a_baseline_of_a_much_larger_survey_nothing_is_decided() -> None:
    now = later()
    n = int(now.table["n"].iloc[0])
    assert fl.change_from_published({**BASELINE, "n": 2 * n}, now).table["verdict"][0] == "decreased"
    row = fl.change_from_published({**BASELINE, "n": 2 * n + 1}, now).table.iloc[0]
    assert (row["verdict"], row["reason"]) == ("no detectable change", "the rounds are too unlike in size")


@pytest.mark.parametrize("scale", [1000.0, 300_000.0])
def test_a_published_figure_in_another_scale_is_refused(scale: float) -> None:
    wrong = {name: BASELINE[name] * scale for name in ("estimate", "ci_low", "ci_high")}
    with pytest.raises(RequestError, match="the published figure must be a proportion"):
        fl.change_from_published({**BASELINE, **wrong}, later())


def test_a_publication_that_does_not_say_how_many_cases_decides_nothing() -> None:
    row = fl.change_from_published({k: v for k, v in BASELINE.items() if k != "cases"}, later()).table.iloc[0]
    assert (row["verdict"], row["reason"]) == (
        "no detectable change",
        "the publication does not say how many cases",
    )


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"n": 400}, []),
        ({"n": 40_000}, ["the published number is 0.35, and its cases ÷ persons are 0.0035"]),
        ({"n": 400, "ci_low": 0.345, "ci_high": 0.355}, ["the interval is that of a design effect of 0.011: too narrow for so few persons"]),
        ({"n": 400, "deff": 9.0}, ["the interval is that of a design effect of 1.1, and the publication says 9"]),
        ({"estimate": 0.39}, ["the published number stands at the wrong end of its interval"]),
    ],
)  # fmt: skip
def test_what_contradicts_itself_in_a_publication_is_told(facts: dict[str, Any], says: list[str]) -> None:
    found = fl.change_from_published({**BASELINE, **facts}, later())
    assert [str(doubt) for doubt in found.doubts] == says
