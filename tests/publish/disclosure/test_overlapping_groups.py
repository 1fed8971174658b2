"""Groups made of one finer variable: the difference of two of their cells is a cell that no table shows."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from attack import Reader, cells_of
from small_surveys import SPEC

import fltoolkit as fl
from fltoolkit.publish.disclosure.cell_counts import Cell, Key, Limits
from fltoolkit.publish.disclosure.overlapping_groups import structure, tie
from fltoolkit.publish.reliability import load_profile
from fltoolkit.survey.spec.survey_spec import SurveySpec, read_spec

PUBLISH = importlib.import_module("fltoolkit.publish.published_set")
SETTLE = importlib.import_module("fltoolkit.publish.disclosure.linked_tables")
JOB = SPEC["sectors"]["main_job_sector"]
# Two groups of one variable: how survey.yaml has them, their names, the variable, and the cases of each of its values.
VARIABLES: dict[str, tuple[dict[str, Any], list[str], str, dict[Any, int]]] = {
    "ages": (
        {"groups": {"wide": {"bands": [18, 30, 50]}, "fine": {"bands": [18, 25, 50]}}}, ["wide", "fine"], "AGE",
        {20: 30, 27: 3, 40: 20, 60: 20},  # 18–29 less 18–24
    ),
    "industries": (
        {"sectors": {"aggregate": JOB, "section": {**JOB, "level": "section"}}}, ["aggregate", "section"], "ISIC",
        {"01": 20, "03": 7, "41": 8, "46": 3, "55": 12},  # fishing, hidden with section G among sections, stands among aggregates
    ),
    "codes": (
        {"groups": {"half": {"column": "R", "codes": {1: "coast", 2: "coast", 3: "inland", 4: "inland"}},
                    "other": {"column": "R", "codes": {1: "old", 2: "new", 3: "new"}}}},
        ["half", "other"], "R", {1: 20, 2: 3, 3: 20, 4: 20},  # coast less old
    ),
}  # fmt: skip


def leaks(persons: fl.Survey, groups: list[str]) -> list[Key]:
    """The cells of the two groups crossed that have few cases and follow from what is published of each by itself."""
    est = fl.prevalence(persons, by=[[], *([g] for g in groups)], population="workers")
    table = PUBLISH._judged(PUBLISH._decided([est], Limits(), (), persons.spec), load_profile("fltoolkit")).exact
    crossed = fl.prevalence(persons, by=[groups], population="workers").table
    cases = {frozenset((g, str(row[g])) for g in groups): row["cases"] for row in crossed.to_dict("records")}
    shown = {cell: n for (_, cell), n in zip(cells_of(table), table["cases"], strict=True) if pd.notna(n)}
    sees = Reader(cases, shown)
    return [cell for cell, n in cases.items() if 0 < n < 5 and sees.knows(cell)]


@pytest.mark.parametrize("name", VARIABLES)
def test_no_small_difference_of_two_groups_of_one_variable_can_be_worked_out(
    name: str, small: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys, groups, column, cases = VARIABLES[name]
    people = [("case", {column: v}) for v, n in cases.items() for _ in range(n)]
    people += [("not", {column: v}) for v in cases for _ in range(60)]
    persons = small([(what, {**own, "P": i % 40}) for i, (what, own) in enumerate(people)], **keys)
    assert leaks(persons, groups) == []
    monkeypatch.setattr(SETTLE, "tie", lambda cells, variables: ({}, []))
    assert len(leaks(persons, groups)) == 1


def spec_of(folder: Path, **keys: Any) -> SurveySpec:
    spec = {**SPEC, **{k: {**SPEC[k], **v} for k, v in keys.items()}}
    (folder / "survey.yaml").write_text(yaml.safe_dump(spec), encoding="utf-8")
    return read_spec(folder / "survey.yaml")


def cell(cases: int, persons: int = 100) -> Cell:
    return Cell(
        cases, persons, persons - cases, weighted=10.0 * cases, weighted_others=10.0 * (persons - cases), mean_weight=10.0
    )


def test_the_atom_between_two_bands_is_their_difference(tmp_path: Path) -> None:
    """30 cases of 18–24 beside 33 of 18–29: 3 of 25–29, in each sex too where both bands are shown by sex."""
    known = structure(spec_of(tmp_path, groups=VARIABLES["ages"][0]["groups"]))
    bands = {("fine", "18–24"): 30, ("fine", "25–49"): 43, ("wide", "18–29"): 33, ("wide", "30–49"): 40}
    cells = {frozenset({band}): cell(n) for band, n in bands.items()}
    cells |= {
        frozenset({band, ("sex", s)}): cell(n // 2 + (n % 2 if s == "men" else 0))
        for band, n in bands.items()
        for s in ("men", "women")
    }
    atoms, sums = tie(cells, known.variables)
    counts = {frozenset(text for _, v in k for text in v.split(" | ")): c.cases for k, c in atoms.items()}
    between = frozenset({"18–29", "25–49"})
    assert counts[between] == counts[between | {"men"}] + counts[between | {"women"}] == 3
    assert len(sums) == 12  # each of the twelve cells
    assert tie({k: c for k, c in cells.items() if "wide" not in dict(k)}, known.variables) == ({}, [])


def test_only_groups_of_one_variable_share_atoms(tmp_path: Path) -> None:
    assert structure(spec_of(tmp_path)).variables == ()
    two = structure(spec_of(tmp_path, sectors=VARIABLES["industries"][0]["sectors"])).variables
    assert [set(labels) for labels in two] == [{"main_job_sector", "aggregate", "section"}]
    apart = {**JOB, "revision": "isic_rev3.1", "column": "OLD"}
    assert structure(spec_of(tmp_path, sectors={"old": apart})).variables == ()


def test_an_atom_that_the_cells_do_not_determine_is_only_unknown(tmp_path: Path) -> None:
    """Halves ab|cd and ac|bd: a to d follow from neither."""
    one = {"column": "R", "codes": {1: "ab", 2: "ab", 3: "cd", 4: "cd"}}
    other = {"column": "R", "codes": {1: "ac", 3: "ac", 2: "bd", 4: "bd"}}
    known = structure(spec_of(tmp_path, groups={"one": one, "other": other, "region": {"column": "X", "codes": {1: "x"}}}))
    cells = {
        frozenset({b}): cell(n) for b, n in {("one", "ab"): 9, ("one", "cd"): 9, ("other", "ac"): 9, ("other", "bd"): 9}.items()
    }
    atoms, _ = tie(cells, known.variables)
    assert {c.cases for c in atoms.values()} == {0}


def test_populations_are_disjoint_by_age_or_by_a_code(tmp_path: Path) -> None:
    young, old = {"label": "young", "age": {"max": 29}}, {"label": "old", "age": {"min": 30}}
    idle = {"label": "idle", "age": {"min": 18}, "where": {"WORK": 2}}
    found = structure(spec_of(tmp_path, populations={"young": young, "old": old, "idle": idle})).disjoint
    assert found == {frozenset({"young", "old"}), frozenset({"workers", "idle"})}
