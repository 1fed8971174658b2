"""Makes the front page of a batch (a run over several surveys). The page shows the rate of each survey with
its reliability and coverage, links to its files, and the surveys whose run failed."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from fltoolkit.classify.children import CHILD_LEAVES
from fltoolkit.files import write_whole
from fltoolkit.languages.language import read_language
from fltoolkit.nap.later_survey import in_units, round_names
from fltoolkit.report.document_sections import first_page, results_section
from fltoolkit.report.site.notebook_pages import TEMPLATES, page_styles
from fltoolkit.show.wording import number_words, plan_words, result_sentences
from fltoolkit.show.wording.change_sentences import of_published
from fltoolkit.show.wording.english_numbers import ENGLISH, PublishedNumber
from fltoolkit.survey.spec.files_and_design import Release
from fltoolkit.table_records import as_records

NOTEBOOKS = {
    "1_survey.html": "1 The survey: what was asked, and of whom",
    "2_classify.html": "2 How answers decide who is in forced labour",
    "3_estimate.html": "3 How many, and how sure",
    "4_nap.html": "4 The plan: baseline, targets, follow-up",
}
DOCUMENTS = {
    "evidence_brief": "Evidence brief",
    "slides": "Slides for the consultation workshop",
    "nap_skeleton": "Skeleton of the plan",
}
DATA = {
    "estimates.csv": "All published numbers, CSV",
    "changes.csv": "Change since the earlier round, CSV",
    "risk_factors.csv": "What goes with forced labour, CSV",
    "nap_baseline.csv": "Baseline, CSV",
    "findings_data.csv": "Findings about the data, CSV",
    "findings_cases.csv": "Findings about the cases, CSV",
    "sdmx.csv": "All published numbers, SDMX-CSV",
    "sdmx_structure.json": "Structure of the SDMX-CSV, SDMX-JSON",
    "ilostat.csv": "All published numbers, CSV in ILOSTAT's columns",
    "evidence.json": "The plan's evidence, JSON",
}
NOUN = ("survey", "surveys")
WORKBOOK, BRIEF, SKELETON = "nap_workbook.xlsx", "evidence_brief", "nap_skeleton"
LANGUAGE = "language"  # the key of the name that a language has for itself
KINDS = {".html": "page", ".docx": "Word", ".pptx": "PowerPoint"}
ON_THE_PAGE = ("prevalence", "total")  # the measures of the whole population
FINDINGS = {"findings_data.csv": "1_survey.html", "findings_cases.csv": "2_classify.html"}
"""The files of findings (problems in the data), each with the page of a notebook that explains them."""


@dataclass(frozen=True)
class Entry:
    """The entry of one survey on the front page of a batch (a run over several surveys).

    Attributes:
        folder: the folder with the results of the survey.
        title: the title of the survey.
        coverage_excludes: the persons whom the survey could not reach.
        error: why there are no results; empty if there are results.
        refused: why the latest run failed, if the results of an earlier run are still there; otherwise empty.
        notebook: the page that shows at which point the failed run stopped, relative to the folder of the
            front page.
        year: the year of the survey; 0 if not known.
        release: who publishes the results, and when, if survey.yaml says so.
    """

    folder: str
    title: str
    coverage_excludes: tuple[str, ...] = ()
    error: str = ""
    notebook: str = ""
    refused: str = ""
    year: int = 0
    release: Release | None = None


@dataclass(frozen=True)
class _Published:
    """The published numbers of a survey that the front page shows.

    Attributes:
        first: the first row of estimates.csv. It is under the run's own rule set (which answers make a person
            a case).
        whole: the rows of whole populations (without a breakdown) whose measure is in ON_THE_PAGE, in order.
        with_flowchart: the names of the populations that have their own flowchart.
        of_children: whether one of these flowcharts has the routes of children.
        asks_parents: whether parents who were not interviewed are a reason for unresolved persons.
    """

    first: dict[Hashable, Any]
    whole: list[dict[Hashable, Any]]
    with_flowchart: list[str]
    of_children: bool
    asks_parents: bool

    def of(self, measure: str) -> list[dict[Hashable, Any]]:
        """Returns those rows of a measure that are about a whole population, without a breakdown."""
        return [row for row in self.whole if row["measure"] == measure]


@dataclass(frozen=True)
class _Change:
    """What changed since the earlier survey.

    Attributes:
        sentence: the change with the result of its test. It claims no more than the test.
        number: the texts of both rates in large type; empty if the change is not shown.
        title: the change as a title; empty if it is too uncertain for one.
    """

    sentence: str
    number: dict[str, str] = field(default_factory=dict)
    title: str = ""


def write_index(outputs: Path, entries: list[Entry]) -> Path:
    """Writes `outputs/index.html`, the front page of a batch, which lists its surveys. Surveys that failed
    come first. The others are grouped by country, and the newest round is the first of its country. The
    country with the newest survey comes first.

    Surveys of the same year are in alphabetical order of their titles.
    """
    alphabetical = sorted(entries, key=lambda e: (e.title.lower(), e.folder))
    numbers = {e.folder: _published_numbers(outputs, e) for e in alphabetical if not e.error}
    counts = {
        "failed": sum(bool(e.error) for e in entries),
        "as an earlier run left it": sum(bool(e.refused) for e in entries),
    }
    failed = [e for e in alphabetical if e.error]
    shown = [
        _survey(outputs, e, numbers[e.folder])
        for e in sorted(alphabetical, key=lambda e: -e.year)
        if not e.error
    ]
    countries: dict[str, list[dict[str, Any]]] = {}
    for survey in shown:
        countries.setdefault(survey["country"], []).append(survey)
    html = _template().render(
        css=page_styles(),
        forced_labour=_forced_labour(numbers.values()),
        summary=", ".join(
            (_how_many(entries, countries), *(f"{n} {what}" for what, n in counts.items() if n))
        ),
        failed=failed,
        countries=countries,
        ranges=any(survey["ranges"] for survey in shown),
        parents=any(read.asks_parents for read in numbers.values()),
        cautions=any(
            ENGLISH.say("flags.caution") in number["flag"] for survey in shown for number in survey["numbers"]
        ),
    )
    path = outputs / "index.html"
    write_whole(path, html + "\n")
    return path


def _forced_labour(surveys: Iterable[_Published]) -> str:
    """Returns what forced labour is. If a survey of the page counts children, a sentence says by which
    routes."""
    children = (
        [ENGLISH.say("sheet.definition_of_children")]
        if any(numbers.of_children for numbers in surveys)
        else []
    )
    return " ".join((ENGLISH.say("sheet.definition"), *children))


def _how_many(entries: Sequence[Entry], countries: Iterable[str]) -> str:
    """Returns how many surveys the page shows, and of how many countries if there are several: `3 surveys in
    2 countries`."""
    named = [country for country in countries if country]
    return (
        f"{len(entries)} {NOUN[len(entries) != 1]}{f' in {len(named)} countries' if len(named) > 1 else ''}"
    )


@cache
def _template() -> Any:
    """Returns the jinja2 template of the front page. The template escapes every text that it prints, so a
    text cannot add HTML."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined
    ).get_template("front_page.html.j2")


