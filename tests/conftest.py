"""Fixtures with surveys: a shipped one, and small ones that are written to a folder from a few keys and
rows."""

from __future__ import annotations

import copy
import gc
import os
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import shared_surveys
import shipped
import yaml
from small_surveys import SPEC, Person, persons_table, write_survey

import fltoolkit as fl
from fltoolkit.run.jupyter import import_without_grammar
from fltoolkit.survey.design import suppression_key

# Tests look at single hidden cells, so that in their processes each survey gets the same key.
suppression_key.new_secret = lambda: bytes(range(suppression_key.BYTES))

Small = Callable[..., fl.Survey]
Change = Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, Any]]


@pytest.fixture(scope="session")
def changed() -> Change:
    """Returns a function that copies a spec and sets some dotted keys. A key that is set to None is
    removed."""

    def change(spec: Mapping[str, Any], keys: Mapping[str, Any]) -> dict[str, Any]:
        new: dict[str, Any] = copy.deepcopy(dict(spec))
        for dotted, value in keys.items():
            *path, last = dotted.split(".")
            here = new
            for step in path:
                here = here.setdefault(step, {})
            if value is None:
                here.pop(last, None)
            else:
                here[last] = value
        return new

    return change


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Returns a function that writes a spec (or YAML as text) and its tables into the test's folder, and
    returns the path of survey.yaml."""

    return partial(write_survey, tmp_path)


@pytest.fixture(scope="session")
def norvia() -> fl.Survey:
    return shipped.persons(shipped.NORVIA)


@pytest.fixture
def small(tmp_path: Path) -> Small:
    """Returns a function that writes a small survey and classifies it without checks: `small(people,
    design={...}, tables=[...])` changes whole keys of survey.yaml."""

    def make(people: Iterable[Person], **keys: Any) -> fl.Survey:
        merged = {
            **SPEC,
            **{k: {**SPEC[k], **v} if isinstance(SPEC.get(k), dict) else v for k, v in keys.items()},
        }
        return shared_surveys.classified(write_survey(tmp_path, merged, persons=persons_table(people)))

    return make


@pytest.fixture
def people() -> pd.DataFrame:
    """Returns two strata, four villages, and sixteen adults who all answered. Person 0 is in forced labour;
    the others worked freely."""
    rows = range(16)
    return pd.DataFrame(
        {
            "hh": [f"h{i // 2}" for i in rows],
            "line": [i % 2 + 1 for i in rows],
            "stratum": [i // 8 for i in rows],
            "village": [f"v{i // 4}" for i in rows],
            "w": [2.5] * 16,
            "result": "done",
            "age": [20 + i for i in rows],
            "sex": [1 + i % 2 for i in rows],
            "worked": "Y",
            "q1": ["Y"] + ["N"] * 15,
            "q2": ["Y"] + ["N"] * 15,
        }
    )


@pytest.fixture(scope="module")
def estimated_once() -> Iterator[None]:
    """Keeps the estimates of a run: those of the same persons are made once for all tests of a file. It is
    for files that test what is hidden afterwards."""
    run, known = import_module("fltoolkit.publish.published_set"), dict[tuple[object, ...], Any]()

    def once(make: Callable[..., Any]) -> Callable[..., Any]:
        def made(persons: fl.ClassifiedSurvey, *asked: object) -> Any:
            key = (make, id(persons), repr(asked))
            if key not in known:
                known[key] = (
                    persons,
                    make(persons, *asked),
                )  # the persons are kept: no others come by their id
            return known[key][1]

        return made

    with pytest.MonkeyPatch.context() as patch:
        for name in ("_estimates", "other_headlines"):
            patch.setattr(run, name, once(getattr(run, name)))
        yield


@pytest.fixture(scope="module")
def summed_once() -> Iterator[None]:
    """Keeps the sums of a design: its rows are read once for an outcome and its groups. Rates, totals and
    intervals of all levels are computed from the same sums. It is for files that compare many results of the
    same designs."""
    reads, known = import_module("fltoolkit.estimate.totals.one_pass"), dict[tuple[object, ...], Any]()
    cluster_totals = reads.cluster_totals

    def once(
        design: object, outcome: object, keys: Iterable[str], *, lowest: bool, **more: object
    ) -> pd.DataFrame:
        key = (id(design), outcome, *keys, *more.values())
        if key not in known:
            known[key] = (
                design,
                cluster_totals(design, outcome, keys, lowest=True, **more),
            )  # with the design: its id stays its own
        table = known[key][1].copy()
        return table if lowest else table.drop(columns="lowest")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reads, "cluster_totals", once)
        yield


# Seconds of the longest tests, which `make longest` measures. Their files start first, so that no worker is
# left with one at the end.
LONGEST: dict[str, float] = yaml.safe_load(Path(__file__).with_name("longest.yaml").read_text("utf-8"))


def pytest_configure(config: pytest.Config) -> None:
    """Makes the folder of what the workers share. Removes Hypothesis's deadlines, because the time of an
    example depends more on the machine than on the kit. Also removes a grammar from Jupyter's validators that
    no test needs."""
    if not hasattr(config, "workerinput"):
        folder = tempfile.TemporaryDirectory(prefix="fltoolkit_tests_")
        config.add_cleanup(folder.cleanup)
        os.environ[shipped.SHARED] = folder.name
    with suppress(ModuleNotFoundError):  # where the tests run on Spark, there is neither
        import_without_grammar("nbformat")
    with suppress(ModuleNotFoundError):
        from hypothesis import settings

        settings.register_profile("kit", deadline=None)
        settings.load_profile("kit")


def pytest_collectstart() -> None:
    """Switches the garbage collector off while tests are collected, because the imported objects stay in
    memory."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Excludes the objects that are loaded by now from garbage collection (this saves a sixteenth of the
    suite's time)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)
    gc.enable()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Lets a test that patches code have surveys of its own."""
    shared_surveys.patched = "monkeypatch" in getattr(item, "fixturenames", ())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Iterator[None]:
    """Fails a test that changed a survey that others share."""
    yield
    shared_surveys.refuse_changes()


@pytest.hookimpl(trylast=True)  # after the tests that are not asked for were left out
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the longest files first; the environment variable SHUFFLE (a number) shuffles the files, and the
    tests in each. Switches line tracing off for tests that Hypothesis repeats, because other tests run the
    same code."""
    seconds: Counter[Path] = Counter()
    for name, path in {item.nodeid.partition("[")[0]: item.path for item in items}.items():
        seconds[path] += LONGEST.get(name, 0.0)
    if seed := os.environ.get("SHUFFLE"):
        random.Random(seed).shuffle(items)
        seconds = Counter({path: place for place, path in enumerate({item.path: 0 for item in items})})
    items.sort(key=lambda item: -seconds[item.path])
    for item in items:
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker(pytest.mark.no_cover)
