"""Runs the notebooks for many surveys, each in its own kernel. The results of a survey are complete or
absent. A survey that fails does not stop the others.
"""

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
from fltoolkit.files import file_error, write_whole
from fltoolkit.languages.translations import without_translation
from fltoolkit.nap.partner_entries import Partners, read_partners
from fltoolkit.nap.plan_checks import refuse_unfit_inputs
from fltoolkit.report import Entry, page, write_assets, write_index
from fltoolkit.report.workbook.merge_into_partners import NAME as WORKBOOK, refuse_unread
from fltoolkit.run.batch_file import ASSETS, Batch, Run, notebooks_of, plan_runs, relative_path
from fltoolkit.run.jupyter import (
    ENGINE,
    Kernel,
    Progress,
    Stop,
    import_without_grammar,
    normalise_file,
    place_of_cell,
    register_engine,
)
from fltoolkit.run.output_folders import (
    FAILED,
    failed_folder,
    finish_interrupted,
    locked,
    put_in_place,
    work_folder,
)
from fltoolkit.run.printable_errors import printable_cell_error, printable_text
from fltoolkit.run.private_folder import disclosure_call, private_place, write_rows
from fltoolkit.run.run_record import (
    RECORD,
    Record,
    RunInputs,
    corrections_of,
    failed_record,
    file_hashes,
    has_key,
    hash_if_edited,
    input_hashes,
    note_failure,
    read_record,
    refuse_others,
    run_inputs,
    survey_facts,
    untranslated_in,
    why_rerun,
)
from fltoolkit.run.workers import (
    RunEnd,
    Stopped,
    all_passed,
    expect_workers,
    run_all,
    thread_workers,
    workers_of,
)
from fltoolkit.shipped_files import PACKAGE, notebook_folder
from fltoolkit.terminal import say as print_line
from fltoolkit.yaml_files.loading import load_model

# The question that each notebook answers, in the words of its heading.
PAGES = {"1_survey": "1 The survey", "2_classify": "2 Who", "3_estimate": "3 How many", "4_nap": "4 The plan"}
INDEX = ("All surveys", "../index.html")
PUBLISHING = "3_estimate"  # the notebook whose parameters say what is published


@dataclass(frozen=True)
class BatchOptions:
    """The options of a batch: the arguments of `run_batch` with these names. If `keep_others` is true, the
    index also lists surveys of earlier runs that are in the folder but not in this batch."""

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
    """Runs every survey of a batch.yaml through the notebooks, and writes an `index.html` for all of them.

    Args:
        path: the batch.yaml.
        workers: the number of surveys that run at the same time on this machine, each in a separate process.
        scheduler: the address of a Dask scheduler, whose workers then run the surveys. These workers must see
            the same folders at the same paths.
        only: the name of one survey. Only this survey is run, and no index is written. Meanwhile, other
            processes may run other surveys of the batch in the same way.
        resume: skip surveys that are complete and current: inputs, parameters, code and library versions are
            as they were, and every file is as the run left it.
        replace: whether results of another country, year or round may be replaced.
        private: a folder or address for two lists: the keys of rows in which checks found a problem, and the
            hidden cells with the reasons. If it is empty, the lists are not written.
        say: a function that prints each step.

    Returns:
        Whether every survey passed.

    Raises:
        SpecError: batch.yaml is not valid.
        RequestError: `workers` or `private` is not valid.
        BatchError: batch.yaml names a parameter that no notebook knows. Or another batch uses the same folder
            of outputs, or this folder has results of another survey. Or no scheduler answers, or one of its
            workers cannot do the work. Nothing was run.
        KeyboardInterrupt: the batch was stopped by hand. Finished results are in place. Nothing is left of
            unfinished runs.
    """
    path = Path(path)
    batch = load_model(path, Batch)
    folder = path.resolve().parent
    runs, outputs = plan_runs(batch, folder), folder / batch.outputs
    if of := next(
        (run.survey for run in runs if Path(run.survey).resolve().parent == outputs.resolve()), None
    ):
        raise BatchError(
            "the folder of outputs is that of a survey: results would lie beside its microdata",
            where=f"{path}: outputs",
            found=str(of),
            do="name another folder, such as outputs",
        )
    options = BatchOptions(workers, scheduler, resume, replace, private)
    if only:
        return _run_only(find_run(only, runs), outputs.resolve(), options, say)
    return run_surveys(runs, outputs, options, say)


