"""Runs a batch at an address (fsspec: s3://, abfs://, sftp://, …). A run fetches its inputs and uploads its
results, run.json last.

Only files are sent. Each survey is run in a local folder, and the machines share nothing except the address.
"""

from __future__ import annotations

import dataclasses
import os
import socket
import tempfile
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from fltoolkit.errors import BatchError, RequestError, SpecError
from fltoolkit.files import file_error
from fltoolkit.nap.checklists import PARTNERS
from fltoolkit.report import write_assets, write_index
from fltoolkit.run.batch import BatchOptions, find_run, index_entry, run_survey, with_private_place
from fltoolkit.run.batch_file import ASSETS, YAML, Batch, Run, plan_runs
from fltoolkit.run.jupyter import Stop
from fltoolkit.run.output_folders import FAILED, LOCK
from fltoolkit.run.remote_folder import Store
from fltoolkit.run.run_record import RECORD, input_files, note_failure, refuse_others
from fltoolkit.run.workers import (
    RunEnd,
    Stopped,
    all_passed,
    expect_workers,
    run_all,
    thread_workers,
    workers_of,
)
from fltoolkit.survey.design.suppression_key import key_of_survey, key_path
from fltoolkit.survey.spec.survey_spec import read_spec
from fltoolkit.terminal import say as print_line
from fltoolkit.yaml_files.loading import load_model


@dataclass(frozen=True)
class RemoteLock:
    """The lock of a folder of results at an address (such as s3://). `holder` is the text in its lock file
    that names the batch. A later batch writes its own text there, and the workers of the earlier batch then
    stop.
    """

    store: Store
    name: str
    holder: str

    def is_set(self) -> bool:
        try:
            return not self._mine()
        except (
            OSError
        ):  # a connection that fails for a moment is no reason to stop; failed uploads are reported
            return False

    def set(self) -> None:
        self.store.write(self.name, b"")

    def unusable(self) -> str:
        """Returns the reason why this process cannot write results to the address, or an empty text if it
        can."""
        try:
            return (
                ""
                if self._mine()
                else f"the folder of results is not there, or another: {self.store.address}"
            )
        except (OSError, RequestError) as error:
            return str(error)

    def _mine(self) -> bool:
        try:
            return self.store.read(self.name) == self.holder.encode()
        except FileNotFoundError:
            return False


@dataclass(frozen=True)
class StoredOutputs:
    """The place of a batch's results, if they are at an address (such as s3://).

    Attributes:
        store: the folder at the address in which batch.yaml is.
        folder: the path of the folder of results within `store`.
    """

    store: Store
    folder: str


def run_stored(
    address: str,
    *,
    workers: int = 2,
    scheduler: str = "",
    only: str = "",
    resume: bool = False,
    replace: bool = False,
    private: str = "",
    say: Callable[[str], None] = print_line,
) -> bool:
    """Runs a batch.yaml at an address, as `run_batch` does with a path. All files that it names must be in
    its folder or in folders below it.

    Raises:
        BatchError: batch.yaml, or a file that it names, does not exist there.
        RequestError: a package for this kind of address is missing.
    """
    expect_workers(workers)
    root, _, name = address.rpartition("/")
    store = Store(root)
    with tempfile.TemporaryDirectory() as place:
        here = Path(place).resolve()
        if not store.fetch(name, here):
            raise BatchError(
                "there is no such file",
                where=address,
                do="give the address of a batch.yaml, such as s3://bucket/lfs/batch.yaml",
            )
        batch = load_model(here / name, Batch)
        _fetch_named(store, batch, here)
        runs, outputs = plan_runs(batch, here), _path_below(here / batch.outputs, here)
        runs, lock = ([find_run(only, runs)], f"{LOCK}-{only}") if only else (runs, LOCK)
        options = with_private_place(BatchOptions(resume=resume, private=private), f"{root}/{outputs}")
        stored = StoredOutputs(store, outputs)
        for run in runs:
            _fetch_key(store, run.survey, here, make=False)
        if not replace:
            for run in runs:
                store.fetch(f"{outputs}/{run.name}/{RECORD}", here)
            refuse_others(runs, here / outputs)
        for run in runs:  # made before the workers start, since surveys of one folder share a key
            _fetch_key(store, run.survey, here)
        claim = RemoteLock(
            store,
            f"{outputs}/{lock}",
            f"process {os.getpid()} on {socket.gethostname()}, {uuid.uuid4().hex[:8]}",
        )
        store.write(claim.name, claim.holder.encode())
        fetched: set[str] = set()

        def index(ended: Mapping[str, RunEnd]) -> str:
            for survey in ended.keys() - fetched:
                fetched.add(survey)
                store.fetch(f"{outputs}/{survey}{f'/{RECORD}' if only else ''}", here)
                _note_failure(stored, here, survey, ended[survey].error)
            if only:
                return "the batch with --resume, which then writes the index"
            if not (here / outputs / ASSETS).exists():
                write_assets(here / outputs / ASSETS)
                store.put(f"{outputs}/{ASSETS}/plotly.min.js", here)
            errors = {survey: done.error for survey, done in ended.items()}
            entries = [index_entry(here / outputs / run.name, errors.get(run.name, "")) for run in runs]
            write_index(here / outputs, [found for found in entries if found])
            store.put(f"{outputs}/index.html", here)
            return f"{root}/{outputs}/index.html"

        relative = [
            dataclasses.replace(
                run,
                survey=Path(_path_below(run.survey, here)),
                plan=run.plan and Path(_path_below(run.plan, here)),
            )
            for run in runs
        ]
        work = partial(run_remotely, stored=stored, options=options)
        with (
            workers_of(scheduler, work, claim, (), say)
            if scheduler
            else thread_workers(workers, work, claim, say) as pool
        ):
            ended, front = run_all(relative, pool, say, index)
        claim.set()
        return all_passed(ended, front, say)


