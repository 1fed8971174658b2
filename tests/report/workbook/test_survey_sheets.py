"""What the survey puts on the sheets: refused targets as warnings, a later round only where there is one, and codes of the SDGs by their goal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import promises
import pytest
import small_country as country

from fltoolkit.nap.baseline import PREVALENCE
from fltoolkit.nap.evidence import Evidence
from fltoolkit.nap.partner_entries import Partners
from fltoolkit.nap.results_framework import Plan
from fltoolkit.nap.targets import UNPLANNED
from fltoolkit.publish.printed_numbers import rounded_up
from fltoolkit.report.workbook.sheet_writer import Column, Page, SheetRow, Styled
from fltoolkit.report.workbook.survey_sheets import (
    dictionary,
    follow_up,
    framework,
    global_figures,
    matrix,
    milestones,
    named,
    read_me,
    sdg,
    targets,
)


def judged(**facts: Any) -> Evidence:
    """The evidence of a cut by half that 5,000 persons cannot verify, with what differs from it in the one row of targets."""
    made = promises.evidence_before_a_repeat(promises.plan_with({"year": 2030, "cut": 0.5}))
    return replace(made, targets=made.targets.assign(**facts))


def cells(page: Page, line: int = 0) -> dict[str, Any]:
    return dict(zip((c.head for c in page.columns), page.lines[line].cells, strict=True))


# -------------------------------------------------------------------------------------------------------------- targets


def test_a_target_that_cannot_be_verified_is_a_warning_above_and_in_its_row() -> None:
    page = targets(judged(reason="too few persons"))
    assert page.notes[0].startswith("1 target cannot be verified by the survey that is planned")
    row = cells(page)
    assert row["Can it be verified?"] == Styled("NO", "warn")
    assert row["Why"] == Styled("WARNING: the planned survey could not verify this target. Too few persons.", "warn")
    assert row["Smallest detectable cut"] == 0.77  # 76.2 %, up
    assert row["Sample needed, each round"] == rounded_up(promises.NEEDED[0.5]) == 15_000
    assert (row["Baseline value"], row["Target value"]) == (Styled(5.0, "one_decimal"), Styled(2.5, "one_decimal"))
    unplanned = cells(targets(judged(obstacle=UNPLANNED)))["Why"]
    assert unplanned.value.startswith("WARNING: no survey is planned that could verify this target. A repeat of 5,000 ")


def test_several_that_cannot_are_counted_and_one_that_can_is_no_warning() -> None:
    two = judged()
    page = targets(replace(two, targets=pd.concat([two.targets, two.targets])))
    assert page.notes[0].startswith("2 targets cannot be verified by the survey that is planned")
    can = targets(judged(verifiable="yes", reason="it would"))
    assert can.notes[0].startswith("Targets of rows that a survey fills stand in nap.yaml")
    assert (cells(can)["Can it be verified?"], cells(can)["Why"]) == ("yes", "It would.")


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"smallest_cut": 0.3}, 0.3),
        ({"smallest_cut": np.nan}, Styled("none", "in_place")),
        ({"smallest_cut": np.nan, "planned_sample": np.nan}, None),
    ],
)
def test_no_fall_that_a_repeat_would_find_is_none_in_words_and_without_a_repeat_blank(
    facts: dict[str, Any], told: object
) -> None:
    assert cells(targets(judged(**facts)))["Smallest detectable cut"] == told


def test_what_has_a_target_comes_first() -> None:
    made = judged()
    without = made.targets.assign(category="open", target_year=np.nan, verifiable="")
    page = targets(
        replace(made, targets=pd.concat([without, made.targets, made.targets.assign(target_year=2028, category="soon")]))
    )
    assert [cells(page, line)["Category"] for line in range(3)] == ["total", "soon", "open"]


def test_the_later_round_stands_there_only_once_there_is_one() -> None:
    before, after = targets(judged()), targets(judged(later_year=2027, later_value=4.25, beside="above the target"))
    assert len(after.columns) == len(before.columns) + 5
    assert (after.printed_columns or 0) == (before.printed_columns or 0) + 5
    row = cells(after)
    assert (row["Later round"], row["Now"], row["Beside the target"]) == (2027, Styled(4.25, "one_decimal"), "above the target")
    assert after.columns[(after.printed_columns or 0) - 1].head == "Smallest detectable cut"


# ---------------------------------------------------------------------------------------------- milestones and follow-up


def test_what_nobody_measures_is_quiet_and_without_targets_it_is_said() -> None:
    page = milestones(judged())
    assert [(cells(page, n)["Year"], cells(page, n)["Value"].value) for n in range(6)] == [
        (2025, 5.0), (2026, 4.5), (2027, 4.0), (2028, 3.5), (2029, 3.0), (2030, 2.5),
    ]  # fmt: skip
    kinds = [cells(page, n)["What it is"] for n in range(6)]
    assert kinds == ["baseline", *[Styled("not measured", "quiet")] * 4, "target"]
    (none,) = milestones(promises.evidence_before_a_repeat(promises.plan_with())).lines
    assert none.cells[0] == "nap.yaml gives no targets yet."
    assert len(none.cells) == len(page.columns)


def test_without_a_later_round_the_follow_up_says_so() -> None:
    made = judged()
    assert follow_up(made).notes[0].startswith("No later round yet")
    row: dict[str, Any] = dict.fromkeys(made.follow_up.columns) | {
        "indicator": PREVALENCE["indicator"], "measure": "total", "value": 450.0, "change": -750.0, "light": "▼ decreased",
        "marker": "u", "decrease": 62.5,
    }  # fmt: skip
    page = follow_up(replace(made, follow_up=pd.DataFrame([row])))
    assert "never that the plan changed it" in page.notes[0]
    told = cells(page)
    assert (told["Indicator"], told["Now"], told["Change"]) == (
        "Forced labour prevalence",
        Styled(450.0, "whole"),
        Styled(-750.0, "whole"),
    )
    assert (told["Verdict"], told["Marker"], told["Decrease in %"], told["Baseline"]) == (
        "▼ decreased",
        "[u]",
        62.5,
        Styled(None, "whole"),
    )


# ----------------------------------------------------------------------------------------------------- the plan and codes


def planned(*rows: dict[str, Any]) -> Evidence:
    return replace(judged(), plan=Plan.model_validate(country.with_rows(*rows)))


def test_an_indicator_stands_at_its_sdg_target_its_goal_or_by_itself() -> None:
    """Tool No. 6 lists 8.7 and 5.1 as targets, 4 and 9 as whole goals, and 6.1 not at all."""
    page = sdg(
        planned({"id": "a", "indicator": "A", "sdg": ["8.7", "4.4"]}, {"id": "b", "indicator": "B", "sdg": ["8.7", "9", "6.1"]})
    )
    told = {str(line.cells[0]): line.cells[2] for line in page.lines}
    assert (told["8.7"], told["4"], told["9"], told["6.1"]) == ("A\nB", "A", "B", "B")
    assert told["5.1, 5.2, 5.4"] == ""
    assert page.lines[-1].cells[1] == "named by the plan; Tool No. 6 does not list it"
    assert "4.4" not in told


def test_the_framework_says_who_fills_an_indicator() -> None:
    page = framework(planned({"id": "a", "sdg": ["8.7", "5.2"]}, {"id": "b", "measure": None}))
    assert [cells(page, n)["Filled from"] for n in (0, 1)] == ["survey", "partners"]
    assert cells(page)["SDG targets"] == "8.7, 5.2"
    assert page.notes[0] == "Goal: By 2030 nobody is in forced labour."


def test_global_figures_are_never_comparable() -> None:
    page = global_figures()
    assert {cells(page, n)["Comparable"] for n in range(len(page.lines))} == {"no"}
    assert all(cells(page, n)["Why"] and cells(page, n)["Source"] for n in range(len(page.lines)))


def test_an_indicator_that_stands_alone_speaks_of_no_row_below() -> None:
    assert named({"indicator": str(PREVALENCE["indicator"])}) == "Forced labour prevalence"
    assert named({"indicator": "Prevalence"}) == "Prevalence"


def test_the_dictionary_and_the_first_sheet_tell_what_each_column_and_sheet_is_for() -> None:
    page = Page(
        "Costs", "What it costs.", (Column("Unit", 8, help="day or trip"), Column("Price", 8, help="of one", key="unit_cost")),
        [SheetRow(("day", 3))], tool="12", fills="prices", table="costs",
    )  # fmt: skip
    assert [line.cells for line in dictionary([page]).lines] == [
        ("Costs", "Unit", "day or trip", "kit", ""),
        ("Costs", "Price", "of one", "partners", "costs: unit_cost"),
    ]
    bare = replace(page, name="Goals", fills="", tool="")
    assert [line.cells for line in read_me([page, bare]).lines] == [
        ("Costs", "What it costs.", "12", "prices"),
        ("Goals", "What it costs.", "", "nothing"),
    ]


# -------------------------------------------------------------------------------------------------------------- matrix


def test_the_matrix_starts_an_indicator_in_words_and_leaves_partners_three_cells() -> None:
    names = (
        "id code statement indicator definition disaggregated_by means_of_verification unit baseline_value target_year_1 target_year_2 "
        "reporting_frequency lead category group marker ci_low ci_high n cases cv deff df flag reason measure reference_period "
        "reference_population_label rule_set same_work survey round year filled_by about_targets"
    )
    rate: dict[str, Any] = dict.fromkeys(names.split(), "") | {
        "id": "rate", "measure": "prevalence", "baseline_value": 17.25, "ci_low": 3.0, "cv": np.nan, "filled_by": "survey",
        "disaggregated_by": "gender", "about_targets": "see Targets",
    }  # fmt: skip
    men = rate | {"group": "gender", "category": "men"}
    stock = rate | {"id": "stock", "measure": "stock"}
    theirs = rate | {"id": "theirs", "measure": None, "filled_by": "partners", "baseline_value": "80", "target_year_1": "090"}
    made = judged()
    partners = Partners.model_validate({"matrix": {"theirs": {"target_year_2": 12}}})
    table = pd.DataFrame([rate, men, stock, theirs])
    page = matrix(replace(made, partners=partners, baseline=replace(made.baseline, table=table)))
    assert [cells(page, n)["Indicator"].style for n in range(4)] == ["text", "again", "text", "text"]
    assert [cells(page, n)["Disaggregated by"].value for n in range(3)] == ["gender", "gender: men", "gender"]
    assert [cells(page, n)["Baseline value"] for n in range(2)] == [Styled(17.25, "one_decimal")] * 2
    assert (cells(page)["CV"], cells(page)["About the targets"]) == (Styled(None, "percent"), "see Targets")
    assert [cells(page, n)["Targets: Year +1"].style for n in (0, 2)] == ["one_decimal", "whole"]
    row = cells(page, 3)
    assert (row["Baseline value"], row["Targets: Year +1"], row["Targets: Year +2"]) == (80.0, "090", 12)
    assert (page.lines[3].id, page.lines[3].inputs, page.lines[3].held) == (
        "theirs", ("baseline_value", "target_year_1", "target_year_2"), {"target_year_2"},
    )  # fmt: skip
    assert [line.inputs for line in page.lines[:3]] == [()] * 3
