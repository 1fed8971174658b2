"""Tests tables in notebooks: the number with its marker, its interval and base, and notes by letter. The same
table gives the same text."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from typing import Any

import pandas as pd
import pytest
import small_country as country

import fltoolkit as fl
from fltoolkit.errors import RequestError
from fltoolkit.show import tables


def cells(shown: Any) -> list[list[str]]:
    """The texts of a table's body."""
    body = shown.html.split("<tbody", 1)[1].rsplit("</tbody>", 1)[0]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.S)
    texts = [[re.sub(r"<[^>]+>", "", c) for c in re.findall(r"<td[^>]*>(.*?)</td>", r, re.S)] for r in rows]
    return [[unescape(text).replace("\xa0", " ") for text in row] for row in texts]


def line(shown: Any, first: str) -> list[str]:
    (found,) = [row for row in cells(shown) if row[0] == first]
    return found


def test_a_row_holds_number_and_marker_interval_and_basis_and_the_note_the_reasons() -> None:
    shown = tables.table(country.published().select("prevalence", "region"))
    north, south = line(shown, "North"), line(shown, "South")
    assert north[1] == "222 †"
    assert re.fullmatch(r"\d+ to \d+", north[2])
    assert north[3:] == ["90", "15–29"]
    assert re.fullmatch(r"\d+ \[u\]", south[1])
    assert south[3:] == ["80", "5–14"]
    assert "[u]\xa0unreliable (fewer than 15 cases)" in shown.text


def test_a_suppressed_row_has_its_marker_in_each_cell() -> None:
    shown = tables.table(country.published().select("prevalence", "region"))
    assert line(shown, "East; West; Island; Not stated")[1:] == ["[c]", "[c]", "[c]", "[c]"]
    assert "[c]\xa0hidden to protect people, whether high or low; " in shown.text
    assert '<abbr title="unreliable">[u]</abbr>' in shown.html


def test_a_review_that_has_no_marker_is_asked_for_in_a_note() -> None:
    filled = country.filled()
    careful = replace(
        filled, table=filled.table.assign(flag="review", reason="few areas", filled_by="survey")
    )
    assert tables.baseline(careful).text.splitlines()[-1] == "a\xa0\xa0To be reviewed: few areas"


def test_numbers_stand_right_also_beside_a_marker_words_left_and_columns_are_as_wide_as_their_texts() -> None:
    body = pd.DataFrame(
        {
            "Who": ["a", "b"],
            "Counted": ["1,200", "[c]"],
            "Change": ["−7.8", ""],
            "Marker": ["", "[c]"],
            "Open": ["", ""],
        }
    )
    html = tables.plain(body, "T", "").html
    assert re.findall(r'style="text-align: (\w+);[^"]*"[^>]*id="t[0-9a-f]{7}-[0-4]"', html) == [
        "left",
        "right",
        "right",
        "left",
        "left",
    ]
    assert html.count('style="table-layout: auto; ') == 1  # JupyterLab's own rule makes columns equal


def test_a_hidden_denominator_of_a_duration_is_blank_and_told_in_a_note() -> None:
    """No marker stands where a number would: whoever reads the column as numbers reads none."""
    rows = country.published().select("prevalence", [[], ["sex"]]).assign(measure="duration", reason="")
    told = "How many gave their months is confidential"
    assert told not in tables.table(rows).html
    rows["n"] = None  # of a category it is blank in any case: it is told by the class of the cases
    shown = tables.table(rows)
    first, second = cells(shown)[:2]
    assert first[1] != ""
    assert first[3] == second[3] == ""
    letter = next(text[0] for text in shown.text.splitlines() if text.endswith(told))
    assert letter in first[-1]
    assert letter not in second[-1]
    assert second[4] in ("15–29", "5–14")


def test_a_table_of_parts_says_that_they_may_not_add_up() -> None:
    out = country.published()
    said = "Group figures are rounded, so they may not add up"
    assert said in tables.table(out.select("total", [[], ["region"]])).html
    assert said not in tables.table(out.select("total")).html


def test_a_table_says_what_it_is_about() -> None:
    html = tables.table(country.published().select("total", [[], ["region"]])).html
    assert "Persons in forced labour: adults" in html
    assert "Adults; the past 12 months<" in html
    assert "The past 12 months; 2018 international definition." in html
    assert "Chosen" in tables.table(country.published().select("total"), title="Chosen").html


def test_rule_sets_are_told_apart_by_their_name_and_say_what_they_rest_on() -> None:
    shown = tables.table(country.published().rule_sets())
    assert "Prevalence under each definition" in shown.html
    assert line(shown, "2018 international definition")[1] == "99.5 †"
    absent = line(shown, "ILO indicators of 2012")
    assert absent[1:4] == ["[x]", "", ""]
    note = next(text for text in shown.text.splitlines() if text.startswith(absent[4]))
    assert "does not give it: very low or no wages, withheld wages; " in note
    assert "the indicators of this rule set, their sides and their strengths are recalled" in note
    assert "[x]\xa0not available; †" in shown.text


