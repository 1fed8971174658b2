"""Counts the interviews that were held under each condition: by proxy (another person answered), with other
persons present, and in each mode, such as by telephone. Only persons who answered the module on forced labour
are counted."""

from __future__ import annotations

from collections.abc import Mapping
from weakref import WeakKeyDictionary

import narwhals as nw

from fltoolkit.languages.reasons import Reason, Reasons, joined_reasons
from fltoolkit.survey.answers.skips_and_blanks import answered_no, answered_yes, one_of
from fltoolkit.survey.checks.findings import count_rows
from fltoolkit.survey.checks.printed_counts import rounded
from fltoolkit.survey.data.internal_columns import ASKED, SOURCE
from fltoolkit.survey.design.survey_design import Survey
from fltoolkit.survey.spec.mapped_questions import MappedQuestions
from fltoolkit.survey.spec.questions import Source

KINDS = ("proxy", "alone")
ANSWERED, MODE = "answered", "mode "
_KNOWN: WeakKeyDictionary[Survey, dict[str, int]] = (
    WeakKeyDictionary()
)  # kept, because every estimate of a run needs it


def interview_counts(survey: Survey) -> Mapping[str, int]:
    """Returns the number of persons who answered the module on forced labour, and how many of them answered
    under each condition of the interview. The keys are `answered`, `proxy` (another person answered), `alone`
    (somebody else was present: the person answered *no* to the question whether they were alone) and `mode
    <name>`, such as `mode telephone`. The counts are exact and must not be published.

    Only the questions under `interview` in survey.yaml are counted, and the mapping is empty if there are
    none. A person without an answer to such a question is counted under `answered` only.
    """
    if survey not in _KNOWN:
        _KNOWN[survey] = _counts_by_condition(survey)
    return _KNOWN[survey]


def _counts_by_condition(survey: Survey) -> dict[str, int]:
    spec, asked = survey.spec, nw.col(ASKED)
    conditions: dict[str, nw.Expr] = {ANSWERED: asked}
    for kind in KINDS:
        if sources := getattr(spec.interview, kind):
            conditions[kind] = asked & nw.any_horizontal(
                *[_answered(source, spec.mapped, yes=kind == "proxy") for source in sources],
                ignore_nulls=True,
            )
    if mode := spec.interview.mode:
        value = nw.col(SOURCE + mode.column)
        for label in dict.fromkeys(mode.codes.values()):
            codes = [code for code, of in mode.codes.items() if of == label]
            conditions[MODE + label] = asked & one_of(value, codes)
    return count_rows(survey.frame, conditions) if len(conditions) > 1 else {}


def _answered(source: Source, mapped: MappedQuestions, *, yes: bool) -> nw.Expr:
    return (answered_yes(source, mapped) if yes else answered_no(source, mapped)).fill_null(False)


def mode_shares(survey: Survey) -> tuple[tuple[str, float], ...]:
    """Returns the share (0 to 1) of interviews in each mode, such as face to face or telephone, among
    interviews with a known mode. The result is a list of pairs of name and share, sorted by name. It is empty
    if survey.yaml names no mode, or if no mode is known.

    The shares are exact and are never printed."""
    counts = {
        name.removeprefix(MODE): n for name, n in interview_counts(survey).items() if name.startswith(MODE)
    }
    known = sum(counts.values())
    return tuple((name, n / known) for name, n in sorted(counts.items())) if known else ()


def conditions_in_words(survey: Survey) -> Reason | Reasons | str:
    """Returns, in words, the conditions of the interviews, such as `answered by somebody else: 12%; somebody
    else was present: 20%; mode face to face: 80%`. The text is empty if survey.yaml has no question under
    `interview`.

    The percentages are computed from rounded counts. A count below the confidentiality limit becomes `fewer
    than 5 persons`.
    """
    counts, limit = interview_counts(survey), survey.spec.confidentiality.smallest_printed_count
    shares = [_share(name, n, counts[ANSWERED], limit) for name, n in counts.items() if name != ANSWERED]
    return joined_reasons(shares)  # type: ignore[no-any-return]


def _share(name: str, count: int, answered: int, limit: int) -> Reason:
    """Returns, in words, the share of interviews under one condition, among persons who answered the module
    on forced labour.

    Args:
        name: the condition: `proxy` (another person answered), `alone` (somebody else was present: *no* to
            the question `alone` is counted), or `mode <name>`.
        count: the exact number of such interviews.
        answered: the exact number of persons who answered the module.
        limit: the confidentiality limit. The share is computed from the rounded `count`.
    """
    of = {} if name in KINDS else {"what": name.removeprefix(MODE)}
    kind = "mode" if of else name
    if (number := rounded(count, limit)) is None:
        return Reason.of(f"interviews.few_{kind}", **of, N=limit)
    if not answered:
        return Reason.of(f"interviews.no_{kind}", **of)
    return Reason.of(f"interviews.{kind}", **of, N=round(100 * min(number, answered) / answered))
