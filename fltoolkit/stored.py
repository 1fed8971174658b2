"""A batch at an address (fsspec: s3://, abfs://, sftp://, …): each run fetches what it reads, and leaves its results there, run.json last.

Only files travel. Whoever runs a survey does it in a folder of its own, as on one machine; nothing else need be shared.
"""

from __future__ import annotations

import os
import socket
import tempfile
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from fltoolkit.batch import entry, run_survey, the_one
from fltoolkit.errors import BatchError, RequestError
from fltoolkit.folders import LOCK
from fltoolkit.hands import Done, Hands, Stopped, all_passed, run_all, threads, workers_of
from fltoolkit.jobs import ASSETS, YAML, Batch, Run, plan_runs
from fltoolkit.nap.partners import PARTNERS
from fltoolkit.notebooks import Stop
from fltoolkit.record import RECORD, input_files, refusal, remember
from fltoolkit.report import write_assets, write_index
from fltoolkit.yamlfile import load_model


@dataclass(frozen=True)
class Store:
    """A folder at an address. Names are read from there, with slashes."""

    address: str

    def fetch(self, name: str, here: Path) -> bool:
        """Copy a file, if it is there, or a folder with all it holds, to the same name under `here`; tells whether anything was."""
        files, root = self._files()
        for path in files.find(f"{root}/{name}"):
            target = here / path.removeprefix(root).lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            files.get_file(path, str(target))
        return (here / name).exists()

    def leave(self, name: str, here: Path) -> None:
        """Put a folder of results in place of the one before it. Without run.json it counts for nothing: that goes first and comes last."""
        files, root = self._files()
        before = {path.removeprefix(root).lstrip("/") for path in files.find(f"{root}/{name}")}
        now = {path.relative_to(here).as_posix() for path in (here / name).rglob("*") if path.is_file()}
        record = f"{name}/{RECORD}"
        for gone in sorted(before & ({record} | before - now)):
            files.rm_file(f"{root}/{gone}")
        for file in [*sorted(now - {record}), record]:
            self.put(file, here)

    def put(self, name: str, here: Path) -> None:
        """Copy a file to its name."""
        self.write(name, (here / name).read_bytes())

    def write(self, name: str, content: bytes) -> None:
        files, root = self._files()
        files.makedirs(str(PurePosixPath(f"{root}/{name}").parent), exist_ok=True)
        files.pipe_file(f"{root}/{name}", content)

    def read(self, name: str) -> bytes:
        files, root = self._files()
        content: bytes = files.cat_file(f"{root}/{name}")
        return content

    def _files(self) -> tuple[Any, str]:
        """The file system, with what it remembers forgotten, and this folder's path in it."""
        try:
            from fsspec.core import url_to_fs

            files, root = url_to_fs(self.address)
        except ImportError as error:  # fsspec itself, or what an address of this kind needs
            do = "install it here and on the workers; fsspec itself comes with pip install 'fltoolkit[cluster]'"
            raise RequestError(
                "files at this address need a package that is not installed", where=self.address, found=error, do=do
            ) from None
        except ValueError as error:
            raise RequestError("there is no such kind of address", where=self.address, found=error) from None
        files.invalidate_cache()
        return files, str(root).rstrip("/")


@dataclass(frozen=True)
class Claim:
    """The lock file of results at an address: a later batch takes over, and whoever works for an earlier one stops."""

    store: Store
    name: str
    holder: str

    def is_set(self) -> bool:
        try:
            return not self._mine()
        except OSError:  # a connection that fails for a moment is no reason to stop: what cannot be left there is told
            return False

    def set(self) -> None:
        self.store.write(self.name, b"")

    def unusable(self) -> str:
        """Why results cannot be left there from here, in words; empty where they can."""
        try:
            return "" if self._mine() else f"the folder of results is not there, or another: {self.store.address}"
        except (OSError, RequestError) as error:
            return str(error)

    def _mine(self) -> bool:
        try:
            return self.store.read(self.name) == self.holder.encode()
        except FileNotFoundError:
            return False


