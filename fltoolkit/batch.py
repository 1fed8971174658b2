"""Many surveys through the notebooks: each in a kernel of its own, whole or not at all, and none stops another."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import Field

from fltoolkit.errors import BatchError, FltoolkitError
from fltoolkit.report import Entry, page, write_assets, write_index
from fltoolkit.survey.read import input_hash
from fltoolkit.survey.spec import read_spec
from fltoolkit.yamlfile import Model, load_model

NOTEBOOKS = ("1_survey", "2_classify", "3_estimate", "4_nap")
ASSETS = "assets"
VERSIONS = ("fltoolkit", "duckdb", "narwhals", "numpy", "pandas", "papermill", "plotly", "scipy")
INDEX = ("All surveys", "../index.html")
OWN = ("survey", "plan", "outputs")  # the kit sets these parameters itself


class Job(Model):
    """One survey of a batch. `parameters` go to every notebook that knows them."""

    survey: str
    plan: str = ""
    name: str = ""
    parameters: dict[str, str] = Field(default_factory=dict)


class Batch(Model):
    """The whole of a batch.yaml; paths are read from its folder."""

    outputs: str
    surveys: tuple[Job, ...] = Field(min_length=1)


@dataclass(frozen=True)
class Run:
    """One survey ready to run: absolute paths, its folder's name, and each notebook's parameters."""

    name: str
    survey: Path
    plan: Path | None
    parameters: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Failure:
    """Why a run failed, and the notebook that holds the failing cell."""

    error: str
    notebook: str = ""


def run_batch(path: str | Path, *, workers: int = 2, say: Callable[[str], None] = print) -> bool:
    """Run every survey of a batch.yaml through the notebooks; write `index.html` over them.

    Args:
        path: the batch.yaml.
        workers: surveys at the same time; each is a process of its own.
        say: told of every step.

    Returns:
        Whether every survey passed.

    Raises:
        SpecError, BatchError: batch.yaml is not valid, or names a parameter no notebook knows. Then nothing was run.
    """
    path = Path(path)
    batch = load_model(path, Batch)
    folder = path.resolve().parent
    outputs = (folder / batch.outputs).resolve()
    return run_surveys(plan_runs(batch, folder), outputs, workers=workers, say=say)


def run_surveys(runs: Sequence[Run], outputs: Path, *, workers: int = 2, say: Callable[[str], None] = print) -> bool:
    """Run surveys into `outputs`, a folder each; see `run_batch`."""
    write_assets(outputs / ASSETS)
    failures: dict[str, Failure] = {}
    with ThreadPoolExecutor(max(1, workers)) as pool:
        waiting = {pool.submit(run_survey, run, outputs, say): run for run in runs}
        for done in as_completed(waiting):
            run = waiting[done]
            if failure := done.result():
                failures[run.name] = failure
            state = f"failed: {failure.error}" if failure else "done"
            say(f"{run.name}: {state} ({sum(w.done() for w in waiting)} of {len(runs)})")
    index = write_index(outputs, [_entry(run, failures.get(run.name)) for run in runs])
    say(f"{len(runs) - len(failures)} passed, {len(failures)} failed: open {index}")
    return not failures


def run_survey(run: Run, outputs: Path, say: Callable[[str], None] = print) -> Failure | None:
    """Run one survey's notebooks in a folder apart, and move it into place when it is whole.

    Whatever a run can raise is caught here: a failed survey leaves its half-run notebook and the error, and no number.
    """
    outputs.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{run.name}-", dir=outputs))
    started, notebook, failure = time.time(), "", None
    try:
        for name in notebooks_of(run):
            say(f"{run.name}: {name}")
            notebook = name
            given = run.parameters[name]
            _execute(name, work, {**given, "outputs": str(work)} if "outputs" in known(name) else given)
            _page(work, name, outputs / run.name, [INDEX, *((_title(n), f"{n}.html") for n in notebooks_of(run))])
    except Exception as error:  # a kernel can die, a cell can raise, a disk can fill: the other surveys go on
        failure = _failure(error, notebook, work, outputs / run.name)
    try:
        _write_run(run, work, failure, time.time() - started)
        _replace(work, outputs / run.name)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return failure


def plan_runs(batch: Batch, folder: Path) -> list[Run]:
    """Check a batch before anything runs: paths, names, and every parameter against the notebooks."""
    runs = []
    for i, job in enumerate(batch.surveys):
        where = f"surveys.{i}"
        survey, plan = (folder / job.survey).resolve(), (folder / job.plan).resolve() if job.plan else None
        runs.append(make_run(survey, plan, job.name, job.parameters, where))
    names = [r.name for r in runs]
    if twice := {n for n in names if names.count(n) > 1}:
        raise BatchError(
            "two surveys have the same name, so their outputs would mix", found=sorted(twice), do="give each a `name:`"
        )
    return runs


def make_run(survey: Path, plan: Path | None, name: str = "", parameters: dict[str, str] | None = None, where: str = "") -> Run:
    """One survey with its parameters, typed as the notebooks declare them. The folder is named for the survey's folder."""
    for key, file in (("survey", survey), ("plan", plan)):
        if file is not None and not file.is_file():
            do = "give the path of a file; a batch.yaml's paths are read from its own folder"
            raise BatchError("there is no such file", where=f"{where}.{key}".lstrip("."), found=file, do=do)
    name = name or survey.parent.name
    if name == ASSETS or not name.replace("_", "").replace("-", "").isalnum():
        raise BatchError(
            f"a survey's name is letters, digits, - and _, and not {ASSETS}", where=where, found=name, do="give it a `name:`"
        )
    given = parameters or {}
    if own := sorted(set(given) & set(OWN)):
        raise BatchError(
            "the kit sets this parameter itself",
            where=f"{where}.parameters",
            found=own,
            do="say survey, plan and outputs as keys",
        )
    everywhere = {p for n in NOTEBOOKS for p in known(n)} - set(OWN)
    if wrong := sorted(set(given) - everywhere):
        raise BatchError("no notebook knows this parameter", where=f"{where}.parameters", found=wrong, allowed=sorted(everywhere))
    run = Run(name, survey, plan)
    for notebook in notebooks_of(run):
        types = known(notebook)
        values = {k: _typed(k, v, types[k], where) for k, v in given.items() if k in types}
        values["survey"] = str(survey)
        if "plan" in types:
            values["plan"] = str(plan or "")
        run.parameters[notebook] = values
    return run


