"""Tests profiles of cases against R and against counts by hand, and which profiles are refused."""

from __future__ import annotations

import functools
import hashlib
import json
from pathlib import Path
from typing import Any

import broken
import numpy as np
import pandas as pd
import pytest
import yaml
from shared_surveys import classified
from small_surveys import NORVIA, SPEC, write_survey

import fltoolkit as fl
from fltoolkit.classify.characteristics import TOPICS
from fltoolkit.errors import NotAvailable, RequestError
from fltoolkit.survey.spec.groups_and_tables import TOTAL

GOLDEN_FOLDER = Path(__file__).parents[2] / "golden"
GOLDEN = json.loads((GOLDEN_FOLDER / "profile.json").read_text("utf-8"))
OF_CHILDREN = {"men": "boys", "women": "girls"}
RECORDS = {record["id"]: record for record in GOLDEN["records"]}
VALDORIE = NORVIA.parent / "valdorie_enquete_2025"
SHIPPED = {"norvia": (NORVIA, "persons.csv", "adults"), "valdorie": (VALDORIE, "persons.sav", "children")}
ITEMS = {"inv1": "different_job", "inv2": "hazardous_work", "inv3": "other_employers",
         "coe1": "threats_or_violence", "coe2": "debt_bondage", "coe3": "withheld_wages"}  # fmt: skip
TIGHT, LIMIT = 1e-10, 1e-8
EXACT = {"df", "n", "cases", "unresolved", "cases_without"}
OF_NUMBER = {"total": "estimate", "total_se": "se", "total_low": "ci_low", "total_high": "ci_high"}


@functools.cache
def shipped(sample: str) -> fl.ClassifiedSurvey:
    return classified(SHIPPED[sample][0])


def drawn(draw: int, kind: str, folder: Path) -> fl.ClassifiedSurvey:
    """A draw of profile.csv as a survey of the kit."""
    table = (
        pd.read_csv(GOLDEN_FOLDER / "data" / "profile.csv").query(f"draw == {draw}").assign(WORK=1, AGE=30)
    )
    table.insert(0, "ID", range(len(table)))
    psus = int(table["psu"].max())
    design: dict[str, Any] = {"weight": "weight", "psu": "psu", "selection": "pps", "strata": "stratum"}
    if kind == "plain":
        del design["strata"]
    if kind == "fpc":
        design |= {"fpc": "fpc", "selection": "srs"}
    if kind == "jk1":
        replicates = {
            f"R{r}": table["weight"] * (table["psu"] != r) * psus / (psus - 1) for r in range(1, psus + 1)
        }
        table = table.assign(**replicates)
        design = {
            "weight": "weight",
            "selection": "pps",
            "replicates": {"columns": f"R{{1..{psus}}}", "method": "jk1"},
        }
    items = {
        side: {item: {"column": name} for name, item in ITEMS.items() if name.startswith(side[:3])}
        for side in ("involuntary", "coercion")
    }
    spec = SPEC | {
        "files": {"person": {"path": "persons.csv", "key": ["ID"]}},
        "design": design,
        "items": items,
        "groups": {
            "sex": {"column": "sex", "codes": {1: "1", 2: "2"}},
            "region": {"column": "region", "codes": {1: "1", 2: "2", 3: "3"}},
        },
        "sectors": {},
    }
    return classified(write_survey(folder, spec, persons=table))


