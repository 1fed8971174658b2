"""Tests that the caveats of a number stand where it is read first: on page 1 of the brief, on the slides and on the front page. They
stay whatever the words are: what is looked for is the sentence of the language file, by its key."""

from __future__ import annotations

import re
from typing import Any

import pytest
from odd_evidence import FIRST_PAGE, FRONT_PAGE, LANGUAGES, SLIDES, TO_VERIFY, text

from fltoolkit.languages.language import PLACE, Language

ALL = (FIRST_PAGE, SLIDES, FRONT_PAGE)
# The caveat, the evidence that needs it, and the keys of its words by document. A document that is left out does not say it yet.
CAVEATS: dict[str, tuple[str, dict[str, str]]] = {
    "a minimum, with its upper bound, where answers are unresolved": (
        "usual",
        dict.fromkeys(ALL, "unresolved.as_cases"),
    ),
    "a range where unresolved answers are many": ("wide bounds", dict.fromkeys(ALL, "sheet.range")),
    "who was not covered": (
        "usual",
        {FIRST_PAGE: "coverage", SLIDES: "coverage", FRONT_PAGE: "=Not reached: the homeless."},
    ),
    "the reference period, and that persons are counted at any time in it": (
        "usual",
        dict.fromkeys(ALL, "basis.window"),
    ),
    "the definition": ("usual", dict.fromkeys(ALL, "definitions.icls_2018")),
    "a departure from the guidelines": ("usual", dict.fromkeys(ALL, "basis.same_work_assumed")),
    "the interval": ("usual", dict.fromkeys(ALL, "doubt")),
    "few cases": (
        "few cases",
        {FIRST_PAGE: "sentence.width", SLIDES: "flags.caution", FRONT_PAGE: "flags.caution"},
    ),
    "[c] is not zero": (
        "hidden headline",
        {
            FIRST_PAGE: "markers.c",
            SLIDES: "markers.c",
            FRONT_PAGE: "=Numbers that could point to a person are not shown.",
        },
    ),
    "nobody found is not zero, with its upper limit": ("nobody found", dict.fromkeys(ALL, "sheet.nobody")),
    "no detectable change": ("unchanged", dict.fromkeys(ALL, "sheet.same")),
    "no detectable change is not no change": ("unchanged", dict.fromkeys(ALL, "contrasts.no_proof")),
    "not comparable with global estimates": (
        "usual",
        dict.fromkeys((FIRST_PAGE, SLIDES), "sentence.not_global"),
    ),
    "not caused by the plan": ("fell", dict.fromkeys(ALL, "sentence.no_cause")),
    "provisional": ("provisional", dict.fromkeys(ALL, "basis.to_verify")),
}


TRANSLATED = pytest.mark.thorough("each document in three languages")


def each() -> list[Any]:
    return [
        pytest.param(
            evidence,
            document,
            code,
            key,
            id=f"{caveat}, {document}, {code}",
            marks=() if code == "en" else TRANSLATED,
        )
        for caveat, (evidence, keys) in CAVEATS.items()
        for document, key in keys.items()
        for code in (LANGUAGES if document != FRONT_PAGE else ["en"])  # the front page is English
    ]


def pattern(language: Language, key: str) -> str:
    """Returns the pattern of a sentence with any values in its places. A text after `=` is the sentence itself."""
    template = key[1:] if key.startswith("=") else language.words[key]
    fixed = PLACE.split(template.replace("\xa0", " ").replace("\u202f", " "))[::2]
    return ".+?".join(re.escape(part) for part in fixed)


@pytest.mark.parametrize(("evidence", "document", "code", "key"), each())
def test_a_caveat_stands_where_the_number_is_read_first(
    evidence: str, document: str, code: str, key: str
) -> None:
    assert re.search(pattern(LANGUAGES[code], key), text(evidence, document, code), re.IGNORECASE)


def test_a_caveat_is_not_said_where_nothing_calls_for_it() -> None:
    for document in ALL:
        said = text("everybody reached", document, "en")
        for key in (
            "unresolved.as_cases",
            "coverage",
            "sheet.nobody",
            "sheet.same",
            "sentence.no_cause",
            "basis.to_verify",
        ):
            assert not re.search(pattern(LANGUAGES["en"], key), said), (document, key)


def test_what_is_to_be_verified_is_named() -> None:
    assert TO_VERIFY in text("provisional", SLIDES, "en")
