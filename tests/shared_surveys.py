"""Small surveys that tests share: equal files are read, classified and published once in a process.

They are classified without checks, because most tests are about something else. `make test-all` checks each
once (tests/thoroughness.py). Nobody may change a shared survey: pytest compares it after each test. A test
that patches code has one of its own, which no other test gets.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from thoroughness import is_thorough

import fltoolkit as fl
from fltoolkit.classify.adults import classify_checked
from fltoolkit.classify.rule_set import load_rules
from fltoolkit.publish import published_set
from fltoolkit.survey.spec.groups_and_tables import TableSpec
from fltoolkit.survey.spec.survey_spec import SurveySpec
from fltoolkit.survey.survey_opening import changeable_parts

Files = tuple[tuple[str, bytes], ...]
patched = False  # whether the test that runs patches code; tests/conftest.py sets it
_FOLDER = tempfile.TemporaryDirectory(prefix="shared_surveys_")  # Python removes it at the end
_handed_out: list[tuple[fl.ClassifiedSurvey, str]] = []


@dataclass(frozen=True)
class _Tables:
    """The tables that a plan asks for: all that a run takes from a plan."""

    asked: tuple[TableSpec, ...]

    def tables(self, spec: SurveySpec) -> Sequence[TableSpec]:
        return self.asked


def classified(path: Path, rules: str = "icls_2018") -> fl.ClassifiedSurvey:
    """Returns the classified persons of a survey, by the path of its survey.yaml or of its folder."""
    path = path / "survey.yaml" if path.is_dir() else path
    if (files := _files(path)) is None:
        return classified_anew(path, rules)
    persons = _classified(files, rules)
    persons = replace(persons, path=path, unclassified=replace(persons.unclassified, path=path))
    _handed_out.append((persons, changeable_parts(persons)))
    return persons


def classified_anew(path: Path, rules: str = "icls_2018") -> fl.ClassifiedSurvey:
    """Reads and classifies a survey that is not shared. It is checked in `make test-all` only."""
    survey = fl.read_survey(path)
    if is_thorough():
        return fl.classify(survey, rules)
    return classify_checked(survey, load_rules(rules, path.parent), hold=True)


def published(path: Path, plan: fl.Plan | None = None) -> fl.Published:
    """Returns the published set of a survey, with the tables of a plan."""
    persons = classified(path)
    asked = _Tables(tuple(plan.tables(persons.spec)) if plan else ())
    if (files := _files(persons.path)) is None:
        return fl.publish_run(persons, plan=asked)
    return published_set._copied(_published(files, asked))


def refuse_changes() -> None:
    """Raises an error if a survey that was handed out is no longer as it was made."""
    changed = any(changeable_parts(persons) != as_made for persons, as_made in _handed_out)
    _handed_out.clear()
    assert not changed, "this test changes a survey that others share: let it read one of its own"


def _files(path: Path) -> Files | None:
    """Returns the files beside a survey.yaml, without the plan; None if its survey is not shared."""
    beside = sorted(path.parent.iterdir())
    if patched or any(file.is_dir() for file in beside):
        return None
    return tuple((file.name, file.read_bytes()) for file in beside if file.name != "nap.yaml")


@lru_cache(maxsize=50)
def _classified(files: Files, rules: str) -> fl.ClassifiedSurvey:
    folder = Path(tempfile.mkdtemp(dir=_FOLDER.name))
    for name, content in files:
        (folder / name).write_bytes(content)
    return classified_anew(folder / "survey.yaml", rules)


@lru_cache(maxsize=50)
def _published(files: Files, asked: _Tables) -> fl.Published:
    return fl.publish_run(_classified(files, "icls_2018"), plan=asked)
