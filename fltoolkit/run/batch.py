"""Runs the notebooks for many surveys. Each survey has a kernel of its own, its results are kept whole or not at all, and one failure stops no other."""

from __future__ import annotations

import dataclasses
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
from fltoolkit.files import write_whole
from fltoolkit.languages.translations import without_translation
from fltoolkit.nap.partner_entries import Partners, read_partners
from fltoolkit.report import Entry, page, write_assets, write_index
from fltoolkit.report.workbook.merge_into_partners import NAME as WORKBOOK, refuse_unread
from fltoolkit.run.batch_file import ASSETS, Batch, Run, notebooks_of, plan_runs, relative
from fltoolkit.run.notebook_kernel import Kernel, Stop
from fltoolkit.run.notebooks import disclosure_files
from fltoolkit.run.notebooks.jupyter_import import import_without_grammar
from fltoolkit.run.notebooks.notebook_progress import Progress
from fltoolkit.run.output_folders import FAILED, failed_folder, held, put_in_place, recover, work_folder
from fltoolkit.run.printable_errors import file_error, told, told_of_cell
from fltoolkit.run.private_folder import private_place, write_rows
from fltoolkit.run.run_record import (
    RECORD,
    Premises,
    Record,
    corrections_of,
    failure,
    file_hashes,
    input_hashes,
    left_as,
    note_failure,
    premises,
    read_record,
    refuse_others,
    told_by,
    untranslated_in,
    why_again,
)
from fltoolkit.run.workers import Done, Stopped, all_passed, expect_workers, run_all, threads, workers_of
from fltoolkit.shipped_files import PACKAGE, notebook_folder
from fltoolkit.terminal import say as print_line
from fltoolkit.yaml_files.loading import load_model

# What each notebook answers, in the words of its heading.
PAGES = {"1_survey": "1 The survey", "2_classify": "2 Who", "3_estimate": "3 How many", "4_nap": "4 The plan"}
INDEX = ("All surveys", "../index.html")
PUBLISHING = "3_estimate"  # the notebook whose parameters say what is published


@dataclass(frozen=True)
class BatchOptions:
    """How surveys are run: see `run_batch`. With `keep_others` the index goes on naming the surveys that earlier runs left there."""

    workers: int = 2
    scheduler: str = ""
    resume: bool = False
    replace: bool = False
    private: str = ""
    keep_others: bool = False


DEFAULTS = BatchOptions()


def run_batch(
    path: str | Path,
    *,
    workers: int = 2,
    scheduler: str = "",
    only: str = "",
    resume: bool = False,
    replace: bool = False,
    private: str = "",
    say: Callable[[str], None] = print_line,
) -> bool:
    """Run every survey of a batch.yaml through the notebooks; write `index.html` over them.

    Args:
        path: the batch.yaml.
        workers: surveys at the same time on this machine; each is a process of its own.
        scheduler: the address of a Dask scheduler, whose workers then run the surveys; they must see the same folders at the same paths.
        only: the name of one survey, to run that and nothing else, also while others of the batch are run so; no index is written.
        resume: leave alone what is complete and current: inputs, parameters, code and library versions as they were then, and
            every file that the run left unchanged.
        replace: results of another country, year or round may be replaced.
        private: a folder, or an address, for the keys of the rows behind findings and the record of what is hidden; empty: they are not
            written.
        say: told of every step.

    Returns:
        Whether every survey passed.

    Raises:
        SpecError, BatchError, RequestError: batch.yaml is not valid, or names a parameter no notebook knows, or another batch is at work
            in the same outputs, or they hold results of another survey, or no scheduler answers, or one of its workers cannot do the
            work, or `workers` or `private` is not what is asked for. Then nothing was run.
        KeyboardInterrupt: stopped by hand. What was finished is in place, and of the rest nothing is left.
    """
    path = Path(path)
    batch = load_model(path, Batch)
    folder = path.resolve().parent
    runs, outputs = plan_runs(batch, folder), folder / batch.outputs
    options = BatchOptions(workers, scheduler, resume, replace, private)
    if only:
        return _run_only(the_one(only, runs), outputs.resolve(), options, say)
    return run_surveys(runs, outputs, options, say)


