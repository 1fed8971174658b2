"""Tests a run beside an earlier release: what stays as it was printed, and what the run refuses.

The attack is in tests/publish/attacks/test_two_runs.py.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from keys import write_key
from releases import release
from shared_surveys import classified_anew
from small_surveys import SPEC, Person, persons_table, write_survey
from surveys_of_amounts import survey as survey_of_amounts

import fltoolkit as fl
from fltoolkit.errors import PublicationError
from fltoolkit.publish.disclosure import suppression
from fltoolkit.publish.disclosure.complementary_suppression import Protected

CASES = {1: 3, 2: 12, 3: 20, 4: 14}
RELEASE = {"office": "the office", "date": "2026-03-14"}
BASE: dict[str, Any] = {
    **{name: value for name, value in SPEC.items() if name != "sectors"},
    "populations": {"adults": SPEC["populations"]["adults"]},
    "tables": [{"measure": "total", "by": [[], "region"]}],
}


def classified(folder: Path, cases: dict[int, int] = CASES, **changed: Any) -> fl.ClassifiedSurvey:
    """A survey in a folder, of 60 persons a region, with these cases."""
    people: list[Person] = [
        ("case" if k < n else "not", {"R": region, "P": 100 * region + k % 13})
        for region, n in cases.items()
        for k in range(60)
    ]
    folder.mkdir(exist_ok=True)
    write_key(folder, 1)
    return classified_anew(write_survey(folder, {**BASE, **changed}, persons=persons_table(people)))


def beside(*folders: str, **more: Any) -> dict[str, Any]:
    return {"release": {**RELEASE, "beside": list(folders), **more}}


@pytest.fixture
def first(tmp_path: Path) -> Path:
    """The folder of a survey with an earlier release in the folder `first`."""
    persons = classified(tmp_path / "survey")
    release(fl.publish_run(persons), persons, tmp_path / "survey" / "first")
    return tmp_path / "survey"


def marked(out: fl.Published, by: str) -> dict[str, str]:
    rows = out.select("total", by)
    return dict(zip(rows["category"], rows["marker"], strict=True))


def test_the_same_tables_are_printed_as_they_were(first: Path) -> None:
    before = pd.read_csv(first / "first" / "estimates.csv", keep_default_na=False)
    for named in (beside("first"), {"release": {**RELEASE, "revises": "first"}}):
        now = fl.publish_run(classified(first, **named)).table
        assert list(now["marker"]) == list(before["marker"])
        assert len(now) == len(before)


def test_with_another_key_the_same_cells_are_hidden(first: Path) -> None:
    """Another key chooses another region beside the north, and both together would tell it."""
    before = marked(fl.publish_run(classified(first)), "region")
    found = set()
    for number in range(2, 6):
        persons = classified(first)
        write_key(first, number)
        found.add(frozenset(marked(fl.publish_run(persons), "region").items()))
        persons = classified(first, **beside("first"))
        write_key(first, number)
        assert marked(fl.publish_run(persons), "region") == before
    assert len(found) > 1


def test_a_table_of_ones_own_beside_the_run_is_decided_beside_the_release_too(first: Path) -> None:
    """The run asks for no table by region, and the release hides two."""
    persons = classified(first, **beside("first"), tables=[{"measure": "total"}])
    out = fl.publish_run(persons)
    assert "region" not in set(out.table["breakdown"])
    own = marked(fl.publish(fl.total(persons, by="region"), beside=out), "region")
    assert own == marked(fl.publish_run(classified(first)), "region")


def edited(folder: Path, **facts: Any) -> None:
    path = folder / "first" / "run.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | facts))


def cut(folder: Path) -> None:
    path = folder / "first" / "estimates.csv"
    path.write_text(path.read_text().replace(",c,", ",,"))


BROKEN: list[tuple[Callable[[Path], object], str]] = [
    (lambda folder: shutil.rmtree(folder / "first"), "no complete results are there"),
    (lambda folder: (folder / "first" / "run.json").unlink(), "no complete results are there"),
    (lambda folder: (folder / "first" / "run.json").write_text("[]"), "no complete results are there"),
    (lambda folder: edited(folder, status="failed"), "no complete results are there"),
    (lambda folder: edited(folder, country="Elsewhere"), "another survey\n  found:   elsewhere 2025"),
    (cut, "its estimates.csv was changed after its run"),
    (
        lambda folder: edited(folder, release={**RELEASE, "beside": ["../zeroth"]}),
        "it was decided beside others\n  found:   zeroth\n  allowed: first\n  do:      name them too",
    ),
]


@pytest.mark.parametrize(("breaks", "told"), BROKEN)
def test_a_folder_that_is_no_release_of_this_survey_stops_the_run(
    first: Path, breaks: Callable[[Path], object], told: str
) -> None:
    persons = classified(first, **beside("first"))
    breaks(first)
    with pytest.raises(PublicationError) as error:
        fl.publish_run(persons)
    assert f"survey.yaml: release: not protected beside first: {told}" in str(error.value)


def other_labels(folder: Path) -> fl.ClassifiedSurvey:
    groups = {
        **SPEC["groups"],
        "region": {"column": "R", "codes": {1: "north", 2: "rest", 3: "rest", 4: "rest"}},
    }
    return classified(folder, **beside("first"), groups=groups)


OTHER: list[tuple[Callable[[Path], fl.ClassifiedSurvey], str]] = [
    (lambda folder: classified(folder, {**CASES, 4: 15}, **beside("first")), "total"),
    (lambda folder: classified(folder, {**CASES, 3: 19, 4: 15}, **beside("first")), "total by region"),
    (other_labels, "total by region"),
    (
        lambda folder: classified(
            folder, **beside("first"), groups={"sex": SPEC["groups"]["sex"]}, tables=[]
        ),
        "total by region",
    ),
]


@pytest.mark.parametrize(("changed", "told"), OTHER)
def test_numbers_that_do_not_follow_from_the_survey_stop_the_run(
    first: Path, changed: Callable[[Path], fl.ClassifiedSurvey], told: str
) -> None:
    """Corrected answers; groups that were renamed or given up. The message has no number of the survey."""
    with pytest.raises(PublicationError, match="these tables of it do not follow from this survey") as error:
        fl.publish_run(changed(first))
    assert told in error.value.found
    assert not any(str(n) in error.value.found for n in CASES.values())


def test_another_rule_set_stops_the_run(first: Path) -> None:
    persons = replace(classified(first, **beside("first")), rules="another")
    with pytest.raises(PublicationError, match="not protected beside first: another rule set"):
        fl.publish_run(persons)


def test_new_weights_stop_the_run(first: Path) -> None:
    persons = classified(first, **beside("first"))
    table = pd.read_csv(first / "persons.csv")
    table.assign(W=table["W"] + (table["R"] == 2)).to_csv(first / "persons.csv", index=False)
    with pytest.raises(PublicationError, match="not protected beside first: these tables"):
        fl.publish_run(classified_anew(persons.path))


def test_a_release_that_reveals_a_number_itself_stops_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It hid the north alone, which is all less the others."""
    with monkeypatch.context() as patch:
        patch.setattr(
            suppression,
            "protect",
            lambda _, primary, *__, **more: Protected({**more["hidden_anyway"], **primary}),
        )
        persons = classified(tmp_path / "survey")
        out = fl.publish_run(persons)
    assert list(marked(out, "region").values()).count("c") == 1
    release(out, persons, tmp_path / "survey" / "first")
    with pytest.raises(PublicationError, match="not protected beside first: what it shows reveals a number"):
        fl.publish_run(classified(tmp_path / "survey", **beside("first")))


def test_amounts_of_two_releases_stop_the_run(tmp_path: Path) -> None:
    persons, _ = survey_of_amounts(tmp_path, 4)
    release(fl.publish_run(persons), persons, tmp_path / "first")
    with pytest.raises(PublicationError, match="not protected beside first: means and medians of amounts"):
        fl.publish_run(survey_of_amounts(tmp_path, 4, **beside("first"))[0])
    tables = [{"measure": "total", "by": [[], "sex"]}]
    without, _ = survey_of_amounts(tmp_path, 4, **beside("first"), tables=tables)
    assert fl.publish_run(without).own_rows(measure="total")["estimate"].notna().any()
