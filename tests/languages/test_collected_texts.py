"""Tests how documents in each language use the texts of a survey and a plan: as given, translated by the kit,
or marked and listed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import small_country as country
import yaml
from handed import EN, ES, FR

import fltoolkit as fl
from fltoolkit.languages.collected_texts import OwnWords, own_words
from fltoolkit.languages.marked_text import mark, starred
from fltoolkit.languages.reasons import Reason, crossed_categories, group_name
from fltoolkit.languages.translations import lacking
from fltoolkit.survey.spec.survey_spec import read_spec


def words(folder: Path, **keys: Any) -> OwnWords:
    path = folder / "survey.yaml"
    path.write_text(
        yaml.safe_dump(
            country.changed(country.SURVEY, tables=[], **keys), allow_unicode=True, sort_keys=False
        ),
        "utf-8",
    )
    spec = read_spec(path)
    return own_words("survey.yaml", spec, spec.group_labels)


def groups(**more: Any) -> dict[str, Any]:
    codes = {1: {"en": "the North", "fr": "le Nord"}, 2: "the South", 3: "rural"}
    return {"region": {"column": "R", "codes": codes, **more}}


def test_a_label_is_said_in_a_documents_language_or_marked(tmp_path: Path) -> None:
    told = FR.about(words(tmp_path, groups=groups()))
    assert told.kit("the North") == "le Nord"
    assert told.kit("the South") == told.own("the South") == mark("the South", "en")
    assert told.kit("rural") == mark("rural", "en")  # `classification: area` gives the kit's own word
    assert told.kit(crossed_categories(["the North", "the South"])) == f"le Nord × {mark('the South', 'en')}"
    assert told.kit("somebody else's words") == told.own("somebody else's words") == "somebody else's words"
    assert told.with_stars().own("the South") == "the South*" == starred(mark("the South", "en"))
    assert FR.kit("the North") == "the North"  # of another document


def test_a_label_within_a_sentence_of_the_kit_is_said_as_well(tmp_path: Path) -> None:
    found = words(tmp_path, groups=groups(label={"en": "part of the country", "fr": "partie du pays"}))
    cut = Reason.of("plan.of.cut", group=group_name("region"), category="the North", N=50, M="2030")
    assert FR.about(found).kit(cut) == "pour le Nord (partie du pays), une baisse de 50\u202f% d’ici à 2030"
    assert EN.about(found).kit(cut) == "for the North (part of the country), a cut of 50% by 2030"


def test_english_documents_of_a_french_survey_are_english(tmp_path: Path) -> None:
    keys: dict[str, Any] = {
        "language": "fr",
        "groups": {"region": {"column": "R", "codes": {1: {"fr": "Nord", "en": "North"}, 2: "Sud"}}},
    }
    told = EN.about(words(tmp_path, **keys))
    assert (told.kit("Nord"), told.kit("Sud")) == ("North", mark("Sud", "fr"))
    assert told.kit("adults") == mark("adults", "fr")  # a file that calls itself French is taken at its word


def test_a_group_goes_by_its_own_label(tmp_path: Path) -> None:
    own = words(
        tmp_path,
        groups={**groups(label="part"), "mother_tongue": {"column": "SEX", "codes": {1: "a", 2: "b"}}},
    )
    told = FR.about(own)
    assert told.group("region") == mark("part", "en")
    assert told.by_group("region") == f"«\u202f{mark('part', 'en')}\u202f»"
    assert told.group("mother_tongue") == mark("mother tongue", "en")
    assert FR.about(words(tmp_path)).group("region") == "région"
    assert FR.about(words(tmp_path)).by_group("region") == "la région"


def test_a_country_is_a_name_unless_the_file_says_more(tmp_path: Path) -> None:
    assert FR.about(words(tmp_path)).own("Smallland") == "Smallland"
    named = words(tmp_path, country={"en": "Smallland", "fr": "Petitpays"})
    assert (FR.about(named).own("Smallland"), ES.about(named).own("Smallland")) == (
        "Petitpays",
        mark("Smallland", "en"),
    )


def test_one_translation_serves_a_text_of_both_files(tmp_path: Path) -> None:
    plan = tmp_path / "nap.yaml"
    plan.write_text(
        yaml.safe_dump({**country.PLAN, "goal": {"en": "the South", "fr": "le Sud"}}, sort_keys=False),
        "utf-8",
    )
    both = words(tmp_path, groups=groups()) | own_words("nap.yaml", fl.read_plan(plan))
    assert FR.about(both).own("the South") == "le Sud"
    assert ("survey.yaml", "groups.region.codes.2") not in lacking(both, FR)
