"""Applies the entries under `accept` of survey.yaml to the findings (what the checks found in the data), and
reports the corrections of survey.yaml as findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fltoolkit.survey.checks.findings import SEVERITIES, Finding
from fltoolkit.survey.corrections.correction_counts import changed_rows
from fltoolkit.survey.design.survey_design import Survey
from fltoolkit.survey.spec.corrections import Accepted

ACCEPT = "or name the finding under accept: with the reason why it is right"
OR_ACCEPT = f"or correct the rows under corrections:, {ACCEPT}"
NO_REASON_HELPS = "accept: does not help here, because no estimate can be made from such data"


def with_acceptance(found: Sequence[Finding], accepted: Sequence[Accepted]) -> list[Finding]:
    """Returns the findings about the data, after the entries under `accept` of survey.yaml are applied. Such
    an entry says that somebody has looked at a finding, and that the data are right.

    An accepted error becomes a warning that gives the reason, and an accepted warning a note. For a finding
    that could be accepted, but is not, the advice says how to accept it. An entry of `accept` that fits no
    such finding becomes a warning.
    """
    reasons: dict[tuple[str, str], str] = {(entry.finding, entry.column): entry.why for entry in accepted}
    # Only these justify the entry. Other findings of the same check and column, such as ages that are not
    # stated, do not.
    there = {
        (finding.check, finding.where)
        for finding in found
        if finding.severity == "error" or finding.acceptable
    }
    unused = [
        Finding(
            "warning",
            "accept",
            entry.column,
            f"the entry accepts a finding of {entry.finding}, but there is no such finding",
            "",
            "remove the entry",
        )
        for entry in accepted
        if (entry.finding, entry.column) not in there
    ]
    return [
        *(_after_acceptance(finding, reasons.get((finding.check, finding.where))) for finding in found),
        *unused,
    ]


def _after_acceptance(finding: Finding, why: str | None) -> Finding:
    """Returns one finding, after the acceptance in survey.yaml is applied: an accepted error becomes a
    warning, and an accepted warning a note. `why` is the reason that survey.yaml gives. None means that
    survey.yaml does not accept the finding."""
    if finding.acceptable and why is not None:
        milder = SEVERITIES[SEVERITIES.index(finding.severity) + 1]
        return replace(
            finding,
            severity=milder,
            what=f"{finding.what}; accepted: {why}",
            do="nothing: survey.yaml accepts it",
        )
    if finding.acceptable:
        return replace(finding, do=f"{finding.do}; {OR_ACCEPT if finding.severity == 'error' else ACCEPT}")
    return (
        finding
        if why is None or finding.severity != "error"
        else replace(finding, do=f"{finding.do}; {NO_REASON_HELPS}")
    )


def correction_findings(survey: Survey) -> list[Finding]:
    """Returns findings about the `corrections` of survey.yaml. A note for each column and reason gives the
    number of corrected rows. A warning names each correction that changed nothing, because its rows already
    had the new value."""
    out = []
    for (column, why), rows in changed_rows(survey).items():
        if rows:
            do = "nothing; the rows themselves are in the private folder (--private)"
            out.append(Finding("note", "corrections", column, f"corrected: {why}", rows, do))
    changed = survey.corrected.changed if survey.corrected else ()
    for number, (correction, rows) in enumerate(zip(survey.spec.corrections, changed, strict=True), 1):
        if not rows:
            what = f"entry {number} of corrections changes nothing: its rows have this value already"
            out.append(
                Finding(
                    "warning", "corrections", correction.column, what, "", "remove the entry, or correct it"
                )
            )
    return out
