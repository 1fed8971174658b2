"""Creates a project folder for a user without a checkout: notebooks, samples, documentation, a batch.yaml, a
README, and files by which git leaves out what must stay in the office."""

from __future__ import annotations

import shutil
from pathlib import Path

from fltoolkit.errors import RequestError
from fltoolkit.files import write_new
from fltoolkit.shipped_files import shipped_folder

COPIED = (
    "notebooks",
    "data_samples",
    "docs",
)  # as in a checkout, so that all commands and links of the documentation work
LEFT_OUT = shutil.ignore_patterns(
    "site", ".ipynb_checkpoints", "__pycache__"
)  # docs/site builds the documentation
BATCH = """\
# The surveys of this project: `fltoolkit batch batch.yaml` runs each through the notebooks. Add your own below.
outputs: outputs
surveys:
  - survey: data_samples/norvia_lfs_2025/survey.yaml
    plan: data_samples/norvia_lfs_2025/nap.yaml
"""
IGNORED = """\
# Made by a run, and confidential in part.
outputs/
restricted/
# Data of persons. Write here the names of data files in CSV too: other tables in CSV belong to a survey.yaml.
*.sav
*.zsav
*.dta
*.parquet
!/data_samples/**
# The secret keys of surveys (docs/disclosure.md); those of the samples and lessons are public.
suppression.key
!/data_samples/*/suppression.key
!/notebooks/teaching/suppression.key
.ipynb_checkpoints/
__pycache__/
"""
# Without the command, git keeps notebooks as they are.
ATTRIBUTES = """\
# Git stores notebooks without their outputs (numbers, pictures, 2 MB for 50 KB) once it is told how, in this folder:
# git config filter.ipynb.clean "jupyter nbconvert --clear-output --to notebook --stdin --stdout --log-level=ERROR"
*.ipynb filter=ipynb
* text=auto eol=lf
# A survey's data stay byte for byte as they were handed over.
*.csv -text
"""
README = """\
# {name}

Made by `fltoolkit start`. Give the commands in this folder; `fltoolkit --help` lists the others.

- `fltoolkit check data_samples/norvia_lfs_2025/survey.yaml` says what the sample's data say of themselves (its people are invented).
- `fltoolkit estimate data_samples/norvia_lfs_2025/survey.yaml` runs it; open `outputs/index.html`. `fltoolkit batch batch.yaml` runs all that batch.yaml lists.
- Both run the kit's own notebooks; those in `notebooks/` are copies, to read and to change. `fltoolkit lab` opens them.
- A notebook opened by hand reads what its first cell names: a shipped sample, or a path from there: `"../my_survey/survey.yaml"`.
- To learn or to teach: four lessons in `notebooks/teaching` (docs/learn.md); `fltoolkit class my_class` serves them to a class.
- Your own survey: a folder here with your data; `fltoolkit new my_survey/persons.sav` drafts its survey.yaml (docs/first_steps.md).
"""


def start_project(folder: Path) -> Path:
    """Creates a project for a new user in a new or empty folder: notebooks, sample surveys, documentation and
    a README. Returns the folder.

    Raises:
        RequestError: the folder is not empty or is a file (then nothing is changed), or the kit came without
            the files to copy.
    """
    if folder.exists() and not folder.is_dir():
        raise RequestError(
            "a file has the name that the project's folder should have",
            where=str(folder),
            do="name another folder",
        )
    if folder.is_dir() and any(folder.iterdir()):
        raise RequestError(
            "the folder is not empty; nothing was written",
            where=str(folder),
            do="name a new folder: a project never changes files that exist",
        )
    sources = {name: shipped_folder(name) for name in COPIED}
    folder.mkdir(parents=True, exist_ok=True)
    for name, source in sources.items():
        shutil.copytree(source, folder / name, ignore=LEFT_OUT)
    write_new(folder / "batch.yaml", BATCH)
    write_new(folder / ".gitignore", IGNORED)
    write_new(folder / ".gitattributes", ATTRIBUTES)
    write_new(folder / "README.md", README.format(name=folder.resolve().name))
    return folder
