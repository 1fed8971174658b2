"""Tests docs/batch.md: each command in it exists, and each script can be read by the program for which it
is written."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fltoolkit.cli import _parser

PAGE = (Path(__file__).parents[1] / "docs" / "batch.md").read_text("utf-8")
COMMAND = re.compile(r"(?<![\w/])fltoolkit (?:[^`\n\"']|\"\$\w+\")+")


def scripts(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, re.M | re.S)


def commands() -> list[list[str]]:
    """Every call of the kit, in words; what stands for a survey's name is a word like any other."""
    found = sorted({match.group().strip() for match in COMMAND.finditer(PAGE)} - {"fltoolkit"})
    return [
        words for line in found if (words := shlex.split(line))[1] in {"batch", "estimate", "check", "nap"}
    ]


def test_the_page_calls_the_kit_in_every_way_it_tells_of() -> None:
    options = {word for words in commands() for word in words if word.startswith("--")}
    assert options == {"--workers", "--scheduler", "--only", "--resume"}
    assert len(commands()) >= 7


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_each_command_is_one_that_there_is(words: list[str]) -> None:
    parsed = _parser().parse_args(words[1:])
    assert parsed.batch.endswith("batch.yaml")


@pytest.mark.parametrize("engine", ["SLURM", "Snakemake", "Airflow", "Prefect"])
def test_each_recipe_runs_the_surveys_and_then_the_batch(engine: str) -> None:
    (recipe,) = re.findall(rf"^### {engine}$(.*?)(?=^##)", PAGE, re.M | re.S)
    assert len(re.findall(r"fltoolkit batch batch\.yaml --only \S+ --resume", recipe)) == 1
    assert len(re.findall(r"fltoolkit batch batch\.yaml --resume", recipe)) == 1


@pytest.mark.parametrize("script", scripts("bash"))
def test_a_slurm_script_is_one_that_bash_reads(script: str) -> None:
    if not (bash := shutil.which("bash")):
        pytest.skip("no bash")
    subprocess.run([bash, "-n"], input=script, text=True, check=True)
    assert script.startswith("#!/bin/bash\n#SBATCH ")


@pytest.mark.parametrize("script", scripts("python"))
def test_a_python_recipe_is_python(script: str) -> None:
    compile(script, "batch.md", "exec")


def test_what_the_page_says_of_dasks_commands_is_what_dask_has() -> None:
    for command in re.findall(r"^dask (.*)$", PAGE, re.M):
        words = command.split()
        told = subprocess.run(
            [sys.executable, "-m", "dask", words[0], "--help"], capture_output=True, text=True, check=True
        ).stdout
        assert all(word in told for word in words if word.startswith("--"))
