"""Tests which pictures a plan's documents have: those with published numbers, of the first groups of the
plan."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from handed import EN, in_languages
from promises import evidence_from
from published_rows import HIDDEN, of, published, row

import fltoolkit as fl
from fltoolkit.report.documents import document_pictures
from fltoolkit.report.documents.document_pictures import (
    all_pictures,
    change,
    groups_that_fit,
    path,
    repeat,
    second_picture,
)
from fltoolkit.show.charts.renderers.matplotlib_sheet import Drawn, Size

CUT = {"year": 2030, "cut": 0.5}
SEX = [of("sex", "men"), of("sex", "women")]
REGION = [of("region", name) for name in ("north", "south", "east")]
AGE = [of("age_group", f"{age}–{age + 4}", age_group=f"{age}–{age + 4}") for age in range(20, 60, 5)]


def evidence(
    *rows: dict[str, Any], targets: tuple[dict[str, Any], ...] = (CUT,), **about: Any
) -> fl.Evidence:
    groups = tuple(dict.fromkeys(r["breakdown"] for r in rows if r["breakdown"]))
    return evidence_from(published(row(), *rows, groups=groups, **about), *targets, planned_sample=2000)


def test_the_pictures_of_a_run_are_those_of_its_documents_and_each_has_a_name_of_its_own() -> None:
    children = {"reference_population": "children", "reference_population_label": "children"}
    rows = [
        *SEX,
        *REGION,
        row(**children),
        *(r | children for r in SEX),
        *(of("region", r, **children) for r in ("north", "south")),
        *(of("sector", s, measure="share") for s in ("farms", "sites")),
        *(of("sex", s, measure="share") for s in ("men", "women")),
    ]
    about: dict[str, Any] = {
        "headlines": ("adults", "children"),
        "lead": "sex",
        "case_only": frozenset({"sector"}),
    }
    names = [p.name for p in all_pictures(evidence(*rows, **about), EN)]
    assert sorted(names) == [
        "path_rate",
        "prevalence_by_region",
        "prevalence_by_sex",
        "prevalence_children_by_sex",
        "share_by_sector",
    ]
    without_target = [p.name for p in all_pictures(evidence(*rows, targets=(), **about), EN)]
    assert sorted(set(without_target) ^ set(names)) == ["path_rate", "repeat"]


def test_the_plans_groups_come_first_as_long_as_there_is_room() -> None:
    """The plan asks by gender and region; eight ages come before them in the set."""
    made = evidence(*AGE, *REGION, *SEX)
    assert groups_that_fit(made, 13) == ["sex", "region", "age_group"]
    assert groups_that_fit(made, 11) == ["sex", "region"]
    assert groups_that_fit(made, 4) == ["sex"]
    assert groups_that_fit(made, 2) == ["sex"]
    assert groups_that_fit(made, 1) == ["sex"]  # too large, and better than none


def test_a_group_mostly_hidden_is_drawn_only_where_there_is_no_other() -> None:
    hidden = [of("region", "north"), *(of("region", name, **HIDDEN) for name in ("south", "east"))]
    assert groups_that_fit(evidence(*hidden, *SEX), 11) == ["sex"]
    assert groups_that_fit(evidence(*hidden), 11) == ["region"]
    assert groups_that_fit(evidence(), 11) == []


def test_without_a_later_round_the_way_to_a_target_stands_beside_else_what_a_repeat_could_detect() -> None:
    made, without = evidence(), evidence(targets=())
    assert change(made, EN, "half") is None
    assert [p.name for p in (second_picture(made, EN, "half"), second_picture(without, EN, "half")) if p] == [
        "path_rate",
        "repeat",
    ]
    assert change(dataclasses.replace(made, changed=made.now), EN, "half") is None  # which holds no change


def test_the_way_is_that_to_the_first_target_of_a_total_whose_baseline_is_shown() -> None:
    made = path(evidence(targets=({"year": 2028, "cut": 0.2}, CUT)), EN, "half")
    assert made is not None
    assert "2028: 16.0, target" in made.alt
    men = {**CUT, "group": "gender", "category": "men"}
    assert path(evidence(*SEX, targets=(men,)), EN, "half") is None
    assert path(evidence_from(published(row(**HIDDEN), *SEX, groups=("sex",)), CUT), EN, "half") is None


@pytest.mark.parametrize(
    ("planned", "told"), [(4000, "with the planned 4,000"), (None, "with the planned 2,000")]
)
def test_what_a_repeat_could_detect_marks_the_planned_size_where_there_is_one(
    planned: int | None, told: str
) -> None:
    made = evidence_from(published(row()), **({"planned_sample": planned} if planned else {}))
    picture = repeat(made, EN, "half")
    assert picture is not None
    assert told in picture.alt
    assert repeat(evidence_from(published(row(**HIDDEN))), EN, "half") is None


@pytest.mark.thorough("writes all documents of its own")
def test_each_picture_is_drawn_once_a_language_for_all_documents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And saved once a format."""
    drawn: list[tuple[str, str, Size]] = []
    saved: list[tuple[str, str, str, tuple[float, float]]] = []
    draw, save = document_pictures.drawn, Drawn._saved

    def counted(chart: Any, size: Size) -> Drawn:
        drawn.append((chart.name, chart.title, size))
        return draw(chart, size)

    def kept(picture: Drawn, kind: str, about: dict[str, Any]) -> bytes:
        saved.append((picture.name, picture.title, kind, tuple(picture.figure.get_size_inches())))
        return save(picture, kind, about)

    monkeypatch.setattr(document_pictures, "drawn", counted)
    monkeypatch.setattr(Drawn, "_saved", kept)
    found = evidence(*SEX, *REGION, *(of("sector", s, measure="share") for s in ("farms", "sites")))
    fl.report.write_documents(in_languages(found, "en", "fr"), tmp_path)
    assert len(drawn) > 10
    assert len(set(drawn)) == len(drawn)
    assert len(set(saved)) == len(saved)


def test_a_picture_in_a_file_names_its_country_and_one_on_a_page_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    subtitles: list[str] = []
    draw = document_pictures.drawn

    def noted(chart: Any, size: Size) -> Drawn:
        subtitles.append(chart.subtitle)
        return draw(chart, size)

    monkeypatch.setattr(document_pictures, "drawn", noted)
    made = evidence(*SEX)
    all_pictures(made, EN)
    assert [text.partition(". ")[0] for text in subtitles] == ["Nowhere, 2025", "Nowhere"]
    second_picture(made, EN, "half")
    assert "Nowhere" not in subtitles[-1]
