"""Tests the results of a survey in documents: sentences, large numbers and tables. Nothing hidden is written,
and every number has its flag."""

from __future__ import annotations

import dataclasses
from datetime import date

import two_rounds
from handed import EN, FR
from promises import evidence_from
from published_rows import CHILDREN, HIDDEN, OPEN, OTHER_RULES, of, plain, published, row, small

from fltoolkit.languages.own_text import OwnText
from fltoolkit.publish.published_set import Published
from fltoolkit.report.document_formats.document_blocks import Facts, Heading, Paragraph
from fltoolkit.report.document_sections import first_page, results_section
from fltoolkit.show.printed_tables import result_tables
from fltoolkit.show.printed_tables.printed_table import PrintedTable
from fltoolkit.show.wording import number_words, result_sentences
from fltoolkit.survey.spec.files_and_design import Release

NAN = float("nan")


def tiles(out: Published) -> Facts:
    return first_page.tiles(evidence_from(out), EN)


def test_the_place_above_the_title_names_the_earlier_releases_in_each_language() -> None:
    release = Release(office=OwnText("Office"), date=date(2026, 3, 14), beside=("../out/first",), revises="b")
    assert results_section.masthead(release, EN).endswith("2026 · protected together with first; b")
    assert results_section.masthead(release, FR).endswith("2026 · protégé avec first\u202f; b")
    assert results_section.masthead(release.model_copy(update={"beside": (), "revises": ""}), EN).endswith(
        "2026"
    )


def test_sentences_beside_the_large_numbers_are_on_other_numbers_and_on_those_without_a_size() -> None:
    assert results_section.beside_facts(small(), EN) == ()
    number_of_children = row(measure="total", estimate=55.0, ci_low=40.0, ci_high=70.0, **CHILDREN)
    made = small(row(estimate=0.01, **CHILDREN), number_of_children, headlines=("adults", "children"))
    (told,) = results_section.beside_facts(made, EN)
    assert "55" in told
    hidden = published(row(**HIDDEN))
    assert results_section.beside_facts(hidden, EN) == result_sentences.sentences(hidden, EN)
    without_days = published(
        row(), row(measure="stock", **HIDDEN), row(measure="duration", estimate=7.1, ci_low=6.1, ci_high=8.1)
    )
    first, last = results_section.beside_facts(without_days, EN)
    assert "7.1 months" in first
    assert "on an average day" in last  # what is not shown comes last
    nobody = published(row(estimate=0.0, ci_low=0.0))
    none = results_section.fact(EN, row(estimate=0.0, ci_low=0.0, flag="review", marker="w"))
    assert none.doubt.endswith("; none recorded in the survey")  # before: *to be reviewed*, explained nowhere
    assert results_section.beside_facts(nobody, EN) == result_sentences.sentences(nobody, EN)


def test_other_populations_show_their_rate_and_not_their_number() -> None:
    rows = [
        row(estimate=0.01, **CHILDREN),
        row(measure="total", estimate=55.0, ci_low=40.0, ci_high=70.0, **CHILDREN),
    ]
    made = tiles(small(*rows, headlines=("adults", "children"))).facts
    assert [fact.number for fact in made] == ["20.0", "about 400", "No group", "10.0"]


def test_a_title_names_country_and_year_and_the_source_how_numbers_were_judged() -> None:
    assert (
        results_section.title(small(), EN, "brief.title")
        == "Forced labour in Nowhere: what the survey of 2025 found"
    )
    alone, later = evidence_from(small()), two_rounds.fell()
    assert (
        results_section.source(alone, EN)
        == "Source: Small survey; 2018 international definition; the past 12 months."
    )
    assert later.changed is not None
    named = dataclasses.replace(
        later.changed, table=later.changed.table.assign(survey_before="Earlier survey")
    )
    told = results_section.source(dataclasses.replace(later, changed=named), EN)
    assert told.startswith("Source: Earlier survey; ")


def test_a_group_of_which_every_number_is_hidden_is_named_below_the_table() -> None:
    (table,) = results_section.rates(
        small(of("region", "north", **HIDDEN), of("region", "south", **HIDDEN)), EN
    )
    assert ("Region",) not in table.texts
    assert table.note.endswith(" Left out (every number is [c]): region.")
    (table,) = results_section.rates(small(of("region", "north"), of("region", "south", **HIDDEN)), EN)
    assert "Left out" not in table.note


def test_a_group_for_which_the_brief_has_no_room_is_named_below_the_table() -> None:
    many = results_section.MOST_CATEGORIES + 1
    (table,) = results_section.rates(small(*(of("region", f"r{n}") for n in range(many))), EN)
    assert ("Region",) not in table.texts
    assert table.note.endswith(" Left out (more than 15 categories; see the workbook): region.")


