"""Attack: a number and its rate are rounded by different steps, and together they allow only one number of
cases.

The reader has a public-use file. All men of the survey weigh 100, all women 110, as after a calibration by
sex. Two men and ten women are cases, so the table of sex is hidden. Twelve cases weigh 1,200 and 10 for each
woman among them. The number, 1,300, is printed as 1,400 to the base of 200, so it is at least 1,300. The
rate, 0.00155, is printed as 0.0015, so the number is below 1,302.
"""

from __future__ import annotations

import pandas as pd
import pytest
from shared_surveys import classified
from small_surveys import SPEC, Person, persons_table, write_survey

import fltoolkit as fl
from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.publish.disclosure import survey_system
from fltoolkit.publish.disclosure.confidential_cells import Cell
from fltoolkit.publish.printed_numbers import CLASSES

WEIGHTS, EACH, TRUE = {"men": 100.0, "women": 110.0}, 4000, {"men": 2, "women": 10}
SMALL = 1e-9


@pytest.fixture(scope="module")
def persons(tmp_path_factory: pytest.TempPathFactory) -> ClassifiedSurvey:
    folder = tmp_path_factory.mktemp("weights_by_sex")
    people: list[Person] = []
    for i, (sex, weight) in enumerate(WEIGHTS.items()):
        for k in range(EACH):
            own = {"SEX": i + 1, "W": weight, "P": (7 * k + i) % 97, "HH": i * EACH + k}
            people.append(("case" if k < TRUE[sex] else "not", own))
    spec = {
        **{name: value for name, value in SPEC.items() if name != "sectors"},
        "populations": {"adults": SPEC["populations"]["adults"]},
        "groups": {"sex": SPEC["groups"]["sex"]},
        "tables": [{"measure": "prevalence", "by": [[], "sex"]}, {"measure": "total", "by": [[], "sex"]}],
    }
    return classified(write_survey(folder, spec, persons=persons_table(people)))


def men_who_may_be_cases(table: pd.DataFrame) -> list[int]:
    """Every number of men that fits all rows of a run's rates and numbers, tried one by one with every number
    of women."""
    rows = table[table["measure"].isin(["prevalence", "total"]) & (table["marker"] != "c")].to_dict("records")
    return [
        m
        for m in range(40)
        if any(all(_fits(row, {"men": m, "women": w}) for row in rows) for w in range(60))
    ]


def _fits(row: dict[object, object], cases: dict[str, int]) -> bool:
    """Whether these cases would be printed as a row is; a row of a breakdown tells a class."""
    mine = [str(row["category"])] if row["breakdown"] else list(WEIGHTS)
    number, whole = sum(cases[s] for s in mine), sum(WEIGHTS[s] * EACH for s in mine)
    weighted = sum(cases[s] * WEIGHTS[s] for s in mine)
    base = float(str(row["rounding"]))
    step, printed = (base, float(str(row["estimate"])))
    if row["measure"] == "prevalence":
        step, printed = (
            (0.0001, printed) if not row["breakdown"] else (base, printed * float(str(row["population"])))
        )
        weighted = weighted / whole if not row["breakdown"] else weighted
    told = number == row["cases"] if not row["breakdown"] else row["cases_class"] == _class_of(number)
    return told and printed - step / 2 - SMALL * step <= weighted < printed + step / 2


def _class_of(number: int) -> str:
    return next((words for least, words in CLASSES if number >= least), "0")


def around_the_truth(cell: Cell, base: float, rate_step: float = 0.0) -> tuple[float, float]:
    """The defence switched off: the finer of the two steps, half of it to either side of the true number."""
    whole = (cell.weighted or 0.0) + (cell.weighted_others or 0.0)
    half = min(base, rate_step * whole) / 2 if rate_step else base / 2
    return half, half


def test_two_steps_of_one_number_leave_one_number_of_men(
    persons: ClassifiedSurvey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(survey_system, "rounding_margins", around_the_truth)
    table = fl.publish_run(persons).own
    assert table.loc[table["breakdown"] == "sex", "marker"].eq("c").all()
    assert men_who_may_be_cases(table) == [TRUE["men"]]


def test_what_the_two_steps_leave_together_is_what_cells_are_hidden_by(persons: ClassifiedSurvey) -> None:
    left = men_who_may_be_cases(fl.publish_run(persons).own)
    assert min(left) <= 1
    assert max(left) >= 4
