"""Tests the invented country with children: its truth by route, the survey drawn from it, and the shipped
SPSS file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest
import shipped

import fltoolkit as fl
from fltoolkit.synthetic import (
    Families,
    draw_families,
    full_count,
    full_count_of_families,
    make_families,
    write_valdorie,
)
from fltoolkit.synthetic.families import DEAD, ELSEWHERE

pytestmark = (
    pytest.mark.no_cover
)  # the lines it runs are covered by others, and tracing them takes half as long again

VALDORIE = Path(__file__).parents[2] / "data_samples" / "valdorie_enquete_2025"
LABELS = {
    "route_iv": "worst form of child labour (iv)",
    "route_iii": "parent in forced labour (iii)",
    "route_ii": "with parents, under threat (ii)",
    "route_i": "for a third party, under threat (i)",
}
DRAW = 3  # the shipped one


@pytest.fixture(scope="module")
def families() -> Families:
    return make_families()


@pytest.fixture(scope="module")
def sample(families: Families) -> pd.DataFrame:
    return draw_families(families, DRAW)


@pytest.fixture(scope="module")
def counted(families: Families) -> pd.DataFrame:
    """What the kit finds when everybody is asked."""
    return full_count(
        full_count_of_families(families),
        VALDORIE / "survey.yaml",
        "forced_labour",
        "route",
        "step",
        "route_iii",
    )


@pytest.fixture(scope="module")
def persons() -> fl.Survey:
    return shipped.persons(shipped.VALDORIE)


@pytest.fixture(scope="module")
def found(persons: fl.Survey, sample: pd.DataFrame) -> pd.DataFrame:
    """The shipped survey as the kit classifies it, row by row beside `sample`."""
    columns = ["forced_labour", "route", "step", "route_iii", "fl__third", "fl__with"]
    table = persons.frame.select("src__MENAGE", "src__NUMORD", *columns).collect("pandas").to_native()
    table.index = pd.MultiIndex.from_frame(table[["src__MENAGE", "src__NUMORD"]].astype(int))
    return (
        table[columns].reindex(pd.MultiIndex.from_frame(sample[["MENAGE", "NUMORD"]])).set_index(sample.index)
    )


# ------------------------------------------------------------------------------------------------------------


def test_parents_are_adults_of_the_household_a_woman_and_a_man_old_enough(families: Families) -> None:
    people = families.persons
    for column, sex in (("MOTHER", 2), ("FATHER", 1)):
        named = people[people[column].notna() & ~people[column].isin([DEAD, ELSEWHERE])]
        parents = people.set_index(["household", "LINE"]).loc[
            list(zip(named["household"], named[column], strict=True))
        ]
        assert (parents["SEX"] == sex).all()
        assert (parents["true_age"].to_numpy() - named["true_age"].to_numpy() >= 18).all()
        assert len(named) > 0.8 * people[column].notna().sum()
        assert people.loc[people["true_age"] >= 18, column].isna().all()


def test_each_route_is_what_it_says(families: Families) -> None:
    """Worked out here from the parents' true status, not taken from the generator."""
    people, truth = families.persons, families.truth
    status = pd.Series(truth, index=pd.MultiIndex.from_frame(people[["household", "LINE"]]))
    on_iii = people[families.routes["route_iii"]]
    forced = np.zeros(len(on_iii), bool)
    for column in ("MOTHER", "FATHER"):
        keys = pd.MultiIndex.from_arrays([on_iii["household"], on_iii[column]])
        forced |= status.reindex(keys).fillna(False).to_numpy(bool)
    assert len(forced) > 500
    assert forced.all()
    assert (families.routes.any(axis=1) == (truth & families.children)).all()
    assert not families.routes[~families.children].any(axis=None)
    assert (families.routes.sum(axis=1) > 1).sum() > 20  # a child may be on several


def test_the_first_route_along_the_flowchart_is_the_primary_one(families: Families) -> None:
    several = families.routes[families.routes["route_iv"] & families.routes["route_i"]]
    assert len(several) > 0
    assert (families.primary_route[several.index] == "route_iv").all()
    assert families.primary_route.notna().sum() == (families.truth & families.children).sum()


def test_the_same_seed_makes_the_same_families_and_another_others() -> None:
    one, again, other = (make_families(seed, areas=60, households=40) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one.persons, again.persons)
    pd.testing.assert_frame_equal(one.routes, again.routes)
    assert len(other.persons) != len(one.persons)


# ------------------------------------------------------------------------------------------------------------


def test_each_weight_grosses_up_to_its_population(families: Families) -> None:
    draws = [draw_families(families, seed) for seed in range(8)]
    for column, truth in (
        ("PMENAGE", len(families.persons)),
        ("PADULTE", families.adults.sum()),
        ("PENFANT", families.children.sum()),
    ):
        totals = np.array([draw[column].sum() for draw in draws])
        assert abs(totals.mean() - truth) < 3 * totals.std(ddof=1) / np.sqrt(8) + 0.003 * truth, column
        assert totals.std(ddof=1) < 0.05 * truth
    for column, result in (("PADULTE", "A_RESULT"), ("PENFANT", "E_RESULT")):
        assert (draws[0][column].notna() == (draws[0][result] == 1)).all()


# ------------------------------------------------------------------------------------------------------ what


