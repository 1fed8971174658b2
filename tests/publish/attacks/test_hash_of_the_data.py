"""Attack: a reader who has all the data except one person's answers tries all answers, until an identifier of
the data fits.

In the office, the attack succeeds on the hash of `survey.input_hash` and of run.json. Public files must have
nothing that depends on the data but not on the published numbers.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pandas as pd
import pytest
import small_country as country
from thoroughness import is_thorough

import fltoolkit as fl
from fltoolkit import report

VICTIM, ANSWERS = 200, (1, 2, 8)
DIGEST = re.compile(r"[0-9a-f]{64}")


def write_public_files(folder: Path, table: pd.DataFrame, *, documents: bool) -> tuple[fl.Survey, Path]:
    """Writes the data and all files that are made from them, with or without the documents, but not those
    that only a kernel writes (`tests/run/test_batch.py`)."""
    path, public = country.write(folder, table=table), folder / "public"
    survey = fl.read_survey(path)
    persons, plan = fl.classify(survey), fl.read_plan(path.with_name("nap.yaml"))
    out = fl.publish_run(persons, plan=plan)
    evidence = fl.evidence(plan, fl.rounds(plan, persons, out))
    report.write_estimates(out, public)
    report.write_risk_factors(fl.risk_factors(persons, out), public)
    report.write_findings(fl.check(survey), "findings_data.csv", public)
    report.write_findings(fl.check_cases(persons), "findings_cases.csv", public)
    report.write_baseline(evidence.baseline, public)
    report.write_exchange(evidence, public)
    report.write_workbook(evidence, public)
    if documents:
        report.write_documents(evidence, public)
    return survey, public


def contents(folder: Path) -> dict[str, bytes]:
    """Returns every public file, and every part of those that are archives."""

    def parts(path: Path) -> Iterator[tuple[str, bytes]]:
        yield path.relative_to(folder).as_posix(), path.read_bytes()
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                yield from ((f"{path.name}: {name}", archive.read(name)) for name in archive.namelist())

    return dict(found for path in sorted(folder.rglob("*")) if path.is_file() for found in parts(path))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[fl.Survey, dict[str, bytes]]:
    folder = tmp_path_factory.mktemp("of_the_office")
    survey, public = write_public_files(folder, country.persons(), documents=is_thorough())
    return survey, contents(public)


def digest_by_answers(folder: Path) -> dict[str, tuple[int, ...]]:
    """Returns the digest of the data for each pair of answers of one person. The reader has everything
    else."""
    table, found = country.persons(), {}
    for answers in product(ANSWERS, repeat=2):
        table.loc[VICTIM, ["INV", "COE"]] = answers
        found[fl.read_survey(country.write(folder, table=table)).input_hash] = answers
    return found


def test_the_hash_of_the_data_tells_the_answers_and_no_public_file_has_it(
    written: tuple[fl.Survey, dict[str, bytes]], tmp_path: Path
) -> None:
    survey, files = written
    truth = tuple(country.persons().loc[VICTIM, ["INV", "COE"]])
    tried = digest_by_answers(tmp_path)
    assert tried[survey.input_hash] == truth
    assert len(tried) == len(ANSWERS) ** 2
    digests = {
        digest for content in files.values() for digest in DIGEST.findall(content.decode("latin-1").lower())
    }
    assert not digests & tried.keys()


def test_no_repr_shows_the_hash(written: tuple[fl.Survey, dict[str, bytes]]) -> None:
    survey, _ = written
    assert survey.input_hash not in repr(survey)
    assert survey.input_hash not in repr(fl.prevalence(fl.classify(survey)).about)


@pytest.mark.thorough("writes all files twice")
def test_other_data_with_the_same_numbers_give_the_same_public_files(tmp_path: Path) -> None:
    """The rows have another order, the file has other line ends, and the households have other labels: any
    digest of the data, its size or its order would differ."""
    table = country.persons()
    survey, public = write_public_files(tmp_path / "one", table, documents=True)
    files = contents(public)
    other = table.assign(HH=table["HH"] + 70_000).iloc[::-1]
    again, public = write_public_files(tmp_path / "other", other, documents=True)
    assert again.input_hash != survey.input_hash
    assert len(files) > 40
    assert contents(public) == files