def _published_numbers(outputs: Path, entry: Entry) -> _Published:
    """Reads the published numbers of a survey from its estimates.csv. A missing text becomes an empty
    text."""
    text = ("marker", "reason", "flag", "breakdown", "to_verify", "calibration", "bounds_note")
    table = pd.read_csv(outputs / entry.folder / "estimates.csv", dtype=dict.fromkeys(text, str))
    first, whole = table.head(1), table[table["breakdown"].isna() & table["measure"].isin(ON_THE_PAGE)]
    rows = as_records(pd.concat([first, whole]).fillna(dict.fromkeys(text, "")))
    charts = table[table["measure"] == "flowchart"]
    with_flowchart = list(dict.fromkeys(charts["reference_population"]))
    of_children = bool(charts["category"].isin(CHILD_LEAVES).any())
    parents = result_sentences.asks_parents(table, rows[0]["reference_population"])
    return _Published(rows[0], rows[1:], with_flowchart, of_children, parents)


def _survey(outputs: Path, entry: Entry, numbers: _Published) -> dict[str, Any]:
    """Returns the values that the template of the front page needs for a survey that has results."""
    folder = outputs / entry.folder
    change, printed = _change(folder), _headlines(numbers)
    return {
        "entry": entry,
        "masthead": [
            ENGLISH.own(r.office),
            number_words.date(ENGLISH, r.date),
            *results_section.protected_with(r, ENGLISH),
        ]
        if (r := entry.release)
        else [],
        "country": str(numbers.first["country"]),
        "finding": change.title if change and change.title else _rate(numbers),
        "numbers": [*map(_in_large_type, printed), *([change.number] if change and change.number else [])],
        "ranges": results_section.range_in_words(ENGLISH, printed),
        "change": change,
        "unresolved": next(
            (
                result_sentences.unresolved(row, ENGLISH, parents=numbers.asks_parents)
                for row in numbers.of("prevalence")
            ),
            "",
        ),
        "basis": _basis(numbers.first, entry),
        "definition": result_sentences.definition(ENGLISH, numbers.first),
        "warnings": [(page, what) for name, page in FINDINGS.items() for what in _warnings(folder / name)],
        "briefs": _in_each_language(folder, BRIEF, ".html"),
        "skeletons": _in_each_language(folder, SKELETON, ".docx"),
        "notebooks": {name: words for name, words in NOTEBOOKS.items() if (folder / name).exists()},
        "workbook": WORKBOOK if (folder / WORKBOOK).exists() else "",
        "documents": _documents(folder),
        "data": {name: words for name, words in DATA.items() if (folder / name).exists()},
        "charts": (folder / "charts").is_dir(),  # named without a link: a web server shows no folder
    }


