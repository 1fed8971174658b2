"""Writes the results of the coverage simulation as text and tables: whether each requirement is met, and if
not, why."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
from coverage_change import HALVED, OF_THE_KIT, ROUNDS
from coverage_simulation import DEFAULT, GIVEN, METHODS

from fltoolkit.estimate.variance import Array

ENOUGH_PSUS = 30  # expected to hold a case: there the default must hold
FEWEST = 100  # samples that must be shown for their coverage to be judged
LEAST, MOST, FALSE_DECREASE = 0.935, 0.975, 0.03
BANDS = {"under 3": 0, "3 to 10": 3, "10 to 20": 10, "20 to 30": 20, "30 and more": ENOUGH_PSUS}
VARIANTS = (GIVEN,)
SHORT_COLUMNS = (
    "cell", "expected_psus", "mean_cases", "no_case", "coverage", "too_low", "too_high", "why", "published",
    "coverage_published", "why_published", "unmarked", "coverage_unmarked", "why_unmarked",
)  # fmt: skip


def short_by(held: pd.Series, number: pd.Series) -> pd.Series:
    """Returns, for each cell, whether coverage is below the requirement by more than two Monte Carlo standard
    errors. Cells with too few samples are not judged."""
    return (number >= FEWEST) & (held < LEAST - 2 * np.sqrt(held * (1 - held) / number))


def judged(cells: pd.DataFrame, method: str = DEFAULT) -> pd.DataFrame:
    """Returns the cells of one method with new columns: whether coverage is too low (`short`,
    `short_published`, `short_unmarked`), and the cause."""
    t = cells[cells["method"] == method].copy()
    t["short"] = short_by(t["coverage"], t["samples"])
    t["short_published"] = short_by(t["coverage_published"], t["samples"] * t["published"])
    t["short_unmarked"] = short_by(t["coverage_unmarked"], t["samples"] * t["unmarked"])
    none = t["too_low_no_case"]
    t["why"] = _cause(none / (1 - t["coverage"]), t["too_high"] / (1 - t["coverage"]))
    for shown in ("published", "unmarked"):
        missed = 1 - t[f"coverage_{shown}"]
        of_none = (
            none / t["published"] / missed if shown == "published" else 0 * missed
        )  # no case is always marked
        t[f"why_{shown}"] = _cause(of_none, t[f"too_high_{shown}"] / missed)
    t["enough"] = t["expected_psus"] >= ENOUGH_PSUS
    return t


def _cause(none: pd.Series, too_high: pd.Series) -> Array:
    """Returns the cause of more than half of the intervals that miss the true value."""
    return np.select([none > 0.5, too_high > 0.5], ["none", "chosen"], "few")


def next_that_holds(cells: pd.DataFrame) -> pd.DataFrame:
    """Returns the cells in which the default covers too much. Each row has the narrowest other method with
    sufficient coverage, its coverage, and the widths of both methods."""
    named = cells[~cells["method"].isin(VARIANTS)]
    over = named[(named["method"] == DEFAULT) & (named["coverage"] > MOST)]
    others = named[
        (named["method"] != DEFAULT) & (named["coverage"] >= LEAST) & named["cell"].isin(over["cell"])
    ]
    best = others.sort_values("width", kind="stable").drop_duplicates("cell").set_index("cell")
    columns = {"method": "other", "coverage": "other_coverage", "width": "other_width"}
    return over.join(best[list(columns)].rename(columns=columns), on="cell")


def acceptance(cells: pd.DataFrame, pairs: pd.DataFrame) -> list[str]:
    """Returns one line per requirement: `holds` or `fails`, with the cells that fail."""
    t = judged(cells)
    enough, rest = t[t["enough"]], t[~t["enough"]]
    lines = [
        _line(
            enough["cell"][enough["short"]],
            f"coverage ≥ {LEAST:.1%} in {len(enough)} cells with ≥ {ENOUGH_PSUS} PSUs with cases",
        ),
        _line(enough["cell"][enough["short_published"]], "the same among the published"),
    ]
    for rule in OF_THE_KIT:
        for rounds in ROUNDS:
            said = pairs[(pairs["rule"] == rule) & (pairs["rounds"] == rounds)]
            if rounds != HALVED:
                demand = f'false "decreased" ≤ 3%, {rule}; second round {rounds}'
                lines.append(_line(said["cell"][_too_often(said["decreased"], said)], demand))
    low, over = rest["short"] | rest["short_published"] | rest["short_unmarked"], next_that_holds(cells)
    lines.append(
        f"listed: {int(low.sum())} of {len(rest)} other cells are short, overall or among what is shown: "
        "docs/coverage_short.csv"
    )
    lines.append(f"listed: over-coverage (> {MOST:.1%}) in {len(over)} cells: docs/coverage.csv")
    return lines


def _line(failing: Iterable[str], demand: str) -> str:
    found = list(failing)
    return f"fails: {demand}: {'; '.join(found)}" if found else f"holds: {demand}"


def _too_often(share: pd.Series, of: pd.DataFrame) -> pd.Series:
    return share > FALSE_DECREASE + 2 * np.sqrt(share * (1 - share) / of["samples"])


def short_cells(cells: pd.DataFrame) -> pd.DataFrame:
    """Returns the cells whose coverage is too low among all, published or unmarked estimates, each with the main
    cause (`none`, `few`, `chosen`: docs/coverage.md)."""
    t = judged(cells)
    t = t[t["short"] | t["short_published"] | t["short_unmarked"]].sort_values("coverage")
    for of in ("", "_published", "_unmarked"):
        t[f"why{of}"] = t[f"why{of}"].where(t[f"short{of}"], "")
    return t[list(SHORT_COLUMNS)]


def fill_tables(page: Path, cells: pd.DataFrame) -> None:
    """Replaces the text between `<!-- table NAME -->` and `<!-- end -->` on the page."""
    tables = {"bands": by_band(cells), "published": by_band_published(cells)}
    text = page.read_text("utf-8")
    for name, table in tables.items():
        text, found = re.subn(
            rf"(<!-- table {name} -->\n).*?(<!-- end -->)",
            lambda m, t=table: f"{m[1]}\n{t}\n\n{m[2]}",
            text,
            flags=re.S,
        )
        if not found:
            raise SystemExit(f"{page.name} has no place for the table {name}")
    page.write_text(text, "utf-8")


def markdown(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(header)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _main(cells: pd.DataFrame) -> pd.DataFrame:
    t = cells[~cells["tilted"]]
    edges = [*BANDS.values(), np.inf]
    return t.assign(band=pd.cut(t["expected_psus"], edges, right=False, labels=list(BANDS)))


def by_band(cells: pd.DataFrame) -> str:
    """Returns a table of the coverage of each method, by the expected number of PSUs with a case: the mean,
    the lowest cell, and the width relative to the default."""
    t = _main(cells)
    width = t[t["method"] == DEFAULT].set_index("cell")["width"]
    t = t.assign(relative=t["width"] / t["cell"].map(width))
    rows = []
    for method in METHODS:
        groups = t[t["method"] == method].groupby("band", observed=True)
        rows.append(
            [
                _name(method),
                *(
                    f"{g['coverage'].mean():.1%}, {g['coverage'].min():.1%}, {g['relative'].mean():.2f}"
                    for _, g in groups
                ),
            ]
        )
    counts = t[t["method"] == DEFAULT].groupby("band", observed=True).size()
    return markdown(
        ["PSUs expected to hold a case (cells)", *(f"{band} ({n})" for band, n in counts.items())], rows
    )


def _name(method: str) -> str:
    return f"`{DEFAULT}`, {method}" if method in VARIANTS else f"`{method}`"


def by_band_published(cells: pd.DataFrame) -> str:
    """Returns a table of what the default and its variants publish: how many estimates, and how often their
    intervals contain the true value."""
    t, rows = _main(cells), []
    for method in (DEFAULT, *VARIANTS):
        for what, share, held in (
            ("published", "published", "coverage_published"),
            ("published without a mark", "unmarked", "coverage_unmarked"),
        ):
            line = [_name(method), what]
            for _, g in t[t["method"] == method].groupby("band", observed=True):
                weight = g[share]
                mean = (
                    float((g[held].fillna(0) * weight).sum() / weight.sum()) if weight.sum() else float("nan")
                )
                line.append(f"{weight.mean():.0%}: {mean:.1%}" if weight.sum() else "0%")
            rows.append(line)
    return markdown(["interval", "of the samples", *BANDS], rows)
