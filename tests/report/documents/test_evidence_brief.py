"""Tests the evidence brief: its first page, and the pages that follow."""

from __future__ import annotations

from handed import EN
from promises import evidence_from
from published_rows import contrasts, of, published, row

from fltoolkit.publish.contrasts.published_contrasts import NO_DIFFERENCE
from fltoolkit.report.document_formats.document_blocks import (
    Block,
    Bullets,
    Chart,
    Charts,
    Document,
    Facts,
    Heading,
    Paragraph,
)
from fltoolkit.report.documents.evidence_brief import evidence_brief
from fltoolkit.show.printed_tables.printed_table import PrintedTable

TOTAL = row(measure="total", estimate=400.0, ci_low=300.0, ci_high=520.0, interval="log")
PAIR = contrasts({"ci_low": -0.002, "ci_high": 0.004, "p_adjusted": 0.5, "verdict": NO_DIFFERENCE})
OUT = published(
    row(unresolved=6.0, bound_high=0.023),
    TOTAL,
    of("sex", "men"),
    of("sex", "women"),
    groups=("sex",),
    judged="fltoolkit: x",
    lead="sex",
    contrasts=PAIR,
)
FEW = ({"year": 2030, "cut": 0.05}, {"year": 2030, "cut": 0.04, "group": "gender", "category": "men"})


def first_page(document: Document) -> list[Block]:
    """What comes before the first new page."""
    at = next(i for i, b in enumerate(document.blocks) if isinstance(b, Heading) and b.new_page)
    return list(document.blocks[:at])


def texts(blocks: list[Block], style: str = "") -> list[str]:
    return [b.text for b in blocks if isinstance(b, Paragraph) and style in ("", b.style)]


def test_the_first_page_says_how_many_who_the_targets_what_to_decide_and_the_caveats() -> None:
    made = evidence_brief(evidence_from(OUT, FEW[0], planned_sample=2000), EN)
    page = first_page(made)
    assert made.title == "20 of every 1,000 adults in forced labour (2025)"
    facts, definition, chart, who, targets, table, decide, careful, caveats = page
    assert isinstance(facts, Facts)
    assert [f.number for f in facts.facts] == ["20.0", "about 400", "No group"]
    assert facts.facts[2].doubt == "No difference was detected between men and women"
    window = "Reference period: the past 12 months (at any time, not on one day). Population: adults."
    assert definition == Paragraph(f"{EN.say('sheet.definition')} {window}")
    assert isinstance(chart, Chart)
    assert chart.picture.name == "prevalence_by_sex"
    assert who == Bullets(
        ("No difference was detected between men and women. That does not prove that there is none.",)
    )
    assert targets == Heading("The plan's targets", 2)
    assert isinstance(table, PrintedTable)
    assert isinstance(decide, Paragraph)
    assert decide.label == "To decide"
    assert decide.text.startswith(
        "Set a target for “Prevalence” whose fall the planned survey would detect (to 9.2 per 1,000 or "
        "lower), or keep 19.0?"
    )
    assert careful == Heading("Read with care", 2)
    assert isinstance(caveats, Bullets)
    assert caveats.items[0].startswith(
        "The interval is wide because the survey found 40 cases among 2,000 persons"
    )
    assert caveats.items[1] == "The survey names no group that it could not reach."
    assert caveats.items[2].startswith("6 of the 2,000 persons who answered are unresolved")


def test_adults_and_children_without_a_sum_have_a_picture_each() -> None:
    """Before, the children alone had one, of half a page and stretched to a whole one."""
    names = {"reference_population": "children", "reference_population_label": "children"}
    children = [row(**names), *(of("sex", who, **names) for who in ("boys", "girls"))]
    out = published(
        row(),
        TOTAL,
        of("sex", "men"),
        of("sex", "women"),
        *children,
        groups=("sex",),
        lead="sex",
        contrasts=PAIR,
        headlines=("adults", "children"),
    )
    (twins,) = (
        b for b in first_page(evidence_brief(evidence_from(out, FEW[0]), EN)) if isinstance(b, Charts)
    )
    assert [chart.picture.name for chart in twins.charts] == [
        "prevalence_by_sex",
        "prevalence_children_by_sex",
    ]


def test_a_group_of_many_categories_has_no_room_in_the_brief() -> None:
    """Before, 30 regions made a brief of seven pages, whose first page was its title alone."""
    regions = [of("region", f"region {n}") for n in range(16)]
    out = published(
        row(), TOTAL, of("sex", "men"), of("sex", "women"), *regions, groups=("sex", "region"), lead="region"
    )
    made = evidence_brief(evidence_from(out, FEW[0]), EN)
    assert [b.picture.name for b in first_page(made) if isinstance(b, Chart)] == ["path_rate"]
    told = "\n".join(map(str, made.blocks))
    assert "region 1" not in told


def test_without_a_comparison_the_picture_is_the_way_to_the_target() -> None:
    page = first_page(evidence_brief(evidence_from(published(row(), TOTAL), FEW[0], planned_sample=2000), EN))
    assert [b.picture.name for b in page if isinstance(b, Chart)] == ["path_rate"]


def test_the_numbers_come_before_the_basis() -> None:
    brief = evidence_brief(evidence_from(OUT, FEW[0], planned_sample=2000, title="Our plan"), EN)
    after = list(brief.blocks)[len(first_page(brief)) :]
    heads = [b.text for b in after if isinstance(b, Heading)]
    keys = ("brief.numbers", "brief.basis")
    assert heads == [EN.say(key) for key in keys]
    assert (brief.kind, brief.language) == ("brief", "en")
    assert brief.subtitle == "Forced labour in Nowhere: what the survey of 2025 found"
    assert brief.foot.startswith("Source: Small survey; 2018 international definition")


def test_the_brief_has_a_table_of_the_default_population_alone() -> None:
    """Two pages have no room for a table of each population; the skeleton and the workbook have all."""
    names = {"reference_population": "children", "reference_population_label": "children"}
    women = of("sex", "women", **names, flag="review", reason="wide")
    men = of("sex", "men", flag="review", reason="few areas")
    out = published(row(), men, row(**names), women, groups=("sex",), headlines=("adults", "children"))
    blocks = evidence_brief(evidence_from(out, FEW[0]), EN).blocks
    (table,) = (b for b in blocks if isinstance(b, PrintedTable) and b.footnotes)
    assert table.lettered == (("a", "To be reviewed: few areas"),)
    assert table.texts[-1][-1] == "a"
