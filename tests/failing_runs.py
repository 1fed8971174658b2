"""Twenty-one surveys whose run fails, and a search of their files for values of the data.

    python -m tests.failing_runs      # runs them all, and searches every file that is left

The data are planted: every key, name and answer is a unique text. So such a text in a file of results must
come from a person's row.
"""

from __future__ import annotations

import copy
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from broken import SPEC, table

from fltoolkit.run.batch import run_batch

Table = Callable[[pd.DataFrame], pd.DataFrame]
WORDS = ("Marta Quispe", "beaten by the foreman", "locked in at night", "0612345678")


def planted() -> pd.DataFrame:
    """Returns the small survey of tests/broken.py with household keys, weights and homes that occur nowhere
    else."""
    data = table()
    data["HH"] = [f"HH77{home:05d}" for home in data["HH"]]
    data["HOME"] = [f"home-of-{home}" for home in data["HH"]]
    data["W"] = [f"{731.0625 + i / 1024:.10f}" for i in range(len(data))]
    return data


@dataclass(frozen=True)
class Failing:
    """One survey that fails: its name, and the changes of its table, of its keys and of the bytes of its
    file."""

    name: str
    change: Table = lambda t: t
    keys: Mapping[str, Any] | None = None
    content: Callable[[bytes], bytes] = lambda b: b


def cell(column: str, value: Any, *rows: int) -> Table:
    """Returns a change of one column in some rows."""

    def change(data: pd.DataFrame) -> pd.DataFrame:
        data.loc[list(rows or (0,)), column] = value
        return data

    return change


def last_line(text: str) -> Callable[[bytes], bytes]:
    return lambda content: content + text.encode()


def without_header(content: bytes) -> bytes:
    return content.split(b"\n", 1)[1]


def words_for_header(content: bytes) -> bytes:
    """Returns a file without a header, whose first person answered every question in other words."""
    cells = content.split(b"\n", 1)[0].split(b",")
    return (
        b",".join(b"answer %d of Quispe" % i for i in range(len(cells))) + b"\n" + content.split(b"\n", 1)[1]
    )


KINDS: Sequence[Failing] = (
    Failing("no_header", content=without_header),
    Failing("no_header_but_words", content=words_for_header),
    Failing("free_text_in_an_item", cell("INV", WORDS[1])),
    Failing("free_text_in_a_gate", cell("RESULT", WORDS[0], 3)),
    Failing("free_text_in_a_group", cell("SEX", WORDS[2], 4)),
    Failing("group_of_households", keys={"groups.sex.column": "HH"}),
    Failing("group_of_weights", keys={"groups.sex.column": "W"}),
    Failing("ragged_row", content=last_line(f"HH7799999,{WORDS[0]},{WORDS[1]}\n")),
    Failing("open_quote", content=last_line(f'HH7799999,"{WORDS[0]},{WORDS[1]}\n')),
    Failing("not_utf8", content=lambda b: b + "HH7799999,désolé,beaten by the foreman\n".encode("latin-1")),
    Failing("twice", lambda t: pd.concat([t, t.head(2)])),
    Failing("weight_in_words", cell("W", WORDS[0], 5)),
    Failing("age_in_words", cell("AGE", WORDS[2], 6)),
    Failing("age_of_150", cell("AGE", "150.0731", 7)),
    Failing("psu_in_two_strata", cell("P", "village of Quispe", 0, 3)),
    Failing("one_psu_in_a_stratum", cell("S", "estate of Quispe", 0, 1, 2), {"design.nest": True}),
    Failing("industry_in_words", lambda t: cell("ISIC", "kiln of Quispe", *t.index[t["LINE"] < 3])(t)),
    Failing("home_left_blank", cell("HOME", "", 0, 1, 2)),
    Failing("mother_is_a_child", cell("MOTHER", 3, 2)),
    Failing("missing_column", keys={"any_work": "WORKED"}),
    Failing("nobody_of_a_population", keys={"populations.adults.where": {"HH": ["7"]}}),
)


def write(kind: Failing, folder: Path) -> None:
    """Writes one of these surveys into its own folder."""
    spec = copy.deepcopy(SPEC)
    for dotted, value in (kind.keys or {}).items():
        *path, last = dotted.split(".")
        here = spec
        for step in path:
            here = here[step]
        here[last] = value
    folder.mkdir(parents=True)
    (folder / "survey.yaml").write_text(yaml.safe_dump(spec, sort_keys=False), encoding="utf-8")
    (folder / "persons.csv").write_bytes(kind.content(kind.change(planted()).to_csv(index=False).encode()))


def values(folder: Path) -> set[str]:
    """Returns every cell of a survey's data of six characters or more that occurs only in the data."""
    text = (folder / "persons.csv").read_bytes().decode("utf-8", errors="replace")
    cells = {c.strip(' "') for line in text.splitlines() for c in line.split(",")}
    return {c for c in cells if len(c) >= 6} - set(table().columns)


def texts(folder: Path) -> list[tuple[str, str]]:
    """Returns the name and the text of every file below a folder. For workbooks and Word files, returns the
    texts of their parts."""
    found = []
    for file in sorted(p for p in folder.rglob("*") if p.is_file()):
        parts = {file.name: file.read_bytes()}
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as book:
                parts = {f"{file.name}/{name}": book.read(name) for name in book.namelist()}
        found += [
            (f"{file.parent.name}/{name}", content.decode("utf-8", errors="replace"))
            for name, content in parts.items()
        ]
    return found


def leaks(root: Path, kinds: Sequence[Failing]) -> list[str]:
    """Runs these surveys as one batch below `root`. Returns each file with a value of the data, and each
    survey that did not fail."""
    for kind in kinds:
        write(kind, root / kind.name)
    batch = {"outputs": "outputs", "surveys": [{"survey": f"{kind.name}/survey.yaml"} for kind in kinds]}
    (root / "batch.yaml").write_text(yaml.safe_dump(batch), encoding="utf-8")
    said: list[str] = []
    run_batch(root / "batch.yaml", say=said.append)
    secret = {value for kind in kinds for value in values(root / kind.name)}
    left = [*texts(root / "outputs"), ("what was said", "\n".join(said))]
    passed = [
        f"{kind.name} did not fail"
        for kind in kinds
        if not any(line.startswith(f"{kind.name}: failed") for line in said)
    ]
    return [*passed, *(f"{name} holds {value!r}" for name, text in left for value in secret if value in text)]


def main() -> int:
    """Runs all of them, and prints what was found."""
    with tempfile.TemporaryDirectory() as folder:
        found = leaks(Path(folder), KINDS)
        files = sum(1 for p in (Path(folder) / "outputs").rglob("*") if p.is_file())
        print(
            "\n".join(found)
            or (
                f"{len(KINDS)} runs failed; no value of their data is in any of the {files} files that "
                "they left."
            )
        )
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
