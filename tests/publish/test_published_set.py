"""Tests the published set: flags at their limits, confidentiality first, the same blank cells everywhere, and
nothing recoverable."""

from __future__ import annotations

import importlib
import io
from collections import Counter
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shipped
import small_country as country
import yaml
from attack import Key, cells_of, groups_of, recovered, told
from hypothesis import Phase, given, settings, strategies as st
from shared_surveys import classified
from small_surveys import SPEC
from thoroughness import tries

import fltoolkit as fl
from fltoolkit.errors import PublicationError, RequestError, SpecError
from fltoolkit.publish.disclosure.complementary_suppression import Protected
from fltoolkit.publish.disclosure.confidential_cells import Limits
from fltoolkit.publish.measure_units import PROFILES
from fltoolkit.publish.publication_profiles import shipped_publication_profiles
from fltoolkit.publish.published_set import COUNTS, MARKERS, NUMBERS, Published, restricted
from fltoolkit.publish.reliability import load_publication_profile
from fltoolkit.survey.spec.groups_and_tables import TableSpec
from fltoolkit.survey.spec.survey_spec import read_spec

SAMPLE = Path(__file__).parents[2] / "data_samples" / "norvia_lfs_2025"
SUPPRESSION = importlib.import_module("fltoolkit.publish.disclosure.suppression")
PUBLISH = importlib.import_module("fltoolkit.publish.published_set")
SHOWN = (
    "estimate",
    "se",
    "ci_low",
    "ci_high",
    "cv",
    "n",
    "cases",
    "population",
    "psus_with_cases",
    "households_with_cases",
)


# ---------------------------------------------------------------------------------------------------- flags,

GOOD = {
    "estimate": 0.1,
    "se": 0.01,
    "ci_low": 0.07,
    "ci_high": 0.14,
    "cv": 0.1,
    "df": 40,
    "n": 1000,
    "cases": 100,
    "population": 9000.0,
    "n_eff": 800.0,
    "psus_with_cases": 40,
    "households_with_cases": 90,
}


@cache
def estimated(measure: str) -> fl.Estimates:
    """One number of forty persons."""
    frame = pd.DataFrame({"w": 10.0, "psu": range(40), "y": [1, 0] * 20, "hours": range(40)})
    design = fl.SurveyDesign(frame, weight="w", psu="psu")
    if measure == "mean":
        return fl.mean(design, "hours")
    return {"prevalence": fl.prevalence, "total": fl.total}[measure](design, "y")


def one_number(measure: str = "prevalence", **facts: Any) -> fl.Estimates:
    """An Estimates of one row that holds what the test wants to see judged."""
    est = estimated(measure)
    return replace(est, table=est.table.assign(**{**GOOD, **facts}))


def judged(profile: str | Path = "fltoolkit", **facts: Any) -> Any:
    return fl.publish(one_number(**facts), profile=profile).table.iloc[0]


def test_a_good_number_has_no_flag_no_marker_and_no_reason() -> None:
    row = judged()
    assert (row["flag"], row["marker"], row["reason"]) == ("", "", "")
    assert row[list(GOOD)].astype(float).to_dict() == pytest.approx(GOOD)


@pytest.mark.parametrize(
    ("facts", "at_its_limit", "flag", "marker", "reason"),
    [
        ({"cases": 14}, {"cases": 15}, "unreliable", "u", "fewer than 15 cases"),
        ({"cv": 0.334}, {"cv": 0.333}, "unreliable", "u", "coefficient of variation above 33.3%"),
        (
            {"ci_low": 0.02, "ci_high": 0.1801},
            {"ci_low": 0.02, "ci_high": 0.18},
            "unreliable",
            "u",
            "interval wider than 160% of the estimate",
        ),
        ({"cv": 0.166}, {"cv": 0.165}, "caution", "", "coefficient of variation above 16.5%"),
        ({"cases": 29}, {"cases": 30}, "caution", "", "fewer than 30 cases"),
        ({"df": 7}, {"df": 8}, "review", "", "fewer than 8 degrees of freedom"),
        (
            {"psus_with_cases": 9},
            {"psus_with_cases": 10},
            "review",
            "",
            "cases from fewer than 10 sampling points",
        ),
    ],
    ids=lambda v: "+".join(f"{k}={x}" for k, x in v.items()) if isinstance(v, dict) else None,
)
def test_each_rule_flips_its_flag_just_past_its_limit(
    facts: dict[str, Any], at_its_limit: dict[str, Any], flag: str, marker: str, reason: str
) -> None:
    past, at = judged(**facts), judged(**at_its_limit)
    assert (past["flag"], past["marker"]) == (flag, marker)
    assert reason in str(past["reason"]).split("; ")
    assert reason not in str(at["reason"]).split("; ")