def _note_failure(stored: StoredOutputs, here: Path, survey: str, error: str) -> None:
    """Writes the reason why a run failed beside the survey's folder at the address, if the run itself could
    not write this reason. `here` is the temporary folder on this machine."""
    name = f"{stored.folder}/{survey}{FAILED}"
    stored.store.fetch(name, here)
    (here / stored.folder).mkdir(parents=True, exist_ok=True)
    if note_failure(here / stored.folder / survey, error):
        stored.store.replace(name, here)


def run_remotely(
    run: Run, stored: StoredOutputs, options: BatchOptions, *, stop: Stop, say: Callable[[str], None]
) -> RunEnd:
    """Fetches the inputs of a run into a temporary folder, runs it there, and uploads the results.

    The paths in `Run` are relative to the address.
    """
    try:
        return _run_on_fetched_files(run, stored, options, stop, say)
    except OSError as error:
        cause = file_error(error)
        problem = (
            "files cannot be read or written there; results without run.json, which is written "
            "last, do not count as finished"
        )
        do = "check the connection and the free space on this machine's disk, then run again with --resume"
        found = f"{cause.problem} {cause.found}".strip()
        return RunEnd(
            "failed",
            str(BatchError(problem, where=f"{run.name} of {stored.store.address}", found=found, do=do)),
        )


def _run_on_fetched_files(
    run: Run, stored: StoredOutputs, options: BatchOptions, stop: Stop, say: Callable[[str], None]
) -> RunEnd:
    store, outputs = stored.store, stored.folder
    with tempfile.TemporaryDirectory() as place:
        here = Path(place).resolve()
        run = dataclasses.replace(run, survey=here / run.survey, plan=run.plan and here / run.plan)
        _fetch_inputs(store, run, here)
        for survey in filter(None, (run.survey, run.earlier)):
            _fetch_key(store, survey, here)
        results = f"{outputs}/{run.name}"
        for name in (results, results + FAILED):
            store.fetch(name, here)
        (here / outputs).mkdir(parents=True, exist_ok=True)
        done = run_survey(run, here / outputs, options, stop=stop, say=say)
        if stop.is_set():
            raise Stopped
        if done.state == "passed":
            store.replace(results, here)
        if done.state != "skipped":
            store.replace(results + FAILED, here)
        return done


def _fetch_named(store: Store, batch: Batch, here: Path) -> None:
    """Fetches the YAML files that a batch names. They are needed to check the batch before anything runs.
    `here` is the folder on this machine into which they are copied."""
    for job in batch.surveys:
        for name in (job.survey, job.plan):
            if name:
                store.fetch(_path_below(here / name, here), here)
        for name in job.parameters.values():
            if name.endswith(YAML):
                store.fetch(_path_below((here / job.survey).parent / name, here), here)


def _fetch_key(store: Store, survey: Path, here: Path, *, make: bool = True) -> None:
    """Fetches the secret key of a survey, or makes it there at its first run (`make`). If survey.yaml cannot
    be read, the run itself reports it."""
    with suppress(SpecError):
        spec = read_spec(survey)
        name = _path_below(key_path(survey, spec), here)
        if not store.fetch(name, here) and make:
            key_of_survey(survey, spec)
            store.put(name, here)


def _fetch_inputs(store: Store, run: Run, here: Path) -> None:
    """Fetches all inputs of a run.

    A fetched YAML file can name further files, so this is repeated until there are no new ones. `here` is the
    folder on this machine into which they are copied.
    """
    asked: set[str] = set()
    partners = [run.plan.with_name(PARTNERS)] if run.plan else []
    while names := {_path_below(file, here) for file in (*input_files(run), *partners)} - asked:
        for name in sorted(names):
            store.fetch(name, here)
        asked |= names


def _path_below(path: Path, here: Path) -> str:
    """Returns a path relative to `here`, with slashes. Raises `BatchError` if it is not below `here`."""
    try:
        return path.resolve().relative_to(here).as_posix()
    except ValueError:
        do = (
            "put batch.yaml into the top folder, and all files that it and the surveys name into "
            "folders below"
        )
        found = os.path.relpath(path, here)
        raise BatchError(
            "a batch at an address reads and writes in its own folder only", found=found, do=do
        ) from None
