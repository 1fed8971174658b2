"""Tests the words of the documents: each language has every text, fills the placeholders with text that stays
text, and contains no English."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
import yaml
from handed import EN, ES, FR, evidence

import fltoolkit as fl
from fltoolkit.errors import RequestError, SpecError
from fltoolkit.estimate.change_over_time.comparability import FACTS, fact_in_words
from fltoolkit.estimate.change_over_time.difference import (
    COVERS_ZERO,
    DECREASED,
    INCREASED,
    NO_CHANGE,
    NO_DF,
    NOT_COMPARABLE,
    NOT_TOLD,
    TOO_FEW,
    TOO_UNLIKE,
)
from fltoolkit.estimate.change_over_time.unresolved_excess import (
    MORE_UNRESOLVED,
    UNRESOLVED_NOT_STATED,
    WIDE_EARLIER,
    WIDE_IN_BOTH,
    WIDE_LATER,
)
from fltoolkit.languages import word_files
from fltoolkit.languages.language import PLACE, Language, read_language
from fltoolkit.languages.reasons import Reason, crossed_names, group_name, joined_reasons
from fltoolkit.languages.word_files import WORDS
from fltoolkit.nap.global_estimates import references
from fltoolkit.publish.disclosure.suppression import breakdown_of
from fltoolkit.publish.publication_profiles import shipped_publication_profiles
from fltoolkit.publish.published_set import CONFIDENTIAL
from fltoolkit.publish.reliability import load_publication_profile
from fltoolkit.report.document_formats.html_writer import as_html
from fltoolkit.report.documents.evidence_brief import evidence_brief
from fltoolkit.survey.classifications.standards import standard

COARSE = Reason.of("reasons.coarse", what=breakdown_of(crossed_names(["region"]), "adults"))
OF_ROUNDS = [
    DECREASED,
    INCREASED,
    NO_CHANGE,
    NOT_COMPARABLE,
    COVERS_ZERO,
    TOO_FEW,
    NO_DF,
    TOO_UNLIKE,
    NOT_TOLD,
    MORE_UNRESOLVED,
    UNRESOLVED_NOT_STATED,
    WIDE_IN_BOTH,
    WIDE_EARLIER,
    WIDE_LATER,
    Reason.of("rounds.overlap", N=36.0, M=60),
    *(Reason.of("rounds.changed", fact=fact_in_words(name), old="x", new="y") for name in FACTS),
    Reason.of(
        "rounds.withheld",
        reason=joined_reasons(
            [
                Reason.of("rounds.before", reason=Reason.of("reasons.few_cases", N=15)),
                Reason.of("rounds.after", reason=Reason.of("reasons.few_cases", N=30)),
            ]
        ),
    ),
]
OF_WOMEN = Reason.of(
    "plan.of.cut", group=group_name("gender"), category=Reason.of("categories.women"), N=25.0, M="2030"
)
NO_RATE = joined_reasons(
    [
        Reason.of("reasons.no_rate", group=group_name("sector")),
        Reason.of("reasons.see_number", group=group_name("sector")),
    ]
)
OF_TARGETS = [
    joined_reasons(
        [
            Reason.of("plan.chance_low", who="women", N=2394, M=21, K=80, L=12345),
            Reason.of("plan.no_survey", N="2029"),
        ]
    ),
    joined_reasons([Reason.of("plan.overlap", N="2030"), Reason.of("plan.inside")]),
    Reason.of("plan.hidden", reason=CONFIDENTIAL),
    NO_RATE,
    Reason.of("reasons.no_group", group=group_name("nationality")),
    Reason.of("smart.unverified", target=OF_WOMEN, reason=Reason.of("plan.not_below")),
]


LOADER, DUMPER = (
    getattr(yaml, "CSafeLoader", yaml.SafeLoader),
    getattr(yaml, "CSafeDumper", yaml.SafeDumper),
)  # C is ten times faster
OTHERS = pytest.mark.parametrize("told", [FR, ES], ids=["fr", "es"])


@pytest.fixture
def own_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of words with English in it, to which a test adds a language."""
    for path in english_files(WORDS):
        there = tmp_path / path.relative_to(WORDS)
        there.parent.mkdir(exist_ok=True)
        there.write_text(path.read_text("utf-8"), "utf-8")
    monkeypatch.setattr(word_files, "WORDS", tmp_path)
    read_language.cache_clear()
    yield tmp_path
    read_language.cache_clear()


def english_files(folder: Path) -> list[Path]:
    """The files of English: its own, and those in the folders beside it."""
    return [folder / "en.yaml", *sorted(folder.glob("*/en.yaml"))]


