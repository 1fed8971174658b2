"""Tests that every row of the plan has published numbers with their flags, or the reason why it has none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import small_country as country
from shared_surveys import classified

import fltoolkit as fl
from fltoolkit.errors import RequestError
from fltoolkit.nap.targets import targets
from fltoolkit.publish.published_set import CONFIDENTIAL


def rows(indicator: str, group: str | None = None) -> pd.DataFrame:
    table = country.filled().table
    of_row = table[table["id"] == indicator]
    return of_row if group is None else of_row[of_row["group"] == group]


def row(indicator: str, group: str, category: str) -> dict[str, Any]:
    (found,) = rows(indicator, group).query("category == @category").to_dict("records")
    return found


def filled(folder: Path, plan: dict[str, Any], **survey: Any) -> pd.DataFrame:
    out, read = country.run(country.write(folder, country.changed(country.SURVEY, **survey), plan))
    return fl.baseline(read, out).table


def test_a_decrease_names_the_row_from_which_it_is_derived() -> None:
    assert row("decrease", "total", "total")["derived_from"] == "decrease_base"
    assert row("decrease_base", "total", "total")["derived_from"] == ""


def test_a_prevalence_is_given_per_thousand_and_a_number_in_persons() -> None:
    rate, persons = row("decrease_base", "total", "total"), row("persons", "total", "total")
    assert rate["baseline_value"] == round(1000 * 41 / 412, 1)  # 41 of 412 equally weighted adults are cases
    assert rate["unit"] == "per 1,000 adults"
    assert persons["baseline_value"] == pytest.approx(410)  # each stands for ten
    assert persons["unit"] == "persons"


def test_value_and_interval_are_the_published_ones_times_the_scale() -> None:
    out = country.published()
    for indicator, measure, times in (("decrease_base", "prevalence", 1000), ("persons", "total", 1)):
        for word, group in (("total", None), ("gender", "sex"), ("region", "region")):
            published = out.select(measure, group)
            mine = rows(indicator, word)
            for value, column in (
                ("baseline_value", "estimate"),
                ("ci_low", "ci_low"),
                ("ci_high", "ci_high"),
                ("se", "se"),
            ):
                assert list(mine[value].fillna(-1)) == pytest.approx(
                    list((published[column] * times).fillna(-1))
                )


def test_shares_are_given_in_percent_and_need_not_be_crossed_in_the_surveys_order(tmp_path: Path) -> None:
    share = {
        "id": "by_sector",
        "measure": "share",
        "of": "sector",
        "disaggregated_by": ["gender", "sector"],
        "unit": "%",
    }
    table = filled(tmp_path, country.with_rows(share), tables=[{"measure": "share", "of": "sector"}])
    assert set(table["unit"]) == {"%"}
    whole = table[table["group"] == "total"]
    assert whole["baseline_value"].sum() == pytest.approx(100)
    assert list(whole["category"]) == ["Agriculture excl. fishing", "Construction"]
    assert whole["baseline_value"].iloc[0] == round(
        100 * 20 / 41
    )  # every second case of each region, in whole per cents
    by_sex = table[table["group"] == "gender"]
    assert len(by_sex) == 4
    assert "sector" not in set(table["group"])  # the rows of the total are by sector already


def test_the_plans_word_stands_in_the_row_whatever_the_survey_calls_the_group(tmp_path: Path) -> None:
    assert list(rows("decrease_base", "gender")["category"]) == ["men", "women"]
    assert list(rows("decrease_base", "age")["category"]) == ["18–29", "30+", "not stated"]
    groups = {**country.SURVEY["groups"], "gender": {"column": "SEX", "codes": {1: "he", 2: "she"}}}
    table = filled(tmp_path, country.PLAN, groups=groups)
    assert list(table[(table["id"] == "persons") & (table["group"] == "gender")]["category"]) == ["he", "she"]


def test_a_group_the_survey_lacks_is_a_row_that_says_so() -> None:
    (missing,) = rows("decrease_base", "nationality").to_dict("records")
    assert missing["marker"] == "x"
    assert missing["reason"] == "the survey has no nationality"
    assert pd.isna(missing["baseline_value"])


def test_there_is_no_rate_by_the_sector_of_forced_labour_but_a_number() -> None:
    (rate,) = rows("decrease_base", "sector").to_dict("records")
    assert rate["marker"] == "x"
    assert rate["reason"] == "no rate by sector: only cases have one; see the number of cases by sector"
    assert pd.isna(rate["baseline_value"])
    assert list(rows("persons", "sector")["baseline_value"]) == pytest.approx([200, 210])


def test_a_percent_decrease_is_two_rows_and_the_derived_one_has_no_baseline() -> None:
    assert len(rows("decrease_base")) > 1
    (derived,) = rows("decrease").to_dict("records")
    assert derived["marker"] == "z"
    assert derived["unit"] == "%"
    assert pd.isna(derived["baseline_value"])
    ids = list(country.filled().table["id"])
    assert ids.index("decrease") == ids.index("decrease_base") + len(rows("decrease_base"))


def test_the_base_of_a_decrease_is_defined_as_a_prevalence_and_not_as_the_decrease() -> None:
    (definition,) = set(rows("decrease_base")["definition"])
    assert str(definition).startswith("Persons in forced labour within the reference period, per 1,000")
    assert rows("decrease")["definition"].iloc[0].startswith("Change of prevalence.")


def test_what_is_to_be_verified_fills_no_row(tmp_path: Path) -> None:
    items = {"involuntary": {"unagreed_overtime": {"column": "INV", "stage": "work"}},
             "coercion": {"threats_or_violence": {"column": "COE", "stage": "work"}}}  # fmt: skip
    path = country.write(tmp_path, country.changed(country.SURVEY, items=items))
    plan = fl.read_plan(tmp_path / "nap.yaml")
    out = fl.publish_run(classified(path, "hts_2012"), plan=plan)
    assert out.select("prevalence")["cases"].iloc[0] == 41
    table = fl.baseline(plan, out).table
    asked = table[(table["filled_by"] == "survey") & (table["marker"] != "z")]
    assert len(asked) > 15
    assert set(asked["marker"]) == {"x"}
    assert asked[["baseline_value", "ci_low", "ci_high", "n", "cases"]].isna().all(axis=None)
    assert (
        asked["reason"]
        .map(str)
        .str.startswith("not filled from what is to be verified: the indicators of this rule set")
        .sum()
        > 10
    )
    beside = fl.publish_run(
        classified(path), plan=plan
    )  # hts_2012 stands beside: the plan's rows are icls_2018's
    assert set(fl.baseline(plan, beside).table["rule_set"].dropna()) == {"icls_2018 v1"}
    assert fl.baseline(plan, beside).table["baseline_value"].notna().sum() > 10


def test_the_form_of_forced_labour_is_a_group_the_plan_may_ask_for(tmp_path: Path) -> None:
    form = {"column": "FISIC", "state_imposed": "01", "forced_labour_exploitation": "41"}
    table = filled(
        tmp_path,
        country.with_rows(
            {"disaggregated_by": ["form"]},
            {"id": "rate", "measure": "prevalence", "disaggregated_by": ["form"]},
        ),
        form=form,
    )
    by_form = table[(table["id"] == "persons") & (table["group"] == "form")]
    assert list(by_form["category"]) == ["state_imposed", "forced_labour_exploitation"]
    assert list(by_form["baseline_value"]) == pytest.approx([200, 210])
    (rate,) = table[(table["id"] == "rate") & (table["group"] == "form")].to_dict("records")
    assert str(rate["reason"]).startswith("no rate by form")


def test_partners_rows_stay_blank_or_hold_what_the_partners_wrote(tmp_path: Path) -> None:
    (trained,) = rows("trained").to_dict("records")
    assert trained["filled_by"] == "partners"
    assert pd.isna(trained["baseline_value"])
    assert (trained["target_year_1"], trained["target_year_2"]) == ("80", "more than 150")
    table = filled(tmp_path, country.with_rows({"measure": None, "baseline_value": "about 60"}))
    assert list(table["baseline_value"]) == ["about 60"]


@pytest.mark.parametrize("region", ["east", "west"])
def test_a_suppressed_cell_is_blank_with_its_marker_and_reason(region: str) -> None:
    for indicator in ("decrease_base", "persons"):
        hidden = row(indicator, "region", region)
        assert hidden["marker"] == "c"
        assert hidden["reason"] == CONFIDENTIAL
        blank = (
            "baseline_value",
            "ci_low",
            "ci_high",
            "se",
            "cv",
            "deff",
            "n",
            "cases",
            "unresolved",
            "bound_high",
        )
        assert all(pd.isna(hidden[name]) for name in blank)


def test_too_few_persons_leave_no_number_either() -> None:
    island = row("decrease_base", "region", "island")
    assert (island["marker"], island["reason"]) == (
        "c",
        CONFIDENTIAL,
    )  # alike, whether there are cases or not
    assert pd.isna(island["baseline_value"])


def test_an_unreliable_number_and_a_zero_keep_their_warning() -> None:
    south, plain = row("persons", "region", "south"), row("persons", "region", "plain")
    assert (south["flag"], south["marker"]) == ("unreliable", "u")
    assert south["baseline_value"] == pytest.approx(120)
    assert (plain["marker"], plain["reason"]) == ("w", "no case recorded in the survey")
    assert plain["baseline_value"] == 0
    assert plain["ci_high"] > 0


def test_every_number_says_what_it_rests_on() -> None:
    table = country.filled().table
    shown = table[(table["filled_by"] == "survey") & table["baseline_value"].notna()]
    assert len(shown) > 15
    facts = [
        "rule_set",
        "reference_period",
        "reference_population_label",
        "survey",
        "round",
        "year",
        "measure",
        "n",
        "cases_class",
        "df",
        "ci_low",
        "ci_high",
        "confidence",
        "interval",
        "same_work",
        "rounding",
    ]
    lacking = shown[facts].isna() | (shown[facts] == "")
    assert not lacking.any().any(), lacking.any()
    enough = country.filled().exact.loc[shown.index, "cases"] >= 30
    assert shown.loc[enough, ["se", "deff", "cv"]].notna().all(axis=None)
    assert shown.loc[~enough, ["se", "deff", "cv"]].isna().all(axis=None)
    assert shown["flag"].notna().all()
    assert set(shown["rule_set"]) == {"icls_2018 v1"}
    assert set(shown["reference_period"]) == {"the past 12 months"}
    assert set(shown["reference_population_label"]) == {"adults"}
    assert set(shown["reason"][shown["flag"] != ""]).isdisjoint({""})


def test_the_frameworks_words_stand_in_every_row() -> None:
    table = country.filled().table
    assert set(table["level"]) == {"objective", "output"}
    (trained,) = rows("trained").to_dict("records")
    assert trained["definition"] == "Inspectors. Unit of analysis: person. Stored: registry. Quantitative."
    assert set(rows("persons")["lead"]) == {"Commission"}
    assert set(table["reporting_frequency"]) == {"yearly"}


def test_a_row_that_was_not_published_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    path = country.write(tmp_path, country.changed(country.SURVEY, tables=[]))
    without_plan = fl.publish_run(classified(path))
    with pytest.raises(RequestError, match="prevalence by sex is not in the published set") as error:
        fl.baseline(fl.read_plan(tmp_path / "nap.yaml"), without_plan)
    assert "add it to `tables:`" in str(error.value)


def test_a_population_the_survey_does_not_name_is_an_error_with_those_it_does(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="no such population") as error:
        filled(tmp_path, country.with_rows({"population": "miners"}))
    assert "found:   miners" in str(error.value)
    assert "allowed: adults" in str(error.value)


def test_where_nobody_is_a_case_every_row_says_so(tmp_path: Path) -> None:
    nobody = country.persons().assign(INV=2)
    out, plan = country.run(country.write(tmp_path, table=nobody))
    table = fl.baseline(plan, out).table
    (by_sector,) = table[(table["id"] == "persons") & (table["group"] == "sector")].to_dict("records")
    assert (by_sector["marker"], by_sector["reason"]) == (
        "w",
        "no case recorded in the survey, so that there is none to break down",
    )
    whole = table[(table["id"] == "decrease_base") & (table["group"] == "total")].iloc[0]
    assert (whole["baseline_value"], whole["marker"]) == (0, "w")
    share = out.table[out.table["measure"] == "share"].iloc[0]
    assert (share["marker"], share["reason"]) == (
        "x",
        "no case was recorded, so that there is nothing to distribute",
    )


def test_where_nobody_is_a_case_a_share_and_a_target_of_a_sector_have_a_row_with_the_reason(
    tmp_path: Path,
) -> None:
    """Before, the run stopped: the share was said not to be among `tables:`, and the sector not to be
    there."""
    mines = {"year": 2030, "cut": 0.5, "group": "sector", "category": "mining"}
    north = {"year": 2030, "cut": 0.5, "group": "region", "category": "north"}
    said = country.with_rows(
        {"disaggregated_by": ["sector"], "targets": [mines]},
        {"id": "sh", "measure": "share", "of": "sex", "disaggregated_by": ["region"], "targets": [north]},
    )
    out, plan = country.run(country.write(tmp_path, plan=said, table=country.persons().assign(INV=2)))
    filled = fl.baseline(plan, out)
    (mining,) = filled.table[filled.table["group"] == "sector"].to_dict("records")
    assert (mining["category"], mining["marker"]) == ("mining", "w")
    assert mining["reason"] == "no case recorded in the survey, so that there is none to break down"
    share = filled.table[filled.table["id"] == "sh"]
    assert share[["group", "category", "marker"]].to_numpy().tolist() == [
        ["total", "total", "x"],
        ["region", "north", "x"],
    ]
    assert set(share["reason"]) == {"no case was recorded, so that there is nothing to distribute"}
    judged = targets(plan, filled)
    assert judged.loc[judged["target_year"].notna(), "obstacle"].tolist() == ["baseline not shown"] * 2
