"""Tests tables of results: one number, interval and base per row. The measure decides which persons are the
base."""

from __future__ import annotations

import pytest
from handed import EN, FR
from published_rows import HIDDEN, OTHER_RULES, of, published, row

from fltoolkit.estimate.change_over_time.unresolved_excess import WIDE_BOUNDS
from fltoolkit.languages.reasons import Reason
from fltoolkit.show.printed_tables import result_tables

UNRELIABLE = {"flag": "unreliable", "marker": "u", "reason": "fewer than 15 cases"}


@pytest.mark.parametrize(("measure", "base"), [("prevalence", "Answered"), ("duration", "With months")])
def test_the_base_is_named_for_what_it_is(measure: str, base: str) -> None:
    rows = published(row(measure=measure, estimate=0.02), of("sex", "men", measure=measure)).table
    table = result_tables.table(EN, rows)
    assert next(head.text for head in table.heads if head.key == "n") == base


def test_a_base_that_all_shares_have_is_a_note() -> None:
    """Before, a column had the same number in each row."""
    one, other = of("sex", "men", measure="share"), of("sex", "women", measure="share")
    table = result_tables.table(EN, published(one, other).table)
    assert "n" not in [head.key for head in table.heads]
    assert "Each share is of all established cases." in table.note
    several = result_tables.table(EN, published(one, other | {"n": 1500}).table)
    assert next(head.text for head in several.heads if head.key == "n") == "Of cases"


def test_the_routes_of_children_are_numbered_as_the_guidelines_number_them() -> None:
    routes = published(of("route", "parent in forced labour (iii)", measure="share"), groups=("route",)).table
    assert EN.say("tables.routes") in result_tables.table(EN, routes).note
    assert EN.say("tables.routes") not in result_tables.table(EN, published(row()).table).note


@pytest.mark.parametrize(
    ("note", "title"),
    [
        (
            "answered yes to debt_bondage; not forced labour",
            "Answered yes to debt_bondage; not forced labour: ",
        ),
        ("", "Own: "),
    ],
)
def test_an_outcome_of_ones_own_is_never_titled_forced_labour(note: str, title: str) -> None:
    rows = published(row(), of("sex", "men", outcome="own", rule_note=note)).table
    assert result_tables.table(EN, rows.iloc[1:]).title.startswith(title)
    assert result_tables.table(EN, rows.iloc[:1]).title.startswith("Prevalence of forced labour: ")


def test_a_class_of_cases_stands_like_a_number() -> None:
    rows = published(
        row(), of("sex", "men", cases=float("nan"), cases_class=Reason.of("whom.more", N=50)), groups=("sex",)
    ).table
    for language, said in ((EN, "50\xa0and\xa0more"), (FR, "50\xa0et\xa0plus")):
        cell = result_tables.table(language, rows).rows[-1][4]
        assert cell.text.replace("\u202f", "\xa0") == said
        assert cell.is_number


def test_what_is_confidential_has_one_reason_which_its_marker_tells() -> None:
    rows = published(
        row(),
        of("sex", "men", **HIDDEN | {"reason": "confidential: other"}),
        of("sex", "women", **UNRELIABLE),
    ).table
    table = result_tables.table(EN, rows)
    assert table.footnotes == ()
    assert "unreliable (fewer than 15 cases)" in table.note
    assert "confidential: other" not in repr(table)


def test_a_lower_limit_that_rounds_to_zero_is_explained_where_cases_were_found() -> None:
    def note(**facts: object) -> str:
        return result_tables.table(EN, published(row(), of("sex", "men", **facts)).table).note

    assert EN.say("tables.above_zero") in note(ci_low=0.0)
    assert EN.say("tables.above_zero") not in note(ci_low=0.0, estimate=0.0)


def test_rule_sets_say_which_is_the_runs_own() -> None:
    other = row(rule_set=OTHER_RULES, estimate=0.03, rule_note="all its cases too")
    table = result_tables.rule_sets(EN, published(row(), other).rule_sets("prevalence"))
    assert [cells[-1] for cells in table.texts] == ["a", "b"]
    assert table.footnotes == ("The definition of this document", "All its cases too")


def test_beside_ranges_a_row_without_its_high_end_says_so() -> None:
    """Without the note, a number alone looks as sure as one that no unresolved person could raise."""
    wide = {"bound_high": 0.08, "bounds_note": WIDE_BOUNDS}
    hidden = of("sex", "women", unresolved_marker="c", bound_high=float("nan"))
    table = result_tables.table(EN, published(row(**wide), hidden).table)
    assert next(head.text for head in table.heads if head.key == "interval") == "95% interval of the low end"
    assert table.footnotes == ("High end hidden to protect people",)
    without = result_tables.table(EN, published(row(), hidden).table)
    assert next(head.text for head in without.heads if head.key == "interval") == "95% interval"
    assert without.footnotes == ()


def test_a_table_of_characteristics_says_for_which_of_them_a_case_has_only_one_and_what_its_ranges_mean() -> (
    None
):
    """Before, the high end of a share was told as *all unresolved persons*, and the parts of a form as
    overlapping."""
    wide = {"bound_high": 0.08, "bounds_note": WIDE_BOUNDS}
    rows = [of("form", "state", measure="profile", **wide), of("coercion", "debt_bondage", measure="profile")]
    table = result_tables.table(EN, published(*rows).table)
    assert table.heads[0].text == "Characteristic"
    assert "Except for form, a case can have several of these: shares" in table.note
    assert table.note.startswith(EN.say("profile.range"))
    assert "all unresolved persons" not in table.note
