"""The font of HTML pages. Each page contains it, so that lines and pages break at the same words on every
machine."""

from __future__ import annotations

from base64 import b64encode
from functools import cache

from fltoolkit.show.charts.renderers.matplotlib_sheet import FONTS

FACE = (
    '@font-face {{ font-family: "fltoolkit Sans"; font-weight: {weight}; src: '
    'url(data:font/woff2;base64,{font}) format("woff2"); }}'
)
WEIGHTS = {"Regular": "400", "Bold": "600 700"}  # a heading of weight 650 is bold, too


@cache
def font_faces() -> str:
    """Returns the CSS that contains the font of pages, *fltoolkit Sans*: the Latin letters of Liberation
    Sans, which are as wide as those of Arial. A page's other letters, such as Greek ones, come from the
    reader's machine."""
    return "\n".join(
        FACE.format(
            weight=weight, font=b64encode((FONTS / f"fltoolkitSans-{name}.woff2").read_bytes()).decode()
        )
        for name, weight in WEIGHTS.items()
    )
