"""Tests runs on several workers: their ends are reported in order, the index is updated, and a stop waits for
running surveys."""

from __future__ import annotations

import signal
import sys
import threading
import weakref
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from fltoolkit.errors import RequestError
from fltoolkit.run.batch_file import Run
from fltoolkit.run.workers import (
    RunEnd,
    Stopped,
    WorkerPool,
    all_passed,
    expect_workers,
    run_all,
    thread_workers,
)

RUNS = [Run(name, Path("survey.yaml"), None) for name in "abc"]


def ended(done: RunEnd | BaseException) -> Future[RunEnd]:
    """A run that has ended already."""
    future: Future[RunEnd] = Future()
    if isinstance(done, BaseException):
        future.set_exception(done)
    else:
        future.set_result(done)
    return future


@pytest.mark.parametrize("workers", [0, -1, 1.5, True, "2"])
def test_a_number_of_workers_is_whole_and_above_zero(workers: Any) -> None:
    with pytest.raises(RequestError, match="allowed: a whole number of 1 or more"):
        expect_workers(workers)


def test_one_worker_is_enough() -> None:
    expect_workers(1)


def test_how_each_ended_is_told_and_given_in_the_order_of_the_batch() -> None:
    states = {
        "a": RunEnd("failed", "no such file\nallowed: x"),
        "b": RunEnd("skipped"),
        "c": RunEnd("passed"),
    }
    said, steps = list[str](), list[str]()

    def index(done: Any) -> str:
        steps.append(f"index of {len(done)}")
        return "index.html"

    pool = WorkerPool(lambda run: ended(states[run.name]), threading.Event())
    found, last = run_all(RUNS, pool, said.append, index, clear=lambda: steps.append("clear"))
    assert (list(found), last) == (["a", "b", "c"], "index.html")
    assert steps[-2:] == ["clear", "index of 3"]  # what a worker left goes before the last index
    told = {line.partition(" (")[0]: line.partition(")")[2] for line in said}
    assert told == {"a: failed: no such file": "\nallowed: x", "b: current, skipped": "", "c: done": ""}
    assert {line.partition("(")[2].partition(")")[0] for line in said} == {"1 of 3", "2 of 3", "3 of 3"}


def test_a_run_that_was_stopped_where_it_ran_fails_alone() -> None:
    pool = WorkerPool(
        lambda run: ended(Stopped() if run.name == "b" else RunEnd("passed")), threading.Event()
    )
    found, _ = run_all(RUNS, pool, lambda _: None, len)
    assert [found[name].state for name in "abc"] == ["passed", "failed", "passed"]
    assert found["b"].error.startswith(
        "b: the survey was stopped, because its worker could not see the folder of results"
    )


def test_stopped_by_hand_it_waits_for_what_is_at_work_and_says_what_is_finished() -> None:
    before = signal.getsignal(signal.SIGINT)
    at_work: Future[RunEnd] = Future()
    said, steps = list[str](), list[str]()
    stop = threading.Event()

    def give(run: Run) -> Future[RunEnd]:
        if run.name == "c":
            signal.raise_signal(signal.SIGINT)
        return ended(RunEnd("passed")) if run.name == "a" else at_work

    def end() -> None:
        steps.append("end")
        assert stop.is_set()
        threading.Timer(0.2, lambda: at_work.set_exception(Stopped())).start()

    with pytest.raises(KeyboardInterrupt):
        run_all(RUNS, WorkerPool(give, stop, end), said.append, lambda _: steps.append("index"))
    assert at_work.done()
    assert steps == ["end", "index"]
    assert said == ["stopped; finished: a (1 of 3). A batch goes on with --resume."]
    assert signal.getsignal(signal.SIGINT) is before


def test_a_stop_between_two_surveys_prints_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    """The signal comes while Python runs a callback of its own, where an error is printed and lost."""
    lost: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lost.append)
    working: Future[RunEnd] = Future()
    pool = WorkerPool(
        lambda run: working if run.name == "b" else ended(RunEnd("passed")),
        threading.Event(),
        working.cancel,
    )

    def index(_: object) -> None:
        gone = threading.Event()
        held = weakref.ref(gone, lambda _: signal.raise_signal(signal.SIGTERM))
        del gone
        assert held() is None

    told: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        run_all(RUNS[:2], pool, told.append, index)
    assert lost == []
    assert told[-1].startswith("stopped; finished: a (1 of 2)")


def test_a_stop_that_another_thread_saw_ends_the_batch_too() -> None:
    """An interrupt that falls into a callback of Python's own is lost: then only `stop` tells."""
    stop = threading.Event()

    def give(run: Run) -> Future[RunEnd]:
        stop.set()
        return ended(RunEnd("passed"))

    said = list[str]()
    with pytest.raises(KeyboardInterrupt):
        run_all(RUNS[:1], WorkerPool(give, stop), said.append, len)
    assert said[-1].startswith("stopped; finished: a (1 of 1)")


def test_threads_hand_over_the_run_the_stop_and_where_to_tell() -> None:
    stop = threading.Event()

    def work(run: Run, *, stop: Any, say: Any) -> RunEnd:
        say(run.name)
        return RunEnd("skipped" if stop.is_set() else "passed")

    said = list[str]()
    with thread_workers(1, work, stop, said.append) as pool:
        assert pool.give(RUNS[0]).result().state == "passed"
        assert pool.stop is stop
        pool.end()
        with pytest.raises(RuntimeError, match="after shutdown"):
            pool.give(RUNS[1])
    assert said == ["a"]


@pytest.mark.parametrize(("state", "passed"), [("passed", True), ("skipped", True), ("failed", False)])
def test_a_batch_passed_if_none_failed(state: Any, passed: bool) -> None:
    said = list[str]()
    assert all_passed({"a": RunEnd("passed"), "b": RunEnd(state)}, "index.html", said.append) is passed
    counts = {
        "passed": "2 passed, 0 failed, 0 skipped",
        "skipped": "1 passed, 0 failed, 1 skipped",
        "failed": "1 passed, 1 failed, 0 skipped",
    }
    assert said == [f"{counts[state]}: open index.html"]
