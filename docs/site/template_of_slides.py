"""Makes the template of the workshop's slides, a PowerPoint file with four layouts whose placeholders have
names: `python -m docs.site.template_of_slides`. An office can put its own in its place (`slides_template` in
nap.yaml)."""

from __future__ import annotations

from dataclasses import dataclass

from pptx import Presentation
from pptx.opc.constants import RELATIONSHIP_TYPE as RELATION
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.util import Inches

from fltoolkit.nap.slides_template import LAYOUTS
from fltoolkit.report.document_formats.powerpoint_writer import TEMPLATE
from fltoolkit.report.document_formats.word_writer import saved

WIDTH, HEIGHT = 13.333, 7.5  # inches of a slide
LEFT, ACROSS = 0.6, 12.13  # inches from the left edge to the text, and its width
INK, BLUE, PALE, ORANGE, GREY = "22303C", "1F5A7A", "F3F6F8", "C2571A", "55606B"
COLOURS = {
    "dk1": INK, "lt1": "FFFFFF", "dk2": BLUE, "lt2": PALE, "accent1": BLUE, "accent2": ORANGE, "accent3": GREY,
    "accent4": "3D7EA6", "accent5": "8A6D3B", "accent6": "4F6D5B", "hlink": BLUE, "folHlink": GREY,
}  # fmt: skip
LAST = 6.88  # inches from the top to the end of the text


@dataclass(frozen=True)
class Place:
    """Where a placeholder stands: inches from the top, its height, and the size of its letters in points."""

    top: float
    height: float
    points: float = 20.0
    left: float = LEFT
    width: float = ACROSS


FOOT = {"Source": Place(6.98, 0.34, 11, width=11.2), "Slide number": Place(6.98, 0.34, 11, 11.93, 0.8)}
HEAD = {"Title": Place(0.35, 1.1, 28)}
PLACES = {
    "Finding": {
        "Title": Place(0.96, 0.9, 28),
        "About": Place(0.22, 0.72, 16),
        "Numbers": Place(2.05, 1.65, 16),
        "Text": Place(3.85, LAST - 3.85),
    },
    "Picture": {**HEAD, "Text": Place(1.6, 0.74, 16), "Picture": Place(2.4, LAST - 2.4)},
    "Table": {**HEAD, "Table": Place(1.75, 3.6, 20), "Text": Place(5.5, LAST - 5.5, 20)},
    "Text": {**HEAD, "Text": Place(1.75, LAST - 1.75, 24)},
}
RULES = {"Finding": 1.9}  # inches from the top to the line below the title
RULE = 1.5
ANCHORS = {"Title": "b", "Source": "ctr", "Slide number": "ctr"}
LEVELS = {1: "", 2: '<a:buFont typeface="Arial"/><a:buChar char="•"/>'}


def template() -> bytes:
    """Returns the template as a PowerPoint file. It is made from the one that python-pptx has, whose master
    and layouts are replaced."""
    show = Presentation()
    show.slide_width, show.slide_height = Inches(WIDTH), Inches(HEIGHT)
    master = show.slide_master
    for layout in list(show.slide_layouts)[len(LAYOUTS) :]:
        show.slide_layouts.remove(layout)
    for layout, (name, needed) in zip(show.slide_layouts, LAYOUTS.items(), strict=True):
        layout.part._element = parse_xml(_layout(name, needed))
    element = master._element
    element.replace(element.find("{*}cSld"), parse_xml(_master_shapes()))
    element.replace(element.find("{*}txStyles"), parse_xml(_styles()))
    master.part.part_related_by(RELATION.THEME)._blob = _theme()
    assert show.notes_master is not None  # made when it is first asked for
    for owner, kind in (
        (show.part, RELATION.PRINTER_SETTINGS),
        (show.part.package, RELATION.THUMBNAIL),
        (show.part.package, RELATION.EXTENDED_PROPERTIES),
    ):
        for key in [key for key, link in owner._rels.items() if link.reltype == kind]:
            owner._rels.pop(key)
    return saved(show, "Workshop slides", "", "en")


def _layout(name: str, needed: dict[str, str]) -> str:
    places = PLACES[name] | FOOT
    shapes = "".join(
        _placeholder(number, placeholder, kind, places[placeholder])
        for number, (placeholder, kind) in enumerate(_in_reading_order(needed), 2)
    )
    return (
        f'<p:sldLayout {nsdecls("p", "a", "r")} preserve="1" userDrawn="1"><p:cSld name="{name}"><p:spTree>{_group()}'
        f"{_rule(99, RULES.get(name, RULE))}{shapes}</p:spTree></p:cSld>"
        "<p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sldLayout>"
    )


def _in_reading_order(needed: dict[str, str]) -> list[tuple[str, str]]:
    """Returns the title first, then the content, and the foot last: a screen reader reads them in this order."""
    return sorted(needed.items(), key=lambda pair: (pair[0] != "Title", pair[0] in FOOT))


def _master_shapes() -> str:
    kinds = {"Title": "title", "Text": "body", "Source": "ftr", "Slide number": "sldNum"}
    places = PLACES["Text"] | FOOT
    shapes = "".join(
        _placeholder(number, name, kind, places[name]) for number, (name, kind) in enumerate(kinds.items(), 2)
    )
    return (
        f'<p:cSld {nsdecls("p", "a", "r")}><p:bg><p:bgPr><a:solidFill><a:schemeClr val="bg1"/></a:solidFill>'
        f"<a:effectLst/></p:bgPr></p:bg><p:spTree>{_group()}{shapes}</p:spTree></p:cSld>"
    )


