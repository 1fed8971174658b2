"""What changed since an earlier round: every one-way breakdown that both runs publish, under the confidentiality of both."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from fltoolkit.classify.adults import classify
from fltoolkit.estimate.change import change
from fltoolkit.estimate.estimates import prevalence, total
from fltoolkit.estimate.publish import Published, publish_run
from fltoolkit.estimate.publish_change import publish_change
from fltoolkit.survey.design import Survey, read_survey

VERBS = {"prevalence": prevalence, "total": total}


def changes(
    before: str | Path, persons: Survey, out: Published, *, rules: str = "icls_2018", profile: str | Path = "fltoolkit"
) -> Published | None:
    """Change of prevalence and number of the default population since an earlier round, by everything both rounds publish one-way.

    Args:
        before: the earlier round's survey.yaml, from the folder of this one's; empty: none.
        persons: the later round, classified. out: its published set.
        rules, profile: those of the run; the earlier round is classified and published under the same.

    Returns:
        A `Published` as of `publish_change`, prevalence first; None without an earlier round.

    Raises:
        SpecError, DataError: the earlier round cannot be read. DesignError: PSU labels of the rounds coincide, and survey.yaml does
            not say whether they are the same areas.
    """
    if not str(before):
        return None
    earlier = classify(read_survey(persons.path.parent / before), rules=rules)
    published = publish_run(earlier, profile=profile)
    parts = []
    for measure, verb in VERBS.items():
        by = [b for b in _one_way(published, measure) if b in _one_way(out, measure)]
        if by:
            parts.append(publish_change(change(verb(earlier, by=by), verb(persons, by=by)), published, out))
    return replace(parts[0], table=pd.concat([p.table for p in parts], ignore_index=True))


def _one_way(out: Published, measure: str) -> list[tuple[str, ...]]:
    """The breakdowns by at most one group that a run publishes of its default population."""
    own = out.own[(out.own["measure"] == measure) & (out.own["reference_population"] == out.headlines[0])]
    return [(b,) if b else () for b in own["breakdown"].unique() if " × " not in b]
