"""The front page of a batch: each survey's headline with its flag and coverage, its files, and what failed."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from fltoolkit.files import write_whole
from fltoolkit.publish.reliability import has_wide_bounds
from fltoolkit.report.site.headlines_side_by_side import side_by_side
from fltoolkit.report.site.notebook_pages import css
from fltoolkit.show.charts.change_charts import sentence
from fltoolkit.show.wording.english_numbers import in_large_type, interval, left_open, percent, shown, to_verify

NAMES = {
    "1_survey.html": "1 The survey: what was asked, and of whom",
    "2_classify.html": "2 Who is in forced labour, and why",
    "3_estimate.html": "3 How many, and how sure",
    "4_nap.html": "4 The plan's baseline",
    "nap_workbook.xlsx": "The plan's workbook, for its partners to fill in",
    "nap_baseline.xlsx": "Baseline, workbook",
    "nap_baseline.csv": "Baseline, CSV",
    "estimates.csv": "All published numbers, CSV",
    "changes.csv": "Change since the earlier round, CSV",
    "risk_factors.csv": "What goes with forced labour, CSV",
    "findings_data.csv": "Findings about the data, CSV",
    "findings_cases.csv": "Findings about the cases, CSV",
    "sdmx.csv": "All published numbers, SDMX-CSV",
    "sdmx_structure.json": "Structure of the SDMX-CSV, SDMX-JSON",
    "ilostat.csv": "All published numbers, CSV in ILOSTAT's columns",
    "evidence.json": "The plan's evidence, JSON",
    "run.json": "Inputs, versions and parameters of the run",
}
DOCUMENTS = {
    "fact_sheet": "Fact sheet",
    "evidence_brief": "Evidence brief",
    "slides": "Slides for the consultation workshop",
    "nap_skeleton": "Skeleton of the plan",
}
EARLIER = '<em class="flag">the latest run failed</em> These are the numbers of an earlier run. The error of the latest:'
KINDS = {".html": "page", ".docx": "Word"}
BOUNDS = "from the established cases alone to all unresolved persons as cases"
ON_THE_PAGE = ("prevalence", "total")  # the measures of the whole population
FINDINGS = {"findings_data.csv": ("1_survey.html", "data"), "findings_cases.csv": ("2_classify.html", "cases")}


@dataclass(frozen=True)
class Entry:
    """One survey of a batch: its folder, what it is, whom it could not reach, and the error if its latest run failed.

    `error`: where there are no results. `refused`: the error, where the results of an earlier run stand. `notebook`: the page of how far
    the run that failed came, from the folder of the index.
    """

    folder: str
    title: str
    coverage_excludes: tuple[str, ...] = ()
    error: str = ""
    notebook: str = ""
    refused: str = ""


@dataclass(frozen=True)
class _Published:
    """What the page tells of a survey's published numbers. A batch of a hundred surveys writes the page a hundred times.

    Attributes:
        first: the first row of all, of the run's own rule set.
        whole: the rows of ON_THE_PAGE without a breakdown, in their order.
        apart: the populations that have a flowchart of their own.
    """

    first: dict[Hashable, Any]
    whole: list[dict[Hashable, Any]]
    apart: list[str]

    def of(self, measure: str) -> list[dict[Hashable, Any]]:
        """The rows of a measure without a breakdown."""
        return [row for row in self.whole if row["measure"] == measure]


def write_index(outputs: Path, entries: list[Entry]) -> Path:
    """Write `outputs/index.html`, in alphabetical order of titles: no ranking."""
    ordered = sorted(entries, key=lambda e: (e.title.lower(), e.folder))
    numbers = {e.folder: _published_numbers(outputs, e) for e in ordered if not e.error}
    parts = [_survey(outputs, e, numbers.get(e.folder)) for e in ordered]
    rates = [(e.title, numbers[e.folder].of("prevalence")) for e in ordered if not e.error]
    together = side_by_side([(title, rows[0]) for title, rows in rates if rows])
    counts = {"failed": sum(bool(e.error) for e in entries), "as an earlier run left it": sum(bool(e.refused) for e in entries)}
    summary = f"{len(entries)} survey(s), {', '.join(f'{n} {what}' for what, n in counts.items() if n) or 'all complete'}"
    html = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Forced labour: surveys and baselines</title>
<style>{css()}</style>
</head>
<body>
<main>
<h1>Forced labour: surveys and baselines</h1>
<p class="quiet">{summary}. Only published numbers are here: what could point to a person is not shown. Figures of different surveys
stand on one axis only where rule set, window, base, measure and the rest of the definition agree, and are never ranked.</p>
{together}{"".join(parts)}
</main>
</body>
</html>
"""
    path = outputs / "index.html"
    write_whole(path, html)
    return path


def _published_numbers(outputs: Path, entry: Entry) -> _Published:
    """A survey's published numbers, with the blanks of texts as empty text."""
    text = ("marker", "reason", "flag", "breakdown", "to_verify", "calibration", "bounds_note")
    table = pd.read_csv(outputs / entry.folder / "estimates.csv", dtype=dict.fromkeys(text, str))
    first, whole = table.head(1), table[table["breakdown"].isna() & table["measure"].isin(ON_THE_PAGE)]
    rows = pd.concat([first, whole]).fillna(dict.fromkeys(text, "")).to_dict("records")
    apart = table.loc[table["measure"] == "flowchart", "reference_population"]
    return _Published(rows[0], rows[1:], list(dict.fromkeys(apart)))


