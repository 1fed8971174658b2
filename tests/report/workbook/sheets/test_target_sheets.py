"""Tests targets in the workbook: refused ones as warnings, a later round only if there is one, and a path of
planned values."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import promises
import pytest
from handed import EN, FR
from two_rounds import fell

from fltoolkit.estimate.change_over_time.difference import DECREASED, NO_CHANGE
from fltoolkit.estimate.change_over_time.unresolved_excess import MORE_UNRESOLVED, stated_verdict
from fltoolkit.languages.reasons import Name, Reason
from fltoolkit.nap.baseline import PREVALENCE
from fltoolkit.nap.evidence import Evidence
from fltoolkit.nap.targets import NO_FALL, UNLIKE, UNPLANNED
from fltoolkit.publish.printed_numbers import rounded_up
from fltoolkit.report.workbook.sheet_description import Page, Styled
from fltoolkit.report.workbook.sheets.target_sheets import follow_up, milestones, targets


def judged(**facts: Any) -> Evidence:
    """The evidence of a cut by half that 5,000 persons cannot verify, with what differs from it in the one
    row of targets."""
    made = promises.evidence_before_a_repeat(promises.plan_with({"year": 2030, "cut": 0.5}))
    return replace(made, targets=made.targets.assign(**facts))


def sheet(made: Evidence) -> Page:
    page = targets(made, EN)
    assert page
    return page


def cells(page: Page | None, line: int = 0) -> dict[str, Any]:
    """The cells of a row by their heads."""
    assert page
    return dict(zip((c.head for c in page.columns), page.lines[line].cells, strict=True))


def test_a_target_that_cannot_be_verified_is_a_warning_above_and_in_its_row() -> None:
    page = sheet(judged(reason="too few persons"))
    assert page.notes[1].startswith("Targets that the planned survey cannot verify: 1 (in red).")
    row = cells(page)
    assert row["Fall from baseline detectable?"] == Styled("NO", "warn")
    assert row["Why"] == Styled(
        "Warning: the planned survey could not verify this target. Too few persons.", "warn"
    )
    assert row["Smallest detectable cut (chance alone)"] == 0.77  # 76.2%, up
    assert row["Sample needed, each round"] == rounded_up(promises.NEEDED[0.5]) == 15_000
    assert (row["Baseline value"], row["Target value"]) == (
        Styled(5.0, "one_decimal"),
        Styled(2.5, "one_decimal"),
    )
    unplanned = cells(sheet(judged(obstacle=UNPLANNED)))["Why"]
    start = (
        "Warning: no survey is planned that could verify this target. A repeat as planned (adults: 5,000) "
    )
    assert unplanned.value.startswith(start)


def test_several_that_cannot_are_counted_and_one_that_can_is_no_warning() -> None:
    two = judged()
    page = sheet(replace(two, targets=pd.concat([two.targets, two.targets])))
    assert page.notes[1].startswith("Targets that the planned survey cannot verify: 2 (in red).")
    can = sheet(judged(verifiable="yes", reason="it would"))
    assert not [note for note in can.notes if "cannot be verified" in note]
    assert (cells(can)["Fall from baseline detectable?"], cells(can)["Why"]) == ("yes", "It would.")


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"smallest_cut": 0.3}, 0.3),
        ({"smallest_cut": np.nan, "smallest_obstacle": NO_FALL}, Styled("none detectable", "in_place")),
        ({"smallest_cut": np.nan, "smallest_obstacle": UNLIKE}, Styled("sizes too unlike", "in_place")),
        ({"smallest_cut": np.nan, "planned_sample": np.nan}, None),
    ],
)
def test_no_fall_that_a_repeat_would_find_is_none_in_words_and_without_a_repeat_blank(
    facts: dict[str, Any], told: object
) -> None:
    assert cells(sheet(judged(**facts)))["Smallest detectable cut (chance alone)"] == told


@pytest.mark.parametrize(
    ("facts", "explained"),
    [({"smallest_cut": 0.99}, 1), ({"smallest_cut": np.nan}, 1), ({"planned_sample": np.nan}, 0)],
)
def test_the_smallest_cut_is_explained_once_above_if_a_repeat_is_planned(
    facts: dict[str, Any], explained: int
) -> None:
    notes = sheet(judged(**facts)).notes
    assert sum("Smallest detectable cut: by chance alone" in note for note in notes) == explained


def test_what_has_a_target_comes_first_and_is_printed() -> None:
    made = judged()
    without = made.targets.assign(category="open", group="area", target_year=np.nan, verifiable="")
    page = sheet(
        replace(
            made,
            targets=pd.concat(
                [
                    without,
                    made.targets,
                    made.targets.assign(target_year=2028, category="soon", group="region"),
                ]
            ),
        )
    )
    assert [cells(page, line)["Category"] for line in range(3)] == ["everyone", "soon", "open"]
    beside = made.targets.assign(category="before", group="region", target_year=np.nan)
    aimed = made.targets.assign(category="soon", group="region")
    page = sheet(replace(made, targets=pd.concat([without, beside, aimed])))
    assert [cells(page, line)["Category"] for line in range(3)] == ["soon", "open", "before"]
    assert page.printed_lines == 1


def test_a_group_with_two_results_is_explained_by_the_two_planned_samples() -> None:
    made, said = (
        judged(planned_sample=7_000.0),
        "has a result for each, because the planned samples differ (7,000 adults; 2,500 adults).",
    )
    two = pd.concat(
        [made.targets, made.targets.assign(planned_sample=2_500.0, id="other")], ignore_index=True
    )
    assert any(said in note for note in sheet(replace(made, targets=two)).notes)
    assert not any("result for each" in note for note in sheet(made).notes)


def test_the_follow_up_has_each_number_of_the_later_survey_and_whether_its_target_is_reached() -> None:
    made = fell()
    page = follow_up(made, EN)
    shown = made.follow_up[["baseline_value", "value", "target_year"]].notna().any(axis=1)
    rows = made.follow_up[shown].to_dict("records")
    assert page
    assert 0 < len(rows) == len(page.lines)
    for place, row in enumerate(rows):
        told = cells(page, place)
        if row["measure"] == "prevalence":
            assert told["Value 2027"].value == pytest.approx(round(row["value"], 1), nan_ok=True)
        assert told["Target reached?"] == EN.kit(row["reached"])
    assert any(row["reached"] for row in rows)
    assert page
    wide = follow_up(replace(made, follow_up=made.follow_up.assign(bound=990.0)), EN)
    assert wide
    heads = [c.head for c in wide.printed]
    later = heads.index("Value 2027 or low end")
    assert heads[later + 2 : later + 4] == ["2027, from (low end)", "2027, to (low end)"]


def test_what_nobody_measures_is_quiet_and_without_targets_there_is_no_sheet() -> None:
    page = milestones(judged(), EN)
    assert page
    assert [(cells(page, n)["Year"], cells(page, n)["Planned value"].value) for n in range(6)] == [
        (2025, 5.0),
        (2026, 4.5),
        (2027, 4.0),
        (2028, 3.5),
        (2029, 3.0),
        (2030, 2.5),
    ]
    kinds = [cells(page, n)["In that year"] for n in range(6)]
    assert kinds == [
        Styled("baseline", "text"),
        *[Styled("not measured", "quiet")] * 4,
        Styled("target (linear path); not verifiable", "warn"),
    ]
    assert cells(milestones(judged(verifiable="yes"), EN), 5)["In that year"] == Styled(
        "target (linear path)", "quiet"
    )
    assert [cells(page, n)["Measured value"].value for n in range(6)] == [5.0, None, None, None, None, None]
    assert page.chart
    assert (page.chart.rows, page.chart.first) == (6, 0)
    assert page.columns[page.chart.path or 0].head == "Planned value"
    later = milestones(
        judged(later_year=2027, later_value=4.26, later_ci_low=3.0, later_ci_high=6.0, later_marker="u"), EN
    )
    row = cells(later, 2)
    assert (row["Measured value"].value, row["Interval to"].value, row["Marker"]) == (4.3, 6.0, "[u]")
    assert (row["Unreliable"].value, cells(later)["Unreliable"].value) == (4.3, None)
    assert [cells(later, n)["Target"].value for n in range(6)] == [None] * 5 + [2.5]
    assert later
    assert later.chart
    drawn = [later.columns[place or 0].head for place in (later.chart.hollow, later.chart.target)]
    assert (drawn, page.chart.hollow) == (["Unreliable", "Target"], None)
    assert later.chart.axes.top >= 6.0
    assert milestones(promises.evidence_before_a_repeat(promises.plan_with()), EN) is None


def test_a_target_has_the_digits_that_the_plan_states() -> None:
    """Before, 2.35 per 1,000 was 2.4, and 4,321 persons were 4,320."""
    made = promises.evidence_before_a_repeat(promises.plan_with({"year": 2027, "value": 2.35}))
    assert cells(sheet(made))["Target value"] == Styled(2.35, "two_decimals")
    assert [cells(milestones(made, EN), n)["Planned value"] for n in (1, 2)] == [
        Styled(3.7, "one_decimal"),
        Styled(2.35, "two_decimals"),
    ]
    persons = replace(made, targets=made.targets.assign(measure="total", stated_value=4321.0))
    assert cells(sheet(persons))["Target value"] == Styled(4321.0, "whole")


def test_milestones_from_the_low_end_of_a_range_say_so() -> None:
    said = "targets and the path to them are those of the low end."
    wide, narrow = milestones(judged(baseline_bound=40.0), EN), milestones(judged(), EN)
    assert wide
    assert narrow
    assert [any(said in note for note in sheet.notes) for sheet in (wide, narrow)] == [True, False]
    assert [cells(wide, n)["High end"].value for n in (0, 1)] == [40.0, None]
    assert [wide.columns[place].head for place in wide.chart.band or ()] == ["High end", "Reach"]
    assert [cells(wide, n)["Reach"].value for n in (0, 1)] == [
        40.0 - cells(wide)["Measured value or low end"].value,
        None,
    ]
    assert wide.chart.axes.top > 40 > narrow.chart.axes.top
    assert (
        len([c for c in wide.columns if not c.hidden]) == len([c for c in narrow.columns if not c.hidden]) + 1
    )


def light(sign: str, verdict: Reason) -> Reason:
    return Reason.of("rounds.light", sign=sign, verdict=verdict)


def test_without_a_later_round_there_is_no_follow_up_and_with_one_a_row_is_said_in_the_plans_language() -> (
    None
):
    made = judged()
    assert follow_up(made, EN) is None
    row: dict[str, Any] = dict.fromkeys(made.follow_up.columns) | {
        "indicator": PREVALENCE["indicator"],
        "measure": "total",
        "value": 450.4,
        "change": -750.0,
        "verdict": DECREASED,
        "light": light("▼", DECREASED),
        "group": "gender",
        "category": Reason.of("categories.women"),
        "unit": Reason.of("whom.rate", who=Name("kit.populations", "adults")),
        "marker": "u",
        "marker_before": "c",
        "marker_after": "u",
        "decrease": 62.54,
        "flag": "unreliable",
        "year_before": 2025,
        "year": 2027,
    }
    later = replace(made, follow_up=pd.DataFrame([row]))
    page = follow_up(later, EN)
    assert page
    assert "never that the plan changed it" in page.notes[-1]
    told = cells(page)
    assert told["Indicator"] == "Prevalence of forced labour, adults (per 1,000 adults)"
    assert (told["Value 2027"], told["Change"]) == (Styled(450.0, "whole"), Styled(-750.0, "signed_whole"))
    # The same words as on the sheet of targets: an unreliable number says which way it went, not how far.
    assert (told["Changed?"], told["Decrease in %"], told["Baseline"]) == (
        "▼ decreased, but how far is uncertain",
        Styled(63.0, "whole"),
        Styled(None, "whole"),
    )
    assert (told["Marker 2025"], told["Marker 2027"]) == ("[c]", "[u]")
    hidden = replace(made, follow_up=pd.DataFrame([row | {"change": None, "light": "", "marker": "c"}]))
    assert cells(follow_up(hidden, EN))["Changed?"] == "[c]"
    reasons = {
        "verdict": NO_CHANGE,
        "verdict_reason": MORE_UNRESOLVED,
        "light": light("○", stated_verdict(NO_CHANGE, MORE_UNRESOLVED)),
    }
    unjudged = cells(follow_up(replace(made, follow_up=pd.DataFrame([row | reasons])), EN))
    assert (unjudged["Changed?"], unjudged["Why"]) == ("○ not judged", "more unresolved answers in one round")
    unknown = replace(made, follow_up=pd.DataFrame([row | {"year": None}]))
    assert cells(follow_up(unknown, EN))["Marker After"] == "[u]"
    french = cells(follow_up(later, FR))
    assert (french["Évolution\u202f?"], french["Catégorie"]) == (
        "▼ baisse, mais son ampleur est incertaine",
        "femmes",
    )
    limits = {"change_ci_low": -1300.0, "change_ci_high": 0.0, "beyond_zero": "<0"}
    at_zero = list(cells(follow_up(replace(made, follow_up=pd.DataFrame([row | limits])), EN)).values())
    place = at_zero.index(Styled(-1300.0, "signed_whole"))
    assert at_zero[place + 1] == Styled("<0", "in_place")
    limits["beyond_zero"] = ""
    at_zero = list(cells(follow_up(replace(made, follow_up=pd.DataFrame([row | limits])), EN)).values())
    assert at_zero[place + 1] == Styled(0.0, "signed_whole")