def test_the_shipped_file_is_what_the_kit_draws_and_is_small(tmp_path: Path) -> None:
    write_valdorie(tmp_path)
    shipped = VALDORIE / "persons.sav"
    (ours, about), (theirs, told) = (
        pyreadstat.read_sav(str(p), user_missing=True) for p in (tmp_path / "persons.sav", shipped)
    )
    pd.testing.assert_frame_equal(ours, theirs)
    for fact in ("column_names_to_labels", "variable_value_labels", "missing_ranges", "file_label"):
        assert getattr(about, fact) == getattr(told, fact), fact
    assert shipped.stat().st_size <= 2_000_000


def test_the_shipped_file_speaks_french_and_declares_its_missing_values() -> None:
    _, about = pyreadstat.read_sav(str(VALDORIE / "persons.sav"), metadataonly=True, user_missing=True)
    assert about.variable_value_labels["I1"] == {
        1: "oui",
        2: "non",
        97: "sans objet",
        98: "ne sait pas",
        99: "refus",
    }
    assert about.missing_ranges["I1"] == [{"lo": 97, "hi": 99}]
    assert about.column_names_to_labels["AGE"] == "Âge en années révolues"
    assert all(about.column_names_to_labels.values())


@pytest.mark.thorough("counts a whole invented population")
def test_a_sampled_adult_has_the_status_that_a_full_count_would_find(
    sample: pd.DataFrame, counted: pd.DataFrame, found: pd.DataFrame
) -> None:
    """A child's may differ: in the full count every parent was asked."""
    full = counted.loc[sample.index]
    same = full["forced_labour"].isna() & found["forced_labour"].isna() | (
        full["forced_labour"] == found["forced_labour"]
    ).fillna(False)
    assert same[sample["A_RESULT"] == 1].all()
    children = found[~same & (sample["E_RESULT"] == 1)]
    assert 0 < len(children) < 100
    assert (children["step"] == "child, unresolved").all()


def test_every_route_occurs_among_the_reported_cases_and_two_kinds_of_work_too(
    sample: pd.DataFrame, found: pd.DataFrame
) -> None:
    children = found[sample["E_RESULT"] == 1]
    assert children["route"].value_counts().reindex(list(LABELS.values())).min() >= 5
    both = children["fl__third"].fillna(False) & children["fl__with"].fillna(False)
    assert both.sum() > 20
    assert children.loc[both, "forced_labour"].eq(True).sum() >= 5


def test_a_parent_who_was_not_asked_leaves_children_unresolved(
    persons: fl.Survey, sample: pd.DataFrame, found: pd.DataFrame
) -> None:
    findings = fl.check_cases(persons)
    told = findings[
        findings["what"].str.startswith("children who work with parents, one of whom was not asked")
    ]
    assert int(told["count"].iloc[0].removeprefix("about ")) > 100
    children = found[sample["E_RESULT"] == 1]
    assert (children["route_iii"].isna() & children["forced_labour"].isna()).sum() > 100
    assert not findings["severity"].eq("error").any()


# ---------------------------------------------------------------------------------------------------------- b


def test_what_is_reported_is_less_than_what_is_true(families: Families, counted: pd.DataFrame) -> None:
    case = counted["forced_labour"].eq(True).fillna(False).to_numpy(bool)
    for who in (families.adults, families.children):
        truth = families.truth[who]
        assert 0.8 < case[who].sum() / truth.sum() < 1
        assert 0.7 < case[who][truth].mean() < 0.95
        assert 0 < case[who][~truth].mean() < 0.005


def test_the_readme_states_both_truths_and_each_route(families: Families, counted: pd.DataFrame) -> None:
    text = (VALDORIE / "README.md").read_text("utf-8")
    case = counted["forced_labour"].eq(True).fillna(False).to_numpy(bool)
    for who in (families.adults, families.children):
        for cases in (families.truth[who].sum(), case[who].sum()):
            assert f"| {cases:,} | **{1000 * cases / who.sum():.2f}** |" in text
    everybody = families.adults | families.children
    true, reported = families.truth.sum(), case.sum()
    assert (
        f"| {true:,} and {reported:,} | {1000 * true / everybody.sum():.2f} and "
        f"{1000 * reported / everybody.sum():.2f} |"
    ) in text
    for route, label in LABELS.items():
        numeral = route.removeprefix("route_")
        (line,) = [line for line in text.splitlines() if line.startswith(f"| ({numeral}) ")]
        assert (
            f"| {(families.primary_route == route).sum():,} | {(counted['route'] == label).sum():,} |" in line
        )
    adults, children = families.adults.sum(), families.children.sum()
    assert (
        f"{len(families.persons):,} persons: {adults:,} aged 18 and over, {children:,} aged 5 to 17" in text
    )


def test_the_headline_intervals_hold_what_is_reported(
    families: Families, counted: pd.DataFrame, persons: fl.Survey
) -> None:
    case = counted["forced_labour"].eq(True).fillna(False).to_numpy(bool)
    text = (VALDORIE / "README.md").read_text("utf-8")
    for population, who in (
        ("adults", families.adults),
        ("children", families.children),
        ("everybody", families.adults | families.children),
    ):
        row = 1000 * fl.prevalence(persons, population=population).table.iloc[0][
            ["estimate", "ci_low", "ci_high"]
        ].astype(float)
        assert row["ci_low"] < 1000 * case[who].mean() < row["ci_high"], population
        assert f"| {row['estimate']:.1f} ({row['ci_low']:.1f} to {row['ci_high']:.1f}) |" in text
