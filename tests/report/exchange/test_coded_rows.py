"""Tests published rows in codes: ILOSTAT's code if there is one, one key per row, and the status of every
number."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import small_country as country
from published_rows import HIDDEN, OTHER_RULES, of, published, row

from fltoolkit.estimate.change_over_time.difference import NOT_COMPARABLE
from fltoolkit.report.exchange.coded_rows import area_code, coded


def test_codes_are_ilostats_where_it_has_them_and_otherwise_say_that_they_are_ours(tmp_path: Path) -> None:
    sex = {"column": "SEX", "classification": "sex", "codes": {1: "m", 2: "f"}}
    groups = {"sex": sex, "age_group": {"bands": [18, 25, 55]}, "region": country.SURVEY["groups"]["region"]}
    out, _ = country.run(
        country.write(tmp_path, country.changed(country.SURVEY, groups=groups, country="KEN"))
    )
    found = coded(out)
    assert set(found.codes["REF_AREA"]) == {"KEN"}
    assert set(found.codes["SEX"]) == {"_T", "SEX_M", "SEX_F"}
    assert set(found.codes["AGE"]) == {"_T", "FL_AGE_Y18-24", "AGE_AGGREGATE_Y25-54", "FL_AGE_X"}
    assert set(found.codes["ECO"]) == {"_T", "FL_ECO_AGGREGATE_AGR_X03", "ECO_AGGREGATE_CON"}
    assert found.codes["CATEGORY"]["FL_REGION_1"] == "region: north"
    crossed = found.table[found.table["BREAKDOWN"] == "SEX@REGION"].iloc[0]
    assert (crossed["SEX"], crossed["CATEGORY"]) == ("SEX_M", "FL_REGION_1")
    assert all(
        code.startswith("FL_") for name in ("MEASURE", "POPULATION", "RULE_SET") for code in found.codes[name]
    )


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("KEN", "KEN"),
        ("Kenya", "X_KENYA"),
        ("UAE", "X_UAE"),
        ("Côte d'Ivoire", "X_COTE_D_IVOIRE"),
        ("日本", "X_COUNTRY"),
        ("W A", "X_W_A"),
    ],
)
def test_a_country_is_an_iso_code_only_where_it_is_one(name: str, code: str) -> None:
    assert area_code(name) == code


def test_every_key_is_one_whatever_groups_are_crossed_or_lack_a_code() -> None:
    """Two sectors crossed, a category to which a standard gives no code, and two categories that would share
    one."""
    cells = [
        ("a × b", "x", "u", "ECO_AGGREGATE_CON × ECO_AGGREGATE_MAN"),
        ("a × b", "y", "u", "ECO_AGGREGATE_MKT × ECO_AGGREGATE_MAN"), ("c", "none", "", ""),
        ("c", "no-one", "", "FL_C_1_A"), ("c", "nobody", "", "FL_C_1_A"), ("c", "nil", "", "FL_C_1_A"),
    ]  # fmt: skip
    table = pd.DataFrame(
        [
            {
                **row(),
                "cases_class": "30–49",
                "breakdown": by,
                "category": f"{first} × {second}" if second else first,
                "ilostat": code,
            }
            | ({"a": first, "b": second} if second else {"c": first})
            for by, first, second, code in cells
        ]
    )
    found = coded(replace(published(row()), table=table)).table
    assert list(found["ECO"][:2]) == ["ECO_AGGREGATE_CON", "ECO_AGGREGATE_MKT"]
    assert list(found["CATEGORY"]) == [
        "ECO_AGGREGATE_MAN",
        "ECO_AGGREGATE_MAN",
        "FL_C_NONE",
        "FL_C_1_A",
        "FL_C_1_A_2",
        "FL_C_1_A_3",
    ]


def test_a_status_says_first_whether_there_is_a_number_then_how_sure_it_is() -> None:
    rows = [
        row(),
        row(**HIDDEN),
        row(**HIDDEN | {"marker": "x", "flag": ""}),
        row(flag="unreliable", marker="u"),
        row(flag="caution"),
    ]
    table = coded(published(*rows)).table
    assert table["OBS_STATUS"].tolist() == ["A", "Q", "M", "U", "A"]
    assert table["CONF_STATUS"].tolist() == ["F", "C", "F", "F", "F"]
    assert table["RELIABILITY"].tolist() == ["NONE", "SUPPRESS", "NONE", "UNRELIABLE", "CAUTION"]
    assert table["N_CASES"].tolist() == ["40", "", "", "40", "40"]
    assert table["ROUNDING"].tolist() == [10] * 5
    assert coded(published(of("sex", "men", cases=np.nan, cases_class="30–49"))).table[
        "N_CASES"
    ].tolist() == ["30–49"]


def test_a_number_that_the_earlier_round_measured_otherwise_is_a_break_and_only_that() -> None:
    """By its groups in any order, its population and its rule set; a row of one round only is no break."""
    crossed = of("sex × region", "men × north", sex="men", region="north", ilostat="SEX_M × ")
    now = [row(), of("sex", "men"), crossed, row(rule_set=OTHER_RULES), row(measure="total", estimate=400.0)]
    then = {"measure": "change_in_prevalence", "verdict": NOT_COMPARABLE, "n_before": 900.0}
    changed = [
        row(**then),
        of("sex", "men", **then | {"verdict": "decreased"}),
        of("region × sex", "north × men", sex="men", region="north", **then),
        row(**then | {"measure": "change_in_total", "n_before": np.nan}),
    ]
    assert coded(published(*now), published(*changed)).table["OBS_STATUS"].tolist() == [
        "B",
        "A",
        "B",
        "A",
        "A",
    ]
    assert coded(published(*now)).table["OBS_STATUS"].tolist() == ["A"] * 5


def test_numbers_stand_in_their_unit_and_a_coefficient_without_bound_is_left_out() -> None:
    share = of("sector", "farms", measure="share", estimate=0.25, ci_low=0.1, ci_high=0.4)
    found = coded(
        published(
            row(cv=np.inf), share, row(measure="total", estimate=400.0), row(measure="duration", estimate=4.5)
        )
    )
    assert found.table["OBS_VALUE"].tolist() == pytest.approx([20, 25, 400, 4.5])
    assert found.table["UPPER_LIMIT"].tolist()[:2] == pytest.approx([26, 40])
    assert found.table["UNIT_MEASURE"].tolist() == ["PER_1000", "PERCENT", "PERSONS", "MONTHS"]
    assert found.table["DECIMALS"].tolist() == [1, 0, 0, 1]
    assert np.isnan(found.table["CV"][0])
    assert found.codes["UNIT_MEASURE"] == {
        "PER_1000": "Per 1,000",
        "PERCENT": "%",
        "PERSONS": "persons",
        "MONTHS": "months",
    }
    assert found.table["TIME_PERIOD"].tolist() == [2025] * 4


def test_what_cannot_be_given_by_a_group_has_a_code_that_says_so() -> None:
    """A row that is not available has no category; beside men it tells that the sexes are not applicable."""
    gone = of("sex", "", **HIDDEN | {"marker": "x", "reason": "no rate by sex"})
    found = coded(published(row(), of("sex", "men", ilostat="SEX_M"), gone))
    assert found.table["SEX"].tolist() == ["_T", "SEX_M", "_Z"]
    assert found.table["parts"].tolist() == [[], [("SEX", "SEX_M", "men")], [("SEX", "_Z", "Not applicable")]]
    assert found.codes["SEX"] == {"_T": "Total", "SEX_M": "men", "_Z": "Not applicable"}
    assert found.table["BREAKDOWN"].tolist() == ["_T", "SEX", "SEX"]
