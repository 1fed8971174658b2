"""Serves a class from one machine: one JupyterLab server with a token, and one folder per learner. Lessons
use no internet.

FOLDER/links.txt           the address of each learner, with the token: only for the trainer
FOLDER/room/learner_01 …   what the server shows: a start page, and copies of the lessons and the glossary
(never overwritten) FOLDER/settings            the settings of this JupyterLab, so that those of the user's
account do not change
"""

from __future__ import annotations

import errno
import json
import os
import secrets
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fltoolkit.errors import RequestError
from fltoolkit.files import write_whole
from fltoolkit.run import jupyter
from fltoolkit.run.jupyter import (
    JUPYTERLAB,
    import_without_grammar,
    is_unconfirmed_root,
    refuse_without_lab,
    run_until_stopped,
)
from fltoolkit.shipped_files import notebook_folder, shipped_folder
from fltoolkit.teaching.start_page import NAME as START_PAGE, write_start_page
from fltoolkit.terminal import say

OFF = (  # parts of JupyterLab that ask the network for news and extensions, or show an address with the token
    "@jupyterlab/apputils-extension:announcements",
    "@jupyterlab/extensionmanager-extension",
    "@jupyterlab/filebrowser-extension:share-file",
    "@jupyterlab/help-extension:jupyter-forum",
)
# A page may load from, and send to, this server only: whatever a notebook shows, no data leave the room
# through a browser.
POLICY = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; frame-ancestors 'self'; form-action 'self'"
)
STYLE = Path(__file__).with_name("class.css")
LOCAL = ("localhost", "127.0.0.1", "::1")
ADDRESS = "name the address that this machine has in the room (Linux: hostname -I; Windows: ipconfig)"
GLOSSARY = Path(
    "../../docs/glossary.md"
)  # the path in the lessons; the server shows only a learner's own folder
IDLE = 45 * 60  # seconds after which a kernel without a viewer is ended, to free its memory


def refuse_root(more: Sequence[str]) -> None:
    """Raises an error if the user is root. Learners run code with the rights of the server's account. As root
    they could change anything on the machine.

    Raises:
        RequestError: the user is root, and the options `more` do not include JupyterLab's own `--allow-root`.
    """
    if is_unconfirmed_root(more):
        raise RequestError(
            "a class is not served by root: every learner could change anything on this machine",
            where="fltoolkit class",
            found="the account root",
            do="start it from an account made for the class (docs/class.md, For the IT department); "
            "in a container that holds nothing else: --jupyter=--allow-root",
        )


def refuse_taken(address: str, port: int) -> None:
    """Raises an error if the server of the class could not listen at this address and port. This is checked
    before any file is written, so that the links of a class that is already running there stay valid.

    Raises:
        RequestError: the port is not from 1 to 65535; this account may not use it; the address is not of this
            machine; or something already listens at that port.
    """
    where = f"--port {port}"
    if not 1 <= port <= 65535:
        raise RequestError(
            "a port is a number from 1 to 65535", where="--port", found=port, do="leave it out for 8888"
        )
    try:
        places = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise RequestError(
            "this machine has no such address", where=f"--address {address}", found=error, do=ADDRESS
        ) from None
    for family, kind, protocol, _, place in places:
        with socket.socket(family, kind, protocol) as attempt:
            if (
                os.name == "posix"
            ):  # the server does the same: a port that was just released can be used again
                attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                attempt.bind(place)
            except PermissionError:
                do = "name one of 1024 or above, such as --port 8888"
                raise RequestError("this account may not use that port", where=where, do=do) from None
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    do = (
                        "end what runs there, if it is an earlier class, or name another port: --port "
                        f"{port + 1}"
                    )
                    raise RequestError(
                        "something listens at that port already; nothing was changed", where=where, do=do
                    ) from None
                if address not in LOCAL:  # localhost has two addresses, and a machine may lack one of them
                    problem = "this machine has no such address"
                    raise RequestError(
                        problem, where=f"--address {address}", found=error.strerror, do=ADDRESS
                    ) from None


