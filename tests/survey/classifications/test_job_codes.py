"""Tests ISCO-08 codes of one to four digits as major groups."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import fltoolkit as fl
from fltoolkit.errors import RequestError
from fltoolkit.survey.classifications.job_codes import job_rows
from fltoolkit.survey.spec.groups_and_tables import Occupation
from fltoolkit.survey.survey_opening import read_survey

Write = Callable[..., Path]
Change = Callable[..., dict[str, Any]]
ARMED, MANAGERS, ELEMENTARY, OPEN = (
    "Armed forces occupations",
    "Managers",
    "Elementary occupations",
    "not stated",
)
CODES = [
    ("1", {"0": ARMED, "1": MANAGERS, "9": ELEMENTARY, "10": OPEN, "X": OPEN}),
    (
        "2",
        {
            "11": MANAGERS,
            "96": ELEMENTARY,
            "03": ARMED,
            "3": ARMED,
            "15": OPEN,
            "97": OPEN,
            "1": ARMED,
            "111": OPEN,
        },
    ),
    ("3", {"111": MANAGERS, "962": ELEMENTARY, "021": ARMED, "21": ARMED, "151": OPEN, "1111": OPEN}),
    (
        "4",
        {
            "1111": MANAGERS,
            "9629": ELEMENTARY,
            "0110": ARMED,
            "110": ARMED,
            "310": ARMED,
            "9999": OPEN,
            "99": OPEN,
            "11.11": OPEN,
            "": OPEN,
        },
    ),
]


def occupation(digits: str = "4", **keys: Any) -> dict[str, Any]:
    facts = {
        "column": "isco",
        "classification": "isco_08",
        "digits": digits,
        "job": "all_workers",
        "population": "adults",
    }
    return {"occupations.job": facts | keys}


def read(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change, codes: list[str], **keys: Any
) -> fl.Survey:
    return read_survey(write(changed(spec, occupation(**keys)), people=people.assign(isco=(codes * 16)[:16])))


def test_the_sub_major_groups_are_the_43_of_the_ilo() -> None:
    rows = job_rows(Occupation.model_validate(occupation()["occupations.job"]))
    assert len(rows) == 43
    per_group = {code: sum(key[0] == code for key in rows) for code in "1234567890"}
    assert per_group == {"1": 4, "2": 6, "3": 5, "4": 4, "5": 4, "6": 3, "7": 5, "8": 3, "9": 6, "0": 3}
    assert [*dict.fromkeys(row.ilostat for row in rows.values())] == [
        f"OCU_ISCO08_{code}" for code in "1234567890"
    ]


@pytest.mark.thorough("every code of two classifications")
@pytest.mark.parametrize(("digits", "codes"), CODES)
def test_a_code_of_any_length_is_its_major_group(
    digits: str,
    codes: dict[str, str],
    spec: dict[str, Any],
    people: pd.DataFrame,
    write: Write,
    changed: Change,
) -> None:
    usual = {"1": "5", "2": "51", "3": "512", "4": "5120"}[digits]
    for code, group in codes.items():
        survey = read(spec, people, write, changed, [code, *[usual] * 15], digits=digits)
        found = fl.classify(survey).frame.select("job", "src__isco").collect("pandas").to_native()
        one = found[found["src__isco"].fillna("") == code]["job"].unique()
        assert list(one) == [group], code


def test_codes_that_isco_does_not_have_are_found(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    found = fl.check(read(spec, people, write, changed, ["1512", *["5120"] * 15]))
    row = found[found["where"].str.contains("occupations.job")].iloc[0]
    assert (row["severity"], row["count"]) == ("warning", "fewer than 5")
    assert "not in isco_08" in row["what"]
    wrong = fl.check(read(spec, people, write, changed, ["512"], digits="4"))
    assert "no code has 4 digits; many have 3" in " ".join(wrong[wrong["severity"] == "error"]["what"])


def test_a_rate_is_only_of_the_population_that_was_asked(
    spec: dict[str, Any], people: pd.DataFrame, write: Write, changed: Change
) -> None:
    workers = {"populations.workers": {"label": "workers", "age": {"min": 18}, "where": {"worked": "Y"}}}
    survey = read_survey(
        write(changed(spec, occupation(population="workers") | workers), people=people.assign(isco="5120"))
    )
    with pytest.raises(RequestError, match="job was asked of workers only"):
        fl.prevalence(fl.classify(survey), by="job", population="adults")
    only = read_survey(
        write(
            changed(spec, occupation(job="forced_labour", population=None)), people=people.assign(isco="5120")
        )
    )
    persons = fl.classify(only)
    assert persons.spec.case_only >= {"job"}
    assert fl.share(persons, "job").table["job"].tolist()[0] == "Service and sales workers"
