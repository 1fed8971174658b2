"""Collects everything that the documents of a plan use: published numbers, the baseline, the targets, the
follow-up (the comparison with a later survey), and what the partner organisations typed into the workbook."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from fltoolkit.arguments import checked
from fltoolkit.languages.collected_texts import OwnWords
from fltoolkit.nap.baseline import Baseline, baseline, published_baseline, words_of
from fltoolkit.nap.later_survey import follow_up, targets_with_results, with_decreases, with_targets
from fltoolkit.nap.partner_entries import Partners, read_partners, with_partners
from fltoolkit.nap.results_framework import Plan
from fltoolkit.nap.smart_criteria import smart
from fltoolkit.nap.targets import milestones, targets
from fltoolkit.publish.published_set import Published
from fltoolkit.publish.rounds_and_changes import Rounds


@dataclass(frozen=True, repr=False)
class Evidence:
    """A plan with everything that its documents use: published numbers, baseline, targets, follow-up, and
    what the partner organisations typed into the workbook.

    Attributes:
        plan: the plan of nap.yaml.
        now: the published set of the run.
        start: the published set of the survey that gives the baseline; None if the numbers of the baseline
            come from a publication.
        changed: the published changes since the baseline; None if this run is itself the baseline.
        baseline, milestones, smart: the results of the functions with these names.
        follow_up: the result of `follow_up`, each row with its target (`with_targets`).
        targets: the result of `targets`, with the number of the later survey beside each target (see
            `targets_with_results`).
        partners: the content of partners.yaml.
    """

    plan: Plan
    now: Published
    start: Published | None
    changed: Published | None
    baseline: Baseline
    targets: pd.DataFrame
    milestones: pd.DataFrame
    smart: pd.DataFrame
    follow_up: pd.DataFrame
    partners: Partners

    def __repr__(self) -> str:
        tables = [n for n, v in vars(self).items() if isinstance(v, pd.DataFrame)]
        return f"Evidence: {self.plan!r}; tables: {', '.join(tables)}"

    @property
    def own_words(self) -> OwnWords:
        """Returns the texts that users wrote in nap.yaml and in the survey.yaml files, such as labels and
        titles, with their translations. The documents of the plan use them."""
        return words_of(self.plan, *((self.now, self.start) if self.start is not None else (self.now,)))

    @property
    def planned_repeat(self) -> dict[Any, Any] | None:
        """Returns the row of `targets` that documents use to describe the planned repeat of the survey. It is
        the first row that gives a planned sample and the smallest decrease that the repeat would detect.
        Returns None if there is no such row."""
        rows = self.targets[self.targets["smallest_cut"].notna() & self.targets["planned_sample"].notna()]
        return None if rows.empty else rows.iloc[0].to_dict()


@checked
def evidence(plan: Plan, found: Rounds) -> Evidence:
    """Collect everything that the documents of a plan use.

    Args:
        plan: the plan.
        found: the published numbers of the run and of the baseline, as `fl.rounds` returns them.

    Raises:
        RequestError: the number of an indicator is not in the published set (publish the run with `plan=`).
        SpecError: survey and plan are of different countries, or partners.yaml is not valid.
    """
    plan.expect_country(str(found.now.table["country"].iloc[0]))
    partners = read_partners(plan)
    filled = with_partners(
        baseline(plan, found.start) if found.start else published_baseline(plan, found.now), partners
    )
    judged, followed = targets(plan, filled), follow_up(plan, filled, found.changed)
    whole = found.changed and replace(found.changed, table=found.changed.exact)
    exact = follow_up(plan, replace(filled, table=filled.exact), whole)
    years = {int(year) for year in followed["year"].dropna()}
    answered = targets_with_results(judged, followed, exact)
    return Evidence(
        plan,
        found.now,
        found.start,
        found.changed,
        with_decreases(filled, followed),
        answered,
        milestones(plan, filled, years),
        smart(plan, filled, judged),
        with_targets(followed, answered, filled),
        partners,
    )
