"""Passes runs to workers (threads, or the workers of a Dask cluster), and waits until all have ended or the
batch is stopped.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeVar

from fltoolkit.errors import BatchError, RequestError
from fltoolkit.run.batch_file import Run
from fltoolkit.run.dask_cluster import WorkerNeeds, cluster, why_unable
from fltoolkit.run.jupyter import LOOKS_EVERY, Stop
from fltoolkit.run.run_record import code_hash, versions
from fltoolkit.terminal import redraw

T = TypeVar("T")


@dataclass(frozen=True)
class RunEnd:
    """The end of the run of one survey.

    Attributes:
        state: passed, failed, or skipped because its results are current.
        error: the message of a failed run; otherwise empty.
    """

    state: Literal["passed", "failed", "skipped"]
    error: str = ""


class Stopped(Exception):
    """Raised in the run of a survey when the user stops the batch."""


@dataclass(frozen=True)
class WorkerPool:
    """The workers of a batch: threads on this machine, or those of a Dask cluster.

    Attributes:
        give: a function that passes one run to a worker, and returns the future result of the run.
        stop: if it is set, the workers abandon unfinished runs.
        end: a function that releases the workers.
    """

    give: Callable[[Run], Future[RunEnd]]
    stop: Stop
    end: Callable[[], object] = lambda: None


def expect_workers(workers: int) -> None:
    """Raises `RequestError` if `workers` is not a whole number of 1 or more."""
    if isinstance(workers, bool) or not isinstance(workers, int) or workers < 1:
        raise RequestError(
            "so many surveys cannot run at the same time",
            where="workers",
            found=workers,
            allowed="a whole number of 1 or more",
            do="leave it out for 2",
        )


@contextmanager
def thread_workers(
    workers: int, work: Callable[..., RunEnd], stop: Stop, say: Callable[[str], None]
) -> Iterator[WorkerPool]:
    """Yields the workers of a batch as threads on this machine. At most `workers` surveys run at the same
    time. Each survey has its own kernel, which is a separate process. `work` is the function that runs one
    survey."""
    with ThreadPoolExecutor(workers) as pool:
        yield WorkerPool(
            lambda run: pool.submit(work, run, stop=stop, say=say),
            stop,
            lambda: pool.shutdown(wait=False, cancel_futures=True),
        )


@contextmanager
def workers_of(
    scheduler: str, work: Callable[..., RunEnd], stop: Any, files: Sequence[Path], say: Callable[[str], None]
) -> Iterator[WorkerPool]:
    """Yields the workers of a Dask cluster, after a check that each can do the work and sees these files.

    `work` is the function that runs one survey, and `files` are the files that each worker must see.
    """
    needs = WorkerNeeds(stop, tuple(files), code_hash(), versions())
    with cluster(scheduler, needs, say) as give:
        yield WorkerPool(
            lambda run: give(run.name, partial(RunEnd, "failed"), _on_worker, work, run, stop, needs), stop
        )


def _on_worker(
    work: Callable[..., RunEnd], run: Run, stop: Stop, needs: WorkerNeeds, *, say: Callable[[str], None]
) -> RunEnd:
    """Runs one survey on a worker. The worker checks itself, because it may have come after the check of the
    others.

    `work` is the function that runs one survey, and `needs` is what the worker must have.
    """
    if stop.is_set():
        raise Stopped
    if why := why_unable(needs):
        return RunEnd("failed", str(BatchError("a worker cannot do this", where=run.name, found=why)))
    return work(run, stop=stop, say=say)


def run_all(
    runs: Sequence[Run],
    pool: WorkerPool,
    say: Callable[[str], None],
    index: Callable[[Mapping[str, RunEnd]], T],
    *,
    clear: Callable[[], object] = lambda: None,
) -> tuple[dict[str, RunEnd], T]:
    """Runs surveys, some at the same time, and updates the index as they end. Updates of the index take at
    most about a twentieth of the time.

    If the batch is stopped by hand, this function waits until the kernels have ended and unfinished folders
    are removed.

    Args:
        runs: the surveys to run.
        pool: the workers that run them.
        say: a function that prints how each run ended.
        index: a function that writes the index page of the runs that have ended.
        clear: a function that is called when all runs have ended, before the last index is written. It
            removes the unfinished files of workers that died.

    Returns:
        The end of each run, by the run's name, and the result of the last call of `index`.

    Raises:
        KeyboardInterrupt: stopped by hand.
    """
    waiting: dict[Future[RunEnd], Run] = {}
    ended: dict[str, RunEnd] = {}
    with _stop_on_request(pool.stop):
        try:
            due = 0.0
            for run in runs:
                waiting[pool.give(run)] = run
            left = set(waiting)
            while left:
                done, left = wait(left, timeout=LOOKS_EVERY, return_when=FIRST_COMPLETED)
                redraw()
                if pool.stop.is_set():
                    raise KeyboardInterrupt  # not by the signal itself, see `_stop_on_request`
                for future in done:
                    name = waiting[future].name
                    ended[name] = result = _run_end(future, name)
                    state = {
                        "passed": "done",
                        "failed": f"failed: {result.error}",
                        "skipped": "current, skipped",
                    }[result.state]
                    step, newline, more = state.partition("\n")
                    say(f"{name}: {step} ({len(ended)} of {len(runs)}){newline}{more}")
                if done and left and (started := time.monotonic()) >= due:
                    index(ended)
                    due = time.monotonic() + 20 * (time.monotonic() - started)
            clear()
            return {run.name: ended[run.name] for run in runs}, index(ended)
        except KeyboardInterrupt:
            pool.stop.set()
            pool.end()
            while not all(done.done() for done in waiting):
                time.sleep(0.1)
            index(ended)
            finished = [
                run.name for done, run in waiting.items() if not done.cancelled() and done.exception() is None
            ]
            names = ", ".join(finished) or "none"
            say(
                f"stopped; finished: {names} ({len(finished)} of {len(runs)}). A batch goes on with --resume."
            )
            raise


def _run_end(done: Future[RunEnd], name: str) -> RunEnd:
    try:
        return done.result()
    except Stopped:  # not stopped by this batch, which continues
        do = "check the folders that this machine shares, then run again with --resume"
        return RunEnd(
            "failed",
            str(
                BatchError(
                    "the survey was stopped, because its worker could not see the folder of results",
                    where=name,
                    do=do,
                )
            ),
        )


ENDS = [number for name in ("SIGINT", "SIGTERM", "SIGHUP") if (number := getattr(signal, name, None))]


@contextmanager
def _stop_on_request(stop: Stop) -> Iterator[None]:
    """Within this context, a request of the user to stop the batch sets `stop`. Such a request is Ctrl-C,
    SIGTERM or SIGHUP (a closed terminal).

    The request raises no error by itself: it can come while Python runs a callback of its own, where the
    error would be printed and lost.
    """

    def end(*_: object) -> None:
        stop.set()

    if (
        threading.current_thread() is not threading.main_thread()
    ):  # only the main thread may set signal handlers
        yield
        return
    # SIG_IGN: the process was started with nohup
    ends = [
        number for number in ENDS if number == signal.SIGINT or signal.getsignal(number) != signal.SIG_IGN
    ]
    before = {number: signal.signal(number, end) for number in ends}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)  # None: the handler was not set from Python


def all_passed(ended: Mapping[str, RunEnd], index: object, say: Callable[[str], None]) -> bool:
    """Prints how many surveys passed, failed or were skipped, and where the index page is. Returns whether no
    survey failed."""
    counts = {
        state: sum(done.state == state for done in ended.values())
        for state in ("passed", "failed", "skipped")
    }
    say(f"{', '.join(f'{n} {state}' for state, n in counts.items())}: open {index}")
    return not counts["failed"]
