"""Tests the notes below a chart: the population, the published number of persons asked, the survey, and the
meaning of signs and markers."""

from __future__ import annotations

import pandas as pd
from handed import EN, FR
from published_rows import HIDDEN, of, published, row

from fltoolkit.show.charts.descriptions.chart_notes import (
    chart_base,
    glyph,
    markers,
    on_definitions,
    signs,
    source,
    unshown,
    withheld,
)
from fltoolkit.show.charts.descriptions.chart_parts import Glyph, Mark

NAN = float("nan")


def test_a_number_has_the_sign_of_its_reliability() -> None:
    assert glyph(row()) is Glyph.MEASURED
    assert glyph(row(flag="caution")) is Glyph.MEASURED
    assert glyph(row(flag="unreliable", marker="u")) is Glyph.UNRELIABLE
    assert glyph(row(flag="review", marker="w", estimate=0.0)) is Glyph.NONE_FOUND


def test_only_the_signs_that_a_chart_has_are_explained() -> None:
    def nonempty(*glyphs: Glyph) -> list[str]:
        return signs(EN, [Mark(1.0, NAN, NAN, g, "") for g in glyphs])

    assert nonempty(Glyph.MEASURED) == []
    assert nonempty(Glyph.UNRELIABLE, Glyph.MEASURED) == ["Hollow, [u]: unreliable."]
    assert "ends at the upper limit" in nonempty(Glyph.NONE_FOUND)[0]
    assert "not measured" in nonempty(Glyph.PLANNED)[0]


def test_a_number_that_is_too_unreliable_has_its_reason_below_and_no_sign_of_a_hollow_dot() -> None:
    few = {
        "estimate": NAN,
        "flag": "suppress",
        "marker": "u",
        "reason": "fewer than 30 persons in the denominator",
    }
    rows = pd.DataFrame(
        [row(), of("sex", "men", **few), of("sex", "women", **few), of("area", "rural", **HIDDEN)]
    )
    assert withheld(EN, rows) == ["Men and women: fewer than 30 persons in the denominator."]
    assert withheld(EN, rows.head(1)) == []
    assert (unshown(EN, "u"), unshown(FR, "u")) == (
        "too unreliable to be shown",
        "trop peu fiable pour être diffusé",
    )
    assert unshown(EN, "c") == "[c] not shown"


def test_markers_that_the_chart_itself_explains_are_not_explained_again() -> None:
    assert markers(EN, ["", "u", "c", "w", "x"]) == ""
    assert markers(EN, ["", "low", "low"]) == "[low]\xa0rounds to zero."


def test_the_base_is_the_published_number_of_persons_who_answered() -> None:
    out = published(row(n=4782.0), of("sex", "men", n=2360.0))
    (first,) = out.select("prevalence", ["sex"]).to_dict("records")
    assert chart_base(out, first, EN) == "4,782 answered."
    assert chart_base(out, first, FR) == "4\u202f782 ont répondu."


def test_the_base_of_a_share_names_its_cases_and_a_hidden_base_no_number() -> None:
    out = published(row(), of("sector", "farms", measure="share"))
    assert (
        chart_base(out, out.select("share", ["sector"]).iloc[0].to_dict(), EN)
        == "40 established cases among 2,000 who answered."
    )
    hidden = published(row(**HIDDEN), of("sex", "men", **HIDDEN))
    assert chart_base(hidden, hidden.select("prevalence", ["sex"]).iloc[0].to_dict(), EN) == "Base: adults."
    nobody = published(row(reference_population_label=""))
    assert chart_base(nobody, nobody.select("prevalence").iloc[0].to_dict(), EN) == ""


def test_the_source_names_each_survey_once() -> None:
    assert (
        source(EN, "Survey of 2025", "Survey of 2027", "Survey of 2025")
        == "Source: Survey of 2025; Survey of 2027."
    )
    assert source(EN, "", NAN) == ""


def test_rates_by_group_of_adults_and_children_together_also_compare_definitions() -> None:
    chart = {"measure": "flowchart", "breakdown": "step"}
    adults = row(**chart | {"step": "unresolved", "reference_population": "adults"})
    child = row(**chart | {"step": "child, unresolved", "reference_population": "children"})
    whole, young = (of("age", "15–17", reference_population=name) for name in ("everybody", "children"))
    old, girls = (
        of("age", "18–24", reference_population="everybody"),
        of("sex", "women", reference_population="children"),
    )
    women = of("sex", "women", reference_population="everybody")
    both = published(whole, old, women, young, girls, adults, child, headlines=("everybody", "children"))
    rows = {name: both.select("prevalence", ["age"], population=name) for name in ("everybody", "children")}
    assert on_definitions(both, EN, rows["everybody"])[0].startswith(
        "Children are counted by other criteria than adults: between ages"
    )
    assert (
        on_definitions(both, EN, both.select("prevalence", ["sex"], population="everybody")) == []
    )  # both have women
    assert on_definitions(both, EN, rows["children"]) == []
    assert on_definitions(both, EN, rows["everybody"].assign(measure="total")) == []
    assert on_definitions(published(whole, adults, headlines=("everybody",)), EN, rows["everybody"]) == []
