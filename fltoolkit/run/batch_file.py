"""Reads a batch.yaml: the surveys, their notebooks and parameters. Everything is checked before the first
run."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import Field

from fltoolkit.errors import BatchError, FltoolkitError
from fltoolkit.run.jupyter import import_without_grammar
from fltoolkit.shipped_files import notebook_folder
from fltoolkit.yaml_files.loading import Model, load_yaml

NOTEBOOKS = ("1_survey", "2_classify", "3_estimate", "4_nap")
ASSETS = "assets"
YAML = (".yaml", ".yml")
OWN = ("survey", "plan", "outputs", "interactive")  # the kit sets these parameters itself


class Job(Model):
    """One survey of a batch.yaml, with parameters for its notebooks.

    Attributes:
        survey: the path of survey.yaml.
        plan: the path of nap.yaml; empty if the survey has no plan.
        name: the name of the folder of results; if it is empty, the name of the survey's folder is used.
        parameters: the values of notebook parameters, as text. Each is passed to every notebook that declares
            it.
    """

    survey: str
    plan: str = ""
    name: str = ""
    parameters: dict[str, str] = Field(default_factory=dict)


class Batch(Model):
    """The content of a batch.yaml: the surveys to be run, and the folder of outputs. Paths are relative to
    the folder of batch.yaml.
    """

    outputs: str
    surveys: tuple[Job, ...] = Field(min_length=1)


@dataclass(frozen=True)
class Run:
    """One survey of a batch, checked and ready to run.

    Attributes:
        name: the name of its folder of results.
        survey: the absolute path of its survey.yaml.
        plan: the absolute path of its nap.yaml; None if it has no plan.
        parameters: for each notebook, the values of its parameters.
    """

    name: str
    survey: Path
    plan: Path | None
    parameters: dict[str, dict[str, Any]] = field(default_factory=dict)

    def parameters_in(self, folder: Path, notebook: str) -> dict[str, Any]:
        """Returns all parameters of a notebook that is in `folder`. The path of survey.yaml is relative to
        this folder; the paths of other files are relative to the folder of survey.yaml.
        """
        paths = {
            "survey": relative_path(self.survey, folder),
            "plan": relative_path(self.plan, self.survey.parent) if self.plan else "",
            "outputs": ".",
        }
        return {
            **self.parameters[notebook],
            **{k: v for k, v in paths.items() if k in declared_parameters(notebook)},
        }

    @property
    def earlier(self) -> Path | None:
        """Returns the path of the survey.yaml of the earlier round with which the run is compared. Returns
        None if there is no earlier round."""
        named = {p["before"] for p in self.parameters.values() if p.get("before")}
        return self.survey.parent / named.pop() if named else None

    @property
    def baseline(self) -> Path | None:
        """Returns the path of the survey.yaml of the plan's baseline, if this is another survey than the
        run's own. Returns None if nap.yaml refers to no other survey, or cannot be read."""
        survey = self._named_in_plan("baseline_survey")
        return survey.resolve() if survey and survey.resolve() != self.survey.resolve() else None

    @property
    def slides_template(self) -> Path | None:
        """Returns the path of the template of the slides that nap.yaml names. Returns None if it names none,
        or cannot be read."""
        return self._named_in_plan("slides_template")

    def _named_in_plan(self, key: str) -> Path | None:
        """Returns the path of the file that a key of nap.yaml names. Returns None if it names none, or if
        nap.yaml cannot be read."""
        with suppress(FltoolkitError):
            named = load_yaml(self.plan).get(key) if self.plan else None
            if self.plan and named and isinstance(named, str):
                return self.plan.parent / named
        return None

    def parameter_files(self) -> list[Path]:
        """Returns the YAML files that the parameters of the run name (a rule set, a publication profile, an
        earlier survey).

        The paths are relative to the survey's folder.
        """
        named = {v for p in self.parameters.values() for v in p.values() if str(v).endswith(YAML)}
        return [self.survey.parent / name for name in sorted(named)]


def plan_runs(batch: Batch, folder: Path) -> list[Run]:
    """Returns the runs of a batch, one per survey. Before that, it checks all paths and names, and whether
    the notebooks know every parameter.
    """
    runs = []
    for i, job in enumerate(batch.surveys):
        where = f"surveys.{i}"
        survey, plan = (folder / job.survey).resolve(), (folder / job.plan).resolve() if job.plan else None
        runs.append(make_run(survey, plan, job.name, job.parameters, where))
    names = [r.name.lower() for r in runs]  # some file systems do not distinguish A from a
    if twice := {n for n in names if names.count(n) > 1}:
        raise BatchError(
            "two surveys have the same name, so their outputs would mix",
            found=sorted(twice),
            do="give each a `name:`",
        )
    return runs