def test_every_rule_of_the_profile_is_tested_above() -> None:
    rules = load_publication_profile("fltoolkit").reliability
    assert len(rules) == 8  # the eighth is the confidentiality limit of persons, by another name


def test_the_worst_flag_wins_and_gives_all_its_reasons_and_no_other() -> None:
    row = judged(cases=12, cv=0.4, df=5)
    assert row["flag"] == "unreliable"
    assert row["reason"] == "fewer than 15 cases; coefficient of variation above 33.3%"
    assert judged(cases=20, df=5)["flag"] == "caution"


def test_an_unreliable_number_is_shown_and_a_suppressed_one_is_blank_beside_its_counts() -> None:
    assert judged(cases=12)["estimate"] == GOOD["estimate"]
    row = judged("statcan", cv=0.4)
    assert row[list(NUMBERS[:6])].isna().all()
    assert (row["n"], row["cases"], row["marker"]) == (1000, 100, "u")


@pytest.mark.parametrize("cases", [0, 3, 8])
def test_too_few_persons_look_alike_whether_there_are_cases_among_them_or_not(cases: int) -> None:
    row, enough = judged(n=29, cases=cases, estimate=cases / 29), judged(n=30, cases=8)
    assert (row["marker"], row["reason"]) == ("c", PUBLISH.CONFIDENTIAL)
    assert row[[c for c in (*NUMBERS, *COUNTS) if c in row]].isna().all()
    assert enough["marker"] != "c"


def test_no_case_is_none_recorded_to_be_reviewed_and_exempt_from_the_rules_for_cases() -> None:
    none = {
        "estimate": 0.0,
        "se": 0.0,
        "ci_low": 0.0,
        "ci_high": 0.004,
        "cv": np.nan,
        "cases": 0,
        "psus_with_cases": 0,
    }
    row = judged(**none)
    assert (row["flag"], row["marker"], row["reason"]) == ("review", "w", "no case recorded in the survey")
    assert (row["estimate"], row["ci_high"], row["cases"]) == (0, 0.004, 0)
    assert judged(**none, df=5)["reason"] == (
        "no case recorded in the survey; fewer than 8 degrees of freedom"
    )


@pytest.mark.parametrize(
    ("facts", "hidden"),
    [
        ({"cases": 1}, True),
        ({"cases": 4}, True),
        ({"cases": 5}, False),
        ({"cases": 0, "estimate": 0.0}, False),
        ({"cases": 996}, True),
        ({"cases": 995}, False),
        ({"psus_with_cases": 2}, True),
        ({"psus_with_cases": 3}, False),
        ({"households_with_cases": 2}, True),
        ({"households_with_cases": 3}, False),
    ],
)
def test_confidentiality_comes_before_reliability(facts: dict[str, Any], hidden: bool) -> None:
    row = judged(**facts)
    assert (row["marker"] == "c") is hidden
    if hidden:
        assert row["flag"] == "suppress"
        assert str(row["reason"]).startswith("confidential: ")
        assert row[[c for c in (*NUMBERS, *COUNTS) if c in row]].isna().all()


@pytest.mark.parametrize("measure", ["mean", "total of a number"])
def test_a_mean_has_no_cases_whose_opposite_could_be_confidential(measure: str) -> None:
    frame = pd.DataFrame(
        {"w": 10.0, "psu": range(60), "hours": np.linspace(20, 60, 60), "g": ["a"] * 56 + ["b"] * 4}
    )
    verb = fl.mean if measure == "mean" else fl.total
    table = fl.publish(verb(fl.SurveyDesign(frame, weight="w", psu="psu"), "hours", by="g")).table
    assert table["marker"].tolist() == ["", "c"]  # four persons are too few, sixty are not
    assert table["estimate"].notna().tolist() == [True, False]


def test_a_wide_interval_of_a_negative_mean_is_wide_all_the_same() -> None:
    est = one_number("mean", estimate=-0.1, ci_low=-0.3, ci_high=0.1)
    assert "wider than 160%" in fl.publish(est).table["reason"][0]


@pytest.mark.thorough("publishes a sample of its own")
def test_every_marker_is_one_that_is_explained(out: Published) -> None:
    assert set(out.table["marker"]) - {""} <= set(MARKERS)


