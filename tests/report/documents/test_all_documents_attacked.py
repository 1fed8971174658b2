"""Attacks all documents of a run together: no hidden number can be calculated, by linear programmes or by
comparison with a twin."""

from __future__ import annotations

import importlib
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import small_country as country
from attack import told
from file_texts import lines
from harvest import seen

import fltoolkit as fl
from fltoolkit import report
from fltoolkit.publish.disclosure.suppression_decision import Decision
from fltoolkit.publish.printed_numbers import cases_class
from fltoolkit.publish.published_set import restricted

pytestmark = pytest.mark.usefixtures("estimated_once")

RUN_DECISION = importlib.import_module("fltoolkit.publish.disclosure.run_decision")
PUBLISH = importlib.import_module("fltoolkit.publish.published_set")


@cache
def read(survey: Path) -> tuple[fl.ClassifiedSurvey, fl.Plan]:
    """Returns the classified persons of a survey and its plan. Each survey is read once."""
    return fl.classify(fl.read_survey(survey)), fl.read_plan(survey.with_name("nap.yaml"))


def documents(survey: Path, target: Path) -> list[Path]:
    """Every document that a run writes, but the notebooks, from the survey that stands there."""
    persons, plan = read(survey)
    out = fl.publish_run(persons, plan=plan)
    evidence = fl.evidence(plan, fl.rounds(plan, persons, out))
    report.write_estimates(out, target)
    report.write_baseline(evidence.baseline, target)
    report.write_exchange(evidence, target)
    report.write_workbook(evidence, target)
    report.write_documents(evidence, target)
    return sorted(p for p in target.rglob("*") if p.is_file())


def truth(survey: Path) -> pd.DataFrame:
    """The prevalences of the run with nothing hidden."""
    persons, plan = read(survey)
    full = restricted(persons, plan=plan)
    own = full["rule_set"] == full["rule_set"].iloc[0]
    return full[own & (full["measure"] == "prevalence")].reset_index(drop=True)


def attacked(files: list[Path], full: pd.DataFrame) -> list[str]:
    """What a reader of some documents works out of the confidential rows."""
    found = seen([line for file in files for line in lines(file)], full)
    whole = found["n"].astype(float).idxmax() if found["n"].notna().any() else 0
    for column in ("n", "population"):  # how many were asked in all is no secret
        found.loc[whole, column] = full.loc[whole, column]
    return told(found, full)


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return country.write(tmp_path_factory.mktemp("country"))


@pytest.fixture(scope="module")
def true_rows(survey: Path) -> pd.DataFrame:
    return truth(survey)


@pytest.fixture
def full(true_rows: pd.DataFrame) -> pd.DataFrame:
    return true_rows.copy()


@pytest.fixture(scope="module")
def files(survey: Path) -> list[Path]:
    return documents(survey, survey.parent / "out")


@pytest.mark.thorough("writes all documents of its own")
def test_there_is_something_to_tell_and_something_hidden(full: pd.DataFrame, files: list[Path]) -> None:
    found = seen([line for file in files for line in lines(file)], full)
    assert found.loc[found["category"] == "north", ["estimate", "n"]].notna().all(axis=None)
    assert found.loc[found["breakdown"] == "", "cases"].notna().all()
    assert (
        found.loc[found["category"].isin(["east", "west"]), ["estimate", "n", "cases"]].isna().all(axis=None)
    )


def test_no_document_tells_a_hidden_number(full: pd.DataFrame, files: list[Path]) -> None:
    assert {file.name: leak for file in files if (leak := attacked([file], full))} == {}


def test_all_documents_together_tell_no_hidden_number(full: pd.DataFrame, files: list[Path]) -> None:
    assert attacked(files, full) == []


def with_every_digit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Print what is shown at full precision, and the cases of every cell."""

    def whole(exact: pd.DataFrame, base: float) -> pd.DataFrame:
        return exact.assign(
            rounding=base, cases_class=[cases_class(n, headline=True) for n in exact["cases"]]
        )

    monkeypatch.setattr(PUBLISH, "printed", whole)


@pytest.mark.thorough("the attack on documents without rounding")
def test_hidden_numbers_are_not_told_by_rounding_alone(
    survey: Path, full: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With every digit of all that is shown they stay hidden: rounding is a second wall, not the first."""
    with_every_digit(monkeypatch)
    files = documents(survey, tmp_path)
    found = seen([line for file in files for line in lines(file)], full)
    assert found.loc[found["category"] == "north", ["estimate", "n", "cases"]].notna().all(axis=None)
    assert attacked(files, full) == []


@pytest.mark.thorough("the attack on documents without protection")
def test_without_protection_the_same_attack_succeeds_on_every_document_with_cases(
    survey: Path, full: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RUN_DECISION, "decide_rule_sets", lambda *_: Decision())
    with_every_digit(monkeypatch)
    leaks = {file.name: attacked([file], full) for file in documents(survey, tmp_path)}
    with_cases = (
        "estimates.csv",
        "nap_baseline.csv",
        "nap_workbook.xlsx",
        "evidence.json",
        "evidence_brief_en.html",
        "evidence_brief_en.docx",
        "nap_skeleton_en.docx",
    )
    assert all(leaks[name] for name in with_cases)


def twin(folder: Path) -> Path:
    """The same country, but that one case of the east lives in the west: a person of the same point, sex and
    age moves the other way."""
    table = country.persons()
    east, west = ({"R": list(country.REGIONS).index(r) + 1} for r in ("east", "west"))
    same = ["S", "P", "SEX", "AGE"]
    cases = table[(table["R"] == east["R"]) & (table["INV"] == 1)]
    others = table[(table["R"] == west["R"]) & (table["INV"] != 1)]
    pairs = cases.reset_index().merge(others.reset_index(), on=same, suffixes=("_case", "_other"))
    assert len(pairs), "the country has no such pair"
    i, j = pairs[["index_case", "index_other"]].iloc[0]
    table.loc[[i, j], "R"] = [west["R"], east["R"]]
    return country.write(folder, table=table)


@pytest.mark.thorough("writes all documents twice")
def test_a_country_that_differs_in_hidden_cells_alone_leaves_the_same_documents(
    full: pd.DataFrame, files: list[Path], tmp_path: Path
) -> None:
    other = twin(tmp_path / "twin")
    assert not np.array_equal(full["cases"], truth(other)["cases"])
    others = documents(other, other.parent / "out")
    assert [f.name for f in files] == [f.name for f in others]
    for one, two in zip(files, others, strict=True):
        assert lines(one) == lines(two), one.name
