"""Writes the golden texts anew, or counts what changed in them; see the package."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from tests.checkouts import git, has_commit

from .changes import FOLDER, changes, gained_since, texts_at, texts_here, unnamed
from .surveys import GOLDEN, ODD, SURVEYS, documents, odd_texts, run

TEXTS = f":(glob){FOLDER}/*/*.txt"  # golden files only, and none of the code beside them
USAGE = "python -m tests.golden_texts write [SURVEY ...] | changes [BASE]"


def write(chosen: Sequence[str]) -> int:
    """Writes the texts of the chosen surveys, or of all, and commits them."""
    if git("status", "--porcelain").strip():
        print("make golden-texts refuses: the checkout has changes that are not committed. Commit or stash them, and run it again: "
              "golden texts are a commit of their own.", file=sys.stderr)  # fmt: skip
        return 1
    surveys = [survey for survey in SURVEYS if survey in chosen or not chosen]
    with tempfile.TemporaryDirectory() as place, ProcessPoolExecutor(2, get_context("spawn")) as pool:
        folders = [Path(place) / survey for survey in surveys]
        for folder in folders:
            folder.mkdir()
        for survey, made in zip(surveys, pool.map(run, surveys, folders), strict=True):
            keep(survey, documents(made))
    if ODD in chosen or not chosen:
        keep(ODD, odd_texts())
    git("add", "--all", "--", TEXTS)
    if not git("diff", "--cached", "--name-only", "--", TEXTS).strip():
        print("The golden texts are as they were.")
        return 0
    told(changes(texts_at("HEAD"), texts_here()))
    git("commit", "--quiet", "--message", "Golden texts written anew", "--", TEXTS)
    print(f"Committed. Read them: git show -- {FOLDER}")
    return 0


def keep(survey: str, made: Mapping[str, list[str]]) -> None:
    """Writes the texts of a survey, and removes those of documents that it no longer has."""
    folder = GOLDEN / survey
    folder.mkdir(exist_ok=True)
    for path in folder.glob("*.txt"):
        if path.stem not in made:
            path.unlink()
    for name, lines in made.items():
        (folder / f"{name}.txt").write_text("\n".join([*lines, ""]), "utf-8")


def compare(base: str) -> int:
    if not has_commit(base):
        print(f"Golden texts: git has no commit {base} here (a shallow clone?), so changes are not counted.")
        return 0
    changed = changes(texts_at(base), texts_here())
    told(changed)
    missing = unnamed(changed, gained_since(base))
    for name in missing:
        print(f"{name}: a number or a marker changed since {base}, and no line that CHANGELOG.md gained names this document. Add one "
              "that says why.", file=sys.stderr)  # fmt: skip
    return bool(missing)


def told(changed: Mapping[str, Counter[str]]) -> None:
    """Prints the counts by document."""
    print(f"{'words':>7} {'numbers':>7} {'markers':>7}  golden text")
    for name, found in changed.items():
        print(f"{found['words']:7} {found['numbers']:7} {found['markers']:7}  {name}")
    print(f"{len(changed)} golden texts changed")


def main(words: list[str]) -> int:
    if words[:1] == ["write"]:
        if unknown := [word for word in words[1:] if word not in (*SURVEYS, ODD)]:
            print(
                f"make golden-texts: ONLY names {unknown[0]}; allowed: {', '.join((*SURVEYS, ODD))}",
                file=sys.stderr,
            )
            return 2
        return write(words[1:])
    if words and words[0] == "changes" and len(words) <= 2:
        return compare(words[1] if len(words) == 2 else (GOLDEN / "base").read_text("utf-8").split()[0])
    print(USAGE, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
