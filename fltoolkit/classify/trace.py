"""Explains how each person was classified: where the person ends in the flowchart of the definition, which items (such as debt
bondage) were answered yes, and each condition in words."""

from __future__ import annotations

from typing import get_args

import narwhals as nw

from fltoolkit.classify.children import ADULT_FROM_CHILD, child_leaf, child_trace, together, word
from fltoolkit.survey.answers.three_valued import any_of
from fltoolkit.survey.data.internal_columns import CHILD
from fltoolkit.survey.spec.questions import CoercionItem, InvoluntaryItem, Source
from fltoolkit.survey.spec.survey_spec import SurveySpec

Sources = dict[str, list[tuple[str, str, Source]]]

ARROW = " → "  # between the conditions of a path
WORKED = "any work: yes"
ITEMS = (*get_args(InvoluntaryItem), *get_args(CoercionItem))
LEAVES = (  # of adults
    "no work", "not involuntary", "no coercion", "below the rule's thresholds", "not in the same work",
    "exception within its limits",
    "forced labour abroad", "abroad, unresolved", "unresolved", "forced labour",
)  # fmt: skip


def leaf(spec: SurveySpec) -> nw.Expr:
    """Returns, for each person, the end in the flowchart of the definition: `forced labour`, or the first condition that the
    person does not meet, such as `not involuntary`. It is `unresolved` if the answers leave it open.

    Adults have the ends in `LEAVES`. Children have those of `children.child_leaf`.
    """
    col = nw.col
    steps = [
        (col("forced_labour"), "forced labour"),
        (col("forced_labour").is_null(), "unresolved"),
        (col("forced_labour_abroad"), "forced labour abroad"),
        (col("forced_labour_abroad").is_null(), "abroad, unresolved"),
        (~col("any_work"), "no work"),
        (~col("involuntary"), "not involuntary"),
        (~col("coercion"), "no coercion"),
        (col("fl__below"), "below the rule's thresholds"),
        (~col("same_work"), "not in the same work"),
    ]
    step = nw.lit("exception within its limits")
    for condition, label in reversed(steps):
        step = nw.when(condition).then(nw.lit(label)).otherwise(step)
    return nw.when(col(CHILD)).then(child_leaf()).otherwise(step) if spec.children else step


def items_text(sources: Sources) -> nw.Expr:
    """Returns, for each person, the items that were answered yes, as one text: `debt_bondage, withheld_wages`. Items of
    involuntary work come first, then those of coercion. `sources` are the questions, from `applicability.item_sources`."""
    by_item: dict[str, list[nw.Expr]] = {}
    for name, item, _ in (question for side in sources.values() for question in side):
        by_item.setdefault(item, []).append(nw.col(name))
    return _join([(any_of(questions), item) for item, questions in by_item.items()])


def trace_text(sources: Sources, spec: SurveySpec) -> nw.Expr:
    """Returns, in words, how each person was classified: each condition of the definition with yes, no or unresolved, the
    questions that were answered yes, and the questions without an answer. Children have the text of `children.child_trace`.

    Args:
        sources: the questions that the rule set uses, from `applicability.item_sources`.
        spec: the content of survey.yaml.
    """
    parts = [nw.lit("any work: "), word(nw.col("any_work"))]
    for side, questions in sources.items():
        yes = _join([(nw.col(name), f"{item} [{_source_in_words(source)}]") for name, item, source in questions])
        parts += [nw.lit(f" → {side}: "), word(nw.col(side)), _bracket(yes, "")]
        open_ = _join([(nw.col(name).is_null(), f"{item} [{_source_in_words(source)}]") for name, item, source in questions])
        parts.append(nw.when(nw.col(side).is_null()).then(_bracket(open_, "no answer: ")).otherwise(nw.lit("")))
    same = nw.lit("assumed") if spec.episodes.same_work == "assumed" else word(nw.col("same_work"))
    parts += [nw.lit(" → same work: "), same]
    if spec.age.at_start:
        young = nw.col("route") == ADULT_FROM_CHILD
        parts.append(nw.when(young).then(nw.lit(" (a child at the start: no test of consent)")).otherwise(nw.lit("")))
    parts += [nw.lit(" → "), nw.col("step")]
    trace = nw.when(nw.col("step") == "no work").then(nw.lit("any work: no → no work")).otherwise(together(parts))
    return nw.when(nw.col(CHILD)).then(child_trace()).otherwise(trace) if spec.children else trace


def shortened(trace: str) -> str:
    """Returns a trace (the conditions by which a person was classified, joined by `→`) in a shorter form for a table. The result at
    its end is left out, because the table shows it elsewhere. `any work: yes` is left out, because every longer trace has it. Names
    of items are words, such as `debt bondage`."""
    path = ARROW.join(part for part in trace.split(ARROW)[:-1] if part != WORKED) or trace
    for item in ITEMS:
        path = path.replace(f"{item} [", f"{item.replace('_', ' ')} [")
    return path


def _source_in_words(source: Source) -> str:
    return source.column if source.mode == "experienced" else f"{source.column}, {source.mode}"


def _bracket(words: nw.Expr, before: str) -> nw.Expr:
    return nw.when(words != "").then(together([nw.lit(f" ({before}"), words, nw.lit(")")])).otherwise(nw.lit(""))


def _join(pieces: list[tuple[nw.Expr, str]]) -> nw.Expr:
    if not pieces:
        return nw.lit("")
    texts = [nw.when(shown).then(nw.lit(f"{label}, ")).otherwise(nw.lit("")) for shown, label in pieces]
    return together(texts).str.strip_chars(", ")