def run_surveys(
    runs: Sequence[Run], outputs: Path, options: BatchOptions = DEFAULTS, say: Callable[[str], None] = print_line
) -> bool:
    """Run surveys into `outputs`, a folder each; see `run_batch`."""
    expect_workers(options.workers)
    outputs, mine = outputs.resolve(), [run.name for run in runs]
    options = with_private_place(options, outputs)
    with held(outputs) as hold:
        recover(outputs)
        if not options.replace:
            refuse_others(runs, outputs)
        write_assets(outputs / ASSETS)
        found = {p.parent.name.removesuffix(FAILED) for p in outputs.glob(f"*/{RECORD}")}
        others = sorted(found - set(mine)) if options.keep_others else []

        def index(ended: Mapping[str, Done]) -> Path:
            _note_failures(outputs, ended)
            entries = [entry(outputs / name, ended[name].error if name in ended else "") for name in (*mine, *others)]
            return write_index(outputs, [found for found in entries if found])

        work = partial(run_survey, outputs=outputs, options=options)
        files = [file for run in runs for file in (run.survey, run.plan) if file]
        here = threads(options.workers, work, threading.Event(), say)
        with workers_of(options.scheduler, work, hold, files, say) if options.scheduler else here as hands:
            ended, front = run_all(runs, hands, say, index, clear=partial(recover, outputs))
        return all_passed(ended, front, say)


def with_private_place(options: BatchOptions, outputs: Path | str) -> BatchOptions:
    """The options with the whole name of the private place, once it is known to be one."""
    if not options.private:
        return options
    return dataclasses.replace(options, private=private_place(options.private, outputs))


def _note_failures(outputs: Path, ended: Mapping[str, Done]) -> None:
    """Keep beside each folder why its run failed, so that a later index, of whatever command, tells it too."""
    for name, done in ended.items():
        with suppress(OSError):  # a full disk is one of the reasons
            note_failure(outputs / name, done.error)


def the_one(name: str, runs: Sequence[Run]) -> Run:
    """The run of this name. Raises `BatchError` where there is none."""
    named = {run.name: run for run in runs}
    if name not in named:
        raise BatchError("the batch has no survey of this name", where="--only", found=name, allowed=named)
    return named[name]


def _run_only(run: Run, outputs: Path, options: BatchOptions, say: Callable[[str], None]) -> bool:
    """One survey of a batch, while others may be at work on its other surveys; whoever runs the batch after them writes the index."""
    options = with_private_place(options, outputs)
    with held(outputs, run.name):
        recover(outputs, run.name)
        if not options.replace:
            refuse_others([run], outputs)
        work = partial(run_survey, outputs=outputs, options=options)
        with threads(1, work, threading.Event(), say) as hands:
            ended, _ = run_all([run], hands, say, partial(_note_failures, outputs))
    return ended[run.name].state != "failed"


def run_survey(run: Run, outputs: Path, options: BatchOptions, *, stop: Stop, say: Callable[[str], None]) -> Done:
    """Runs one survey's notebooks in a separate folder, and moves the folder into place when it is whole.

    Whatever a run can raise is caught here. A failed survey leaves what an earlier run left as it is. Beside it stand its half-run
    notebook and the error, and no file of numbers; what that notebook shows up to the failing cell was published with the whole
    run's protection (`fl.publish_run`).

    Raises:
        Stopped: `stop` was set; nothing is left of this run.
    """
    try:
        if options.private:
            _private_rows(run, options.private)
        return _run_into(run, outputs / run.name, options, stop, say)
    except FltoolkitError as error:  # the workbook that is to be replaced holds entries that nobody read
        return Done("failed", str(error))
    except OSError as error:
        if stop.is_set():  # a killed kernel takes its files away while they are being cleared
            raise Stopped from None
        cause = file_error(error)
        problem = "files cannot be read or written; what an earlier run left there stays"
        found = f"{cause.where}: {cause.problem} {cause.found}".strip(": ")
        return Done("failed", str(BatchError(problem, where=run.name, found=found, do=cause.do)))


