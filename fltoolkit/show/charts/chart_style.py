"""Defines the common look of all pictures: a slim plotly template, and colours that a colour-blind reader can
distinguish. The pictures load nothing from the internet."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any

BLUE, ORANGE, GREY, INK, PALE = "#1f5a7a", "#c2571a", "#8a8f98", "#22303c", "#e4e8ec"
GREEN, PURPLE = "#3b8f6b", "#7a4b94"
QUIET = "#55606b"
"""The colour of less important words. Its contrast on white is 6.4 : 1; 4.5 : 1 is required for text."""
AXIS_TITLE = {"size": 13, "color": QUIET}
SERIES = (BLUE, ORANGE, GREEN, PURPLE, "#a08a1c", "#5b6770")
FONT = "fltoolkit Sans, Arial, sans-serif"
# JupyterLab fits a chart to the width of its panel. With `responsive` a chart that is not in sight would lose
# its height then.
CONFIG = {
    "displaylogo": False, "showSendToCloud": False, "showEditInChartStudio": False, "plotlyServerURL": "",
    "responsive": False, "modeBarButtonsToRemove": ["lasso2d", "select2d", "sendDataToCloud"],
}  # fmt: skip
MIME = "application/vnd.plotly.v1+json"
FOLDED, FOLD_BEGINS, FOLD_ENDS = (
    '<details><summary style="cursor: pointer">',
    "</summary>\n",
    "</details>",
)  # around a folded table
NOTES = "notes"  # the name of the annotation with the notes below a drawing


@dataclass(frozen=True)
class Picture:
    """A plotly figure with a text alternative: words that say what the figure shows, for readers who do not
    see it."""

    figure: Any
    alt: str
    least: int = 0  # the pixels that its words need at least; 0 if the page finds out. A narrower screen shows it smaller
    open: bool = False  # a page shows such a picture without a click, also after another one
    aside: str = (
        ""  # words for a picture that is no result. A page shows such a picture only to readers who open it
    )

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        """Returns the figure and its text alternative for a notebook. Plotly's own renderers are not used. A
        whole number is written without decimals, as a browser saves it."""
        import json

        data = json.loads(self.figure.to_json(), parse_float=_as_saved)
        data["config"] = CONFIG
        meta = {
            "alt": self.alt,
            **({"least": self.least} if self.least else {}),
            **({"open": True} if self.open else {}),
            **({"aside": self.aside} if self.aside else {}),
        }
        data["layout"]["meta"] = {**data["layout"].get("meta", {}), **meta}
        return {MIME: data, "text/plain": self.alt}


def _as_saved(text: str) -> float:
    return int(value) if (value := float(text)).is_integer() else value


@dataclass(frozen=True)
class Table:
    """A table for a notebook: as HTML, and as plain text for programs that cannot show HTML. The same table
    always gives the same text."""

    html: str
    text: str

    def folded(self, rows: int) -> Table:
        """Returns the table folded, for a place below a picture. Readers open it with a click on a line that
        says how many `rows` it has."""
        head = f"{FOLDED}Table: {rows} row{'' if rows == 1 else 's'}{FOLD_BEGINS}"
        return replace(self, html=f"{head}{self.html}{FOLD_ENDS}")

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        return {"text/html": self.html, "text/plain": self.text}

    def __repr__(self) -> str:
        return self.text


TITLE, SUBTITLE = 84, 110  # letters per line
LINE, TITLE_LINE = 18, 24  # pixels per line
BUTTONS = 24  # pixels above the title for plotly's buttons, which hide anything below them
GAP = 10  # pixels between the words above a drawing and the drawing


def figure(
    title: str,
    subtitle: str,
    body: int,
    *,
    notes: Sequence[str] = (),
    above: int = 0,
    below: int = 40,
    **layout: Any,
) -> Any:
    """Returns an empty plotly figure in the kit's look: left-aligned title, no default template. HTML in its
    words is shown as plain text.

    A notebook shows the title, the subtitle and the notes inside the figure. A page of a notebook writes them
    above and below the drawing, as wide as the page. For such a page, `layout.meta` of the figure has these
    words, and the height in pixels that they take in the figure (`head` and `foot`).

    Args:
        body: the height of the drawing in pixels, without axes and words.
        notes: the sentences below the drawing.
        above, below: the room around the drawing for legends, axes and their titles, in pixels.
        layout: further settings of plotly's layout.
    """
    import plotly.graph_objects as go

    titles, lines = textwrap.wrap(title, TITLE) or [""], textwrap.wrap(subtitle, SUBTITLE) or [""]
    written = [safe(line) for note in notes for line in textwrap.wrap(note, SUBTITLE + 15)]
    words_below, named = ("<br>".join(safe(line) for line in part) for part in (lines, titles))
    head = BUTTONS + TITLE_LINE * len(titles) + LINE * len(lines) + GAP
    foot = (LINE - 1) * len(written) + GAP if written else 0
    base: dict[str, Any] = {
        "template": go.layout.Template(),
        "title": {
            "text": f"<b>{named}</b><br><span style='font-size:13px;color:{QUIET}'>{words_below}</span>",
            "x": 0,
            "xref": "container",
            "xanchor": "left",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "pad": {"t": BUTTONS, "l": 0},
            "font": {"size": 18},
        },
        "font": {"family": FONT, "size": 14, "color": INK},
        "paper_bgcolor": "white",
        "plot_bgcolor": "white",
        "height": head + above + body + below + foot,
        "margin": {"l": 8, "r": 8, "t": head + above, "b": below + foot},
        "hoverlabel": {"bgcolor": "white", "font": {"family": FONT}},
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "xanchor": "left", "yanchor": "bottom"},
        "meta": {"title": title, "subtitle": subtitle, "notes": list(notes), "head": head, "foot": foot},
    }
    made = go.Figure(layout={**base, **layout})
    if written:
        made.add_annotation(
            name=NOTES,
            x=0,
            xref="paper",
            xanchor="left",
            xshift=8 - made.layout.margin.l,
            y=0,
            yref="paper",
            yanchor="top",
            yshift=-below - GAP // 2,
            text="<br>".join(written),
            align="left",
            showarrow=False,
            font={"size": 12, "color": QUIET},
        )
    return made


def axis(title: str = "", **more: Any) -> dict[str, Any]:
    """Returns the plotly settings of a value axis that starts at zero, with a light grid."""
    return {
        "title": {"text": title, "font": AXIS_TITLE},
        "rangemode": "tozero",
        "gridcolor": PALE,
        "zerolinecolor": GREY,
        "automargin": True,
        "tickformat": ",",
        **more,
    }


def categories(labels: Sequence[str]) -> dict[str, Any]:
    """Returns the plotly settings of an axis with one place for each label. The first label is at the top,
    and there is room for the longest one."""
    return {
        "categoryorder": "array",
        "categoryarray": list(labels)[::-1],
        "dtick": 1,
        "automargin": True,
        "ticklabelstandoff": 8,
    }


def wrap(text: str, width: int = 28) -> str:
    """Returns a label of a chart, broken into lines of at most `width` letters by `<br>`. HTML in the label
    is shown as plain text."""
    return "<br>".join(safe(line) for line in textwrap.wrap(str(text), width)) or safe(text)


def safe(text: object) -> str:
    """Returns a text in which HTML characters are escaped, so that a browser shows them as plain text."""
    return escape(str(text), quote=False)