def _survey(outputs: Path, entry: Entry, numbers: _Published | None) -> str:
    if numbers is None:
        head = f'<h2>{escape(entry.title)}: failed</h2><p class="quiet">{escape(entry.folder)}</p>'
        return f'<section class="survey failed">{head}{_failure(entry.error, entry.notebook)}</section>\n'
    failed = f'<div class="refused"><p>{EARLIER}</p>{_failure(entry.refused, entry.notebook)}</div>' if entry.refused else ""
    headline = "".join(_headline_number(numbers, measure) for measure in ON_THE_PAGE)
    parts, first = _parts(numbers), numbers.first
    basis = (
        f"Rule set {escape(str(first['rule_set']))}{to_verify(first)}. Window: {escape(str(first['reference_period']))}. "
        f"Involuntary work and coercion in the same work: {escape(str(first['same_work']))}. "
    )
    calibration = first.get("calibration", "")  # an older run has no such column
    basis += f"Weights {escape(calibration)}. " if calibration else ""
    coverage = f"Not reached: {escape('; '.join(entry.coverage_excludes))}." if entry.coverage_excludes else ""
    folder = outputs / entry.folder
    there = [(name, words) for name, words in (_documents(folder) | NAMES).items() if (folder / name).exists()]
    files = "".join(f'<li><a href="{escape(entry.folder)}/{name}">{words}</a></li>' for name, words in there)
    if (folder / "charts").is_dir():  # named, not linked: a web server shows no folder
        files += f"<li>Its charts, SVG and PNG: in {escape(entry.folder)}/charts</li>"
    return (
        f'<section class="survey"><h2>{escape(entry.title)}</h2>{failed}<div class="numbers">{headline}</div>{parts}'
        f'{_change(folder)}{_left_open(numbers)}<p class="quiet">{basis}{coverage}</p>{_warnings(folder)}<ul class="files">{files}</ul></section>\n'
    )


def _failure(error: str, notebook: str) -> str:
    """An error, with a link to how far its run came, where that is known."""
    link = f'<p><a href="{escape(notebook)}">The notebook up to the failing cell</a></p>' if notebook else ""
    return f"<pre>{escape(error)}</pre>{link}"


def _documents(folder: Path) -> dict[str, str]:
    """What is handed to people, in each language it was written in."""
    found = {}
    for stem, words in DOCUMENTS.items():
        for file in sorted(folder.glob(f"{stem}_*")):
            found[file.name] = f"{words} ({escape(file.stem.removeprefix(f'{stem}_'))}, {KINDS[file.suffix]})"
    return found


def _change(folder: Path) -> str:
    """What changed since the earlier round, as a sentence that says no more than its verdict; nothing without one."""
    if not (folder / "changes.csv").is_file():
        return ""
    text = ("verdict", "verdict_reason", "reason", "breakdown")
    table = pd.read_csv(folder / "changes.csv", dtype=dict.fromkeys(text, str)).fillna(dict.fromkeys(text, ""))
    rows = table[(table["measure"] == "change_in_prevalence") & (table["breakdown"] == "")].to_dict("records")
    return "".join(f"<p>{escape(sentence(row))}</p>" for row in rows[:1])


def _left_open(numbers: _Published) -> str:
    """How many persons asked left the headline's question open."""
    told = [left_open(row) for row in numbers.of("prevalence")[:1]]
    return "".join(f"<p>{escape(line)}</p>" for line in told if line)


def _parts(numbers: _Published) -> str:
    """Adults and children apart, where both were asked: the populations that have a flowchart of their own."""
    if len(numbers.apart) < 2:
        return ""
    told = []
    for name in numbers.apart:
        row = next(row for row in numbers.of("prevalence") if row["reference_population"] == name)
        doubt = f" ({percent(row)} interval {interval(row)})" if interval(row) else ""
        flag = f' <em class="flag">{escape(row["flag"])}</em> {escape(row["reason"])}' if row["flag"] else ""
        told.append(f"{escape(shown(row))} per 1,000 {escape(str(row['reference_population_label']))}{doubt}{flag}")
    return f"<p>{'; '.join(told)}.</p>"


def _warnings(folder: Path) -> str:
    """How many warnings travel with the numbers, with links to the pages that say them."""
    found = {page: (_count_warnings(folder / name), of) for name, (page, of) in FINDINGS.items()}
    told = [f'<a href="{escape(folder.name)}/{page}">{n} about the {of}</a>' for page, (n, of) in found.items() if n]
    return f'<p class="quiet">Warnings: {", ".join(told)}.</p>' if told else ""


def _count_warnings(findings: Path) -> int:
    return int((pd.read_csv(findings)["severity"] == "warning").sum()) if findings.is_file() else 0


def _headline_number(numbers: _Published, measure: str) -> str:
    rows = numbers.of(measure)
    if not rows:
        return ""
    row = rows[0]
    who = escape(str(row["reference_population_label"]))
    words = f"in forced labour per 1,000 {who}" if measure == "prevalence" else "persons in forced labour"
    of = f" of {shown(row)}:" if has_wide_bounds(row) else ""
    doubt = f"{percent(row)} interval{of} {interval(row)}" if interval(row) else ""
    flag = f'<span><em class="flag">{escape(row["flag"])}</em> {escape(row["reason"])}</span>' if row["flag"] else ""
    wide = f'<span><em class="flag">{row["bounds_note"]}</em> {BOUNDS}</span>' if has_wide_bounds(row) else ""
    return f"<div><b>{escape(in_large_type(row))}</b><span>{words}</span><span>{doubt}</span>{wide}{flag}</div>"
