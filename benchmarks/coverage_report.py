"""Writes the results of the coverage simulation as text and tables: whether each requirement is met, and if
not, why."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
from coverage_change import HALVED, OF_THE_KIT, ROUNDS, RULES
from coverage_simulation import DEFAULT, GIVEN, METHODS

from fltoolkit.estimate.variance.taylor_variance import Array

ENOUGH_PSUS = 30  # expected to hold a case: there the default must hold
FEWEST = 100  # samples that must be shown for their coverage to be judged
LEAST, MOST, FALSE_DECREASE = 0.935, 0.975, 0.03
BANDS = {"under 3": 0, "3 to 10": 3, "10 to 20": 10, "20 to 30": 20, "30 and more": ENOUGH_PSUS}
VARIANTS = (GIVEN,)
WHY = {
    "none": "The sample has no case. n/deff₀ with Kish's deff₀ ignores clustering and ends below the truth",
    "few": "Few PSUs hold cases. An estimate that is too low has a standard error that is too small",
    "chosen": (
        "Fewer cases are expected than publication needs. So the samples that are shown found too many cases"
    ),
}


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
        f"told: {int(low.sum())} of {len(rest)} other cells are short, overall or among what is shown: "
        "docs/coverage.md"
    )
    lines.append(f"listed: over-coverage (> {MOST:.1%}) in {len(over)} cells: docs/coverage.md")
    return lines


def _line(failing: Iterable[str], demand: str) -> str:
    found = list(failing)
    return f"fails: {demand}: {'; '.join(found)}" if found else f"holds: {demand}"


def _too_often(share: pd.Series, of: pd.DataFrame) -> pd.Series:
    return share > FALSE_DECREASE + 2 * np.sqrt(share * (1 - share) / of["samples"])


# ---------------------------------------------------------------------------------------------------------- t


def fill_tables(page: Path, cells: pd.DataFrame, pairs: pd.DataFrame) -> None:
    """Replaces the text between `<!-- table NAME -->` and `<!-- end -->` on the page."""
    tables = {
        "bands": by_band(cells),
        "published": by_band_published(cells),
        "cells": all_cells(cells),
        "short": short_cells(cells),
        "over": over_covered(cells),
        "change": false_changes(pairs),
        "change_cells": worst_changes(pairs),
        "found": found_changes(pairs),
        "tilted": tilted(cells),
    }
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


def all_cells(cells: pd.DataFrame) -> str:
    """Returns a table of the default in every cell: the coverage, and after the stroke the coverage among
    published estimates."""
    t = judged(cells[~cells["tilted"]])
    text = [_of_cell(row) for row in t.to_dict("records")]
    wide = t.assign(text=text).pivot(index=["icc", "psus", "persons"], columns="p", values="text")
    rows = [
        [f"{icc:g}", f"{psus} × {persons}", *line]
        for (icc, psus, persons), line in zip(wide.index, wide.to_numpy(), strict=True)
    ]
    return markdown(["icc", "PSUs × persons", *(f"p = {p:.1%}" for p in wide.columns)], rows)


def _of_cell(row: dict[str, object]) -> str:
    text = f"{100 * float(row['coverage']):.1f} / {100 * float(row['coverage_published']):.1f}"  # type: ignore[arg-type]
    return f"**{text}**" if row["enough"] else text


def short_cells(cells: pd.DataFrame) -> str:
    """Returns a table of every cell whose coverage is too low (among all, published or unmarked estimates),
    with the main cause."""
    t = judged(cells)
    rows = []
    for r in (
        t[t["short"] | t["short_published"] | t["short_unmarked"]].sort_values("coverage").to_dict("records")
    ):
        why, why_published, why_unmarked = (
            r[f"why{of}"] if r[f"short{of}"] else "" for of in ("", "_published", "_unmarked")
        )
        rows.append(
            [
                r["cell"],
                f"{r['expected_psus']:.1f}",
                f"{r['mean_cases']:.1f}",
                f"{r['no_case']:.1%}",
                f"{r['coverage']:.1%}",
                f"{r['too_low']:.1%}",
                f"{r['too_high']:.1%}",
                why,
                f"{r['published']:.0%}",
                f"{r['coverage_published']:.1%}",
                why_published,
                f"{r['unmarked']:.1%}",
                f"{r['coverage_unmarked']:.1%}" if r["unmarked"] else "",
                why_unmarked,
            ]
        )
    causes = "\n".join(f"- `{name}`: {text}." for name, text in WHY.items())
    head = [
        "cell", "PSUs with cases", "cases", "no case", "coverage", "too low", "too high", "why", "published",
        "of these hold", "why", "without a mark", "of these hold", "why",
    ]  # fmt: skip
    return f"{causes}\n\n{markdown(head, rows)}"


def over_covered(cells: pd.DataFrame) -> str:
    """Returns a table of the cells in which the default covers too much, and how much narrower another method
    would be."""
    rows = []
    for r in next_that_holds(cells).to_dict("records"):
        other = f"`{r['other']}` {r['other_coverage']:.1%}" if isinstance(r["other"], str) else "none"
        saved = f"{1000 * r['other_width']:.2f}" if isinstance(r["other"], str) else ""
        rows.append(
            [
                r["cell"],
                f"{r['expected_psus']:.1f}",
                f"{r['coverage']:.1%}",
                f"{1000 * r['width']:.2f}",
                other,
                saved,
            ]
        )
    head = [
        "cell",
        "PSUs with cases",
        "coverage",
        "width, per 1,000",
        "narrowest other method that is good enough",
        "its width",
    ]
    return markdown(head, rows)


def tilted(cells: pd.DataFrame) -> str:
    """Returns a table of the default in cells in which the prevalence depends on the weights."""
    t = judged(cells[cells["tilted"]])
    text = [_of_cell(row) for row in t.to_dict("records")]
    wide = t.assign(text=text, columns_=t["psus"]).pivot(
        index=["p", "persons"], columns="columns_", values="text"
    )
    rows = [
        [f"{p:.1%}", str(persons), *line]
        for (p, persons), line in zip(wide.index, wide.to_numpy(), strict=True)
    ]
    return markdown(["p", "persons a PSU", *(f"{psus} PSUs" for psus in wide.columns)], rows)


def false_changes(pairs: pd.DataFrame) -> str:
    """Returns a table of false verdicts of each rule: on average, in the worst cell, and in how many cells
    "decreased" is reported too often."""
    rows = []
    for rounds in ROUNDS[: ROUNDS.index(HALVED)]:
        for rule in RULES:
            t = pairs[(pairs["rule"] == rule) & (pairs["rounds"] == rounds)]
            many = int(_too_often(t["decreased"], t).sum())
            rows.append(
                [
                    rounds,
                    rule,
                    f"{t['decreased'].mean():.2%}",
                    f"{t['decreased'].max():.1%}",
                    f"{many} of {len(t)}",
                    f"{t['increased'].mean():.2%}",
                    f"{t['increased'].max():.1%}",
                ]
            )
    head = [
        "second round",
        "rule",
        '"decreased"',
        "worst cell",
        "cells above 3%",
        '"increased"',
        "worst cell",
    ]
    return markdown(head, rows)


def found_changes(pairs: pd.DataFrame) -> str:
    """Returns a table of how often each rule finds that the prevalence was halved, by how often both rounds
    had enough cases."""
    t = pairs[pairs["rounds"] == HALVED]
    t = t.assign(
        band=pd.cut(
            t["enough"], [-1, 0.5, 0.9, 0.999, 1], labels=["under 50%", "50 to 90%", "90 to 99.9%", "above"]
        )
    )
    wide = t.pivot_table(index="rule", columns="band", values="decreased", aggfunc="mean", observed=True).loc[
        list(RULES)
    ]
    return markdown(
        ["enough cases in", *wide.columns], [[rule, *(f"{v:.0%}" for v in wide.loc[rule])] for rule in RULES]
    )


def worst_changes(pairs: pd.DataFrame) -> str:
    """Returns a table of the cells in which a rule of the kit reports "decreased" too often."""
    t = pairs[pairs["rule"].isin(OF_THE_KIT) & (pairs["rounds"] != HALVED)]
    t = t[_too_often(t["decreased"], t)].sort_values("decreased", ascending=False)
    rows = [
        [r["cell"], r["rule"], f"{r['decreased']:.1%}", f"{r['increased']:.1%}", f"{r['enough']:.0%}"]
        for r in t.to_dict("records")
    ]
    return markdown(["cell", "rule", '"decreased"', '"increased"', "enough cases"], rows) if rows else "None."
