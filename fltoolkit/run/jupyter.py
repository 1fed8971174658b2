"""Runs notebooks in a Jupyter kernel, brings their files into a normal form, and starts JupyterLab.

Notebooks in git are stored in the normal form, so that the same result is the same text. One kernel runs all
notebooks of a survey. It is reset between them, so that no notebook depends on those before it.
"""

from __future__ import annotations

import atexit
import hashlib
import math
import os
import queue
import random
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from fltoolkit import remembered_results, terminal
from fltoolkit.errors import BatchError, RequestError
from fltoolkit.files import write_whole
from fltoolkit.run.printable_errors import printable_cell_error, printable_text, reduce_errors
from fltoolkit.terminal import say as print_line

# ------------------------------------------------------------------- Jupyter's imports in a fifth of the time

GRAMMAR = "rfc3987_syntax"


def import_without_grammar(name: str) -> Any:
    """Imports a module of Jupyter. Call it before any other part of Jupyter is imported: after that it saves
    no time.

    Jupyter validates notebooks with jsonschema, which reads a grammar of web addresses if one is installed.
    JupyterLab installs one. Reading the grammar takes three times as long as importing pandas, and notebooks
    do not need it. So the grammar is hidden while Jupyter's module is imported.
    """
    if GRAMMAR in sys.modules:
        return import_module(name)
    sys.modules[GRAMMAR] = None  # type: ignore[assignment]
    try:
        return import_module(name)
    finally:
        del sys.modules[GRAMMAR]


# --------------------------------------------------------------------------------------------------- progress


class Progress:
    """Shows the progress of one survey: its notebook, the section, the seconds so far, and the seconds that
    the last run took.

    Args:
        name: the name of the survey.
        expected: the seconds of its last run; 0 if there is none.
        say: a function that prints a line for each notebook, if lines cannot be rewritten.
    """

    def __init__(self, name: str, expected: float, say: Callable[[str], None]) -> None:
        self._name, self._expected, self._say = name, expected, say
        self._started, self._notebook, self._section = time.monotonic(), "", ""
        self._rewrites = say is terminal.say and terminal.on_screen()

    def notebook(self, name: str) -> None:
        """Shows that a notebook begins. If lines cannot be rewritten, prints a new line."""
        self._notebook, self._section = name, ""
        if not self._rewrites:
            self._say(f"{self._name}: {name}")
        self._show()

    def section(self, heading: str) -> None:
        """Shows that a section of the notebook begins, or a step of a long cell. If lines cannot be
        rewritten, prints nothing."""
        self._section = heading
        self._show()

    def write(self, text: str) -> None:
        """Shows, as the name of a step, the text that a cell prints. Backspaces that erase the step before
        are left out.

        papermill calls this method, because it takes this object for an output file.
        """
        if lines := text.strip("\b \n").splitlines():
            self.section(lines[-1])

    def flush(self) -> None:
        """Does nothing: `write` keeps no text back. papermill calls this method, because it takes this object
        for an output file."""

    def ended(self) -> None:
        """Removes the survey's line of progress from the terminal."""
        if self._rewrites:
            terminal.show(self._name, None)

    def text(self) -> str:
        """Returns the text of the line that shows the progress of the survey."""
        where = ", ".join(part for part in (self._notebook, self._section) if part)
        expected = f" of about {self._expected:.0f}" if self._expected else ""
        return f"{time.monotonic() - self._started:.0f}{expected} s  {self._name}: {where}"

    def _show(self) -> None:
        if self._rewrites:
            terminal.show(self._name, self.text)


def section_of(cells: Sequence[Any], position: int) -> str:
    """Returns the heading of the section that contains a notebook's cell, without Markdown marks. Returns an
    empty text if no heading is above the cell."""
    for cell in reversed(cells[: position + 1]):
        if cell.cell_type == "markdown":
            headings = [line.lstrip("#").strip() for line in cell.source.splitlines() if line.startswith("#")]
            if headings:
                return str(headings[-1])
    return ""


