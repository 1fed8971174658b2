"""The plan's results framework as blocks of a document: Tool No. 16's matrix, its five criteria, the instruments that the plan names."""

from __future__ import annotations

import pandas as pd

from fltoolkit.languages.language import Language
from fltoolkit.nap.evidence import Evidence
from fltoolkit.report.document_formats.document_blocks import Bullets, DocumentTable, Paragraph, TableColumns, table_in
from fltoolkit.report.document_sections.targets_section import with_target
from fltoolkit.show.wording import number_words
from fltoolkit.show.wording.plan_words import Line, between, promise, value
from fltoolkit.survey.spec.groups import TOTAL


def matrix(evidence: Evidence, language: Language) -> DocumentTable:
    """Tool No. 16's matrix, the survey's cells filled; what partners give is left for them or as they gave it."""
    records = evidence.baseline.table.to_dict("records")
    aims: dict[tuple[object, ...], list[str]] = {}
    for r in with_target(evidence).to_dict("records"):
        aims.setdefault((r["id"], r["group"], r["category"]), []).append(promise(language, r))
    body, seen = [], ""
    for r in records:
        new, seen = r["id"] != seen, str(r["id"])
        by = "" if r["group"] in ("", TOTAL) or pd.isna(r["group"]) else number_words.group(language, str(r["group"]))
        category = number_words.reason(language, r["category"]) if by else ""
        aim = language.list(aims.get((r["id"], r["group"], r["category"]), [])) or _typed(language, r)
        said = {
            name: language.own(str(r[name])) if new else "" for name in ("code", "statement", "means_of_verification", "lead")
        }
        body.append((
            language.colon(said["code"], said["statement"]) if new else "", number_words.indicator(language, r) if new else "",
            language.colon(by, category) if category else by, _cell(language, r), number_words.marker(r), aim, said["means_of_verification"],
            _frequency(language, str(r["reporting_frequency"])) if new else "", said["lead"],
        ))  # fmt: skip
    names = ("statement", "indicator", "by_group", "baseline", "marker", "target", "verification", "reporting", "lead")
    markers = number_words.markers(language, [r["marker"] for r in records])
    columns = TableColumns(names, (0.14, 0.14, 0.13, 0.12, 0.07, 0.12, 0.1, 0.09, 0.09), wide=True)
    return table_in(language, "matrix", columns, body, markers)


def _typed(language: Language, row: Line) -> str:
    """Targets that the partners typed for the first and second year."""
    years = [language.own(row[c]) for c in ("target_year_1", "target_year_2") if isinstance(row[c], str) and row[c]]
    return language.say("targets.typed", years=" / ".join(years)) if years else ""


def _frequency(language: Language, said: str) -> str:
    """How often the indicator is reported: as the plan says, or the kit's own word for it."""
    return language.say(f"frequencies.{said}") if language.has(f"frequencies.{said}") else language.own(said)


def _cell(language: Language, row: Line) -> str:
    if row["filled_by"] == "partners":
        return (
            language.own(str(row["baseline_value"]))
            if row["baseline_value"] and pd.notna(row["baseline_value"])
            else language.say("by_partners")
        )
    if pd.isna(row["baseline_value"]):
        return ""
    return f"{value(language, float(row['baseline_value']), row)} ({between(language, row, 'ci_low', 'ci_high')})"


def smart(evidence: Evidence, language: Language) -> DocumentTable | Paragraph:
    """What each indicator still lacks of Tool No. 16's five criteria."""
    lacking = evidence.smart[evidence.smart["met"] != "yes"]
    if lacking.empty:
        return Paragraph(language.say("smart.all"), "quiet")
    body = [
        (
            number_words.indicator(language, r), language.say(f"smart.{r['criterion']}"), language.say(f"smart.met_{r['met']}"),
            number_words.reason(language, r["missing"]),
        )
        for r in lacking.to_dict("records")
    ]  # fmt: skip
    columns = TableColumns(("indicator", "criterion", "met", "missing"), (0.35, 0.15, 0.15, 0.35))
    return table_in(language, "smart", columns, body)


def legal(evidence: Evidence, language: Language) -> Bullets | Paragraph:
    """The instruments that the plan names."""
    return (
        Bullets(tuple(map(language.own, evidence.plan.legal_basis)))
        if evidence.plan.legal_basis
        else Paragraph(language.say("skeleton.no_legal_basis"), "prompt")
    )
