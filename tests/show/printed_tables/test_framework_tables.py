"""Tests the results framework: each indicator is named once, the survey fills its cells, and the partners'
entries are unchanged."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

import pytest
from handed import EN, FR
from promises import evidence_from
from published_rows import HIDDEN, of, published, row

import fltoolkit as fl
from fltoolkit.nap.partner_entries import Partners, Worked, with_partners
from fltoolkit.nap.smart_criteria import CRITERIA
from fltoolkit.publish.reliability import WIDE_BOUNDS
from fltoolkit.show.printed_tables import framework_tables
from fltoolkit.show.wording import number_words

UNRELIABLE = {"flag": "unreliable", "marker": "u", "reason": "fewer than 15 cases"}
OUT = published(row(), of("sex", "men", **UNRELIABLE), of("sex", "women", **HIDDEN), groups=("sex",))
TARGETS = ({"year": 2030, "cut": 0.5}, {"year": 2030, "cut": 0.1, "group": "gender", "category": "men"})


def evidence(**keys: Any) -> fl.Evidence:
    """20 per 1,000 (15 to 26); a cut by half of the total, by a tenth of men; and inspectors, whom partners
    count."""
    return evidence_from(OUT, *TARGETS, **keys)


def test_a_statement_and_an_indicators_duties_stand_above_its_rows_and_numbers_in_each() -> None:
    table = framework_tables.matrix(EN, evidence())
    head, duties, indicator, whole, group, men, output, _, trained, theirs = (
        [cell.replace("\xa0", " ") for cell in cells] for cells in table.texts
    )
    assert (head, output) == (["Objective: Forced labour reduced"], ["Output 1.1: Capacity developed"])
    assert indicator == ["Prevalence (per 1,000 adults)"]
    assert duties == ["Means of verification: survey. Reporting: yearly. Lead, partners: Commission"]
    assert (
        next(row[0].text for row in table.rows if row[0].quiet) == duties[0]
    )  # no heading: it is printed in plain letters
    assert whole == ["Everyone", "20.0", "15.0 to 26.0", "a cut of 50% by 2030, to 10.0", "a"]
    assert (group, men[:3]) == (["Gender"], ["Men", "20.0 [u]", "15.0 to 26.0"])
    assert men[3].startswith("a cut of 10%")
    assert men[4] == "a"
    assert trained[0].startswith("Inspectors trained (")
    assert theirs[:3] == ["–", EN.say("by_partners"), ""]
    assert theirs[3] == "year 1: 80; year 2: more than 150"
    promised = next(row[3] for row in table.texts if len(row) > 1 and "50" in row[3])
    assert " " not in promised  # a target stays on one line
    assert table.note == f"{EN.say('tables.rounded_groups')} [u]\xa0unreliable (fewer than 15 cases)."
    assert [row[0].strong for row in table.rows if len(row) == 1] == [
        True,
        False,
        False,
        False,
        True,
        False,
        False,
    ]
    assert table.footnotes[0] == "No planned survey can verify this target"
    sure = framework_tables.matrix(EN, evidence(planned_sample=4000))
    assert [row[4] for row in sure.texts if row[0] == "Everyone"] == [""]


def test_the_baseline_has_no_targets_and_duties() -> None:
    table = framework_tables.baseline(EN, evidence().baseline)
    assert [head.key for head in table.heads] == ["category", "baseline", "baseline_interval", "notes"]
    assert [row[1] for row in table.texts if len(row) > 1][:3] == ["20.0", "20.0\xa0[u]", "[c]"]
    assert table.texts[1] == ("Prevalence (per 1,000 adults)",)
    assert [row[0] for row in table.texts[2:5]] == ["Everyone", "Gender", "Men"]
    assert "a cut of" not in repr(table)
    assert "Commission" not in repr(table)


def _with_wide_bounds() -> fl.Evidence:
    """The plan's evidence, where the rate of everybody would be 40 if all unresolved persons were cases."""
    made = evidence()
    table = made.baseline.table.assign(bounds_note=made.baseline.table["bounds_note"].astype(object))
    table.loc[0, ["bound_high", "bounds_note"]] = [40.0, WIDE_BOUNDS]
    return dataclasses.replace(made, baseline=dataclasses.replace(made.baseline, table=table))


