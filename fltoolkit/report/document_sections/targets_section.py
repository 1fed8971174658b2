"""The plan's targets as blocks of a document: which targets a survey could verify, which fall a repeat could detect, and the
milestones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Final

import pandas as pd

from fltoolkit.languages.language import Language
from fltoolkit.nap.evidence import Evidence
from fltoolkit.report.document_formats.document_blocks import Paragraph, Sign, Signs, SignState
from fltoolkit.show.printed_tables import target_tables
from fltoolkit.show.printed_tables.printed_table import PrintedTable
from fltoolkit.show.wording import number_words
from fltoolkit.show.wording.plan_words import Line, about, is_too_wide, later, promise, sign, value, verifiable, warning
from fltoolkit.survey.spec.groups import TOTAL

MOST = 4  # targets in a strip of signs
NAMED = 2  # targets in a sentence
MET: Final = "met"
MISSED: Final = "missed"
OPEN: Final = "open"
STATES: dict[str, SignState] = {"✓": MET, "✗": MISSED, "?": OPEN}
URGENT = (MISSED, OPEN, MET)


def with_target(evidence: Evidence) -> pd.DataFrame:
    """Returns those rows of the plan for which the plan names a target."""
    targets = evidence.targets
    return targets[targets["target_year"].notna()]


def of_everyone(rows: pd.DataFrame) -> pd.DataFrame:
    """Returns those of some rows of the plan that are about everyone, not about a category."""
    return rows[rows["group"].isin(["", TOTAL])]


def on_path(evidence: Evidence) -> pd.DataFrame:
    """Returns the targets for everyone whose path can be drawn: those with a baseline and a target in numbers."""
    rows = of_everyone(with_target(evidence))
    return rows[rows["baseline_value"].notna() & rows["target_value"].notna()]


def unverifiable(evidence: Evidence, language: Language) -> tuple[Paragraph, ...]:
    """Returns one paragraph with a warning for each target of the plan that no survey of the planned size could verify."""
    return tuple(Paragraph(warning(language, row), "warning") for row in refused(evidence))


def refused(evidence: Evidence) -> Sequence[Line]:
    """Returns the plan's targets that no survey of the planned size could verify."""
    rows = with_target(evidence)
    return rows[rows["verifiable"] == "no"].to_dict("records")


def meaning(evidence: Evidence, language: Language) -> str:
    """Returns what makes a target verifiable, and what helps where no planned survey can verify one: fewer unresolved answers where
    they make the baseline wide, and more persons, a later year or another promise elsewhere."""
    wide = [is_too_wide(row) for row in refused(evidence)]
    advice = [language.say(f"targets.{key}") for key, said in (("wide", any(wide)), ("hope", not all(wide))) if said]
    return _sentences(language.say("targets.meaning"), *advice)


def signs(evidence: Evidence, language: Language) -> Signs | None:
    """Returns each target of the plan with a sign (reached, not reached, or not known) and the reason. Returns None if the plan
    has no target.

    If there are too many targets for the first page, those that were not reached come first, then those that are open.

    The sign is ✓ if the whole interval of the later survey is at or below the target, ✗ if the whole interval is above it, and ?
    otherwise. A number that is unreliable or has wide bounds decides nothing.
    """
    rows = with_target(evidence).to_dict("records")
    if len(rows) > MOST:
        rows = sorted(rows, key=lambda row: URGENT.index(_state(row)))[:MOST]
    return Signs(tuple(_sign(language, r) for r in rows)) if rows else None


def explained(signs: Signs, language: Language) -> str:
    """Returns the meaning of the signs ✓ ✗ ? that the plan's targets have, as a sentence. Each sign is explained once."""
    used = {sign.state for sign in signs.signs}
    return " ".join(language.say(f"sheet.signs_{state}") for state in STATES.values() if state in used)


def more_targets(evidence: Evidence, language: Language) -> str:
    """Returns a sentence on how many targets the first page leaves out, because its row of signs (✓ ✗ ?) has no place for them.
    Empty if none is left out.
    """
    left = len(with_target(evidence)) - MOST
    return language.say("sheet.more_targets", n=str(left)) if left > 0 else ""


def decision(evidence: Evidence, language: Language) -> str:
    """Returns a sentence on the most urgent decision that the plan's targets require. It names the targets that were missed, or
    else those that no survey can verify.
    """
    rows = with_target(evidence)
    if rows.empty:
        repeat = found_by_repeat(evidence, language)
        return language.say("sheet.decisions.none", repeat=repeat[0] if repeat else "")
    records = rows.to_dict("records")
    states = [_state(row) for row in records]
    by_state = {state: [row for row, its in zip(records, states, strict=True) if its == state] for state in STATES.values()}
    if by_state[MISSED]:
        return language.say("sheet.decisions.missed", targets=_named(language, by_state[MISSED]))
    if doubtful := [row for row in by_state[OPEN] if row["verifiable"] == "no"]:
        return _remedies(language, doubtful)
    if not by_state[OPEN]:
        return language.say("sheet.decisions.met")
    return _sentences(language.say("sheet.decisions.open"), _needed(language, by_state[OPEN]))


def _remedies(language: Language, rows: Sequence[Line]) -> str:
    """Returns what could make some targets verifiable that no planned survey can verify. If unresolved answers make the result too
    wide, more persons alone do not help: the first remedy is fewer unresolved answers. The number of persons needed is stated where it is known."""
    wide = [row for row in rows if is_too_wide(row)]
    others = [row for row in rows if not is_too_wide(row)]
    remedies = [language.say("sheet.decisions.fewer_open", targets=_named(language, wide))] if wide else []
    remedies += (
        [language.say("sheet.decisions.refused", targets=_listed(language, map(partial(_aimed, language), others)))]
        if others
        else []
    )
    return _sentences(*(r if n == 0 else number_words.start(r) for n, r in enumerate(remedies)), _needed(language, others))


