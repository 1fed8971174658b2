"""Runs a part of the campaign of tests/fuzz with every change: each mutant must end in a clear error or a
confirmed result."""

from __future__ import annotations

import ast
import random
from pathlib import Path
from typing import Any

import pytest
from fuzz.campaign import Report, run
from fuzz.cases import bases
from fuzz.judge import difference, judged
from fuzz.loop.verdict import Row
from fuzz.surveys import asked, survey_answer
from fuzz.tables import table_trial

pytestmark = (
    pytest.mark.no_cover
)  # the lines it runs are covered by others, and tracing them takes half as long again

SEED, MUTANTS = 18, 120  # `.ci/run` tries 500, `make fuzz` 20,000
LOOP = Path(__file__).parent / "fuzz" / "loop"


@pytest.mark.thorough("tries 120 wrong or odd inputs")
def test_no_mutant_is_misread() -> None:
    report = Report(SEED, tuple(run(SEED, MUTANTS)))
    assert not report.failures, report.text()
    assert report.counts["estimates"] >= 1 / 3, report.text()
    assert report.counts["read"] >= 1 / 2, report.text()
    assert report.counts["unconfirmed"] <= 1 / 2, report.text()


def test_the_loop_shares_no_code_with_the_kit() -> None:
    for path in LOOP.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = [
            alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
        ]
        names += [
            node.module or ""
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and not node.level
        ]
        assert not {name.split(".")[0] for name in names} & {
            "fltoolkit",
            "pandas",
            "numpy",
            "narwhals",
            "duckdb",
            "scipy",
        }, path.name


@pytest.mark.parametrize("case", bases(), ids=lambda case: case.name)
@pytest.mark.parametrize("measure", ["prevalence", "total"])
def test_loop_and_kit_agree_before_anything_is_mutated(case: Any, measure: str, tmp_path: Path) -> None:
    path, case.measure = case.write(tmp_path), measure
    answer = survey_answer(path, case.by, case.population, measure)
    assert answer.kind == "legal", answer.why
    assert not difference(
        asked(case, path), answer.rows, len({name for breakdown in case.by for name in breakdown})
    )


def test_a_defect_of_the_kit_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With weights that are rounded on the way in, mutants fail; a campaign that no defect can fail would
    show nothing."""
    import fltoolkit.survey.design.survey_design as design

    exact = design.number
    monkeypatch.setattr(design, "number", lambda name, dtype: exact(name, dtype).round(0))
    outcomes = [judged(i, table_trial(random.Random(i), tmp_path)) for i in range(20)]
    assert sum(o.why.startswith("another number") for o in outcomes) >= 5, outcomes


def test_a_wrong_standard_error_is_a_difference() -> None:
    import pandas as pd

    row = Row(n=10, cases=2, unresolved=0, population=50.0, estimate=0.2, se=0.05, df=4)
    table = pd.DataFrame(
        [
            {
                "sex": "men",
                "estimate": 0.2,
                "se": 0.05,
                "df": 4,
                "n": 10,
                "cases": 2,
                "population": 50.0,
                "unresolved": 0,
            }
        ]
    )
    assert not difference(table, {("men",): row}, 1)
    assert difference(table.assign(se=0.05 * (1 + 1e-8)), {("men",): row}, 1) == "se"
    assert difference(table.assign(cases=3), {("men",): row}, 1) == "cases"
    assert difference(table, {("women",): row}, 1) == "rows"
