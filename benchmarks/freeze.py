"""Compares the outputs of two commits. Makes both on this machine, and names each difference (not on
Windows).

python benchmarks/freeze.py main          # a commit, and the checkout with its uncommitted changes
python benchmarks/freeze.py main HEAD~3   # two commits

Both trees are at the same place while they run, one after the other, so that no path can differ. This
interpreter runs both. The outputs are the batch of the samples, and what the commands `new`, `check`,
`questionnaire`, `nap check` and `schema` write and print. Every file is compared: notebooks after
normalisation, workbooks cell by cell, Word files part by part, and run.json without times, versions and
hashes of the code. All other files are compared byte by byte. No outputs are kept, because pictures differ
from machine to machine.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(HOUSE))  # the comparison is this checkout's, whatever is installed

from outputs import CODE, Parts, contents, differences  # noqa: E402

SURVEYS = {
    "norvia_lfs_2025": "persons.csv",
    "norvia_lfs_2027": "persons.dta",
    "valdorie_enquete_2025": "persons.sav",
}
PLANS = ("norvia_lfs_2025", "valdorie_enquete_2025")


@contextmanager
def committed(commit: str, house: Path) -> Iterator[None]:
    """Checks out a commit at `house` as a git worktree, and removes it at the end."""
    git("worktree", "add", "--quiet", "--detach", str(house), commit)
    try:
        yield
    finally:
        git("worktree", "remove", "--force", str(house))


@contextmanager
def as_it_stands(house: Path) -> Iterator[None]:
    """Copies this checkout to `house`: the files that git tracks or would track, with uncommitted changes."""
    for name in filter(None, git("ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")):
        if (HOUSE / name).is_file():
            (house / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(HOUSE / name, house / name)
    try:
        yield
    finally:
        shutil.rmtree(house)


def git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=HOUSE, check=True, stdout=subprocess.PIPE, text=True).stdout


def build(house: Path, made: Path) -> None:
    """Runs the commands of the tree at `house`, and stores in `made` what they write and print."""
    made.mkdir()
    say(house, made / "batch.txt", "batch", "data_samples/batch.yaml")
    shutil.move(house / "outputs", made / "outputs")
    for survey, data in SURVEYS.items():
        say(house, made / f"check_{survey}.txt", "check", f"data_samples/{survey}/survey.yaml")
        folder = made / "new" / survey
        folder.mkdir(parents=True)
        shutil.copy(house / "data_samples" / survey / data, folder)
        say(house, made / f"new_{survey}.txt", "new", str(folder / data))
    for plan in PLANS:
        say(house, made / f"nap_check_{plan}.txt", "nap", "check", f"data_samples/{plan}/nap.yaml")
    asked = made / "questionnaire"
    asked.mkdir()
    shutil.copy(house / "docs" / "questionnaire" / "questionnaire.yaml", asked)
    say(house, made / "questionnaire.txt", "questionnaire", str(asked))
    say(house, made / "schema.txt", "schema", str(made / "schema"))


def say(house: Path, log: Path, *words: str) -> None:
    """Runs a command of the kit, and writes what it prints to the file `log`. For a batch, only the end is
    written, because the order of its lines is random."""
    environment = os.environ | {"PYTHONPATH": str(house)}
    command = [sys.executable, "-m", "fltoolkit.cli", *words]
    ran = subprocess.run(
        command, cwd=house, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    told = "" if words[0] == "batch" and not ran.returncode else ran.stdout
    log.write_text(f"{told}ended with {ran.returncode}\n", "utf-8")


def outputs_of(commit: str, place: Path) -> dict[str, Parts]:
    """Returns the outputs of a commit, or of the checkout if no commit is named."""
    house, made = place / "house", place / "made"
    with committed(commit, house) if commit else as_it_stands(house):
        build(house, made)
    found = contents(made, CODE)
    shutil.rmtree(made)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("base", help="a commit")
    parser.add_argument(
        "commit", nargs="?", default="", help="another commit (default: the checkout as it stands)"
    )
    parsed = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the worktree is removed then too
    with tempfile.TemporaryDirectory() as place:
        before, after = (outputs_of(commit, Path(place)) for commit in (parsed.base, parsed.commit))
    found = differences(before, after)
    print("\n".join(found))
    ended = [
        name for name, held in after.items() if name.endswith(".txt") and b"ended with 0" not in held[""]
    ]
    print(
        f"{len(after)} files of {parsed.commit or 'this checkout'} compared with {len(before)} of "
        f"{parsed.base}: {len(found)} differences"
    )
    print(f"commands that did not end with 0: {', '.join(sorted(ended)) or 'none'}")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
