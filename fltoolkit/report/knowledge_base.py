"""What a run's tables answer of the questions that the ILO toolkit's Tool No. 4 asks of a knowledge base. What they cannot is for research."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from fltoolkit.nap.checklists import ChecklistQuestion, checklists
from fltoolkit.nap.evidence import Evidence
from fltoolkit.nap.results_framework import WORDS
from fltoolkit.publish.published_set import Published
from fltoolkit.survey.spec.groups import TOTAL

TOOL = 4
CHANGE = "change"
"""The word by which a question asks what changed since the baseline."""
MEASURES = ("prevalence", "share", "profile", "total")
"""Of the measures of a breakdown the first that is published answers: a rate tells more than a share, a share more than a number."""
WHOLE = {TOTAL: ("prevalence", "total"), "months": ("duration",)}
"""The measures of everyone that a word stands for."""


def answers(out: Published, words: Iterable[str]) -> tuple[pd.DataFrame, ...]:
    """The published rows that answer a question, of one measure, population and breakdown each.

    Args:
        words: as in checklists.yaml: `total` and `months` are told of everyone; others are words by which a plan disaggregates, such as
            `gender`, or topics of a profile.

    Returns:
        Rows of `Published.table`, in the order of the words. A breakdown of which no number is shown answers nothing.
    """
    return tuple(
        rows
        for word in words
        for rows in (_of_everyone(out, WHOLE[word]) if word in WHOLE else _by(out, WORDS.get(word, (word,))))
    )


def is_for_research(evidence: Evidence, question: ChecklistQuestion) -> bool:
    """Whether a question is of the knowledge base, and no number of the run answers it. Only a later round is asked for a change."""
    return question.tool == TOOL and CHANGE not in question.evidence and not answers(evidence.now, question.evidence)


def for_research(evidence: Evidence) -> tuple[ChecklistQuestion, ...]:
    """The questions that no number of the run answers, in order."""
    return tuple(q for q in checklists().of(TOOL) if is_for_research(evidence, q))


def _of_everyone(out: Published, measures: Iterable[str]) -> list[pd.DataFrame]:
    """Some measures of each headline population."""
    rows = out.own_rows(breakdown="")
    rows = rows[
        rows["measure"].isin(list(measures))
        & rows["reference_population"].isin(out.headlines or rows["reference_population"][:1])
    ]
    return [part for _, part in rows.groupby(["reference_population", "measure"], sort=False) if part["estimate"].notna().any()]


def _by(out: Published, groups: Iterable[str]) -> list[pd.DataFrame]:
    """Of each population the first measure that is published by a group."""
    found = []
    for group in groups:
        rows = out.own_rows(breakdown=group)
        rows = rows[rows["measure"].isin(MEASURES)]
        for _, part in rows.groupby("reference_population", sort=False):
            first = next(measure for measure in MEASURES if (part["measure"] == measure).any())
            found.append(part[part["measure"] == first])
    return [rows for rows in found if rows["estimate"].notna().any()]