def place_of_cell(notebook: Path, count: int) -> str:
    """Returns the name of a half-run notebook and the heading of the section that has the cell with a number,
    as in `In [3]`: `3_estimate, Prevalence`. If the notebook cannot be read, or if the cell is below its
    title, the result is the name alone."""
    import nbformat

    with suppress(OSError, ValueError):
        cells = nbformat.read(notebook, as_version=4).cells
        cells = [c for c in cells if c.cell_type != "markdown" or not c.source.startswith("# ")]  # no titles
        found = (section_of(cells, i) for i, cell in enumerate(cells) if cell.get("execution_count") == count)
        return ", ".join(filter(None, (notebook.stem, next(found, ""))))
    return notebook.stem


# ------------------------------------------------------------------------------------------------ normal form

ENGINE = "fltoolkit"
KEPT_METADATA = ("tags", "jupyter", "jp-MarkdownHeadingCollapsed")  # the last two: what JupyterLab folds
BANNER = "papermill-error-cell-tag"  # papermill's tag for the cells that it adds to a failed notebook
STOPPED_HERE = "**The run stopped here.** Nothing below was run."
STARTS_IN = 30, 120  # seconds that a kernel may take to start, at the first and at the second try
LOOKS_EVERY = 0.5  # seconds between two checks of `stop` and of the kernel


