"""Files of this checkout, and of its commits, for comparisons that must not be disturbed by edits."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[1]


def git(*words: str) -> bytes:
    """Returns what a git command prints. Its errors are shown."""
    return subprocess.run(["git", *words], cwd=HOUSE, stdout=subprocess.PIPE, check=True).stdout


def archive_of(commit: str, folder: str = ".") -> tarfile.TarFile:
    """Returns the files of a commit below a folder, as an archive."""
    return tarfile.open(fileobj=io.BytesIO(git("archive", commit, folder)))


def copy_working_tree(folder: Path) -> None:
    """Copies the files of the working tree that git does not ignore into a folder."""
    for name in filter(None, git("ls-files", "-z", "-co", "--exclude-standard").decode().split("\0")):
        if (HOUSE / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(HOUSE / name, folder / name)


def has_commit(commit: str) -> bool:
    """Returns whether git has a commit; a shallow clone may lack it."""
    return (
        subprocess.run(
            ["git", "cat-file", "-e", f"{commit}^{{commit}}"], cwd=HOUSE, capture_output=True
        ).returncode
        == 0
    )