def test_a_figure_under_a_recalled_rule_says_so() -> None:
    rows = country.published().select("prevalence", "sex")
    assert "verified" not in tables.table(rows).html
    html = tables.table(rows.assign(to_verify="from memory")).html
    assert "To be verified: from memory." in html


def test_the_flowchart_counts_persons_not_cases() -> None:
    html = tables.table(country.published().select("flowchart", [[], ["step"]]), title="Steps").html
    assert ">Counted<" in html
    assert ">Cases<" not in html


def test_a_line_across_the_table_names_the_group_of_the_rows_below() -> None:
    text = tables.table(
        country.published().select("prevalence", [["age_group"], ["region"]])
    ).text.splitlines()
    places = [
        [i for i, row in enumerate(text) if row.split()[: len(name.split())] == name.split()]
        for name in ("Age group", "18–29", "Region", "North")
    ]
    (first,), (one,), (second,), (other,) = places
    assert first < one < second < other


def test_the_same_table_is_the_same_text() -> None:
    rows = country.published().select("share", "sector")
    assert tables.table(rows) == tables.table(rows)


def test_where_html_cannot_be_shown_the_table_is_text() -> None:
    shown = tables.table(country.published().select("prevalence", "region"))
    bundle = shown._repr_mimebundle_()
    assert bundle == {"text/html": shown.html, "text/plain": repr(shown)}
    title, head, group, north, *_ = repr(shown).splitlines()
    assert title == "Prevalence of forced labour: adults"
    assert head.split()[:3] == ["Group", "Per", "1,000"]
    assert group == "Region"
    assert north.split()[:2] == ["North", "222"]
    assert "0x" not in repr(shown)


def test_html_in_labels_and_titles_is_shown_and_not_obeyed() -> None:
    evil = "<script>alert(1)</script>"
    rows = country.published().select("total", "region")
    html = tables.table(
        rows.assign(category=evil, reason=evil, reference_population_label=evil), title=evil
    ).html
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_the_baseline_leaves_partners_rows_open_and_marks_what_is_not_shown() -> None:
    table = tables.baseline(country.filled())
    shown = cells(table)
    assert shown[-1] == ["–", "to be filled by the partners", "", ""]  # the line above it names the indicator
    assert "Inspectors trained" in table.text
    assert "[z]" in [row[1] for row in shown]
    by = {row[0]: row for row in shown}
    assert by["by nationality"][1] == "[x]"
    letter = by["by nationality"][-1]
    assert f"{letter}\xa0\xa0The survey has no nationality" in table.text
    hidden = {row[0]: row[1:] for row in shown if row[1] == "[c]"}
    assert hidden
    assert all(cells == ["[c]", "[c]", ""] for cells in hidden.values())
    assert any("; " in name for name in hidden)
    assert by["Men"][1] == "200 †"
    assert table.text.count("Persons in forced labour") == 1


def test_an_indicator_with_its_groups_is_a_body_of_its_own_that_print_does_not_cut() -> None:
    """Before, a printed page could begin in the middle of an indicator, without its name."""
    bodies = tables.baseline(country.filled()).html.split("<tbody")[1:]
    lines = [re.findall(r'scope="colgroup"[^>]*>(.*?)</th>', body, re.S) for body in bodies]
    assert len(bodies) > 1
    for first, *groups in lines:
        assert "<span" not in first
        # A part that is longer than a page has its name at each group.
        assert all(
            group.endswith(f'<span class="part" style="display: none"> – {first}</span>') for group in groups
        )
    assert any(groups for _, *groups in lines)


def test_a_partners_own_baseline_is_shown_as_written(tmp_path: Any) -> None:
    plan = country.with_rows({"measure": None, "baseline_value": "about 60 <b>"})
    out, read = country.run(country.write(tmp_path, plan=plan))
    assert cells(tables.baseline(fl.baseline(read, out)))[0][1] == "about 60 <b>"


def test_counts_of_open_answers_below_the_limit_are_marked() -> None:
    kinds = ("dont_know", "refused", "missing")
    counts = pd.DataFrame(
        [{"where": "a", "column": "Q1", "label": "threats", **dict.fromkeys(kinds, 0), "refused": None}]
    )
    shown = cells(tables.nonresponse(counts.astype(dict.fromkeys(kinds, "Int64"))))
    assert shown == [["threats", "Q1", "0", "[c]", "0"]]


