"""Tests the publication of a single table: what may be added to a set, what is refused, and how domains and
own outcomes are distinguished.

The attacks are in tests/publish/attacks/test_tables_beside_a_run.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import fltoolkit as fl
from fltoolkit.errors import PublicationError, RequestError

RURAL = {"area": "rural"}


@pytest.fixture(scope="module")
def rural(norvia: fl.ClassifiedSurvey) -> fl.Published:
    return fl.publish(fl.prevalence(norvia, by=[[], ["sex"]], where=RURAL))


def test_a_domain_is_named_in_the_population_and_printed_as_a_cell(
    rural: fl.Published, norvia: fl.ClassifiedSurvey
) -> None:
    table = rural.table
    assert set(table["reference_population"]) == {"adults (area: rural)"}
    assert set(table["reference_population_label"]) == {"persons aged 18 and over (area: rural)"}
    assert set(table["domain"]) == {"area: rural"}
    whole, exact = table.iloc[0], rural.exact.iloc[0]
    assert whole["cases_class"] == "30–49"  # of everybody the number would stand here
    assert whole["n"] % 10 == 0
    persons = round(exact["estimate"] * exact["population"] / whole["rounding"]) * whole["rounding"]
    assert whole["estimate"] == round(persons / whole["population"], 4)  # half a step is 0.2 per 1,000
    assert "domain" not in fl.publish(fl.prevalence(norvia)).table


def test_rows_that_the_set_has_are_not_added_again(rural: fl.Published, norvia: fl.ClassifiedSurvey) -> None:
    again = fl.publish(fl.prevalence(norvia, by=[["sex"], ["age_group"]], where=RURAL), beside=rural)
    more = again.table.iloc[len(rural.table) :]
    assert set(more["breakdown"]) == {"age_group"}
    assert not again.table.duplicated(["measure", "reference_population", "breakdown", "category"]).any()
    assert set(again.table["sex"]) == {"total", "men", "women"}
    assert (more["sex"] == "total").all()


def test_an_outcome_of_ones_own_is_not_among_the_rows_of_forced_labour(
    rural: fl.Published, norvia: fl.ClassifiedSurvey
) -> None:
    asked = fl.outcome(norvia, "debt_bondage")
    both = fl.publish(fl.prevalence(asked, "debt_bondage", by="sex", where=RURAL), beside=rural)
    assert both.outcomes == {"debt_bondage": "answered yes to debt_bondage; not forced labour"}
    population = "adults (area: rural)"
    assert set(both.select("prevalence", "sex", population=population)["outcome"]) == {"forced_labour"}
    own = both.select("prevalence", "sex", population=population, outcome="debt_bondage")
    assert set(own["rule_note"]) == {"answered yes to debt_bondage; not forced labour"}
    assert "debt_bondage" not in set(both.own["outcome"])
    alone = fl.publish(fl.prevalence(asked, "debt_bondage"))
    with pytest.raises(RequestError, match="outcome='debt_bondage'"):
        alone.select("prevalence")


def _other_rules(norvia: fl.ClassifiedSurvey) -> fl.Estimates:
    return fl.prevalence(fl.classify(norvia.unclassified, "hts_2012"))


def _other_weights(norvia: fl.ClassifiedSurvey) -> fl.Estimates:
    return fl.prevalence(fl.poststratify(norvia, {("sex",): {"men": 200_000, "women": 200_000}}))


WRONG: dict[str, tuple[Callable[[fl.ClassifiedSurvey], fl.Estimates], type[Exception], str]] = {
    "rules": (_other_rules, PublicationError, "another rule set"),
    "weights": (_other_weights, PublicationError, "other weights"),
    "side": (lambda p: fl.prevalence(p, "coercion"), RequestError, "fl.outcome"),
    "quantile": (fl.quantile, PublicationError, "answer of single persons"),
    "flowchart": (lambda p: fl.flowchart(p, where=RURAL), PublicationError, "flowchart of a domain"),
    "profile_of_a_domain": (lambda p: fl.profile(p, where=RURAL), PublicationError, "profile of a domain"),
    "step": (lambda p: fl.share(p, "step", by="sex"), RequestError, "by groups of survey.yaml(.|\n)*step"),
    "answer": (lambda p: fl.total(p, by="coercion"), RequestError, "by groups of survey.yaml(.|\n)*coercion"),
    "profile": (fl.profile, PublicationError, "add it to `tables:` of survey.yaml"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_stand_beside_a_set_is_refused(
    name: str, rural: fl.Published, norvia: fl.ClassifiedSurvey
) -> None:
    make, error, words = WRONG[name]
    with pytest.raises(error, match=words):
        fl.publish(make(norvia), beside=rural)


def test_a_set_of_another_survey_is_refused(rural: fl.Published, small: Any) -> None:
    persons = small([("case" if i % 3 else "not", {}) for i in range(30)])
    with pytest.raises(RequestError, match="another survey"):
        fl.publish(fl.prevalence(persons), beside=rural)


def test_the_profile_is_that_of_the_set(rural: fl.Published, norvia: fl.ClassifiedSurvey) -> None:
    with pytest.raises(RequestError, match="judged by the profile of the set"):
        fl.publish(fl.prevalence(norvia), beside=rural, profile="ilo")


def test_groups_and_outcomes_of_the_set_must_be_there(norvia: fl.ClassifiedSurvey) -> None:
    grouped = fl.derive(norvia, "own", of="WK_OWN", codes={1: "yes", 2: "no"}, missing=[8, 9])
    with pytest.raises(RequestError, match="groups that these persons do not have"):
        fl.publish(fl.prevalence(norvia), beside=fl.publish(fl.prevalence(grouped, by="own")))
    asked = fl.outcome(norvia, "debt_bondage")
    with pytest.raises(RequestError, match="outcomes that these persons do not have"):
        fl.publish(fl.prevalence(norvia), beside=fl.publish(fl.prevalence(asked, "debt_bondage")))


def test_a_mean_of_cases_and_a_ratio_are_not_published(
    norvia: fl.ClassifiedSurvey, rural: fl.Published
) -> None:
    """Before, a mean of forced labour showed regions of 1 to 4 cases: the limits counted all who answered."""
    for est in (
        fl.mean(norvia, "forced_labour", by="region"),
        fl.ratio(norvia, "forced_labour", "involuntary"),
    ):
        for beside in (None, rural):
            with pytest.raises(PublicationError, match="may rest on few cases"):
                fl.publish(est, beside=beside)