def test_a_number_of_cases_beside_ranges_has_a_note() -> None:
    """Of an unresolved person no sector is known, so a number by sector has no high end."""
    wide = _with_wide_bounds()
    told = "Established cases only: unresolved persons cannot be put into a category"
    assert told not in framework_tables.baseline(EN, wide.baseline).footnotes
    wide.baseline.table.loc[1, "unresolved"] = float("nan")
    assert told in framework_tables.baseline(EN, wide.baseline).footnotes


def test_a_baseline_with_wide_bounds_is_a_range() -> None:
    """The low end alone would be copied as the baseline."""
    wide = _with_wide_bounds()
    for table in (framework_tables.matrix(EN, wide), framework_tables.baseline(EN, wide.baseline)):
        (first, *_) = (row for row in table.rows if len(row) > 1)
        cell = next(cell for cell in first if cell.has_range)
        assert cell.text.replace("\xa0", " ") == "20.0 to 40.0"


def test_a_row_without_its_high_end_has_a_note_if_others_have_one() -> None:
    """Beside ranges, a number whose unresolved persons are confidential looks like a sure one."""
    note = "High end hidden to protect people"
    wide, sure = _with_wide_bounds(), evidence()
    for made in (wide, sure):
        made.baseline.table["unresolved_marker"] = ["", "c", *[""] * (len(made.baseline.table) - 2)]
    assert note in framework_tables.baseline(EN, wide.baseline).footnotes
    assert note not in framework_tables.baseline(EN, sure.baseline).footnotes


def test_the_matrix_has_whole_populations_targets_and_partners() -> None:
    names = [row[0] for row in framework_tables.matrix(EN, evidence()).texts if len(row) > 1]
    assert names == ["Everyone", "Men", "–"]


def test_baselines_by_group_leave_out_totals_and_what_another_table_has() -> None:
    filled = evidence().baseline
    table = framework_tables.by_group(EN, filled)
    assert table
    assert [row[:2] for row in table.texts if len(row) > 1][:2] == [("Men", "20.0\xa0[u]"), ("Women", "[c]")]
    assert table.note == f"[c]\xa0{EN.say('markers.c')}; [u]\xa0unreliable (fewer than 15 cases)."
    groups = set(filled.table["group"].dropna())
    assert (
        framework_tables.by_group(EN, filled, [("prevalence", "adults", str(group)) for group in groups])
        is None
    )


def test_what_partners_gave_stands_in_their_cell() -> None:
    made = evidence()
    table = made.baseline.table.astype({"baseline_value": object})
    table.loc[table["id"] == "trained", "baseline_value"] = "about 12"
    given = dataclasses.replace(made, baseline=dataclasses.replace(made.baseline, table=table))
    shown = framework_tables.matrix(EN, given)
    assert shown.texts[-1][:2] == ("–", "about 12")
    assert dict(shown.lettered)[shown.texts[-1][-1]] == "From the partners"


def test_a_final_target_of_partners_stands_after_their_years() -> None:
    made = evidence()
    table = made.baseline.table.astype({"final_target": object})
    table.loc[table["id"] == "trained", "final_target"] = "300 by 2030"
    given = dataclasses.replace(made, baseline=dataclasses.replace(made.baseline, table=table))
    assert (
        framework_tables.matrix(EN, given).texts[-1][3]
        == "year 1: 80; year 2: more than 150; final target: 300 by 2030"
    )


def test_where_no_target_is_set_its_cell_says_so() -> None:
    made = evidence()
    rows = dataclasses.replace(
        made.baseline, table=made.baseline.table.assign(target_year_1="", target_year_2="")
    )
    bare = dataclasses.replace(made, baseline=rows, targets=made.targets.assign(target_year=float("nan")))
    told = {row[0]: row[3] for row in framework_tables.matrix(EN, bare).texts if len(row) > 1}
    assert told == {"Everyone": "none set", "–": "to be filled by the partners"}


