"""Applies the entries under `accept` of survey.yaml to the findings (what the checks found in the data), and
reports the corrections of survey.yaml as findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from fltoolkit.languages.reasons import Reason
from fltoolkit.survey.checks.findings import SEVERITIES, Finding
from fltoolkit.survey.checks.rules.rule import WORDS, Rule
from fltoolkit.survey.corrections.correction_counts import changed_rows
from fltoolkit.survey.design.survey_design import Survey
from fltoolkit.survey.spec.corrections import Accepted


def with_acceptance(found: Sequence[Finding], accepted: Sequence[Accepted]) -> list[Finding]:
    """Returns the findings about the data, after the entries under `accept` of survey.yaml are applied. Such
    an entry says that somebody has looked at a finding, and that the data are right.

    An accepted error becomes a warning that gives the reason, and an accepted warning a note. For a finding
    that could be accepted, but is not, the advice says how to accept it.
    """
    reasons: dict[tuple[str, str], str] = {(entry.finding, entry.column): entry.why for entry in accepted}
    return [_after_acceptance(finding, reasons.get((finding.check, str(finding.where)))) for finding in found]


def _after_acceptance(finding: Finding, why: str | None) -> Finding:
    """Returns one finding, after the acceptance in survey.yaml is applied: an accepted error becomes a
    warning, and an accepted warning a note. `why` is the reason that survey.yaml gives. None means that
    survey.yaml does not accept the finding."""
    if finding.acceptable and why is not None:
        milder = SEVERITIES[SEVERITIES.index(finding.severity) + 1]
        what = Reason.of(f"{WORDS}accepted", what=finding.what, why=why)
        return replace(finding, severity=milder, what=what, do=Reason.of(f"{WORDS}nothing_accepted"))
    if finding.acceptable:
        or_what = "or_correct" if finding.severity == "error" else "or_accept"
    elif why is not None and finding.severity == "error":
        or_what = "no_reason_helps"
    else:
        return finding
    return replace(finding, do=Reason.of(f"{WORDS}{or_what}", do=finding.do))


def unused_entries(found: Sequence[Finding], accepted: Sequence[Accepted]) -> Iterator[Rule]:
    """Yields a rule for each entry of `accept` that no finding justifies. Only errors, and findings that may
    be accepted, justify an entry. Other findings of the same check and column, such as ages that are not
    stated, do not."""
    there = {(f.check, str(f.where)) for f in found if f.severity == "error" or f.acceptable}
    for entry in accepted:
        if (entry.finding, entry.column) not in there:
            yield Rule("accept_without_finding", entry.column, count="", values={"check": entry.finding})


def correction_rules(survey: Survey) -> Iterator[Rule]:
    """Yields the rules on the `corrections` of survey.yaml: a note for each column and reason, and a warning
    for each correction that changed nothing, because its rows already had the new value."""
    for (column, why), rows in changed_rows(survey).items():
        yield Rule("corrected", column, count=rows, values={"why": why})
    changed = survey.corrected.changed if survey.corrected else ()
    for number, (correction, rows) in enumerate(zip(survey.spec.corrections, changed, strict=True), 1):
        if not rows:
            values = {"number": number}
            yield Rule("correction_without_effect", correction.column, count="", values=values)
