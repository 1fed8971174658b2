"""Tests the stock on an average day, the current number and the duration: by hand, when they are refused, and
how they are published."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import small_country as country
from small_surveys import SPEC

import fltoolkit as fl
from fltoolkit.errors import DesignError, NotAvailable, RequestError
from fltoolkit.estimate.measures.intervals import t_quantile

MONTHS = {"months": {"column": "M", "covers": "all_spells", "missing": 98}}
CURRENT = {"current": {"column": "NOW"}}

# Four PSUs of one stratum, T = 12. Cases: 6 months of weight 10, 12 of weight 20, 3 of weight 30.
BY_HAND = [
    ("case", {"P": 0, "SEX": 1, "M": 6, "NOW": 1}),
    ("not", {"P": 0, "SEX": 2}),
    ("open", {"P": 1, "SEX": 2, "W": 30}),
    ("case", {"P": 2, "SEX": 1, "W": 20, "M": 12, "NOW": 2}),
    ("case", {"P": 3, "SEX": 2, "W": 30, "M": 3, "NOW": 8}),
    ("idle", {"P": 3, "SEX": 1, "M": 99, "NOW": ""}),
]


def people(**own: Any) -> list[tuple[str, dict[str, Any]]]:
    """`BY_HAND` with everybody's columns, and what differs."""
    return [(answer, {"M": "", "NOW": "", **row, **own}) for answer, row in BY_HAND]


def changed(at: int, **own: Any) -> list[tuple[str, dict[str, Any]]]:
    return [(answer, row | own) if i == at else (answer, row) for i, (answer, row) in enumerate(people())]


# ---------------------------------------------------------------------------------------------------------- b


def test_a_stock_weighs_each_case_by_the_share_of_the_period_it_was_in_forced_labour(small: Any) -> None:
    whole, men, women = fl.stock(small(people(), **MONTHS), by=[[], ["sex"]]).table.to_dict("records")
    assert (whole["estimate"], men["estimate"], women["estimate"]) == pytest.approx(
        (10 / 2 + 20 + 30 / 4, 25, 7.5)
    )
    psus = np.array([5, 0, 20, 7.5])  # Σ w·m/12 of each
    assert whole["se"] == pytest.approx(np.sqrt(4 / 3 * ((psus - psus.mean()) ** 2).sum()))
    spread = np.exp(t_quantile(0.95, 2) * whole["se"] / 32.5)  # cases in three PSUs
    assert (whole["ci_low"], whole["ci_high"]) == pytest.approx(
        (max(32.5 / spread, 0.5 + 1 + 0.25), 32.5 * spread)
    )
    assert (whole["n"], whole["cases"], whole["population"], whole["df"]) == (6, 3, 110, 3)


def test_the_floor_of_a_stock_is_what_the_sample_itself_was_in_it(small: Any) -> None:
    steep = [("case" if i == 0 else "not", {"P": i % 4, "W": 1, "M": 6 if i == 0 else ""}) for i in range(40)]
    lowest = MONTHS | {
        "accept": [{"finding": "weights", "column": "W", "why": "the lowest weights that a person can have"}]
    }
    assert fl.stock(small(steep, **lowest)).table["ci_low"][0] == 0.5
    assert fl.stock(small([(a, row | {"W": 0.5}) for a, row in steep], **lowest)).table["ci_low"][0] < 0.5


def test_a_stock_as_a_rate_divides_by_all_persons_and_stays_within_the_flow(small: Any) -> None:
    persons = small(people(), **MONTHS)
    rate, flow = fl.stock(persons, measure="prevalence"), fl.prevalence(persons)
    assert rate.table["estimate"][0] == pytest.approx(32.5 / 110)
    assert rate.table["estimate"][0] < flow.table["estimate"][0]
    assert (rate.about.measure, rate.about.outcome) == ("stock_prevalence", "forced_labour")
    assert rate.about.interval == "korn_graubard_rare"
    assert rate.table["bound_high"][0] == pytest.approx((32.5 + 30) / 110)  # the unresolved, all the time
    assert rate.table["unresolved"][0] == 1


def test_without_a_case_a_stock_reaches_as_far_as_the_flow(small: Any) -> None:
    persons = small([("not", {"P": i % 7, "M": ""}) for i in range(60)], **MONTHS)
    stock, flow = fl.stock(persons).table.iloc[0], fl.total(persons).table.iloc[0]
    assert (stock["estimate"], stock["ci_low"], stock["ci_high"]) == (0, 0, flow["ci_high"])


