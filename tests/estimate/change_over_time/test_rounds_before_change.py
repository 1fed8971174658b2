"""Tests what is compared before any estimate of a change: sampling units, questions and interviews of two
rounds."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from shared_surveys import classified
from small_surveys import SPEC, Person, persons_table, write_survey

import fltoolkit as fl
from fltoolkit import commands
from fltoolkit.errors import RequestError
from fltoolkit.estimate.change_over_time.rounds_before_change import compare_before

Rounds = Callable[..., tuple[fl.ClassifiedSurvey, fl.ClassifiedSurvey]]


def survey(folder: Path, year: int, psus: range, modes: tuple[int, int] = (0, 0), **keys: Any) -> Path:
    """200 persons in some PSUs, so many of them interviewed face to face and by telephone."""
    how = [1] * modes[0] + [2] * modes[1] + [""] * 200
    weight, turned = keys.pop("weight", 10), keys.pop("turned", False)
    people: list[Person] = [
        (
            "case" if i % 9 == 0 else "not",
            {"P": psus[i % len(psus)], "HOW": how[i], "W": weight, "R": (i + turned) % 2 + 1},
        )
        for i in range(200)
    ]
    folder.mkdir()
    design = {**SPEC["design"], **keys.pop("design", {})}
    return write_survey(
        folder, {**SPEC, "year": year, "design": design, **keys}, persons=persons_table(people)
    )


def met(tmp_path: Path, before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str, str]]:
    rounds = [
        classified(survey(tmp_path / name, **{"year": year, "psus": range(20), "weight": weight, **keys}))
        for name, year, weight, keys in (("one", 2025, 10, before), ("two", 2027, 11, after))
    ]
    table = compare_before(*rounds)
    return list(table[["severity", "check", "what"]].itertuples(index=False, name=None))


SHARE = "of 20 PSUs have a stratum and label of the earlier round"


@pytest.mark.parametrize(
    ("after", "told"),
    [
        ({}, ("error", "design", f"20 {SHARE}: survey.yaml does not say whether they are the same areas")),
        (
            {"design": {"psus_of_earlier_rounds": "kept"}},
            ("note", "design", f"20 {SHARE}: said to be the same areas"),
        ),
        (
            {"design": {"psus_of_earlier_rounds": "new"}},
            ("warning", "rounds", f"20 {SHARE}: said to be drawn anew"),
        ),
        (
            {"psus": range(15, 35), "design": {"psus_of_earlier_rounds": "new"}},
            ("note", "design", f"5 {SHARE}: said to be drawn anew"),
        ),
        (
            {
                "design": {"psus_of_earlier_rounds": "new"},
                "accept": {"finding": "rounds", "column": "design.psus_of_earlier_rounds", "why": "numbers"},
            },
            ("note", "rounds", f"20 {SHARE}: said to be drawn anew; accepted: numbers"),
        ),
        (
            {"psus": range(15, 35), "design": {"psus_of_earlier_rounds": "kept"}},
            ("note", "design", f"5 {SHARE}: said to be the same areas"),
        ),
        (
            {"psus": range(50, 70), "design": {"psus_of_earlier_rounds": "kept"}},
            ("error", "design", f"0 {SHARE}: said to be the same areas"),
        ),
        (
            {"psus": range(50, 70)},
            (
                "note",
                "design",
                (
                    f"0 {SHARE}: survey.yaml does not say whether they are the same areas; the rounds are "
                    "taken as independent"
                ),
            ),
        ),
    ],
)
def test_shared_sampling_units_are_counted_by_stratum_and_label(
    tmp_path: Path, after: dict[str, Any], told: tuple[str, str, str]
) -> None:
    assert met(tmp_path, {}, after) == [told]


NEW = {"design": {"psus_of_earlier_rounds": "new"}}


def items(**coercion: Any) -> dict[str, Any]:
    return {"items": {**SPEC["items"], "coercion": {**SPEC["items"]["coercion"], **coercion}}}


def test_changed_questions_are_told_once_for_all_their_keys(tmp_path: Path) -> None:
    before = items(withheld_wages={"column": "COE", "label": "Were wages withheld?"})
    after = {
        **NEW,
        **items(
            withheld_wages={"column": "COE", "label": "Did they keep your pay?"},
            other_penalty={"column": "WORK"},
        ),
        "answers": {"yes": 1, "no": 2, "dont_know": 8, "refused": 9},
        "reference_period": {"months": 24, "text": "the past 24 months"},
    }
    told = met(tmp_path, before, after)
    assert (
        "warning",
        "comparability",
        "not comparable: reference period in months changed: 12 before, 24 after",
    ) in told
    assert [what for _, check, what in told if check == "questions"] == [
        "refused none before, 9 after: any_work, items.involuntary.very_low_or_no_wages",
        (
            "label Were wages withheld? before, Did they keep your pay? after; refused none before, 9 "
            "after: "
            "items.coercion.withheld_wages"
        ),
        "asked only in the later round: items.coercion.other_penalty",
    ]
    assert any(
        "questionnaire changed: coercion.other_penalty (not asked before, 1 experienced after)" in what
        for *_, what in told
    )


MODE = {"interview": {"mode": {"column": "HOW", "codes": {1: "face to face", 2: "telephone"}}}}


@pytest.mark.parametrize(
    ("modes", "changed"),
    [
        ((200, 0), False),
        ((181, 19), False),
        ((179, 21), True),
        *(
            pytest.param(modes, modes[0] == 0, marks=pytest.mark.thorough("reads further rounds"))
            for modes in ((190, 10), (0, 200))
        ),
    ],
)
def test_another_mode_for_a_tenth_of_the_interviews_is_a_change(
    tmp_path: Path, modes: tuple[int, int], changed: bool
) -> None:
    told = met(tmp_path, {**MODE, "modes": (200, 0)}, {**MODE, **NEW, "modes": modes})
    assert any("mode of interview changed" in what for *_, what in told) is changed
    (interviews,) = [what for _, check, what in told if check == "interview"]
    assert interviews.startswith(
        "2025: mode face to face: 100%; mode telephone: 0% | 2027: mode face to face"
    )


def test_no_change_is_computed_between_two_modes_and_both_rounds_say_theirs(tmp_path: Path) -> None:
    paths = (
        survey(tmp_path / "one", 2025, range(20), (200, 0), **MODE),
        survey(tmp_path / "two", 2027, range(20), (50, 150), **MODE, **NEW),
    )
    before, after = (fl.prevalence(classified(path)) for path in paths)
    row = fl.change(before, after).table.iloc[0]
    assert (row["verdict"], row["reason"]) == (
        "not comparable",
        "mode of interview changed: face to face 100% before, face to face 20% and telephone 80% after",
    )
    assert after.about.interview_conditions == "mode face to face: 25%; mode telephone: 75%"
    unsaid = fl.change(before, fl.prevalence(classified(survey(tmp_path / "x", 2027, range(50, 70)))))
    assert "mode of interview" in unsaid.unstated


def test_check_with_an_earlier_round_tells_what_a_comparison_meets_and_fails_where_it_would_be_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two, kept = (
        survey(tmp_path / "one", 2025, range(20)),
        survey(tmp_path / "two", 2027, range(20)),
        survey(tmp_path / "kept", 2027, range(20), design={"psus_of_earlier_rounds": "kept"}),
    )
    for path, code, told in (
        (two, 1, "ERROR   before: 20 of 20 PSUs"),
        (kept, 0, "NOTE    before: 20 of 20 PSUs"),
    ):
        given = argparse.Namespace(
            survey=path, show_values=False, language="en", private="", name="", before=one
        )
        assert commands.check(given) == code
        assert told in capsys.readouterr().out


def test_the_rounds_the_wrong_way_round_are_told(tmp_path: Path) -> None:
    told = met(tmp_path, {"year": 2029}, NEW)
    assert ("error", "year", "the earlier round is of 2029, the later of 2027") in told


TIMES = "the weights add up to about 2,000 before, 2,000,000 after"
ACCEPTED = {"accept": {"finding": "rounds", "column": "design.weight", "why": "new regions are covered"}}


@pytest.mark.parametrize(
    ("after", "severity"),
    [
        ({"weight": 10_000}, "warning"),
        ({"weight": 10_000, **ACCEPTED}, "note"),
        ({"weight": 19}, ""),
        ({"weight": 6}, ""),
    ],
)
def test_weights_of_another_scale_are_told(tmp_path: Path, after: dict[str, Any], severity: str) -> None:
    told = [row for row in met(tmp_path, {}, {**NEW, **after}) if "weights" in row[2]]
    assert [row[:2] for row in told] == ([(severity, "rounds")] if severity else [])
    assert all(what.startswith(TIMES) for *_, what in told)


def test_numbers_of_persons_in_two_units_are_not_compared_and_rates_are(tmp_path: Path) -> None:
    before, thousands, accepted = (
        classified(survey(tmp_path / name, year, range(20), weight=weight, **keys))
        for name, year, weight, keys in (
            ("one", 2025, 10, {}),
            ("two", 2027, 10_000, NEW),
            ("three", 2027, 10_000, {**NEW, **ACCEPTED}),
        )
    )
    row = fl.change(fl.total(before), fl.total(thousands)).table.iloc[0]
    assert (row["verdict"], str(row["reason"])) == ("not comparable", TIMES)
    assert fl.change(fl.total(before), fl.total(accepted)).table["verdict"].iloc[0] == "increased"
    assert "weights" not in str(
        fl.change(fl.prevalence(before), fl.prevalence(thousands)).table["reason"].iloc[0]
    )
    some = {"where": {"sex": "women"}}
    by_part = fl.change(fl.total(before, **some), fl.total(thousands, **some)).table.iloc[0]
    assert "weights" not in str(by_part["reason"])


SPRING = {"round": "spring", "reference_period": {**SPEC["reference_period"], "start": "2024-01-01"}}
AUTUMN = {"round": "autumn", "reference_period": {**SPEC["reference_period"], "start": "2024-07-01"}}


def test_two_rounds_of_one_year_are_told_by_their_names_and_dates(tmp_path: Path) -> None:
    told = met(
        tmp_path,
        {"year": 2027, **AUTUMN, **MODE, "modes": (200, 0)},
        {**SPRING, **NEW, **MODE, "modes": (200, 0)},
    )
    assert ("error", "year", "the earlier round is of 2024-07-01, the later of 2024-01-01") in told
    (interviews,) = [what for _, check, what in told if check == "interview"]
    assert (
        interviews
        == "autumn: mode face to face: 100%; mode telephone: 0% | spring: mode face to face: 100%; mode telephone: 0%"
    )
    rounds = (
        fl.prevalence(classified(survey(tmp_path / n, 2027, range(20), **k)))
        for n, k in (("x", AUTUMN), ("y", {**SPRING, **NEW}))
    )
    with pytest.raises(RequestError, match="2024-07-01, then 2024-01-01"):
        fl.change(*rounds)


def test_an_overlap_that_only_years_tell_is_said_to_be_so(tmp_path: Path) -> None:
    five = {"reference_period": {"months": 60, "text": "the past 5 years"}}
    dated = {"reference_period": {**five["reference_period"], "start": "2020-01-01"}}
    by_years, by_dates = ", counted by the years of the surveys: not both give dates", ""
    for i, (before, after, said) in enumerate(
        ((five, five, by_years), (dated, five, by_years), (dated, dated, by_dates))
    ):
        (tmp_path / str(i)).mkdir()
        told = met(tmp_path / str(i), {"year": 2027, **before}, {**NEW, **after})
        assert ("warning", "reference_period", f"look-back windows overlap by 100%{said}") in told
        paths = (tmp_path / str(i) / name for name in ("one", "two"))
        row = fl.change(*(fl.prevalence(classified(path)) for path in paths)).table.iloc[0]
        assert ("by the years of the surveys" in str(row["reason"])) is bool(said)


def test_two_rounds_of_one_year_need_names(tmp_path: Path) -> None:
    what = "both surveys are of 2027, and round: does not tell them apart"
    for i, (names, severity) in enumerate(((("", ""), "warning"), (("1", "1"), "warning"), (("1", "2"), ""))):
        (tmp_path / str(i)).mkdir()
        one, two = ({"round": name} if name else {} for name in names)
        told = met(tmp_path / str(i), {"year": 2027, **one}, {**NEW, **two})
        assert [row[0] for row in told if row[2] == what] == ([severity] if severity else [])


REGION = {"region": {"column": "R", "codes": {1: "North", 2: "South"}}}
TURNED = {"region": {"column": "R", "codes": {1: "South", 2: "North"}}}
NEWER = {"region": {"column": "R", "codes": {1: "North", 2: "South", 3: "East"}}}


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({"groups": REGION}, {"groups": TURNED}, ["groups.region"]),
        ({"groups": REGION}, {"groups": NEWER}, []),
        ({}, {"populations": {**SPEC["populations"], "adults": {**SPEC["populations"]["adults"], "where": {"SEX": [1]}}}}, ["populations.adults.where"]),
        ({}, {"weight": 10}, ["files.person.path"]),
        ({"groups": REGION}, {"groups": REGION, "turned": True, "design": {"psus_of_earlier_rounds": "kept"}}, ["groups.region"]),
        ({"groups": REGION}, {"groups": REGION, "turned": False, "design": {"psus_of_earlier_rounds": "kept"}}, []),
    ],
    ids=["labels turned", "a new code", "conditions", "one file twice", "areas of another region", "areas kept"],
)  # fmt: skip
def test_rounds_that_were_mixed_up(
    tmp_path: Path, before: dict[str, Any], after: dict[str, Any], told: list[str]
) -> None:
    after = {"design": {"psus_of_earlier_rounds": "new"}, "psus": range(5, 25), **after}
    if after["design"]["psus_of_earlier_rounds"] == "kept":
        after["psus"] = range(20)
    rounds = [
        classified(survey(tmp_path / name, year, **{"weight": weight, "psus": range(20), **keys}))
        for name, year, weight, keys in (("one", 2025, 10, before), ("two", 2027, 11, after))
    ]
    found = compare_before(*rounds).query("severity == 'warning' and check == 'rounds'")
    assert found["where"].tolist() == told