def refresh(folder: Path, say: Callable[[str], None] = print_line) -> None:
    """Runs each notebook under `folder` in its own folder, with its own parameters, and writes all of them
    back normalised.

    Raises:
        RequestError: there is no notebook, a file is not a notebook, or a cell raises. Then no notebook is
            written.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    paths = [p for p in sorted(folder.rglob("*.ipynb")) if ".ipynb_checkpoints" not in p.parts]
    if not paths:
        raise RequestError(
            "there are no notebooks in this folder", found=folder, do="give a folder that holds .ipynb files"
        )
    notebooks = {path: _read(path) for path in paths}
    for path, notebook in notebooks.items():
        say(f"refreshing {path.name}")
        client = NotebookClient(
            notebook,
            kernel_name="python3",
            resources={"metadata": {"path": str(path.parent)}},
            config=_config(),
        )
        try:
            client.execute()
        except (CellExecutionError, RuntimeError) as error:  # RuntimeError: the kernel died
            normalise(notebook)
            found = next(reversed(reduce_errors(notebook)), "") or printable_text(error)
            do = "correct that cell, or what it reads, then refresh again; no notebook was written"
            raise RequestError("a cell of the notebook fails", where=str(path), found=found, do=do) from None
    for path, notebook in notebooks.items():
        write_whole(path, nbformat.writes(normalise(notebook)) + "\n")


def _read(path: Path) -> Any:
    """Returns a notebook. Raises `RequestError` if the file is not one."""
    import nbformat
    from nbformat.validator import NotebookValidationError

    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except (ValueError, AttributeError, KeyError, TypeError, NotebookValidationError) as error:
        do = "correct it in Jupyter, or take it from git again; no notebook was written"
        raise RequestError(
            "this is not a notebook", where=str(path), found=type(error).__name__, do=do
        ) from None
    return notebook


def normalise_file(path: Path) -> None:
    """Brings the file of an executed notebook into its normal form (see `normalise`), and writes it back."""
    import nbformat

    write_whole(path, nbformat.writes(normalise(nbformat.read(path, as_version=4))) + "\n")


def normalise(notebook: Any) -> Any:
    """Returns a notebook in normal form, so that the same results always give the same file. Cell ids and the
    name of the kernel are always the same. The state of widgets, times, papermill's metadata and warnings are
    removed. Of an error, only the printable part stays.
    """
    reduce_errors(notebook)
    _mark_the_stop(notebook)
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for i, cell in enumerate(notebook.cells):
        cell.id = hashlib.sha256(f"{i}:{cell.source}".encode()).hexdigest()[:8]
        cell.metadata = {k: cell.metadata[k] for k in KEPT_METADATA if k in cell.metadata}
        for output in cell.get("outputs", []):
            output.get("metadata", {}).clear()
        if cell.cell_type == "code":
            cell.outputs = _without_steps(cell.outputs)
    return notebook


def _without_steps(outputs: list[Any]) -> list[Any]:
    """Returns the outputs of a cell without the progress messages that the cell printed and then erased with
    backspaces."""
    printed = [output for output in outputs if output.output_type == "stream" and output.name == "stdout"]
    if not any("\b" in output.text for output in printed):
        return outputs
    left: list[str] = []
    for letter in "".join(output.text for output in printed):
        if letter != "\b":
            left.append(letter)
        elif left:
            left.pop()
    printed[0].text = "".join(left)
    gone = printed[1:] if left else printed
    return [output for output in outputs if not any(output is one for one in gone)]


def _mark_the_stop(notebook: Any) -> None:
    """papermill adds red headings to a failed notebook. This function replaces the last of them by a sentence
    which says that the run stopped here. The other red headings are removed."""
    banners = [i for i, cell in enumerate(notebook.cells) if BANNER in cell.metadata.get("tags", [])]
    if banners:
        notebook.cells[banners[-1]].source = STOPPED_HERE
        notebook.cells = [cell for i, cell in enumerate(notebook.cells) if i not in banners[:-1]]


# ------------------------------------------------------------------------------------------------- the kernel


class Stop(Protocol):
    """A request to stop a batch. It can be set and checked. This is an interface: a `threading.Event`
    implements it, and so does a lock file in a folder that machines share."""

    def is_set(self) -> bool: ...

    def set(self) -> None: ...


class Kernel:
    """The one Jupyter kernel in which all notebooks of a run are executed. It starts for the first notebook,
    is reset for each further one, and ends with the `with` block.

    Every notebook needs the start of a kernel, the kit's imports, and the survey read and classified. With
    one kernel a run pays these costs once. If the kernel dies or cannot be reset, the next notebook gets a
    new one. If `stop` is set, the kernel is killed at once, and the notebook fails. `progress` gets the
    section of each cell.
    """

    def __init__(self, folder: Path, stop: Stop, progress: Progress | None = None) -> None:
        self._folder, self._stop, self._progress = folder, stop, progress
        self._open, self._running = ExitStack(), ExitStack()
        self._client: Any = None

    def __enter__(self) -> Kernel:
        ended = threading.Event()
        self._open.callback(
            ended.set
        )  # called after the kernel ended, so that a kernel that does not end is still watched
        self._open.callback(self._end)
        threading.Thread(target=self._watch, args=(ended,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def run(self, managed: Any) -> None:
        """Runs one notebook in the kernel. Before that, the kernel is reset to its first state. `managed` is
        the notebook as papermill manages it.
        """
        from papermill.clientwrap import PapermillNotebookClient

        if not self._is_new():
            self._end()
            self._start()
        client = PapermillNotebookClient(
            managed, km=self._client.km, shell_timeout_interval=1, stdout_file=self._progress
        )
        if progress := self._progress:
            client.on_cell_start = lambda cell, cell_index: progress.section(
                section_of(managed.nb.cells, cell_index)
            )
        client.kc = self._client.kc  # a second client of the same kernel would take the answers of the first
        try:
            client.execute()
        except (
            Exception
        ):  # no error of a cell (papermill notes those): the kernel died, or did not answer in time
            self._end()
            raise

    def _is_new(self) -> bool:
        """Resets the kernel to its first state. Returns whether there is a kernel and the reset worked."""
        from nbclient.exceptions import DeadKernelError

        if self._client is None:
            return False
        try:
            return self._do(RESTORE)
        except DeadKernelError:
            if self._stop.is_set():
                raise
            return False

    def _end(self) -> None:
        """Ends the kernel, if there is one."""
        try:
            self._running.close()
        finally:
            self._client = None

    def call(self, line: str) -> None:
        """Runs a line of code in the kernel, without a time limit. The kernel is not reset, so the line can
        use what the last notebook left in memory.

        Raises:
            BatchError: the line raises an error; only the printable part of it is in the message.
            DeadKernelError: the kernel died.
        """
        if self._client is None:
            self._start()
        answer = self._answer(line, math.inf)
        if answer["status"] != "ok":
            found = printable_cell_error(answer["ename"], answer["evalue"], answer["traceback"], None)
            raise BatchError(
                "the files for the private folder could not be made",
                found=found,
                do="correct the error, or leave --private out; then run again",
            )

    def _do(self, code: str) -> bool:
        """Runs a line of code in the kernel. Returns whether it ended without an error."""
        return bool(self._answer(code, STARTS_IN[-1])["status"] == "ok")

    def _answer(self, code: str, seconds: float) -> dict[str, Any]:
        """Runs a line of code in the kernel, and returns the kernel's reply. Waits for it as long as the
        kernel lives, but at most `seconds`."""
        from jupyter_core.utils import run_sync
        from nbclient.exceptions import DeadKernelError

        async def ask() -> dict[str, Any]:
            client, last = self._client.kc, time.monotonic() + seconds
            asked = client.execute(code, silent=True)
            while time.monotonic() < last and await self._client.km.is_alive():
                with suppress(queue.Empty):
                    answer = await client.get_shell_msg(timeout=LOOKS_EVERY)
                    if answer["parent_header"].get("msg_id") == asked:
                        return dict(answer["content"])
            raise DeadKernelError("the kernel died or does not answer")

        return dict(run_sync(ask)())

    def _start(self) -> None:
        """Starts the kernel.

        If that fails or takes too long, tries once more. (If hundreds of kernels start, two may take the same
        port.)
        """
        import nbformat
        from nbclient import NotebookClient

        for seconds in STARTS_IN:
            self._client = NotebookClient(
                nbformat.v4.new_notebook(),
                kernel_name="python3",
                startup_timeout=seconds,
                config=_config(),
                resources={"metadata": {"path": str(self._folder)}},
            )
            try:
                self._running.enter_context(self._client.setup_kernel())
                break
            except RuntimeError:
                if seconds == STARTS_IN[-1] or self._stop.is_set():
                    self._end()
                    raise
        if not self._do(BEGIN):
            self._end()
            raise RuntimeError("the kernel cannot import the kit")

    def _watch(self, ended: threading.Event) -> None:
        """Kills the kernel's process when `stop` is set, even while the kernel starts or ends."""
        while not ended.wait(LOOKS_EVERY):
            manager = self._client and self._client.km
            process = manager and manager.provisioner and manager.provisioner.process
            if process and self._stop.is_set():
                process.kill()