def test_a_zero_cell_takes_the_design_effect_of_the_flow_not_of_the_months(small: Any) -> None:
    some = [
        ("case" if i % 7 < 2 and i < 40 else "not", {"P": i % 7, "R": 1, "M": 1 + i % 5}) for i in range(60)
    ]
    persons = small([*some, *(("not", {"P": i % 7, "R": 3, "M": ""}) for i in range(40))], **MONTHS)
    stock, flow = (verb(persons, by="region").table.iloc[1] for verb in (fl.stock, fl.total))
    assert stock["cases"] == 0
    assert stock["ci_high"] == pytest.approx(flow["ci_high"])


def test_a_duration_is_a_mean_among_the_cases_who_said(small: Any) -> None:
    est = fl.duration(small(changed(4, M=98), **MONTHS), by=[[], ["sex"]])
    whole, men, women = est.table.to_dict("records")
    mean = (10 * 6 + 20 * 12) / 30
    z = np.array([10 * (6 - mean) / 30, 0, 20 * (12 - mean) / 30, 0])
    assert (whole["estimate"], whole["se"]) == pytest.approx((mean, np.sqrt(4 / 3 * (z**2).sum())))
    assert (whole["n"], whole["cases"], whole["population"], whole["df"]) == (2, 3, 30, 1)
    half = t_quantile(0.95, 1) * whole["se"]
    assert (whole["ci_low"], whole["ci_high"]) == pytest.approx((mean - half, mean + half))
    assert (women["n"], women["cases"]) == (0, 1)
    assert np.isnan(women["estimate"])
    assert est.about.missing == 1
    assert (est.about.measure, est.about.outcome) == ("duration", "months")
    assert (
        est.about.duration_basis
        == "months over all spells, cut off at the reference period and the interview"
    )
    assert men["estimate"] == pytest.approx(mean)


def test_a_duration_may_be_of_the_last_spell_and_says_so(small: Any) -> None:
    persons = small(people(), months={"column": "M", "covers": "last_spell", "missing": 98})
    assert str(fl.duration(persons).about.duration_basis).startswith("months over the last spell only")
    with pytest.raises(NotAvailable, match="last spell only would be too low") as error:
        fl.stock(persons)
    assert error.value.reason == "a stock on an average day from the last spell only would be too low"


def test_durations_and_numbers_may_be_by_what_only_cases_have_but_no_rate(small: Any) -> None:
    persons = small(people(), **MONTHS)
    assert fl.duration(persons, by="sector").table["estimate"].tolist() == pytest.approx([390 / 60])
    assert fl.stock(persons, by="sector").table["estimate"].tolist() == pytest.approx([32.5])
    with pytest.raises(RequestError, match=r"no rate by sector(.|\n)*fl.stock\(persons"):
        fl.stock(persons, by="sector", measure="prevalence")


def test_current_is_who_is_still_in_it_and_a_case_without_an_answer_is_unresolved(small: Any) -> None:
    persons = small(people(), **CURRENT)
    number, rate = fl.current(persons), fl.current(persons, measure="prevalence")
    assert (number.table["estimate"][0], number.table["cases"][0]) == (10, 1)
    assert rate.table["estimate"][0] == pytest.approx(10 / 110)
    assert number.table["unresolved"][0] == 2  # of whom one is a case who did not say, the other may be none
    assert number.table["bound_high"][0] == pytest.approx(10 + 30 + 30)
    assert (number.about.measure, rate.about.measure, rate.about.outcome) == (
        "current",
        "current_prevalence",
        "forced_labour_now",
    )
    assert number.table["estimate"][0] == fl.total(persons, "forced_labour_now").table["estimate"][0]


# --------------------------------------------------------------------------------------------------------- re


def test_a_stock_needs_the_months_of_every_case_and_says_how_many_lack_them(small: Any) -> None:
    with pytest.raises(
        NotAvailable,
        match=(
            r"needs the months in forced labour of every case, and some cases did not give "
            r"them(.|\n)*found: +fewer than 5 case"
        ),
    ):
        fl.stock(small(changed(0, M=98), **MONTHS))
    many = [("case", {"P": i % 4, "M": ""}) for i in range(7)]
    with pytest.raises(NotAvailable, match=r"found: +5 or more case"):
        fl.stock(small(many, **MONTHS))


@pytest.mark.parametrize("months", [13, -1])
def test_months_that_the_period_does_not_have_are_refused(small: Any, months: int) -> None:
    persons = small(changed(0, M=months), **MONTHS)
    for verb in (fl.stock, fl.duration, fl.quantile):
        with pytest.raises(
            NotAvailable, match=r"outside the 12 of the reference period(.|\n)*fewer than 5 case"
        ):
            verb(persons)


