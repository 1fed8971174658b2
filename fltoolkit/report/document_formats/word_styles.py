"""The look of the Word documents: styles, borders, page and footer. Everything else is as_word's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

BLUE, INK, QUIET, LINE, PALE, WARN = "1F5A7A", "22303C", "55606B", "D7DDE3", "F3F6F8", "C2571A"
FONT = "Arial"
REGION = {"en": "en-GB", "fr": "fr-FR", "es": "es-ES"}
TITLES = {"lead": "Lead", "body": "Normal", "quiet": "Quiet", "warning": "Warning", "prompt": "Prompt"}
HEADINGS = {"Title": (22, 0, 3), "Heading 1": (16, 16, 5), "Heading 2": (12.5, 12, 3), "Heading 3": (11, 9, 2)}


@dataclass(frozen=True)
class Look:
    """Font and spacing of a style; `bar` is a line at its left, `fill` a ground, and `with_next` keeps it on the page of what follows."""

    size: float
    color: str = INK
    bold: bool = False
    italic: bool = False
    before: float = 0
    after: float = 0
    with_next: bool = False
    line: float = 1.1
    bar: str = ""
    fill: str = ""


OWN = {
    "Lead": Look(size=11.5, after=5),
    "Quiet": Look(size=9, color=QUIET, after=5),
    "Warning": Look(size=10, before=7, after=8, bar=WARN, fill="FDF3EC"),
    "Prompt": Look(size=10, color=QUIET, italic=True, after=4, bar=LINE),
    "Prompt Bullet": Look(size=10, color=QUIET, italic=True, after=4, bar=LINE),
    "Number": Look(size=21, color=BLUE, bold=True, before=4, after=1, with_next=True),
    "Number Long": Look(size=13, color=BLUE, bold=True, before=8, after=4, with_next=True),
    "Number Unit": Look(size=9.5, after=0, with_next=True),
    "Number Doubt": Look(size=8.5, color=QUIET, before=1, after=5),
    "Sign": Look(size=10, color=BLUE, bold=True, after=0, with_next=True),
    "Table Head": Look(size=8, bold=True, after=1, before=1),
    "Table Text": Look(size=8, after=1, before=1),
    "Table Note": Look(size=8, color=QUIET, before=2, after=10),
    "Picture": Look(size=10, after=4, before=4),
    "Gap": Look(size=4, after=4),
    "Source": Look(size=7.5, color=QUIET, after=0),
}


def dress(word: Any, language: str) -> None:
    """Set the styles of an empty document, and its language."""
    from docx.enum.style import WD_STYLE_TYPE

    styles = word.styles
    _set(styles["Normal"], Look(10, after=5, line=1.12))
    for name, (size, before, after) in HEADINGS.items():
        _set(styles[name], Look(size, BLUE, bold=True, before=before, after=after, with_next=True))
        _bare(styles[name])
    _set(styles["Subtitle"], Look(11, QUIET, after=8))
    _set(styles["Caption"], Look(10, bold=True, before=8, after=3, with_next=True))
    _set(styles["List Bullet"], Look(10, after=3))
    for name, look in OWN.items():
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = styles["Normal"]
        _set(style, look)
    defaults = styles.element.find(".//{*}rPrDefault/{*}rPr")
    for old in defaults.findall("{*}lang"):
        defaults.remove(old)
    defaults.append(element("w:lang", val=language))


def page(section: Any) -> None:
    """Make its pages A4."""
    from docx.shared import Cm

    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(1.8)
    section.footer_distance = Cm(0.9)


def page_number(run: Any) -> None:
    """Put the number of the page into a run."""
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run._r.append(element("w:fldChar", fldCharType=kind) if kind else _field(text))


def element(tag: str, **values: str) -> Any:
    """An element of WordprocessingML with its attributes."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = OxmlElement(tag)
    for name, value in values.items():
        made.set(qn(f"w:{name}"), value)
    return made


def fill(cell: Any, color: str) -> None:
    cell._tc.get_or_add_tcPr().append(element("w:shd", val="clear", color="auto", fill=color))


def border(cell: Any, **sides: tuple[str, int]) -> None:
    """Borders of a cell: for each side its colour and eighths of a point."""
    borders = element("w:tcBorders")
    for side in ("top", "left", "bottom", "right"):
        if side in sides:
            color, size = sides[side]
            borders.append(element(f"w:{side}", val="single", sz=str(size), space="0", color=color))
    properties = cell._tc.get_or_add_tcPr()
    shade = properties.find("{*}shd")
    properties.append(borders) if shade is None else shade.addprevious(borders)


def _field(text: str) -> Any:
    made = element("w:instrText")
    made.text = text
    return made


def _set(style: Any, look: Look) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    font, shape = style.font, style.paragraph_format
    font.name, font.size, font.bold, font.italic = FONT, Pt(look.size), look.bold, look.italic
    font.color.rgb = RGBColor.from_string(look.color)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)
    shape.space_before, shape.space_after, shape.line_spacing, shape.keep_with_next = (
        Pt(look.before),
        Pt(look.after),
        look.line,
        look.with_next,
    )
    shape.widow_control = True
    for old in style.element.rPr.findall(qn("w:spacing")):  # the default subtitle's letters stand apart
        style.element.rPr.remove(old)
    properties = style.element.get_or_add_pPr()
    if look.bar:
        borders = element("w:pBdr")
        borders.append(element("w:left", val="single", sz="24", space="8", color=look.bar))
        properties.insert_element_before(borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc")
        shape.left_indent = Pt(12)
    if look.fill:
        properties.insert_element_before(
            element("w:shd", val="clear", color="auto", fill=look.fill),
            "w:tabs",
            "w:suppressAutoHyphens",
            "w:spacing",
            "w:ind",
            "w:jc",
        )


def _bare(style: Any) -> None:
    """Without the rule that the default title has below it."""
    properties = style.element.get_or_add_pPr()
    for old in properties.findall("{*}pBdr"):
        properties.remove(old)