def run_surveys(
    runs: Sequence[Run],
    outputs: Path,
    options: BatchOptions = DEFAULTS,
    say: Callable[[str], None] = print_line,
) -> bool:
    """Runs surveys through the notebooks, and writes the results of each into its own folder in `outputs`.
    Returns whether every survey passed; see `run_batch`.
    """
    expect_workers(options.workers)
    outputs, mine = outputs.resolve(), [run.name for run in runs]
    options = with_private_place(options, outputs)
    with locked(outputs) as hold:
        finish_interrupted(outputs)
        if not options.replace:
            refuse_others(runs, outputs)
        write_assets(outputs / ASSETS)
        found = {p.parent.name.removesuffix(FAILED) for p in outputs.glob(f"*/{RECORD}")}
        others = sorted(found - set(mine)) if options.keep_others else []

        def index(ended: Mapping[str, RunEnd]) -> Path:
            _note_failures(outputs, ended)
            entries = [
                index_entry(outputs / name, ended[name].error if name in ended else "")
                for name in (*mine, *others)
            ]
            return write_index(outputs, [found for found in entries if found])

        work = partial(run_survey, outputs=outputs, options=options)
        files = [file for run in runs for file in (run.survey, run.plan) if file]
        here = thread_workers(options.workers, work, threading.Event(), say)
        with workers_of(options.scheduler, work, hold, files, say) if options.scheduler else here as pool:
            ended, front = run_all(runs, pool, say, index, clear=partial(finish_interrupted, outputs))
        return all_passed(ended, front, say)


def with_private_place(options: BatchOptions, outputs: Path | str) -> BatchOptions:
    """Returns the options with the absolute path of the private place (where confidential files are written).
    Raises `RequestError` if this place is not allowed, for example because it is inside `outputs`.
    """
    if not options.private:
        return options
    return dataclasses.replace(options, private=private_place(options.private, outputs))


def _note_failures(outputs: Path, ended: Mapping[str, RunEnd]) -> None:
    """Writes the error of each failed run into a folder beside the survey's folder of results. So every later
    index page shows the error, no matter which command writes the page."""
    for name, done in ended.items():
        with suppress(OSError):  # a full disk may be the reason of the failure
            note_failure(outputs / name, done.error)


def find_run(name: str, runs: Sequence[Run]) -> Run:
    """Returns the run of a batch that has this name. Raises `BatchError` if the batch has no such run."""
    named = {run.name: run for run in runs}
    if name not in named:
        raise BatchError("the batch has no survey of this name", where="--only", found=name, allowed=named)
    return named[name]


def _run_only(run: Run, outputs: Path, options: BatchOptions, say: Callable[[str], None]) -> bool:
    """Runs one survey, while other processes may run other surveys of the batch. Returns whether the survey
    passed. A later run of the whole batch writes the index."""
    options = with_private_place(options, outputs)
    with locked(outputs, run.name):
        finish_interrupted(outputs, run.name)
        if not options.replace:
            refuse_others([run], outputs)
        work = partial(run_survey, outputs=outputs, options=options)
        with thread_workers(1, work, threading.Event(), say) as pool:
            ended, _ = run_all([run], pool, say, partial(_note_failures, outputs))
    return ended[run.name].state != "failed"


def run_survey(
    run: Run, outputs: Path, options: BatchOptions, *, stop: Stop, say: Callable[[str], None]
) -> RunEnd:
    """Runs one survey's notebooks in a separate folder, and moves the folder into place when it is complete.

    All errors that a run can raise are caught here. If a survey fails, the results of an earlier run stay
    unchanged. A second folder, beside the results, then gets the error and the notebook that failed, up to
    the cell that failed. This notebook shows only numbers that were published with the protection of the
    whole run (`fl.publish_run`). No file of numbers is written.

    Raises:
        Stopped: `stop` was set; nothing is left of this run.
    """
    try:
        if options.private:  # also if the findings stop the run; what cannot be read, the run itself reports
            with suppress(FltoolkitError):
                write_rows(run.survey, run.name, options.private)
        return _run_into(run, outputs / run.name, options, stop, say)
    except FltoolkitError as error:  # for example, the workbook to be replaced has entries that nobody read
        return RunEnd("failed", str(error))
    except OSError as error:
        if stop.is_set():  # a killed kernel removes its files while they are being cleared
            raise Stopped from None
        cause = file_error(error)
        problem = "files cannot be read or written; the earlier results are kept"
        found = f"{cause.where}: {cause.problem} {cause.found}".strip(": ")
        return RunEnd("failed", str(BatchError(problem, where=run.name, found=found, do=cause.do)))


