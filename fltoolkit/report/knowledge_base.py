"""Finds the questions of the knowledge base (Tool No. 4 of the ILO toolkit) that the tables of a run answer.
The other questions need research."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fltoolkit.nap.checklists import ChecklistQuestion, checklists
from fltoolkit.nap.evidence import Evidence
from fltoolkit.nap.results_framework import WORDS
from fltoolkit.publish.published_set import Published
from fltoolkit.survey.spec.groups_and_tables import TOTAL

TOOL = 4
CHANGE = "change"
"""The word with which a question asks for the change since the baseline."""
MEASURES = ("prevalence", "share", "profile", "total")
"""The measures that can answer a question on a breakdown. The first that is published is used: a rate rather
than a share, a share rather than a number.
"""
WHOLE = {
    TOTAL: ("prevalence", "total"),
    "months": ("duration",),
    "current": ("current_prevalence", "current"),
}
"""For each word, the measures of the whole population that the word means."""
ITEMS = {"debt_bondage": "coercion"}
"""For each word that means one category of a breakdown, this breakdown."""


def answers(out: Published, words: Iterable[str]) -> tuple[pd.DataFrame, ...]:
    """Returns the published rows that answer a question of the knowledge base (Tool No. 4 of the ILO
    toolkit), one table per measure, population and breakdown.

    Args:
        out: the published set.
        words: the kinds of results that can answer the question, from `evidence` in checklists.yaml. `total`
            means the prevalence and the total, `months` the mean duration, `current` the numbers at the time
            of the interview, all of the whole population. A word such as `gender` means results by this
            group. Other words are topics of a profile of cases.

    Returns:
        Tables with rows of `Published.table`, in the order of the words. A table in which every number is
        hidden is left out.
    """
    return tuple(out.table.take(places) for word in words for places in _row_positions(out, word))


def hidden_answers(out: Published, words: Iterable[str]) -> tuple[pd.DataFrame, ...]:
    """Returns those tables of `answers` in which every number is hidden."""
    return tuple(
        out.table.take(places) for word in words for places in _row_positions(out, word, shown=False)
    )


def is_for_research(evidence: Evidence, question: ChecklistQuestion) -> bool:
    """Returns whether a question is left to research: it belongs to the knowledge base (Tool No. 4 of the ILO
    toolkit), and no number of the run answers it.

    The result is False for questions about change, because a later round of the survey answers them.
    """
    answered = any(_row_positions(evidence.now, word) for word in question.evidence)
    return question.tool == TOOL and CHANGE not in question.evidence and not answered


def for_research(evidence: Evidence) -> tuple[ChecklistQuestion, ...]:
    """Returns the questions of the knowledge base (Tool No. 4 of the ILO toolkit) that need research, because
    no number of the run answers them. They are in the order of the tool."""
    return tuple(q for q in checklists().of(TOOL) if is_for_research(evidence, q))


def _row_positions(out: Published, word: str, *, shown: bool = True) -> list[NDArray[np.intp]]:
    """Returns the positions of the published rows for a word such as `total` or `gender` (see `answers`): one
    array per table. Tables in which every number is hidden are left out; if `shown` is false, the result has
    only these.

    The result has positions and not rows, because most callers only ask whether there are any.
    """
    if word in WHOLE:
        found = _positions_of_everyone(out, WHOLE[word])
    elif group := ITEMS.get(word):
        found = [
            places[out.table[group].to_numpy()[places] == word]
            for places in _positions_by_group(out, (group,))
        ]
    else:
        found = _positions_by_group(out, WORDS.get(word, (word,)))
    has_number = out.table["estimate"].notna().to_numpy()
    return [places for places in found if len(places) and has_number[places].any() == shown]


def _positions_of_everyone(out: Published, measures: Iterable[str]) -> list[NDArray[np.intp]]:
    """Returns the positions of the published rows for whole headline populations (such as adults and
    children), without a breakdown. There is one array per population and measure."""
    places = out.places({"breakdown": ""})
    measure, who = (out.table[name].to_numpy()[places] for name in ("measure", "reference_population"))
    asked = np.isin(measure.astype(str), list(measures)) & np.isin(
        who.astype(str), list(out.headlines or who[:1])
    )
    tables = dict.fromkeys(zip(who[asked], measure[asked], strict=True))
    return [places[(who == population) & (measure == name)] for population, name in tables]


def _positions_by_group(out: Published, groups: Iterable[str]) -> list[NDArray[np.intp]]:
    """Returns the positions of the published rows by each of these groups: one array per group and
    population. If several measures are published by a group, only the first one of `MEASURES` is used: a rate
    rather than a share, a share rather than a number."""
    found = []
    for group in groups:
        places = out.places({"breakdown": group})
        measure, who = (out.table[name].to_numpy()[places] for name in ("measure", "reference_population"))
        for population in dict.fromkeys(who[np.isin(measure.astype(str), MEASURES)]):
            mine = [(who == population) & (measure == name) for name in MEASURES]
            found.append(places[next(held for held in mine if held.any())])
    return found
