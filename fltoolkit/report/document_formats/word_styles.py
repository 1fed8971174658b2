"""Sets what a Word document adds to its template: its language, and the borders and colours of cells.

Fonts, sizes, spacing, page and footer come from assets/template.docx. The template can be changed in Word
with the styles pane.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

TEMPLATE = Path(str(files("fltoolkit.report.document_formats"))) / "assets" / "template.docx"
BLUE, LINE, PALE, GREY = "1F5A7A", "D7DDE3", "F3F6F8", "55606B"
"""Colours of the borders, backgrounds and quiet texts of cells, which are not part of a style."""
REGION = {"en": "en-GB", "fr": "fr-FR", "es": "es-ES"}
TITLES = {"lead": "Lead", "body": "Normal", "quiet": "Quiet", "warning": "Warning", "prompt": "Prompt"}
"""The style of each kind of paragraph."""


def set_language(word: Any, language: str) -> None:
    """Sets the language of a Word document, e.g. `fr`: Word checks the spelling in this language, and a
    screen reader speaks it. A text that is marked as being in another language keeps its own language."""
    defaults = word.styles.element.find(".//{*}rPrDefault/{*}rPr")
    for old in defaults.findall("{*}lang"):
        defaults.remove(old)
    defaults.append(element("w:lang", val=REGION.get(language, language)))


def element(tag: str, **values: str) -> Any:
    """Returns an XML element of a Word document (WordprocessingML) with this tag and these attributes."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = OxmlElement(tag)
    for name, value in values.items():
        made.set(qn(f"w:{name}"), value)
    return made


def fill(cell: Any, color: str) -> None:
    cell._tc.get_or_add_tcPr().append(element("w:shd", val="clear", color="auto", fill=color))


def border(cell: Any, **sides: tuple[str, int]) -> None:
    """Sets the borders of a cell in a Word table. `sides` gives for each side the colour and the width in
    eighths of a point, e.g. `bottom=("D7DDE3", 4)`."""
    borders = element("w:tcBorders")
    for side in ("top", "left", "bottom", "right"):
        if side in sides:
            color, size = sides[side]
            borders.append(element(f"w:{side}", val="single", sz=str(size), space="0", color=color))
    properties = cell._tc.get_or_add_tcPr()
    shade = properties.find("{*}shd")
    properties.append(borders) if shade is None else shade.addprevious(borders)
