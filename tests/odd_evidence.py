"""Evidence that is unlike the samples, made of published rows, and the text of its documents. Nothing is estimated."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import two_rounds
from handed import EN, ES, FR
from promises import evidence_from
from published_rows import CHILDREN, HIDDEN, OPEN, TOTAL, UNRELIABLE, of, published, row

import fltoolkit as fl
from fltoolkit import report
from fltoolkit.estimate.change_over_time.difference import NO_CHANGE
from fltoolkit.estimate.change_over_time.unresolved_excess import WIDE_BOUNDS
from fltoolkit.report.document_formats.document_blocks import Document, Heading
from fltoolkit.report.document_formats.html_writer import as_html, as_slides
from fltoolkit.report.documents.evidence_brief import evidence_brief
from fltoolkit.report.documents.workshop_slides import workshop
from tests.file_texts import lines, page_lines

LANGUAGES = {language.code: language for language in (EN, FR, ES)}
BRIEF, FIRST_PAGE, SLIDES, FRONT_PAGE = "brief", "page 1 of the brief", "slides", "front page"
TO_VERIFY = "the age limits, from memory"
FEW = {"cases": 20.0, "ci_low": 0.012, "ci_high": 0.031, "flag": "caution", "reason": "fewer than 30 cases"}
NOBODY = {
    "estimate": 0.0,
    "cases": 0.0,
    "ci_low": 0.0,
    "ci_high": 0.0012,
    "flag": "review",
    "marker": "w",
    "reason": "no case was recorded",
}
WIDE = OPEN | {"bounds_note": str(WIDE_BOUNDS), "bound_high": 0.04, "bound_ci_high": 0.05}
EXCLUDED = ("the homeless",)
TARGET = {"year": 2030, "cut": 0.5}


def _of(*rows: dict[str, Any], **about: Any) -> fl.Evidence:
    return evidence_from(published(*rows, coverage_excludes=EXCLUDED, **about))


def _unchanged() -> fl.Evidence:
    later = two_rounds.fell()
    assert later.changed is not None
    table = later.changed.table.assign(verdict=NO_CHANGE, ci_high=0.002)
    return replace(later, changed=replace(later.changed, table=table))


MADE: Mapping[str, Callable[[], fl.Evidence]] = {
    "usual": lambda: _of(row(**OPEN), TOTAL, of("sex", "men", **UNRELIABLE), of("sex", "women", **HIDDEN)),
    "few cases": lambda: _of(row(**FEW)),
    "nobody found": lambda: _of(row(**NOBODY)),
    "hidden headline": lambda: _of(row(**HIDDEN)),
    "unreliable headline": lambda: _of(row(**UNRELIABLE)),
    "wide bounds": lambda: _of(row(**WIDE)),
    "provisional": lambda: _of(row(to_verify=TO_VERIFY)),
    "everybody reached": lambda: evidence_from(published(row())),
    "children only": lambda: _of(row(**CHILDREN), headlines=("children",)),
    "a target": lambda: evidence_from(published(row(), TOTAL), TARGET),
    "a target of nobody": lambda: evidence_from(published(row(**NOBODY)), TARGET),
    "fell": two_rounds.fell,
    "unchanged": _unchanged,
}


@cache
def evidence(name: str) -> fl.Evidence:
    """Returns evidence of MADE by its name. It is made once."""
    return MADE[name]()


@cache
def text(name: str, document: str, code: str) -> str:
    """Returns what a document of an evidence says in a language, with common spaces. It is made once."""
    if document == FRONT_PAGE:
        return _plain(_front_page(evidence(name)))
    made = (workshop if document == SLIDES else evidence_brief)(evidence(name), LANGUAGES[code])
    written = (
        as_slides(made)
        if document == SLIDES
        else as_html(_first_page(made) if document == FIRST_PAGE else made)
    )
    return _plain("\n".join(page_lines(written, whole=False)))


def _first_page(brief: Document) -> Document:
    pages = [i for i, block in enumerate(brief.blocks) if isinstance(block, Heading) and block.new_page]
    return replace(brief, blocks=brief.blocks[: pages[0]])


def _front_page(found: fl.Evidence) -> str:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        report.write_estimates(found.now, folder / "survey")
        if found.changed is not None:
            report.write_changes(found.changed, folder / "survey")
        excluded = found.now.coverage_excludes
        return "\n".join(lines(report.write_index(folder, [report.Entry("survey", "Survey", excluded)])))


def _plain(said: str) -> str:
    return said.replace("\xa0", " ").replace("\u202f", " ")