# --------------------------------------------------------------------------------------------------- profiles


def profile_file(folder: Path, **confidentiality: Any) -> Path:
    rules = [{"flag": "caution", "column": "cases", "below": 30, "reason": "few"}]
    path = folder / "own.yaml"
    text = {
        "name": "own",
        "title": "our own",
        "confidentiality": confidentiality or None,
        "reliability": rules,
    }
    path.write_text(yaml.safe_dump({k: v for k, v in text.items() if v}), encoding="utf-8")
    return path


def test_a_profile_is_a_file_of_ones_own(tmp_path: Path) -> None:
    out = fl.publish(one_number(cases=20, df=2), profile=profile_file(tmp_path))
    assert (out.profile, out.table["flag"][0], out.table["reason"][0]) == ("own", "caution", "few")
    assert out.limits == Limits()
    assert out.notes == ()


def test_a_run_reads_a_profile_of_ones_own_from_the_surveys_folder(tmp_path: Path) -> None:
    path = country.write(tmp_path / "small")
    profile_file(path.parent)
    assert fl.publish_run(classified(path), profile="own.yaml").profile == "own"


def test_an_unknown_profile_is_refused_with_those_there_are() -> None:
    with pytest.raises(SpecError) as error:
        fl.publish(one_number(), profile="strict")
    assert "no such publication profile" in str(error.value)
    assert "found:   strict" in str(error.value)
    assert ", ".join(
        [*shipped_publication_profiles(), "the path of a publication profile's YAML file"]
    ) in str(error.value)


def test_raising_a_limit_is_free(tmp_path: Path) -> None:
    out = fl.publish(one_number(cases=9), profile=profile_file(tmp_path, cases=10))
    assert out.limits == Limits(cases=10)
    assert out.table["marker"][0] == "c"
    assert out.notes == ()


def test_a_survey_raises_the_limit_of_persons_and_lowers_it_with_the_named_key_only(tmp_path: Path) -> None:
    def limits_with(persons: int) -> Limits:
        (tmp_path / "survey.yaml").write_text(
            yaml.safe_dump({**SPEC, "confidentiality": {"persons": persons}})
        )
        limits: Limits = PUBLISH.limits_of(
            load_publication_profile("fltoolkit"), read_spec(tmp_path / "survey.yaml")
        )[0]
        return limits

    assert limits_with(50) == Limits(persons=50)
    with pytest.raises(PublicationError, match=r"persons 20 \(standard 30\)"):
        limits_with(20)


def test_lowering_a_limit_takes_the_named_key_and_is_said(tmp_path: Path) -> None:
    with pytest.raises(PublicationError) as error:
        fl.publish(one_number(cases=3), profile=profile_file(tmp_path, cases=3, psus=2))
    for words in (
        "lower than the standard",
        "cases 3 (standard 5), psus 2 (standard 3)",
        "accept_lower_limits: true",
    ):
        assert words in str(error.value)
    out = fl.publish(one_number(cases=3), profile=profile_file(tmp_path, cases=3, accept_lower_limits=True))
    assert out.table["cases"][0] == 3
    assert out.notes == ("Confidentiality limits were lowered on purpose: cases 3 (instead of 5).",)


@pytest.mark.parametrize(
    ("profile", "survey", "expected"),
    [
        ({}, {}, 5),
        ({"cases": 10}, {}, 10),
        ({}, {"cases": 8}, 8),
        (
            {"cases": 10},
            {"cases": 8},
            10,
        ),  # the stricter: survey.yaml replaces a profile's limit upwards only
        ({"cases": 8}, {"cases": 10}, 10),
        ({"cases": 10}, {"psus": 4}, 10),
        ({"cases": 10}, {"cases": 8, "accept_lower_limits": True}, 8),
        ({}, {"cases": 2, "accept_lower_limits": True}, 2),
        ({"cases": 2, "accept_lower_limits": True}, {"cases": 5}, 5),
        ({"cases": 10}, {"cases": 3}, None),
        ({"cases": 2, "accept_lower_limits": True}, {"cases": 3}, None),  # one's key does not cover the other
    ],
)
def test_the_stricter_of_profile_and_survey_holds(
    profile: dict[str, Any], survey: dict[str, Any], expected: int | None, tmp_path: Path
) -> None:
    (tmp_path / "survey.yaml").write_text(
        yaml.safe_dump({**SPEC, **({"confidentiality": survey} if survey else {})})
    )
    rules, spec = (
        load_publication_profile(profile_file(tmp_path, **profile)),
        read_spec(tmp_path / "survey.yaml"),
    )
    if expected is None:
        with pytest.raises(PublicationError, match="standard 5") as error:
            PUBLISH.limits_of(rules, spec)
        too_low = (
            "survey.yaml"
            if survey.get("cases", 5) < 5 and "accept_lower_limits" not in survey
            else f"profile {rules.name}"
        )
        assert error.value.where == f"{too_low}: confidentiality"
        return
    limits, notes = PUBLISH.limits_of(rules, spec)
    assert limits.cases == expected
    lowered = expected < max(5, profile.get("cases", 0))
    assert (len(notes) == 1 and f"cases {expected} (instead of" in notes[0]) is lowered


