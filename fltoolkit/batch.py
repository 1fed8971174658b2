"""Many surveys through the notebooks: each in a kernel of its own, whole or not at all, and none stops another."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from fltoolkit.errors import BatchError, FltoolkitError
from fltoolkit.folders import held, put_in_place, recover, work_folder, write_whole
from fltoolkit.hands import Done, Stopped, all_passed, run_all, threads, workers_of
from fltoolkit.jobs import ASSETS, Batch, Run, notebook_folder, notebooks_of, plan_runs, relative
from fltoolkit.nap.partners import Partners, read_partners
from fltoolkit.notebooks import Kernel, Stop
from fltoolkit.record import (
    RECORD,
    RESTRICTED,
    Premises,
    Record,
    file_hashes,
    input_hashes,
    left_as,
    premises,
    read_record,
    refused,
    remember,
    why_again,
)
from fltoolkit.report import Entry, page, write_assets, write_index
from fltoolkit.report.merge import NAME as WORKBOOK
from fltoolkit.report.merge import refuse_unread
from fltoolkit.survey.spec import read_spec
from fltoolkit.yamlfile import load_model

INDEX = ("All surveys", "../index.html")


@dataclass(frozen=True)
class Failure:
    """Why a run failed, and the page or notebook that holds the failing cell."""

    error: str
    notebook: str = ""


def run_batch(
    path: str | Path,
    *,
    workers: int = 2,
    scheduler: str = "",
    only: str = "",
    resume: bool = False,
    say: Callable[[str], None] = print,
) -> bool:
    """Run every survey of a batch.yaml through the notebooks; write `index.html` over them.

    Args:
        path: the batch.yaml.
        workers: surveys at the same time on this machine; each is a process of its own.
        scheduler: the address of a Dask scheduler, whose workers then run the surveys; they must see the same folders at the same paths.
        only: the name of one survey, to run that and nothing else, also while others of the batch are run so; no index is written.
        resume: leave alone what is complete and current: inputs, parameters, code and library versions as they were then, and
            every file that the run left unchanged.
        say: told of every step.

    Returns:
        Whether every survey passed.

    Raises:
        SpecError, BatchError: batch.yaml is not valid, or names a parameter no notebook knows, or another batch is at work in the
            same outputs, or no scheduler answers, or one of its workers cannot do the work. Then nothing was run.
        KeyboardInterrupt: stopped by hand. What was finished is in place, and of the rest nothing is left.
    """
    path = Path(path)
    batch = load_model(path, Batch)
    folder = path.resolve().parent
    runs, outputs = plan_runs(batch, folder), folder / batch.outputs
    if only:
        return _run_only(the_one(only, runs), outputs.resolve(), resume, say)
    return run_surveys(runs, outputs, workers=workers, scheduler=scheduler, resume=resume, say=say)


def run_surveys(
    runs: Sequence[Run],
    outputs: Path,
    *,
    workers: int = 2,
    scheduler: str = "",
    resume: bool = False,
    keep_others: bool = False,
    say: Callable[[str], None] = print,
) -> bool:
    """Run surveys into `outputs`, a folder each; see `run_batch`.

    With `keep_others` the index goes on naming the surveys that earlier runs left there.
    """
    outputs, mine = outputs.resolve(), [run.name for run in runs]
    with held(outputs) as hold:
        recover(outputs)
        write_assets(outputs / ASSETS)
        others = {p.parent.name for p in outputs.glob(f"*/{RECORD}")} - set(mine) if keep_others else set()

        def index(ended: Mapping[str, Done]) -> Path:
            _remember(outputs, ended)
            entries = [entry(outputs / name, ended[name].error if name in ended else "") for name in (*mine, *sorted(others))]
            return write_index(outputs, [found for found in entries if found])

        work = partial(run_survey, outputs=outputs, resume=resume)
        files = [file for run in runs for file in (run.survey, run.plan) if file]
        here = threads(workers, work, threading.Event(), say)
        with workers_of(scheduler, work, hold, files, say) if scheduler else here as hands:
            ended = run_all(runs, hands, say, index)
        recover(outputs)  # of what a worker left that died
        return all_passed(list(ended.values()), index(ended), say)


def _remember(outputs: Path, ended: Mapping[str, Done]) -> None:
    """Keep beside each folder why its run was refused, so that a later index, of whatever command, tells it too."""
    for name, done in ended.items():
        with suppress(OSError):  # a full disk is one of the reasons
            remember(outputs / name, done.error)


def the_one(name: str, runs: Sequence[Run]) -> Run:
    """The run of this name. Raises `BatchError` where there is none."""
    named = {run.name: run for run in runs}
    if name not in named:
        raise BatchError("the batch has no survey of this name", where="--only", found=name, allowed=named)
    return named[name]


def _run_only(run: Run, outputs: Path, resume: bool, say: Callable[[str], None]) -> bool:
    """One survey of a batch, while others may be at work on its other surveys; whoever runs the batch after them writes the index."""
    with held(outputs, run.name):
        recover(outputs, run.name)
        work = partial(run_survey, outputs=outputs, resume=resume)
        with threads(1, work, threading.Event(), say) as hands:
            ended = run_all([run], hands, say, partial(_remember, outputs))
    return ended[run.name].state != "failed"


def run_survey(run: Run, outputs: Path, *, resume: bool, stop: Stop, say: Callable[[str], None]) -> Done:
    """Run one survey's notebooks in a folder apart, and move it into place when it is whole.

    Whatever a run can raise is caught here. A failed survey leaves its half-run notebook and the error, and no file of numbers; what
    that notebook shows up to the failing cell was published with the whole run's protection (`fl.publish_run`).

    Raises:
        Stopped: `stop` was set; nothing is left of this run.
    """
    try:
        return _run_into(run, outputs / run.name, resume, stop, say)
    except FltoolkitError as error:  # the workbook that is to be replaced holds entries that nobody read
        return Done("failed", str(error))
    except OSError as error:
        if stop.is_set():  # a killed kernel takes its files away while they are being cleared
            raise Stopped from None
        do = "make room on the disk, close what is open in that folder, then run again"
        problem = "files cannot be read or written; what an earlier run left there stays"
        return Done("failed", str(BatchError(problem, where=run.name, found=error, do=do)))


def _run_into(run: Run, target: Path, resume: bool, stop: Stop, say: Callable[[str], None]) -> Done:
    started = time.time()
    now, title, coverage = premises(run, target), *_title_and_coverage(run)
    if resume and target.exists():
        if not (why := why_again(now, target)):
            return Done("skipped")
        say(f"{run.name}: once more, since {why}")
    workbook = _workbook_read(run, target)
    with work_folder(target) as work:
        failure = _run_notebooks(run, work, target, now, stop, say)
        record = Record(
            **now.model_dump(), name=run.name, title=title, coverage_excludes=coverage, status="failed" if failure else "complete",
            error=failure.error if failure else "", notebook=failure.notebook if failure else "", outputs=file_hashes(work),
            seconds=round(time.time() - started, 1),
        )  # fmt: skip
        write_whole(work / RECORD, record.model_dump_json(indent=2) + "\n")
        if (target / RESTRICTED).is_dir():
            shutil.copytree(target / RESTRICTED, work / RESTRICTED)
            say(f"{run.name}: {RESTRICTED}/ is kept as it was; `fltoolkit estimate --restricted` writes it anew")
        if left_as(target, WORKBOOK) != workbook:
            do = f"run: fltoolkit nap read {relative(target / WORKBOOK, Path.cwd())}, then run again"
            raise BatchError("the workbook was filled in while this ran; what an earlier run left stays", where=run.name, do=do)
        put_in_place(work, target)
    return Done("failed", failure.error) if failure else Done("passed")


def _workbook_read(run: Run, target: Path) -> str:
    """See to it that what partners filled in in the workbook that is to be replaced was read; gives its hash, if it was touched at all.

    Raises:
        BatchError: it holds entries that partners.yaml does not. SpecError: partners.yaml is not valid.
    """
    touched = left_as(target, WORKBOOK)
    if touched:  # one that is as the run left it need not be opened
        partners = read_partners(run.plan) if run.plan else Partners()
        refuse_unread(target / WORKBOOK, partners, relative(target / WORKBOOK, Path.cwd()))
    return touched


def _run_notebooks(run: Run, work: Path, target: Path, now: Premises, stop: Stop, say: Callable[[str], None]) -> Failure | None:
    """The notebooks one after the other in `work`, each with its page."""
    links, notebook = [INDEX, *((_title(n), f"{n}.html") for n in notebooks_of(run))], ""
    try:
        with Kernel(work, stop) as kernel:
            for notebook in notebooks_of(run):
                if stop.is_set():
                    raise Stopped
                say(f"{run.name}: {notebook}")
                _execute(notebook, work, now.parameters[notebook], kernel)
                _page(run, work, notebook, links)
        if input_hashes(run) != now.inputs:
            raise BatchError("a file changed while it was read", where=run.name, do="run it again, when the file is finished")
    except Exception as error:  # a kernel can die, a cell can raise, a disk can fill: the other surveys go on
        if stop.is_set():
            raise Stopped from None
        return _failure(error, run, notebook, work)
    finally:
        for hidden in work.glob(".*"):  # DuckDB's scratch files hold persons
            shutil.rmtree(hidden) if hidden.is_dir() else hidden.unlink()
    return None


def _execute(name: str, work: Path, parameters: dict[str, Any], kernel: Kernel) -> None:
    """One notebook through papermill, in the run's kernel, which is at home in `work`."""
    import papermill

    from fltoolkit.notebooks import ENGINE, register_engine

    register_engine()
    papermill.execute_notebook(
        str(notebook_folder() / f"{name}.ipynb"), str(work / f"{name}.ipynb"), parameters=parameters, progress_bar=False,
        kernel_name="python3", engine_name=ENGINE, kernel=kernel,
    )  # fmt: skip