def register_engine() -> None:
    """Registers the kit's papermill engine. With this engine papermill does not start a kernel: it runs a
    notebook in the kernel that is given as `kernel=`.
    """
    from papermill.engines import Engine, papermill_engines

    class InKernel(Engine):  # type: ignore[misc]
        @staticmethod
        def execute_managed_notebook(managed: Any, kernel_name: str, *, kernel: Kernel, **_: Any) -> None:
            # with an output path, papermill would write the whole notebook twice per cell
            path, managed.output_path = managed.output_path, None
            try:
                kernel.run(managed)
            except Exception:
                managed.output_path = path  # the part that was run is written before the error is passed on
                raise

    papermill_engines.register(ENGINE, InKernel)


def _config() -> Any:
    """Returns a configuration that encrypts the messages between notebook and kernel if the kernel can,
    because they contain microdata.
    """
    from traitlets.config import Config

    return Config({"KernelManager": {"transport_encryption": "auto"}})


# ----------------------------------------------------------------------------- in the kernel: its first state

BEGIN, RESTORE = (
    f"__import__('{__name__}', fromlist=['*']).{call}"
    for call in ("begin(get_ipython())", "restore(get_ipython())")
)


@dataclass(frozen=True)
class NotebookState:
    """The settings of the kernel's process that a notebook's cell can change, besides its own variables: for
    example the working folder, the filters of warnings, and the defaults of plotly.
    """

    folder: Path
    filters: tuple[Any, ...]
    random: Any
    numpy_random: Any
    template: Any
    renderer: Any


