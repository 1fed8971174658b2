"""A class on one machine: one JupyterLab behind a token, a folder of their own for each learner, and nothing fetched or sent.

FOLDER/links.txt           each learner's own address, with the token: for the trainer alone
FOLDER/data_samples        a copy of the samples, where the notebooks look for them
FOLDER/room/learner_01 …   what the server shows; a copy of the teaching notebooks each, never overwritten
FOLDER/settings            JupyterLab's own files, so that the account's stay as they are
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from fltoolkit.errors import RequestError
from fltoolkit.folders import write_whole
from fltoolkit.jobs import notebook_folder

OFF = (  # JupyterLab's parts that ask the network for news and extensions, or hand out an address with the token
    "@jupyterlab/apputils-extension:announcements", "@jupyterlab/extensionmanager-extension", "@jupyterlab/filebrowser-extension:share-file",
    "@jupyterlab/help-extension:jupyter-forum",
)  # fmt: skip
# A page may load from, and send to, this server alone: whatever a notebook shows, nothing leaves the room through a browser.
POLICY = "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; frame-ancestors 'self'; form-action 'self'"
IDLE = 45 * 60  # seconds after which a kernel that nobody looks at gives its memory back


def prepare(folder: Path, learners: int) -> list[Path]:
    """Lay out the class; gives the learners' folders. What is there already stays, so that a class can go on after lunch."""
    if not 1 <= learners <= 99:
        raise RequestError("a class has 1 to 99 learners", where="--learners", found=learners)
    lessons = sorted((notebook_folder() / "teaching").glob("*.ipynb"))
    samples = folder / "data_samples"
    if not samples.is_dir():
        shutil.copytree(notebook_folder().parent / "data_samples", samples)
    made = [folder / "room" / f"learner_{i:02d}" for i in range(1, learners + 1)]
    for own in made:
        own.mkdir(parents=True, exist_ok=True)
        for lesson in lessons:
            if not (own / lesson.name).exists():
                shutil.copy(lesson, own / lesson.name)
    settings = folder / "settings" / "config" / "labconfig"
    settings.mkdir(parents=True, exist_ok=True)
    write_whole(settings / "page_config.json", json.dumps({"disabledExtensions": dict.fromkeys(OFF, True)}, indent=1) + "\n")
    return made


def links(made: list[Path], address: str, port: int, token: str) -> list[str]:
    """Each learner's address: a workspace of their own, open at the first lesson."""
    first = {own: next(iter(sorted(own.glob("*.ipynb"))), None) for own in made}
    return [
        f"http://{address}:{port}/lab/workspaces/{own.name}/tree/{own.name}{f'/{lesson.name}' if lesson else ''}?token={token}"
        for own, lesson in first.items()
    ]


def command(folder: Path, address: str, port: int) -> tuple[list[str], dict[str, str]]:
    """What starts the server, and its environment; the token is set there, not where a list of processes shows it."""
    headers = {"headers": {"Content-Security-Policy": POLICY}}
    call = [
        sys.executable, "-m", "jupyterlab", "--no-browser", f"--ServerApp.ip={address}", f"--ServerApp.port={port}", "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={folder / 'room'}", "--ServerApp.terminals_enabled=False", "--LabApp.extension_manager=readonly",
        f"--ServerApp.tornado_settings={headers}", f"--MappingKernelManager.cull_idle_timeout={IDLE}", "--ServerApp.quit_button=False",
        "--KernelManager.transport_encryption=auto",
    ]  # fmt: skip
    settings = folder / "settings"
    own = {
        "JUPYTER_CONFIG_DIR": settings / "config", "JUPYTER_DATA_DIR": settings / "data", "JUPYTER_RUNTIME_DIR": settings / "runtime",
        "JUPYTERLAB_WORKSPACES_DIR": settings / "workspaces", "JUPYTERLAB_SETTINGS_DIR": settings / "lab", "IPYTHONDIR": settings / "ipython",
    }  # fmt: skip
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")  # thirty kernels share a few cores
    return call, {**os.environ, **{name: str(path) for name, path in own.items()}, **threads}


def serve(
    folder: Path, learners: int, address: str, port: int, more: Sequence[str] = (), say: Callable[[str], None] = print
) -> int:
    """Lay out the class and serve it until it is stopped by hand; `more` are options of JupyterLab's."""
    folder, token = folder.resolve(), secrets.token_hex(16)
    told = links(prepare(folder, learners), address, port, token)
    target = folder / "links.txt"
    target.touch(mode=0o600)
    write_whole(target, "\n".join(told) + "\n")
    target.chmod(0o600)
    say(f"{target}: an address for each of {learners} learners, until the server stops (Ctrl-C). The first: {told[0]}")
    if address in ("localhost", "127.0.0.1"):
        say("Only this machine is served. To let the room in, name this machine's address there: --address 192.168.1.10")
    call, environment = command(folder, address, port)
    server = subprocess.Popen([*call, *more], env={**environment, "JUPYTER_TOKEN": token})
    try:
        return server.wait()
    finally:  # however this process ends, the server and its kernels end with it
        server.terminate()
        server.wait()