def _basis(row: PublishedNumber, entry: Entry) -> str:
    """Returns sentences on the rate of a survey: its definition, its reference period and population, the
    calibration of the weights, facts that are still to be verified, and the persons whom the survey did not
    reach."""
    weights = row.get("calibration")  # an older run has no such column
    name = number_words.definition(ENGLISH, row["rule_set"])
    sentences = [f"Definition: {name}.", result_sentences.window(ENGLISH, row)]
    sentences += [ENGLISH.say("basis.to_verify", what=row["to_verify"])] if row["to_verify"] else []
    sentences += [ENGLISH.say("basis.weights", calibration=weights)] if weights else []
    sentences += [f"Not reached: {'; '.join(entry.coverage_excludes)}."] if entry.coverage_excludes else []
    return " ".join(sentences)


def _in_each_language(folder: Path, stem: str, suffix: str) -> list[tuple[str, str, str]]:
    """Returns a document of a survey's folder of results in each of its languages: the code of the language,
    the words of its button in this language (`Note de synthèse (français)`), and the name of the file. Of one
    language, the button names none."""
    files = {
        file.stem.removeprefix(f"{stem}_"): file.name for file in sorted(folder.glob(f"{stem}_*{suffix}"))
    }
    words = {code: read_language(code).words for code in files}
    return [
        (code, f"{told[f'documents.{stem}']}{f' ({told[LANGUAGE]})' if len(files) > 1 else ''}", files[code])
        for code, told in words.items()
    ]


def _language(code: str) -> str:
    """Returns the name that a language has for itself, with a capital letter: `Français`."""
    name = read_language(code).words[LANGUAGE]
    return name[0].upper() + name[1:]


