"""Tests numbers in the words of any language: scaled, rounded, with their flag and marker."""

from __future__ import annotations

import re

import pytest
import small_country as country
from handed import EN, ES, FR
from published_rows import plain, row

from fltoolkit.estimate.change_over_time.unresolved_excess import WIDE_BOUNDS
from fltoolkit.languages.language import Language
from fltoolkit.languages.reasons import Reason, item_names, joined_reasons
from fltoolkit.publish.publication_profiles import shipped_publication_profiles
from fltoolkit.publish.reliability import load_publication_profile
from fltoolkit.show.wording import number_words


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.5, "50%"), (0.045, "4.5%"), (0.02, "2%"), (0.955, "95.5%"), (1.0, "100%"), (0.0, "0%")],
)
def test_percent(share: float, said: str) -> None:
    assert number_words.percent(EN, share) == said


def test_a_number_in_its_unit_and_one_in_its_own_scale_are_the_same() -> None:
    assert (
        number_words.number(FR, 0.0172, "prevalence")
        == number_words.in_unit(FR, 17.2, "prevalence")
        == "17,2"
    )
    assert number_words.number(EN, float("nan"), "total") == number_words.percent(EN, float("nan")) == ""


def test_a_number_with_wide_bounds_is_a_range_and_its_interval_reaches_from_the_low_to_the_high_end() -> None:
    wide = row(bounds_note=WIDE_BOUNDS, bound_high=0.05, bound_ci_high=0.058)
    assert plain(number_words.shown(EN, wide)) == "20.0 to 50.0"
    assert plain(number_words.shown(FR, wide)) == "20,0 à 50,0"
    assert plain(number_words.doubt(EN, wide)) == "95% interval with unresolved persons: 15.0 to 58.0"
    assert plain(number_words.shown(EN, row(bound_high=0.05))) == "20.0"
    assert plain(number_words.doubt(EN, row(bound_high=0.05))) == "95% interval: 15.0 to 26.0"
    assert number_words.doubt(EN, row(ci_low=float("nan"))) == ""
    assert number_words.shown(EN, wide | {"estimate": float("nan"), "marker": "c"}) == "[c]"


def test_labels_of_two_groups_that_share_a_name_say_whose() -> None:
    rows = country.published().select("prevalence", [["age_group"], ["region"]])
    assert {"not stated (age group)", "not stated (region)"} <= set(number_words.labels(EN, rows))
    assert "non déclaré (région)" in number_words.labels(FR, rows)


def test_remarks_are_the_reasons_of_a_flag_but_not_what_the_marker_says() -> None:
    south = (
        country.published().select("prevalence", ["region"]).query("category == 'south'").iloc[0].to_dict()
    )
    assert (number_words.remarks(EN, south), number_words.flag_reasons(EN, south)) == (
        (),
        ("fewer than 15 cases",),
    )
    assert number_words.flag_reasons(FR, south) == ("moins de 15 cas",)
    careful = {**south, "marker": "", "flag": "caution"}
    assert number_words.flag_reasons(EN, careful) == ("fewer than 15 cases",)
    assert number_words.flag_reasons(EN, {**careful, "flag": "review"}) == ()
    assert number_words.remarks(EN, {**careful, "flag": "review"}) == ("to be reviewed: fewer than 15 cases",)
    assert number_words.remarks(EN, {**careful, "marker": "w", "flag": "review"}) == ()
    both = joined_reasons([south["reason"], Reason.of("whom.more", N=50)])
    assert number_words.flag_reasons(EN, {**careful, "reason": both}) == (
        "fewer than 15 cases",
        "50 and more",
    )
    assert not any(number_words.remarks(EN, {"reason": "", "flag": "", "bounds_note": float("nan")}))


def test_the_kits_own_names_are_words_and_rule_sets_keep_their_name() -> None:
    moved = Reason.of("reasons.beyond", rules="icls_2018", items=item_names(["debt_bondage"]))
    assert number_words.reason(EN, moved).endswith(
        "of the 2018 international definition, where the following are on the other side: debt bondage"
    )
    assert (
        number_words.reason(FR, Reason.of("reasons.idle", items=item_names(["debt_bondage"]))).count(
            "servitude pour dettes"
        )
        == 1
    )


@pytest.mark.parametrize(
    ("language", "phrase"),
    [
        (EN, r"(logarithmic )?coefficient of variation above \d+(\.\d)?%"),
        (FR, r"coefficient de variation (logarithmique )?supérieur à \d+(,\d)?\u202f%"),
    ],
)
def test_every_profiles_rule_on_a_coefficient_of_variation_is_one_phrase_that_no_line_breaks(
    language: Language, phrase: str
) -> None:
    rules = [
        rule
        for name in shipped_publication_profiles()
        for rule in load_publication_profile(name).reliability
        if rule.column in ("cv", "log_cv")
    ]
    assert len(rules) > 5
    assert [
        r.reason for r in rules if not re.fullmatch(phrase, number_words.reason(language, r.reason))
    ] == []
    limits = [round(100 * (r.above or 0), 1) for r in rules]  # what is said is what is asked
    assert [
        float(re.findall(r"[\d,.]+", number_words.reason(language, r.reason))[0].replace(",", "."))
        for r in rules
    ] == limits


def test_a_marker_is_explained_where_it_is_used_and_only_there() -> None:
    assert (
        number_words.markers(EN, ["", "c", "u", "c", None])
        == "[c]\xa0hidden to protect people, whether high or low; [u]\xa0unreliable"
    )
    assert number_words.markers(EN, [""]) == ""


def test_the_kits_words_for_sex_have_an_article_in_a_sentence_and_a_surveys_own_words_quotation_marks() -> (
    None
):
    women = Reason.of("categories.women")
    assert [number_words.whom(language, women) for language in (EN, FR, ES)] == [
        "women",
        "les femmes",
        "las mujeres",
    ]
    assert [number_words.whom(language, "north") for language in (EN, FR, ES)] == [
        "north",
        "«\u202fnorth\u202f»",
        "«north»",
    ]
    assert number_words.whom(EN, "women and girls") == "women and girls"
    assert number_words.whom(FR, Reason.of("categories.urban")) == "«\u202furbain\u202f»"
