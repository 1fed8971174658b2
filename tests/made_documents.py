"""The documents of two rounds of a small survey and of two samples, each made once a language for all tests of a worker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import shipped
from handed import EN, ES, FR, evidence
from two_rounds import fell

import fltoolkit as fl
from fltoolkit.report.document_formats.document_blocks import Document
from fltoolkit.report.documents.evidence_brief import evidence_brief
from fltoolkit.report.documents.plan_skeleton import nap_skeleton
from fltoolkit.report.documents.workshop_slides import workshop

LANGUAGES = {"en": EN, "fr": FR, "es": ES}
MADE = {"brief": evidence_brief, "skeleton": nap_skeleton, "slides": workshop}


@cache
def of_sample(sample: str) -> fl.Evidence:
    """Returns the evidence of a shipped sample that is its own baseline."""
    plan, persons = shipped.plan(sample), shipped.persons(sample)
    return fl.evidence(plan, fl.rounds(plan, persons, shipped.published(sample, planned=True)))


RUNS: Mapping[str, Callable[[], fl.Evidence]] = {
    "baseline": evidence,
    "later": fell,
    "norvia": lambda: of_sample(shipped.NORVIA),
    "valdorie": lambda: of_sample(shipped.VALDORIE),
}


@cache
def document(run: str, kind: str, code: str) -> Document:
    """Returns a document of a run in a language."""
    return MADE[kind](RUNS[run](), LANGUAGES[code])
