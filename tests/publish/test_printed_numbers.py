"""Tests printed numbers: one base per run, rates that are ratios of printed numbers, and no way to calculate
a standard error."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from math import floor, log10, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shipped
import small_country as country
from thoroughness import tries

import fltoolkit as fl
from fltoolkit.publish.measure_units import PROFILES
from fltoolkit.publish.printed_numbers import (
    cases_class,
    nearest,
    printed,
    rounded_up,
    rounding_base,
    rounding_steps,
    significant,
    to_digits,
)

SAMPLES = Path(__file__).parents[2] / "data_samples"
RATES = ["estimate", "ci_low", "ci_high", "resolved_only", "bound_high", "bound_ci_high"]

TABLE = ("measure", "outcome", "reference_population", "rule_set", "breakdown")


@pytest.fixture(scope="module")
def norvia() -> fl.Published:
    return shipped.published(shipped.NORVIA)


def exact_row(**facts: Any) -> dict[str, Any]:
    """A cell of 900 men of whom 36 are cases, at full precision; each stands for 291.7."""
    usual = {
        "measure": "prevalence",
        "reference_population": "adults",
        "breakdown": "sex",
        "estimate": 0.0412345,
        "se": 0.00612345,
        "ci_low": 0.0301234,
        "ci_high": 0.0550123,
        "cv": 0.00612345 / 0.0412345,
        "deff": 1.2345,
        "df": 40.0,
        "n": 904.0,
        "cases": 36.0,
        "population": 904 * 291.7123,
        "n_eff": 0.0412345 * (1 - 0.0412345) / 0.00612345**2,
        "psus_with_cases": 21.0,
        "households_with_cases": 33.0,
        "unresolved": 7.0,
        "deff_replace": 1.2345,
        "marker": "",
        "reason": "",
    }
    return usual | facts


def one(base: float = 500, **facts: Any) -> Any:
    return printed(pd.DataFrame([exact_row(**facts)]), base).iloc[0]


@pytest.mark.parametrize(
    ("mean", "base"),
    [
        (1, 1),
        (1.01, 2),
        (2, 2),
        (2.3, 5),
        (5.1, 10),
        (99.9, 100),
        (291.7, 500),
        (501, 1000),
        (0.97, 1),
        (0.0003, 0.0005),
        (1 + 1e-12, 1),
    ],
)
def test_the_base_is_the_first_of_1_2_5_that_reaches_the_largest_mean_weight(
    mean: float, base: float
) -> None:
    rows = [exact_row(n=1000, population=1000 * mean, breakdown="")]
    rows += [exact_row(n=10, population=10 * mean * 90)]  # a cell's mean weight does not count
    rows += [exact_row(n=50, population=50 * mean / 3, breakdown="", reference_population="children")]
    assert rounding_base(pd.DataFrame(rows)) == base
    assert rounding_base(pd.DataFrame(rows[:0], columns=list(rows[0]))) == 1


def test_steps_and_digits_are_as_a_plain_loop_finds_them() -> None:
    assert nearest([249.9, 250, -250.1, 0], 500).tolist() == [0, 500, -500, 0]  # midway up
    assert nearest([0.01726, 0.01714, 0.01875, 0.01715], 0.0001).tolist() == [0.0173, 0.0171, 0.0188, 0.0172]
    values = [0.0061234, 123456.0, 9.96, 0.0, -41.9]
    assert significant(values, 2).tolist() == [0.0061, 120_000, 10, 0, -42]
    assert significant([0.0061234, np.inf], [3, 2]).tolist() == [0.00612, np.inf]
    assert [rounded_up(v) for v in (7.2, 99.1, 101, 4300, 4301)] == [8, 100, 110, 4300, 4400]


def borne(value: float, step: float) -> float:
    """A number with the digits that it bears, by a plain loop: the last is the first one that half a step
    moves."""
    digits = 0
    while step / 2 < 10.0**-digits:
        digits += 1
    return round(value, digits)


def test_a_number_has_the_digits_that_half_a_step_moves() -> None:
    assert to_digits([16.884, 16.884, 16.884, 0.0169], [0.54, 2.4, 0.019, 0.0001]).tolist() == [
        16.9,
        17,
        16.884,
        0.0169,
    ]
    assert to_digits([16.884, 16.884], [1.999, 2.0]).tolist() == [16.9, 17]
    assert to_digits([243.0, 0.2], [25.0, 0.5]).tolist() == [240, 0.2]
    assert np.isnan(to_digits([np.nan, 1.0], [1.0, np.nan])).all()
    rng = np.random.default_rng(4)
    for value, step in zip(rng.uniform(0, 0.2, 500), 10 ** rng.uniform(-4.5, -1.5, 500), strict=True):
        assert to_digits(value, step) == pytest.approx(borne(value, step), abs=1e-12)


def test_two_numbers_of_persons_never_become_one_rate() -> None:
    """The last digit is smaller than half the distance between two rates, and a rate leads back to its number
    of persons."""
    for population in (263_500, 30_000, 5_500_000):
        persons = np.arange(0, population, 500)[:400]
        rates = to_digits(persons / population, 500 / population)
        assert len(set(rates)) == len(persons)
        assert (nearest(rates * population, 500) == persons).all()


@pytest.mark.parametrize(
    ("cases", "words"),
    [
        (0, "0"),
        (1, "1–4"),
        (4, "1–4"),
        (5, "5–14"),
        (14, "5–14"),
        (15, "15–29"),
        (30, "30–49"),
        (49, "30–49"),
        (50, "50 and more"),
        (np.nan, ""),
    ],
)
def test_a_cells_cases_are_told_by_their_class(cases: float, words: str) -> None:
    row = one(cases=cases)
    assert row["cases_class"] == words == cases_class(cases, headline=False)
    assert row["cases"] == 0 if cases == 0 else pd.isna(row["cases"])
    whole = one(cases=cases, breakdown="")
    assert whole["cases_class"] == ("" if pd.isna(cases) else f"{cases:.0f}")


def test_a_cell_of_a_breakdown() -> None:
    row = one()
    population = 263_500
    assert row["population"] == population  # 263,707.9
    assert (
        row["estimate"] == 0.0417 == round(11_000 / population, 4)
    )  # 10,873.9; half a step is 250 of 263,500, or 0.00095
    assert (row["ci_low"], row["ci_high"]) == (round(8_000 / population, 4), round(14_500 / population, 4))
    assert row["decimals"] == 1
    assert (row["n"], row["unresolved"], row["df"], row["rounding"]) == (900, 10, 40, 500)
    assert row[["psus_with_cases", "households_with_cases", "cases"]].isna().all()
    assert row["se"] == 0.0061
    assert one(measure="total", estimate=10_873.9, ci_low=8_000.4, ci_high=14_249.0)[
        ["estimate", "ci_low", "ci_high"]
    ].tolist() == [11_000, 8_000, 14_000]
    assert one(measure="duration", estimate=7.2613, ci_low=5.04, ci_high=9.449)[
        ["estimate", "ci_low", "ci_high"]
    ].tolist() == [
        7.3,
        5.0,
        9.4,
    ]
    assert pd.isna(one(measure="duration")["n"])  # it counts cases
    assert [one(n=n)["n"] for n in (0, 3, 5, 14.9, 15)] == [0, 10, 10, 10, 20]  # never 0 for somebody


def test_a_rate_in_steps_of_two_or_more_per_1000_has_no_decimals() -> None:
    population = 50 * 291.7123  # 14,500 in print: a step is 34 per 1,000, and half of it moves the tens
    assert one(population=population)[["estimate", "decimals"]].tolist() == [0.03, 0]  # 500 of 14,500
    population = 800 * 291.7123  # 233,500: a step is 2.14 per 1,000
    assert one(population=population)[["estimate", "ci_high", "decimals"]].tolist() == [0.041, 0.056, 0]
    assert (
        one(measure="share", breakdown="sex")["decimals"]
        == one(measure="total", estimate=500.0)["decimals"]
        == 0
    )
    assert one(breakdown="", population=population)["decimals"] == 1


def test_a_headline_keeps_more() -> None:
    row = one(breakdown="")
    assert (row["estimate"], row["ci_low"], row["ci_high"]) == (0.0412, 0.0301, 0.0550)
    assert (row["se"], row["n"], row["cases"], row["unresolved"], row["psus_with_cases"]) == (
        0.00612,
        904,
        36,
        7,
        21,
    )
    assert row["population"] == 263_500
    assert pd.isna(one(breakdown="", cases=29)["se"])


def test_a_number_that_rounds_to_nobody_is_marked_low_and_zero_is_not() -> None:
    total = {"measure": "total", "ci_low": 100.0, "ci_high": 900.0}
    assert [one(**total, estimate=e)["marker"] for e in (249.0, 251.0, 0.0)] == ["low", "", ""]
    assert one(**total, estimate=249.0, marker="u")["marker"] == "u"
    assert [one(estimate=249 / 263_708 * f)["marker"] for f in (1, 1.1)] == ["low", ""]
    assert [one(breakdown="", estimate=e)["marker"] for e in (0.000049, 0.000051)] == ["low", ""]


def test_a_population_that_rounds_to_nobody_has_no_rate(tmp_path: Path) -> None:
    """40 women of weight 0.01 beside 400 men of weight 10: their rate would be a number over 0."""
    rows = [{"sex": "men", "w": 10.0, "psu": i % 40, "y": int(i < 60)} for i in range(400)]
    rows += [{"sex": "women", "w": 0.01, "psu": i % 40, "y": int(i < 20)} for i in range(40)]
    out = fl.publish(
        fl.prevalence(fl.SurveyDesign(pd.DataFrame(rows), weight="w", psu="psu"), "y", by=[[], ["sex"]])
    )
    women = out.table.set_index("category").loc["women"]
    assert (women["marker"], women["flag"]) == ("c", "suppress")
    assert women[["estimate", "n", "population", "cases"]].isna().all()
    assert np.isfinite(out.table["estimate"].dropna()).all()


def test_every_rate_of_a_breakdown_is_a_ratio_of_printed_numbers(norvia: fl.Published) -> None:
    """The numerators are the rows of `total` where there are any, and whole multiples of the base. The ratio
    has the digits that it bears. Every share is a whole per cent.
    """
    table, base = norvia.table, norvia.table["rounding"].iloc[0]
    assert (table["rounding"] == base).all()
    checked = shares = 0
    for row in table[table["breakdown"] != ""].to_dict("records"):
        if pd.notna(row["population"]):
            assert row["population"] % base == 0
        if row["measure"] == "flowchart" or row["measure"] in ("total", "stock", "current"):
            assert all(row[c] % base == 0 for c in RATES if pd.notna(row[c]))
        elif row["measure"] in ("share", "profile"):
            for column in (c for c in RATES if pd.notna(row[c])):
                assert 100 * row[column] == pytest.approx(round(100 * row[column]), abs=1e-9)
                shares += 1
        elif row["measure"] != "duration":
            for column in (c for c in RATES if pd.notna(row[c])):
                persons = base * round(row[column] * row["population"] / base)
                assert row[column] == pytest.approx(
                    borne(persons / row["population"], base / row["population"]), abs=1e-12
                )
                checked += 1
    assert checked > 150
    assert shares > 100
    numbers = {
        (r["breakdown"], r["category"], r["reference_population"]): r
        for r in table.to_dict("records")
        if r["measure"] == "total"
    }
    pairs = [
        (r, numbers[key])
        for r in table.to_dict("records")
        if r["measure"] == "prevalence"
        and r["breakdown"]
        and (key := (r["breakdown"], r["category"], r["reference_population"])) in numbers
        and pd.notna(r["estimate"])
    ]
    assert len(pairs) > 5
    for rate, number in pairs:
        assert rate["estimate"] == borne(
            number["estimate"] / number["population"], base / number["population"]
        )


def test_no_rate_has_a_digit_that_half_its_step_does_not_move(norvia: fl.Published) -> None:
    """Before, rates were written with up to 17 digits."""
    rates = norvia.table[
        norvia.table["measure"].str.endswith("prevalence") & norvia.table["estimate"].notna()
    ]
    steps = rounding_steps(rates)
    assert (rates["breakdown"] != "").sum() > 20
    for row, step in zip(rates.to_dict("records"), steps, strict=True):
        for column in (c for c in RATES if pd.notna(row[c])):
            exponent = Decimal(str(row[column])).normalize().as_tuple().exponent
            assert isinstance(exponent, int)
            assert row[column] == 0 or exponent >= floor(log10(step / 2)), (
                row["category"],
                column,
                row[column],
            )


def test_what_is_printed_lies_within_half_a_base_of_the_estimate(norvia: fl.Published) -> None:
    base = norvia.table["rounding"].iloc[0]
    for row, exact in zip(norvia.table.to_dict("records"), norvia.exact.to_dict("records"), strict=True):
        assert pd.isna(row["estimate"]) == pd.isna(exact["estimate"])
        if row["measure"] in ("total", "flowchart") and pd.notna(row["estimate"]):
            assert abs(row["estimate"] - exact["estimate"]) <= base / 2
        if pd.notna(row["estimate"]):
            assert row["ci_low"] <= row["estimate"] <= row["ci_high"] or pd.isna(row["ci_low"])


def test_no_standard_error_below_30_cases_by_any_column(norvia: fl.Published) -> None:
    few = (norvia.exact["cases"] < 30) & norvia.exact["estimate"].notna()
    assert few.sum() > 20
    assert norvia.table.loc[few, ["se", "cv", "deff", "deff_replace", "n_eff"]].isna().all(axis=None)
    enough = (norvia.exact["cases"] >= 30) & norvia.exact["se"].notna()
    beside = norvia.exact["breakdown"].isin(
        set(norvia.exact["breakdown"][norvia.exact["marker"] == "c"]) - {""}
    )
    profiles = norvia.exact["measure"].isin(
        PROFILES
    )  # of which the cases without the characteristic count, too
    assert norvia.table.loc[enough & ~beside & ~profiles, "se"].notna().all()
    hidden = norvia.exact["marker"].eq("c").groupby([norvia.exact[c] for c in TABLE]).transform("any")
    inside = enough & hidden & (norvia.exact["breakdown"] != "") & (norvia.exact["measure"] != "flowchart")
    assert inside.any()
    assert (
        norvia.table.loc[inside, ["se", "cv", "deff", "deff_replace", "n_eff"]].isna().all(axis=None)
    )  # or the hidden cell's variance would follow
    cells = norvia.table["breakdown"].ne("") & norvia.table["measure"].ne("flowchart")
    assert norvia.table.loc[cells, ["psus_with_cases", "households_with_cases"]].isna().all(axis=None)
    assert set(norvia.table.loc[cells, "cases"].dropna()) <= {0}


@pytest.mark.parametrize("breakdown", ["", "sex"])
def test_no_pair_of_columns_gives_the_standard_error_at_more_digits(breakdown: str) -> None:
    """Two surveys whose standard errors are printed alike are alike in cv, deff and n_eff too, whatever their
    true ones are."""
    low, high = (0.006050, 0.006149) if breakdown else (0.0061150, 0.0061249)
    seen = set()
    for se in np.linspace(low * 1.0001, high, tries(60, few=10)):
        p, n = 0.0412345, 904
        row = one(
            breakdown=breakdown,
            se=se,
            cv=se / p,
            deff=se**2 * n / (p * (1 - p)),
            deff_replace=se**2 * n / (p * (1 - p)),
            n_eff=p * (1 - p) / se**2,
        )
        seen.add(tuple(row[["se", "cv", "deff", "deff_replace", "n_eff"]]))
    assert len(seen) == 1
    (se, cv, deff, replaced, n_eff), *_ = seen
    assert replaced == deff
    assert se == (0.0061 if breakdown else 0.00612)
    assert sqrt(deff * 0.0412345 * (1 - 0.0412345) / 904) == pytest.approx(se, rel=0.05)
    assert n_eff == pytest.approx(0.0412345 * (1 - 0.0412345) / se**2, rel=0.06)
    assert cv == pytest.approx(se / 0.0412345, rel=0.06)


def test_what_judges_is_whole_and_of_the_same_rows(norvia: fl.Published) -> None:
    survey = shipped.persons(shipped.NORVIA)
    full = shipped.exact(shipped.NORVIA)
    there = norvia.table["marker"] != "x"
    shown = norvia.exact[there & norvia.exact["estimate"].notna()]
    assert shown["estimate"].tolist() == pytest.approx(full.loc[shown.index, "estimate"].tolist(), rel=1e-12)
    assert norvia.exact["category"].tolist() == norvia.table["category"].tolist()
    assert (
        norvia.exact.loc[norvia.table["marker"] == "c", ["estimate", "se", "n", "cases", "population"]]
        .isna()
        .all(axis=None)
    )
    whole = replace(norvia, table=norvia.exact).select("prevalence").iloc[0]
    assert whole["estimate"] == pytest.approx(fl.prevalence(survey).table["estimate"].iloc[0], rel=1e-12)
    assert "exact" not in repr(norvia)


def test_full_precision_is_written_down_nowhere_in_the_rooms_that_show() -> None:
    """Only what judges may read it."""
    root = Path(fl.__file__).parent
    judges = {"publish", "nap"}
    readers = {p.relative_to(root) for p in root.rglob("*.py") if ".exact" in p.read_text("utf-8")}
    assert readers
    assert {p.parts[0] for p in readers} <= judges


def test_a_survey_whose_weights_add_up_to_one_has_rates_too() -> None:
    rows = [{"w": 1 / 800, "psu": i % 40, "g": "ab"[i % 2], "y": int(i % 800 < 160)} for i in range(800)]
    out = fl.publish(
        fl.prevalence(fl.SurveyDesign(pd.DataFrame(rows), weight="w", psu="psu"), "y", by=[[], ["g"]])
    )
    assert out.table["estimate"].tolist() == pytest.approx([0.2, 0.2, 0.2], abs=0.002)
    assert out.table["rounding"].tolist() == [0.002] * 3


def test_the_small_country_is_printed_as_it_is_known() -> None:
    table = country.published().table
    head = table[(table["measure"] == "total") & (table["breakdown"] == "")].iloc[0]
    assert head["estimate"] % head["rounding"] == 0
