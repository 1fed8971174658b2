"""Tests that no file, table or picture of a run has a number with more digits than are printed. Every number
is examined."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import two_rounds
from file_texts import lines

import fltoolkit as fl
from fltoolkit import report
from fltoolkit.publish.measure_units import scale
from fltoolkit.publish.published_set import NUMBERS, restricted
from fltoolkit.show import tables
from fltoolkit.show.charts import breakdown_gallery, plan_charts, risk_factor_charts
from fltoolkit.show.charts.descriptions import change_dumbbell
from fltoolkit.show.charts.renderers.plotly_renderer import picture
from fltoolkit.show.explore import plan_explorer
from fltoolkit.show.printed_tables import change_tables
from fltoolkit.show.wording.english_numbers import ENGLISH

SAMPLES = Path(__file__).parents[1] / "data_samples"
NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e-?\d+)?")
THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?![\d.]\d{3}))")
WEIGHTED = (*NUMBERS, "population")
OF_CHANGE = (
    "estimate",
    "se",
    "ci_low",
    "ci_high",
    "relative_change",
    "ratio",
    "ratio_low",
    "ratio_high",
    "se_before",
    "se_after",
)
LEAST = {"Norvia": 2000, "Nowhere": 250}  # numbers that are known at full precision
CLOSE = 2e-6  # relative: six digits
Run = tuple[fl.Evidence, fl.PublishedModel, pd.DataFrame]


def norvia(_: Path) -> tuple[fl.ClassifiedSurvey, fl.Plan]:
    """The sample of 2027 under its plan, whose baseline is that of 2025."""
    persons = fl.classify(fl.read_survey(SAMPLES / "norvia_lfs_2027"))
    return persons, fl.read_plan(SAMPLES / "norvia_lfs_2025" / "nap.yaml")


def small(root: Path) -> tuple[fl.ClassifiedSurvey, fl.Plan]:
    """Two small rounds, the first of which is the baseline."""
    two_rounds.survey(root / "first", 2025, 120)
    second = two_rounds.survey(root / "second", 2027, 45)
    return fl.classify(fl.read_survey(second)), two_rounds.followed(root, second).plan


@pytest.fixture(
    scope="module",
    params=[small, pytest.param(norvia, marks=pytest.mark.thorough("all documents of a sample"))],
    ids=lambda made: made.__name__,
)
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The evidence of a later round, and all that it could have told."""
    persons, plan = request.param(tmp_path_factory.mktemp("run"))
    out = fl.publish_run(persons, plan=plan)
    evidence = fl.evidence(plan, fl.rounds(plan, persons, out))
    assert evidence.changed is not None
    assert evidence.start is not None
    return evidence, fl.risk_factors(persons, out), restricted(persons, plan=plan)


