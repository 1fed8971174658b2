"""Tests the files for other systems: SDMX read back by pysdmx, ILOSTAT's columns, JSON that fits its schema,
and every number as published."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pandas as pd
import pytest
import small_country as country
from pysdmx.io import get_datasets, read_sdmx
from pysdmx.io.pd import PandasDataset

import fltoolkit as fl
from fltoolkit.publish.measure_units import scale
from fltoolkit.publish.rounds_and_changes import Rounds
from fltoolkit.report.exchange.coded_rows import Coded, coded
from fltoolkit.report.exchange.exchange_files import ilostat_table, write_exchange
from fltoolkit.report.exchange.sdmx import sdmx_table, structure
from fltoolkit.spreadsheets import DANGER

HOUSE = Path(__file__).resolve().parents[3]
LINK = '=HYPERLINK("http://evil.example","click")'
# The columns of ILOSTAT's bulk files, as ILOSTAT documents them.
ILOSTAT = (
    "ref_area source indicator sex classif1 classif2 time obs_value obs_status note_classif "
    "note_indicator note_source"
)


TARGETS = [{"year": 2030, "cut": 0.5}, {"year": 2030, "value": 50, "group": "region", "category": "north"}]


def evidence(out: fl.Published, plan: fl.Plan) -> fl.Evidence:
    """Of a run that is its own baseline."""
    return fl.evidence(plan, Rounds(out, out))


@cache
def small() -> fl.Evidence:
    """That of the small country, with targets."""
    with tempfile.TemporaryDirectory() as place:
        plan = country.with_rows(
            {"measure": "prevalence", "disaggregated_by": ["gender", "region"], "targets": TARGETS},
            {"id": "all"},
        )
        out, read_plan = country.run(
            country.write(Path(place), plan={**plan, "planned_sample": 5000, "planned_surveys": [2027]})
        )
        return evidence(out, read_plan)


def published() -> pd.DataFrame:
    return small().now.table


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("exchange")
    told = write_exchange(small(), target)
    assert str(told).startswith("Written: ")
    return target


def read(folder: Path) -> PandasDataset:
    (dataset,) = get_datasets(folder / "sdmx.csv", folder / "sdmx_structure.json")
    return dataset


def numbers(column: pd.Series) -> list[float]:
    return [float(v) if not pd.isna(v) and v != "" else float("nan") for v in column]


# ------------------------------------------------------------------------------------------------------------


def test_pysdmx_reads_every_value_and_status_back(folder: Path) -> None:
    rows, table = read(folder).data, published()
    times = table["measure"].map(scale)
    for name, mine in (
        ("OBS_VALUE", "estimate"),
        ("LOWER_LIMIT", "ci_low"),
        ("UPPER_LIMIT", "ci_high"),
        ("STD_ERROR", "se"),
    ):
        assert numbers(rows[name]) == pytest.approx(list(table[mine] * times), rel=1e-12, nan_ok=True), name
    for name, mine in (("N_PERSONS", "n"), ("CV", "cv"), ("ROUNDING", "rounding")):
        assert numbers(rows[name]) == pytest.approx(
            list(table[mine].replace(float("inf"), float("nan"))), nan_ok=True
        ), name
    wanted = (
        table["flag"].map({"suppress": "Q", "unreliable": "U"}).fillna("A").mask(table["marker"] == "x", "M")
    )
    assert list(rows["OBS_STATUS"]) == list(wanted)
    assert set(wanted) == {"A", "U", "Q", "M"}
    assert list(rows["CONF_STATUS"] == "C") == list(table["marker"] == "c")
    assert list(rows["REASON"]) == list(table["reason"])
    assert list(rows["N_CASES"]) == list(table["cases_class"])
    assert "15–29" in set(rows["N_CASES"])


def test_what_is_suppressed_or_missing_has_an_empty_value(folder: Path) -> None:
    rows = pd.read_csv(folder / "sdmx.csv", dtype=str, keep_default_na=False)
    gone = rows[rows["OBS_STATUS"].isin(["Q", "M"])]
    assert len(gone) > 10
    for name in ("OBS_VALUE", "LOWER_LIMIT", "UPPER_LIMIT", "STD_ERROR", "CV"):
        assert set(gone[name]) == {""}, name
    assert set(rows.loc[rows["CONF_STATUS"] == "C", "N_CASES"]) == {""}


def test_the_data_fit_their_structure(folder: Path) -> None:
    """The structure is read with pysdmx's check against the official schema of SDMX-JSON 2.0."""
    dataset = read(folder)
    parts = dataset.structure.components
    assert {c.id for c in parts} == set(dataset.data.columns)
    for part in parts:
        if part.enumeration is not None:
            codes = {code.id for code in part.enumeration.codes}
            assert set(dataset.data[part.id]) == codes, (
                part.id
            )  # each code is listed, and none that is not used
    keys = [d.id for d in parts.dimensions]
    assert not dataset.data.duplicated(keys).any()
    names = {s.id for s in read_sdmx(folder / "sdmx_structure.json").structures}
    assert {"AGENCIES", "CL_SEX", "CS_FORCED_LABOUR", "DSD_FORCED_LABOUR", "DF_FORCED_LABOUR"} <= names


