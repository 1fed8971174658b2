"""Runs surveys on the workers of a Dask cluster. Before that, it checks that the cluster answers and that
each worker can do the work.

A worker writes its results into the folder of results. The cluster itself transports only the run's name, its
paths, and how it ended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from fltoolkit.errors import BatchError, RequestError
from fltoolkit.run.run_record import code_hash, differing_keys, versions

ANSWERS_IN, COMES_IN = 30, 60  # seconds to wait for the scheduler, and for its first worker
T = TypeVar("T")
Give = Callable[..., "Future[Any]"]


class ResultsLock(Protocol):
    """The lock of a folder of results, as a worker uses it to check that it may write there.

    This is an interface. `output_folders.FolderLock` implements it for a folder, and
    `remote_batch.RemoteLock` for an address. `holder` identifies the batch that owns the lock. `unusable`
    returns the reason why this process cannot write to the folder, or an empty text if it can.
    """

    @property
    def holder(self) -> str: ...

    def unusable(self) -> str: ...


@dataclass(frozen=True)
class WorkerNeeds:
    """The conditions under which a worker of a Dask cluster can do the work of a batch.

    Attributes:
        hold: the lock of the folder of results. The worker must be able to write to this folder.
        files: the surveys' files. The worker must see them at the same paths.
        code: the hash of the kit's code. The worker must have the same code.
        versions: the versions of Python and libraries. The worker must have the same ones.
    """

    hold: ResultsLock
    files: tuple[Path, ...]
    code: str
    versions: dict[str, str]


def why_unable(needs: WorkerNeeds) -> str:
    """Returns the reason, in words, why this process cannot do the work of a batch, for example because a
    library has another version. Returns an empty text if it can do the work.
    """
    if differing := differing_keys(needs.versions, here := versions()):
        names = differing.split(", ")
        return f"another version of {', '.join(f'{n} ({here[n]}, not {needs.versions[n]})' for n in names)}"
    if needs.code != code_hash():
        return (
            "other code of fltoolkit than where the batch was started (or older code, if it was "
            "changed since this worker was)"
        )
    if why := needs.hold.unusable():
        return why
    if missing := [str(file) for file in needs.files if not file.is_file()]:
        return f"files are not there: {', '.join(missing[:3])}{' …' * (len(missing) > 3)}"
    return ""


@contextmanager
def cluster(scheduler: str, needs: WorkerNeeds, say: Callable[[str], None]) -> Iterator[Give]:
    """Connects to a scheduler, and yields a function that gives work to its workers.

    The yielded function has these arguments: a name for the work, a function `lost`, the work as a function,
    and the arguments of the work. If every worker that tries the work dies, `lost` is called with the reason,
    and its return value is the result. The work also gets an argument `say`: a function that prints messages
    where the batch was started.

    `needs` is what each worker must have.

    Raises:
        RequestError: Dask is not installed.
        BatchError: no scheduler answers, it has no workers, or one of them cannot do the work.
    """
    try:
        from distributed import Client
    except ImportError:
        do = "pip install 'fltoolkit[cluster]', here and on the workers"
        raise RequestError("a batch on many machines needs Dask", where="--scheduler", do=do) from None
    try:
        client = Client(scheduler, timeout=ANSWERS_IN, name="fltoolkit", set_as_default=False)
    except (OSError, ValueError) as error:
        do = (
            "give the address that `dask scheduler` printed when it was started; or leave --scheduler "
            "out and use this machine"
        )
        raise BatchError(
            "no Dask scheduler answers there",
            where=scheduler,
            found=error,
            allowed="tcp://MACHINE:PORT",
            do=do,
        ) from None
    with client:
        _look_at_workers(client, scheduler, needs, say)
        topic = f"fltoolkit {needs.hold.holder}"
        client.subscribe_topic(topic, lambda event: say(event[1]))

        def give(
            name: str, lost: Callable[[str], T], work: Callable[..., T], *arguments: object
        ) -> Future[T]:
            ours: Future[T] = Future()
            theirs = client.submit(
                _with_messages, topic, work, *arguments, key=f"{name} of {needs.hold.holder}", pure=False
            )
            theirs.add_done_callback(lambda done: _copy_outcome(name, done, ours, lost))
            return ours

        yield give


def _look_at_workers(client: Any, scheduler: str, needs: WorkerNeeds, say: Callable[[str], None]) -> None:
    """Checks that there are workers, and that each present worker can do the work. A worker that comes later
    checks itself."""
    if not client.scheduler_info(n_workers=-1)["workers"]:
        say(f"waiting for the workers of {scheduler}")
    try:
        client.wait_for_workers(1, timeout=COMES_IN)
    except TimeoutError:
        raise BatchError(
            "the scheduler has no workers",
            where=scheduler,
            do=f"start some: dask worker {scheduler} --nthreads 1",
        ) from None
    for worker, why in client.run(why_unable, needs, on_error="return").items():
        if isinstance(why, Exception):
            why = f"fltoolkit cannot be used there: {type(why).__name__}: {why}"
        if why:
            do = (
                "give every worker the same folders at the same paths and the same environment "
                "(requirements.lock), and start it anew"
            )
            raise BatchError("a worker cannot do this batch", where=worker, found=why, do=do)
    say(f"{len(client.scheduler_info(n_workers=-1)['workers'])} worker(s) at {scheduler}")


def _with_messages(topic: str, work: Callable[..., T], *arguments: object) -> T:
    """Does the work on a worker. Messages of the work are sent to the machine where the batch was started,
    and printed there. `topic` is the Dask topic under which they are sent."""
    from distributed import get_worker

    worker = get_worker()
    return work(*arguments, say=lambda text: worker.log_event(topic, text))


def _copy_outcome(name: str, theirs: Any, ours: Future[T], lost: Callable[[str], T]) -> None:
    """A task has two futures: one on the cluster (`theirs`), and one that this machine waits for (`ours`).
    This function copies the outcome from the first to the second. If the workers of the task died, the
    outcome is the return value of `lost`. After the copy, the cluster may delete the result, so it does not
    matter if its worker dies later."""
    from distributed.scheduler import KilledWorker

    try:
        result = theirs.result()
    except KilledWorker as error:
        do = "look into their logs (it is often memory), then run again with --resume"
        found = f"{error.allowed_failures + 1} times"
        ours.set_result(
            lost(str(BatchError("every worker that ran this survey died", where=name, found=found, do=do)))
        )
    except BaseException as error:
        if theirs.status == "error":
            ours.set_exception(error)
        else:
            do = "start it again, then run again with --resume: finished surveys are kept"
            ours.set_exception(
                BatchError("the connection to the Dask scheduler was lost", where=name, found=error, do=do)
            )
    else:
        ours.set_result(result)
        theirs.release()