def test_what_was_not_asked_names_the_key_to_add(small: Any) -> None:
    persons = small(people())
    for verb in (fl.stock, fl.duration, fl.quantile):
        with pytest.raises(NotAvailable, match=r"were not asked(.|\n)*under months:"):
            verb(persons)
    with pytest.raises(NotAvailable, match=r"was not asked(.|\n)*under current:"):
        fl.current(persons)
    with pytest.raises(RequestError, match="no such column"):
        fl.prevalence(persons, "forced_labour_now")


def test_normalised_weights_give_a_rate_and_no_number(small: Any) -> None:
    persons = small(people(), design={"weights": "normalised"}, **MONTHS, **CURRENT)
    for verb in (fl.stock, fl.current):
        with pytest.raises(DesignError, match="normalised"):
            verb(persons)
        assert 0 < verb(persons, measure="prevalence").table["estimate"][0] < 1


def test_a_measure_is_a_number_or_a_rate(small: Any) -> None:
    with pytest.raises(RequestError, match=r"allowed: total, prevalence"):
        fl.stock(small(people(), **MONTHS), measure="share")


CHILDREN = {
    "children": {
        "third_party": {"done": "WORK", "threat": "COE"},
        "with_parents": {"done": "WORK", "threat": "COE"},
    },
    "populations": {
        "adults": {"label": "adults", "age": {"min": 18}},
        "children": {"label": "children", "age": {"min": 5, "max": 17}},
        "workers": {"label": "all", "sum_of": ["adults", "children"]},
    },
}


def test_children_are_not_asked(small: Any) -> None:
    persons = small(
        [*people(), ("case", {"AGE": 12, "P": 0, "M": 3, "NOW": 1})], **MONTHS, **CURRENT, **CHILDREN
    )
    for population in ("children", "workers"):
        for verb in (fl.stock, fl.current, fl.duration, fl.quantile):
            with pytest.raises(NotAvailable, match=r"of children: they are not asked(.|\n)*allowed: adults"):
                verb(persons, population=population)
        with pytest.raises(
            RequestError, match="forced_labour_now does not apply to children: they are not asked whether it"
        ):
            fl.prevalence(persons, "forced_labour_now", population=population)
    assert fl.stock(persons).table["estimate"][0] == pytest.approx(32.5)


# ------------------------------------------------------------------------------------------------------- clas


def now(persons: fl.Survey) -> dict[int, bool | None]:
    table = persons.frame.select("src__HH", "forced_labour_now").collect("pandas").to_native()
    return {int(h): None if pd.isna(v) else bool(v) for h, v in table.to_numpy()}


def test_in_forced_labour_now_is_three_valued(small: Any) -> None:
    answers = [
        ("case", 1),
        ("case", 2),
        ("case", 8),
        ("case", ""),
        ("not", 1),
        ("open", 1),
        ("open", 2),
        ("idle", ""),
    ]
    persons = small([(answer, {"NOW": code}) for answer, code in answers], **CURRENT)
    assert list(now(persons).values()) == [True, False, None, None, False, None, False, False]


def test_of_several_episodes_one_that_goes_on_is_enough(small: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SPEC, "episodes", {"wide": [1, 2]})
    wide = {
        "items": {
            "involuntary": {"very_low_or_no_wages": {"column": "INV{episode}"}},
            "coercion": {"withheld_wages": {"column": "COE{episode}"}},
        },
        "current": {"column": "NOW{episode}"},
    }
    spell = {
        "past": {"INV": 1, "COE": 1, "NOW": 2},
        "now": {"INV": 1, "COE": 1, "NOW": 1},
        "free": {"INV": 2, "COE": 2, "NOW": 1},
    }
    who = [("past", "now"), ("past", "free"), ("free", "now"), ("free", "free")]
    rows = [{f"{k}{i}": v for i, s in enumerate(pair, 1) for k, v in spell[s].items()} for pair in who]
    persons = small([("not", row) for row in rows], **wide)
    assert list(now(persons).values()) == [True, False, True, False]


# -------------------------------------------------------------------------------------------------------- pub


