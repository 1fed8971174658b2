"""Makes the questionnaire explorer. An item is one part of the definition of forced labour, such as debt
bondage. The survey asks one or more questions about each item. For each item the explorer shows the
unresolved answers (don't know, refused, blank) and the share of cases with the answer *yes*."""

from __future__ import annotations

from typing import Any

import pandas as pd

from fltoolkit.arguments import checked
from fltoolkit.classify.rules.rule_set import SIDES
from fltoolkit.languages.language import Language
from fltoolkit.languages.reasons import Name
from fltoolkit.languages.word_files import BASE
from fltoolkit.publish.published_set import Published
from fltoolkit.show import tables
from fltoolkit.show.charts.estimate_charts import dot_chart, unresolved_answers
from fltoolkit.show.charts.renderers.plotly_renderer import picture
from fltoolkit.show.explore.explorer_controls import (
    Part,
    dropdown,
    explorer_language,
    with_controls,
    without_controls,
)
from fltoolkit.show.wording import number_words, result_sentences
from fltoolkit.show.wording.english_numbers import ENGLISH
from fltoolkit.show.wording.section_words import BOLD, Nothing, Sentences
from fltoolkit.table_records import as_records

ALL = "all items"


def choices(counts: pd.DataFrame, language: Language = ENGLISH) -> dict[str, str]:
    """Returns the choices of the questionnaire explorer, as a dictionary from words to values. The first
    choice is "All items". Then comes each item of the definition (such as debt bondage), in the order of the
    questionnaire."""
    keys = [str(key).split(".") for key in dict.fromkeys(counts["where"]) if str(key).startswith("items.")]
    return {
        _say(language, "every"): ALL,
        **{_item(language, f"{side}.{item}"): f"{side}.{item}" for _, side, item in keys},
    }


def view(counts: pd.DataFrame, out: Published, item: str, language: Language = ENGLISH) -> tuple[Part, ...]:
    """Returns the parts that the explorer shows about one item of the definition, such as debt bondage: the
    share of cases with the answer *yes*, and the unresolved answers (don't know, refused, blank) to the
    questions of the item. If all items are chosen, one picture shows their shares.

    Args:
        counts: the table from `fl.nonresponse`.
        out: the published set of the run.
        item: one of the values of `choices`.
    """
    every = out.own_rows(measure="profile")
    rows = every[every["breakdown"].isin(SIDES)]
    refused = as_records(every[every["marker"] == "x"])
    missing = result_sentences.statement(language, refused[0]) if refused else _say(language, "not_asked")
    if item == ALL:
        return (
            Nothing(missing)
            if rows.empty
            else picture(dot_chart(out, rows.reset_index(drop=True), language)),
        )
    own = counts[counts["where"] == f"items.{item}"]
    mine = as_records(rows[rows["category"].astype(str) == item.partition(".")[2]])
    return (
        Sentences(_share(language, mine[0], item) if mine else missing),
        unresolved_answers(own, language, compared=counts),
        tables.unresolved_answers(own, language),
    )


@checked
def questionnaire(
    counts: pd.DataFrame, out: Published, *, interactive: bool = False, language: str = BASE
) -> Any:
    """Shows the questions of the survey by item of the definition (such as debt bondage), one item after the
    other. With `interactive` the user chooses an item in a drop-down; otherwise all items are shown.

    Args:
        counts: the table from `fl.nonresponse`.
        out: the published set of the run. It has shares of cases if `tables:` of survey.yaml asks for a
            `profile`.
        language: the code of the language of the control, texts, pictures and tables, such as `fr`.

    Raises:
        SpecError: the kit has no words in this language.
    """
    words = explorer_language(language, out.own_words)
    return panel(counts, out, words) if interactive else without_controls(view(counts, out, ALL, words))


def panel(counts: pd.DataFrame, out: Published, language: Language = ENGLISH) -> Any:
    """Returns the widget of the questionnaire explorer: a drop-down to choose an item of the definition (such
    as debt bondage), and below it the parts that `view` returns for this item."""
    picker = dropdown(_say(language, "control"), choices(counts, language), ALL)
    return with_controls([picker], lambda: view(counts, out, picker.value, language))


def _say(language: Language, key: str, **values: str) -> str:
    return language.say(f"explorer.questionnaire.{key}", **values)


def _item(language: Language, key: str, mark: str = "") -> str:
    """Returns the name of an item of the definition, with the side of the definition to which it belongs:
    `Debt bondage (coercion)`. `mark` is put before and after the name, for example to print it in bold
    letters."""
    side, _, item = key.partition(".")
    name = number_words.start(language.kit(Name("kit.items", item)))
    return _say(language, "item", item=f"{mark}{name}{mark}", side=_say(language, f"sides.{side}"))


def _share(language: Language, row: dict[Any, Any], key: str) -> str:
    """Returns a sentence on the share of the cases with the answer *yes* to an item of the definition, such
    as debt bondage. `row` is the published share, and `key` is the item."""
    item = _item(language, key, BOLD)
    if pd.isna(row["estimate"]):
        return _say(language, "hidden", item=item, marker=number_words.shown(language, row))
    share = language.say("format.percent", value=number_words.shown(language, row))
    return _say(
        language,
        "share",
        item=item,
        value=share,
        doubt=number_words.inside(number_words.doubt(language, row)),
    )
