"""Tests several surveys on one axis: only those that measure the same, in alphabetical order, each with its flag."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import small_country as country

from fltoolkit.report.site.headlines_side_by_side import side_by_side


def headline(**facts: Any) -> dict[Any, Any]:
    return country.published().select("prevalence").iloc[0].to_dict() | facts


NOTHING = dict.fromkeys(("estimate", "ci_low", "ci_high"), float("nan"))


def picture(html: str) -> ElementTree.Element:
    (svg,) = re.findall(r"<svg.*?</svg>", html, re.S)
    return ElementTree.fromstring(svg)


def test_surveys_that_measure_the_same_share_an_axis_in_alphabetical_order() -> None:
    html = side_by_side([("Aland", headline()), ("Beland", headline(estimate=0.05, ci_low=0.03, ci_high=0.08))])
    svg = picture(html)
    first, second = (float(c.get("cx", 0)) for c in svg.iter("circle"))
    assert first > second
    words = [t.text for t in svg.iter("text")]
    assert words.index("Aland") < words.index("Beland")
    assert any(w and w.replace("\xa0", " ") == "50.0 (30.0 to 80.0)" for w in words)
    assert "this is no ranking" in html
    assert "Aland: 99.5" in svg.get("aria-label", "")


def test_another_rule_set_window_or_base_stands_apart_and_is_named() -> None:
    for told, facts in {
        "rule set": {"rule_set": "hts_2012"}, "window in months": {"reference_months": 60}, "base": {"reference_population_ages": "5 to 17"},
        "confidence level": {"level": 0.9}, "whether involuntary work and coercion are of the same work": {"same_work": "asked otherwise"},
    }.items():  # fmt: skip
        html = side_by_side([("Aland", headline()), ("Beland", headline(**facts)), ("Celand", headline())])
        assert len(list(picture(html).iter("circle"))) == 2
        assert f"since these differ: {told}. Apart: Beland (" in html


def test_a_hidden_headline_has_its_marker_and_an_unreliable_one_is_hollow() -> None:
    html = side_by_side([("Aland", headline(flag="unreliable")), ("Beland", headline(**NOTHING, flag="suppress", marker="c"))])
    (dot,) = picture(html).iter("circle")
    assert dot.get("fill") == "white"
    assert "[c]" in html
    assert "nan" not in html


def test_a_number_with_wide_bounds_is_a_range_with_a_grey_band_and_no_interval_of_its_low_end() -> None:
    wide = headline(estimate=0.05, ci_low=0.03, ci_high=0.08, bounds_note="wide bounds", bound_high=0.2)
    html = side_by_side([("Aland", headline()), ("Beland", wide)])
    svg = picture(html)
    assert len(list(svg.iter("rect"))) == 1
    assert "50.0 to 200.0" in [(t.text or "").replace("\xa0", " ") for t in svg.iter("text")]
    assert "Grey band: " in html
    assert "Grey band: " not in side_by_side([("Aland", headline()), ("Beland", headline())])


def test_one_survey_needs_no_picture() -> None:
    assert side_by_side([("Aland", headline())]) == ""


def test_a_title_is_letters() -> None:
    html = side_by_side([("<script>x</script>", headline()), ('"><b>', headline())])
    assert "<script>" not in html
    assert picture(html) is not None
