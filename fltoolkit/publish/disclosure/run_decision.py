"""What a run's rows are and which of them confidentiality hides, before anything is blanked: confidential, in memory only."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from functools import partial

import pandas as pd

from fltoolkit.classify.category_codes import category_code, label_of
from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.errors import PublicationError
from fltoolkit.estimate.measures.estimates import Estimates
from fltoolkit.estimate.totals.person_patterns import read_patterns
from fltoolkit.publish.disclosure.cell_counts import Key, Limits
from fltoolkit.publish.disclosure.rule_set_differences import decide_rule_sets
from fltoolkit.publish.disclosure.suppression_decision import Decision, decide
from fltoolkit.publish.disclosure.survey_system import Seen
from fltoolkit.publish.printed_numbers import rounding_base
from fltoolkit.publish.reliability import Profile
from fltoolkit.survey.spec.groups import TOTAL, crossed
from fltoolkit.survey.spec.survey_spec import SurveySpec

COARSE = "All of {} is hidden: no smaller choice of cells would keep its confidential ones from being worked out."
CROWDED = "All of {} is hidden: it has too many confidential cells to choose among."
STRICTER = (
    "The survey has more kinds of persons than one programme takes. The cases of the rarest kinds are taken as known to readers, so that "
    "more may be hidden than is needed."
)
ABOUT_NAMES = {n: f"reference_{n}" for n in ("population", "population_label", "population_ages")}
ABOUT_UNSHOWN = ("case_only", "questionnaire", "psus_of_earlier_rounds", "interview_modes")


def limits_of(profile: Profile, spec: SurveySpec | None) -> tuple[Limits, tuple[str, ...]]:
    """The strictest of the standard, the profile and the survey; whoever lowers them needs the named key, and it is said."""
    standard = asdict(Limits())
    values, without = dict(standard), dict(standard)
    asked = {f"profile {profile.name}: confidentiality": profile.confidentiality}
    for where, wanted in (asked | ({"survey.yaml: confidentiality": spec.confidentiality} if spec else {})).items():
        own = {n: getattr(wanted, n) for n in standard if n in wanted.model_fields_set}
        if wanted.accept_lower_limits:
            values |= own
        elif low := [f"{n} {v} (standard {standard[n]})" for n, v in own.items() if v < standard[n]]:
            raise PublicationError(
                "confidentiality limits are lower than the standard", where=where, found=low,
                do="raise them, or add accept_lower_limits: true under confidentiality and answer for it",
            )  # fmt: skip
        else:
            values |= {n: max(v, values[n]) for n, v in own.items()}
        without = {n: max(without[n], values[n]) for n in standard}
    lowered = [f"{n} {v} (instead of {without[n]})" for n, v in values.items() if v < without[n]]
    notes = (f"Confidentiality limits were lowered on purpose: {', '.join(lowered)}.",) if lowered else ()
    return Limits(**values), notes


@dataclass(frozen=True)
class Decided:
    """A run's rows, nothing hidden yet, and what confidentiality hides of them.

    Attributes:
        table: the rows. groups: those that they are by.
        keys: by row its group values. of: by row the group that its share distributes; empty for other measures.
        decision: which rows are hidden (of some the unresolved count alone), and the cells behind them.
        limits: the confidentiality limits. base: what weighted numbers are rounded to.
        notes: sentences that go with every figure. rule_set: the run's own.
    """

    table: pd.DataFrame
    groups: tuple[str, ...]
    keys: tuple[Key, ...]
    of: tuple[str, ...]
    decision: Decision
    limits: Limits
    base: float
    notes: tuple[str, ...]
    rule_set: str

    def copied(self) -> Decided:
        """The same with a table that may be changed."""
        return replace(self, table=self.table.copy())


def decided_rows(
    made: list[Estimates], limits: Limits, notes: tuple[str, ...], persons: ClassifiedSurvey | None = None
) -> Decided:
    """What confidentiality hides of some estimates; of a survey with all that ties its cells."""
    frames = [tidy(est, persons.spec if persons else None) for est in made]
    groups = list(dict.fromkeys(g for est in made for b in est.by for g in b))
    table = pd.concat([f.reindex(columns=[*dict.fromkeys([*f.columns, *groups])]) for f in frames], ignore_index=True)
    table[groups] = table[groups].astype(object).where(table[groups].notna(), TOTAL)
    # By its label a cell of children is a part of the sum's: `girls` of one row and `women` of another are one category.
    label = partial(label_of, persons.spec) if persons else lambda group, category: category
    keys = [frozenset((g, label(g, row[g])) for g in groups if row[g] != TOTAL) for row in table[groups].to_dict("records")]
    of = [est.by[0][-1] if est.about.measure == "share" else "" for est in made for _ in range(len(est.table))]
    own = table["rule_set"] == made[0].about.rule_set
    case_only = persons.spec.case_only if persons else frozenset(g for est in made for g in est.about.case_only)
    patterns, children = None, frozenset[str]()
    if persons:
        spec, populations = persons.spec, list(dict.fromkeys(table["reference_population"]))
        children = frozenset(filter(spec.of_children, populations))
        # The flowchart of children tells their routes, whether or not a table does.
        shared = [g for g in dict.fromkeys([*groups, *(["route"] if children else [])]) if g in spec.group_names]
        patterns = read_patterns(persons, shared, populations)
    seen = Seen(limits, rounding_base(table), patterns, case_only, children)
    found = decide_rule_sets(table, own, decide(table[own], keys, of, seen), limits)
    told = [COARSE.format(what) for what in found.coarse] + [CROWDED.format(what) for what in found.crowded]
    notes = (*notes, *told, *([STRICTER] if found.stricter else []))
    rule_set = made[0].about.rule_set
    return Decided(table, tuple(groups), tuple(keys), tuple(of), found, limits, seen.base, notes, rule_set)


def tidy(est: Estimates, spec: SurveySpec | None = None) -> pd.DataFrame:
    """An Estimates with its breakdown, category, its categories' codes (where `spec` gives them) and about in columns."""
    frame = est.table
    groups = list(dict.fromkeys(g for b in est.by for g in b))
    used = [[g for g in groups if row[g] != TOTAL] for row in frame.to_dict("records")]
    values = [crossed(row[g] for g in u) or TOTAL for row, u in zip(frame.to_dict("records"), used, strict=True)]
    codes = [
        crossed(category_code(spec, g, str(row[g])) for g in u) if spec else ""
        for row, u in zip(frame.to_dict("records"), used, strict=True)
    ]
    about = {ABOUT_NAMES.get(k, k): v for k, v in asdict(est.about).items() if k not in ABOUT_UNSHOWN}
    return frame.assign(**about, breakdown=[crossed(u) for u in used], category=values, ilostat=codes)