def _group() -> str:
    return '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>'


def _placeholder(number: int, name: str, kind: str, place: Place) -> str:
    """Returns a placeholder of a layout as XML. Its name is also what it says while it is empty."""
    index = "" if kind == "title" else f' idx="{number + 8}"'
    across = ' algn="r"' if name == "Slide number" else ""
    field = '<a:fld id="{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}" type="slidenum"><a:rPr lang="en-GB"/><a:t>‹#›</a:t></a:fld>'
    words = field if kind == "sldNum" else f'<a:r><a:rPr lang="en-GB"/><a:t>{name}</a:t></a:r>'
    levels = "".join(
        f'<a:lvl{level}pPr{across}><a:defRPr sz="{round(100 * place.points)}"/></a:lvl{level}pPr>'
        for level in LEVELS
    )
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="{name}"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>'
        f'<p:nvPr><p:ph type="{kind}"{index}/></p:nvPr></p:nvSpPr><p:spPr>{_frame(place)}'
        f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr><p:txBody><a:bodyPr lIns="0" tIns="0" rIns="0" bIns="0" '
        f'anchor="{ANCHORS.get(name, "t")}"><a:noAutofit/></a:bodyPr><a:lstStyle>{levels}</a:lstStyle><a:p>{words}</a:p>'
        "</p:txBody></p:sp>"
    )


def _frame(place: Place) -> str:
    left, top, width, height = (
        int(Inches(inches)) for inches in (place.left, place.top, place.width, place.height)
    )
    return f'<a:xfrm><a:off x="{left}" y="{top}"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'


def _rule(number: int, top: float) -> str:
    """Returns the line below a title as XML."""
    return (
        f'<p:cxnSp><p:nvCxnSpPr><p:cNvPr id="{number}" name="Rule"/><p:cNvCxnSpPr/><p:nvPr userDrawn="1"/></p:nvCxnSpPr>'
        f'<p:spPr>{_frame(Place(top, 0))}<a:prstGeom prst="line"><a:avLst/></a:prstGeom><a:ln w="19050"><a:solidFill>'
        '<a:schemeClr val="bg2"><a:lumMod val="85000"/></a:schemeClr></a:solidFill></a:ln></p:spPr></p:cxnSp>'
    )


def _styles() -> str:
    """Returns the styles of texts as XML. A text of the first level has no bullet, one of the second has."""
    colour = '<a:solidFill><a:schemeClr val="{}"/></a:solidFill>'
    fonts = '<a:latin typeface="+{0}-lt"/><a:ea typeface="+{0}-ea"/><a:cs typeface="+{0}-cs"/>'
    levels = "".join(
        f'<a:lvl{level}pPr marL="{228600 * (level - 1)}" indent="{-228600 * (level - 1)}" algn="l"><a:spcBef><a:spcPts val="600"/></a:spcBef>'
        f'{bullet or "<a:buNone/>"}<a:defRPr sz="2000" kern="1200">{colour.format("tx1")}{fonts.format("mn")}</a:defRPr></a:lvl{level}pPr>'
        for level, bullet in LEVELS.items()
    )
    return (
        f'<p:txStyles {nsdecls("p", "a", "r")}><p:titleStyle><a:lvl1pPr algn="l"><a:spcBef><a:spcPct val="0"/></a:spcBef><a:buNone/>'
        f'<a:defRPr sz="2800" b="1" kern="1200">{colour.format("tx2")}{fonts.format("mj")}</a:defRPr></a:lvl1pPr></p:titleStyle>'
        f'<p:bodyStyle>{levels}</p:bodyStyle><p:otherStyle><a:lvl1pPr algn="l"><a:defRPr sz="1100">{colour.format("tx1")}'
        f"{fonts.format('mn')}</a:defRPr></a:lvl1pPr></p:otherStyle></p:txStyles>"
    )


def _theme() -> bytes:
    colours = "".join(f'<a:{name}><a:srgbClr val="{value}"/></a:{name}>' for name, value in COLOURS.items())
    font = '<a:latin typeface="Arial"/><a:ea typeface=""/><a:cs typeface=""/>'
    fill = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>'
    line = f'<a:ln w="9525">{fill}</a:ln>'
    effect = "<a:effectStyle><a:effectLst/></a:effectStyle>"
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><a:theme {nsdecls("a")} name="fltoolkit"><a:themeElements>'
        f'<a:clrScheme name="fltoolkit">{colours}</a:clrScheme><a:fontScheme name="fltoolkit"><a:majorFont>{font}</a:majorFont>'
        f'<a:minorFont>{font}</a:minorFont></a:fontScheme><a:fmtScheme name="fltoolkit"><a:fillStyleLst>{3 * fill}</a:fillStyleLst>'
        f"<a:lnStyleLst>{3 * line}</a:lnStyleLst><a:effectStyleLst>{3 * effect}</a:effectStyleLst><a:bgFillStyleLst>{3 * fill}"
        "</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>"
    ).encode()


def main() -> None:
    TEMPLATE.write_bytes(template())


if __name__ == "__main__":
    main()