def run_stored(
    address: str,
    *,
    workers: int = 2,
    scheduler: str = "",
    only: str = "",
    resume: bool = False,
    say: Callable[[str], None] = print,
) -> bool:
    """Run a batch.yaml that stands at an address, as `run_batch` does one at a path. What it names must stand in its folder or below.

    Raises:
        BatchError: batch.yaml, or a file that it names, is not there. RequestError: a package for this kind of address is missing.
    """
    root, _, name = address.rpartition("/")
    store = Store(root)
    with tempfile.TemporaryDirectory() as place:
        here = Path(place).resolve()
        if not store.fetch(name, here):
            raise BatchError(
                "there is no such file", where=address, do="give the address of a batch.yaml, such as s3://bucket/lfs/batch.yaml"
            )
        batch = load_model(here / name, Batch)
        _fetch_named(store, batch, here)
        runs, outputs = plan_runs(batch, here), _below(here / batch.outputs, here)
        runs, lock = ([the_one(only, runs)], f"{LOCK}-{only}") if only else (runs, LOCK)
        claim = Claim(store, f"{outputs}/{lock}", f"process {os.getpid()} on {socket.gethostname()}, {uuid.uuid4().hex[:8]}")
        store.write(claim.name, claim.holder.encode())
        fetched: set[str] = set()

        def index(ended: Mapping[str, Done]) -> str:
            for survey in ended.keys() - fetched:
                fetched.add(survey)
                store.fetch(f"{outputs}/{survey}{f'/{RECORD}' if only else ''}", here)
                _remember(store, outputs, here, survey, ended[survey].error)
            if only:
                return "the batch with --resume, which then writes the index"
            if not (here / outputs / ASSETS).exists():
                write_assets(here / outputs / ASSETS)
                store.put(f"{outputs}/{ASSETS}/plotly.min.js", here)
            errors = {survey: done.error for survey, done in ended.items()}
            entries = [entry(here / outputs / run.name, errors.get(run.name, "")) for run in runs]
            write_index(here / outputs, [found for found in entries if found])
            store.put(f"{outputs}/index.html", here)
            return f"{root}/{outputs}/index.html"

        def giving(hands: Hands) -> Callable[[Run], Future[Done]]:
            def give(run: Run) -> Future[Done]:
                return hands.give(
                    replace(run, survey=Path(_below(run.survey, here)), plan=run.plan and Path(_below(run.plan, here)))
                )

            return give

        work = partial(run_away, store=store, outputs=outputs, resume=resume)
        with workers_of(scheduler, work, claim, (), say) if scheduler else threads(workers, work, claim, say) as hands:
            done = run_all(runs, replace(hands, give=giving(hands)), say, index)
        claim.set()
        return all_passed(list(done.values()), index(done), say)


def _remember(store: Store, outputs: str, here: Path, survey: str, why: str) -> None:
    """Keep at the address, beside a survey's folder, why its run was refused; where it was not, what was kept before is emptied."""
    file = refusal(here / outputs / survey)
    name = f"{outputs}/{file.name}"
    store.fetch(name, here)
    (here / outputs).mkdir(parents=True, exist_ok=True)
    if remember(here / outputs / survey, why):
        store.write(name, file.read_bytes() if file.exists() else b"")


def run_away(run: Run, store: Store, outputs: str, resume: bool, *, stop: Stop, say: Callable[[str], None]) -> Done:
    """Fetch what a run reads into a folder of its own, run it there, and leave the results at the address; its paths are from there."""
    try:
        return _run_away(run, store, outputs, resume, stop, say)
    except OSError as error:
        do = "see to the connection and to room on this machine's disk, then run again with --resume"
        problem = "files cannot be fetched or left there; what is half left counts for nothing, since its run.json comes last"
        return Done("failed", str(BatchError(problem, where=f"{run.name} of {store.address}", found=error, do=do)))


def _run_away(run: Run, store: Store, outputs: str, resume: bool, stop: Stop, say: Callable[[str], None]) -> Done:
    with tempfile.TemporaryDirectory() as place:
        here = Path(place).resolve()
        run = replace(run, survey=here / run.survey, plan=run.plan and here / run.plan)
        _fetch_inputs(store, run, here)
        store.fetch(f"{outputs}/{run.name}", here)
        (here / outputs).mkdir(parents=True, exist_ok=True)
        done = run_survey(run, here / outputs, resume=resume, stop=stop, say=say)
        if stop.is_set():
            raise Stopped
        if done.state != "skipped" and (here / outputs / run.name).is_dir():
            store.leave(f"{outputs}/{run.name}", here)
        return done


def _fetch_named(store: Store, batch: Batch, here: Path) -> None:
    """The YAML files that a batch names, by which it is checked before anything runs."""
    for job in batch.surveys:
        for name in (job.survey, job.plan):
            if name:
                store.fetch(_below(here / name, here), here)
        for name in job.parameters.values():
            if name.endswith(YAML):
                store.fetch(_below((here / job.survey).parent / name, here), here)


def _fetch_inputs(store: Store, run: Run, here: Path) -> None:
    """All that a run reads. What one YAML file names is known when it is there, so it is asked until nothing more comes."""
    asked: set[str] = set()
    partners = [run.plan.with_name(PARTNERS)] if run.plan else []
    while names := {_below(file, here) for file in (*input_files(run), *partners)} - asked:
        for name in sorted(names):
            store.fetch(name, here)
        asked |= names


def _below(path: Path, here: Path) -> str:
    """A path as it is named from `here`, with slashes; it must be below."""
    try:
        return path.resolve().relative_to(here).as_posix()
    except ValueError:
        do = "put batch.yaml at the top, and all that it and the surveys name below it"
        found = os.path.relpath(path, here)
        raise BatchError("a batch at an address reads and writes in its own folder only", found=found, do=do) from None