def _run_into(
    run: Run, target: Path, options: BatchOptions, stop: Stop, say: Callable[[str], None]
) -> RunEnd:
    started, without_key = time.time(), not has_key(run)
    now, about, restricted = run_inputs(run, target), survey_facts(run), target / "restricted"
    if without_key and now.key:
        say(f"{run.name}: made the secret key of the survey: keep it beside survey.yaml, with a copy")
    if options.resume and (target.exists() or failed_folder(target).exists()):
        if not (why := why_rerun(now, target)):
            return RunEnd("skipped")
        say(f"{run.name}: runs again, because {why}")
    workbook = _workbook_read(run, target)
    with work_folder(target) as work:
        before = read_record(target)
        progress = Progress(run.name, before.seconds if before else 0.0, say)
        error, notebook = _run_notebooks(run, work, now, stop, progress, private=options.private)
        missing = {} if error else untranslated_in(run)
        record = Record(
            **now.model_dump(),
            **about,
            name=run.name,
            corrections=corrections_of(run),
            untranslated=missing,
            status="failed" if error else "complete",
            error=error,
            notebook=notebook,
            outputs=file_hashes(work),
            seconds=round(time.time() - started, 1),
        )
        write_whole(work / RECORD, record.model_dump_json(indent=2) + "\n")
        if error:
            put_in_place(work, failed_folder(target))
            return RunEnd("failed", error)
        if hash_if_edited(target, WORKBOOK) != workbook:
            do = f"run: fltoolkit nap read {relative_path(target / WORKBOOK, Path.cwd())}, then run again"
            raise BatchError(
                "the workbook was filled in while this ran; the earlier results are kept",
                where=run.name,
                do=do,
            )
        if restricted.is_dir():  # from an older version of the kit, or put there by hand
            say(
                f"{run.name}: restricted/ is not kept among the outputs; `fltoolkit estimate "
                "--restricted --private FOLDER` writes it anew"
            )
        put_in_place(work, target)
        shutil.rmtree(failed_folder(target), ignore_errors=True)
    for sentence in without_translation(missing):
        say(f"{run.name}: {sentence} {RECORD} lists them, under `untranslated`.")
    return RunEnd("passed")


def _workbook_read(run: Run, target: Path) -> str:
    """Checks the workbook that this run will replace: all entries of partners must already be in
    partners.yaml. Returns the SHA-256 of the workbook if somebody changed it after the last run, otherwise an
    empty text.

    Raises:
        BatchError: the workbook has something that is not in partners.yaml.
        SpecError: partners.yaml is not valid.
    """
    touched = hash_if_edited(target, WORKBOOK)
    if touched:  # a workbook that is as the run left it need not be opened
        partners = read_partners(run.plan) if run.plan else Partners()
        refuse_unread(target / WORKBOOK, partners, relative_path(target / WORKBOOK, Path.cwd()))
    return touched


def _run_notebooks(
    run: Run, work: Path, now: RunInputs, stop: Stop, progress: Progress, *, private: str
) -> tuple[str, str]:
    """Runs the notebooks in `work` and writes their pages. Returns the error and the page that shows it, or
    two empty texts.

    `now` has the parameters of each notebook, and the hashes of the input files. If an input file changes
    during the run, the run fails.
    """
    links, notebook = [INDEX, *((_title(n), f"{n}.html") for n in notebooks_of(run))], ""
    try:
        refuse_unfit_inputs(run.survey, run.plan, run.earlier)
        with Kernel(work, stop, progress) as kernel:
            for notebook in notebooks_of(run):
                if stop.is_set():
                    raise Stopped
                progress.notebook(notebook)
                _execute(notebook, work, now.parameters[notebook], kernel)
                _page(run, work, notebook, links)
            if input_hashes(run) != now.inputs:
                raise BatchError(
                    "a file changed while it was read",
                    where=run.name,
                    do="run it again, when the file is finished",
                )
            if private:
                kernel.call(disclosure_call(private, run.name, now.parameters[PUBLISHING]))
    except (
        Exception
    ) as error:  # a kernel can die, a cell can raise, a disk can fill: the other surveys continue
        if stop.is_set():
            raise Stopped from None
        return _error(error, run, notebook, work), _clean_failed_run(run, notebook, work)
    finally:
        progress.ended()
        for hidden in work.glob(".*"):  # DuckDB's temporary files contain data on persons
            shutil.rmtree(hidden) if hidden.is_dir() else hidden.unlink()
    return "", ""