def shouting(node: object) -> object:
    """Words in a language of their own: each sentence between marks, its placeholders as they are."""
    if isinstance(node, dict):
        return {k: v if k == "format" else shouting(v) for k, v in node.items()}
    return [shouting(v) for v in node] if isinstance(node, list) else f"¡{node}!"


def all_words(folder: Path) -> dict[str, Any]:
    """English as it is shipped, from all of its files."""
    return reduce(merged, (yaml.load(path.read_text("utf-8"), LOADER) for path in english_files(folder)))


def merged(one: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """The words of two files: what stands below a key in both of them is put together."""
    both = {key: merged(one[key], more[key]) for key in one.keys() & more.keys()}
    return {**one, **more, **both}


def write(folder: Path, code: str, words: object) -> None:
    (folder / f"{code}.yaml").write_text(
        yaml.dump(words, Dumper=DUMPER, sort_keys=False, allow_unicode=True), "utf-8"
    )


@pytest.fixture(scope="module")
def found() -> fl.Evidence:
    """Of a plan whose languages are all there when it is read."""
    return evidence()


def test_another_language_is_one_file(found: fl.Evidence, own_words: Path) -> None:
    write(own_words, "toy", shouting(all_words(own_words)))
    page = as_html(evidence_brief(found, read_language("toy")))
    assert '<html lang="toy">' in page
    assert "¡Forced labour in Smallland: what the survey of 2025 found!" in page
    told = re.sub(r"<style>.*?</style>|<[^>]*>", " ", page, flags=re.DOTALL)
    assert f"¡{EN.say('brief.numbers')}!" in told


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda w: w["brief"].pop("title"), r"xx\.yaml: keys are missing\n.*brief\.title"),
        (lambda w: w["brief"].update(titel="x"), r"xx\.yaml: keys are unknown\n.*brief\.titel"),
        (lambda w: w["brief"].update(title="{land}"), r"xx\.yaml: placeholders differ .*\n.*brief\.title"),
    ],
)
def test_a_file_that_does_not_say_everything_is_named_with_the_key(
    own_words: Path, change: object, told: str
) -> None:
    words = all_words(own_words)
    change(words)  # type: ignore[operator]
    write(own_words, "xx", words)
    with pytest.raises(SpecError, match=told):
        read_language("xx")


def test_a_language_without_a_file_is_refused_with_those_there_are() -> None:
    with pytest.raises(SpecError, match="en, es, fr"):
        read_language("../fr")


def test_what_is_put_in_a_placeholder_is_never_read_again() -> None:
    assert EN.say("by", group="{group} {0} {{7*7}}%s") == "by {group} {0} {{7*7}}%s"
    with pytest.raises(SpecError, match="by"):
        EN.say("by")


@OTHERS
def test_each_language_has_every_sentence_of_its_own(told: Language) -> None:
    same = {k for k, v in EN.words.items() if told.words[k] == v and re.search(r"[a-z]{4}", PLACE.sub("", v))}
    assert {k.partition(".")[0] for k in same} <= {
        "groups",
        "kit",
        "columns",
        "chapters",
        "checklists",
        "workbook",
    }  # region, districts, Construction, 5. Coordination
    assert not [k for k in same if len(told.words[k]) > 16]


@OTHERS
def test_numbers_as_french_and_spanish_have_them(told: Language) -> None:
    assert told.number("6,290") == "6\u202f290"
    assert told.number("17.2") == "17,2"
    assert (told.number("-1,290.5"), told.number("1e+06"), told.number("")) == ("−1\u202f290,5", "1e+06", "")


@OTHERS
def test_a_number_is_put_in_its_language_only_once(told: Language) -> None:
    with pytest.raises(RequestError, match="not a number written in the English way"):
        told.number(told.number("17.2"))
    with pytest.raises(RequestError, match="not a number written in the English way"):
        told.number(told.number("6,290"))


@OTHERS
def test_a_percentage_and_its_number_stand_on_one_line(told: Language) -> None:
    assert [key for key, text in told.words.items() if re.search(r"[\d}] %", text)] == []