_first: NotebookState | None = None


def begin(shell: Any) -> None:
    """Prepares a kernel for a run. `shell` is the kernel's IPython. The kernel's first kernel_state is stored, so
    that each further notebook can start from it. Results are kept in memory for the further notebooks. Python
    collects garbage less often. pandas stores texts as Python objects. The kernel ignores interrupts: Jupyter
    sends one to each kernel that it ends, and a kernel that has just answered would print an error. A batch
    that is stopped kills its kernels.

    At its end, the process runs the exit functions of the kit and then leaves by `os._exit`. A normal exit
    would need half a second to clear Python's modules.
    """
    global _first
    _first = kernel_state()
    _store_texts_in_python()
    remembered_results.turn_on()
    remembered_results.collect_garbage_less_often()
    atexit.register(os._exit, 0)
    # These two turn interrupts on and off.
    shell.kernel.pre_handler_hook = shell.kernel.post_handler_hook = lambda: None
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def kernel_state() -> NotebookState:
    """Returns the present kernel_state of the kernel's process, as far as a cell can change it."""
    import numpy as np
    import plotly.io as plotly

    import_without_grammar("nbformat")  # plotly's renderers would import it with the grammar
    return NotebookState(
        Path.cwd(),
        tuple(warnings.filters),
        random.getstate(),
        np.random.get_state(),
        plotly.templates.default,
        plotly.renderers.default,
    )


def restore(shell: Any) -> None:
    """Resets the process to its kernel_state before the first notebook. Imported modules stay, and so does the data
    that the kit keeps in memory.

    These are reset: the variables, the counts of executions, the defaults of plotly, pandas and matplotlib,
    the filters of warnings, the working folder, and the states of random numbers.

    Args:
        shell: the kernel's IPython.
    """
    if _first is None:
        raise RuntimeError("no notebook has begun in this process")
    import numpy as np

    shell.reset(new_session=True)
    os.chdir(_first.folder)
    warnings.resetwarnings()  # this also makes Python read its filters again
    warnings.filters[:] = _first.filters  # type: ignore[index]
    random.setstate(_first.random)
    np.random.set_state(_first.numpy_random)
    _restore_libraries(_first)
    remembered_results.collect_garbage_less_often()


def _restore_libraries(first: NotebookState) -> None:
    """Resets the defaults that a cell may have set for tables and charts. `first` contains these defaults as
    they were before the first notebook."""
    import pandas as pd
    import plotly.io as plotly

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pandas warns about options that it will remove
        # Resetting matplotlib's options imports matplotlib. A run without a plan does not need it.
        pd.reset_option("all" if "matplotlib" in sys.modules else "^(?!plotting.matplotlib)")
    _store_texts_in_python()
    plotly.renderers.default = first.renderer
    if plotly.templates.default != first.template:  # plotly checks a template at length
        plotly.templates.default = first.template
    if drawing := sys.modules.get(
        "matplotlib"
    ):  # used by the documents' charts; the other notebooks do not need it
        drawing.rcParams.update(drawing.rcParamsOrig)


def _store_texts_in_python() -> None:
    """Makes pandas store the texts of a table as Python objects instead of in Arrow's memory.

    The tables of a run have some hundred rows, and rows and cells are taken out of them many times. From
    Arrow's memory each text would be copied.
    """
    import pandas as pd

    pd.set_option("mode.string_storage", "python")


# -------------------------------------------------------------------------------- in a class: errors in words

