"""Collects everything that the plan's documents use: published numbers, baseline, targets, follow-up and the partners'
entries.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from fltoolkit.arguments import checked
from fltoolkit.languages.own_words import OwnWords, all_of_them, own_words
from fltoolkit.nap.baseline import Baseline, baseline, published_baseline
from fltoolkit.nap.follow_up import follow_up, targets_with_results, with_targets
from fltoolkit.nap.partner_entries import Partners, read_partners, with_partners
from fltoolkit.nap.results_framework import Plan
from fltoolkit.nap.smart_criteria import smart
from fltoolkit.nap.targets import milestones, targets
from fltoolkit.publish.published_set import Published
from fltoolkit.publish.rounds_and_changes import Rounds


@dataclass(frozen=True)
class Evidence:
    """A plan with everything that its documents use: published numbers, baseline, targets, follow-up and the partners' entries.

    Attributes:
        plan: the plan of nap.yaml.
        now: the published set of the run.
        start: the published set of the baseline's round; None if the baseline is a publication.
        changed: the changes since the baseline; None if the run is itself the baseline.
        baseline, milestones, smart: the results of the functions with these names.
        follow_up: the result of `follow_up`, each row with its target (`with_targets`).
        targets: the result of `targets`, each row beside the number of the later survey (`targets_with_results`).
        partners: the entries of partners in the workbook.
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

    @property
    def own_words(self) -> OwnWords:
        """Returns the texts that nap.yaml and the survey.yaml files contain (labels, titles), with their translations, for the
        plan's documents."""
        rounds = (self.now, self.start) if self.start is not None else (self.now,)
        return all_of_them([own_words(self.plan.path.name, self.plan), *(out.own_words for out in rounds)])


@checked
def evidence(plan: Plan, found: Rounds) -> Evidence:
    """Collect everything that the documents of a plan say. It comes from the published set of a run and from the baseline
    (`fl.rounds` returns both).

    Raises:
        RequestError: the number of a row is not in the published set (publish the run with `plan=`).
        SpecError: survey and plan are of different countries, or partners.yaml is not valid.
    """
    plan.expect_country(str(found.now.table["country"].iloc[0]))
    partners = read_partners(plan)
    filled = with_partners(baseline(plan, found.start) if found.start else published_baseline(plan, found.now), partners)
    judged, followed = targets(plan, filled), follow_up(plan, filled, found.changed)
    whole = found.changed and replace(found.changed, table=found.changed.exact)
    exact = follow_up(plan, replace(filled, table=filled.exact), whole)
    answered = targets_with_results(judged, followed, exact)
    return Evidence(
        plan, found.now, found.start, found.changed, filled, answered, milestones(plan, filled), smart(plan, filled, judged),
        with_targets(followed, answered), partners,
    )  # fmt: skip