def _documents(folder: Path) -> dict[str, list[tuple[str, str]]]:
    """Returns the documents in a survey's folder of results, as a dictionary from the name of the document to
    its files. Each file is a pair: its language and format in words, and its name."""
    found: dict[str, list[tuple[str, str]]] = {}
    for stem, words in DOCUMENTS.items():
        files = sorted(folder.glob(f"{stem}_*"))
        named = [(f"{_language(f.stem.removeprefix(f'{stem}_'))}, {KINDS[f.suffix]}", f.name) for f in files]
        found |= {words: named} if named else {}
    return found


def _rate(numbers: _Published) -> str:
    """Returns the rate of a survey as a title. The title is empty if the rate is too uncertain for one."""
    return next((first_page.rate(ENGLISH, row) or "" for row in numbers.of("prevalence")), "")


def _change(folder: Path) -> _Change | None:
    """Returns what changed since the earlier survey, or None if there is no earlier survey."""
    if not (folder / "changes.csv").is_file():
        return None
    text = ("verdict", "verdict_reason", "reason", "breakdown", "flag", "beyond_zero")
    table = pd.read_csv(folder / "changes.csv", dtype=dict.fromkeys(text, str)).fillna(
        dict.fromkeys(text, "")
    )
    rows = as_records(table[(table["measure"] == "change_in_prevalence") & (table["breakdown"] == "")])
    if not rows:
        return None
    row, sentence = rows[0], of_published(ENGLISH, rows[0])
    if not row["verdict"] or pd.isna(row["estimate"]):
        return _Change(sentence)
    line = {**row, **in_units(row, "prevalence"), "measure": "prevalence"}
    old, new = (plan_words.shown(ENGLISH, line, column) for column in ("baseline_value", "value"))
    before, after = round_names(row)
    texts = (ENGLISH.say("sheet.rounds", old=old, new=new), f"per 1,000, {before} and {after}")
    number = _with_flag(row, *texts, first_page.size_of_change(ENGLISH, row))
    wide = pd.notna([row["bound_high_before"], row["bound_high_after"]]).any()
    titled = first_page.may_be_title(row) and not wide
    said = f"{sentence} {first_page.about_change(ENGLISH, row)}"
    return _Change(said, number, first_page.title_of_change(ENGLISH, row) if titled else "")


def _warnings(findings: Path) -> list[str]:
    """Returns the sentence of each warning in a file of findings."""
    if not findings.is_file():
        return []
    table = pd.read_csv(findings)
    return [str(what) for what in table.loc[table["severity"] == "warning", "what"]]


def _headlines(numbers: _Published) -> list[dict[Hashable, Any]]:
    """Returns the rows of the headline numbers of a survey: the rate and the number of persons, and the rates
    of adults and of children (each with a flowchart) if both were asked, in the order of the brief. A measure
    that the run does not publish is left out."""
    rates = {row["reference_population"]: row for row in reversed(numbers.of("prevalence"))}
    both = numbers.with_flowchart if len(numbers.with_flowchart) > 1 else []
    return [
        *(found[0] for measure in ON_THE_PAGE if (found := numbers.of(measure))),
        *(rates[name] for name in both),
    ]


def _in_large_type(row: PublishedNumber) -> dict[str, str]:
    """Returns the texts with which the page prints a number in large type: the number, its unit, its
    uncertainty, and its flag with the reason."""
    who = row["reference_population_label"]
    unit = (
        f"in forced labour per 1,000 {who}" if row["measure"] == "prevalence" else f"{who} in forced labour"
    )
    value = first_page.about(ENGLISH, row) if row["measure"] == "total" else number_words.shown(ENGLISH, row)
    return _with_flag(row, value, unit, number_words.doubt(ENGLISH, row))


def _with_flag(row: PublishedNumber, value: str, unit: str, doubt: str) -> dict[str, str]:
    """Returns the texts of a number in large type together with the flag of its published row and the reason
    for the flag."""
    flag = f"flags.{row['flag']}"
    return {
        "value": value,
        "unit": unit,
        "doubt": doubt,
        "flag": ENGLISH.say(flag) if ENGLISH.has(flag) else str(row["flag"]),
        "reason": number_words.reason(ENGLISH, row["reason"]),
    }