def notebooks_of(run: Run) -> tuple[str, ...]:
    """The notebooks a survey goes through: without a plan there is no baseline to fill."""
    return NOTEBOOKS if run.plan else NOTEBOOKS[:3]


def notebook_folder() -> Path:
    """Where the notebooks are: beside the package in a checkout."""
    folder = Path(__file__).resolve().parents[1] / "notebooks"
    if not folder.is_dir():
        raise BatchError(
            "the notebooks are not beside the package", found=folder, do="run from a checkout, installed with pip install -e"
        )
    return folder


def known(notebook: str) -> dict[str, str]:
    """A notebook's parameters and their types, as its parameters cell declares them."""
    import papermill

    found = papermill.inspect_notebook(str(notebook_folder() / f"{notebook}.ipynb"))
    return {name: str(p["inferred_type_name"]) for name, p in found.items()}


def _typed(name: str, text: str, kind: str, where: str) -> Any:
    """A parameter's text as the type the notebook declares."""
    if kind == "bool" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    with suppress(ValueError):
        if kind in ("int", "float"):
            return int(text) if kind == "int" else float(text)
    if kind != "str":
        allowed = {"bool": "true or false", "int": "a whole number", "float": "a number"}.get(kind, kind)
        raise BatchError("a parameter has the wrong type", where=f"{where}.parameters.{name}", found=text, allowed=allowed)
    return text


