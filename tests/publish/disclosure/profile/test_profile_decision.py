"""Tests which rows of a profile a run shows: rows with few cases, with nearly all cases, with hidden numbers
of cases, and next to tables of the same persons."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import families
import pandas as pd
import pytest
import shared_surveys
from small_surveys import SPEC, persons_table, write_survey
from thoroughness import tries

import fltoolkit as fl
from fltoolkit.errors import SpecError
from fltoolkit.estimate.measures.profile_of_cases import FEW_OF_PROFILE

AT_ITS_OTHER_END = pytest.mark.thorough("a run for each number beside the limit")
PROFILE = {"measure": "profile", "by": [[], ["sex"]]}
TOTAL = {"measure": "total", "by": [[], ["sex"]]}


def published(
    folder: Path, people: list[tuple[str, dict[str, Any]]], *tables: dict[str, Any], **own: Any
) -> pd.DataFrame:
    """The rows of a run of a small survey; `SECOND` asks about debt bondage, `NOW` whether it goes on."""
    rows = [(answer, {"P": i % 23, "SECOND": 2, "NOW": 2} | mine) for i, (answer, mine) in enumerate(people)]
    coercion = {"withheld_wages": {"column": "COE"}, "debt_bondage": {"column": "SECOND"}}
    spec = (
        SPEC | {"items": SPEC["items"] | {"coercion": coercion}, "sectors": {}, "tables": list(tables)} | own
    )
    return shared_surveys.published(write_survey(folder, spec, persons=persons_table(rows))).own


def cases(**by_sex: int) -> list[tuple[str, dict[str, Any]]]:
    """Cases: `men`, `women`, and of these so many with debt bondage (`men_debt`, `women_debt`); 600 persons
    are no cases."""
    found = [
        ("case", {"SEX": code, "SECOND": 1 if i < by_sex[f"{sex}_debt"] else 2})
        for code, sex in ((1, "men"), (2, "women"))
        for i in range(by_sex[sex])
    ]
    return [*found, *(("not", {"SEX": 1 + i % 2}) for i in range(600))]


def debt(table: pd.DataFrame) -> Mapping[str, str]:
    """The markers of debt bondage by category."""
    rows = table[(table["measure"] == "profile") & (table["coercion"] == "debt_bondage")]
    return dict(zip(rows["category"], rows["marker"], strict=True))


@pytest.mark.parametrize(
    ("having", "hidden"),
    [
        (4, True),
        (5, False),
        pytest.param(55, False, marks=AT_ITS_OTHER_END),
        (56, True),
        pytest.param(60, True, marks=AT_ITS_OTHER_END),
    ],
)
def test_few_cases_with_it_or_without_it_hide_a_share(tmp_path: Path, having: int, hidden: bool) -> None:
    table = published(tmp_path, cases(men=60, women=0, men_debt=having, women_debt=0), {"measure": "profile"})
    assert (debt(table)["debt_bondage"] == "c") is hidden
    row = table[(table["measure"] == "profile") & (table["coercion"] == "debt_bondage")].iloc[0]
    assert pd.isna(row["estimate"]) is hidden
    assert not hidden or row[["estimate", "n", "cases", "population", "unresolved"]].isna().all()


def test_both_sexes_are_hidden_where_one_is_and_everybody_stays(tmp_path: Path) -> None:
    table = published(tmp_path, cases(men=40, women=40, men_debt=20, women_debt=3), PROFILE)
    found = debt(table)
    assert (found["debt_bondage × men"], found["debt_bondage × women"]) == ("c", "c")
    assert found["debt_bondage"] != "c"


def test_a_base_of_few_cases_makes_no_profile(tmp_path: Path) -> None:
    table = published(tmp_path, cases(men=60, women=29, men_debt=20, women_debt=10), PROFILE, TOTAL)
    rows = table[(table["measure"] == "profile") & (table["coercion"] == "debt_bondage")].set_index(
        "category"
    )
    assert rows.loc["debt_bondage × women", ["flag", "marker"]].tolist() == ["suppress", "u"]
    assert FEW_OF_PROFILE in rows.loc["debt_bondage × women", "reason"]
    assert pd.isna(rows.loc["debt_bondage × women", "estimate"])
    assert pd.notna(rows.loc["debt_bondage × men", "estimate"])


def test_a_profile_is_hidden_where_its_number_of_cases_is(tmp_path: Path) -> None:
    """Three women are cases: women are hidden, and men, who are all others."""
    table = published(tmp_path, cases(men=60, women=3, men_debt=20, women_debt=0), PROFILE, TOTAL)
    assert set(table.loc[(table["measure"] == "total") & (table["breakdown"] == "sex"), "marker"]) == {"c"}
    assert debt(table) == {"debt_bondage": "", "debt_bondage × men": "c", "debt_bondage × women": "c"}


def test_a_profile_hides_no_cell_of_another_table(tmp_path: Path) -> None:
    people = cases(men=40, women=40, men_debt=20, women_debt=3)
    before, after = (published(tmp_path, people, TOTAL, *more) for more in ((), (PROFILE,)))
    columns = ["measure", "category", "estimate", "marker", "flag"]
    others = after[after["measure"] != "profile"][columns].reset_index(drop=True)
    pd.testing.assert_frame_equal(others, before[columns].reset_index(drop=True))


@pytest.mark.parametrize("going_on", [3, 20])
def test_cases_at_the_interview_and_the_row_that_it_goes_on_are_hidden_together(
    tmp_path: Path, going_on: int
) -> None:
    people = [
        (a, own | {"NOW": 1 if i < going_on else 2})
        for i, (a, own) in enumerate(cases(men=60, women=40, men_debt=20, women_debt=20))
    ]
    table = published(
        tmp_path, people, PROFILE, {"measure": "current", "by": [[], ["sex"]]}, current={"column": "NOW"}
    )
    profile = (
        table[(table["measure"] == "profile") & (table["at_interview"] == "goes on")].set_index("sex")[
            "marker"
        ]
        == "c"
    )
    current = table[table["measure"] == "current"].set_index("sex")["marker"] == "c"
    assert profile.to_dict() == current.to_dict()
    assert current["total"] == (going_on == 3)


def test_a_worst_form_is_hidden_with_the_route_that_contains_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forty children by the worst form, and three by a threat: the flowchart hides both routes, and the
    profile the form."""

    def with_worst_forms(rows: list[tuple[str, dict[str, Any]]]) -> pd.DataFrame:
        table = persons_table(rows)
        return table.assign(C5=table.get("C5", ""), C6=table.get("C6", ""))

    children = {
        **families.FAMILY["children"],
        "worst_forms": {"slavery": {"column": "C5"}, "illicit_activities": {"column": "C6"}},
    }
    answers = {name: {**own, "C5": 2, "C6": 2} for name, own in families.CHILD.items()}
    answers |= {
        k: {"C1": 2, "C2": "", "C3": 2, "C4": "", "C5": c5, "C6": 3 - c5}
        for k, c5 in (("slave", 1), ("runner", 2))
    }
    monkeypatch.setattr(families, "persons_table", with_worst_forms)
    monkeypatch.setattr(families, "CHILD", answers)
    tables = [{"measure": "profile", "population": "children"}]
    monkeypatch.setattr(families, "FAMILY", {**families.FAMILY, "children": children, "tables": tables})
    found = {}
    for threats in (3, 12)[: tries(2, few=1)]:
        many = {
            "case": 60,
            "not": 400,
            "slave": 20,
            "runner": 20,
            "by a third party": threats,
            "free": 200,
            "idle child": 100,
        }
        people = [
            (answer, {"P": i % 23}) for i, answer in enumerate(a for a, n in many.items() for _ in range(n))
        ]
        table = fl.publish_run(families.persons(tmp_path, people)).own
        rows = table[table["measure"] == "profile"]
        found[threats] = dict(zip(rows["category"], rows["marker"], strict=True))
    expected = {3: "c", 12: ""}
    assert found == {n: dict.fromkeys(("slavery", "illicit_activities"), expected[n]) for n in found}


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"measure": "profile", "by": [["sex", "region"]]}, "a profile is by one group at a time"),
        ({"measure": "profile_total", "by": [["form"]]}, "only cases have form"),
    ],
)
def test_a_table_that_no_profile_can_be_is_refused_when_it_is_read(
    tmp_path: Path, table: dict[str, Any], words: str
) -> None:
    with pytest.raises(SpecError, match=words):
        published(
            tmp_path,
            cases(men=60, women=0, men_debt=5, women_debt=0),
            table,
            form={"column": "SEX", "state_imposed": 1},
        )


def test_one_estimate_by_itself_is_protected_too(tmp_path: Path) -> None:
    published(tmp_path, cases(men=40, women=40, men_debt=20, women_debt=3), PROFILE)
    persons = shared_surveys.classified(tmp_path)
    found = debt(fl.publish(fl.profile(persons, [[], ["sex"]])).table)
    assert (found["debt_bondage × women"], found["debt_bondage × men"]) == ("c", "c")
    assert found["debt_bondage"] != "c"
