"""Tests the list of texts that lack a language of the documents, each with its key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import small_country as country
import yaml
from handed import EN, ES, FR

from fltoolkit.languages.collected_texts import OwnWords, own_words
from fltoolkit.languages.translations import lacking, lacking_in_each, without_translation
from fltoolkit.survey.spec.survey_spec import read_spec


def test_what_lacks_a_language_is_listed_with_its_key(tmp_path: Path) -> None:
    codes = {1: {"en": "the North", "fr": "le Nord"}, 2: "the South", 3: "rural"}
    given: dict[str, Any] = {
        "title": {"en": "Survey", "fr": "Enquête"}, "coverage_excludes": [], "tables": [],
        "groups": {"region": {"column": "R", "codes": codes}},
        "populations": {"all": {"label": "all of us", "age": {"min": 18}}},
    }  # fmt: skip
    path = tmp_path / "survey.yaml"
    path.write_text(
        yaml.safe_dump(country.changed(country.SURVEY, **given), allow_unicode=True, sort_keys=False), "utf-8"
    )
    found = own_words("survey.yaml", read_spec(path))
    assert lacking(found, EN) == []
    assert set(lacking(found, FR)) == {
        ("survey.yaml", key)
        for key in (
            "round",
            "reference_period.text",
            "populations.all.label",
            "groups.region.codes.2",
            "groups.region.codes.3",
        )
    }
    assert len(lacking(found, ES)) == 7
    assert without_translation(lacking_in_each(OwnWords(), ["fr"])) == ()
    told = without_translation(lacking_in_each(found, ["en", "fr"]))
    assert told == (
        (
            "5 texts have no French. survey.yaml: round, reference_period.text, populations.all.label, "
            "groups (2)."
        ),
    )