def _execute(name: str, work: Path, parameters: dict[str, Any]) -> None:
    """One notebook through papermill; a kernel that did not even start is tried once more."""
    import papermill

    from fltoolkit.notebooks import ENGINE, register_engine

    register_engine()
    target = work / f"{name}.ipynb"
    for attempt in (1, 2):
        try:
            papermill.execute_notebook(
                str(notebook_folder() / f"{name}.ipynb"), str(target), parameters=parameters, engine_name=ENGINE, progress_bar=False,
                kernel_name="python3", start_timeout=120,
            )  # fmt: skip
            return
        except RuntimeError:
            if attempt == 2 or _any_cell_ran(target):
                raise


def _any_cell_ran(notebook: Path) -> bool:
    if not notebook.exists():
        return False
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return any(c.get("execution_count") for c in cells)


def _title(notebook: str) -> str:
    return notebook.replace("_", " ", 1)


def _page(work: Path, name: str, target: Path, links: list[tuple[str, str]]) -> None:
    """Normalise an executed notebook, name the folder it will stand in, and write its page."""
    from fltoolkit.notebooks import normalise_file

    notebook = work / f"{name}.ipynb"
    normalise_file(notebook)
    here, there = (json.dumps(str(folder))[1:-1] for folder in (work, target))
    notebook.write_text(notebook.read_text(encoding="utf-8").replace(here, there), encoding="utf-8")
    page(notebook, work / f"{name}.html", title=_title(name), assets=f"../{ASSETS}", links=links)


def _failure(error: Exception, notebook: str, work: Path, target: Path) -> Failure:
    """The error in words a user can act on, with the half-run notebook as a page and nothing else left."""
    text = str(error)
    value = getattr(error, "evalue", None)
    if value:
        text = f"{notebook}: {value}"
    elif not isinstance(error, FltoolkitError):
        text = f"{notebook}: {type(error).__name__}: {text}"
    half = work / f"{notebook}.ipynb"
    for other in work.iterdir():
        if other.name != half.name:
            other.unlink() if other.is_file() else shutil.rmtree(other)
    if not half.exists():
        return Failure(text)
    try:
        _page(work, notebook, target, [INDEX])
    except Exception:  # the page is a courtesy: the error itself must be reported
        return Failure(text, half.name)
    return Failure(text, f"{notebook}.html")


def _write_run(run: Run, work: Path, failure: Failure | None, seconds: float) -> None:
    facts = {
        "name": run.name,
        "status": "failed" if failure else "complete",
        "error": failure.error if failure else None,
        "inputs": {name: input_hash([file]) for name, file in _inputs(run).items() if file.is_file()},
        "parameters": {
            n: {k: Path(v).name if k in ("survey", "plan", "rules") and v else v for k, v in p.items()}
            for n, p in run.parameters.items()
        },
        "versions": {name: version(name) for name in VERSIONS},
        "seconds": round(seconds, 1),
    }
    (work / "run.json").write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _inputs(run: Run) -> dict[str, Path]:
    """What a run reads, by the name it has in the survey's folder: the YAML files, and the data that survey.yaml names."""
    named = {file.name: file for file in (run.survey, run.plan) if file}
    own = {str(p["rules"]) for p in run.parameters.values() if str(p.get("rules", "")).endswith((".yaml", ".yml"))}
    named |= {Path(name).name: run.survey.parent / name for name in own}
    with suppress(FltoolkitError):  # a survey.yaml that cannot be read names no data
        files = read_spec(run.survey).files
        data = [path for kind in type(files).model_fields if (file := getattr(files, kind)) for path in file.path]
        named |= {name: run.survey.parent / name for name in data}
    return named


def _replace(work: Path, target: Path) -> None:
    """Put a finished folder in place of the one before it."""
    old = target.with_name(f".{target.name}-old")
    work.chmod(0o755)
    if target.exists():
        shutil.rmtree(old, ignore_errors=True)
        target.replace(old)
    work.replace(target)
    shutil.rmtree(old, ignore_errors=True)


def _entry(run: Run, failure: Failure | None) -> Entry:
    try:
        spec = read_spec(run.survey)
        title, coverage = spec.title, spec.coverage_excludes
    except FltoolkitError:
        title, coverage = run.name, ()
    return Entry(run.name, title, coverage, failure.error if failure else "", failure.notebook if failure else "")