def prepare(folder: Path, learners: int) -> list[Path]:
    """Makes the folders of a class, and returns the learners' folders, one per learner.

    Copies of lessons and of the glossary that exist already are not changed, so a class can continue after a
    break. The start page and the settings are written again.
    """
    if not 1 <= learners <= 99:
        raise RequestError("a class has 1 to 99 learners", where="--learners", found=learners)
    nbformat = import_without_grammar("nbformat")
    lessons = {
        lesson.name: _for_a_learner(lesson)
        for lesson in sorted((notebook_folder() / "teaching").glob("*.ipynb"))
    }
    files = {name: str(nbformat.writes(lesson)) + "\n" for name, lesson in lessons.items()}
    files[GLOSSARY.name] = (shipped_folder("docs") / GLOSSARY.name).read_text(encoding="utf-8")
    made = [folder / "room" / f"learner_{i:02d}" for i in range(1, learners + 1)]
    for own in made:
        own.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            if not (own / name).exists():
                write_whole(own / name, text)
        write_start_page(own, lessons)
    settings = folder / "settings" / "config" / "labconfig"
    settings.mkdir(parents=True, exist_ok=True)
    style = settings.parent / "custom" / "custom.css"
    style.parent.mkdir(exist_ok=True)
    write_whole(style, STYLE.read_text(encoding="utf-8"))
    kernels = folder / "settings" / "ipython" / "profile_default"
    kernels.mkdir(parents=True, exist_ok=True)
    write_whole(
        kernels / "ipython_kernel_config.py",
        f"c.InteractiveShellApp.extensions = [{jupyter.__name__!r}]\n",
    )
    write_whole(
        settings / "page_config.json",
        json.dumps({"disabledExtensions": dict.fromkeys(OFF, True)}, indent=1) + "\n",
    )
    return made


def _for_a_learner(lesson: Path) -> Any:
    """Returns the notebook of a lesson as a learner gets it. Controls are on and code is hidden.

    Stored outputs are removed, because some pictures show what learners must guess first. A cell that fails
    does not stop the next cells.
    """
    notebook = import_without_grammar("nbformat").read(lesson, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
            cell.source = cell.source.replace("interactive: bool = False", "interactive: bool = True")
            cell.metadata["jupyter"] = {"source_hidden": True}
            cell.metadata["tags"] = [*cell.metadata.get("tags", []), "raises-exception"]
        else:
            cell.source = cell.source.replace(GLOSSARY.as_posix(), GLOSSARY.name)
    return notebook


def links(made: list[Path], address: str, port: int, token: str, scheme: str = "http") -> list[str]:
    """Returns the address of each learner's start page. `made` are the learners' folders."""
    return [f"{scheme}://{address}:{port}/files/{own.name}/{START_PAGE}?token={token}" for own in made]


def command(folder: Path, address: str, port: int) -> tuple[list[str], dict[str, str]]:
    """Returns the command that starts the JupyterLab server of a class, and the environment variables for it.

    The token is not in the command, because other users can see commands in the list of processes. `serve`
    adds it to the environment.
    """
    headers = {"headers": {"Content-Security-Policy": POLICY}}
    call = [
        *JUPYTERLAB,
        "--no-browser",
        f"--ServerApp.ip={address}",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={folder / 'room'}",
        "--ServerApp.terminals_enabled=False",
        "--LabApp.extension_manager=readonly",
        "--LabApp.custom_css=True",
        f"--ServerApp.tornado_settings={headers}",
        f"--MappingKernelManager.cull_idle_timeout={IDLE}",
        "--ServerApp.quit_button=False",
        "--KernelManager.transport_encryption=auto",
        "--PasswordIdentityProvider.allow_password_change=False",
    ]
    settings = folder / "settings"
    own = {
        "JUPYTER_CONFIG_DIR": settings / "config",
        "JUPYTER_DATA_DIR": settings / "data",
        "JUPYTER_RUNTIME_DIR": settings / "runtime",
        "JUPYTERLAB_WORKSPACES_DIR": settings / "workspaces",
        "JUPYTERLAB_SETTINGS_DIR": settings / "lab",
        "IPYTHONDIR": settings / "ipython",
    }
    threads = dict.fromkeys(
        ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"
    )  # thirty kernels share a few cores
    return call, {**os.environ, **{name: str(path) for name, path in own.items()}, **threads}


def serve(folder: Path, learners: int, address: str, port: int, more: Sequence[str] = ()) -> int:
    """Prepares the class and serves it until somebody stops it. `more` are options of JupyterLab. Returns the
    exit code of the server."""
    refuse_root(more)
    refuse_taken(address, port)
    refuse_without_lab()  # before any file is written
    folder, token = folder.resolve(), secrets.token_hex(16)
    scheme = (
        "https"
        if any(option.startswith(("--ServerApp.certfile", "--certfile")) for option in more)
        else "http"
    )
    addresses = links(prepare(folder, learners), address, port, token, scheme)
    target = folder / "links.txt"
    write_whole(target, "\n".join(addresses) + "\n", 0o600)
    say(
        f"{target}: an address for each of {learners} learners, until the server stops (Ctrl-C). The "
        f"first: {addresses[0]}"
    )
    if address in LOCAL:
        say(
            "Only this machine is served. To let the room in, name this machine's address there: "
            "--address 192.168.1.10"
        )
    call, environment = command(folder, address, port)
    return run_until_stopped([*call, *more], {**environment, "JUPYTER_TOKEN": token})