def test_a_run_keeps_to_the_limits_of_its_survey(small: Any) -> None:
    people = [("case" if i < 9 else "not", {"P": i % 20}) for i in range(120)]
    assert fl.publish_run(small(people)).table["marker"][0] != "c"
    out = fl.publish_run(small(people, confidentiality={"cases": 10}))
    assert (out.limits, out.table["marker"][0]) == (Limits(cases=10), "c")


# ------------------------------------------------------------------------------------------------------ one p


@pytest.fixture(scope="module")
def published() -> tuple[Published, int]:
    """The published set, and how many passes over the persons it took."""
    return shipped.published_in_passes(shipped.NORVIA, planned=False)


@pytest.fixture(scope="module")
def out(published: tuple[Published, int]) -> Published:
    return published[0]


@pytest.fixture(scope="module")
def everything() -> pd.DataFrame:
    return shipped.exact(shipped.NORVIA)


MANY = [("case" if i % 3 == 0 else "not", {"P": i % 20}) for i in range(120)]


def test_the_headline_and_the_flowchart_are_always_published(small: Any) -> None:
    table = fl.publish_run(small(MANY)).table
    assert table["measure"].tolist()[:2] == ["prevalence", "total"]
    assert set(table["measure"]) == {"prevalence", "total", "flowchart"}
    rates_only = fl.publish_run(small(MANY, design={"weights": "normalised"})).table
    assert set(rates_only["measure"]) == {"prevalence"}
    both = table.iloc[0], rates_only.iloc[0]
    assert [row["deff_replace"] for row in both] == [both[0]["deff_replace"]] * 2
    assert pd.notna(both[0]["deff"])
    assert pd.isna(both[1]["deff"])  # normalised weights do not say how large the population is


def test_the_same_cells_are_blank_in_every_measure(out: Published) -> None:
    main = out.table[out.table["measure"] != "flowchart"]
    blank: dict[tuple[str, Key], set[bool]] = {}
    for cell, marker in zip(cells_of(main), main["marker"], strict=True):
        blank.setdefault(cell, set()).add(marker == "c")
    assert all(len(decisions) == 1 for decisions in blank.values())
    measures = Counter(m for m, c in zip(main["measure"], main["marker"], strict=True) if c == "c")
    assert measures["prevalence"] > 5
    assert measures["total"] > 5
    assert measures["share"] > 0


def test_no_hidden_number_stands_in_any_column_or_in_a_csv(out: Published, everything: pd.DataFrame) -> None:
    given = out.table[out.table["marker"] != "x"]
    assert len(given) == len(everything)
    csv = given.to_csv(index=False)
    again, lines = pd.read_csv(io.StringIO(csv)), csv.splitlines()[1:]
    checked = 0
    for i, (row, full) in enumerate(
        zip(again.to_dict("records"), everything.to_dict("records"), strict=True)
    ):
        if row["marker"] != "c":
            assert (
                pd.isna(row["n"]) or abs(row["n"] - max(full["n"], 10)) <= 5
            )  # to the nearest ten, of somebody 10
            continue
        blank = {c: row[c] for c in (*NUMBERS, *COUNTS) if c in row}
        assert all(pd.isna(v) for v in blank.values())
        for column in ("estimate", "se", "ci_high", "population", "cv", "bound_high"):
            number = full.get(column, np.nan)
            if pd.notna(number) and number not in (0, 1):
                checked += 1
                assert repr(float(number)) not in lines[i]
                assert (text := f"{number:.6g}") not in lines[i] or len(text) < 5
    assert checked > 50