def make_run(
    survey: Path, plan: Path | None, name: str = "", parameters: dict[str, str] | None = None, where: str = ""
) -> Run:
    """Returns one survey ready to run, with its parameters converted to the types that the notebooks declare.

    Without a `name`, the results get the name of the survey's folder, with `_` for blanks. `where` is the
    place in batch.yaml that error messages name.
    """
    for key, file in (("survey", survey), ("plan", plan)):
        if file is not None and not file.is_file():
            do = "give the path of a file; a batch.yaml's paths are read from its own folder"
            raise BatchError("there is no such file", where=f"{where}.{key}".lstrip("."), found=file, do=do)
    name = name_of(survey, name, where)
    given = parameters or {}
    if own := sorted(set(given) & set(OWN)):
        raise BatchError(
            "the kit sets this parameter itself",
            where=f"{where}.parameters".lstrip("."),
            found=own,
            do=(
                "give survey and plan as keys of the survey, and outputs as a key of the batch; widgets "
                "work only in a notebook opened by hand"
            ),
        )
    everywhere = {p for n in NOTEBOOKS for p in declared_parameters(n)} - set(OWN)
    if wrong := sorted(set(given) - everywhere):
        raise BatchError(
            "no notebook knows this parameter",
            where=f"{where}.parameters".lstrip("."),
            found=wrong,
            allowed=sorted(everywhere),
        )
    run, folder = Run(name, survey, plan), survey.parent.resolve()
    for notebook in notebooks_of(run):
        types = declared_parameters(notebook)
        values = {k: _typed(k, v, types[k], where) for k, v in given.items() if k in types}
        run.parameters[notebook] = {
            k: relative_path((folder / v).resolve(), folder) if str(v).endswith(YAML) else v
            for k, v in values.items()
        }
    if missing := [file for file in run.parameter_files() if not file.is_file()]:
        do = "give its path from the survey's folder, or the name of one that the kit ships"
        raise BatchError(
            "there is no such file", where=f"{where}.parameters".lstrip("."), found=missing, do=do
        )
    return run


def name_of(survey: Path, name: str = "", where: str = "") -> str:
    """Returns the name of a survey's folder of results: the given `name`, or else the name of the folder that
    contains survey.yaml, with `_` for blanks. `where` is the place in batch.yaml that error messages name.

    Raises:
        BatchError: a folder cannot have this name, on this system or on another.
    """
    name = name or "_".join(re.findall(r"[\w-]+", survey.parent.name))  # `Enquête 2025` becomes Enquête_2025
    if name == ASSETS or not name.replace("_", "").replace("-", "").isalnum():
        raise BatchError(
            f"a survey's name is letters, digits, - and _, and not {ASSETS}",
            where=where,
            found=name,
            do="give it a `name:` in batch.yaml, or --name; or rename the folder of its survey.yaml",
        )
    return name


def notebooks_of(run: Run) -> tuple[str, ...]:
    """Returns the notebooks of a survey. If the survey has no plan, there is no baseline to fill in, so the
    last notebook is left out.
    """
    return NOTEBOOKS if run.plan else NOTEBOOKS[:3]


def relative_path(path: Path, folder: Path) -> str:
    """Returns the path from `folder` to `path`, with slashes.

    If they are on different drives there is no such path, and `path` is returned unchanged.
    """
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:
        return path.as_posix()


@cache
def declared_parameters(notebook: str) -> dict[str, str]:
    """Returns the parameters that a notebook declares in its parameters cell: the type of each, by name."""
    found = import_without_grammar("papermill").inspect_notebook(str(notebook_folder() / f"{notebook}.ipynb"))
    return {name: str(p["inferred_type_name"]) for name, p in found.items()}


def _typed(name: str, text: str, kind: str, where: str) -> Any:
    """Returns the value of a notebook parameter, which batch.yaml gives as text, in the type that the
    notebook declares (`kind`)."""
    if kind == "bool" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    with suppress(ValueError):
        if kind in ("int", "float"):
            return int(text) if kind == "int" else float(text)
    if kind != "str":
        allowed = {"bool": "true or false", "int": "a whole number", "float": "a number"}.get(kind, kind)
        raise BatchError(
            "a parameter has the wrong type", where=f"{where}.parameters.{name}", found=text, allowed=allowed
        )
    return text