FAILED = "**This part did not work.**"
# In the words of JupyterLab's menu.
RUN_ABOVE = "Choose *Run › Run All Above Selected Cell*, then run this part again."
GO_ON = "All other parts work all the same; go on, or ask for help."


def load_ipython_extension(notebook: Any) -> None:
    """Makes each failing cell of a notebook say in words what was wrong. `notebook` is the shell of its
    kernel."""
    notebook.set_custom_exc((Exception,), _show_error)


def _show_error(
    shell: object,
    kind: type[BaseException],
    error: BaseException,
    trace: object,
    tb_offset: int | None = None,
) -> list[str]:
    from IPython.display import display

    from fltoolkit.show.wording.section_words import Words

    said = error_in_words(error)
    display(Words(said))
    return [said]


def error_in_words(error: BaseException) -> str:
    """Returns what a learner reads if a part fails. A name that is not there is most often that of a part
    above, which has not run since the kernel started."""
    from fltoolkit.errors import FltoolkitError

    if type(error) is NameError:
        return f"{FAILED} It needs `{error.name}`, which a part above makes. {RUN_ABOVE}"
    why = str(error) if isinstance(error, FltoolkitError) else f"{type(error).__name__}: {error}"
    return f"{FAILED} {GO_ON}\n\n```text\n{why}\n```"


# ------------------------------------------------------------------------------------------------- JupyterLab

JUPYTERLAB = (sys.executable, "-m", "jupyterlab")
# JupyterLab requests news and updates from the network, and asks its reader for permission. Both are one
# plug-in, which is turned off for this server only: JupyterLab's own settings stay as they are.
LAB_SETTINGS = Path(__file__).with_name("lab_settings")


def open_lab(folder: Path, more: Sequence[str] = ()) -> int:
    """Shows a folder in JupyterLab, with its notebooks if it has any, until it is stopped. `more` are options
    of JupyterLab.

    Raises:
        RequestError: the folder does not exist, JupyterLab is not installed, or the user is root.
    """
    if not folder.is_dir():
        raise RequestError(
            "there is no such folder",
            where=str(folder),
            do="name a folder of notebooks; `fltoolkit start FOLDER` makes one",
        )
    refuse_without_lab()
    if is_root(more):
        raise RequestError(
            "JupyterLab does not start as root: a notebook could change anything on this machine",
            where="fltoolkit lab",
            found="the account root",
            do="give the command from another account; in a container that holds nothing else: "
            "fltoolkit lab --jupyter=--allow-root",
        )
    return run_until_stopped(lab_call(folder.resolve(), more), os.environ)


def is_root(more: Sequence[str]) -> bool:
    """Returns whether the user is root, and the options `more` do not include JupyterLab's own
    `--allow-root`."""
    return getattr(os, "geteuid", lambda: None)() == 0 and "--allow-root" not in more


def lab_call(folder: Path, more: Sequence[str]) -> list[str]:
    """Returns the command that starts the JupyterLab server for a folder. `more` are options of
    JupyterLab."""
    first = ["--LabApp.default_url=/lab/tree/notebooks"] if (folder / "notebooks").is_dir() else []
    return [
        *JUPYTERLAB,
        f"--ServerApp.root_dir={folder}",
        *first,
        f"--LabApp.app_settings_dir={LAB_SETTINGS}",
        *more,
    ]


def refuse_without_lab() -> None:
    """Raises an error if JupyterLab is not installed."""
    if find_spec("jupyterlab") is None:
        raise RequestError("JupyterLab is not installed", do='pip install "fltoolkit[all]"')


def run_until_stopped(call: Sequence[str], environment: Mapping[str, str]) -> int:
    """Runs the command of a server (`call`) until the server ends or the user stops it. Returns its exit
    code."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)  # SIGTERM does the same as Ctrl-C
    server = subprocess.Popen(call, env=environment)
    try:
        return server.wait()
    finally:  # the server and its kernels always end with this process
        server.terminate()
        server.wait()
        signal.signal(signal.SIGTERM, before)
