"""Displays the parts of an explorer (texts, pictures, tables), either alone or below controls. When a user
changes a control, the parts are drawn again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from fltoolkit.arguments import checked
from fltoolkit.languages.collected_texts import OwnWords
from fltoolkit.languages.language import Language, read_language
from fltoolkit.languages.word_files import BASE
from fltoolkit.publish.published_set import Published
from fltoolkit.show.charts.chart_style import Picture, Table
from fltoolkit.show.wording.english_numbers import ENGLISH
from fltoolkit.show.wording.section_words import Sentences, Words

Part = Words | Picture | Table
WIDE = {"layout": {"width": "44em", "max_width": "100%"}, "style": {"description_width": "14em"}}


def explorer_language(code: str, own_words: OwnWords) -> Language:
    """Returns the words of a language for an explorer. `code` is the code of the language, such as `fr`.
    `own_words` are the texts that users wrote in survey.yaml and nap.yaml. In a language other than English,
    these texts are translated, or marked if there is no translation."""
    return ENGLISH if code == BASE else read_language(code).about(own_words).with_stars()


def without_controls(parts: Sequence[Part]) -> None:
    """Displays the parts of an explorer's view (texts, pictures, tables) one below the other, without
    controls."""
    from IPython.display import display

    for part in parts:
        display(part)


def dropdown(label: str, options: Mapping[str, Any], value: Any) -> Any:
    """Returns a drop-down of the browser with a label. It works with the keyboard and with screen readers.
    `options` has the value of each label, and `value` is the one that is chosen first."""
    import ipywidgets as widgets

    return widgets.Dropdown(options=tuple(options.items()), value=value, description=label, **WIDE)


def with_controls(
    controls: Sequence[Any],
    view: Callable[[], Sequence[Part]],
    beside: Sequence[Any] = (),
    changes: list[Callable[[], None]] | None = None,
) -> Any:
    """Returns a widget with controls at the top. Below them it has the parts that `view` returns. After every
    change of a control, the view is drawn again.

    Args:
        controls: widgets with a `value`.
        view: returns the parts to show for the present values of the controls.
        beside: widgets that contain the controls. If given, they are shown instead of the controls at the
            top: to the left of the view if there is room, else above it.
        changes: a list of functions that other code calls when the view must change for another reason. The
            function that draws the view again is added to this list.
    """
    import ipywidgets as widgets

    screen, busy = widgets.Output(), [False]

    def show(_: object = None) -> None:
        if busy[0]:  # a view may set its own controls; such changes do not draw it again
            return
        busy[0] = True
        try:
            drawn = [
                {"output_type": "display_data", "data": part._repr_mimebundle_(), "metadata": {}}
                for part in view()
            ]
        finally:
            busy[0] = False
        screen.outputs = tuple(drawn)

    for control in controls:
        control.observe(show, names="value")
    if changes is not None:
        changes.append(show)
    show()
    if not beside:
        return widgets.VBox([*controls, screen])
    screen.layout.flex, screen.layout.min_width = "1 1 42em", "20em"
    return widgets.Box([widgets.VBox(beside), screen], layout={"flex_flow": "row wrap"})


@checked
def questionnaire(
    counts: pd.DataFrame, out: Published, *, interactive: bool = False, language: str = BASE
) -> Sentences:
    """Says what shows the numbers of the questionnaire explorer, which is gone. Notebooks of before still run.

    Args:
        counts: the table from `fl.nonresponse`.
        out: the published set of the run.
        interactive: has no effect.
        language: the code of the language of the sentence, such as `fr`.
    """
    return Sentences(explorer_language(language, out.own_words).say("explorer.questionnaire"))
