"""Kills a batch at every operation on a file, one after the other. It is a script, because only a process
without threads may fork.

    python killed_batch.py FOLDER

FOLDER contains a survey in a/, one in b/, and estimates.csv, which replaces their results. A forked child has
a single thread. A lock that another thread of the parent held is held in the child for ever. So the parent
has no other thread: its children, not the parent, run the surveys and open the database. The system ends a
child after a time limit.
"""

from __future__ import annotations

import gc
import itertools
import json
import os
import shutil
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

LONGEST = 60  # seconds a child may take; it needs less than one
KILLED = 9


def quiet(_: str) -> None:
    """Receives the progress messages, and prints nothing."""


def copied(notebook: Path, target: Path, **_: object) -> None:
    """Copies the notebook instead of making its page, because here the page would take longer than everything
    else."""
    target.write_bytes(notebook.read_bytes())


def tree(folder: Path) -> dict[str, bytes]:
    """Returns the content of every file under a folder, without hidden files and without the times in
    run.json."""
    files = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
    found = {
        name.as_posix(): path.read_bytes()
        for name, path in files.items()
        if not any(p.startswith(".") for p in name.parts)
    }
    for name in [name for name in found if name.endswith("run.json")]:
        facts = json.loads(found[name])
        assert facts.pop("seconds") >= 0
        found[name] = json.dumps(facts).encode()
    return found


def kill_at(n: int) -> None:
    """Makes this process end at its n-th operation on a file or folder. A file is then half written, as after
    a SIGKILL."""
    left, lock = itertools.count(n - 1, -1), threading.Lock()
    real_write, real_remove, real_move = Path.write_bytes, shutil.rmtree, Path.replace

    def step(half: Callable[[], object]) -> None:
        with lock:
            if not next(left):
                half()
                os._exit(KILLED)

    def write(path: Path, content: bytes) -> int:
        step(lambda: real_write(path, content[: len(content) // 2]))
        return real_write(path, content)

    def remove(path: Path, **kwargs: Any) -> None:
        step(lambda: [file.unlink() for file in list(Path(path).glob("*.*"))[::2]])
        real_remove(path, **kwargs)

    def move(path: Path, target: Path) -> Path:
        step(lambda: None)
        return real_move(path, target)

    Path.write_bytes, shutil.rmtree, Path.replace = write, remove, move  # type: ignore[method-assign,assignment]


def ended(work: Callable[[], object]) -> int:
    """Returns how a child that does this work ended: 0, or KILLED if `kill_at` killed it."""
    if (tasks := Path("/proc/self/task")).is_dir():
        assert len(list(tasks.iterdir())) == 1, "a process with threads may not fork"
    child = os.fork()
    if not child:
        signal.alarm(LONGEST)
        try:
            work()
            os._exit(0)
        except BaseException:
            traceback.print_exc()
        os._exit(1)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, KILLED), f"ended with {code}" + " (it took too long)" * (code == -signal.SIGALRM)
    return code


def of(name: str, files: dict[str, bytes]) -> dict[str, bytes]:
    return {key: value for key, value in files.items() if key.startswith(f"{name}/")}


def kill_at_every_step(folder: Path) -> None:
    """Asserts that after each kill every file is either the old or the new one, that each folder is complete
    again, and that the next run finishes the work."""
    import nbconvert  # noqa: F401  # here once, instead of in every child
    import nbformat

    from fltoolkit.report.site import front_page, notebook_pages
    from fltoolkit.run import batch, output_folders, run_record
    from fltoolkit.run.batch import BatchOptions, run_surveys
    from fltoolkit.run.batch_file import make_run

    def execute(name: str, work: Path, parameters: dict[str, Any], kernel: object) -> None:
        cell = nbformat.v4.new_code_cell("1", execution_count=1)
        nbformat.write(nbformat.v4.new_notebook(cells=[cell]), work / f"{name}.ipynb")
        if name == "3_estimate":
            shutil.copyfile(folder / "estimates.csv", work / "estimates.csv")

    batch._execute = execute
    batch.page = copied
    runs, out, start = (
        [make_run(folder / name / "survey.yaml", None) for name in "ab"],
        folder / "out",
        folder / "start",
    )
    for (
        one
    ) in runs:  # what a process works out once, such as the hash of the code: here, instead of in every child
        run_record.run_inputs(one, out / one.name)
    read_once = folder / "read_once"
    notebook_pages.write_assets(read_once)
    front_page.write_index(read_once, [])
    gc.freeze()  # else a child's collector writes to each page of memory, which the system then copies

    def run(*, resume: bool = False) -> None:
        assert run_surveys(runs, out, BatchOptions(workers=1, resume=resume), say=quiet), "a survey failed"

    def recover() -> None:
        with output_folders.locked(out):
            output_folders.finish_interrupted(out)

    assert ended(run) == 0
    old = tree(out)
    for name in "ab":
        with (folder / name / "persons.csv").open("a") as file:
            file.write("\n")
    shutil.copytree(out, start)
    assert ended(run) == 0
    new = tree(out)
    assert all(of(name, old) != of(name, new) for name in "ab"), "the old and the new cannot be told apart"
    seen = set()
    for n in itertools.count(1):
        shutil.rmtree(out)
        shutil.copytree(start, out)
        if ended(lambda n=n: (kill_at(n), run())) == 0:
            break
        now = tree(out)
        for name, content in now.items():
            assert content in (old[name], new[name]) or name == "index.html", (
                f"step {n}: {name} is neither the old nor the new"
            )
        assert now["index.html"].endswith(b"</html>\n"), f"step {n}: half an index"
        seen.add(tuple(name for name in "ab" if not (out / name).exists()))
        assert ended(recover) == 0
        for name in "ab":
            assert of(name, tree(out)) in (of(name, old), of(name, new)), (
                f"step {n}: {name} is half the old, half the new"
            )
        assert ended(lambda: run(resume=True)) == 0
        after = tree(out)
        differing = sorted(k for k in after.keys() | new.keys() if after.get(k) != new.get(k))
        assert not differing, f"step {n}: the next run did not make good: {differing}"
    assert n > 20, f"{n} steps only"
    # The moment between a's two renames was among them; where b's falls varies, as the index of a is written
    # beside it.
    assert {(), ("a",)} <= seen <= {(), ("a",), ("b",)}, f"folders that were away: {seen}"
    print(f"killed at {n - 1} steps")


if __name__ == "__main__":
    sys.modules["pyarrow"] = None  # type: ignore[assignment]  # pandas would import it, and it starts a thread
    kill_at_every_step(Path(sys.argv[1]))
