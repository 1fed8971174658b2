"""Explains how each person was classified: where the person ends in the flowchart of the definition, which
items (such as debt bondage) were answered *yes*, and each condition in words."""

from __future__ import annotations

import narwhals as nw

from fltoolkit.classify.children import (
    ADULT_FROM_CHILD,
    child_conditions,
    child_leaf,
)
from fltoolkit.classify.rule_set import Sources
from fltoolkit.survey.answers import any_of, joined_texts, truth_in_words
from fltoolkit.survey.engine.columns import CHILD
from fltoolkit.survey.spec.questions import Source
from fltoolkit.survey.spec.survey_spec import SurveySpec

ARROW = " → "  # between the conditions of a path

# The conditions of the definition for adults, in the order of the flowchart (ILO toolkit, Tool No. 2), each
# with the end of the path of a person who does not meet it.
ENDS_OF_CONDITIONS = {
    "any_work": "no work",
    "involuntary": "not involuntary",
    "coercion": "no coercion",
    "enough_items": "below the rule's thresholds",
    "same_work": "not in the same work",
    "no_exception": "exception within its limits",
    "in_the_country": "forced labour abroad",
}
LEAVES = (*ENDS_OF_CONDITIONS.values(), "abroad, unresolved", "unresolved", "forced labour")


def end_of_path(spec: SurveySpec) -> nw.Expr:
    """Returns, for each person, the place where the person's path through the flowchart of the definition
    ends. This place is `forced labour`, or the first condition that the person does not meet, such as `not
    involuntary`. If the answers do not decide it, the place is `unresolved`.

    Adults have the ends in `LEAVES`. Children have the ends of `children.child_leaf`.
    """
    col, end = nw.col, ENDS_OF_CONDITIONS
    met = {name: col(name) for name in ("any_work", "involuntary", "coercion")}
    met |= {"enough_items": ~col("fl__below"), "same_work": col("same_work")}
    step = nw.lit(end["no_exception"])
    for name, holds in reversed(met.items()):
        step = nw.when(~holds).then(nw.lit(end[name])).otherwise(step)
    for outcome, case, unresolved in (
        ("forced_labour_abroad", end["in_the_country"], "abroad, unresolved"),
        ("forced_labour", "forced labour", "unresolved"),
    ):
        step = nw.when(col(outcome).is_null()).then(nw.lit(unresolved)).otherwise(step)
        step = nw.when(col(outcome)).then(nw.lit(case)).otherwise(step)
    return nw.when(col(CHILD)).then(child_leaf()).otherwise(step) if spec.children else step


def items_text(sources: Sources) -> nw.Expr:
    """Returns, for each person, the items that were answered *yes*, as one text: `debt_bondage,
    withheld_wages`. Items of involuntary work come first, then items of coercion. `sources` are the
    questions, from `applicability.item_sources`."""
    by_item: dict[str, list[nw.Expr]] = {}
    for name, item, _ in (question for side in sources.values() for question in side):
        by_item.setdefault(item, []).append(nw.col(name))
    return _joined_labels([(any_of(questions), item) for item, questions in by_item.items()])


def trace_text(sources: Sources, spec: SurveySpec) -> nw.Expr:
    """Returns, in words, how each person was classified. The text has each condition of the definition with
    *yes*, *no* or *unresolved*. It also names the questions that were answered *yes*, and the questions
    without an answer. Children have the conditions of `children.child_conditions`.

    Args:
        sources: the questions that the rule set uses, from `applicability.item_sources`.
        spec: the content of survey.yaml.
    """
    full = joined_texts(
        [
            nw.lit("any work: "),
            truth_in_words(nw.col("any_work")),
            nw.lit(ARROW),
            *_text_of_conditions(sources, spec),
            nw.lit(ARROW),
            nw.col("step"),
        ]
    )
    trace = nw.when(nw.col("step") == "no work").then(nw.lit("any work: no → no work")).otherwise(full)
    if not spec.children:
        return trace
    children = joined_texts([*child_conditions(), nw.lit(ARROW), nw.col("step")])
    return nw.when(nw.col(CHILD)).then(children).otherwise(trace)


def short_trace_text(sources: Sources, spec: SurveySpec) -> nw.Expr:
    """Returns, in words, how each person was classified, in a shorter form for a table. Arguments are as in
    `trace_text`.

    The result at the end of a trace is left out, because the table shows it elsewhere. `any work: yes` is
    left out, because all longer traces have it. The name of an item is in words, such as `debt bondage`.
    """
    in_words = {
        side: [(name, item.replace("_", " "), source) for name, item, source in questions]
        for side, questions in sources.items()
    }
    any_work = joined_texts([nw.lit("any work: "), truth_in_words(nw.col("any_work")), nw.lit(ARROW)])
    first = nw.when(nw.col("any_work")).then(nw.lit("")).otherwise(any_work)
    trace = (
        nw.when(nw.col("step") == "no work")
        .then(nw.lit("any work: no"))
        .otherwise(joined_texts([first, *_text_of_conditions(in_words, spec)]))
    )
    return (
        nw.when(nw.col(CHILD)).then(joined_texts(child_conditions())).otherwise(trace)
        if spec.children
        else trace
    )


def _text_of_conditions(sources: Sources, spec: SurveySpec) -> list[nw.Expr]:
    """Returns the parts of the text of an adult's conditions after `any work`: for each side of the
    definition the result and the questions, then whether both sides were in the same work. Arguments are as
    in `trace_text`."""
    parts: list[nw.Expr] = []
    for side, questions in sources.items():
        yes = _joined_labels(
            [(nw.col(name), f"{item} [{_source_in_words(source)}]") for name, item, source in questions]
        )
        parts += [nw.lit(f"{side}: "), truth_in_words(nw.col(side)), _in_brackets(yes, "")]
        open_ = _joined_labels(
            [
                (nw.col(name).is_null(), f"{item} [{_source_in_words(source)}]")
                for name, item, source in questions
            ]
        )
        parts.append(
            nw.when(nw.col(side).is_null()).then(_in_brackets(open_, "no answer: ")).otherwise(nw.lit(""))
        )
        parts.append(nw.lit(ARROW))
    same = nw.lit("assumed") if spec.episodes.same_work == "assumed" else truth_in_words(nw.col("same_work"))
    parts += [nw.lit("same work: "), same]
    if spec.age.at_start:
        young = nw.col("route") == ADULT_FROM_CHILD
        parts.append(
            nw.when(young).then(nw.lit(" (a child at the start: no test of consent)")).otherwise(nw.lit(""))
        )
    return parts


def _source_in_words(source: Source) -> str:
    return source.column if source.mode == "experienced" else f"{source.column}, {source.mode}"


def _in_brackets(words: nw.Expr, before: str) -> nw.Expr:
    return (
        nw.when(words != "")
        .then(joined_texts([nw.lit(f" ({before}"), words, nw.lit(")")]))
        .otherwise(nw.lit(""))
    )


def _joined_labels(pieces: list[tuple[nw.Expr, str]]) -> nw.Expr:
    if not pieces:
        return nw.lit("")
    texts = [nw.when(shown).then(nw.lit(f"{label}, ")).otherwise(nw.lit("")) for shown, label in pieces]
    return joined_texts(texts).str.strip_chars(", ")
