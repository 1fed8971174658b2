"""The evidence brief: what stands on its first page, and what follows."""

from __future__ import annotations

import dataclasses
from typing import Any

import pandas as pd
from handed import EN
from promises import evidence_from, evidence_of, filled, plan_with
from published_rows import of, published, row

import fltoolkit as fl
from fltoolkit.report.document_formats.document_blocks import (
    Block,
    Bullets,
    Charts,
    Document,
    Facts,
    Heading,
    Paragraph,
)
from fltoolkit.report.document_sections import targets_section
from fltoolkit.report.documents.evidence_brief import evidence_brief
from fltoolkit.show.printed_tables.printed_table import PrintedTable

TOTAL = row(measure="total", estimate=400.0, ci_low=300.0, ci_high=520.0, interval="log")
OUT = published(
    row(unresolved=6.0, bound_high=0.023), TOTAL, of("sex", "men"), of("sex", "women"), groups=("sex",), judged="fltoolkit: x"
)
FEW = ({"year": 2030, "cut": 0.05}, {"year": 2030, "cut": 0.04, "group": "gender", "category": "men"})


def first_page(document: Document) -> list[Block]:
    """What comes before the first heading."""
    at = next(i for i, b in enumerate(document.blocks) if isinstance(b, Heading))
    return list(document.blocks[:at])


def texts(blocks: list[Block], style: str = "") -> list[str]:
    return [b.text for b in blocks if isinstance(b, Paragraph) and style in ("", b.style)]


def later(**row_of_the_follow_up: Any) -> fl.Evidence:
    """A later round, which found 2.2 per 1,000 where the target is 2.5."""
    given = filled(plan_with({"year": 2030, "cut": 0.5}, planned_sample=20_000), n=20_000)
    return evidence_of(given, [{"value": 2.2, "ci_low": 1.5, "ci_high": 3.1} | row_of_the_follow_up], OUT)


def test_the_first_page_has_the_headline_two_pictures_and_every_doubt() -> None:
    page = first_page(evidence_brief(evidence_from(OUT, FEW[0], planned_sample=2000), EN))
    facts, lead, pictures, *rest = page
    assert isinstance(facts, Facts)
    assert isinstance(lead, Paragraph)
    assert lead.style == "lead"
    assert lead.text.startswith("At some time in the past 12 months, 20.0 of every 1,000 adults")
    assert isinstance(pictures, Charts)
    assert [c.picture.name for c in pictures.charts] == ["prevalence_by_sex", "path_rate"]
    repeat, warning, lower, coverage = texts(rest)
    assert repeat.startswith("Prevalence: a repeat of 2,000 persons")
    assert warning.startswith("The planned survey could not verify this target.")
    assert lower.startswith("6 of 2,000 persons asked left the question open")
    assert coverage == "The survey names no group that it could not reach."


def test_of_several_targets_that_cannot_be_verified_the_first_page_says_one_line() -> None:
    many = evidence_from(OUT, *FEW, planned_sample=2000)
    brief = evidence_brief(many, EN)
    assert texts(first_page(brief), "warning") == [p.text for p in targets_section.first_warning(many, EN)]
    assert texts(first_page(brief), "warning")[0].startswith(
        "The survey that is planned could not verify 2 of the plan's 2 targets."
    )
    assert texts([b for b in brief.blocks if b not in first_page(brief)], "warning") == [
        p.text for p in targets_section.unverifiable(many, EN)
    ]


def test_a_later_round_leads_with_its_verdict_and_has_a_table_of_its_own() -> None:
    brief = evidence_brief(later(), EN)
    assert texts(first_page(brief), "lead")[1].startswith("Prevalence, 2025 to 2027: ▼ decreased.")
    assert "Change since the baseline" in [b.title for b in brief.blocks if isinstance(b, PrintedTable)]
    assert Heading(EN.say("change.heading")) in brief.blocks
    alone = evidence_brief(evidence_from(OUT, planned_sample=2000), EN)
    assert Heading(EN.say("change.heading")) not in alone.blocks
    assert len(texts(first_page(alone), "lead")) == 1


def test_a_place_beside_a_target_is_told_and_said_to_be_no_test() -> None:
    """Not twice on the first page: of a target that cannot be verified its warning says it."""
    (told,) = targets_section.already(later(), EN)
    brief = evidence_brief(later(), EN)
    assert told in texts(first_page(brief))
    assert Bullets((told,)) in brief.blocks
    assert Paragraph(EN.say("targets.no_test"), "quiet") in brief.blocks
    one = later()
    refused = dataclasses.replace(one, targets=one.targets.assign(verifiable="no"))
    assert told not in texts(first_page(evidence_brief(refused, EN)))
    none = evidence_brief(evidence_from(OUT, planned_sample=2000), EN)
    assert Paragraph(EN.say("targets.no_test"), "quiet") not in none.blocks


def test_the_numbers_the_promises_and_the_limits_follow_in_this_order() -> None:
    brief = evidence_brief(evidence_from(OUT, FEW[0], planned_sample=2000, title="Our plan"), EN)
    heads = [b.text for b in brief.blocks if isinstance(b, Heading)]
    keys = ("brief.numbers", "rule_sets.heading", "brief.promises", "references.heading", "brief.limits", "brief.basis")
    assert heads == [EN.say(key) for key in keys]
    assert [b.new_page for b in brief.blocks if isinstance(b, Heading)] == [True, *[False] * 5]
    assert (brief.kind, brief.subtitle, brief.language) == ("brief", "Our plan", "en")
    assert brief.title == "Forced labour in Nowhere: what the survey of 2025 found"
    assert brief.foot.startswith("Source: Small survey; rule set icls_2018 v1")
    without = evidence_brief(evidence_from(published(row(unresolved=pd.NA, estimate=float("nan"), marker="c"))), EN)
    assert not [b for b in first_page(without) if isinstance(b, Charts)]
