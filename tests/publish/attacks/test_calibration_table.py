"""Attack: the table about calibration reveals, by the weights, how few persons of a category were asked.

A sum of weights over a mean weight is a number of persons; so is the benchmark over the ratio, or over g
where there is one margin.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from shared_surveys import classified
from small_surveys import SPEC, Person, persons_table, write_survey

import fltoolkit as fl
from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.show import tables

WEIGHT, ASKED = 250.0, {"north": 3, "south": 197}
BENCHMARKS = {"north": 800, "south": 50_000}


@pytest.fixture
def persons(tmp_path: Path) -> ClassifiedSurvey:
    """200 persons of one weight, of whom three are of the north, with a benchmark for each region."""
    people: list[Person] = [
        ("case" if i % 4 == 0 else "not", {"W": WEIGHT, "R": 1 if i < ASKED["north"] else 2, "P": i % 20})
        for i in range(200)
    ]
    lines = ["margin,category,population", *(f"region,{name},{total}" for name, total in BENCHMARKS.items())]
    (tmp_path / "benchmarks.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    spec = {
        **{name: value for name, value in SPEC.items() if name != "sectors"},
        "groups": {"region": SPEC["groups"]["region"]},
        "tables": [{"measure": "prevalence", "by": [[]]}],
        "calibration": {"method": "poststratify", "benchmarks": "benchmarks.csv"},
    }
    return classified(write_survey(tmp_path, spec, persons=persons_table(people)))


def persons_by_weight(persons: ClassifiedSurvey) -> dict[str, set[int]]:
    """The persons of each category that its shown weights, ratio and g leave, for a reader who knows the mean
    weight."""
    found = {}
    for text in re.findall(r"<tr>.*?</tr>", fl.show.calibration(persons).html, flags=re.DOTALL):  # type: ignore[union-attr]
        cells = [re.sub(r"<.*?>|,", "", cell) for cell in re.findall(r"<td.*?</td>", text, flags=re.DOTALL)]
        if len(cells) < 6 or cells[1] not in ASKED:
            continue
        weights = [float(cells[4])] if cells[4] != "[c]" else []
        weights += [float(cells[3]) / float(cell.split(" ")[0]) for cell in cells[5:] if cell != "[c]"]
        found[cells[1]] = {round(weight / WEIGHT) for weight in weights}
    return found


def test_all_digits_of_weights_tell_the_few_asked(
    persons: ClassifiedSurvey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "rounded", lambda count, limit: count)
    monkeypatch.setattr(tables, "rounding_base", lambda table: 1.0)
    assert persons_by_weight(persons)["north"] == {3}


def test_of_few_persons_nothing_but_the_benchmark_is_told(persons: ClassifiedSurvey) -> None:
    assert persons_by_weight(persons)["north"] == set()
    shown = fl.show.calibration(persons)
    assert "800" in str(shown)
    assert "750" not in str(shown)
    assert "49,250" not in str(shown)  # of many persons the sum of weights is rounded, too
    assert "49,500" in str(shown)
