"""The French documents of the shipped surveys are French: no sentence of the kit is left in English but what a survey or a plan says itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from handed import EN, FR

import fltoolkit as fl
from fltoolkit.languages.language import PLACE
from fltoolkit.report.document_formats.document_blocks import Chart, Charts, Document
from fltoolkit.report.documents.evidence_brief import evidence_brief
from fltoolkit.report.documents.fact_sheet import fact_sheet
from fltoolkit.report.documents.plan_skeleton import nap_skeleton
from fltoolkit.report.documents.workshop_slides import workshop

SAMPLES = Path(__file__).parents[3] / "data_samples"
OF_THE_KIT = ("flag", "reason", "to_verify", "rule_note", "duration_basis", "age_basis")
ENGLISH = r"\b(the|than|with|which|fewer|above|cases|wider|persons|is|are|who|before|interval|repeat)\b"


@pytest.fixture(scope="module", params=["norvia_lfs_2025", "valdorie_enquete_2025"])
def evidence(request: pytest.FixtureRequest) -> fl.Evidence:
    folder = SAMPLES / request.param
    plan = fl.read_plan(folder / "nap.yaml")
    persons = fl.classify(fl.read_survey(folder / "survey.yaml"))
    return fl.evidence(plan, fl.rounds(plan, persons, fl.publish_run(persons, plan=plan)))


def texts(document: Document) -> list[str]:
    """Everything that a document says, the words of its pictures with it."""
    found = [document.title, document.foot]
    for block in document.blocks:
        pictures = block.charts if isinstance(block, Charts) else (block,) if isinstance(block, Chart) else ()
        found += [c.picture.alt for c in pictures]
        found += _strings(vars(block)) if not pictures else []
    return found


def _strings(node: object) -> list[str]:
    if isinstance(node, str):
        return [node]
    parts = node.values() if isinstance(node, dict) else node if isinstance(node, tuple) else ()
    parts = [*parts, *(vars(p) for p in parts if hasattr(p, "__dataclass_fields__"))]
    return [text for part in parts for text in _strings(part)]


def test_no_english_of_the_kit_is_left(evidence: fl.Evidence) -> None:
    plan, out = evidence.plan, evidence.now
    own = {plan.title, plan.goal, *plan.legal_basis, *out.coverage_excludes, *out.table["survey"], *out.table["category"]}
    own |= {
        v
        for s in plan.framework
        for i in s.indicators
        for v in (i.indicator, i.means_of_verification, i.reporting_frequency, i.lead)
    }
    own |= {v for s in plan.framework for v in (s.statement, s.code)}
    kits = {str(v) for c in OF_THE_KIT for v in out.table[c].unique() if v and re.search(r"[a-z]{3} [a-z]", str(v))}
    kits |= {str(v) for c in ("reason", "target_words", "obstacle", "beside") for v in evidence.targets[c] if v} | {
        str(v) for v in evidence.smart["missing"] if v
    }
    sentences = {
        v for v in EN.words.values() if len(PLACE.sub("", v)) > 12 and v not in FR.words.values() and not PLACE.search(v)
    }
    for made in (evidence_brief, nap_skeleton, workshop, fact_sheet):
        for text in texts(made(evidence, FR)):
            left = text
            for said in sorted(own, key=len, reverse=True):
                left = left.replace(said, "")
            assert not [s for s in (*kits, *sentences) if s in left], text
            assert not re.search(ENGLISH, left), text


def test_a_plan_whose_documents_are_french_alone_speaks_no_english(evidence: fl.Evidence) -> None:
    """Nothing is left out here: the plan's own words and the survey's are what a minister reads, too."""
    alone = evidence.plan.languages == ("fr",)
    said = [text for made in (evidence_brief, nap_skeleton, workshop, fact_sheet) for text in texts(made(evidence, FR))]
    english = [text for text in said if re.search(ENGLISH, text)]
    assert (english == []) == alone, english[:3]


def test_what_a_survey_and_a_plan_say_stays_as_they_say_it(evidence: fl.Evidence) -> None:
    said = "\n".join(texts(nap_skeleton(evidence, FR)))
    for text in (
        evidence.plan.goal,
        *evidence.plan.legal_basis,
        *evidence.now.coverage_excludes,
        evidence.now.table["survey"].iloc[0],
    ):
        assert text in said
