"""Finds which questions of the ILO toolkit's Tool No. 4 (knowledge base) the tables of a run answer. The others need
research.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fltoolkit.nap.checklists import ChecklistQuestion, checklists
from fltoolkit.nap.evidence import Evidence
from fltoolkit.nap.results_framework import WORDS
from fltoolkit.publish.published_set import Published
from fltoolkit.survey.spec.groups import TOTAL

TOOL = 4
CHANGE = "change"
"""The word with which a question asks for the change since the baseline."""
MEASURES = ("prevalence", "share", "profile", "total")
"""The first of these measures that is published for a breakdown answers a question: a rate is better than a share, a share better
than a number.
"""
WHOLE = {TOTAL: ("prevalence", "total"), "months": ("duration",)}
"""For each word, the measures of everyone that it means."""


def answers(out: Published, words: Iterable[str]) -> tuple[pd.DataFrame, ...]:
    """Returns the published rows that answer a question of the knowledge base (Tool No. 4), one table per measure, population
    and breakdown.

    Args:
        out: the published set.
        words: what can answer the question, as `evidence` in checklists.yaml. `total` and `months` mean numbers of everyone.
            Other words name breakdowns of a plan, such as `gender`, or topics of a profile.

    Returns:
        Rows of `Published.table`, in the order of the words. A breakdown without a shown number answers nothing.
    """
    return tuple(out.table.take(places) for word in words for places in _places(out, word))


def is_for_research(evidence: Evidence, question: ChecklistQuestion) -> bool:
    """Returns whether a question is left to research: it is about the knowledge base (Tool No. 4), and no number of the run
    answers it.

    Questions about change are left out: a later round answers them.
    """
    return question.tool == TOOL and CHANGE not in question.evidence and not _is_answered(evidence.now, question)


def for_research(evidence: Evidence) -> tuple[ChecklistQuestion, ...]:
    """Returns the questions of the knowledge base (Tool No. 4) that no number of the run answers, in their order."""
    return tuple(q for q in checklists().of(TOOL) if is_for_research(evidence, q))


def _is_answered(out: Published, question: ChecklistQuestion) -> bool:
    return any(_places(out, word) for word in question.evidence)


def _places(out: Published, word: str) -> list[NDArray[np.intp]]:
    """Returns the positions of the published rows that a word means (see `answers`), one array per table with a shown number.

    They are positions and not rows, because most questions only ask whether there are any.
    """
    found = _of_everyone(out, WHOLE[word]) if word in WHOLE else _by(out, WORDS.get(word, (word,)))
    shown = out.table["estimate"].notna().to_numpy()
    return [places for places in found if shown[places].any()]


def _of_everyone(out: Published, measures: Iterable[str]) -> list[NDArray[np.intp]]:
    """Returns the published rows of some measures for whole headline populations (such as adults and children): one table per
    population and measure.
    """
    places = out.places({"breakdown": ""})
    measure, who = (out.table[name].to_numpy()[places] for name in ("measure", "reference_population"))
    asked = np.isin(measure.astype(str), list(measures)) & np.isin(who.astype(str), list(out.headlines or who[:1]))
    tables = dict.fromkeys(zip(who[asked], measure[asked], strict=True))
    return [places[(who == population) & (measure == name)] for population, name in tables]


def _by(out: Published, groups: Iterable[str]) -> list[NDArray[np.intp]]:
    """Returns the published rows by each of some groups, for each population. If several measures are published by a group, only
    the first one is used.
    """
    found = []
    for group in groups:
        places = out.places({"breakdown": group})
        measure, who = (out.table[name].to_numpy()[places] for name in ("measure", "reference_population"))
        for population in dict.fromkeys(who[np.isin(measure.astype(str), MEASURES)]):
            mine = [(who == population) & (measure == name) for name in MEASURES]
            found.append(places[next(held for held in mine if held.any())])
    return found
