"""Tests that a wrong argument gives an error in the kit's words: what it is, what is allowed, and what to do.
Never in Python's own."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
import small_country as country

import fltoolkit as fl
from fltoolkit.errors import RequestError

PUBLISHED = {"estimate": 0.02, "ci_low": 0.01, "ci_high": 0.03}


@cache
def design() -> fl.SurveyDesign:
    table = country.persons()
    return fl.SurveyDesign(table.assign(case=table["INV"] == 1), weight="W", strata="S", psu="P")


@cache
def estimates() -> fl.Estimates:
    return fl.prevalence(design(), "case")


CALLS: dict[str, tuple[Callable[[Any], object], str]] = {
    "an earlier round": (lambda wrong: fl.change(wrong, estimates()), "change: before"),
    "a later round": (lambda wrong: fl.change(estimates(), wrong), "change: after"),
    "a published figure": (
        lambda wrong: fl.change_from_published(wrong, estimates()),
        "change_from_published: baseline",
    ),
    "a number of it": (
        lambda wrong: fl.change_from_published({**PUBLISHED, "estimate": wrong}, estimates()),
        "PublishedBaseline: estimate",
    ),
    "the round after it": (
        lambda wrong: fl.change_from_published(PUBLISHED, wrong),
        "change_from_published: after",
    ),
    "a design to rake": (lambda wrong: fl.rake(wrong, {"SEX": {"1": 10}}), "rake"),
    "a design with factors": (fl.g_weights, "g_weights"),
    "a design, for a share": (fl.prevalence, "prevalence"),
    "a design, for a number": (fl.total, "total"),
    "a design, for a mean": (lambda wrong: fl.mean(wrong, "AGE"), "mean"),
    "a design, for a test": (lambda wrong: fl.rao_scott(wrong, "SEX", "case"), "rao_scott"),
    "a design, for a model": (lambda wrong: fl.logit(wrong, "case ~ SEX"), "logit"),
    "a survey, for a stock": (fl.stock, "stock"),
    "a survey, for months": (fl.duration, "duration"),
    "a survey to classify": (fl.classify, "classify"),
    "a survey to check": (fl.check, "check"),
    "a survey to publish": (fl.publish_run, "publish_run"),
    "what to stack": (lambda wrong: fl.stack(wrong, "round"), "stack: parts"),
    "a part of it": (lambda wrong: fl.stack({"first": wrong}, "round"), "stack: parts: first"),
}


@pytest.mark.parametrize(("call", "where"), CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("wrong", [None, [1, 2]], ids=["None", "a list"])
def test_an_argument_of_another_kind_is_told_in_the_kits_words(
    call: Callable[[Any], object], where: str, wrong: Any
) -> None:
    with pytest.raises(RequestError) as error:
        call(wrong)
    told = error.value
    assert told.message.startswith(f"{where}: ")
    assert told.problem == "this value is not allowed here"
    assert told.found == ("None" if wrong is None else "list [1, 2]")
    assert told.allowed
    assert told.do


@pytest.mark.parametrize("wrong", [None, [1, 2]], ids=["None", "a list"])
def test_categories_of_a_margin_that_are_no_mapping_are_told(wrong: Any) -> None:
    with pytest.raises(RequestError, match="benchmarks: margin SEX: this value is not allowed here") as error:
        fl.rake(design(), {"SEX": wrong})
    assert error.value.found == type(wrong).__name__


def test_a_breakdown_that_is_no_name_is_told() -> None:
    with pytest.raises(
        RequestError, match=r"prevalence: by: this value is not allowed here\n  found:   int 3"
    ):
        fl.prevalence(design(), "case", by=3)  # type: ignore[arg-type]


def test_a_published_figure_without_its_interval_is_told() -> None:
    with pytest.raises(RequestError, match=r"needs estimate, ci_low, ci_high\n  found:   no ci_low, ci_high"):
        fl.change_from_published({"estimate": 0.02}, estimates())


def test_a_long_list_of_what_is_allowed_starts_with_what_looks_most_like_the_word_found() -> None:
    error = RequestError(
        "no such column", found="regoin", allowed=[*(f"item_{i}" for i in range(30)), "sex", "region"]
    )
    assert "allowed: region, " in str(error)
    assert "… (32 in all)" in str(error)
    assert "allowed: sex, region" in str(
        RequestError("no such column", found="regoin", allowed=["sex", "region"])
    )
