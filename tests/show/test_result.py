"""Tests the result of a section: it counts rows, repeats published numbers, and never names the highest or
the lowest group."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import small_country as country
from two_rounds import fell

import fltoolkit as fl
from fltoolkit.estimate.change_over_time.difference import NO_CHANGE
from fltoolkit.estimate.change_over_time.unresolved_excess import MORE_UNRESOLVED, WIDE_BOUNDS
from fltoolkit.nap.later_survey import DECREASE, REACHED
from fltoolkit.nap.targets import TOO_WIDE
from fltoolkit.publish.models.published_model import PublishedModel
from fltoolkit.show import result
from fltoolkit.show.wording.section_words import NOTHING, RESULT
from fltoolkit.survey.spec.groups_and_tables import CROSS


def test_a_result_is_marked_as_one_for_the_page() -> None:
    bundle = result.flow(country.published())._repr_mimebundle_()
    assert RESULT in bundle
    assert bundle["text/plain"].startswith(
        "At some time in the past 12 months, 410 adults were in forced labour (95% interval: "
    )


def test_a_hidden_number_is_not_said() -> None:
    out = country.published()
    hidden = out.table.copy()
    hidden.loc[hidden["measure"] == "total", ["estimate", "ci_low", "ci_high"]] = float("nan")
    said = str(result.flow(replace(out, table=hidden)))
    assert "410" not in said
    assert "not shown" in said


@pytest.mark.parametrize("measure", ["prevalence", "total", "share"])
def test_what_was_found_by_group_comes_before_how_many_numbers_can_be_used(measure: str) -> None:
    out = country.published()
    rows = out.table[
        (out.table["measure"] == measure)
        & (out.table["breakdown"] != "")
        & ~out.table["breakdown"].str.contains(CROSS)
        & (out.table["rule_set"] == out.table["rule_set"].iloc[0])
    ]
    if measure == "total":  # groups that only cases have, such as the sector, are in a picture of their own
        rows = rows[~rows["breakdown"].isin(out.case_only)]
    if measure == "share":  # each breakdown has a picture of its own
        rows = rows[rows["breakdown"] == rows["breakdown"].iloc[0]]
    *first, counted = str(result.groups(out, measure)).split("\n\n")
    assert [text[:11] for text in first] == [
        {"prevalence": "The compari", "share": "Of every 10", "total": "410 adults "}[measure]
    ]
    careful = (rows["estimate"].notna() & (rows["flag"] == "caution")).sum()
    assert counted == f"{careful} of {len(rows)} numbers by group can be used, with caution."


def test_a_number_without_a_flag_is_used_as_it_is_and_one_without_a_case_not_at_all() -> None:
    out = country.published()
    first = out.table.index[(out.table["measure"] == "prevalence") & (out.table["breakdown"] == "sex")][0]
    flags = out.table["flag"].where(out.table.index != first, "")
    said = str(result.groups(replace(out, table=out.table.assign(flag=flags)), "prevalence"))
    assert said.endswith("5 of 12 numbers by group can be used, 4 of them with caution.")
    none = out.table.assign(marker="w", flag="")
    assert "None of 12 numbers" in str(result.groups(replace(out, table=none), "prevalence"))


def test_wide_ranges_are_not_among_the_numbers_that_can_be_used() -> None:
    out = country.published()
    rows = (out.table["measure"] == "prevalence") & (out.table["breakdown"] == "sex")
    table = out.table.assign(
        bounds_note=out.table["bounds_note"].mask(rows, str(WIDE_BOUNDS)),
        flag=out.table["flag"].mask(rows, ""),
    )
    table = table.assign(unresolved_marker="")
    told = str(result.groups(replace(out, table=table), "prevalence"))
    assert "2 wide ranges and 0 with a confidential high end." in told
    first = table[rows].index[0]
    table.loc[first, ["bounds_note", "unresolved_marker"]] = ["", "c"]
    told = str(result.groups(replace(out, table=table), "prevalence"))
    assert "1 wide range and 1 with a confidential high end." in told
    assert "wide range" not in str(result.groups(out, "prevalence"))


def test_where_nobody_was_found_the_sections_say_that_and_count_no_groups(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before, the shares had three empty rows of everyone, and `the survey asks for no groups` and `of 0 odds
    ratios` above them."""
    survey = country.changed(
        country.SURVEY, tables=[{"measure": "share", "of": of} for of in ("sector", "sex", "region")]
    )
    persons = fl.classify(
        fl.read_survey(country.write(tmp_path, survey, table=country.persons().assign(INV=2, FISIC=None)))
    )
    out = fl.publish_run(persons)
    assert "no case was recorded" in str(result.groups(out, "share"))
    assert str(result.risk(fl.risk_factors(persons, out))).startswith("No model is shown")
    seen: list[Any] = []
    monkeypatch.setattr("IPython.display.display", seen.append)
    fl.show.gallery(out, "share")
    assert [str(table).count("Everyone") for table in seen] == [1]