def test_neither_influence_nor_psus_nor_persons_leave(out: Published) -> None:
    assert {f.name for f in fields(out)} == {
        "table",
        "exact",
        "profile",
        "limits",
        "coverage_excludes",
        "notes",
        "groups",
        "case_only",
        "headlines",
        "rule_set",
        "judged",
        "profiles",
        "outcomes",
        "origins",
        "release",
        "own_words",
        "lead",
        "contrasts",
        "basis",
    }
    assert out.basis is not None
    assert {f.name for f in fields(out.basis)} == {"decided", "publication_profile"}
    assert "basis" not in repr(out)
    named = {
        "measure",
        "outcome",
        "reference_population",
        "breakdown",
        "category",
        "ilostat",
        "flag",
        "marker",
        "reason",
        "unresolved_marker",
        "bounds_note",
        "group_note",
        "cases_class",
        "compared",
        "p_adjusted",
        "rounding",
        "decimals",
        "deff_replace",
    }
    about = {
        "interval", "level", "survey", "country", "round", "year", "rule_set", "reference_period",
        "reference_months", "reference_population_label", "same_work", "sector_basis", "age_basis", "missing",
        "to_verify", "rule_note", "reference_population_ages", "window_start", "window_end", "calibration",
        "duration_basis", "interview_conditions", "amount", "amount_unit",
    }  # fmt: skip
    assert set(out.table.columns) <= named | about | {*NUMBERS, *COUNTS} | set(groups_of(out.table)) | {
        "step"
    }


def test_every_confidential_row_gives_the_same_reason(out: Published) -> None:
    """Were a complement told from a confidential cell, two cells of 4 that leave 8 would be known."""
    hidden = out.table[out.table["marker"] == "c"]
    assert hidden["reason"].nunique() == 1
    assert (
        "too few persons or cases, or hidden so that such a cell cannot be worked out exactly"
        in hidden["reason"].iloc[0]
    )
    assert (hidden["flag"] == "suppress").all()


def test_what_the_survey_did_not_reach_goes_with_the_figures(out: Published) -> None:
    assert "the homeless" in out.coverage_excludes
    assert "main_job_sector" in out.groups
    assert "sector" in out.case_only
    assert "form" in out.groups


# ------------------------------------------------------------------------------------------------------------


def random_persons(seed: int, groups: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(300, 900))
    frame = pd.DataFrame({"w": rng.uniform(5, 20, n), "psu": rng.integers(0, 60, n)})
    for g in "abc"[:groups]:
        frame[g] = rng.choice(list("pqrs"), n, p=[0.5, 0.3, 0.14, 0.06])
    return frame.assign(y=(rng.random(n) < rng.choice([0.02, 0.05, 0.1])).astype(int))


@given(
    seed=st.integers(0, 2**32 - 1),
    groups=st.integers(1, 3),
    measure=st.sampled_from(["prevalence", "total", "share"]),
)
@settings(
    max_examples=tries(4, few=2), deadline=None, derandomize=True, database=None, phases=[Phase.generate]
)
def test_no_confidential_row_of_a_published_table_can_be_worked_out(
    seed: int, groups: int, measure: str
) -> None:
    design = fl.SurveyDesign(random_persons(seed, groups), weight="w", psu="psu")
    by = fl.cube(*"abc"[:groups])
    est = fl.share(design, "y", by) if measure == "share" else getattr(fl, measure)(design, "y", by=by)
    full = PUBLISH.as_rows(est)
    table = fl.publish(est).exact  # of a reader who has more digits than are printed
    assert table["marker"].eq("c").tolist() == table["n"].isna().tolist()
    assert recovered(table, full) == []