def _execute(name: str, work: Path, parameters: dict[str, Any], kernel: Kernel) -> None:
    """Runs one notebook with papermill, in the run's kernel, whose working folder is `work`."""
    register_engine()
    import_without_grammar("papermill").execute_notebook(
        str(notebook_folder() / f"{name}.ipynb"),
        str(work / f"{name}.ipynb"),
        parameters=parameters,
        progress_bar=False,
        kernel_name="python3",
        engine_name=ENGINE,
        kernel=kernel,
    )


def _title(notebook: str) -> str:
    """Returns a notebook's name for the list of pages."""
    return PAGES.get(notebook, notebook.replace("_", " ", 1))


def _page(run: Run, work: Path, name: str, links: list[tuple[str, str]]) -> None:
    """Normalises the executed notebook `name` in the folder `work`, and writes its page with links to the
    run's other pages."""
    notebook, facts = _normalised(run, work, name), survey_facts(run)
    page(
        notebook,
        work / f"{name}.html",
        title=_title(name),
        assets=f"../{ASSETS}",
        links=links,
        source=str(facts["title"]),
        release=facts.get("release"),
    )


def _normalised(run: Run, work: Path, name: str) -> Path:
    """Changes an executed notebook. It removes times and other things that differ between runs, the paths of
    this machine, and words that may quote a person. Returns the path of the notebook."""
    notebook = work / f"{name}.ipynb"
    normalise_file(notebook)
    write_whole(
        notebook, _without_machine_paths(notebook.read_text(encoding="utf-8"), run, work, escaped=True)
    )
    return notebook


def _without_machine_paths(text: str, run: Run, work: Path, *, escaped: bool = False) -> str:
    """Returns a text in which the paths of this machine are shortened. The folders of the survey and of the
    kit are replaced by their last names, and `work` by `.`. With `escaped`, the text is JSON."""
    for place, seen in (
        (work, "."),
        (run.survey.parent, run.survey.parent.name),
        (PACKAGE.parent, "fltoolkit"),
    ):
        text = text.replace(json.dumps(str(place))[1:-1] if escaped else str(place), seen)
    return text


def _error(error: Exception, run: Run, notebook: str, work: Path) -> str:
    """Returns the message of a failed run: its notebook, the cell's section, and the printable part of its
    error, without paths."""
    from papermill.exceptions import PapermillExecutionError

    if isinstance(error, PapermillExecutionError):  # a cell raised
        place = place_of_cell(work / f"{notebook}.ipynb", error.exec_count)
        text = (
            f"{place}: {printable_cell_error(error.ename, error.evalue, error.traceback, error.exec_count)}"
        )
    else:
        text = (
            printable_text(error)
            if isinstance(error, FltoolkitError)
            else f"{notebook}: {printable_text(error)}"
        )
    return _without_machine_paths(text, run, work)


def _clean_failed_run(run: Run, notebook: str, work: Path) -> str:
    """Deletes everything in the folder of a failed run except the notebook that failed, and writes the page
    of this notebook. Returns the name of the file to show: the page, or the notebook, or an empty text if
    there is neither."""
    half = work / f"{notebook}.ipynb"
    for other in work.iterdir():
        if other.name != half.name:
            other.unlink() if other.is_file() else shutil.rmtree(other)
    with suppress(
        Exception
    ):  # the page is optional: if writing it fails, it is deleted, and the error itself is still reported
        _normalised(run, work, notebook)
        with suppress(Exception):
            _page(run, work, notebook, [INDEX])
            return f"{notebook}.html"
        return half.name
    half.unlink(missing_ok=True)
    return ""


def index_entry(folder: Path, error: str = "") -> Entry | None:
    """Returns the entry of a survey in the index page of a batch. The entry is made from run.json, and from
    the stored error of the latest run. The results count only if estimates.csv is as the run wrote it.
    Returns None if there are neither results nor an error.

    `error` is the error of this batch's run. It is given separately, because a full disk can prevent its
    storage beside the folder.
    """
    there, latest, numbers = read_record(folder), failed_record(folder), "estimates.csv"
    record = there if there and there.status == "complete" else None
    error = error or (latest.error if latest else "")
    shown = f"{failed_folder(folder).name}/{latest.notebook}" if latest and latest.notebook else ""
    if record is None or numbers in record.altered(folder):
        title, coverage = (latest.title, latest.coverage_excludes) if latest else (folder.name, ())
        return Entry(folder.name, title, coverage, error, shown) if error else None
    return Entry(
        folder.name,
        record.title,
        record.coverage_excludes,
        notebook=shown,
        refused=error,
        year=record.year or 0,
        release=record.release,
    )