def test_the_header_is_that_of_sdmx_csv_2(folder: Path) -> None:
    lines = (folder / "sdmx.csv").read_text("utf-8").splitlines()
    assert lines[0].startswith("STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REF_AREA,MEASURE,")
    assert lines[1].startswith("dataflow,FLTOOLKIT:DF_FORCED_LABOUR(1.0.0),I,A,X_SMALLLAND,FL_PREVALENCE,")


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> fl.Evidence:
    """A round that asks about fewer months than its baseline did; its adults are more than they were."""
    place = tmp_path_factory.mktemp("rounds")
    country.write(place / "before", country.changed(country.SURVEY, year=2021, round="before"))
    design = {**country.SURVEY["design"], "psus_of_earlier_rounds": "new"}
    half = {"months": 6, "text": "the past 6 months"}
    path = country.write(
        place / "now",
        country.changed(country.SURVEY, design=design, reference_period=half),
        country.changed(country.PLAN, baseline_survey="../before/survey.yaml"),
    )
    persons, plan = fl.classify(fl.read_survey(path)), fl.read_plan(path.with_name("nap.yaml"))
    return fl.evidence(plan, fl.rounds(plan, persons, fl.publish_run(persons, plan=plan)))


@pytest.mark.thorough("two published rounds")
def test_a_number_that_measures_something_else_than_the_earlier_rounds_is_a_break(
    later: fl.Evidence, tmp_path: Path
) -> None:
    write_exchange(later, tmp_path)
    table = later.now.own
    rows = read(tmp_path).data.loc[table.index]
    told = dict(zip(zip(table["measure"], table["category"], strict=True), rows["OBS_STATUS"], strict=True))
    assert told["prevalence", "total"] == told["prevalence", "men"] == told["total", "north"] == "B"
    assert told["prevalence", "south"] == "U"  # a break does not make it reliable
    assert told["prevalence", "west"] == "Q"
    assert told["prevalence", "women × plain"] == told["flowchart", "total"] == "A"  # never compared
    assert set(pd.read_csv(tmp_path / "ilostat.csv")["obs_status"].dropna()) == {"B", "U", "S"}


def test_rows_of_one_round_only_are_no_break(later: fl.Evidence) -> None:
    assert later.changed is not None
    alone = later.changed.table.assign(n_before=float("nan"))
    assert "B" not in set(coded(later.now, replace(later.changed, table=alone)).table["OBS_STATUS"])


def test_a_follow_up_fits_the_schema_too(later: fl.Evidence, tmp_path: Path) -> None:
    write_exchange(later, tmp_path)
    found = json.loads((tmp_path / "evidence.json").read_text("utf-8"))
    assert problems(found) == []
    assert {r["verdict"] for r in found["follow_up"]} >= {"not comparable"}
    assert {r["survey_before"] for r in found["follow_up"]} >= {"Small country 2025"}


# --------------------------------------------------------------------------------------------------------- IL


def test_ilostats_columns_hold_every_number_that_is_available(folder: Path) -> None:
    rows = pd.read_csv(folder / "ilostat.csv", keep_default_na=False)
    table = published()
    table = table[table["marker"] != "x"]
    assert list(rows.columns) == ILOSTAT.split()
    assert numbers(rows["obs_value"]) == pytest.approx(
        list(table["estimate"] * table["measure"].map(scale)), nan_ok=True
    )
    assert list(rows["obs_status"]) == list(
        table["flag"].map({"suppress": "S", "unreliable": "U"}).fillna("")
    )
    assert not rows.duplicated(ILOSTAT.split()[:7]).any()
    assert rows["indicator"].str.startswith("FL_").all()
    crossed = rows[rows["indicator"] == "FL_PREVALENCE_ADULTS_SEX_REGION"].iloc[0]
    assert tuple(crossed[["ref_area", "sex", "classif1", "classif2", "time"]]) == (
        "X_SMALLLAND",
        "FL_SEX_1",
        "FL_REGION_1",
        "",
        2025,
    )
    assert crossed["note_classif"] == "men; region: north"
    assert rows.loc[0, "sex"] == "SEX_T"
    assert rows.loc[0, "note_indicator"].startswith(
        "per 1,000 adults; the past 12 months; rule set icls_2018 v1"
    )