def unprotected(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide what is confidential by itself and nothing more."""
    monkeypatch.setattr(
        SUPPRESSION,
        "protect",
        lambda system, primary, limits, hidden_anyway=None, **_: Protected(
            {**(hidden_anyway or {}), **primary}
        ),
    )


def test_the_attack_works_where_protect_adds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    unprotected(monkeypatch)
    won = 0
    for seed in range(4):
        design = fl.SurveyDesign(random_persons(seed, 2), weight="w", psu="psu")
        est = fl.prevalence(design, "y", by=fl.cube("a", "b"))
        won += bool(recovered(fl.publish(est).exact, PUBLISH.as_rows(est)))
    assert won >= 3


def main_rows(table: pd.DataFrame, population: str) -> pd.Series:
    """Rows of one population; the rows of profiles, whose topics overlap, are attacked in
    attacks/test_profiles.py."""
    return ~table["measure"].isin(["flowchart", *PROFILES]) & (table["reference_population"] == population)


@pytest.mark.parametrize("population", ["adults", "workers"])
@pytest.mark.parametrize("column", ["cases", "unresolved"])
def test_the_shipped_survey_gives_no_confidential_count_away(
    out: Published, everything: pd.DataFrame, population: str, column: str
) -> None:
    full = everything[main_rows(everything, population)]
    table = out.table[main_rows(out.table, population) & (out.table["marker"] != "x")]
    both = full[column].notna().to_numpy()
    assert recovered(table[both], full[both], column) == []
    assert (full[both][column].between(1, 4)).sum() > 2
    assert table[both].loc[full[both][column].between(1, 4).to_numpy(), column].isna().all()


def test_the_shipped_surveys_weighted_numbers_tell_no_confidential_count(
    out: Published, everything: pd.DataFrame
) -> None:
    groups = {"", "sex", "age_group", "region"}
    one = main_rows(everything, "adults") & everything["measure"].isin(["prevalence", "total"])
    one &= everything["breakdown"].map(lambda b: set(b.split(" × ")) <= groups) & (
        everything["rule_set"] == out.rule_set
    )
    full, table = everything[one], out.table[out.table["marker"] != "x"][one.to_numpy()]
    assert told(table, full) == []
    assert len(told(full, full)) > 10


def test_one_rare_group_of_a_share_is_not_hidden_alone_since_shares_add_to_one() -> None:
    frame = pd.DataFrame(
        {"w": 10.0, "psu": [i % 50 for i in range(400)], "g": ["rare"] * 3 + ["some"] * 147 + ["most"] * 250}
    )
    table = fl.publish(fl.share(fl.SurveyDesign(frame, weight="w", psu="psu"), "g")).table.set_index("g")
    assert table["marker"].to_dict() == {"most": "", "rare": "c", "some": "c"}


def test_a_share_shows_nothing_of_a_group_with_too_few_cases_not_even_their_number(small: Any) -> None:
    people = [("case", {"R": 1 + (i % 20 == 0), "P": i % 30, "SEX": 1}) for i in range(60)]
    people += [("not", {"R": 1 + i % 2, "P": i % 30, "SEX": 2}) for i in range(60)]
    persons = small(people, tables=[{"measure": "share", "of": "sex", "by": [["region"]]}])
    share = fl.publish_run(persons).table.query("measure == 'share' and region == 'south'")
    assert fl.share(persons, "sex", by="region").table.query("region == 'south'")["n"].tolist() == [3, 3]
    assert share["marker"].tolist() == ["c", "c"]  # of the women, too, who have no case: n would tell
    assert share[["n", "population", "estimate"]].isna().all(axis=None)


# Regions: north 2 cases, south and east 6 each, west 9. In the east there are idle persons too.
REGIONS = [("case", {"R": r, "P": i % 40}) for r, n in ((1, 2), (2, 6), (3, 6), (4, 9)) for i in range(n)]
REGIONS += [("not", {"R": r, "P": i % 40}) for r, n in ((1, 80), (2, 50), (3, 40), (4, 80)) for i in range(n)]
REGIONS += [("idle", {"R": 3, "P": i % 40}) for i in range(30)]
BOTH = [{"measure": "prevalence", "by": [[], "region"], "population": p} for p in ("adults", "workers")]


def test_cells_of_two_populations_that_hold_the_same_cases_are_hidden_together(small: Any) -> None:
    """All cases are workers: what the adults' table hides, the workers' must not show."""
    out = fl.publish_run(small(REGIONS, tables=BOTH))
    hidden = {}
    for population in ("adults", "workers"):
        rows = out.select("prevalence", "region", population=population)
        hidden[population] = set(rows["region"][rows["marker"] == "c"])
    assert hidden["adults"] == hidden["workers"]
    assert "north" in hidden["adults"]
    assert len(hidden["adults"]) == 2


def test_populations_with_other_cases_are_judged_apart(small: Any) -> None:
    spec = {
        "adults": {"label": "adults", "age": {"min": 18}},
        "old": {"label": "65 and over", "age": {"min": 65}},
    }
    people = [
        (
            "case" if i % 6 == 0 else "not",
            {"P": i % 40, "AGE": 70 if i % 18 == 0 else 30, "SEX": 1 + i % 5 % 2},
        )
        for i in range(240)
    ]
    tables = [{"measure": "prevalence", "by": [[], "sex"], "population": p} for p in spec]
    made = small(people, populations=spec, tables=tables)
    out = fl.publish_run(made)
    assert (out.select("prevalence", "sex", population="adults")["marker"] != "c").all()
    assert fl.prevalence(made, by="sex", population="old").table["cases"].min() > 0


# ------------------------------------------------------------------------------------------------ unresolved,


def with_unresolved(men: int, women: int) -> list[tuple[str, dict[str, Any]]]:
    people: list[tuple[str, dict[str, Any]]] = [
        ("case" if i % 4 == 0 else "not", {"P": i % 30}) for i in range(240)
    ]
    people += [("open", {"SEX": 1, "P": i % 30}) for i in range(men)] + [
        ("open", {"SEX": 2, "P": i % 30}) for i in range(women)
    ]
    return people + [("idle", {"P": i % 30}) for i in range(20)]


@pytest.mark.parametrize(
    ("men", "women", "shown"),
    [
        (2, 0, False),
        (2, 9, True),
        (0, 0, True),
        *(
            pytest.param(*both, True, marks=pytest.mark.thorough("runs of more surveys"))
            for both in ((0, 7), (3, 3))
        ),
    ],
)
def test_few_unresolved_persons_are_hidden_and_neither_tables_nor_flowchart_give_them_away(
    men: int, women: int, shown: bool, small: Any
) -> None:
    tables = [{"measure": m, "by": [[], "sex"]} for m in ("prevalence", "total")]
    persons = small(with_unresolved(men, women), tables=tables)
    out, full = fl.publish_run(persons), restricted(persons)
    for measure in ("prevalence", "total"):
        rows = out.select(measure, [[], ["sex"]])
        assert pd.notna(rows["unresolved"][0]) is shown
        hidden = rows["unresolved"].isna()
        assert hidden.sum() != 1  # with the total shown, one hidden part would be known
        assert rows.loc[hidden, ["resolved_only", "bound_high", "bound_ci_high"]].isna().all(axis=None)
        assert (rows["unresolved_marker"] == np.where(hidden, "c", "")).all()
        assert rows["estimate"].notna().all()  # the headline itself stays
    main = full["measure"] != "flowchart"
    assert recovered(out.own[main.to_numpy()], full[main], "unresolved") == []
    chart = out.select("flowchart", [[], ["step"]]).set_index("step")
    gone = chart.index[chart["cases"].isna()]
    assert ("unresolved" in gone) is not shown
    assert len(gone) != 1
    assert "forced labour" not in gone  # the headline shows it
    assert chart.loc["total", "n"] == 260 + men + women


def test_a_step_shown_by_the_tables_is_never_hidden_as_a_complement(small: Any) -> None:
    """Three persons without work need a complement; the six unresolved, whom the headline counts, would be
    none."""
    people = [("case" if i % 4 == 0 else "not", {"P": i % 30}) for i in range(120)]
    people += [("open", {"P": i}) for i in range(6)] + [("idle", {"P": i}) for i in range(3)]
    chart = fl.publish_run(small(people)).select("flowchart", "step").set_index("step")
    assert set(chart.index[chart["cases"].isna()]) == {"no work", "not involuntary"}


def test_few_cases_hide_the_headline_and_the_flowchart_alike(small: Any) -> None:
    out = fl.publish_run(
        small(
            [("case" if i < 3 else "not", {"P": i % 30}) for i in range(120)]
            + [("idle", {"P": i}) for i in range(9)]
        )
    )
    assert out.select("prevalence")["marker"].tolist() == out.select("total")["marker"].tolist() == ["c"]
    chart = out.select("flowchart", "step").set_index("step")
    assert chart.loc["forced labour", "marker"] == "c"
    assert chart["cases"].isna().sum() == 2


def test_a_step_whose_number_the_tables_hide_is_hidden_in_the_flowchart(small: Any) -> None:
    """Two workers are not cases: their headline is confidential, and so the same twenty cases among all
    adults."""
    people = (
        [("case", {"P": i}) for i in range(20)]
        + [("not", {"P": i}) for i in range(2)]
        + [("idle", {"P": i}) for i in range(60)]
    )
    out = fl.publish_run(small(people, tables=BOTH))
    assert (
        out.select("prevalence", population="workers")["marker"][0]
        == out.select("prevalence")["marker"][0]
        == "c"
    )
    chart = out.select("flowchart", "step").set_index("step")
    assert chart.loc["forced labour", "marker"] == "c"


# ------------------------------------------------------------------------------------------------------------


def test_select_gives_rows_in_order_and_takes_the_population_that_fits(out: Published) -> None:
    assert out.select("prevalence")["category"].tolist() == ["total"]
    assert out.select("prevalence", "main_job_sector")["reference_population"].unique().tolist() == [
        "workers"
    ]
    both = out.select("total", [[], ["sex"]])
    assert both["sex"].tolist() == ["total", "men", "women"]
    assert out.select("prevalence", population="workers")["n"][0] < out.select("prevalence")["n"][0]


def test_select_finds_a_crossed_breakdown_in_any_order(out: Published) -> None:
    pd.testing.assert_frame_equal(
        out.select("prevalence", ["region", "sex"]), out.select("prevalence", ["sex", "region"])
    )
    assert set(out.select("prevalence", ["region", "sex"])["breakdown"]) == {"sex × region"}


def test_select_names_what_there_is_when_asked_for_what_is_not(out: Published) -> None:
    with pytest.raises(RequestError) as error:
        out.select("prevalence", ["sex", "status"])
    message = str(error.value)
    assert "prevalence by sex × status is not in the published set" in message
    assert "population adults" in message
    assert "adults: sex × age_group" in message
    assert "workers: status" in message
    assert "tables:" in message
    with pytest.raises(
        RequestError,
        match=(
            r"current by total(.|\n)*allowed: prevalence, total, share, profile, profile_total, "
            r"duration, flowchart, stock"
        ),
    ):
        out.select("current")
    with pytest.raises(RequestError, match="population children"):
        out.select("prevalence", population="children")


def test_tables_of_one_measure_and_population_cost_one_pass(published: tuple[Published, int]) -> None:
    # Prevalence of adults, their total (by a sector, too), prevalence of workers, three shares, one for both
    # profiles, durations, the stock (in vain), the flowchart; one under hts_2012; and the comparisons with all others of
    # adults and of workers.
    assert published[1] == 13


def test_a_plans_tables_join_the_published_set(small: Any) -> None:
    class Plan:
        def tables(self, spec: Any) -> list[TableSpec]:
            return [
                TableSpec(measure="share", of="sex"),
                TableSpec(measure="prevalence", by=(("region",),), population="workers"),
            ]

    table = fl.publish_run(small(MANY), plan=Plan()).table
    assert {"share", "prevalence"} <= set(table["measure"])
    assert "workers" in set(table["reference_population"])
    assert SHOWN[0] in table


@pytest.mark.thorough("many drawn surveys")
@pytest.mark.no_cover  # the lines it runs are covered by others
def test_two_populations_that_differ_by_a_few_cases_do_not_give_those_away(tmp_path: Path) -> None:
    spec = (SAMPLE / "survey.yaml").read_text(encoding="utf-8")
    stated = (
        "  stated:\n    label: workers whose status is known\n    where: {STATUS: [1, 2, 3, 4]}\n"
        "    weight: W_FL\n\ngroups:"
    )
    tables = "tables:\n  - {measure: prevalence, population: stated}\n"
    (tmp_path / "survey.yaml").write_text(
        spec.replace("\ngroups:", stated, 1).replace("tables:\n", tables, 1), encoding="utf-8"
    )
    (tmp_path / "persons.csv").write_bytes((SAMPLE / "persons.csv").read_bytes())
    persons = classified(tmp_path)
    counts = [int(fl.prevalence(persons, population=p).table["cases"].iloc[0]) for p in ("adults", "stated")]
    assert 0 < counts[0] - counts[1] < 5
    out = fl.publish_run(persons)
    assert out.select("prevalence", population="adults")["cases"].iloc[0] == counts[0]
    hidden = out.select("prevalence", population="stated").iloc[0]
    assert hidden["marker"] == "c"
    assert pd.isna(hidden["cases"])


def test_a_set_of_another_survey_or_rule_set_is_refused_beside_persons(tmp_path: Path) -> None:
    """Before, a model of one round was fitted to the printed rates of another, without a word."""
    one, other = (
        classified(country.write(tmp_path / name, table=table))
        for name, table in (("one", country.persons()), ("other", country.persons().assign(W=11)))
    )
    out, plan = fl.publish_run(one), fl.read_plan(tmp_path / "one" / "nap.yaml")
    for call in (
        lambda: fl.risk_factors(other, out),
        lambda: fl.paths(other, out),
        lambda: fl.blanks(other, out),
        lambda: fl.rounds(plan, other, out),
        lambda: fl.changes("", other, out),
    ):
        with pytest.raises(RequestError, match="the set is of another survey, or of other files"):
            call()
    with pytest.raises(PublicationError, match="the set is under another rule set"):
        fl.risk_factors(replace(one, rules="own v1"), out)