def test_the_odds_ratios_whose_interval_excludes_1_are_named_with_their_flag() -> None:
    limits = pd.DataFrame(
        {
            "group": "sex",
            "category": ["women", "boys", "girls"],
            "reference": "men",
            "odds_ratio": [0.245, 3.0, 3.0],
            "ci_low": [0.1, 1.5, 0.5],
            "ci_high": [0.6, 5.0, 5.0],
            "flag": ["unreliable", "", "unreliable"],
        }
    )
    model = PublishedModel(limits, 0.95, "", "", "", "", "", "", "", ())
    assert str(result.risk(model)) == (
        "Odds for women: 0.24 times those for men. *Unreliable.* Odds for boys: 3.0 times those for men. "
        "The interval contains 1 for 1 of 3 odds ratios; by chance alone, about 5% would not."
    )
    alone = str(result.risk(replace(model, table=limits.iloc[2:])))
    assert alone.startswith("The interval contains 1 for 1 of 1 odds ratio;")
    none = replace(model, table=limits.assign(ci_low=float("nan"), ci_high=float("nan")))
    assert str(result.risk(none)).startswith("No odds ratio of this model has an interval. An interval")


def test_the_number_of_unresolved_persons_opens_the_section_about_them() -> None:
    assert str(result.unresolved(country.published())).startswith(
        "Adults: 5 of the 412 persons who answered are unresolved: "
    )
    out = country.published()
    wide = out.table.assign(bounds_note=str(WIDE_BOUNDS), ci_high=out.table["estimate"])
    said = str(result.unresolved(replace(out, table=wide))).replace("\xa0", " ")
    assert said.startswith("Adults (99.5 to 111.7 per 1,000 in forced labour): 5 of the 412 persons")


@pytest.mark.parametrize(
    ("trace", "said"),
    [
        ("other paths", "too few share one"),
        ("any work: yes", "1 path of persons in forced labour, and 1 of others"),
    ],
)
def test_paths_of_cases_are_told_from_the_others(trace: str, said: str) -> None:
    found = pd.DataFrame(
        {"step": ["forced labour", "no work"], "trace": [trace, "any work: no"], "persons": [40.0, 1490.0]}
    )
    assert said in str(result.paths(found))


def test_few_paths_of_cases_stand_above_their_table_because_the_table_is_not_printed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = pd.DataFrame(
        {"step": "forced labour", "trace": list("abcdefg"), "persons": 40.0, "short_trace": list("ABCDEFG")}
    )
    other = pd.DataFrame(
        {
            "step": ["forced labour"],
            "trace": "other paths",
            "persons": float("nan"),
            "short_trace": "other paths",
        }
    )
    seen: list[Any] = []
    monkeypatch.setattr("IPython.display.display", seen.append)
    fl.show.paths(pd.concat([found.head(2), other]))
    assert (
        str(seen[0])
        == "Forced labour, 40 persons who answered: A.\n\nForced labour, 40 persons who answered: B."
    )
    assert "other paths" in str(seen[1])
    fl.show.paths(found)
    fl.show.paths(other)
    assert len(seen) == 4


def test_indicators_that_meet_all_criteria_are_counted() -> None:
    evidence = fell()
    checked = evidence.smart.assign(
        met=evidence.smart["criterion"].map(
            lambda criterion: "partners" if criterion == "achievable" else "yes"
        )
    )
    assert str(result.smart(replace(evidence, smart=checked))).startswith(
        "2 of 2 indicators meet the four criteria"
    )
    assert str(result.smart(replace(evidence, smart=evidence.smart.assign(met="no")))).startswith("0 of ")


def test_the_first_warnings_are_said_and_all_findings_are_counted_by_severity() -> None:
    found = pd.DataFrame(
        {
            "severity": ["note", "warning", "warning", "error", "note"],
            "what": list("abcde"),
            "count": ["", "about 20", "", "", ""],
        }
    )
    assert str(result.findings(found)) == "D (not counted). B (about 20). 1 error, 2 warnings and 2 notes."
    assert str(result.findings(found.iloc[:0])) == "0 errors, 0 warnings and 0 notes."


