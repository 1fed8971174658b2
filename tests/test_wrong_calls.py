"""Calls every public function with wrong kinds of values, one argument at a time: the answer is a result or an
error of the kit that can be printed, never a traceback of Python or of another library."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import small_country as country
from IPython.utils.io import capture_output
from shared_surveys import classified
from thoroughness import is_thorough

import fltoolkit as fl
from fltoolkit.errors import FltoolkitError

FOLDERS = (fl, fl.show, fl.show.plan, fl.show.result, fl.show.explore, fl.report)
OF_RUNS = ("page", "write_assets", "write_index", "write_documents")  # called by a run, or slow
FEW_VALUES = 6  # of those below; each argument gets others


def public_functions() -> dict[str, Callable[..., Any]]:
    found = {}
    for folder in FOLDERS:
        for name in getattr(folder, "__all__", dir(folder)):
            value = getattr(folder, name)
            own = inspect.isfunction(value) and value.__module__.startswith(folder.__name__)
            if own and hasattr(value, "__wrapped__") and name not in OF_RUNS:
                found[f"{folder.__name__}.{name}"] = value
    designs = {"fltoolkit.SurveyDesign": fl.SurveyDesign, "fltoolkit.ReplicateDesign": fl.ReplicateDesign}
    of_results = {"Estimates.contrast": fl.Estimates.contrast, "Published.select": fl.Published.select}
    return {**found, **designs, **of_results}


FUNCTIONS = public_functions()


@cache
def made(folder: Path) -> dict[str, Any]:
    """Returns a value of each kind that the kit has."""
    path = country.write(folder / "a")
    table = country.persons().assign(case=lambda t: t["INV"] == 1, sexname="men", half=lambda t: t["W"] / 2)
    table.loc[::2, "sexname"] = "women"
    persons, plan = classified(path), fl.read_plan(path.with_name("nap.yaml"))
    design = fl.SurveyDesign(table, weight="W", strata="S", psu="P")
    est, out = fl.prevalence(persons, by=[[], ["sex"]]), fl.publish_run(persons, plan=plan)
    design_est = fl.prevalence(design, "case", by="sexname")
    change = fl.change(est, est, shared_psus=True)
    return {
        "path": path,
        "folder": folder / "out",
        "table": table,
        "persons": persons,
        "survey": persons.unclassified,
        "plan": plan,
        "design": design,
        "est": est,
        "design_est": design_est,
        "out": out,
        "own set": fl.publish(design_est),
        "mean set": fl.publish(fl.mean(design, "AGE", by="sexname")),
        "changes": fl.publish_change(change, out, out),
        "change": change,
        "filled": fl.baseline(plan, out),
        "evidence": fl.evidence(plan, fl.rounds(plan, persons, out)),
        "model": fl.risk_factors(persons, out, ["sex"]),
        "rows": out.select("prevalence", "sex"),
        "counts": fl.nonresponse(persons.unclassified),
        "findings": fl.check(persons.unclassified),
    }


def arguments(name: str, of: dict[str, Any]) -> dict[str, Any]:
    """Returns a value for each argument that a function must have."""
    by_name: dict[str, Any] = {
        **of,
        "design": of["persons"],
        "before": of["est"],
        "after": of["est"],
        "found": of["findings"],
        "described": fl.describe(of["persons"]),
        "cases": fl.corrected_cases(of["persons"]),
        "data": of["table"],
        "weight": "W",
        "replicates": ["W", "half"],
        "method": "brr",
        "name": "mine",
        "group": "region",
        "measure": "prevalence",
        "rule": "coercion",
        "rules": ["icls_2018"],
        "y": "AGE",
        "x": "half",
        "formula": "forced_labour ~ sex",
        "row": "men",
        "reference": "women",
        "wanted": {"gap": {"men": 1, "women": -1}},
        "parts": {"a": of["est"], "b": of["est"]},
        "baseline": {"estimate": 0.017, "ci_low": 0.012, "ci_high": 0.024},
        "benchmarks": {("sexname",): {"men": 2000, "women": 2120}},
        "prevalence": 0.02,
        "prevalences": [0.02],
        "n_before": 5000,
        "sensitivity": 0.9,
        "specificity": 0.9,
        "observed": of["out"],
    }
    special = {
        "mean": {"design": of["design"]},
        "ratio": {"design": of["design"]},
        "quantile": {"design": of["design"]},
        "rake": {"design": of["design"]},
        "calibrate": {"design": of["design"]},
        "poststratify": {"design": of["design"]},
        "rao_scott": {"rows": "sex"},
        "power_of_change": {"before": 0.02, "after": 0.01},
        "detectable_change": {"before": 0.02},
        "changes": {"before": of["path"], "found": of["changes"]},
        "publish_change": {"before": of["out"], "after": of["out"]},
        "evidence": {"found": fl.rounds(of["plan"], of["persons"], of["out"])},
        "headline": {"found": of["changes"]},
        "write_changes": {"found": of["changes"]},
        "write_exchange": {"found": of["evidence"]},
        "paths": {"found": fl.paths(of["persons"], of["out"])},
        "response_error": {"found": fl.response_error(of["out"])},
        "derive": {"name": "mine", "of": "SEX"},
    }
    values = by_name | special.get(name.rpartition(".")[2], {})
    values["self"] = of["est"] if name.startswith("Estimates") else of["out"]
    parameters = inspect.signature(FUNCTIONS[name]).parameters.values()
    optional = {p.name: p.default for p in parameters if p.default is not p.empty}
    return {
        p.name: optional.get(p.name, values.get(p.name)) for p in parameters if p.kind is not p.VAR_POSITIONAL
    }


def wrong_values(of: dict[str, Any]) -> dict[str, Any]:
    numbers = [
        0,
        -1,
        3,
        2.5,
        1e-300,
        5e-324,
        1e300,
        10**400,
        float("nan"),
        float("inf"),
        -np.inf,
        True,
        1j,
        pd.NA,
    ]
    texts = [
        "",
        " ",
        "sx",
        "a\ud800",
        "a\0b",
        "x" * 3000,
        "a\nb",
        "{x}",
        "%s",
        "'\"; --",
        b"sex",
        Path("/no/where"),
    ]
    lists = [[], (), [None], [np.nan], ["a\ud800"], [[]], [[["sex"]]], {"sex"}, np.array([]), np.ones((2, 2))]
    mappings = [
        {},
        {"": ""},
        {"a\ud800": "b"},
        {None: None},
        {"sex": 1},
        {"sex": "hombres"},
        {"sex": ["men", "x"]},
    ]
    objects = [
        object(),
        object,
        len,
        pd.DataFrame(),
        of["table"]["sexname"],
        of["est"].table,
        of["out"].table,
    ]
    every = [None, *numbers, *texts, *lists, *mappings, *objects, *of.values()]
    return {f"{i} ({type(value).__name__})": value for i, value in enumerate(every)}


def refused(call: Callable[[], object]) -> FltoolkitError | None:
    """Returns the error of the kit that a call raises, if any. Fails at any other error."""
    with capture_output():
        try:
            call()
        except FltoolkitError as error:
            error.message.encode()
            return error
    return None


@pytest.fixture(scope="module")
def of(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return made(tmp_path_factory.mktemp("wrong"))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_wrong_argument_is_an_error_of_the_kit(
    name: str, of: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # a folder may be a wrong value too
    right = arguments(name, of)
    for argument in right.keys() - {"self"}:
        for label, value in _some(wrong_values(of), f"{name}{argument}"):
            try:
                refused(lambda a=argument, v=value: FUNCTIONS[name](**right | {a: v}))
            except Exception as error:
                pytest.fail(f"{name}({argument}={label}): {type(error).__name__}: {error}")


def _some(values: dict[str, Any], seed: str) -> Iterator[tuple[str, Any]]:
    """Yields all values, or in `make test` every few of them, others for each argument."""
    step = 1 if is_thorough() else len(values) // FEW_VALUES
    yield from list(values.items())[sum(map(ord, seed)) % step :: step]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_misspelt_argument_is_told_with_the_right_one(name: str) -> None:
    bound = {} if name.startswith("fltoolkit") else {"self": None}
    for argument in inspect.signature(FUNCTIONS[name]).parameters:
        if len(argument) > 3 and argument not in ("self", "groups"):
            misspelt = argument[:2] + argument[3:]
            with pytest.raises(FltoolkitError) as error:
                FUNCTIONS[name](**bound, **{misspelt: None})
            assert f"found:   {misspelt}; did you mean {argument}?" in error.value.message
