"""Tests estimates as rows of a chart: their words, values, markers and headings, in any language, for one
population."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import pandas as pd
import pytest
import small_country as country
from handed import EN, FR
from published_rows import of, published, row

import fltoolkit as fl
from fltoolkit.errors import RequestError
from fltoolkit.estimate.change_over_time.unresolved_excess import WIDE_BOUNDS
from fltoolkit.languages.collected_texts import OwnWords
from fltoolkit.languages.language import Language
from fltoolkit.languages.own_text import OwnText
from fltoolkit.show.charts.descriptions.chart_parts import ChartRow, DotChart, Glyph
from fltoolkit.show.charts.descriptions.estimates_by_group import (
    HALF_PAGE,
    WHOLE_PAGE,
    WITHOUT_SOURCE,
    ChartSpace,
    absent,
    estimates,
    rule_sets,
)
from fltoolkit.show.wording import number_words

NBSP, THIN = "\u00a0", "\u202f"


def regions(language: Language = EN, space: ChartSpace = WHOLE_PAGE) -> DotChart:
    out = country.published()
    return estimates(out, out.select("prevalence", [[], ["region"]]), language, space=space)


def found(chart: DotChart, name: str) -> ChartRow:
    (row,) = (row for row in chart.rows if row.name == name)
    return row


def test_rows_hold_the_published_numbers_with_their_intervals_and_markers() -> None:
    (north,) = found(regions(), "north").marks
    published = country.published().select("prevalence", ["region"]).set_index("category")
    assert north.value == pytest.approx(round(1000 * 20 / 90))  # steps of 11 per 1,000
    assert (north.low, north.high) == pytest.approx(
        tuple(1000 * published.loc["north", ["ci_low", "ci_high"]])
    )
    assert re.fullmatch(rf"222 \(\d+{NBSP}to{NBSP}\d+\){NBSP}†", found(regions(), "north").printed)
    assert found(regions(), "south").printed.endswith(" [u]")
    assert [m.glyph for name in ("north", "south", "plain") for m in found(regions(), name).marks] == [
        Glyph.MEASURED,
        Glyph.UNRELIABLE,
        Glyph.NONE_FOUND,
    ]


def test_a_lower_limit_that_rounds_to_zero_is_explained_where_cases_were_found() -> None:
    out = country.published()
    rows = out.select("prevalence", [[], ["region"]])
    chart = estimates(out, rows.assign(ci_low=0.0), EN)
    assert EN.say("tables.above_zero") in chart.notes
    assert EN.say("tables.above_zero") not in estimates(out, rows, EN).notes


def test_a_hidden_high_end_is_named_beside_ranges_only() -> None:
    out = country.published()
    rows = out.select("prevalence", [[], ["region"]])
    hidden = rows.assign(unresolved_marker=rows["unresolved_marker"].where(rows["category"] == "north", ""))
    words = "north: high end hidden to protect people"
    assert words not in " ".join(estimates(out, hidden, EN).notes)
    south = rows["category"] == "south"
    wide = {
        "bounds_note": rows["bounds_note"].mask(south, WIDE_BOUNDS),
        "bound_high": rows["bound_high"].mask(south, 0.9),
    }
    assert words in " ".join(estimates(out, hidden.assign(**wide), EN).notes)


def test_a_high_end_inside_its_interval_is_named_beside_ranges_only() -> None:
    out = country.published()
    rows = out.select("prevalence", [[], ["region"]])
    north, south = (rows["category"] == name for name in ("north", "south"))
    inside = rows.assign(bound_high=rows["bound_high"].mask(north, rows["ci_high"]), bounds_note="")
    words = "north: the high end lies inside the interval"
    assert words not in " ".join(estimates(out, inside, EN).notes)
    wide = {
        "bounds_note": inside["bounds_note"].mask(south, WIDE_BOUNDS),
        "bound_high": inside["bound_high"].mask(south, 0.9),
    }
    assert words in " ".join(estimates(out, inside.assign(**wide), EN).notes)
    assert words in " ".join(estimates(out, inside.assign(**wide), EN, space=WITHOUT_SOURCE).notes)
    assert words not in " ".join(estimates(out, inside.assign(**wide), EN, space=HALF_PAGE).notes)


def test_a_chart_says_that_numbers_of_groups_are_rounded_where_it_has_room() -> None:
    told = EN.say("tables.rounded_rates")
    assert told in " ".join(regions().notes)
    assert told not in " ".join(regions(space=HALF_PAGE).notes)
    out = country.published()
    assert told not in " ".join(estimates(out, out.select("prevalence"), EN).notes)


def test_a_chart_of_stages_says_what_they_take_in() -> None:
    for topic, told in (("coercion_stage", True), ("coercion", False)):
        out = published(row(), of(topic, "leaving", measure="profile", estimate=0.34))
        assert (
            EN.say("profile.stages") in " ".join(estimates(out, out.select("profile", [topic]), EN).notes)
        ) is told


def test_the_row_not_stated_is_explained() -> None:
    shares = [of("sector", name, measure="share", estimate=0.34) for name in ("farms", "not stated")]
    for there in (1, 2):
        out = published(row(), *shares[:there])
        notes = " ".join(estimates(out, out.select("share", ["sector"]), EN).notes)
        assert (EN.say("tables.not_stated") in notes) is (there == 2)


def test_what_is_not_shown_has_words_and_no_number() -> None:
    west = found(regions(), "west")
    assert (west.marks, west.printed, west.absent) == ((), "", "[c] not shown")
    assert "confidential" in west.remark
    assert found(regions(FR), "west").absent == "[c] non diffusé"
    withheld = {"marker": "u", "reason": "fewer than 30 persons in the denominator"}
    assert absent(EN, withheld) == "too unreliable to be shown"  # [u] in a chart belongs to hollow dots


def test_the_alternative_text_tells_each_number_with_interval_and_marker() -> None:
    alt = regions().alt
    assert re.search(rf"north: 222 \(\d+{NBSP}to{NBSP}\d+\)", alt)
    assert "east: [c] not shown; west: [c] not shown" in alt
    assert re.search(r"south: 150 \(.*?\) \[u\], fewer than 15 cases", alt)
    assert re.search(r"plain: 0 \(.*?\) \[w\]", alt)


def test_in_another_language() -> None:
    chart = regions(FR)
    assert chart.title == f"Prévalence du travail forcé selon la région{THIN}: adults"
    assert chart.subtitle.startswith("Pour 1\u202f000\u202f; intervalles à 95\u202f%")
    assert re.search(rf"north{THIN}: 222 \(\d+{NBSP}à{NBSP}\d+\)", chart.alt)
    assert chart.notes[-1].startswith("412 ont répondu.")


def test_several_groups_have_headings_and_one_name_in_two_groups_stays_two_rows() -> None:
    out = country.published()
    chart = estimates(out, out.select("prevalence", [[], ["age_group"], ["region"]]), EN)
    assert [row.label for row in chart.rows if row.heading] == ["Age group", "Region"]
    assert {"not stated (age group)", "not stated (region)"} <= {row.name for row in chart.rows}
    assert [row.label for row in chart.rows].count("Not stated") == 2
    assert not any(row.heading for row in regions().rows)


def test_a_crossed_breakdown_names_both_categories_of_each_row() -> None:
    out = country.published()
    chart = estimates(out, out.select("prevalence", ["sex", "region"]), EN)
    assert chart.rows[0].label == "Men × north"
    assert found(chart, "men × south").marks[0].value == pytest.approx(150)  # 3 of 20, in steps of 50
    assert "men × west: [c]" in chart.alt
    assert chart.title == "Prevalence of forced labour by sex and region: adults"


def test_a_crossed_breakdown_has_the_categories_in_the_language_of_the_chart() -> None:
    out = country.published()
    own = OwnWords({"men": OwnText("men", "en", {"fr": "hommes"})})
    chart = estimates(out, out.select("prevalence", ["sex", "region"]), FR.about(own))
    labels = " ".join(row.label for row in chart.rows)
    assert "Hommes × non déclaré" in labels
    assert "Women" in labels
    assert not any(word in labels for word in ("Men ", "not stated"))
    assert "hommes × non déclaré" in chart.alt


def test_adults_and_children_never_stand_under_one_title() -> None:
    out = country.published()
    rows = out.select("prevalence", ["sex"])
    others = rows.assign(reference_population="children", reference_population_label="children aged 5 to 17")
    with pytest.raises(RequestError, match="one population"):
        estimates(out, pd.concat([rows, others]), EN)
    assert estimates(out, others, EN).title.endswith(": children aged 5 to 17")
    assert estimates(out, rows, EN).title.endswith(": adults")
    assert estimates(out, others, EN).name == "prevalence_children_by_sex"


def test_the_grey_line_stands_at_everyones_rate_and_never_at_a_number_of_persons() -> None:
    out = country.published()
    assert regions().reference == pytest.approx(99.5)  # 41 of 412
    assert "Grey line: everyone." in " ".join(regions().notes)
    persons = estimates(out, out.select("total", [[], ["region"]]), EN)
    assert persons.reference != persons.reference
    assert "Grey" not in " ".join(persons.notes)


def test_numbers_to_be_used_with_caution_have_a_sign_that_a_note_explains() -> None:
    out = country.published()
    rows = out.select("prevalence", [[], ["region"]])
    for flag, told in (("caution", True), ("publish", False)):
        for space in (WHOLE_PAGE, HALF_PAGE):
            chart = estimates(out, rows.assign(flag=flag), EN, space=space)
            assert (
                "†\xa0use with caution (few cases or imprecise)." in " ".join(chart.notes),
                chart.rows[0].printed.endswith("†"),
            ) == (
                told,
                told,
            )


def test_half_a_page_leaves_the_grey_line_source_and_base_to_what_stands_beside_it() -> None:
    half = regions(space=HALF_PAGE)
    assert math.isnan(half.reference)
    assert "answered" not in " ".join(half.notes)
    assert "412 answered." in regions().notes[-1]
    assert half.alt == regions().alt


def test_a_title_of_ones_own_stands_in_picture_and_words() -> None:
    out = country.published()
    chart = estimates(out, out.select("prevalence", ["region"]), EN, title="My own")
    assert chart.title == "My own"
    assert chart.alt.startswith("My own. Per 1,000")


def test_rule_sets_are_rows_and_one_that_is_not_available_says_why() -> None:
    chart = rule_sets(country.published(), "prevalence", EN)
    own, other = chart.rows
    assert own.marks[0].value == pytest.approx(99.5)
    assert (other.label, other.marks) == ("ILO indicators of 2012\nrule to be verified", ())
    assert other.absent.startswith("[x] not available: hts_2012 needs the stage")
    assert (
        "ILO indicators of 2012; rule to be verified: [x] hts_2012 needs the stage at which each item was met"
    ) in chart.alt


def test_figures_under_a_recalled_rule_say_so(norvia: fl.Published) -> None:
    doubtful = replace(norvia, table=norvia.table.assign(to_verify="from memory"))
    for out, told in ((norvia, False), (doubtful, True)):
        assert estimates(out, out.select("prevalence"), EN).subtitle.endswith("; to be verified.") is told


@pytest.mark.parametrize("space", [WHOLE_PAGE, HALF_PAGE])
def test_a_number_with_wide_bounds_is_printed_as_the_range_that_titles_have(space: ChartSpace) -> None:
    out = country.published()
    rows = out.select("prevalence", [[], ["region"]])
    wide = rows.assign(
        bounds_note=rows["bounds_note"].astype(object).mask(rows["breakdown"] == "", WIDE_BOUNDS),
        bound_high=0.3,
        flag="",
    )
    said = EN.say("charts.band")
    low = number_words.shown(EN, rows.iloc[0].to_dict())
    chart = estimates(out, wide, EN, space=space)
    assert said in " ".join(chart.notes)
    assert ("Grey line: everyone (low end)." in " ".join(chart.notes)) is space.source
    assert chart.rows[0].printed == f"{low}\u00a0to\u00a0300.0"
    assert chart.rows[0].marks[0].words == chart.rows[0].printed
    assert f"everyone: {low}\u00a0to\u00a0300.0 (95% interval with unresolved persons: " in chart.alt
    reaches = [mark.reach for row in chart.rows for mark in row.marks]
    assert reaches[0] == 300.0 <= chart.axis.high
    assert all(math.isnan(reach) for reach in reaches[1:])
    assert said not in " ".join(estimates(out, rows, EN, space=space).notes)
    hidden = estimates(out, wide.assign(bound_high=math.nan), EN, space=space)
    assert hidden.rows[0].printed.startswith(low)
    assert "to\u00a0300.0" not in hidden.alt