def _run_into(run: Run, target: Path, options: BatchOptions, stop: Stop, say: Callable[[str], None]) -> Done:
    started = time.time()
    now, about, restricted = premises(run, target), told_by(run), target / "restricted"
    if options.resume and (target.exists() or failed_folder(target).exists()):
        if not (why := why_again(now, target)):
            return Done("skipped")
        say(f"{run.name}: once more, since {why}")
    workbook = _workbook_read(run, target)
    with work_folder(target) as work:
        before = read_record(target)
        progress = Progress(run.name, before.seconds if before else 0.0, say)
        error, notebook = _run_notebooks(run, work, now, stop, progress, private=options.private)
        missing = {} if error else untranslated_in(run)
        record = Record(
            **now.model_dump(), **about, name=run.name, corrections=corrections_of(run), untranslated=missing,
            status="failed" if error else "complete", error=error, notebook=notebook, outputs=file_hashes(work), seconds=round(time.time() - started, 1),
        )  # fmt: skip
        write_whole(work / RECORD, record.model_dump_json(indent=2) + "\n")
        if error:
            put_in_place(work, failed_folder(target))
            return Done("failed", error)
        if left_as(target, WORKBOOK) != workbook:
            do = f"run: fltoolkit nap read {relative(target / WORKBOOK, Path.cwd())}, then run again"
            raise BatchError("the workbook was filled in while this ran; what an earlier run left stays", where=run.name, do=do)
        if restricted.is_dir():  # of an older version of the kit, or put there by hand
            say(
                f"{run.name}: restricted/ is not kept among the outputs; `fltoolkit estimate --restricted --private FOLDER` writes it anew"
            )
        put_in_place(work, target)
        shutil.rmtree(failed_folder(target), ignore_errors=True)
    for sentence in without_translation(missing):
        say(f"{run.name}: {sentence} {RECORD} lists them, under `untranslated`.")
    return Done("passed")


def _private_rows(run: Run, place: str) -> None:
    """The rows behind findings, which are known also where they stop the run. A survey that cannot be read has none: the run says why."""
    with suppress(FltoolkitError):
        write_rows(run.survey, run.name, place)


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


def _run_notebooks(run: Run, work: Path, now: Premises, stop: Stop, progress: Progress, *, private: str) -> tuple[str, str]:
    """The notebooks one after the other in `work`, each with its page; gives the error and the page that shows it, empty where all is well."""
    links, notebook = [INDEX, *((_title(n), f"{n}.html") for n in notebooks_of(run))], ""
    try:
        with Kernel(work, stop, progress) as kernel:
            for notebook in notebooks_of(run):
                if stop.is_set():
                    raise Stopped
                progress.notebook(notebook)
                _execute(notebook, work, now.parameters[notebook], kernel)
                _page(run, work, notebook, links)
            if input_hashes(run) != now.inputs:
                raise BatchError("a file changed while it was read", where=run.name, do="run it again, when the file is finished")
            if private:
                kernel.call(disclosure_files.call(private, run.name, now.parameters[PUBLISHING]))
    except Exception as error:  # a kernel can die, a cell can raise, a disk can fill: the other surveys go on
        if stop.is_set():
            raise Stopped from None
        return _error(error, run, notebook, work), _half_run(run, notebook, work)
    finally:
        progress.ended()
        for hidden in work.glob(".*"):  # DuckDB's scratch files hold persons
            shutil.rmtree(hidden) if hidden.is_dir() else hidden.unlink()
    return "", ""