def test_each_criterion_is_a_column_and_what_is_missing_a_footnote() -> None:
    made = evidence()
    table = framework_tables.smart(EN, made)
    rows = {row[0].partition(": ")[2]: row[1:] for row in table.texts}
    assert set(rows) == set(made.smart["indicator"])
    for name, cells in rows.items():
        met = made.smart[made.smart["indicator"] == name].set_index("criterion")["met"]
        assert list(cells[: len(CRITERIA)]) == [EN.say(f"smart.{met[criterion]}") for criterion in CRITERIA]
    missing = made.smart[(made.smart["indicator"] == "Inspectors trained") & (made.smart["missing"] != "")][
        "missing"
    ]
    told = [dict(table.lettered)[mark] for mark in rows["Inspectors trained"][-1].split(", ")]
    assert {text.lower() for text in told} == {str(text).lower() for text in missing}
    assert {cell for row in framework_tables.smart(FR, made).texts for cell in row[1:6]} <= {
        "oui",
        "non",
        "en partie",
        "partenaires",
    }


def test_a_baseline_to_be_used_with_caution_has_its_sign_and_the_note_explains_it() -> None:
    made = evidence()
    table = made.baseline.table.copy()
    numbers = table["baseline_value"].notna() & (table["filled_by"] == "survey") & (table["marker"] == "")
    told = framework_tables.baseline(EN, dataclasses.replace(made.baseline, table=table.assign(flag="")))
    careful = framework_tables.baseline(
        EN,
        dataclasses.replace(
            made.baseline, table=table.assign(flag=numbers.map({True: "caution", False: ""}))
        ),
    )
    signed = [row[1] for row in careful.texts if len(row) > 1 and row[1].endswith("†")]
    assert len(signed) == numbers.sum() > 0
    assert "†\xa0use with caution" in careful.note
    assert "†" not in told.note


@pytest.mark.parametrize(
    ("typed", "english", "french"),
    [
        (212, "212", "212"),
        (2500, "2,500", "2 500"),
        (12.5, "12.5", "12,5"),
        (0, "0", "0"),
        (123456789012345, "123,456,789,012,345", "123 456 789 012 345"),
        (date(2026, 5, 1), "2026-05-01", "2026-05-01"),
        ("about 80", "about 80", "about 80"),
        ("50%", "50%", "50%"),
        (Worked(formula="=2*125", value=250), "250", "250"),
    ],
)
def test_whatever_partners_typed_is_printed(typed: Any, english: str, french: str) -> None:
    """Before, every number was lost: the table said that partners still had to fill in the cell."""
    theirs = Partners(matrix={"trained": dict.fromkeys(("baseline_value", *framework_tables.TYPED), typed)})
    made = evidence()
    made = dataclasses.replace(made, baseline=with_partners(made.baseline, theirs))
    for language, printed in ((EN, english), (FR, french)):
        matrix, baseline = (
            framework_tables.matrix(language, made),
            framework_tables.baseline(language, made.baseline),
        )
        (row,), (short,) = ([row for row in table.texts if row[0] == "–"] for table in (matrix, baseline))
        aims = language.list(language.say(key, value=printed) for key in framework_tables.TYPED.values())
        assert [_plain(text) for text in (row[1], row[3], short[1])] == [printed, _plain(aims), printed]
        from_partners = number_words.start(language.say("from_partners"))
        assert from_partners in matrix.footnotes
        assert from_partners in baseline.footnotes


def _plain(text: str) -> str:
    return text.replace("\xa0", " ").replace("\u202f", " ")


@pytest.mark.parametrize("nothing", [None, "", float("nan")])
def test_a_cell_that_partners_left_empty_says_that_they_have_to_fill_it(nothing: Any) -> None:
    made = evidence()
    table = made.baseline.table.astype(object)
    table.loc[table["filled_by"] == "partners", ["baseline_value", *framework_tables.TYPED]] = nothing
    made = dataclasses.replace(made, baseline=dataclasses.replace(made.baseline, table=table))
    (row,) = (row for row in framework_tables.matrix(EN, made).texts if row[0] == "–")
    assert [row[1], row[3], row[4]] == [EN.say("by_partners"), EN.say("by_partners"), ""]