def test_a_group_of_one_category_does_not_repeat_everyone() -> None:
    """Before, the table of a survey of women had everyone and women, with the same numbers."""
    rows = row(), of("sex", "women", sex="women"), of("region", "north"), of("region", "south")
    (table,) = results_section.rates(published(*rows, groups=("sex", "region")), EN)
    assert [plain(cells[0]) for cells in table.texts] == ["Everyone", "Region", "North", "South"]


def test_a_table_names_each_group_once_and_marks_each_hidden_cell() -> None:
    (table,) = results_section.rates(
        small(of("sex × region", "men × north")), EN
    )  # the number alone is no table, nor what is crossed
    assert table.title == "Prevalence of forced labour: adults"
    whole, line, men, women = ([plain(cell) for cell in cells] for cells in table.texts)
    assert whole == ["Everyone", "20.0", "15.0 to 26.0", "2,000", "40"]
    assert line == ["Sex"]
    assert men[1] == "20.0 [u]"
    assert table.footnotes == ()
    assert women == ["Women", "[c]", "[c]", "[c]", "[c]"]
    assert table.note == (
        "The past 12 months; 2018 international definition. Group figures are rounded. "
        "[c]\xa0hidden to protect people, whether high or low; [u]\xa0unreliable (fewer than 15 cases)."
    )
    share = of("sector", "farms", measure="share", to_verify="recalled")
    shares = result_tables.table(EN, published(share, share).table)
    assert [head.key for head in shares.heads] == [
        "category",
        "share",
        "interval",
        "cases",
    ]  # the number of cases is the same in each row
    assert "Each share is of all established cases." in shares.note
    assert shares.note.endswith("To be verified: recalled.")


def test_groups_are_those_of_single_breakdowns_with_enough_shown() -> None:
    out = small(
        of("sex × region", "men × north"),
        of("region", "north"),
        of("region", "south"),
        of("region", "east", **CHILDREN),
    )
    assert results_section.groups_of(out, "prevalence") == ("sex", "region")
    assert results_section.groups_of(out, "prevalence", least=2) == ("region",)
    assert results_section.groups_of(out, "prevalence", "children") == ("region",)
    assert results_section.groups_of(out, "share") == ()


def test_rule_sets_stand_side_by_side_the_runs_own_first() -> None:
    other = row(rule_set=OTHER_RULES, estimate=0.03, cases=60.0, rule_note="all its cases too", marker="u")
    heading = Heading("Other definitions", 2)
    first, why, table = results_section.rule_sets(small(other), EN, heading)
    assert (first, why) == (heading, Paragraph(EN.say("rule_sets.why")))
    assert isinstance(table, PrintedTable)
    first, second = ([plain(cell) for cell in cells] for cells in table.texts)
    assert (first[0], first[1], first[-1]) == ("2018 international definition", "20.0", "a")
    assert (second[0], second[1], second[3], second[-1]) == (
        number_words.start(number_words.definition(EN, OTHER_RULES)),
        "30.0 [u]",
        "60",
        "b",
    )
    assert table.footnotes == ("The definition of this document", "All its cases too")
    assert table.note == "Per 1,000 adults. [u]\xa0unreliable."
    assert results_section.rule_sets(small(), FR, heading) == []
    assert results_section.rule_sets(small({**other, "to_verify": "recalled"}), EN, heading) == []


def test_wide_bounds_take_a_number_out_of_the_title_and_leave_the_figure() -> None:
    wide = row(**OPEN | {"bound_high": 0.04, "bound_ci_high": 0.05}, bounds_note="wide bounds")
    (rate, *_) = tiles(published(wide)).facts
    assert rate.number == "20.0\xa0to\xa040.0"
    assert rate.doubt == "95% interval with unresolved persons: 15.0\xa0to\xa050.0"
    (explained,) = results_section.range_explained(published(wide), EN)
    assert explained == Paragraph(EN.say("sheet.range_explained"), "quiet")
    assert results_section.range_explained(published(row()), EN) == []
    children = row(reference_population="children", reference_population_label="children", bound_high=0.025)
    (explained,) = results_section.range_explained(
        published(wide, children, headlines=("adults", "children")), EN
    )
    assert " No range at 20.0: counting unresolved persons gives 25.0, inside the interval." in explained.text
    many = wide | {"measure": "total", "estimate": 400.0, "bound_high": 800.0} | CHILDREN
    (beside,) = results_section.beside_facts(
        published(wide, children, many, headlines=("adults", "children")), EN
    )
    assert "The unresolved persons are many" not in beside  # said of the large numbers
    assert "20.0\xa0to\xa040.0 of every 1,000" in result_sentences.sentence(EN, wide)
    assert "(95% interval with unresolved persons: 15.0\xa0to\xa050.0)" in result_sentences.sentence(EN, wide)
    assert result_sentences.sentence(EN, wide).endswith("No verdict uses such a range.")
    assert "Les personnes non classées sont nombreuses par rapport aux cas" in result_sentences.sentence(
        FR, wide
    )
    assert "The unresolved persons are many" not in result_sentences.sentence(EN, row(**OPEN))