def test_a_plan_says_what_is_filled_verifiable_and_changed() -> None:
    evidence = fell()
    given = evidence.targets[evidence.targets["target_year"].notna()]
    first = replace(
        evidence,
        targets=evidence.targets.assign(later_value=float("nan")),
        follow_up=evidence.follow_up.iloc[:0],
    )
    could, of = (given["verifiable"] == "yes").sum(), f"{len(given)} target{'s' * (len(given) != 1)}"
    assert could
    found = (
        f"A survey of the planned size (2,400 adults) would find the fall to the target for {could} of {of}."
    )
    assert str(result.targets(first)) == found
    assert str(result.targets(evidence)) == f"{found} What the later survey found is in the last part."
    alike = first.targets.assign(verifiable="no", obstacle=[TOO_WIDE] * len(first.targets))
    none = {1: "the target", 2: "either target"}.get(len(given), f"any of the {len(given)} targets")
    assert str(result.targets(replace(first, targets=alike))).endswith(
        f" would not find the fall to {none} (too many unresolved answers)."
    )
    assert str(result.baseline(first)).endswith(" that the plan asks of it.")
    said = str(result.baseline(evidence))
    assert said.startswith("The earlier round, which is the baseline, fills ")
    assert said.endswith("The last part shows what has changed since.")
    rows = evidence.baseline.table
    asked = rows[(rows["filled_by"] == "survey") & (rows["derived_from"] == "")]
    assert f" of {len(asked)} rows that " in said
    said = str(result.follow_up(evidence))
    assert said.startswith(
        f"Of {(asked['category'] != '').sum()} rows, "
    )  # a group that the survey does not have cannot be followed
    assert " changed, " in said
    reached = list(evidence.follow_up["reached"]).count(REACHED)
    twice = " A row of a % decrease repeats its prevalence; it is not counted."
    assert said.endswith(f" Targets shown to be reached: {reached} of {len(given)}.{twice}")
    once = evidence.follow_up[evidence.follow_up["measure"] != DECREASE]
    assert str(result.follow_up(replace(evidence, follow_up=once))) == said.removesuffix(twice)
    more = pd.concat(
        [evidence.targets, given.assign(target_year=2035, reached="")]
    )  # counted as on the slides
    assert str(result.follow_up(replace(evidence, targets=more))).endswith(
        f" reached: {reached} of {2 * len(given)}.{twice}"
    )
    evidence = replace(evidence, targets=evidence.targets.assign(target_year=float("nan")))
    unjudged = evidence.follow_up.iloc[:1].assign(
        verdict=NO_CHANGE, verdict_reason=MORE_UNRESOLVED, reached=""
    )
    assert str(result.follow_up(replace(evidence, follow_up=unjudged))) == (
        "Of 1 row, 0 changed, 0 show no detectable change, 1 is not judged, and 0 have no verdict."
    )
    hidden = evidence.follow_up.iloc[:2].assign(verdict="", verdict_reason="", marker=["c", "x"], reached="")
    assert str(result.follow_up(replace(evidence, follow_up=hidden))).endswith(
        "and 2 have no verdict (1 confidential)."
    )
    nothing = result.follow_up(replace(evidence, follow_up=evidence.follow_up.iloc[:0]))
    assert NOTHING in nothing._repr_mimebundle_()
    assert "no plan" in str(result.targets(None))


def test_in_time_is_nothing_where_nothing_was_asked() -> None:
    out = country.published()
    assert NOTHING in result.in_time(out)._repr_mimebundle_()
    assert str(result.in_time(out)).endswith("at the interview: its list of tables asks for none.")


def test_an_unverified_rule_set_is_named_as_an_exercise_and_one_without_a_rate_has_its_reason() -> None:
    """Before, `classified by one definition alone` stood above a picture with two."""
    out = country.published()
    assert "ILO indicators of 2012: hts_2012 needs the stage" in str(result.rule_sets(out))
    exercise = replace(out, table=out.table.assign(estimate=out.table["estimate"].fillna(0.1)))
    told = str(result.rule_sets(exercise))
    assert told.startswith(
        "No other rule set gives a result for this survey. ILO indicators of 2012: an exercise, "
    )
    alone = replace(out, table=out.table[out.table["rule_set"] == out.rule_set])
    assert (
        str(result.rule_sets(alone))
        == "The survey is classified by one definition alone: 2018 international definition."
    )
    other = next(name for name in out.table["rule_set"].unique() if name != out.rule_set)
    swapped = replace(out, table=out.table[out.table["breakdown"] == ""], rule_set=other)
    assert str(result.rule_sets(swapped)) == "2018 international definition: 99.5 per 1,000."
    verified = out.table.assign(
        to_verify="", estimate=out.table["estimate"].mask(out.table["rule_set"] != out.rule_set)
    )
    told = str(result.rule_sets(replace(out, table=verified.assign(reason=str(MORE_UNRESOLVED)))))
    assert told.startswith("No other rule set gives a result for this survey. ILO indicators of 2012: ")
