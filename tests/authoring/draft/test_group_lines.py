"""Tests the last part of a draft: categories with ILOSTAT's names if all labels are clear, and sectors by who
has an answer."""

from __future__ import annotations

from pathlib import Path

from draft_columns import YES_NO, column, unused

from fltoolkit.authoring.draft.column_contents import ColumnContents
from fltoolkit.authoring.draft.files_and_design_lines import Sample
from fltoolkit.authoring.draft.group_lines import (
    find_groups,
    find_sectors,
    groups,
    populations,
    sectors,
    tables,
)
from fltoolkit.authoring.draft.question_lines import Questions


def text(lines: object) -> list[str]:
    return [str(line) for line in lines]  # type: ignore[attr-defined]


def of_module(weight: ColumnContents | None) -> Sample:
    return Sample(None, weight, None, None, None, None, (), (), {})


def test_workers_are_a_population_where_a_label_says_what_yes_is(tmp_path: Path) -> None:
    worked = column("Q1", "Worked at all", YES_NO)
    held = unused(tmp_path, {"id": [1]})
    asked = Questions((worked,), True, {}, {"worked": [worked]}, {})
    assert text(populations(held, asked, of_module(column("WM", "Module weight")))) == [
        "populations:",
        (
            "  adults: {label: persons aged 18 and over, age: {min: 18}, weight: WM}  # the adults of the "
            "guidelines; WM: Module weight"
        ),
        (
            "  workers: {label: persons aged 18 and over who worked, age: {min: 18}, where: {Q1: 1}, "
            "weight: "
            "WM}  # Q1: Worked at all"
        ),
    ]
    bare = Questions((worked,), False, {}, {"worked": [worked]}, {})
    assert text(populations(held, bare, of_module(None)))[1:] == [
        "  adults: {label: persons aged 18 and over, age: {min: 18}}  # the adults of the guidelines"
    ]
    held.rivals["WM"] = ["WC"]
    assert text(populations(held, bare, of_module(column("WM", "Module weight"))))[1] == (
        "  adults: {label: persons aged 18 and over, age: {min: 18}, weight: <answer>}"
        "  # the adults of the guidelines; WM: Module weight, or WC: the weight of the persons who "
        "answered the module"
    )


def test_each_breakdown_takes_one_coded_column_of_not_too_many_codes(tmp_path: Path) -> None:
    held = unused(tmp_path, {"id": [1]})
    many = {str(i): f"v{i}" for i in range(10)}
    held.columns = [
        column("sex", codes=many),
        column("region", codes=many),
        column("area", codes=YES_NO),
        column("urban", codes=YES_NO),
    ]
    found = find_groups(held)
    assert {name: (c.name, why) for name, (c, why) in found.items()} == {
        "region": ("region", "the name region"), "area": ("area", "the name area; or is it urban?")
    }  # fmt: skip  # ten codes are no sexes
    assert held.used == {"region", "area"}
    assert "    column: <answer>  # the name area; or is it urban?" in text(groups(held, found, {}))


def test_standard_categories_are_told_only_where_each_label_tells_another(tmp_path: Path) -> None:
    held = unused(tmp_path, {"id": [1]})
    sex = {"1": "Men", "2": "Women", "9": "Not stated"}
    assert text(groups(held, {"sex": (column("SEX", codes=sex), "why")}, {}))[2:] == [
        "  sex:",
        "    column: SEX  # why",
        "    classification: sex  # named and coded as ILOSTAT does",
        "    codes: {1: m, 2: f}  # 1 Men, 2 Women",
        "    missing: 9  # 9 Not stated",
    ]
    twice = text(
        groups(held, {"area": (column("A", codes={"1": "City", "2": "Town", "3": "Rural"}), "why")}, {})
    )[2:]
    assert twice == ["  area:", "    column: A  # why", "    codes: {1: City, 2: Town, 3: Rural}"]
    half = text(groups(held, {"area": (column("A", codes={"1": "Urban", "2": ""}), "why")}, {}))[-1]
    assert (
        half
        == "    codes: {1: Urban, 2: <answer>}  # what the codes mean; put codes for no answer under missing"
    )


def test_names_that_tables_use_for_themselves_are_no_categories(tmp_path: Path) -> None:
    held = unused(tmp_path, {"id": [1]})
    codes = {"1": "North", "2": "total", "3": "not stated"}
    assert text(groups(held, {"region": (column("R", codes=codes), "")}, {}))[-2:] == [
        "    codes: {1: North}",
        "    missing: [3, 2]  # 3 not stated, 2 total",
    ]


def test_whose_industry_a_column_tells_is_asked_unless_its_label_names_the_main_job(tmp_path: Path) -> None:
    held = unused(
        tmp_path, {"isic": range(101, 121), "b": ["A"] * 20}, {"isic": "Main industry (ISIC Rev. 4)"}
    )
    few = column("FISIC", rows=1000, filled=49, distinct=9, low=1.0, width=2)
    some = column("BISIC", rows=1000, filled=50, distinct=9, low=1.0, width=2)
    held.columns = [held.columns[0], few, some]
    found = find_sectors(held)
    assert {name: c.name for name, c in found.items()} == {
        "main_job_sector": "isic",
        "sector": "FISIC",
        "sector_3": "BISIC",
    }
    lines = text(sectors(held, {"main_job_sector": held.columns[0]}, workers=True))
    assert lines[1:] == [
        "  main_job_sector:",
        "    column: isic  # isic: Main industry (ISIC Rev. 4)",
        "    revision: isic_rev4  # the label says so",
        "    digits: 3  # its longest code; a leading zero that was lost is restored",
        "    job: all_workers  # its label names the main job, and many have an answer",
        "    population: workers  # the name of these workers under populations",
    ]
    told = [text(sectors(held, {"sector": c}, workers=False)) for c in (few, some, held.columns[0])]
    assert [
        line.partition("  #")[0]
        for lines in told
        for line in lines
        if "job:" in line or "population:" in line
    ] == ["    job: <answer>", "    job: <answer>", "    job: all_workers", "    population: <answer>"]
    assert text(sectors(held, {}, workers=True)) == []


def test_codes_that_isic_does_not_have_are_missing(tmp_path: Path) -> None:
    held = unused(tmp_path, {"isic": [*range(1, 20), 99, 100, 997]})
    held.columns = [column("isic", distinct=22, low=1.0, high=997.0, width=2)]
    assert text(sectors(held, {"main_job_sector": held.columns[0]}, workers=True))[-1] == (
        "    missing: [100, 997]  # codes that ISIC does not have"
    )
    letters = column("isic", codes={"A": "Farming", "B": "Mining"})
    assert "    digits: letter  # its longest code; a leading zero that was lost is restored" in text(
        sectors(held, {"sector": letters}, workers=True)
    )


def test_tables_break_down_by_each_group_and_share_what_cases_have() -> None:
    assert [str(line).partition("  #")[0] for line in tables(["sex", "region"], ["sector"])] == [
        "tables:",
        "  - {measure: prevalence, by: [[], sex, region]}",
        "  - {measure: total, by: [[], sex, region]}",
        "  - {measure: share, of: sector}",
    ]