def gaps(
    persons: fl.ClassifiedSurvey, numbers: list[dict[str, Any]], population: str | None, names: dict[str, str]
) -> list[str]:
    """Every number of R's that is not ours. `names`: what R's script calls items and categories otherwise."""
    groups = list(dict.fromkeys(row["group"] for row in numbers if row["group"]))
    tables = {
        measure: fl.profile(
            persons, [[], *([g] for g in groups)], measure=measure, population=population
        ).table
        for measure in ("share", "total")
    }
    topics = [t for t in TOPICS if t in tables["share"]]
    wrong = []
    for row in numbers:
        what = names.get(row["item"], row["item"].partition("/")[2])
        topic = row["item"].partition("/")[0] if "/" in row["item"] else None
        key = dict.fromkeys(groups, TOTAL) | (
            {row["group"]: names.get(row["value"], row["value"])} if row["group"] else {}
        )
        lines: dict[str, pd.Series] = {}
        for measure, table in tables.items():
            named = (table[[topic] if topic else topics] == what).any(axis=1)
            at = named & np.logical_and.reduce([table[g] == v for g, v in key.items()])
            assert at.sum() == 1, (row["item"], key)
            lines[measure] = table[at].iloc[0]
        for column, theirs in row.items():
            if column in ("item", "group", "value"):
                continue
            ours, r = (
                float(lines["total" if column in OF_NUMBER else "share"][OF_NUMBER.get(column, column)]),
                float(theirs),
            )
            gap = 0.0 if ours == r or np.isnan([ours, r]).all() else abs(ours - r) / (abs(r) or 1.0)
            gate = (
                0.0
                if column in EXACT
                else LIMIT
                if column.endswith(("low", "high")) and column != "bound_high"
                else TIGHT
            )
            if not gap <= gate:
                wrong.append(f"{row['item']} {key} {column}: ours {ours!r}, R {r!r}, gap {gap:.1e}")
    return wrong


@pytest.mark.thorough("two whole samples; the goldens have profiles")
@pytest.mark.parametrize("name", [name for name in RECORDS if name.startswith("shipped")])
def test_the_profile_of_a_shipped_survey_agrees_with_r(name: str) -> None:
    record = RECORDS[name]
    folder, file, population = SHIPPED[record["sample"]]
    assert hashlib.sha256((folder / file).read_bytes()).hexdigest() == record["sha256"]
    assert (
        gaps(
            shipped(record["sample"]),
            record["numbers"],
            population,
            OF_CHILDREN if population == "children" else {},
        )
        == []
    )
    assert {row["item"].partition("/")[0] for row in record["numbers"]} >= (
        {"worst_form"}
        if population == "children"
        else {"involuntary", "coercion", "coercion_stage", "coercion_mode", "form", "duration"}
    )


@pytest.mark.thorough("sixteen designs of R; the samples' profiles are compared with R in each test run")
@pytest.mark.parametrize("name", [name for name in RECORDS if name.startswith("random")])
def test_the_profile_of_a_random_design_agrees_with_r(name: str, tmp_path: Path) -> None:
    record = RECORDS[name]
    assert gaps(drawn(record["draw"], record["kind"], tmp_path), record["numbers"], None, ITEMS) == []
    assert len(record["numbers"]) == 36


def test_shares_are_of_all_cases_and_items_overlap(norvia: fl.ClassifiedSurvey) -> None:
    est = fl.profile(norvia, by=[[], ["sex"]])
    whole = fl.total(norvia, by=[[], ["sex"]]).table
    for sex, rows in est.table.groupby("sex"):
        cases = whole[whole["sex"] == sex].iloc[0]
        assert (rows["n"] == cases["cases"]).all()
        assert rows["population"].to_numpy() == pytest.approx(cases["estimate"])
        assert (rows["cases"] + rows["cases_without"] + rows["unresolved"] == rows["n"]).all()
    items = est.table[(est.table["coercion"] != TOTAL) & (est.table["sex"] == TOTAL)]
    assert items["estimate"].sum() > 1
    assert est.about.measure == "profile"
    assert (
        est.contrast({"gap": {("debt_bondage", "men"): 1, ("debt_bondage", "women"): -1}}).table["se"].iloc[0]
        > 0
    )


def test_items_stand_in_the_order_of_the_questionnaire(norvia: fl.ClassifiedSurvey) -> None:
    table = fl.profile(norvia).table
    mapped = yaml.safe_load((NORVIA / "survey.yaml").read_text("utf-8"))["items"]
    for side in ("involuntary", "coercion"):
        assert [v for v in table[side] if v != TOTAL] == list(mapped[side])


def test_form_is_as_its_share_where_everybody_said_it(norvia: fl.ClassifiedSurvey) -> None:
    table, share = fl.profile(norvia).table, fl.share(norvia, "form").table
    for form, row in share.set_index("form").iterrows():
        if form != "not stated":
            mine = table[table["form"] == form].iloc[0]
            assert (mine["cases"], mine["estimate"]) == (row["cases"], pytest.approx(row["estimate"]))
            assert list(mine[["ci_low", "ci_high"]]) == pytest.approx(list(row[["ci_low", "ci_high"]]))
    open_ = share.loc[share["form"] == "not stated", "cases"].sum()
    assert (table.loc[table["form"] != TOTAL, "unresolved"] == open_).all()