def _needed(language: Language, rows: Sequence[Line]) -> str:
    """Returns how many persons must answer in the repeat so that it can verify each of the first `NAMED` targets; empty if no number
    is known.
    """
    known = [
        language.colon(_called(language, r), number_words.count(language, r["sample_needed"]))
        for r in rows
        if pd.notna(r["sample_needed"])
    ][:NAMED]
    return language.say("sheet.decisions.needed", persons=language.list(known)) if known else ""


def _named(language: Language, rows: Sequence[Line]) -> str:
    """Returns what the targets are about, in a sentence."""
    return _listed(language, (_called(language, row) for row in rows))


def _called(language: Language, row: Line) -> str:
    """Returns what a target is about, in few words: its category, or for everyone the indicator."""
    if row["group"] in ("", TOTAL):
        return language.say("sheet.decisions.whole", indicator=number_words.indicator(language, row))
    return language.say("sheet.decisions.group", category=number_words.reason(language, row["category"]))


def _aimed(language: Language, row: Line) -> str:
    """Returns what a target is about, for a category with its value and year: `women (13.2 per 1,000 by 2030)`."""
    what, wanted = _called(language, row), value(language, row["target_value"], row)
    if not wanted or row["group"] in ("", TOTAL):
        return what
    unit = number_words.unit(language, str(row["measure"]))
    return language.say("sheet.decisions.aim", what=what, value=wanted, unit=unit, year=f"{row['target_year']:g}")


def _listed(language: Language, texts: Iterable[str]) -> str:
    """Returns texts as a list, each once; after the first `NAMED` only how many more there are."""
    listed = list(dict.fromkeys(texts))
    further = [language.say("targets.more", n=str(len(listed) - NAMED))] if len(listed) > NAMED else []
    return " ".join([language.list(listed[:NAMED]), *further])


def _sentences(*texts: str) -> str:
    return " ".join(text for text in texts if text)


def _sign(language: Language, row: Line) -> Sign:
    """Returns one target with its sign (✓ reached, ✗ not reached, ? not known) and the reason for the sign."""
    state = _state(row)
    key: str = "unmeasured" if pd.isna(row["later_value"]) else state
    return Sign(f"{sign(row)} {language.say(f'sheet.{key}')}", state, _aim(language, row), _why(language, row))


def _aim(language: Language, row: Line) -> str:
    """Returns a target in few words: `at most 8.6 by 2030 (a cut of 50 %)`."""
    what, wanted = about(language, row), value(language, row["target_value"], row)
    if not wanted or pd.isna(row["cut"]) or row["cut"] >= 1:
        return language.colon(what, promise(language, row))
    cut = number_words.percent(language, row["cut"])
    return language.say("sheet.aim", what=what, value=wanted, year=f"{row['target_year']:g}", cut=cut)


def _why(language: Language, row: Line) -> str:
    """Returns the words beside the sign of a target (reached, not reached, not known): the reason for this sign."""
    if pd.isna(row["later_value"]):
        return language.say("sheet.not_measured", said=verifiable(language, row))
    return later(language, row)


def _state(row: Line) -> SignState:
    return STATES[sign(row)]


def found_by_repeat(evidence: Evidence, language: Language) -> tuple[str, ...]:
    """Returns the smallest fall that a repeat of the survey, with the planned sample, could detect: one sentence per indicator,
    about its total.

    Readers need it before they set a target.
    """
    rows = evidence.targets[evidence.targets["group"].isin(["", TOTAL]) & evidence.targets["planned_sample"].notna()]
    made = []
    for r in rows.drop_duplicates("id").to_dict("records"):
        key = "targets.repeat" if pd.notna(r["smallest_cut"]) else "targets.repeat_nothing"
        values = {
            "planned": number_words.count(language, r["planned_sample"]),
            "what": number_words.indicator(language, r),
            "cut": number_words.percent(language, r["smallest_cut"]),
        }
        made.append(language.say(key, **values))
    return tuple(made)


def table(evidence: Evidence, language: Language, most: int | None = None) -> PrintedTable | Paragraph:
    """Returns a table of the plan's targets: each with its baseline, whether a repeat of the survey could verify it, and the
    smallest fall that the repeat could detect.

    With `most`, the table is for a slide: it has the first `most` targets, and only the columns that a room can read.
    """
    rows = with_target(evidence)
    if rows.empty:
        return Paragraph(language.say("targets.no_target"))
    return target_tables.targets(language, rows.head(most or len(rows)), few=most is not None)


def detectable(evidence: Evidence, language: Language) -> PrintedTable | Paragraph:
    """Returns a table of the smallest fall that a repeat of the survey, with the planned sample, could detect in the total of
    each indicator.

    Readers need it before they set a target.
    """
    rows = evidence.targets[evidence.targets["group"].isin(["", TOTAL])]
    rows = rows.drop_duplicates(["id", "category"])  # one row may have two targets
    return Paragraph(language.say("targets.nothing_measured")) if rows.empty else target_tables.detectable(language, rows)


def milestones(evidence: Evidence, language: Language) -> PrintedTable | Paragraph:
    """Returns a table of the path from the baseline to each target: the planned value of each year. Values of years without a
    survey are marked, because nobody measures them.
    """
    rows = evidence.milestones
    return Paragraph(language.say("milestones.none"), "quiet") if rows.empty else target_tables.milestones(language, rows)
