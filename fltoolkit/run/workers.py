"""Gives runs to workers (threads, or those of a Dask cluster) and waits until all have ended or one says stop."""

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
from fltoolkit.run.dask_cluster import Needs, cluster, unable
from fltoolkit.run.notebook_kernel import Stop
from fltoolkit.run.run_record import code_hash, versions
from fltoolkit.terminal import redraw

T = TypeVar("T")


@dataclass(frozen=True)
class Done:
    """How a survey's run ended, and the error if it failed."""

    state: Literal["passed", "failed", "skipped"]
    error: str = ""


class Stopped(Exception):
    """The batch was stopped by hand while this survey ran."""


@dataclass(frozen=True)
class Hands:
    """The workers of a batch: they run what they are given and, once `stop` is set, abandon what is not finished."""

    give: Callable[[Run], Future[Done]]
    stop: Stop
    end: Callable[[], object] = lambda: None


def expect_workers(workers: int) -> None:
    """Raise `RequestError` unless surveys can be run by so many workers."""
    if isinstance(workers, bool) or not isinstance(workers, int) or workers < 1:
        raise RequestError(
            "so many surveys cannot run at the same time", where="workers", found=workers, allowed="a whole number from 1 on",
            do="leave it out for 2",
        )  # fmt: skip


@contextmanager
def threads(workers: int, work: Callable[..., Done], stop: Stop, say: Callable[[str], None]) -> Iterator[Hands]:
    """This machine: so many runs at the same time, each with a kernel, which is a process, of its own."""
    with ThreadPoolExecutor(workers) as pool:
        yield Hands(
            lambda run: pool.submit(work, run, stop=stop, say=say), stop, lambda: pool.shutdown(wait=False, cancel_futures=True)
        )


@contextmanager
def workers_of(
    scheduler: str, work: Callable[..., Done], stop: Any, files: Sequence[Path], say: Callable[[str], None]
) -> Iterator[Hands]:
    """The workers of a Dask cluster, once each was found able to do the work, for which it must see these files."""
    needs = Needs(stop, tuple(files), code_hash(), versions())
    with cluster(scheduler, needs, say) as give:
        yield Hands(lambda run: give(run.name, partial(Done, "failed"), _on_worker, work, run, stop, needs), stop)


def _on_worker(work: Callable[..., Done], run: Run, stop: Stop, needs: Needs, *, say: Callable[[str], None]) -> Done:
    """One survey on a worker, which may have come after the others were looked at."""
    if stop.is_set():
        raise Stopped
    if why := unable(needs):
        return Done("failed", str(BatchError("a worker cannot do this", where=run.name, found=why)))
    return work(run, stop=stop, say=say)


def run_all(
    runs: Sequence[Run],
    hands: Hands,
    say: Callable[[str], None],
    index: Callable[[Mapping[str, Done]], T],
    *,
    clear: Callable[[], object] = lambda: None,
) -> tuple[dict[str, Done], T]:
    """Run surveys, some at the same time, and bring the index up to date as they end, as far as that takes a twentieth of the time.

    Stopped by hand, it waits until kernels have ended and the folders that are not finished are cleared away.

    Args:
        runs, hands: what is run, and by whom. say: told how each ended. index: writes the index of what has ended.
        clear: called once all have ended, before the last index: takes away what a worker left that died.

    Returns:
        How each ended, by its name, and what the last `index` gave.

    Raises:
        KeyboardInterrupt: stopped by hand.
    """
    waiting: dict[Future[Done], Run] = {}
    ended: dict[str, Done] = {}
    with _by_hand(hands.stop):
        try:
            due = 0.0
            for run in runs:
                waiting[hands.give(run)] = run
            left = set(waiting)
            while left:
                done, left = wait(left, timeout=1, return_when=FIRST_COMPLETED)  # a thread that sleeps for good hears no signal
                redraw()
                if hands.stop.is_set():
                    raise KeyboardInterrupt
                for future in done:
                    name = waiting[future].name
                    ended[name] = result = _result(future, name)
                    state = {"passed": "done", "failed": f"failed: {result.error}", "skipped": "current, skipped"}[result.state]
                    said, newline, more = state.partition("\n")
                    say(f"{name}: {said} ({len(ended)} of {len(runs)}){newline}{more}")
                if done and left and (started := time.monotonic()) >= due:
                    index(ended)
                    due = time.monotonic() + 20 * (time.monotonic() - started)
            clear()
            return {run.name: ended[run.name] for run in runs}, index(ended)
        except KeyboardInterrupt:
            hands.stop.set()
            hands.end()
            while not all(done.done() for done in waiting):
                time.sleep(0.1)
            index(ended)
            finished = [run.name for done, run in waiting.items() if _finished(done)]
            names = ", ".join(finished) or "none"
            say(f"stopped; finished: {names} ({len(finished)} of {len(runs)}). A batch goes on with --resume.")
            raise


def _result(done: Future[Done], name: str) -> Done:
    try:
        return done.result()
    except Stopped:  # not by this batch, which goes on
        do = "see to the folders that this machine shares, then run again with --resume"
        return Done(
            "failed", str(BatchError("it was stopped, since the folder of results was not seen where it ran", where=name, do=do))
        )


ENDS = [number for name in ("SIGINT", "SIGTERM", "SIGHUP") if (number := getattr(signal, name, None))]


@contextmanager
def _by_hand(stop: Stop) -> Iterator[None]:
    """Let Ctrl-C, a polite request to end (SIGTERM) and a terminal that is closed (SIGHUP) set `stop` and interrupt, once.

    Where the interrupt falls into a callback of Python's own it is lost: hence `stop`. A second signal may not stop the clearing away.
    """
    asked = False

    def end(*_: object) -> None:
        nonlocal asked
        if not asked:
            asked = True
            stop.set()
            raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():  # only that one may
        yield
        return
    ends = [number for number in ENDS if number == signal.SIGINT or signal.getsignal(number) != signal.SIG_IGN]  # nohup
    before = {number: signal.signal(number, end) for number in ends}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)  # none: it was not Python's


def _finished(done: Future[Done]) -> bool:
    return not done.cancelled() and done.exception() is None


def all_passed(ended: Mapping[str, Done], index: object, say: Callable[[str], None]) -> bool:
    """Say how many runs ended how, and where the index is; gives whether none failed."""
    counts = {state: sum(done.state == state for done in ended.values()) for state in ("passed", "failed", "skipped")}
    say(f"{', '.join(f'{n} {state}' for state, n in counts.items())}: open {index}")
    return not counts["failed"]