@pytest.fixture(scope="module")
def texts(run: Run, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """All that leaves, by its name: files, the figures' JSON, and tables."""
    (evidence, model, _), target = run, tmp_path_factory.mktemp("out")
    report.write_estimates(evidence.now, target)
    report.write_changes(evidence.changed, target)
    report.write_risk_factors(model, target)
    report.write_baseline(evidence.baseline, target)
    report.write_exchange(evidence, target)
    report.write_workbook(evidence, target)
    report.write_documents(evidence, target)
    told = {p.name: "\n".join(lines(p)) for p in sorted(target.rglob("*")) if p.is_file()}
    out, changed = evidence.now, evidence.changed
    assert changed is not None
    pictures = [
        p for measure in ("prevalence", "total", "share") for p, _ in breakdown_gallery.pairs(out, measure)
    ]
    rows = changed.table[changed.table["measure"] == "change_in_prevalence"].reset_index(drop=True)
    pictures += [
        picture(change_dumbbell.change(rows, ENGLISH)),
        plan_charts.path(evidence),
        risk_factor_charts.risk(model),
    ]  # type: ignore[list-item]
    told |= {
        f"picture {i}": json.dumps(_plain(json.loads(p.figure.to_json()))) + p.alt
        for i, p in enumerate(pictures)
    }
    shown = [
        tables.in_notebook(change_tables.changes(ENGLISH, rows)),
        plan_charts.targets(evidence),  # type: ignore[list-item]
        plan_charts.detectable(evidence),
        plan_charts.follow_up(evidence),
        tables.baseline(evidence.baseline),
    ]
    shown += [
        tables.table(part.reset_index(drop=True))
        for _, part in out.own.groupby(["measure", "reference_population"])
        if part["measure"].iloc[0] != "flowchart"
    ]
    told |= {f"table {i}": table.html for i, table in enumerate(shown)}
    choice = next(iter(plan_explorer.plan_choices(evidence)))
    words, curve = plan_explorer.plan_view(evidence, choice, plan_explorer.Repeat(0.5, 2030, 5000))
    return told | {"explorer": str(words) + curve.alt}


def _plain(node: Any) -> Any:
    """A figure's JSON with its packed arrays as numbers."""
    if isinstance(node, dict):
        if set(node) >= {"bdata", "dtype"}:
            import base64

            return np.frombuffer(base64.b64decode(node["bdata"]), dtype=node["dtype"]).tolist()
        return {k: _plain(v) for k, v in node.items()}
    return [_plain(v) for v in node] if isinstance(node, list) else node


def secrets(
    full: pd.DataFrame, printed: pd.DataFrame, columns: tuple[str, ...]
) -> Iterator[tuple[str, float]]:
    """What is known of cells at full precision, in each unit, where what is printed is another number."""
    for (_, row), (_, shown) in zip(full.iterrows(), printed.iterrows(), strict=True):
        times = scale(str(row["measure"]).removeprefix("change_in_"))
        for name in (
            c for c in columns if c in full and pd.notna(row[c]) and abs(row[c] - round(row[c])) > CLOSE
        ):  # 5 is no digit that tells
            value, there = abs(float(row[name])), abs(float(shown[name])) if pd.notna(shown[name]) else np.nan
            if not abs(value - there) <= CLOSE * value:
                yield f"{row['measure']} {row['category']} {name}", value
                yield f"{row['measure']} {row['category']} {name}, in its unit", value * times


def told_of(text: str, known: list[tuple[str, float]]) -> list[str]:
    """Which of some numbers stand in a text with six digits or more."""
    tokens = {t.lstrip("-") for t in NUMBER.findall(THOUSANDS.sub("", text.replace("−", "-")))}
    long = np.sort([float(t) for t in tokens if len(re.sub(r"e.*|\D", "", t).lstrip("0")) >= 6])
    if not len(long):
        return []
    values = np.array([v for _, v in known])
    at = (
        np.clip(np.searchsorted(long, values), 1, len(long) - 1)
        if len(long) > 1
        else np.zeros(len(values), int)
    )
    nearest = np.minimum(np.abs(long[at] - values), np.abs(long[at - 1] - values))
    return [name for (name, value), gap in zip(known, nearest, strict=True) if gap <= CLOSE * value]


def known_of(run: Run) -> list[tuple[str, float]]:
    evidence, _, full = run
    there = evidence.now.table["marker"] != "x"
    now = evidence.now.table[there].reset_index(drop=True)
    cells = (full["breakdown"] != "").to_numpy()
    known = list(secrets(full[cells], now[cells], WEIGHTED))
    changed = evidence.changed
    assert changed is not None
    known += secrets(changed.exact, changed.table, OF_CHANGE)
    assert evidence.start is not None
    start = evidence.start
    of = (start.table["breakdown"] != "") & start.exact["estimate"].notna()
    return known + list(secrets(start.exact[of], start.table[of], WEIGHTED))


def test_no_number_of_a_cell_stands_anywhere_to_more_digits_than_are_printed(
    run: Run, texts: dict[str, str]
) -> None:
    known = known_of(run)
    assert len(known) > LEAST[run[0].plan.country]
    assert len(texts) > 30
    assert {name: told for name, text in texts.items() if (told := told_of(text, known))} == {}


def test_no_number_of_a_file_has_more_digits_than_rounding_leaves(texts: dict[str, str]) -> None:
    """A rate of a small population has three digits, a calculated value as many as its baseline. Before,
    quotients had 17."""
    files = {
        name: text
        for name, text in texts.items()
        if name.endswith((".csv", ".json", ".xlsx", ".docx", ".html"))
    }
    assert len(files) > 10
    fractions = {
        name: {t for t in NUMBER.findall(THOUSANDS.sub("", text)) if "." in t} for name, text in files.items()
    }
    # The workbook's library writes 9.8 as 9.800000000000001, with 16 digits.
    long = {
        name: {t for t in found if len(re.sub(r"e.*|\D", "", f"{float(t):.12g}").strip("0")) > 5}
        for name, found in fractions.items()
    }
    assert {name: found for name, found in long.items() if found} == {}


def test_the_search_finds_a_number_that_does_stand_there(run: Run) -> None:
    evidence = run[0]
    known = known_of(run)
    assert (
        len(told_of(evidence.now.exact.to_csv(index=False, sep="|"), known))
        > 0.15 * LEAST[evidence.plan.country]
    )
    assert told_of(f"the number is {known[0][1]:,.9f}", known)
    assert not told_of(f"the number is {known[0][1]:.3g}", known)


def test_what_judges_stands_in_no_repr(run: Run) -> None:
    evidence = run[0]
    known = known_of(run)
    with pd.option_context(
        "display.max_rows", None, "display.max_columns", None, "display.width", None, "display.precision", 15
    ):
        for thing in (evidence.now, evidence.changed, evidence.baseline):
            assert told_of(repr(thing), known) == []
