"""Tests the user's own texts in survey.yaml and nap.yaml, in one language or several. Each mistake is
reported with its key."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest
import small_country as country
import yaml

import fltoolkit as fl
from fltoolkit.errors import SpecError
from fltoolkit.languages.own_text import OwnText, own_texts_in
from fltoolkit.survey.spec.survey_spec import read_spec

SAMPLES = Path(__file__).parents[2] / "data_samples"


def survey(folder: Path, **keys: Any) -> Path:
    path = folder / "survey.yaml"
    path.write_text(
        yaml.safe_dump(country.changed(country.SURVEY, **keys), allow_unicode=True, sort_keys=False), "utf-8"
    )
    return path


def regions(**first: Any) -> dict[str, Any]:
    """The small country's groups, its first region so called."""
    groups = country.SURVEY["groups"]
    return {**groups, "region": {**groups["region"], "codes": {**groups["region"]["codes"], 1: first}}}


def test_a_text_is_that_of_its_file_and_knows_the_others(tmp_path: Path) -> None:
    spec = read_spec(survey(tmp_path, groups=regions(en="North", fr="Nord")))
    north = spec.groups["region"].codes["1"]
    assert north == "North"
    assert [north.in_language(code) for code in ("en", "fr", "es")] == ["North", "Nord", ""]
    assert spec.country.in_language("en") == country.SURVEY["country"]
    assert type(spec.reference_period.model_dump(mode="json")["text"]) is str


def test_the_files_own_language_is_the_one_it_names(tmp_path: Path) -> None:
    north = (
        read_spec(survey(tmp_path, language="fr", groups=regions(en="North", fr="Nord")))
        .groups["region"]
        .codes["1"]
    )
    assert (str(north), north.language, north.in_language("en")) == ("Nord", "fr", "North")


def test_a_plan_is_in_the_first_language_of_its_documents_unless_it_says_otherwise(tmp_path: Path) -> None:
    for keys, expected in (
        ({"languages": ["fr", "en"]}, "fr"),
        ({"languages": ["fr"], "language": "es"}, "es"),
        ({}, "en"),
    ):
        path = tmp_path / "nap.yaml"
        path.write_text(yaml.safe_dump({**country.PLAN, **keys}, sort_keys=False), "utf-8")
        assert fl.read_plan(path).goal.language == expected


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        (
            {"title": {"en": "A", "xx": "B"}},
            r"title: xx is no language of the kit; it has en, es, fr \(line \d+\)",
        ),
        ({"title": {"en": "A", "fr": "  "}}, r"title: the text in fr is blank"),
        (
            {"title": {"fr": "B"}},
            (
                r"title: the text in en, the language of this file, is missing; add it, or name another "
                r"under `language`"
            ),
        ),
        (
            {"language": "fr", "title": {"en": "A"}},
            r"title: the text in fr, the language of this file, is missing",
        ),
        ({"title": ["A"]}, r"title: must be text, or texts by language"),
        ({"title": {"en": ["A"]}}, r"title: must be text, or texts by language"),
        ({"language": "xx"}, r"language: is no language of the kit; it has en, es, fr; found: 'xx'"),
        ({"groups": regions(en="North", de="Nord")}, r"groups\.region\.codes\.1: de is no language"),
        (
            {"title": {"en": "A", "fr": "B"}, "coverage_excludes": [{"en": "A", "fr": "C"}]},
            (
                r"title and coverage_excludes\.0 hold one text with two translations in fr; write the same "
                r"in both"
            ),
        ),
    ],
)
def test_a_mistake_is_told_with_its_key(tmp_path: Path, keys: dict[str, Any], told: str) -> None:
    with pytest.raises(SpecError, match=told) as caught:
        read_spec(survey(tmp_path, **keys))
    assert str(caught.value).count("  - ") <= 1


def test_a_country_goes_by_its_name_in_either_file(tmp_path: Path) -> None:
    path = tmp_path / "nap.yaml"
    plan = {**country.PLAN, "language": "fr", "country": {"fr": "Petitpays", "en": country.SURVEY["country"]}}
    path.write_text(yaml.safe_dump(plan, sort_keys=False), "utf-8")
    read = fl.read_plan(path)
    read.expect_country(country.SURVEY["country"])
    with pytest.raises(SpecError, match="another country's"):
        read.expect_country("Elsewhere")


def test_a_text_is_carried_whole_to_another_process() -> None:
    text = pickle.loads(pickle.dumps(OwnText("men", "en", {"fr": "hommes"})))
    assert (text, text.language, text.in_language("fr")) == ("men", "en", "hommes")


def test_codes_of_a_standard_classification_are_no_texts() -> None:
    spec = read_spec(SAMPLES / "norvia_lfs_2025" / "survey.yaml")
    assert "groups.sex.codes.1" not in dict(own_texts_in(spec))
    assert "groups.region.codes.1" in dict(own_texts_in(spec))
