"""Reads and writes run.json. This file lists what a run used and produced, so that a later batch can decide
whether the results are current."""

from __future__ import annotations

import hashlib
import platform
import shutil
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from fltoolkit.errors import BatchError, FltoolkitError
from fltoolkit.files import MB, read_bytes, write_whole
from fltoolkit.languages.collected_texts import Place, own_words
from fltoolkit.languages.translations import lacking_in_each
from fltoolkit.nap.checklists import PARTNERS
from fltoolkit.run.batch_file import NOTEBOOKS, Run, notebooks_of, relative_path
from fltoolkit.run.output_folders import failed_folder
from fltoolkit.shipped_files import PACKAGE, SHIPPED, notebook_folder
from fltoolkit.survey.correction_counts import corrections
from fltoolkit.survey.design.suppression_key import key_of_survey, key_path
from fltoolkit.survey.readers.file_stamps import input_hash
from fltoolkit.survey.spec.files_and_design import RELEASE_FILES, Release
from fltoolkit.survey.spec.survey_spec import SurveySpec, read_spec, side_files
from fltoolkit.survey.survey_opening import read_survey
from fltoolkit.table_records import as_records
from fltoolkit.yaml_files.loading import Model, normalised_name

RECORD = RELEASE_FILES[0]
VERSIONS = (
    "duckdb", "great_tables", "ipykernel", "narwhals", "nbconvert", "numpy", "pandas", "papermill", "plotly",
    "pyreadstat", "scipy", "XlsxWriter",
)  # fmt: skip


class RunInputs(Model):
    """Everything that determines the results of a run: inputs, parameters, code and versions. If they have
    not changed, the results are current. All fields are empty for a run that failed before it read anything.

    Attributes:
        inputs: SHA-256 of files, by path relative to the survey's folder.
        parameters: the parameters of each notebook.
        code: SHA-256 of the package and the notebooks.
        versions: the versions of Python and of the libraries that affect numbers and pages.
        key: the fingerprint of the survey's secret key, which reveals nothing of the key.
    """

    inputs: dict[str, str] = Field(default_factory=dict)
    parameters: dict[str, dict[str, Any]] = Field(default_factory=dict)
    code: str = ""
    versions: dict[str, str] = Field(default_factory=dict)
    key: str = ""


class Record(RunInputs):
    """The content of a run.json: what a run used and produced, and whether it passed.

    Attributes:
        name: the name of the folder of results.
        title, country, year, round, release: the values in survey.yaml. A run.json of an older version has
            only the title.
        coverage_excludes: the groups of people that the survey does not cover.
        corrections: the corrections of survey.yaml, as `fl.corrections` lists them.
        untranslated: for each language, the file and key of each text that has no translation into it.
        status: whether the run is complete or failed.
        error: the message of a failed run.
        notebook: the page or notebook that shows the error.
        outputs: the SHA-256 of each file that the run wrote, by relative path.
        seconds: how long the run took.
    """

    name: str
    title: str
    country: str = ""
    year: int | None = None
    round: str = ""
    release: Release | None = None
    coverage_excludes: tuple[str, ...] = ()
    corrections: tuple[dict[str, str], ...] = ()
    untranslated: dict[str, tuple[Place, ...]] = Field(default_factory=dict)
    status: Literal["complete", "failed"]
    error: str = ""
    notebook: str = ""
    outputs: dict[str, str] = Field(default_factory=dict)
    seconds: float = 0.0

    def altered(self, folder: Path) -> list[str]:
        """Returns the files of results that have changed since the run wrote them: they are missing, damaged
        or edited."""
        return [name for name, digest in self.outputs.items() if _hash(folder / name) != digest]


def run_inputs(run: Run, target: Path) -> RunInputs:
    """Returns everything that determines the results of a run, in its present state. `target` is the folder
    of the results. The secret key of a survey is made at its first run."""
    return RunInputs(
        inputs=input_hashes(run),
        parameters={name: run.parameters_in(target, name) for name in notebooks_of(run)},
        code=code_hash(),
        versions=versions(),
        key=key_of_survey(run.survey, spec).fingerprint if (spec := _readable_spec(run.survey)) else "",
    )


