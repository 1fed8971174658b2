"""Defines the common look of all pictures: a slim plotly template, colours that a colour-blind reader can distinguish, and no
internet access.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

BLUE, ORANGE, GREY, INK, PALE = "#1f5a7a", "#c2571a", "#8a8f98", "#22303c", "#e4e8ec"
GREEN, PURPLE = "#3b8f6b", "#7a4b94"
QUIET = "#55606b"
"""The colour of less important words. Its contrast on white is 6.4 : 1; 4.5 : 1 is required for text."""
AXIS_TITLE = {"size": 13, "color": QUIET}
SERIES = (BLUE, ORANGE, GREEN, PURPLE, "#a08a1c", "#5b6770")
FONT = "Source Sans 3, Segoe UI, Helvetica, Arial, sans-serif"
CONFIG = {"displaylogo": False, "showSendToCloud": False, "showEditInChartStudio": False, "plotlyServerURL": "", "responsive": True,
          "modeBarButtonsToRemove": ["lasso2d", "select2d", "sendDataToCloud"]}  # fmt: skip
MIME = "application/vnd.plotly.v1+json"


@dataclass(frozen=True)
class Picture:
    """A plotly figure with a text alternative: words that say what the figure shows, for readers who do not see it."""

    figure: Any
    alt: str
    fits_narrow: bool = False  # whether the whole picture fits on a phone; other pictures are scrolled there

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        """Returns the figure and its text alternative for a notebook. Plotly's own renderers are not used."""
        import json

        data = json.loads(self.figure.to_json())
        data["config"] = CONFIG
        data["layout"]["meta"] = {"alt": self.alt, **({"narrow": True} if self.fits_narrow else {})}
        return {MIME: data, "text/plain": self.alt}


@dataclass(frozen=True)
class Table:
    """A table for a notebook: as HTML, and as plain text for programs that cannot show HTML. The same table always gives the same
    text.
    """

    html: str
    text: str

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        return {"text/html": self.html, "text/plain": self.text}

    def __repr__(self) -> str:
        return self.text


TITLE, SUBTITLE = 84, 110  # letters per line
LINE, TITLE_LINE = 18, 24  # pixels per line
BUTTONS = 24  # pixels above the title for plotly's buttons, which hide anything below them
LEGENDS_TOP = 96 + BUTTONS  # for a chart with its legend between the title and the drawing


def figure(title: str, subtitle: str, height: int, **layout: Any) -> Any:
    """Returns an empty plotly figure in the kit's look: left-aligned title, no default template. HTML in the title and
    subtitle is shown as plain text.

    Args:
        height: the height in pixels, without room for plotly's buttons and for further lines of the title, which are added.
        layout: further settings of plotly's layout.
    """
    import plotly.graph_objects as go

    titles, lines = textwrap.wrap(title, TITLE) or [""], textwrap.wrap(subtitle, SUBTITLE) or [""]
    lines_below, named = ("<br>".join(safe(line) for line in part) for part in (lines, titles))
    head = f"<b>{named}</b><br><span style='font-size:13px;color:{QUIET}'>{lines_below}</span>"
    more = more_lines(title, subtitle)
    base: dict[str, Any] = {
        "template": go.layout.Template(),
        "title": {"text": head, "x": 0, "xref": "container", "xanchor": "left", "y": 1, "yref": "container", "yanchor": "top",
                  "pad": {"t": 18 + BUTTONS, "l": 24}, "font": {"size": 18}},
        "font": {"family": FONT, "size": 14, "color": INK},
        "paper_bgcolor": "white",
        "plot_bgcolor": "white",
        "height": height + BUTTONS + more,
        "margin": {"l": 24, "r": 24, "t": 84 + BUTTONS + more, "b": 56},
        "hoverlabel": {"bgcolor": "white", "font": {"family": FONT}},
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "xanchor": "left", "yanchor": "bottom"},
    }  # fmt: skip
    return go.Figure(layout={**base, **layout})


def more_lines(title: str, subtitle: str) -> int:
    """Returns how much higher a figure must be, in pixels, if its title or subtitle needs more than one line."""
    return TITLE_LINE * max(0, len(textwrap.wrap(title, TITLE)) - 1) + LINE * max(0, len(textwrap.wrap(subtitle, SUBTITLE)) - 1)


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
    """Returns the plotly settings of an axis with one place for each label. The first label is at the top, and there is room
    for the longest one.
    """
    return {"categoryorder": "array", "categoryarray": list(labels)[::-1], "dtick": 1, "automargin": True, "ticklabelstandoff": 8}


def wrap(text: str, width: int = 28) -> str:
    """Returns a label of a chart, broken into lines of at most `width` letters by `<br>`. HTML in the label is shown as plain
    text.
    """
    return "<br>".join(safe(line) for line in textwrap.wrap(str(text), width)) or safe(text)


def safe(text: object) -> str:
    """Returns a text in which HTML characters are escaped, so that a browser shows them as plain text."""
    return escape(str(text), quote=False)
