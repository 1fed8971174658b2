"""Tests reasons in a YAML file: a text of the author, or a reason of the kit with the values that its words
need."""

from __future__ import annotations

import pytest

from fltoolkit.errors import SpecError
from fltoolkit.languages.reasons import Reason
from fltoolkit.publish.reliability import PublicationProfile
from fltoolkit.yaml_files.loading import build_model

RULE = {"flag": "unreliable", "column": "cases", "below": "15"}


def profile(reason: object) -> PublicationProfile:
    return build_model(
        {"name": "own", "title": "Own", "reliability": [{**RULE, "reason": reason}]},
        PublicationProfile,
        "own.yaml",
    )


def test_a_reason_is_a_text_or_one_of_the_kit() -> None:
    assert profile("our own words").reliability[0].reason == "our own words"
    assert profile({"code": "few_cases", "N": "15"}).reliability[0].reason == Reason.of(
        "reasons.few_cases", N=15
    )
    assert profile({"code": "cv", "N": "33.3"}).reliability[0].reason == Reason.of("reasons.cv", N=33.3)
    assert (
        profile({"code": "counted", "N": "5", "mark": "S"}).reliability[0].reason
        == "fewer than 5 persons counted (ILOSTAT's S)"
    )


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ({"code": "few_casses", "N": "15"}, "few_casses is no reason of the kit"),
        ({"N": "15"}, "is no reason of the kit"),
        ({"code": "few_cases"}, "needs the values N, not none"),
        ({"code": "few_cases", "N": "15", "M": "3"}, "needs the values N, not M, N"),
    ],
)
def test_a_reason_that_the_kit_cannot_word_is_named_with_its_place(reason: object, told: str) -> None:
    with pytest.raises(SpecError, match=rf"(?s)own\.yaml.*reliability.*{told}"):
        profile(reason)


def test_a_profile_is_written_as_words() -> None:
    assert '"reason":"fewer than 15 cases"' in profile({"code": "few_cases", "N": "15"}).model_dump_json()