def _title(notebook: str) -> str:
    return notebook.replace("_", " ", 1)


def _page(run: Run, work: Path, name: str, links: list[tuple[str, str]]) -> None:
    """Normalise an executed notebook, and write its page."""
    from fltoolkit.notebooks import normalise_file

    notebook = work / f"{name}.ipynb"
    normalise_file(notebook)
    text = _without_places(notebook.read_text(encoding="utf-8"), run, work, escaped=True)
    notebook.write_text(text, encoding="utf-8")
    page(notebook, work / f"{name}.html", title=_title(name), assets=f"../{ASSETS}", links=links)


def _without_places(text: str, run: Run, work: Path, *, escaped: bool = False) -> str:
    """A text without this machine's folders: of the survey's and the kit's the last name stands for all."""
    for place, seen in ((work, "."), (run.survey.parent, run.survey.parent.name), (notebook_folder().parent, "fltoolkit")):
        text = text.replace(json.dumps(str(place))[1:-1] if escaped else str(place), seen)
    return text


def _failure(error: Exception, run: Run, notebook: str, work: Path) -> Failure:
    """The error in words a user can act on, with the half-run notebook as a page and nothing else left."""
    text = str(error)
    value = getattr(error, "evalue", None)
    if value:
        text = f"{notebook}: {value}"
    elif not isinstance(error, FltoolkitError):
        text = f"{notebook}: {type(error).__name__}: {text}"
    text = _without_places(text, run, work)
    half = work / f"{notebook}.ipynb"
    for other in work.iterdir():
        if other.name != half.name:
            other.unlink() if other.is_file() else shutil.rmtree(other)
    if not half.exists():
        return Failure(text)
    try:
        _page(run, work, notebook, [INDEX])
    except Exception:  # the page is a courtesy: the error itself must be reported
        return Failure(text, half.name)
    return Failure(text, f"{notebook}.html")


def _title_and_coverage(run: Run) -> tuple[str, tuple[str, ...]]:
    """What survey.yaml says of itself; one that cannot be read goes by its run's name."""
    try:
        spec = read_spec(run.survey)
    except FltoolkitError:
        return run.name, ()
    return spec.title, spec.coverage_excludes


def entry(folder: Path, error: str = "") -> Entry | None:
    """A survey's place in the index, from its run.json and the refusal kept beside it; none where its numbers are not those that the run left.

    `error`: of this batch's run, which left an earlier one's folder as it was unless run.json says the same.
    """
    record, numbers, error = read_record(folder), "estimates.csv", error or refused(folder)
    if record is None or (numbers in record.outputs and numbers in record.altered(folder)):
        return Entry(folder.name, folder.name, error=error) if error else None
    return Entry(
        folder.name, record.title, record.coverage_excludes, record.error, record.notebook, "" if record.error else error
    )
