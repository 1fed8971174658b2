"""The questionnaire explorer: for each item, the open answers to its questions, and the share of cases that answered yes."""

from __future__ import annotations

from typing import Any

import pandas as pd

from fltoolkit.arguments import checked
from fltoolkit.classify.rules.rule_set import SIDES
from fltoolkit.errors import RequestError
from fltoolkit.languages.language import read_language
from fltoolkit.languages.word_files import BASE
from fltoolkit.publish.published_set import Published
from fltoolkit.show.charts.estimate_charts import dots, unresolved
from fltoolkit.show.explore.explorer_controls import Part, dropdown, shell, static
from fltoolkit.show.tables import nonresponse
from fltoolkit.show.wording import number_words
from fltoolkit.show.wording.section_words import Nothing, Words

ALL = "all items"
NOT_ASKED = "`tables:` of survey.yaml asks for no `profile`, so that no shares of cases by item are published."


def choices(counts: pd.DataFrame) -> dict[str, str]:
    """Returns what can be chosen in the questionnaire explorer: "all items", and each item of the definition by its words, in the
    order of the questionnaire.
    """
    keys = [str(key).split(".") for key in dict.fromkeys(counts["where"]) if str(key).startswith("items.")]
    return {"All items": ALL, **{f"{_words(item)} ({side})": f"{side}.{item}" for _, side, item in keys}}


def view(counts: pd.DataFrame, out: Published, item: str) -> tuple[Part, ...]:
    """Returns the view of one item: the share of cases that answered yes to it, and the open answers to its questions (don't
    know, refused, blank). If all items are chosen, their shares are shown side by side.

    Args:
        counts: `fl.nonresponse`.
        out: the run's published set.
        item: one of the values of `choices`.

    Raises:
        RequestError: the questionnaire has no such item.
    """
    allowed = choices(counts)
    if item not in allowed.values():
        raise RequestError("no such item in this questionnaire", found=item, allowed=list(allowed.values()))
    rows = out.own_rows(measure="profile")
    rows = rows[rows["breakdown"].isin(SIDES)]
    if item == ALL:
        topics = [side for side in SIDES if side in set(rows["breakdown"])]
        return tuple(dots(out, "profile", [topic]) for topic in topics) or (Nothing(NOT_ASKED),)
    own = counts[counts["where"] == f"items.{item}"]
    side, _, name = item.partition(".")
    mine = rows[rows["category"].astype(str) == name].to_dict("records")
    return (
        Words(_sentence_of_item(mine[0], f"**{_words(name)}** ({side})") if mine else NOT_ASKED),
        unresolved(own, beside=counts),
        nonresponse(own),
    )


@checked
def questionnaire(counts: pd.DataFrame, out: Published, *, interactive: bool = False) -> Any:
    """Shows the questionnaire item by item. With `interactive` there is a drop-down of its items; otherwise all are shown.

    Args:
        counts: `fl.nonresponse`.
        out: the run's published set, which has shares of cases if `tables:` asks for a `profile`.
    """
    return panel(counts, out) if interactive else static(view(counts, out, ALL))


def panel(counts: pd.DataFrame, out: Published) -> Any:
    """Returns the widget of the questionnaire explorer: a drop-down to choose an item of the definition, and below it the view of
    this item.
    """
    picker = dropdown("Item", choices(counts), ALL)
    return shell([picker], lambda: view(counts, out, picker.value))


def _sentence_of_item(row: dict[Any, Any], item: str) -> str:
    """Returns a sentence on an item of the definition: which share of the cases answered yes to it."""
    if pd.isna(row["estimate"]):
        return f"{item}: [{row['marker']}]; the share of cases that answered yes to it is not shown."
    share, doubt = (words(read_language(BASE), row) for words in (number_words.shown, number_words.doubt))
    return f"{item}: {share} % of the cases answered yes to it ({number_words.inside(doubt)})."


def _words(item: object) -> str:
    text = str(item).replace("_", " ")
    return text[0].upper() + text[1:]