def many(stated: int, ongoing: int) -> list[tuple[str, dict[str, Any]]]:
    """60 cases and 240 others in 30 PSUs; so many say for how long, and so many that it goes on."""
    cases = [
        ("case", {"M": 1 + i % 12 if i < stated else 98, "NOW": 1 if i < ongoing else 2}) for i in range(60)
    ]
    others = [("not", {"M": "", "NOW": ""}) for _ in range(240)]
    return [
        (a, {"P": i % 30, "SEX": 1 + (i // 2) % 2, **row}) for i, (a, row) in enumerate([*cases, *others])
    ]


TABLES: list[dict[str, Any]] = [
    {"measure": m, "by": [[], ["sex"]]}
    for m in ("stock", "stock_prevalence", "current", "current_prevalence", "duration")
]


def published(small: Any, *measures: str, stated: int = 60, ongoing: int = 30) -> fl.Published:
    tables = [t for t in TABLES if t["measure"] in (measures or [t["measure"]])]
    return fl.publish_run(small(many(stated, ongoing), tables=tables, **MONTHS, **CURRENT))


def test_the_measures_in_time_are_published_and_never_mixed_with_the_flow(small: Any) -> None:
    out = published(small)
    numbers = {m: out.select(m).iloc[0] for m in ("total", "stock", "current", "duration")}
    assert [row["estimate"] for row in numbers.values()] == [600, 330, 300, 6.5]  # each stands for ten
    assert out.exact.loc[out.exact["measure"] == "stock", "estimate"].iloc[0] == pytest.approx(325)
    assert out.select("prevalence")["cases"].tolist() == [60]
    assert out.select("current_prevalence", "sex")["estimate"].notna().all()
    told = str(fl.show.headline(out))
    for words in (
        "At some time in the past 12 months, 200.0 of every 1,000 adults were",
        "\n600 adults were",
        "On an average day of the past 12 months, 330 adults were",
        "At the time of the interview, 300 adults were",
        "spent 6.5 months in it on average",
    ):
        assert words in told
    assert "on an average day" in fl.show.dots(out, "stock", "sex").alt
    assert "at the time of the interview" in str(fl.show.table(out.select("current_prevalence", "sex")))
    assert "Months over all spells" in fl.show.table(out.select("duration")).html


def test_few_who_left_forced_labour_are_not_told_by_subtraction(small: Any) -> None:
    out = published(small, "current", ongoing=57)
    assert out.select("current")["marker"].tolist() == ["c"]
    assert out.select("prevalence")["marker"].tolist() == [""]


def test_few_cases_without_months_are_not_told_by_subtraction(small: Any) -> None:
    rows = published(small, "duration", stated=58).select("duration")
    row = rows.iloc[0]
    assert row["estimate"] == round(fl.duration(small(many(58, 30), **MONTHS)).table["estimate"][0], 1)
    assert row[["n", "population", "n_eff", "deff", "missing"]].isna().all()
    assert row["cases"] == 60
    assert "How many gave their months is confidential" in str(fl.show.table(rows))
    assert published(small, "duration", stated=40).select("duration")["n"].tolist() == [40]


def test_a_measure_that_the_data_refuse_is_a_row_with_the_reason(small: Any) -> None:
    out = published(small, "stock", stated=58)
    rows = out.select("stock", [[], ["sex"]])
    assert rows["marker"].tolist() == ["x", "x"]
    assert set(rows["reason"]) == {
        (
            "the number on an average day needs the months in forced labour of every case, and some cases "
            "did not give them: fewer than 5 cases"
        )
    }
    assert rows[["estimate", "ci_low", "n", "cases", "population"]].isna().all(axis=None)
    assert (
        "on an average day (adults): not available. Reason: the number on an average day needs the "
        "months in forced labour of every case"
    ) in str(fl.show.headline(out))
    assert "by sex: [x]" in fl.show.dots(out, "stock", [[], ["sex"]]).alt


def test_a_plans_rows_are_filled_with_them_or_say_why_not(tmp_path: Path) -> None:
    rows = [{"id": m, "measure": m, "disaggregated_by": ["gender"]} for m in ("stock", "duration", "current")]
    plan = country.with_rows(*rows)
    survey = country.changed(
        country.SURVEY,
        months={"column": "AGE", "covers": "all_spells"},
        reference_period={"months": 120, "text": "ten years"},
    )
    out, read = country.run(country.write(tmp_path, survey, plan))
    table = fl.baseline(read, out).table.set_index("id")
    assert table.loc["duration"]["unit"].unique().tolist() == ["months"]
    assert table.loc["stock"]["unit"].unique().tolist() == ["persons on an average day"]
    assert table.loc["duration"]["baseline_value"].iloc[0] > 18
    assert set(table.loc["current"]["marker"]) == {"x"}
    assert set(table.loc["current"]["reason"]) == {"whether forced labour goes on was not asked"}
