"""Checks the quality of the data before any estimate: what is wrong, where, how often, how serious, and what
to do.

Errors in the design stop all estimates. Their numbers of rows are exact, because no table is printed beside
them. Other counts of persons are rounded, and small counts are not printed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import narwhals as nw

from fltoolkit.arguments import checked
from fltoolkit.languages.reasons import Reason
from fltoolkit.languages.word_files import BASE, Shipped
from fltoolkit.survey.checks.findings import SEVERITIES, Finding, FindingRows, finding_facts, findings
from fltoolkit.survey.checks.rules.answer_rules import answer_rules, declared_rules
from fltoolkit.survey.checks.rules.code_rules import code_rules, job_code_rules
from fltoolkit.survey.checks.rules.design_rules import design_rules
from fltoolkit.survey.checks.rules.label_rules import label_rules, labels_of_files, own_label_rules
from fltoolkit.survey.checks.rules.person_rules import (
    age_rules,
    family_rules,
    file_rules,
    group_rules,
    header_rules,
    module_rules,
    twin_rules,
)
from fltoolkit.survey.checks.rules.pooling_rules import pooling_rules
from fltoolkit.survey.checks.rules.replicate_rules import replicate_rules
from fltoolkit.survey.checks.rules.rule import WORDS, CheckRule, apply_rules
from fltoolkit.survey.checks.rules.time_rules import episode_rules, month_rules, period_rules
from fltoolkit.survey.checks.rules.weight_rules import (
    dominant_weight_rules,
    number_rules,
    stratum_weight_rules,
    weight_rules,
    weight_sum_rules,
)
from fltoolkit.survey.correction_counts import changed_rows
from fltoolkit.survey.design.survey_design import Survey
from fltoolkit.survey.engine.columns import PART, SOURCE
from fltoolkit.survey.engine.engines import to_pandas
from fltoolkit.survey.person_rows import ROW_FACTS
from fltoolkit.survey.printed_values import Mask
from fltoolkit.survey.spec.corrections import Accepted

if TYPE_CHECKING:
    import pandas as pd

CALIBRATION = "calibration"  # the key of survey.yaml that `fl.check_weights` checks
_KNOWN: WeakKeyDictionary[Survey, dict[Mask, list[Finding]]] = (
    WeakKeyDictionary()
)  # kept for `fl.classify` after `fl.check`


@checked
def check(survey: Survey, *, show_values: bool = False, language: Shipped = BASE) -> pd.DataFrame:
    """Returns the findings of all checks: errors in the data, and what a statistician should know before an
    estimate.

    Args:
        survey: the survey, as `fl.read_survey` returns it.
        show_values: True prints exact counts and all values of the data. The table is then confidential: keep
            it on the screen. By default, a value of the data is printed only if it cannot identify a person,
            and no exact number of persons is printed.
        language: the language of the words: `en`, `fr` or `es`.

    Returns:
        One row per finding, with the columns `severity` (error, warning, note), `check`, `where` (the column
            or key), `what`, `count` (persons, rounded: `about 30`, `fewer than 5`; exact in an error about
            the design, and for things other than persons), `do`. Errors are first. If nothing was found, the
            table is empty.
    """
    return findings(*_findings_and_limit(survey, show_values), language)


def check_facts(
    survey: Survey, *, show_values: bool = False, language: Shipped = BASE
) -> list[dict[str, Any]]:
    """Returns the rows of `check` as a list of mappings, for code that only prints them or looks for
    errors."""
    return finding_facts(*_findings_and_limit(survey, show_values), language)


def all_findings(survey: Survey, mask: Mask) -> list[Finding]:
    """Returns all findings about the data of a survey, with the rows that they are about. `mask` decides
    which values the findings may print. The survey is checked at the first call; later calls with the same
    `mask` return the same findings."""
    known = _KNOWN.setdefault(survey, {})
    if mask not in known:
        known[mask] = _check_everything(survey, mask)
    return known[mask]


def with_acceptance(found: Sequence[Finding], accepted: Sequence[Accepted]) -> list[Finding]:
    """Returns the findings about the data, after the entries under `accept` of survey.yaml are applied. Such
    an entry says that somebody has looked at a finding, and that the data are right.

    An accepted error becomes a warning that gives the reason, and an accepted warning a note. For a finding
    that could be accepted, but is not, the advice says how to accept it.
    """
    reasons: dict[tuple[str, str], str] = {(entry.finding, entry.column): entry.why for entry in accepted}
    return [_after_acceptance(finding, reasons.get((finding.check, str(finding.where)))) for finding in found]


def unused_entries(found: Sequence[Finding], accepted: Sequence[Accepted]) -> Iterator[CheckRule]:
    """Yields a rule for each entry of `accept` that no finding justifies. Only errors, and findings that may
    be accepted, justify an entry. Other findings of the same check and column, such as ages that are not
    stated, do not. Entries on `rounds` and on the calibration are left out: other functions find those."""
    there = {(f.check, str(f.where)) for f in found if f.severity == "error" or f.acceptable}
    for entry in accepted:
        elsewhere = entry.finding == "rounds" or entry.column == CALIBRATION
        if not elsewhere and (entry.finding, entry.column) not in there:
            yield CheckRule("accept_without_finding", entry.column, count="", values={"check": entry.finding})


def correction_rules(survey: Survey) -> Iterator[CheckRule]:
    """Yields the rules on the `corrections` of survey.yaml: a note for each column and reason, and a warning
    for each correction that changed nothing, because its rows already had the new value."""
    for (column, why), rows in changed_rows(survey).items():
        yield CheckRule("corrected", column, count=rows, values={"why": why})
    changed = survey.corrected.changed if survey.corrected else ()
    for number, (correction, rows) in enumerate(zip(survey.spec.corrections, changed, strict=True), 1):
        if not rows:
            values = {"number": number}
            yield CheckRule("correction_without_effect", correction.column, count="", values=values)


def finding_rows(survey: Survey) -> pd.DataFrame:
    """Lists the rows of the data that the errors and warnings of `fl.check` are about. The list is
    confidential.

    Returns:
        One row per finding and row of the data, with the columns `check`, `where`, `what` as in `fl.check`,
            `file` (the path in survey.yaml), then the columns of the row's key under their own names. Without
            such rows, the table is empty.
    """
    import pandas as pd

    found = all_findings(survey, Mask(survey.spec.confidentiality.smallest_printed_count))
    tables = [
        _rows_of_finding(survey, f, f.rows) for f in found if f.rows is not None and f.severity != "note"
    ]
    keys = dict.fromkeys(c for table in tables for c in table.columns if c not in ROW_FACTS)
    return pd.concat(
        [pd.DataFrame(columns=[*ROW_FACTS, *(keys or survey.spec.files.person.key)]), *tables],
        ignore_index=True,
    )


def _findings_and_limit(survey: Survey, show_values: bool) -> tuple[list[Finding], int | None]:
    limit = survey.spec.confidentiality.smallest_printed_count
    return all_findings(survey, Mask(limit, off=show_values)), None if show_values else limit


def _check_everything(survey: Survey, mask: Mask) -> list[Finding]:
    labels = labels_of_files(survey)
    rules = [
        *header_rules(survey),
        *weight_rules(survey),
        *weight_sum_rules(survey),
        *number_rules(survey),
        *dominant_weight_rules(survey),
        *stratum_weight_rules(survey, mask),
        *replicate_rules(survey),
        *design_rules(survey, mask),
        *code_rules(survey, mask),
        *job_code_rules(survey, mask),
        *label_rules(survey, labels),
        *age_rules(survey),
        *file_rules(survey),
        *twin_rules(survey),
        *pooling_rules(survey),
        *family_rules(survey, labels),
        *group_rules(survey),
        *own_label_rules(survey.spec),
        *answer_rules(survey, mask),
        *declared_rules(survey),
        *episode_rules(survey),
        *module_rules(survey),
        *period_rules(survey),
        *month_rules(survey),
        *correction_rules(survey),
    ]
    found, accepted = apply_rules(rules, survey.frame, mask, survey.path), survey.spec.accept
    unused = apply_rules(unused_entries(found, accepted), survey.frame, mask)
    return [*with_acceptance(found, accepted), *unused]


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


def _rows_of_finding(survey: Survey, finding: Finding, rows: FindingRows) -> pd.DataFrame:
    """Returns the rows of the data that one finding is about, by their keys: a table with the columns of
    `finding_rows`. Only the key columns of the file to which the rows belong are included."""
    files, names = survey.spec.files, rows.frame.collect_schema().names()
    own = (
        files.episodes
        if files.episodes and all(SOURCE + c in names for c in files.episodes.key)
        else files.person
    )
    own = files.given.get(rows.file, own)
    key = [c for c in dict.fromkeys([*files.person.key, *own.key]) if SOURCE + c in names]
    part = nw.col(PART) if PART in names else nw.lit(0).alias(PART)  # one file for all quarters has no part
    columns = [part, *(nw.col(SOURCE + c).alias(c) for c in key)]
    frame = rows.frame if rows.condition is None else rows.frame.filter(rows.condition.fill_null(False))
    table = to_pandas(frame.select(*columns).sort(PART, *key), survey.path)
    paths = table.pop(PART).map(lambda part: own.path[int(part)])
    facts = {"check": finding.check, "where": str(finding.where), "what": str(finding.what)}
    return table.assign(**facts, file=paths)[[*ROW_FACTS, *key]]