def test_survey_questions_findings_and_paths_are_tables_too(tmp_path: Any) -> None:
    persons = fl.classify(fl.read_survey(country.write(tmp_path)))
    out = fl.publish_run(persons)
    assert (
        line(tables.facts(fl.describe(persons)), "Persons in the file")[1]
        == "about 410 in about 410 households"
    )
    assert cells(tables.questionnaire(persons)) == [
        ["any work", "not given", "WORK", "yes (1)"],
        ["very low or no wages", "not given", "INV", "yes (1)"],
        ["withheld wages", "not given", "COE", "yes (1)"],
    ]
    assert tables.questionnaire(persons).text.index("Involuntary\n") < tables.questionnaire(
        persons
    ).text.index("Coercion\n")
    found = fl.check(persons)
    assert f"{len(found)} findings<" in tables.findings(found).html
    assert "1 finding<" in tables.findings(found.iloc[:1]).html
    assert len(cells(tables.findings(fl.check(persons)))) == len(fl.check(persons))
    shown = cells(tables.table_of_paths(fl.paths(persons, out)))
    printed = [int(row[-1]) for row in shown]
    assert abs(sum(printed) - 412) <= 5 * len(printed)
    assert all(number % 10 == 0 for number in printed)
    hidden = pd.DataFrame(
        {"step": ["no work"], "short_trace": ["other paths"], "persons": pd.array([None], dtype="Int64")}
    )
    assert cells(tables.table_of_paths(hidden))[0][-1] == "[c]"


def test_the_question_on_the_same_work_is_in_the_table_of_questions(tmp_path: Any) -> None:
    """It decides about cases like the items do."""
    asked = country.changed(
        country.SURVEY, episodes={"same_work": {"column": "SAME", "label": "in the same work"}}
    )
    read = fl.read_survey(country.write(tmp_path, asked, table=country.persons().assign(SAME=1)))
    assert cells(tables.questionnaire(read))[-1] == ["same work", "in the same work", "SAME", "yes (1)"]


def test_corrections_are_tables_or_a_sentence() -> None:
    counts = pd.DataFrame({"column": ["AGE"], "why": ["typed 411"], "rows": ["fewer than 5"]})
    assert cells(tables.corrections(counts)) == [["AGE", "typed 411", "fewer than 5"]]
    classes = {
        "cases_before": "5 or more",
        "cases": "5 or more",
        "gained": 0,
        "lost": "fewer than 5",
        "unresolved_before": 0,
        "unresolved": 0,
    }
    found = pd.DataFrame([{"population": "adults", **classes}])
    assert cells(tables.corrected_cases(found)) == [
        ["adults", "5 or more", "5 or more", "0", "fewer than 5", "0", "0"]
    ]
    for empty in (tables.corrections(counts[:0]), tables.corrected_cases(found[:0])):
        assert str(empty) == "Nothing was corrected in the data."


@pytest.mark.parametrize("note", ["", "a note"])
def test_a_plain_table_has_a_note_only_where_there_is_one(note: str) -> None:
    html = tables.plain(pd.DataFrame({"a": ["x", None]}), "A title, 2025", "below", note).html
    assert ("a note" in html) is bool(note)
    assert html == tables.plain(pd.DataFrame({"a": ["x", None]}), "A title, 2025", "below", note).html
    assert "None" not in html
    assert "nan" not in html.split("<tbody")[1]


def test_the_name_of_a_row_stays_in_view_where_a_table_is_moved_sideways() -> None:
    html = tables.table(country.published().select("prevalence", "region")).html
    kept = re.findall(r'<td style="([^"]*position: sticky[^"]*)"[^>]*>([^<]*)</td>', html)
    assert [text for _, text in kept] == [
        row[0] for row in cells(tables.table(country.published().select("prevalence", "region")))
    ]
    assert all("background-color: inherit" in style for style, _ in kept)
    assert "overflow-x:auto" in html
    assert "sticky" not in tables.plain(pd.DataFrame({"a": ["x"]}), "T", "").html


def test_a_published_set_of_one_measure_is_shown_and_so_is_a_mean() -> None:
    design = fl.SurveyDesign(country.persons(), weight="W", strata="S", psu="P")
    shown = fl.show.table(fl.publish(fl.mean(design, "AGE", by="SEX")))
    assert "Mean" in str(shown)
    own = fl.publish(fl.mean(design, "AGE", by="SEX"))
    assert fl.show.dots(own, "mean", "SEX", outcome="AGE")


WRONG: dict[str, Any] = {
    "estimates": lambda: fl.prevalence(fl.SurveyDesign(country.persons(), weight="W"), "WORK"),
    "their table": lambda: fl.prevalence(fl.SurveyDesign(country.persons(), weight="W"), "WORK").table,
    "another table": lambda: pd.DataFrame({"table": [1]}),
}


@pytest.mark.parametrize("name", WRONG)
def test_other_objects_are_refused_with_what_to_do(name: str) -> None:
    with pytest.raises(RequestError, match=r"table: rows(.|\n)*fl.publish\(est\)"):
        fl.show.table(WRONG[name]())
    with pytest.raises(RequestError, match=r"dots: out(.|\n)*fl.publish\(est\)"):
        fl.show.dots(WRONG[name](), "prevalence")


def test_a_set_of_several_measures_asks_for_one() -> None:
    with pytest.raises(
        RequestError, match=r"one measure(.|\n)*prevalence of forced_labour of adults, total(.|\n)*out.select"
    ):
        fl.show.table(country.published())


def test_the_table_of_another_function_is_refused_with_the_function() -> None:
    with pytest.raises(
        RequestError, match=r"findings: found(.|\n)*without the column severity(.|\n)*fl.check"
    ):
        fl.show.findings(country.published().table)