def _execute(name: str, work: Path, parameters: dict[str, Any], kernel: Kernel) -> None:
    """One notebook through papermill, in the run's kernel, which is at home in `work`."""
    from fltoolkit.run.notebook_kernel import ENGINE, register_engine

    register_engine()
    import_without_grammar("papermill").execute_notebook(
        str(notebook_folder() / f"{name}.ipynb"), str(work / f"{name}.ipynb"), parameters=parameters, progress_bar=False,
        kernel_name="python3", engine_name=ENGINE, kernel=kernel,
    )  # fmt: skip


def _title(notebook: str) -> str:
    """A notebook's name for the list of pages."""
    return PAGES.get(notebook, notebook.replace("_", " ", 1))


def _page(run: Run, work: Path, name: str, links: list[tuple[str, str]]) -> None:
    """Normalise an executed notebook, and write its page."""
    notebook = _normalised(run, work, name)
    page(
        notebook, work / f"{name}.html", title=_title(name), assets=f"../{ASSETS}", links=links, source=str(told_by(run)["title"])
    )


def _normalised(run: Run, work: Path, name: str) -> Path:
    """An executed notebook, in place, without what differs from run to run, this machine's folders and words that may quote a person."""
    from fltoolkit.run.notebook_kernel import normalise_file

    notebook = work / f"{name}.ipynb"
    normalise_file(notebook)
    write_whole(notebook, _without_places(notebook.read_text(encoding="utf-8"), run, work, escaped=True))
    return notebook


def _without_places(text: str, run: Run, work: Path, *, escaped: bool = False) -> str:
    """A text without this machine's folders: of the survey's and the kit's the last name stands for all."""
    for place, seen in ((work, "."), (run.survey.parent, run.survey.parent.name), (PACKAGE.parent, "fltoolkit")):
        text = text.replace(json.dumps(str(place))[1:-1] if escaped else str(place), seen)
    return text


def _error(error: Exception, run: Run, notebook: str, work: Path) -> str:
    """What may be told of an error, in words a user can act on."""
    from papermill.exceptions import PapermillExecutionError

    if isinstance(error, PapermillExecutionError):  # a cell raised
        text = f"{notebook}: {told_of_cell(error.ename, error.evalue, error.traceback, error.exec_count)}"
    else:
        text = told(error) if isinstance(error, FltoolkitError) else f"{notebook}: {told(error)}"
    return _without_places(text, run, work)


def _half_run(run: Run, notebook: str, work: Path) -> str:
    """Leave the half-run notebook with its page, and nothing else; gives the name of what shows it, empty where there is none."""
    half = work / f"{notebook}.ipynb"
    for other in work.iterdir():
        if other.name != half.name:
            other.unlink() if other.is_file() else shutil.rmtree(other)
    with suppress(Exception):  # a courtesy, of which nothing is left where it fails: the error itself must be reported
        _normalised(run, work, notebook)
        with suppress(Exception):
            _page(run, work, notebook, [INDEX])
            return f"{notebook}.html"
        return half.name
    half.unlink(missing_ok=True)
    return ""


def entry(folder: Path, error: str = "") -> Entry | None:
    """A survey's entry in the index, from its run.json and its stored failure. None if its numbers are not those that the run
    wrote.

    `error`: of this batch's run, which a full disk may keep from standing beside the folder.
    """
    there, latest, numbers = read_record(folder), failure(folder), "estimates.csv"
    record = there if there and there.status == "complete" else None
    error = error or (latest.error if latest else "")
    shown = f"{failed_folder(folder).name}/{latest.notebook}" if latest and latest.notebook else ""
    if record is None or numbers in record.altered(folder):
        title, coverage = (latest.title, latest.coverage_excludes) if latest else (folder.name, ())
        return Entry(folder.name, title, coverage, error, shown) if error else None
    return Entry(folder.name, record.title, record.coverage_excludes, notebook=shown, refused=error, year=record.year or 0)