def test_french_is_set_as_a_printer_sets_it() -> None:
    """Typographic apostrophes; a narrow space before : ; ? ! and %, and within « »; YAML keys and signs in a
    list stand as they are."""
    as_written = re.compile(r"`[^`]*`|, \? ")
    words = {
        key: as_written.sub("", text) for key, text in FR.words.items() if not key.startswith("language")
    }
    assert [key for key, text in words.items() if re.search(r"\w'\w|'", text)] == []
    assert [
        key
        for key, text in words.items()
        if re.search(r"(?<!\u202f)[:;?!%»]", PLACE.sub("x", text).lstrip("%"))
    ] == []
    assert [key for key, text in words.items() if re.search(r"«(?!\u202f)", text)] == []


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (EN, "Prevalence of forced labour by sex, region and status in employment"),
        (FR, "Prévalence du travail forcé selon le sexe, la région et le statut d’emploi"),
        (ES, "Prevalencia del trabajo forzoso, por sexo, región y situación en el empleo"),
    ],
    ids=["en", "fr", "es"],
)
def test_a_breakdown_is_named_as_grammar_has_it(told: Language, expected: str) -> None:
    groups = told.join(map(told.by_group, ("sex", "region", "status")))
    assert told.say("charts.by", title=told.say("titles.prevalence"), groups=groups) == expected


def test_every_group_that_the_kit_names_can_follow_by() -> None:
    named = {key.partition(".")[2] for key in EN.words if key.startswith("groups.")}
    assert named | {"own"} == {key.partition(".")[2] for key in EN.words if key.startswith("by_groups.")}


def test_spanish_opens_what_it_closes_and_names_forced_labour_as_the_ilo_does() -> None:
    assert [
        k for k, v in ES.words.items() if (v.count("¿"), v.count("¡")) != (v.count("?"), v.count("!"))
    ] == []
    assert [k for k, v in ES.words.items() if re.search(r"trabajos? forzad|labor(es)? forzad", v)] == []
    assert [k for k, v in ES.words.items() if re.search(r"\d\.\d{3}|\d,\d{3}| ;| :", v)] == []


def test_only_a_sum_of_both_says_children_of_both_sexes() -> None:
    said = {key: ES.words[f"kit.categories.{key}"] for key in ("men", "women", "men_boys", "women_girls")}
    assert said == {
        "men": "hombres",
        "women": "mujeres",
        "men_boys": "hombres y niños",
        "women_girls": "mujeres y niñas",
    }


@OTHERS
@pytest.mark.parametrize("name", shipped_publication_profiles())
def test_every_reason_of_every_profile_is_told_in_each_language(name: str, told: Language) -> None:
    reasons = [rule.reason for rule in load_publication_profile(name).reliability]
    assert [r for r in reasons if english(told.kit(r), str(r))] == []
    assert not english(told.kit(joined_reasons(reasons)), *map(str, reasons))


@OTHERS
@pytest.mark.parametrize("text", [*OF_ROUNDS, *OF_TARGETS, CONFIDENTIAL, COARSE])
def test_what_the_kit_says_of_rounds_and_targets_is_told_in_each_language(
    text: Reason, told: Language
) -> None:
    assert not english(told.kit(text), str(text))


@OTHERS
def test_every_category_of_the_standards_is_told_in_each_language(told: Language) -> None:
    words = {c.words for codes in standard().classifications.values() for c in codes.values()} | set(
        standard().ilo_aggregates.values()
    )
    labels = [Reason.of(key) for key in words]
    same = {str(label) for label in labels if told.kit(label) == str(label)}
    assert same <= {"rural", "Construction", "Agriculture"}
    figures = references()
    assert [place for place in figures["place"].unique() if english(told.kit(place), str(place))] == []
    assert [unit for unit in figures["unit"].unique() if english(told.kit(unit), str(unit))] == []
    assert not english(told.kit(figures["why"].iloc[0]), str(figures["why"].iloc[0]))


@OTHERS
def test_a_surveys_own_labels_stay_as_they_are(told: Language) -> None:
    for label in (
        "Littoral",
        "the homeless; citizens abroad",
        "before noon",
        "people of the hills, by the sea",
        "1, 2",
        "men",
        "fewer than 15 cases",
        "Agriculture",
    ):
        assert told.kit(label) == label


def english(told: str, *texts: str) -> bool:
    """Whether anything is left as it was, or an English word that no French and no Spanish has."""
    return any(t in told for t in texts) or bool(
        re.search(r"\b(the|of|than|with|after|before|cases|and|is|by)\b", told)
    )


def test_every_sentence_that_the_code_asks_for_by_name_is_there() -> None:
    """A key that is missing would be found only by who comes to that sentence."""
    english = read_language("en")
    lists = {key.rpartition(".")[0] for key in english.words}
    for path in sorted(Path(fl.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("say", "each")
                and node.args
            ):
                known = english.words if node.func.attr == "say" else lists
                asked = node.args[0].value if isinstance(node.args[0], ast.Constant) else None
                assert asked is None or asked in known or " " in asked or "." not in asked, f"{path}: {asked}"
