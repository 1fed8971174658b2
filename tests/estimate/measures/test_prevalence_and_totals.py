"""Tests properties that hold for any design: agreement with plain NumPy, parts that add up, and changes that
must not change a number."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings, strategies as st
from thoroughness import tries

import fltoolkit as fl
from fltoolkit.errors import DesignError, RequestError
from fltoolkit.estimate import Estimates

Numbers = np.ndarray[Any, np.dtype[np.float64]]

# A seed does not shrink to anything simpler, so a failure is shown as it is found.
some_designs = settings(
    max_examples=tries(5, few=2), deadline=None, derandomize=True, database=None, phases=[Phase.generate]
)
SEEDS = st.integers(0, 2**32 - 1)
DESIGN = {"weight": "w", "strata": "stratum", "psu": "psu"}
CUBE = fl.cube("sex", "region")


def sample(seed: int) -> pd.DataFrame:
    """A small stratified cluster sample: zero weights, missing answers, an FPC, and domains that skip
    PSUs."""
    rng = np.random.default_rng(seed)
    blocks = []
    for stratum in range(rng.integers(1, 5)):
        psus = int(rng.integers(2, 6))
        fpc = psus + int(rng.integers(0, 20))
        for psu in range(psus):
            size = int(rng.integers(1, 9))
            block = pd.DataFrame(
                {"stratum": stratum, "psu": 10 * stratum + psu, "fpc": fpc, "w": rng.gamma(2, 20, size)}
            )
            blocks.append(block.assign(area=rng.choice(["near", "far"]), risk=rng.uniform(0.05, 0.6)))
    frame = pd.concat(blocks, ignore_index=True)
    n = len(frame)
    frame["w"] = np.where(rng.random(n) < 0.08, 0.0, frame["w"])
    frame["sex"], frame["region"] = (
        rng.choice(["men", "women"], n),
        rng.choice(["north", "south", "east"], n, p=[0.6, 0.3, 0.1]),
    )
    frame["award"] = (rng.random(n) < frame["risk"]).astype(float)
    frame["income"], frame["hours"] = rng.normal(20, 9, n), rng.uniform(5, 60, n)
    for column in ("award", "income", "hours"):
        frame[column] = frame[column].where(rng.random(n) > 0.1)
    frame.loc[0, ["w", "award", "income", "hours"]] = [30.0, 1.0, 12.0, 30.0]
    return frame


def designed(frame: pd.DataFrame, **more: Any) -> fl.SurveyDesign:
    return fl.SurveyDesign(frame, **{**DESIGN, **more})


def oracle(
    frame: pd.DataFrame, inside: Numbers, y: Numbers, x: Numbers, total: bool, fpc: bool
) -> dict[str, float]:
    """Taylor linearisation person by person, PSU by PSU, stratum by stratum."""
    w = frame["w"].to_numpy()
    used = inside & ~np.isnan(y) & ~np.isnan(x) & (w > 0)
    big_y, big_x = sum(w[used] * y[used]), sum(w[used] * x[used])
    estimate = big_y if total else big_y / big_x
    z = np.zeros(len(frame))
    z[used] = w[used] * y[used] if total else w[used] * (y[used] - estimate * x[used]) / big_x
    variance, present, strata = 0.0, 0, 0
    for _, rows in frame.groupby("stratum"):
        sums = np.array([z[at.index].sum() for _, at in rows.groupby("psu")])
        n_h = len(sums)
        rate = n_h / rows["fpc"].iloc[0] if fpc else 0.0
        variance += (1 - rate) * n_h / (n_h - 1) * ((sums - sums.mean()) ** 2).sum()
        here = [bool(used[at.index].any()) for _, at in rows.groupby("psu")]
        present, strata = present + sum(here), strata + any(here)
    facts = {
        "estimate": estimate,
        "se": np.sqrt(variance),
        "df": present - strata,
        "n": used.sum(),
        "population": w[used].sum(),
    }
    return {k: float(v) for k, v in facts.items()}


def cell(frame: pd.DataFrame, row: dict[Any, Any]) -> Numbers:
    """Who belongs to a row of CUBE."""
    inside = np.ones(len(frame), dtype=bool)
    for group in ("sex", "region"):
        inside &= (frame[group] == row[group]).to_numpy() | (row[group] == "total")
    return inside


@some_designs
@given(seed=SEEDS, fpc=st.booleans())
def test_every_verb_gives_what_a_person_by_person_computation_gives(seed: int, fpc: bool) -> None:
    frame = sample(seed)
    design = designed(frame, fpc="fpc" if fpc else None)
    one = np.ones(len(frame))
    award, income, hours = (frame[c].to_numpy() for c in ("award", "income", "hours"))
    for est, y, x, total in (
        (fl.prevalence(design, "award", by=CUBE), award, one, False),
        (fl.mean(design, "income", by=CUBE), income, one, False),
        (fl.ratio(design, "income", "hours", by=CUBE), income, hours, False),
        (fl.total(design, "award", by=CUBE), award, one, True),
        (fl.total(design, "income", by=CUBE), income, one, True),
    ):
        for row in est.table.to_dict("records"):
            expected = oracle(frame, cell(frame, row), y, x, total, fpc)
            ours = {name: float(row[name]) for name in expected}
            assert ours == pytest.approx(expected, rel=1e-9, abs=1e-9), (
                est.about.measure,
                row["sex"],
                row["region"],
            )


@some_designs
@given(seed=SEEDS)
def test_a_missing_answer_is_left_out_and_counted(seed: int) -> None:
    frame = sample(seed)
    design = designed(frame)
    assert fl.prevalence(design, "award").about.missing == frame["award"].isna().sum()
    assert fl.mean(design, "income", by="sex").about.missing == frame["income"].isna().sum()
    assert (
        fl.ratio(design, "income", "hours").about.missing
        == (frame["income"].isna() | frame["hours"].isna()).sum()
    )
    assert fl.share(design, "sex").about.missing == 0


@some_designs
@given(seed=SEEDS)
def test_cells_add_up_to_the_total_and_their_covariance_to_its_variance(seed: int) -> None:
    design = designed(sample(seed))
    for outcome in ("award", "income"):
        est = fl.total(design, outcome, by=CUBE)
        whole = est.table.iloc[0]
        for breakdown in (["sex"], ["region"], ["sex", "region"]):
            used = (est.table[breakdown] != "total").all(axis=1)
            used &= (est.table[[g for g in ("sex", "region") if g not in breakdown]] == "total").all(axis=1)
            parts = est.table[used]
            for column in ("estimate", "n", "cases", "population"):
                assert parts[column].sum() == pytest.approx(whole[column], rel=1e-12)
            at = np.flatnonzero(used)
            assert est.covariance[np.ix_(at, at)].sum() == pytest.approx(whole["se"] ** 2, rel=1e-9, abs=1e-9)
            assert est.covariance[at, 0].sum() == pytest.approx(whole["se"] ** 2, rel=1e-9, abs=1e-9)


@some_designs
@given(seed=SEEDS)
def test_the_diagonal_of_the_covariance_is_the_square_of_the_standard_error(seed: int) -> None:
    for est in (
        fl.prevalence(designed(sample(seed)), "award", by=CUBE),
        fl.share(designed(sample(seed)), "sex", by="region"),
    ):
        assert np.sqrt(np.diag(est.covariance)) == pytest.approx(
            est.table["se"].to_numpy(), rel=1e-9, abs=1e-12
        )
        assert est.covariance == pytest.approx(est.covariance.T)


@some_designs
@given(seed=SEEDS)
def test_shares_add_to_one_within_each_cell_without_any_doubt_about_their_sum(seed: int) -> None:
    est = fl.share(designed(sample(seed)), "region", by=[[], ["sex"]])
    for _, rows in est.table.groupby("sex"):
        assert rows["estimate"].sum() == pytest.approx(1)
        assert rows["cases"].sum() == rows["n"].iloc[0]
        assert est.covariance[np.ix_(rows.index, rows.index)].sum() == pytest.approx(0, abs=1e-12)


def same(left: Estimates, right: Estimates, columns: list[str], **scale: float) -> None:
    for column in columns:
        expected = left.table[column].to_numpy(float) * scale.get(column, 1.0)
        assert right.table[column].to_numpy(float) == pytest.approx(
            expected, rel=1e-9, abs=1e-12, nan_ok=True
        ), column


@some_designs
@given(seed=SEEDS, times=st.floats(0.5, 1000))
def test_scaling_the_weights_leaves_rates_alone_and_scales_totals(seed: int, times: float) -> None:
    frame = sample(seed)
    scaled = frame.assign(w=frame["w"] * times)
    rate = [fl.prevalence(designed(f), "award", by=CUBE) for f in (frame, scaled)]
    same(
        *rate,
        ["estimate", "se", "ci_low", "ci_high", "cv", "df", "n", "n_eff", "population"],
        population=times,
    )
    number = [fl.total(designed(f), "award", by=CUBE) for f in (frame, scaled)]
    same(
        *number, ["estimate", "se", "cv", "df", "n", "population"], estimate=times, se=times, population=times
    )


@some_designs
@given(seed=SEEDS)
def test_the_order_of_the_rows_does_not_matter(seed: int) -> None:
    frame = sample(seed)
    shuffled = frame.sample(frac=1, random_state=seed % 2**31)
    both = [fl.prevalence(designed(f), "award", by=CUBE) for f in (frame, shuffled)]
    assert both[0].table["sex"].tolist() == both[1].table["sex"].tolist()
    same(*both, ["estimate", "se", "ci_low", "ci_high", "deff", "df", "n", "cases", "psus_with_cases"])
    assert both[1].covariance == pytest.approx(both[0].covariance, abs=1e-12)


@some_designs
@given(seed=SEEDS)
def test_a_person_written_as_two_rows_of_half_the_weight_changes_no_estimate_and_no_standard_error(
    seed: int,
) -> None:
    frame = sample(seed)
    halves = pd.concat([frame.assign(w=frame["w"] / 2)] * 2)
    for verb, outcome in ((fl.prevalence, "award"), (fl.total, "income")):
        one, two = (verb(designed(f), outcome, by=CUBE) for f in (frame, halves))
        same(one, two, ["estimate", "se", "df", "n", "population"], n=2)


def test_a_domain_is_not_a_filter() -> None:
    frame = sample(5)
    near = frame[frame["area"] == "near"]
    assert set(near["psu"]) != set(
        frame["psu"]
    )  # some PSUs have no member of the domain; they count all the same
    by = fl.mean(designed(frame), "income", by="area").table.set_index("area").loc["near"]
    alone = fl.mean(designed(near, single_psu="remove"), "income").table.iloc[0]
    assert by["estimate"] == pytest.approx(alone["estimate"])
    assert by["se"] != pytest.approx(alone["se"], rel=1e-3)
    expected = oracle(
        frame,
        (frame["area"] == "near").to_numpy(),
        frame["income"].to_numpy(),
        np.ones(len(frame)),
        False,
        False,
    )
    assert by["se"] == pytest.approx(expected["se"])


def test_a_cell_without_persons_is_absent_and_a_cell_without_cases_is_a_row() -> None:
    frame = pd.DataFrame(
        {"w": 1.0, "psu": range(12), "sex": ["men"] * 6 + ["women"] * 6, "y": [1, 0, 1, 0, 0, 0] + [0] * 6}
    )
    frame["region"] = ["north", "south"] * 3 + ["north"] * 6
    table = fl.prevalence(fl.SurveyDesign(frame, weight="w", psu="psu"), "y", by=["sex", "region"]).table
    assert list(zip(table["sex"], table["region"], strict=True)) == [
        ("men", "north"),
        ("men", "south"),
        ("women", "north"),
    ]
    women = table.iloc[2]
    assert (women["estimate"], women["se"], women["cases"], women["n"], women["ci_low"]) == (0, 0, 0, 6, 0)
    assert 0 < women["ci_high"] < 1
    assert np.isnan(women["cv"])


def test_persons_of_weight_zero_are_in_the_design_but_in_no_cell() -> None:
    frame = pd.DataFrame(
        {"w": [0.0, 0.0, 5.0, 5.0], "psu": range(4), "g": ["a", "a", "b", "b"], "y": [1, 1, 1, 0]}
    )
    est = fl.prevalence(fl.SurveyDesign(frame, weight="w", psu="psu"), "y", by="g")
    assert est.table["g"].tolist() == ["b"]
    assert len(est.units) == 4


def test_the_cells_come_in_their_natural_order() -> None:
    frame = pd.DataFrame({"w": 1.0, "psu": range(4), "y": 1, "g": ["10", "9", "x", "-1"]})
    assert fl.mean(fl.SurveyDesign(frame, weight="w", psu="psu"), "y", by="g").table["g"].tolist() == [
        "-1",
        "9",
        "10",
        "x",
    ]


def test_blank_group_values_are_the_row_not_stated() -> None:
    frame = pd.DataFrame({"w": 1.0, "psu": range(4), "y": [1, 0, 1, 0], "g": ["a", "a", None, " "]})
    table = fl.prevalence(fl.SurveyDesign(frame, weight="w", psu="psu"), "y", by="g").table
    assert dict(zip(table["g"], table["n"], strict=True)) == {"a": 2, "not stated": 2}


@pytest.mark.parametrize("kind", ["pandas", "polars", "arrow", "csv", "parquet"])
def test_every_kind_of_table_gives_the_same_numbers(kind: str, tmp_path: Any) -> None:
    import polars
    import pyarrow

    frame = sample(3)
    opened: dict[str, Callable[[], Any]] = {
        "pandas": lambda: frame,
        "polars": lambda: polars.from_pandas(frame),
        "arrow": lambda: pyarrow.Table.from_pandas(frame, preserve_index=False),
        "csv": lambda: (frame.to_csv(tmp_path / "a.csv", index=False), tmp_path / "a.csv")[1],
        "parquet": lambda: (frame.to_parquet(tmp_path / "a.parquet"), tmp_path / "a.parquet")[1],
    }
    same(
        fl.mean(designed(frame), "income", by=CUBE),
        fl.mean(designed(opened[kind]()), "income", by=CUBE),
        ["estimate", "se", "n"],
    )


@pytest.mark.parametrize(("yes", "no"), [("1", "0"), ("true", "false"), ("TRUE", "FALSE"), ("True", "False")])
def test_a_truth_may_be_written_in_words(yes: str, no: str) -> None:
    frame = pd.DataFrame({"w": 10.0, "psu": range(5), "y": [yes, no, no, None, yes]})
    design = fl.SurveyDesign(frame, weight="w", psu="psu")
    assert fl.prevalence(design, "y").table["estimate"][0] == 0.5
    assert fl.total(design, "y").table["estimate"][0] == 20
    assert fl.total(design, "y").about.interval == "log"
    assert fl.prevalence(design, "y").about.missing == 1


def test_nan_is_a_missing_answer_whatever_table_it_comes_in() -> None:
    import polars

    frame = polars.DataFrame(
        {"w": [1.0] * 4, "psu": [1, 2, 3, 4], "y": [1.0, float("nan"), 3.0, None], "x": [1.0, 1.0, 2.0, 1.0]}
    )
    design = fl.SurveyDesign(frame, weight="w", psu="psu")
    for est, expected in (
        (fl.mean(design, "y"), 2.0),
        (fl.total(design, "y"), 4.0),
        (fl.ratio(design, "y", "x"), 4 / 3),
    ):
        assert est.table["estimate"][0] == pytest.approx(expected)
        assert est.about.missing == 2


def test_where_nobody_answered_the_total_is_a_row_without_numbers(recwarn: pytest.WarningsRecorder) -> None:
    frame = pd.DataFrame({"w": 1.0, "psu": range(4), "y": [None] * 4, "g": "a"}).astype({"y": "string"})
    design = fl.SurveyDesign(frame, weight="w", psu="psu")
    row = fl.prevalence(design, "y").table.iloc[0]
    assert row["n"] == 0
    assert np.isnan(row[["estimate", "ci_low", "ci_high"]].astype(float)).all()
    assert fl.prevalence(design, "y", by="g").table.empty
    assert not recwarn.list


def test_a_census_has_no_sampling_error() -> None:
    frame = sample(8)
    frame["all"] = frame.groupby("stratum")["psu"].transform("nunique")
    for fpc in (frame["all"], 1.0):
        est = fl.mean(designed(frame.assign(fpc=fpc), fpc="fpc"), "income", by=CUBE)
        assert (est.table["se"] == 0).all()


@given(level=st.floats(0.5, 0.99), seed=st.integers(0, 50))
@settings(
    max_examples=tries(4, few=2), deadline=None, derandomize=True, database=None, phases=[Phase.generate]
)
def test_intervals_contain_their_estimate_and_grow_with_the_level(level: float, seed: int) -> None:
    design = designed(sample(seed))
    for verb, outcome in ((fl.prevalence, "award"), (fl.total, "award"), (fl.mean, "income")):
        narrow, wide = (verb(design, outcome, by=CUBE, level=x).table for x in (level, level + 0.005))
        known = narrow["ci_low"].notna()
        assert (narrow["ci_low"] <= narrow["estimate"])[known].all()
        assert (narrow["estimate"] <= narrow["ci_high"])[known].all()
        assert (wide["ci_low"] <= narrow["ci_low"])[known].all()
        assert (wide["ci_high"] >= narrow["ci_high"])[known].all()
        assert known.equals(narrow["df"] >= 1)
        if verb is fl.prevalence:
            assert narrow.loc[known, ["ci_low", "ci_high"]].stack().between(0, 1).all()


def test_the_number_of_cases_is_never_below_the_cases_seen_where_every_weight_is_one_person_or_more() -> None:
    frame = pd.DataFrame({"w": [1.0] * 9 + [30.0], "psu": range(10), "y": 1})
    low = fl.total(fl.SurveyDesign(frame, weight="w", psu="psu"), "y").table["ci_low"][0]
    less = fl.total(fl.SurveyDesign(frame.assign(w=frame["w"] / 2), weight="w", psu="psu"), "y").table[
        "ci_low"
    ][0]
    assert low == 10
    assert less < 5


def test_one_pass_over_the_persons_is_enough(norvia: fl.Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    from fltoolkit.estimate.totals import one_pass as module

    passes: list[Any] = []
    real = module.cluster_totals
    monkeypatch.setattr(module, "cluster_totals", lambda *a, **k: (passes.append(a), real(*a, **k))[1])
    bare = designed(sample(1))
    calls: list[Callable[[], Estimates]] = [
        lambda: fl.prevalence(norvia, by=fl.cube("sex", "age_group", "region")),
        lambda: fl.total(norvia, by=[[], ["sector"], ["sex"]]),
        lambda: fl.share(norvia, "sector", by=[[], ["sex"]]),
        lambda: fl.flowchart(norvia),
        lambda: fl.mean(bare, "income", by=CUBE),
        lambda: fl.ratio(bare, "income", "hours", by=CUBE),
        lambda: fl.total(bare, "award", by=CUBE),
    ]
    for made, call in enumerate(calls, 1):
        call()
        assert len(passes) == made


# ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [0, 1, -0.1, 95, float("nan")])
def test_a_level_outside_zero_and_one_is_refused(level: float) -> None:
    with pytest.raises(RequestError) as error:
        fl.prevalence(designed(sample(1)), "award", level=level)
    for word in ("0.5 or more and 0.999999 or less", str(level), "0.95"):
        assert word in str(error.value)


@pytest.mark.parametrize("call", ["prevalence", "mean", "ratio", "total", "share", "by"])
def test_an_unknown_column_is_refused_with_the_columns_there_are(call: str) -> None:
    design = designed(sample(1))
    calls: dict[str, Callable[[], Estimates]] = {
        "prevalence": lambda: fl.prevalence(design, "awards"),
        "mean": lambda: fl.mean(design, "awards"),
        "ratio": lambda: fl.ratio(design, "income", "awards"),
        "total": lambda: fl.total(design, "awards"),
        "share": lambda: fl.share(design, "awards"),
        "by": lambda: fl.mean(design, "income", by=["sex", "awards"]),
    }
    with pytest.raises(RequestError) as error:
        calls[call]()
    message = str(error.value)
    assert "no such column" in message
    assert "awards" in message
    assert "income" in message  # allowed
    assert "fl__" not in message
    assert "name a column of the data" in message


def test_a_bare_design_has_no_populations() -> None:
    with pytest.raises(
        RequestError, match=r"only a survey read through survey.yaml has populations(.|\n)*adults"
    ):
        fl.prevalence(designed(sample(1)), "award", population="adults")


@pytest.mark.parametrize("verb", [fl.prevalence, fl.total, fl.flowchart])
def test_totals_are_refused_where_weights_are_normalised(verb: Any, small: Any) -> None:
    persons = small([("case", {}), ("not", {})] * 8, design={"weights": "normalised"})
    if verb is fl.prevalence:
        assert verb(persons).table["estimate"][0] == 0.5
        return
    with pytest.raises(DesignError) as error:
        verb(persons)
    for word in (verb.__name__, "normalised", "prevalence"):
        assert word in str(error.value)


def test_totals_of_a_bare_design_are_refused_where_weights_are_normalised() -> None:
    design = designed(sample(1), weights="normalised")
    assert fl.mean(design, "income").table["n"][0] > 0
    with pytest.raises(DesignError, match="weights are normalised"):
        fl.total(design, "income")


def test_the_estimates_of_one_call_share_their_units() -> None:
    est = fl.mean(designed(sample(2)), "income", by=CUBE)
    assert est.influence.shape == (len(est.units), len(est.table))
    for a, b in itertools.combinations(range(3), 2):
        assert est.covariance[a, b] == pytest.approx(est.covariance[b, a])


def test_a_ratio_to_a_column_of_zeros_does_not_exist() -> None:
    people = pd.DataFrame({"w": 2.0, "p": range(8), "y": range(8), "x": 0})
    with pytest.raises(RequestError, match=r"ratio: x: no ratio exists"):
        fl.ratio(fl.SurveyDesign(people, weight="w", psu="p"), "y", "x")
