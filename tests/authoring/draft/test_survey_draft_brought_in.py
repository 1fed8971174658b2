"""Compares the drafts for the files of tests/brought_in with the right survey.yaml: every line of a draft is
right or asks the user."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from brought_in.make_surveys import WRITERS, make
from draft_columns import drafted

from fltoolkit.yaml_files.loading import UNANSWERED

MAPS = Path(__file__).parents[2] / "brought_in" / "maps"
AS_ONE_LIKES = (
    "title",
    "country",
    "language",
    "reference_period",
    "populations",
    "tables",
    "coverage_excludes",
    "label",
    "path",
    "groups",
    "corrections",
)
CODES = ("yes", "no", "dont_know", "refused")

# Each file with what is right of it and stands otherwise in the map of the whole survey, and how many values
# are right and asked.
FILES: dict[str, tuple[str, dict[str, Any], int, int]] = {
    "enh2026.sav": ("quirama", {}, 64, 20),
    "tlcws_persons.csv": ("tamaria", {"files.person.key": "_index"}, 6, 17),
    "tlcws_households.csv": ("tamaria", {"files.person.key": "_id"}, 4, 8),
    "roster.tab": ("lerova", {"files.person.key": ["interview__key", "roster__id"]}, 3, 9),
    "household.dta": (
        "lerova",
        {"files.person.key": ["cluster", "hhkey"], "design.psu": "cluster", "design.weight": "hhweight"},
        4,
        9,
    ),
    "module.parquet": ("lerova", {"files.person.key": ["HH_REF", "MEMBER"]}, 3, 11),
}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("brought_in")
    return {name: make(name, folder) for name in WRITERS}


def values(said: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value with its path; a question by its column, and what has an unanswered key as a whole. What
    one may choose is left out."""
    if isinstance(said, dict) and UNANSWERED not in said:
        for key, value in said.items():
            if key not in AS_ONE_LIKES:
                yield from values(value, f"{path}.{key}".lstrip("."))
    elif isinstance(said, list) and all(isinstance(one, dict) and "column" in one for one in said):
        for one in said:
            yield from values(one, f"{path}[{one['column']}]")
    else:
        yield path, UNANSWERED if UNANSWERED in str(said) else said


def with_codes(spec: dict[str, Any]) -> dict[str, Any]:
    """A survey.yaml whose questions all say their codes, so that a polarity that a draft leaves out is
    compared too."""
    usual = spec["answers"] if isinstance(spec["answers"], dict) else {}
    items = [
        questions for side in spec["items"].values() if isinstance(side, dict) for questions in side.values()
    ]
    for question in [q for questions in items for q in questions]:
        for kind in CODES:
            if kind not in question and kind in usual:
                question[kind] = usual[kind]
    return spec


@pytest.mark.parametrize("file", FILES)
def test_what_a_draft_says_of_the_file_is_right_or_asked(file: str, folders: dict[str, Path]) -> None:
    survey, other, right, asked = FILES[file]
    true = (
        dict(values(with_codes(yaml.load((MAPS / f"{survey}.yaml").read_text("utf-8"), yaml.BaseLoader))))
        | other
    )
    said = dict(values(with_codes(drafted(folders[survey] / file))))
    open_ = [path for path, value in said.items() if value == UNANSWERED]
    wrong = {
        path: (value, true.get(path))
        for path, value in said.items()
        if path not in open_ and value != true.get(path)
    }
    print(
        f"{file:24} right {len(said) - len(open_) - len(wrong):3} asked {len(open_):3} wrong {len(wrong):3}"
    )
    assert wrong == {}
    assert (len(said) - len(open_), len(open_)) == (right, asked)