def has_key(run: Run) -> bool:
    """Returns whether the survey has its secret key, or a survey.yaml that cannot be read."""
    spec = _readable_spec(run.survey)
    return spec is None or key_path(run.survey, spec).exists()


def _readable_spec(survey: Path) -> SurveySpec | None:
    """Returns the content of a survey.yaml; None if it cannot be read, which the run itself reports."""
    with suppress(FltoolkitError):
        return read_spec(survey)
    return None


def versions() -> dict[str, str]:
    """Returns the versions of Python and of all libraries on this machine that affect numbers and pages."""
    return {
        "python": platform.python_version(),
        **{name: _version(name) for name in ("fltoolkit", *VERSIONS)},
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # a package of an extra
        return "not installed"


def read_record(folder: Path) -> Record | None:
    """Returns the content of run.json in a folder of results. Returns None if there is no such file, or if
    this version of the kit cannot read it."""
    with suppress(FltoolkitError, ValueError):
        return Record.model_validate_json(read_bytes(folder / RECORD, 100 * MB))
    return None


def failed_record(folder: Path) -> Record | None:
    """Returns the run.json of the latest run into a folder of results, if this run failed; otherwise None.
    This run.json is in a second folder, because a failed run does not change the folder of results."""
    return read_record(failed_folder(folder))


def note_failure(folder: Path, error: str) -> bool:
    """Writes a run.json with the error of a failed run into a second folder, beside the folder of results.
    This is needed for a run that failed before it could write one. Returns whether the record is new."""
    if not error or ((noted := failed_record(folder)) and noted.error == error):
        return False
    beside, before = failed_folder(folder), read_record(folder)
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir()
    noted = Record(
        name=folder.name, title=before.title if before else folder.name, status="failed", error=error
    )
    write_whole(beside / RECORD, noted.model_dump_json(indent=2) + "\n")
    return True


def survey_facts(run: Run) -> dict[str, Any]:
    """Returns facts about the survey from survey.yaml (title, country, year, round, release, and the groups
    that are not covered), by the keys of run.json.

    If survey.yaml cannot be read, the only fact is the title, which is then the name of the run.
    """
    spec = _readable_spec(run.survey)
    if spec is None:
        return {"title": run.name}
    return {
        name: getattr(spec, name)
        for name in ("title", "country", "year", "round", "release", "coverage_excludes")
    }


def corrections_of(run: Run) -> tuple[dict[str, str], ...]:
    """Returns the corrections of the data that survey.yaml makes, one entry per column and reason. The result
    is empty if survey.yaml has no corrections, if it cannot be read, or if the corrections fail."""
    with suppress(FltoolkitError):
        if read_spec(run.survey).corrections:
            found = as_records(corrections(read_survey(run.survey)))
            return tuple({str(name): str(value) for name, value in row.items()} for row in found)
    return ()


def untranslated_in(run: Run) -> dict[str, tuple[Place, ...]]:
    """Returns, for each language of the plan's documents, the texts of survey.yaml and nap.yaml that have no
    translation into it."""
    from fltoolkit.nap.results_framework import (
        read_plan,  # slow to import, and `fltoolkit check` does not need it
    )

    if not run.plan:
        return {}
    plan, spec = read_plan(run.plan), read_spec(run.survey)
    words = own_words(run.plan.name, plan) | own_words(run.survey.name, spec, spec.group_labels)
    return {code: tuple(places) for code, places in lacking_in_each(words, plan.languages).items()}


def refuse_others(runs: Sequence[Run], outputs: Path) -> None:
    """Raises an error if a run would replace the results of another country, year or round, or results that
    were made with another secret key. Results whose run.json names no country, or no key, are of an older
    version, and may be replaced.

    Raises:
        BatchError: names the survey that has these results.
    """
    found = []
    for run in runs:
        there, now = read_record(outputs / run.name), survey_facts(run)
        if (
            there
            and there.status == "complete"
            and there.country
            and "country" in now
            and _survey_identity(there.model_dump()) != _survey_identity(now)
        ):
            found.append(
                f"{run.name} holds {_survey_name(there.model_dump())}, and {run.survey} is "
                f"{_survey_name(now)}"
            )
    if found:
        raise BatchError(
            "the results of another survey would be replaced; nothing was run",
            where=str(outputs),
            found=found,
            do="give this one a name of its own (--name NAME; in a batch.yaml `name:`) or another folder "
            "(--outputs FOLDER); "
            "or use --replace, if those results may be deleted",
        )
    _refuse_other_keys(runs, outputs)
    _refuse_own_release(runs, outputs)


def _refuse_other_keys(runs: Sequence[Run], outputs: Path) -> None:
    """Raises an error if results were made with another secret key than the survey has now. Two keys hide
    different cells, so that the old and the new tables together reveal what each of them hides.

    Raises:
        BatchError: names the surveys and their key files.
    """
    found, files = [], []
    for run in runs:
        there = read_record(outputs / run.name)
        with suppress(FltoolkitError):
            path = key_path(run.survey, spec := read_spec(run.survey))
            if (
                there
                and there.key
                and not (path.exists() and key_of_survey(run.survey, spec).fingerprint == there.key)
            ):
                found.append(f"{run.name}: {'another' if path.exists() else 'none'}")
                files.append(str(path))
    if found:
        raise BatchError(
            "the results there were made with a secret key that the survey no longer has; nothing was run",
            where=str(outputs),
            found=found,
            allowed=f"the key of these results, in {', '.join(files)}",
            do=(
                "put the copy of the key back; or, if these results never left the office, delete their folder "
                "(--replace does)"
            ),
        )


def _survey_identity(facts: dict[str, Any]) -> tuple[str, int, str]:
    """Returns the facts by which two surveys are distinguished: country, year and round. Differences in
    blanks and capitals are removed."""
    return normalised_name(facts["country"]), facts["year"], normalised_name(facts["round"])


def _survey_name(facts: dict[str, Any]) -> str:
    return " ".join(str(facts[key]) for key in ("country", "year", "round") if facts[key])


def why_rerun(now: RunInputs, folder: Path) -> str:
    """Returns the reason why the results in `folder` must be made again, such as a failed run or a changed
    input file. Returns an empty text if the results are current. `now` has everything that determines the
    results at present."""
    if failed_folder(folder).exists():
        return "the latest run failed"
    before = read_record(folder)
    if before is None:
        return f"there is no {RECORD}"
    if before.status == "failed":
        return "it failed"
    if differing := differing_keys(before.inputs, now.inputs):
        return f"{differing} changed"
    if differing := differing_keys(before.parameters, now.parameters):
        return f"parameters of {differing} changed"
    if before.key != now.key:
        return "it had no secret key"
    if before.code != now.code:
        return "the code changed"
    if differing := differing_keys(before.versions, now.versions):
        return f"another version of {differing}"
    if altered := before.altered(folder):
        return f"{', '.join(altered)} changed after the run"
    return ""


def input_hashes(run: Run) -> dict[str, str]:
    """Returns the SHA-256 of every file that a run reads, by path relative to the survey's folder."""
    return {relative_path(file, run.survey.parent): _hash(file) for file in input_files(run)}


def input_files(run: Run) -> list[Path]:
    """Returns the files that a run reads: the YAML files, the data and tables that survey.yaml names, and the
    template of the slides."""
    files = [run.survey, *([run.plan] if run.plan else []), *run.parameter_files(), *_data_files(run.survey)]
    if run.plan and (partners := run.plan.with_name(PARTNERS)).exists():
        files.append(partners)
    files += [template] if (template := run.slides_template) else []
    for earlier in (run.earlier, run.baseline):
        files += [earlier, *_data_files(earlier)] if earlier else []
    return files


def _data_files(survey: Path) -> list[Path]:
    """Returns the paths of the data and tables that a survey.yaml refers to. The list is empty if survey.yaml
    cannot be read."""
    spec = _readable_spec(survey)
    if spec is None:
        return []
    given = [file for kind in type(spec.files).model_fields if (file := getattr(spec.files, kind))]
    released = [f"{folder}/{name}" for folder in _earlier_releases(spec) for name in RELEASE_FILES]
    named = (*(path for file in given for path in file.path), *side_files(spec), *released)
    return [survey.parent / name for name in named]


def _earlier_releases(spec: SurveySpec | None) -> tuple[str, ...]:
    return spec.release.earlier if spec and spec.release else ()


def _refuse_own_release(runs: Sequence[Run], outputs: Path) -> None:
    """Raises an error if a run would replace the earlier release beside which it is decided.

    Raises:
        BatchError: names the folder.
    """
    for run in runs:
        earlier = _earlier_releases(_readable_spec(run.survey))
        if (outputs / run.name).resolve() in {(run.survey.parent / folder).resolve() for folder in earlier}:
            raise BatchError(
                "the run would replace the earlier release that survey.yaml names; nothing was run",
                where=f"{run.survey.name}: release",
                found=run.name,
                do="give this run another name (--name NAME; in a batch.yaml `name:`), or another folder",
            )


def other_releases(survey: Path, spec: SurveySpec, outputs: Path) -> dict[str, str]:
    """Returns the results of this survey in a folder of outputs that were released (no drafts) and that
    survey.yaml does not name: the status by folder."""
    named = {(survey.parent / folder).resolve() for folder in _earlier_releases(spec)}
    of = _survey_identity(vars(spec))
    found = {
        folder: read_record(folder) for folder in sorted(outputs.glob("*/")) if folder.resolve() not in named
    }
    return {
        folder.as_posix(): record.release.status
        for folder, record in found.items()
        if record and record.release and record.release.status != "draft"
        if record.country and record.year and _survey_identity(record.model_dump()) == of
    }


def hash_if_edited(folder: Path, name: str) -> str:
    """Returns the SHA-256 of a file in a folder of results, if the file is not as the run wrote it, because
    somebody changed it. Returns an empty text if the file is unchanged, or if there is no file."""
    record, now = read_record(folder), _hash(folder / name)
    return "" if record and record.outputs.get(name) == now else now


def file_hashes(folder: Path) -> dict[str, str]:
    """Returns the SHA-256 of every file in a folder, by relative path."""
    return {f.relative_to(folder).as_posix(): _hash(f) for f in sorted(folder.rglob("*")) if f.is_file()}


@cache
def code_hash() -> str:
    """Returns the SHA-256 of the names and contents of the package and the notebooks, as they were at the
    first call in this process.
    """
    code = {
        relative_path(f, PACKAGE): f for f in sorted(PACKAGE.rglob("*")) if f.is_file() and f.suffix != ".pyc"
    }
    files = {
        name: f for name, f in code.items() if not name.startswith(f"{SHIPPED}/")
    }  # a survey's data are inputs and have their own hashes
    files |= {f"notebooks/{name}": notebook_folder() / f"{name}.ipynb" for name in NOTEBOOKS}
    lines = [f"{name} {input_hash([f])}" for name, f in files.items()]
    return hashlib.sha256("\n".join(lines).encode("utf-8")).hexdigest()


def _hash(file: Path) -> str:
    """Returns the SHA-256 of a file, or an empty text if there is no file."""
    return input_hash([file]) if file.is_file() else ""


def differing_keys(before: dict[str, Any], now: dict[str, Any]) -> str:
    """Returns the keys that have different values in two mappings, or that only one of them has, as one text:
    `duckdb, numpy`."""
    return ", ".join(sorted(k for k in before.keys() | now.keys() if before.get(k) != now.get(k)))