def test_the_largest_share_is_that_of_one_household_or_psu(tmp_path: Path) -> None:
    persons = drawn(1, "clustered", tmp_path)
    frame = pd.read_csv(tmp_path / "persons.csv")
    yes = frame[list(ITEMS)] == 1
    cases = frame[yes[["inv1", "inv2", "inv3"]].any(axis=1) & yes[["coe1", "coe2", "coe3"]].any(axis=1)]
    table = fl.profile(persons).table
    for name, item in ITEMS.items():
        row = table[(table[["involuntary", "coercion"]] == item).any(axis=1)].iloc[0]
        for code, column in ((1, "largest_share"), (2, "largest_share_without")):
            having = cases[cases[name] == code]
            assert row[column] == pytest.approx(
                having.groupby("psu")["weight"].sum().max() / having["weight"].sum()
            )
        assert row["psus_without"] == cases.loc[cases[name] == 2, "psu"].nunique()


def test_a_profile_is_refused_where_it_would_say_too_much_or_too_little(
    norvia: fl.ClassifiedSurvey, tmp_path: Path
) -> None:
    with pytest.raises(RequestError, match="by one group at a time"):
        fl.profile(norvia, by=["sex", "region"])
    with pytest.raises(RequestError, match="no profile by sector, which only cases have"):
        fl.profile(norvia, by="sector")
    with pytest.raises(RequestError, match="each has a profile of its own"):
        fl.profile(shipped("valdorie"), population="everybody")
    drawn(1, "plain", tmp_path)
    table = pd.read_csv(tmp_path / "persons.csv")
    yes = table[list(ITEMS)] == 1
    case = yes[["inv1", "inv2", "inv3"]].any(axis=1) & yes[["coe1", "coe2", "coe3"]].any(axis=1)
    for kept in (29, 30):
        few = table.copy()
        few.loc[few.index[case][kept:], list(ITEMS)] = 2
        few.to_csv(tmp_path / "persons.csv", index=False)
        persons = classified(tmp_path)
        if kept == 29:
            with pytest.raises(NotAvailable, match="fewer than 30 cases") as error:
                fl.profile(persons)
            assert "29" not in str(error.value)
        else:
            assert (fl.profile(persons).table["n"] == 30).all()


def test_the_profile_of_a_domain_is_the_row_of_its_group() -> None:
    """Only the interval of a share of 100% differs: its design effect is borrowed from everybody, here from
    the domain."""
    persons = shipped("norvia")
    inside = fl.profile(persons, where={"area": "rural"})
    row = fl.profile(persons, by="area").table.query("area == 'rural'").drop(columns="area")
    assert inside.about.population_label.endswith("(area: rural)")
    mixed = (inside.table["cases_without"] > 0).to_numpy()
    assert mixed.sum() > 20
    pd.testing.assert_frame_equal(
        inside.table[mixed].reset_index(drop=True), row[mixed].reset_index(drop=True)
    )
    assert inside.table["cases"].tolist() == row["cases"].tolist()


@pytest.mark.parametrize(
    ("where", "by"), [({"area": "rural", "sex": "women"}, None), ({"area": "rural"}, ["sex"])]
)
def test_a_profile_is_of_one_group_at_a_time_in_a_domain_too(
    where: dict[str, str], by: list[str] | None
) -> None:
    with pytest.raises(RequestError, match="one group at a time"):
        fl.profile(shipped("norvia"), by=by, where=where)


def test_a_profile_without_items_has_no_rows(tmp_path: Path) -> None:
    """A survey that asked children by route alone has no item to make a profile of. Before, it stopped
    notebook 2."""
    persons = broken.table()
    persons.loc[persons.index[persons["AGE"] == 10][:35], ["C1", "C2"]] = 1
    children = {"children": broken.SPEC["populations"]["children"]}
    tables = [{"measure": "profile", "population": "children"}]
    broken.write(tmp_path, {**broken.SPEC, "populations": children, "sectors": {}, "tables": tables}, persons)
    survey = classified(tmp_path / "survey.yaml")
    assert fl.profile(survey, population="children").table.empty
    assert "profile" not in set(fl.publish_run(survey).table["measure"])
