"""Evidence that is unlike the samples, made of published rows, and the text of its documents. Nothing is estimated."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, is_dataclass, replace
from difflib import unified_diff
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import target_rows
import two_rounds
from made_documents import LANGUAGES, MADE as WRITERS
from promises import evidence_from
from published_rows import (
    CHILDREN,
    HIDDEN,
    OPEN,
    OTHER_RULES,
    TOTAL,
    UNRELIABLE,
    contrasts,
    of,
    published,
    row,
)

import fltoolkit as fl
from fltoolkit import report
from fltoolkit.estimate.change_over_time.difference import (
    COVERS_ZERO,
    DECREASED,
    INCREASED,
    NO_CHANGE,
    NOT_COMPARABLE,
)
from fltoolkit.estimate.change_over_time.unresolved_excess import MORE_UNRESOLVED, WIDE_BOUNDS
from fltoolkit.nap.later_survey import sign_and_verdict
from fltoolkit.nap.targets import TOO_WIDE, UNPLANNED, short_obstacle
from fltoolkit.publish.contrasts.published_contrasts import (
    HIGHER,
    LOWER,
    NO_DIFFERENCE,
    TOO_FEW,
    WIDE as WIDE_ANSWERS,
)
from fltoolkit.report.document_formats.document_blocks import Chart, Document, Heading
from fltoolkit.report.document_formats.html_writer import as_html
from fltoolkit.report.document_formats.powerpoint_writer import as_powerpoint
from fltoolkit.show import result
from fltoolkit.show.printed_tables.printed_table import PrintedTable
from tests.file_texts import CELLS, lines, page_lines, sentences, slide_lines

KINDS = ("brief", "slides")
# The sentences that stand above the pictures of notebooks 3 and 4.
RESULTS: tuple[Callable[[fl.Evidence], object], ...] = (
    lambda e: result.headline(e.now, e), lambda e: result.rule_sets(e.now), lambda e: result.unresolved(e.now),
    lambda e: result.in_time(e.now), result.baseline, result.repeat, result.targets, result.follow_up,
)  # fmt: skip
BRIEF, FIRST_PAGE, SLIDES, FRONT_PAGE = "brief", "page 1 of the brief", "slides", "front page"
TO_VERIFY = "the age limits, from memory"
FEW = {"cases": 20.0, "ci_low": 0.012, "ci_high": 0.031, "flag": "caution", "reason": "fewer than 30 cases"}
NOBODY = {
    "estimate": 0.0,
    "cases": 0.0,
    "ci_low": 0.0,
    "ci_high": 0.0012,
    "flag": "review",
    "marker": "w",
    "reason": "no case was recorded",
}
WIDE = OPEN | {"bounds_note": str(WIDE_BOUNDS), "bound_high": 0.04, "bound_ci_high": 0.05}
EXCLUDED = ("the homeless",)
TARGET = {"year": 2030, "cut": 0.5}
MET = {"value": 2.0, "ci_low": 1.5, "ci_high": 2.4}
MISSED = {"value": 3.0, "ci_low": 2.6, "ci_high": 4.0, "year": 2030}
NAN = float("nan")
FOUR_YEARS = [{"year": year, "cut": 0.5} for year in (2027, 2029, 2031, 2033)]
TOO_OPEN = {"verifiable": "no", "obstacle": TOO_WIDE, "sample_needed": NAN}
FEW_PAIRS = ("ac", "ad", "bc")
WHOLE, ALL_THREE = target_rows.TARGETS[:1], target_rows.TARGETS


def _of(*rows: dict[str, Any], **about: Any) -> fl.Evidence:
    return evidence_from(published(*rows, coverage_excludes=EXCLUDED, **about))


def _later(**facts: Any) -> fl.Evidence:
    """Returns the later of two rounds with other facts of every tested change, in the table of changes and in the follow-up."""
    later = two_rounds.fell()
    assert later.changed is not None
    changed = replace(later.changed, table=_assigned(later.changed.table, facts))
    light = sign_and_verdict(facts.get("verdict", DECREASED), facts.get("verdict_reason", ""))
    return replace(later, changed=changed, follow_up=_assigned(later.follow_up, facts | {"light": light}))


def _assigned(table: pd.DataFrame, facts: Mapping[str, Any]) -> pd.DataFrame:
    return table.assign(
        **{
            c: pd.Series([v] * len(table), index=table.index, dtype=object)
            for c, v in facts.items()
            if c in table
        }
    )


def _compared(
    verdict: object,
    low: float = NAN,
    high: float = NAN,
    *,
    rows: tuple[dict[str, Any], ...] = (),
    **women: object,
) -> fl.Evidence:
    """Returns a run in which men are compared with women, beside other rows. Rows of everyone are the first of them."""
    others = rows or (row(),)
    both = of("sex", "men", estimate=0.03), of("sex", "women", **{"estimate": 0.01} | women)
    wide = WIDE_ANSWERS if "bounds_note" in women else ""
    table = contrasts({"ci_low": low, "ci_high": high, "verdict": verdict, "only_in_tables": wide})
    groups = tuple(dict.fromkeys(r["breakdown"] for r in (*both, *others) if r["breakdown"]))
    return evidence_from(published(others[0], *both, *others[1:], groups=groups, lead="sex", contrasts=table))


def _by_region(everyone: Mapping[str, Any], **facts: Any) -> fl.Evidence:
    """Returns a run with rates of two regions, which no test compares, beside a comparison of men and women."""
    rows = row(**everyone), *(of("region", name, **facts) for name in ("north", "south"))
    return _compared(NO_DIFFERENCE, -0.01, 0.02, rows=rows)


def _pairs(*pairs: tuple[str, str, object]) -> fl.Evidence:
    """Returns a run in which regions are compared in pairs."""
    table = contrasts(
        *(
            {
                "group": "region",
                "category": a,
                "reference": b,
                "verdict": verdict,
            }
            for a, b, verdict in pairs
        )
    )
    rows = row(), *(of("region", name) for name in "abcd")
    return evidence_from(published(*rows, lead="region", groups=("region",), contrasts=table))


def _aimed(
    targets: list[dict[str, Any]],
    *followed: dict[str, Any],
    given: Mapping[str, object] | None = None,
    **keys: Any,
) -> fl.Evidence:
    """Returns a plan with targets, what a later round found of the first, and other facts of the table of targets."""
    made = replace(target_rows.evidence(targets, list(followed), **keys), now=target_rows.RATE)
    return replace(made, targets=_assigned(made.targets, given or {}))


@dataclass(frozen=True)
class Odd:
    """Evidence that is unlike the samples: what makes it, and why documents must say something else."""

    why: str
    make: Callable[[], fl.Evidence]


PLAIN = "plain"  # the evidence with which the others are compared
MADE: Mapping[str, Odd] = {
    PLAIN: Odd("what the others are compared with", lambda: _of(row())),
    "usual": Odd(
        "unresolved persons, an unreliable and a hidden number, persons who were not reached",
        lambda: _of(row(**OPEN), TOTAL, of("sex", "men", **UNRELIABLE), of("sex", "women", **HIDDEN)),
    ),
    "few cases": Odd("the interval is wide because of few cases", lambda: _of(row(**FEW))),
    "nobody found by region": Odd("no difference is told", lambda: _by_region(NOBODY, **NOBODY)),
    "nobody found": Odd(
        "nobody found is not zero",
        lambda: _of(row(**NOBODY), of("sex", "men", **NOBODY), of("sex", "women", **NOBODY)),
    ),
    "hidden headline": Odd(
        "no number in a title",
        lambda: _of(row(**HIDDEN), *(of("sex", who, **HIDDEN) for who in ("men", "women"))),
    ),
    "unreliable headline": Odd("no number in a title", lambda: _of(row(**UNRELIABLE))),
    "unresolved hidden": Odd(
        "few unresolved persons have no number",
        lambda: _of(row(unresolved=NAN, bound_high=NAN, bound_ci_high=NAN)),
    ),
    "wide bounds": Odd("a range, and no verdict", lambda: _of(row(**WIDE))),
    "wide bounds of children": Odd(
        "a range beside a number without one",
        lambda: _of(row(**WIDE), row(**CHILDREN, bound_high=0.025), headlines=("adults", "children")),
    ),
    "provisional": Odd("what is recalled is to be verified", lambda: _of(row(to_verify=TO_VERIFY))),
    "everybody reached": Odd(
        "nobody was missed, nobody is unresolved", lambda: evidence_from(published(row()))
    ),
    "not available": Odd(
        "a number that was not asked",
        lambda: _of(row(), row(measure="stock", **HIDDEN | {"marker": "x", "reason": "not asked"})),
    ),
    "children only": Odd(
        "children are counted by other criteria", lambda: _of(row(**CHILDREN), headlines=("children",))
    ),
    "adults and children": Odd(
        "no test compares two populations",
        lambda: _of(
            row(), TOTAL, row(**CHILDREN), of("sex", "boys", **CHILDREN), headlines=("adults", "children")
        ),
    ),
    "another definition": Odd(
        "two definitions stand side by side",
        lambda: _of(
            row(), row(rule_set=OTHER_RULES, estimate=0.03, rule_note="all its cases too", marker="u")
        ),
    ),
    "many categories": Odd(
        "thirty regions have no room",
        lambda: _of(
            row(), *(of("region", f"region {n}") for n in range(30)), groups=("region",), lead="region"
        ),
    ),
    "hidden region": Odd(
        "a group of which nothing is shown",
        lambda: _of(row(), *(of("region", r, **HIDDEN) for r in ("north", "south"))),
    ),
    "unreliable regions": Odd(
        "no reliable rate by region",
        lambda: _by_region({}, **UNRELIABLE),
    ),
    "regions": Odd(
        "no test compares regions",
        lambda: _by_region({}),
    ),
    "shares": Odd(
        "shares of cases by sector and means",
        lambda: _of(
            row(),
            *(
                of("sector", s, measure="share", sector=s, estimate=e, ci_low=e / 2, ci_high=e + 0.1)
                for s, e in (("farms", 0.7), ("sites", 0.3))
            ),
        ),
    ),
    "unreliable shares": Odd(
        "how cases divide is not known",
        lambda: _of(row(), *(of("sector", s, measure="share", **UNRELIABLE) for s in ("farms", "sites"))),
    ),
    "higher": Odd("the test says which rate is higher", lambda: _compared(HIGHER, 0.0052, 0.03)),
    "lower": Odd("the test says which rate is higher", lambda: _compared(LOWER, -0.03, -0.0052)),
    "higher without limits": Odd("no size of the difference", lambda: _compared(HIGHER)),
    "no difference": Odd("none detected is not none", lambda: _compared(NO_DIFFERENCE, -0.01, 0.02)),
    "not tested": Odd("an unreliable number is not compared", lambda: _compared(TOO_FEW, **UNRELIABLE)),
    "a target": Odd(
        "before a later round", lambda: evidence_from(published(row(), TOTAL), TARGET, planned_sample=2000)
    ),
    "a target of nobody": Odd(
        "nothing is left to reduce", lambda: evidence_from(published(row(**NOBODY)), TARGET)
    ),
    "a target of a range": Odd(
        "if no answer were unresolved",
        lambda: evidence_from(published(row(**WIDE)), TARGET, planned_sample=2000),
    ),
    "three targets": Odd("verifiable, not verifiable, and with a hidden baseline", lambda: _aimed(ALL_THREE)),
    "no target": Odd("what a repeat could find", lambda: _aimed([], n=20_000)),
    "no target, nothing found": Odd("no fall is found, however deep", lambda: _aimed([], n=1_000)),
    "no target, sizes unlike": Odd("no verdict on a fall", lambda: _aimed([], planned_sample=10)),
    "a target above": Odd("a rise is no fall", lambda: _aimed([{"year": 2030, "value": 6}], n=20_000)),
    "targets of four years": Odd("each year is named", lambda: _aimed(FOUR_YEARS)),
    "no survey planned": Odd(
        "only a survey is lacking",
        lambda: _aimed(ALL_THREE, given={"verifiable": "no", "obstacle": UNPLANNED, "power": 0.91}),
    ),
    "too few asked": Odd(
        "a larger sample helps",
        lambda: _aimed(
            WHOLE, given={"verifiable": "no", "obstacle": short_obstacle("sample"), "sample_needed": 3500.0}
        ),
    ),
    "no size is enough": Odd(
        "no number of persons helps",
        lambda: _aimed(
            WHOLE, given={"verifiable": "no", "obstacle": short_obstacle("sample"), "sample_needed": NAN}
        ),
    ),
    "too many unresolved": Odd(
        "fewer unresolved answers help",
        lambda: _aimed(WHOLE, given={"verifiable": "no", "obstacle": TOO_WIDE, "sample_needed": 3500.0}),
    ),
    "too many unresolved, and a fall that is likely found": Odd(
        "more persons do not help",
        lambda: _aimed(WHOLE, given=TOO_OPEN | {"power": 0.81, "smallest_value": 2.0}),
    ),
    "too many unresolved, and too small a fall": Odd(
        "its chance is told", lambda: _aimed(WHOLE, given=TOO_OPEN | {"power": 0.52, "smallest_value": 2.6})
    ),
    "too many unresolved, and a lower target": Odd(
        "the lower target is told",
        lambda: _aimed(WHOLE, given=TOO_OPEN | {"power": 0.52, "smallest_value": 2.0}),
    ),
    "two targets, too many unresolved": Odd(
        "the choice is about all of them", lambda: _aimed(ALL_THREE[:2], given=TOO_OPEN)
    ),
    "no survey planned in four years": Odd(
        "each year is named", lambda: _aimed(FOUR_YEARS, given={"verifiable": "no", "obstacle": UNPLANNED})
    ),
    "a hidden target": Odd("no size of survey answers", lambda: _aimed(ALL_THREE[2:])),
    "targets of two years": Odd(
        "the year is named", lambda: _aimed([{"year": 2028, "cut": 0.05}, {"year": 2030, "cut": 0.5}])
    ),
    "verifiable targets of two years": Odd(
        "the year is named",
        lambda: _aimed(
            [{"year": 2028, "cut": 0.05}, {"year": 2030, "cut": 0.5}], given={"verifiable": "yes"}
        ),
    ),
    "wide bounds of a group": Odd(
        "a range is not compared", lambda: _compared(HIGHER, bound_high=0.055, bounds_note="wide bounds")
    ),
    "a pair without a test": Odd(
        "the reason is told", lambda: _pairs(("a", "b", NO_DIFFERENCE), ("a", "c", TOO_FEW))
    ),
    "four pairs, one found": Odd(
        "the others are counted",
        lambda: _pairs(("a", "b", HIGHER), *((a, b, NO_DIFFERENCE) for a, b in FEW_PAIRS)),
    ),
    "four pairs, none found": Odd(
        "no others are told",
        lambda: _pairs(("b", "c", TOO_FEW), *((a, b, NO_DIFFERENCE) for a, b in FEW_PAIRS)),
    ),
    "four pairs, none tested": Odd(
        "there was no test", lambda: _pairs(*((a, b, TOO_FEW) for a, b in ("ab", *FEW_PAIRS)))
    ),
    "six pairs found": Odd(
        "a page has no room",
        lambda: _pairs(*((a, b, HIGHER) for a, b in ("ab", "ac", "ad", "bc", "bd", "cd"))),
    ),
    "reached": Odd("the whole interval is below the target", lambda: _aimed(WHOLE, MET)),
    "not reached": Odd("the year has come", lambda: _aimed(WHOLE, MISSED)),
    "not yet": Odd("the year has not come", lambda: _aimed(WHOLE, MISSED | {"year": 2027})),
    "inside the interval": Odd(
        "the target lies inside",
        lambda: _aimed(WHOLE, {"value": 2.4, "ci_low": 1.5, "ci_high": 4.0, "year": 2030}),
    ),
    "below but unreliable": Odd(
        "an unreliable number reaches no target",
        lambda: _aimed(WHOLE, MET | {"marker_after": "u"}, given={"verifiable": "no"}),
    ),
    "below but wide": Odd("a range reaches no target", lambda: _aimed(WHOLE, MET | {"bound": 3.5})),
    "fell": Odd("a tested change", two_rounds.fell),
    "rose": Odd("a tested change", lambda: _later(verdict=INCREASED)),
    "unchanged": Odd(
        "no detectable change is not no change",
        lambda: _later(verdict=NO_CHANGE, verdict_reason=COVERS_ZERO, ci_high=0.002),
    ),
    "not judged": Odd(
        "more unresolved answers in one round",
        lambda: _later(verdict=NO_CHANGE, verdict_reason=MORE_UNRESOLVED),
    ),
    "not comparable": Odd(
        "another definition before",
        lambda: _later(verdict=NOT_COMPARABLE, verdict_reason="definition changed"),
    ),
}


@cache
def evidence(name: str) -> fl.Evidence:
    """Returns evidence of MADE by its name. It is made once."""
    return MADE[name].make()


@cache
def document(name: str, kind: str, code: str) -> Document:
    """Returns a document (brief, skeleton, slides) of an evidence in a language. It is made once."""
    return WRITERS[kind](evidence(name), LANGUAGES[code])


def document_lines(document: Document) -> list[str]:
    """Returns what a document says, a row of a table or a paragraph a line."""
    return [
        document.title,
        document.subtitle,
        *(line for block in document.blocks for line in _block_lines(block)),
        document.foot,
    ]


def _block_lines(block: object) -> Iterator[str]:
    if isinstance(block, str):
        yield block
    elif isinstance(block, PrintedTable):
        rows = (tuple(head.text for head in block.heads), *block.texts)
        yield from (
            block.title,
            block.subtitle,
            *(CELLS.join(("", *cells)) for cells in rows),
            block.note,
            *block.footnotes,
        )
    elif isinstance(block, Chart):
        yield block.picture.alt
    elif isinstance(block, tuple):
        for part in block:
            yield from _block_lines(part)
    elif is_dataclass(block):
        yield from (
            line
            for name, part in vars(block).items()
            if name not in ("style", "kind")
            for line in _block_lines(part)
        )


def told(name: str) -> dict[str, list[str]]:
    """Returns what documents and the results of notebooks say of an evidence in English."""
    documents = {kind: document_lines(document(name, kind, "en")) for kind in KINDS}
    return documents | {"notebooks": [str(said(evidence(name))) for said in RESULTS]}


def file_name(name: str) -> str:
    """Returns the name of the golden text of an evidence, without its suffix."""
    return re.sub(r"\W+", "_", name)


def differences(name: str) -> list[str]:
    """Returns the lines that documents of an evidence have and those of the plain one have not (+), and the reverse (-); of the plain
    one all its lines."""
    found = []
    for document, said in told(name).items():
        before = [] if name == PLAIN else _split(told_of_plain()[document])
        marked = list(unified_diff(before, _split(said), n=0, lineterm=""))
        changed = [line for line in marked[2:] if not line.startswith("@@")]
        found += [f"== {document}", *changed] if changed else []
    return found


@cache
def told_of_plain() -> dict[str, list[str]]:
    return told(PLAIN)


def _split(said: list[str]) -> list[str]:
    return [part for line in said for part in sentences(line) if part.strip()]


@cache
def text(name: str, place: str, code: str) -> str:
    """Returns what a document of an evidence says in a language, with common spaces. It is made once."""
    if place == FRONT_PAGE:
        return _plain(_front_page(evidence(name)))
    if place == SLIDES:
        return _plain("\n".join(_shown(as_powerpoint(document(name, SLIDES, code)))))
    brief = document(name, BRIEF, code)
    written = as_html(_first_page(brief) if place == FIRST_PAGE else brief)
    return _plain("\n".join(page_lines(written, whole=False)))


def _shown(slides: bytes) -> Iterator[str]:
    """Yields what slides show, without the speaker's notes."""
    with tempfile.NamedTemporaryFile(suffix=".pptx") as file:
        file.write(slides)
        file.flush()
        yield from slide_lines(Path(file.name), whole=False, notes=False)


def _first_page(brief: Document) -> Document:
    pages = [i for i, block in enumerate(brief.blocks) if isinstance(block, Heading) and block.new_page]
    return replace(brief, blocks=brief.blocks[: pages[0]])


def _front_page(found: fl.Evidence) -> str:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        report.write_estimates(found.now, folder / "survey")
        if found.changed is not None:
            report.write_changes(found.changed, folder / "survey")
        excluded = found.now.coverage_excludes
        return "\n".join(lines(report.write_index(folder, [report.Entry("survey", "Survey", excluded)])))


def _plain(said: str) -> str:
    return said.replace("\xa0", " ").replace("\u202f", " ")