def test_text_that_is_a_formula_comes_out_inert_and_codes_stay_codes(tmp_path: Path) -> None:
    region = {"column": "R", "codes": {1: LINK, 2: "+1", 3: "@x", 4: "../../a", 5: "<script>", 6: "-1\r\n=2"}}
    spec = country.changed(
        country.SURVEY, title=LINK, country=LINK, groups={**country.SURVEY["groups"], "region": region}
    )
    out, plan = country.run(country.write(tmp_path / "s", spec))
    found = coded(out)
    assert set(found.codes["REF_AREA"]) == {"X_HYPERLINK_HTTP_EVIL_EXAMPLE_CLICK"}
    target = tmp_path / "out"
    write_exchange(evidence(out, plan), target)
    for name in ("sdmx.csv", "ilostat.csv"):
        rows = pd.read_csv(target / name, dtype=str, keep_default_na=False)
        assert not [cell for column in rows for cell in rows[column] if cell.startswith(DANGER)], name
        assert any(cell.startswith(f"'{LINK}") for column in rows for cell in rows[column]), name
    assert sorted(p.name for p in target.iterdir()) == [
        "evidence.json",
        "ilostat.csv",
        "sdmx.csv",
        "sdmx_structure.json",
    ]
    assert set(read(target).data["CATEGORY"]) == set(found.codes["CATEGORY"])


# ------------------------------------------------------------------------------------------------------------


@cache
def committed() -> Any:
    return json.loads((HOUSE / "docs/schema/evidence.schema.json").read_text("utf-8"))


def problems(document: Any) -> list[str]:
    return [e.message for e in jsonschema.Draft202012Validator(committed()).iter_errors(document)]


def test_evidence_json_fits_its_schema_and_holds_the_plan(folder: Path) -> None:
    found = json.loads((folder / "evidence.json").read_text("utf-8"))
    assert problems(found) == []
    assert {r["comparable"] for r in found["references"]} == {"no"}
    assert found["plan"]["goal"] == country.PLAN["goal"]
    assert {
        r["target_value"] for r in found["targets"] if r["id"] == "persons" and r["category"] == "north"
    } == {50}
    assert {r["kind"] for r in found["milestones"]} == {
        "baseline",
        "not measured",
        "planned survey",
        "target",
    }
    hidden = [r for r in found["targets"] if r["marker"] == "c"]
    assert hidden
    for row in hidden:
        assert row["baseline_value"] is row["ci_low"] is row["smallest_value"] is None
        assert "confidential" in str(row["reason"])


# ------------------------------------------------------------------------------------------------------------


def test_the_same_evidence_is_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    write_exchange(small(), tmp_path)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {
        p.name: p.read_bytes() for p in folder.iterdir()
    }


def test_nothing_is_written_without_a_folder() -> None:
    assert "Nothing is written" in str(write_exchange(small(), ""))


def test_a_bulk_row_is_a_coded_row() -> None:
    found: Coded = coded(small().now)
    assert len(ilostat_table(found, small().now)) == (found.table["OBS_STATUS"] != "M").sum()
    assert len(sdmx_table(found)) == len(published())
    assert structure(found)["meta"]["sender"] == {"id": "FLTOOLKIT"}
    assert fl.Published is type(small().now)


def test_rows_of_an_outcome_of_ones_own_are_in_no_file_for_other_systems(tmp_path: Path) -> None:
    """Their codes would be those of the prevalence of forced labour: two values for one key."""
    found = small()
    own = found.now.table.query("measure == 'prevalence' and breakdown == ''").assign(outcome="debt_bondage")
    both = replace(
        found.now,
        table=pd.concat([found.now.table, own], ignore_index=True),
        outcomes={"debt_bondage": "answered yes"},
    )
    write_exchange(replace(found, now=both), tmp_path)
    write_exchange(found, tmp_path / "without")
    assert len(own)
    for name in ("sdmx.csv", "ilostat.csv", "evidence.json"):
        assert (tmp_path / name).read_text("utf-8") == (tmp_path / "without" / name).read_text("utf-8")
