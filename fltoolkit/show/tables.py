"""Makes the tables in notebooks: tables of results with their markers and footnotes, and tables on the
quality of the data."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from html import escape
from itertools import compress
from typing import Annotated, Any

import pandas as pd

from fltoolkit.arguments import checked, with_columns
from fltoolkit.classify.classified_survey import ClassifiedSurvey
from fltoolkit.classify.rule_set import SIDES
from fltoolkit.errors import RequestError
from fltoolkit.estimate.weights.calibration import calibrated
from fltoolkit.languages.reasons import Name
from fltoolkit.nap.baseline import Baseline
from fltoolkit.publish.disclosure.suppression_decision import CASE_STEPS
from fltoolkit.publish.paths_to_outcomes import OTHER
from fltoolkit.publish.printed_numbers import nearest, rounding_base
from fltoolkit.publish.published_set import Published
from fltoolkit.show.charts.chart_style import QUIET, Table
from fltoolkit.show.printed_tables import framework_tables, result_tables
from fltoolkit.show.printed_tables.cell_html import MARKER_ROOM, Meanings, cell_html, explained
from fltoolkit.show.printed_tables.printed_table import NBSP, PrintedCell, PrintedTable, of_texts
from fltoolkit.show.wording import number_words, plan_words
from fltoolkit.show.wording.english_numbers import ENGLISH, count, count_or_mark, of_plan
from fltoolkit.show.wording.section_words import Nothing, Sentences, Words
from fltoolkit.survey.design.survey_design import Survey
from fltoolkit.survey.printed_values import rounded
from fltoolkit.survey.spec.questions import AnswerCodes, Source
from fltoolkit.table_records import as_records

PublishedRows = Annotated[
    Published | pd.DataFrame,
    with_columns("measure", "rule_set", "breakdown", "category", "marker", "group_note"),
    'give a published set or rows of one, such as out.select("prevalence", "sex"); '
    "publish an Estimates first: fl.publish(est)",
]
Facts = Annotated[pd.DataFrame, with_columns("fact", "value"), "give what fl.describe returns"]
Findings = Annotated[
    pd.DataFrame,
    with_columns("severity", "what"),
    "give what fl.check, fl.check_cases or fl.check_weights returns",
]
Corrections = Annotated[
    pd.DataFrame, with_columns("column", "why", "rows"), "give what fl.corrections returns"
]
CorrectedCases = Annotated[
    pd.DataFrame, with_columns("population", "cases_before"), "give what fl.corrected_cases returns"
]
Nonresponse = Annotated[
    pd.DataFrame, with_columns("column", "label", "dont_know"), "give what fl.nonresponse returns"
]
Paths = Annotated[pd.DataFrame, with_columns("step", "trace"), "give what fl.paths returns"]
ACROSS = "across"  # the column with lines across the table
FEW = 6  # columns of a table that is wider than its numbers need, and paths that stand in sentences
SHORT, LEAST = (
    26,
    "11em",
)  # letters of a text that stays on one line, and the least width of a column of longer texts
CHILD_WORK = {
    "third_party": "children: work for a third party, route (i)",
    "with_parents": "children: work with or for the parents, routes (ii) and (iii)",
    "worst_forms": "children: worst forms of child labour, route (iv)",
}
CHILD_PARTS = {
    "done": "did this work",
    "threat": "threat or penalty",
    "by_third_party": "made by a third party",
}
OUTSIDE, EXCLUDES = "outside the exceptions: an exception within its limits is no case", " excludes"
MODES = {
    "witnessed": "what the person saw happen to others",
    "threatened": "what the person was threatened with",
}
UNCORRECTED = "Nothing was corrected in the data."
GROUP_ROW, NEXT_BODY = '<tr class="gt_group_heading_row">', '</tbody>\n<tbody class="gt_table_body">\n  '
OF_PART = '<span class="part" style="display: none"> – {}</span>'  # hidden here, because a notebook may drop style sheets
NUMBER = r"[-−+]?[\d.,]+\s?%?|\d+–\d+|\d+ and more|\[\w+\]|"  # a number, a class, a marker, or nothing


@checked
def table(rows: PublishedRows, title: str = "") -> Table:
    """Returns published rows (from `Published.select`) as a table for a notebook.

    Args:
        rows: rows of one measure, or a published set that has one (`fl.publish(est)`). Rows of several rule
            sets (from `Published.rule_sets`) are labelled with their rule set.
        title: by default the measure and its population. For an outcome that you defined yourself, it says
            `answered yes to ...; not forced labour`.
    """
    rows = rows.table if isinstance(rows, Published) else rows
    same = ["measure", "outcome", "reference_population"]
    kinds = rows[same].drop_duplicates()
    if len(kinds) != 1:
        raise RequestError(
            "a table has the rows of one measure, outcome and population",
            where="show.table: rows",
            found=[" of ".join(kind) for kind in kinds.itertuples(index=False)] or "no row",
            do='choose them: out.select("prevalence", "sex")',
        )
    compared = rows["rule_set"].nunique() > 1
    made = result_tables.rule_sets(ENGLISH, rows) if compared else result_tables.table(ENGLISH, rows, title)
    return in_notebook(replace(made, title=title or made.title))


@checked
def facts(described: Facts) -> Table:
    """Returns a table of facts about the survey, such as its reference period and its sample design, from
    `fl.describe`."""
    return plain(
        described.rename(columns={"fact": "Fact", "value": "What the survey says"}),
        "The survey",
        "design and reach",
    )


@checked
def questionnaire(survey: Survey) -> Table:
    """Returns a table of the questions that decide whether a person is in forced labour, for the survey's
    statistician to check. Each row has a question, its column in the data, the answers that count, and the
    item of the definition (such as debt bondage) for which survey.yaml uses it."""
    spec, items, children = survey.spec, survey.spec.items, survey.spec.children
    asked: list[tuple[str, str, Source]] = [("any work", "any work", source) for source in spec.any_work]
    asked += [
        (side, ENGLISH.kit(Name("kit.items", item)), source)
        for side in SIDES
        for item, sources in getattr(items, side).items()
        for source in sources
    ]
    same_work = spec.episodes.same_work
    asked += [
        ("in the same work", "same work", source)
        for source in (same_work if isinstance(same_work, tuple) else ())
    ]
    if spec.exceptions:
        asked += [
            (OUTSIDE, kind.replace("_", " "), source)
            for kind, sources in spec.exceptions.kinds.items()
            for source in sources
        ]
        asked += [(OUTSIDE, "within its limits", source) for source in spec.exceptions.within_limits]
    if spec.place:
        place = Source(column=spec.place.column, yes=spec.place.in_country, label=spec.place.label)
        asked.append(("in this country", "in this country", place))
    for key, sources in children.questions() if children else ():
        _, kind, part = key.split(".")
        asked += [
            (CHILD_WORK[kind], CHILD_PARTS.get(part, part.replace("_", " ")), source)
            for source in sources or ()
        ]
    rows = [
        (
            item,
            source.label or "not given",
            source.column,
            f"{_counting(source, spec.answers)}{EXCLUDES if side == OUTSIDE else ''}",
        )
        for side, item, source in asked
    ]
    body = pd.DataFrame(rows, columns=["Item", "Question", "Column", "Answers that count"])
    first, second = ({source.column for on, _, source in asked if on == side} for side in SIDES)
    both = [
        f"{column} counts on both sides, each time with another answer." for column in sorted(first & second)
    ]
    seen = [f"{source.column}: {MODES[source.mode]}." for _, _, source in asked if source.mode in MODES]
    groups = tuple(number_words.start(side) for side, _, _ in asked)
    adults = "one item of each side, in the same work"
    about = f"adults: {adults}; children: any one route" if children else f"a case needs {adults}"
    return plain(body, "Questions and items", about, " ".join([*both, *seen]), groups=groups)


def _counting(source: Source, default: AnswerCodes) -> str:
    """Returns the answers with which a question counts for its item: `yes (1)`, or the codes of a question
    with codes of its own."""
    own = source.codes(default)
    usual = (own.yes, own.no) == (default.yes, default.no)
    named = ", ".join(own.yes)
    return f"yes ({named})" if usual else f"code{'s' if len(own.yes) > 1 else ''} {named}"


@checked
def calibration(persons: ClassifiedSurvey) -> Table | Words:
    """Returns a table that shows how calibration changed the weights of a classified survey, or a sentence if
    the weights were not calibrated. The table has the benchmarks (known totals of the population), the totals
    of the sample before calibration, their ratio, and the factors g by which weights were multiplied.

    The totals before calibration are rounded to multiples of a number that is at least as large as the mean
    weight. For a category of few persons only the benchmark is shown.
    """
    found = calibrated(persons).calibration
    if found is None:
        return Nothing("The weights are as the survey gives them: not calibrated.")
    report, limit = found.report(), persons.spec.confidentiality.smallest_printed_count
    asked = [rounded(int(n), limit) for n in report["persons"]]
    # A sum of few weights reveals how many there are. So do its ratio to the benchmark and g.
    printable = report.where(pd.Series(asked).notna())
    base = rounding_base(
        report.assign(
            reference_population=report["margin"], n=report["persons"], population=report["sample_estimate"]
        )
    )
    before = nearest(printable["sample_estimate"], base)
    body = pd.DataFrame(
        {
            "Margin": [margin.replace("_", " ") for margin in report["margin"]],
            "Category": report["category"],
            "Asked": [count_or_mark(n) for n in asked],
            "Population": [count(n) for n in report["population"]],
            "Weights before": [count_or_mark(n) for n in before],
            "Ratio": ["[c]" if pd.isna(r) else f"{r:.2f}" for r in printable["ratio"]],
            "g (median)": [
                "[c]" if pd.isna(mid) else f"{low:.2f} to {high:.2f} ({mid:.2f})"
                for low, high, mid in printable[["g_min", "g_max", "g_median"]].itertuples(index=False)
            ],
        }
    )
    note = f"{found.warning[0].upper()}{found.warning[1:]}." if found.warning else ""
    return plain(body, "Calibration of the weights", f"{found.text}; a weight is multiplied by g", note)


@checked
def findings(found: Findings, title: str = "Findings in the data") -> Table:
    """Returns a table of findings (problems in the data) from `fl.check` or `fl.check_cases`."""
    names = {"check": "Check", "where": "Where", "what": "What", "count": "How many", "do": "What to do"}
    body = found.astype(str).replace({"count": {"": "–"}}).rename(columns=names)
    severities = tuple(f"{number_words.start(severity)}s" for severity in body.pop("severity"))
    return plain(body, title, f"{len(found)} finding{'' if len(found) == 1 else 's'}", groups=severities)


@checked
def corrections(counts: Corrections) -> Table | Words:
    """Returns a table of the corrections that survey.yaml makes in the data, from the table of
    `fl.corrections`. Returns a sentence if survey.yaml corrects nothing."""
    if counts.empty:
        return Nothing(UNCORRECTED)
    body = counts.rename(columns={"column": "Column", "why": "Why", "rows": "Rows"})
    return plain(
        body, "Corrected in the data", "rows that have another value than the file; unweighted and rounded"
    )


@checked
def corrected_cases(cases: CorrectedCases) -> Table | Words:
    """Returns a table that says how many cases the corrections of survey.yaml add and remove, made from the
    table of `fl.corrected_cases`. Returns a sentence if there are none."""
    if cases.empty:
        return Nothing(UNCORRECTED)
    names = {
        "population": "Population", "cases_before": "Cases without", "cases": "Cases with",
        "gained": "Gained", "lost": "Lost", "unresolved_before": "Unresolved without",
        "unresolved": "Unresolved with",
    }  # fmt: skip
    body = cases.astype(str).rename(columns=names)
    return plain(
        body,
        "Cases without and with the corrections",
        "persons, unweighted; cases in classes, others rounded",
    )


@checked
def nonresponse(counts: Nonresponse) -> Table:
    """Returns a table with the number of unresolved answers (don't know, refused, blank) to each question,
    from `fl.nonresponse`."""
    heads = {
        kind: number_words.start(ENGLISH.say(f"open_answers.kinds.{kind}"))
        for kind in ("dont_know", "refused", "missing")
    }
    question, column = (ENGLISH.say(f"columns.{key}") for key in ("question", "column"))
    named = pd.DataFrame(
        {question: list(map(ENGLISH.own, counts["label"])), column: counts["column"]}, index=counts.index
    )
    answers = counts[[*heads]].rename(columns=heads).map(count_or_mark)
    title, about = (ENGLISH.say(f"open_answers.{key}") for key in ("title", "table_about"))
    return plain(pd.concat([named, answers], axis=1), title, about)


@checked
def paths(found: Paths) -> None:
    """Displays the paths through the flowchart of the definition, from `fl.paths`, in a table. Each path is
    shared by enough persons. A few paths of persons in forced labour are also displayed above the table, in
    sentences that a page does not fold. If no path may be shown, a note says so."""
    from IPython.display import display

    of_cases = as_records(found[found["step"].isin(CASE_STEPS) & (found["trace"] != OTHER)])
    if 0 < len(of_cases) <= FEW:
        told = (
            (
                f"{number_words.start(row['step'])}, {count_or_mark(row['persons'])} persons who answered: "
                f"{row['short_trace']}."
            )
            for row in of_cases
        )
        display(Sentences("\n\n".join(told)))
    display(Nothing("No path may be shown.") if found.empty else table_of_paths(found))


def table_of_paths(found: pd.DataFrame) -> Table:
    """Returns a table of paths through the flowchart of the definition. Paths that end in the same box are
    printed below a line with the name of this box. Paths of persons in forced labour come first."""
    ends = sorted(dict.fromkeys(found["step"]), key=lambda step: step not in CASE_STEPS)
    by_end = pd.concat([found[found["step"] == end] for end in ends])
    body = pd.DataFrame(
        {"Path": list(by_end["short_trace"]), "Persons": list(map(count_or_mark, by_end["persons"]))}
    )
    about = "paths that enough persons share; unweighted and rounded"
    return plain(body, "Why persons were classified so", about, groups=tuple(by_end["step"]))


@of_plan
@checked
def baseline(filled: Baseline) -> Table:
    """Returns a table of the plan's indicators for a notebook, with their baselines from the survey."""
    return in_notebook(framework_tables.baseline(plan_words.english(filled.own_words), filled))


def plain(
    body: pd.DataFrame,
    title: str,
    subtitle: str,
    note: str = "",
    *,
    groups: tuple[str, ...] = (),
    footnotes: tuple[str, ...] = (),
) -> Table:
    """Returns a table for a notebook from a data frame of texts. It looks like the kit's tables of results.
    `groups` has, for each row, the line across the table above it. `footnotes` stand below the table with the
    letters a, b, …

    Words are left-aligned and numbers are right-aligned. Each column is as wide as its texts need (JupyterLab
    would make all columns equal).
    """
    frame = body.fillna("").astype(str)
    of_numbers = [frame[c].str.fullmatch(NUMBER).all() and frame[c].str.contains(r"\d").any() for c in frame]
    lines = groups or ("",) * len(frame)
    rows: list[tuple[str, ...]] = []
    for before, line, texts in zip(
        ("", *lines), lines, frame.itertuples(index=False, name=None), strict=False
    ):
        rows += [(line,)] if line != before else []
        rows.append(texts)
    made = of_texts(
        title, tuple(map(str, frame)), rows, tuple(compress(range(len(frame.columns)), of_numbers)), note
    )
    return in_notebook(replace(made, subtitle=subtitle, footnotes=footnotes), scrolled=False)


def in_notebook(table: PrintedTable, *, scrolled: bool = True) -> Table:
    """Returns a printed table as an object that a notebook displays: HTML from great_tables, and plain text.
    Its HTML id is fixed, so that the same table always gives the same output. The look is in the cells and
    the table, because a notebook that is not trusted yet drops the style sheet of a table.

    `scrolled` says whether the first column stays visible when the others are scrolled sideways. If not, the
    columns of words are as wide as their texts need.
    """
    from great_tables import GT, loc, style

    frame, groups, parts = _body(table)
    numbers = [head.key for head in table.heads if head.kind in ("value", "number")]
    words = [head.key for head in table.heads if head.key not in numbers]
    heads: dict[str, Any] = {head.key: head.text for head in table.heads}
    # The name is short, because each of some hundred style rules contains it.
    name = "t" + sha256("\n".join((table.title, table.subtitle, *frame)).encode()).hexdigest()[:7]
    across = ACROSS if any(groups) else None
    cells = (frame.assign(**{ACROSS: groups}) if across else frame).astype(
        object
    )  # great_tables writes each cell by itself
    # Into Arrow's texts, which are the default, each cell would be written by a copy of its column.
    with pd.option_context("mode.string_storage", "python"):
        shown = GT(cells, id=name, groupname_col=across)
    shown = (
        shown.tab_header(table.title, number_words.start(table.subtitle))
        .cols_label(heads)
        .tab_options(
            table_font_names="inherit",
            table_font_size="14px",
            heading_align="left",
            table_width="100%",
            data_row_padding="4px",
            data_row_padding_horizontal="8px",
            column_labels_padding_horizontal="8px",
            row_group_padding_horizontal="8px",
            table_border_top_style="none",
            heading_border_bottom_style="none",
            heading_padding="3px",
            heading_padding_horizontal="8px",
            heading_title_font_size="15px",
            column_labels_border_top_style="none",
            row_group_border_top_style="none",
            row_group_border_bottom_style="none",
            table_body_border_top_style="none",
        )
    )
    for span in dict.fromkeys(head.span for head in table.heads if head.span):
        below = [head.key for head in table.heads if head.span == span]
        shown = shown.tab_spanner(span, below, id=f"{name}-{span}")
        shown = shown.tab_style(style.text(weight="bold"), loc.spanner_labels(ids=[f"{name}-{span}"]))
        gap = [loc.body(columns=below[0]), loc.column_labels(columns=below[0])]
        shown = shown.tab_style(style.css("padding-left: 20px;"), gap)
    # JupyterLab stripes rows, and the column that stays in view would stand out of them.
    rules = (
        f"#{name} tr {{ background: white; }}",
        f"#{name} .gt_group_heading_row + tr > td {{ border-top-style: none; }}",
    )
    shown = shown.opt_css("\n".join(rules))
    left = [loc.body(columns=words), loc.column_labels(columns=words), loc.title(), loc.subtitle()]
    shown = shown.tab_style(style.text(align="left"), left)
    shown = shown.tab_style(
        style.text(align="right"), [loc.body(columns=numbers), loc.column_labels(columns=numbers)]
    )
    shown = shown.tab_style(style.text(weight="bold"), [loc.title(), loc.column_labels()])
    shown = shown.tab_style(style.css("white-space: nowrap;"), loc.body(columns=numbers))
    for column in () if scrolled else words:
        rule = "white-space: nowrap;" if frame[column].map(len).max() <= SHORT else f"min-width: {LEAST};"
        shown = shown.tab_style(
            style.css(rule), [loc.body(columns=column), loc.column_labels(columns=column)]
        )
    if scrolled:
        first = table.heads[0].key
        kept = [loc.body(columns=first), loc.column_labels(columns=first)]
        shown = shown.tab_style(style.css("position: sticky; left: 0; background-color: inherit;"), kept)
        if len(table.heads) < FEW and all(
            head.kind != "words" for head in table.heads[1:]
        ):  # others have no room to spare
            shown = shown.tab_style(style.css("width: 35%;"), loc.column_labels(columns=first))
    if marked := list(compress(heads, table.marked)):  # the head ends where the numbers end
        shown = shown.tab_style(
            style.css(f"padding-right: calc(8px + {MARKER_ROOM});"), loc.column_labels(columns=marked)
        )
    if across:
        shown = shown.tab_style(
            [style.text(align="left", color=QUIET, weight="bold"), style.css("padding: 10px 8px 0;")],
            loc.row_groups(),
        )
    rows = [row for row in table.rows if len(row) > 1]
    for place, column in enumerate(heads):
        if any(row[place].marker for row in rows):
            found = {
                row[place].printed: cell_html(row[place], table.meanings, marker_space=table.marked[place])
                for row in rows
            }
            shown = shown.fmt(found.__getitem__, columns=column)
    # Over collapsed borders, the column that stays in view would hide the lines between rows.
    look_of_table = "table-layout: auto; border-collapse: separate; border-spacing: 0"
    page = shown.as_raw_html().replace(
        '<table class="gt_table"', f'<table class="gt_table" style="{look_of_table}"', 1
    )
    page = _in_parts(page, parts) if across else page
    notes = tuple(
        filter(None, (table.note, *(f"{letter}{NBSP}{NBSP}{text}" for letter, text in table.lettered)))
    )
    told = (table.title, _as_text(frame.rename(columns=heads), groups), *notes)
    return Table(page + _below(notes, table.meanings), "\n".join(filter(None, told)))


def _body(table: PrintedTable) -> tuple[pd.DataFrame, tuple[str, ...], dict[str, str]]:
    """Returns three things: the rows of a table as texts, with the keys of the columns; for each row the line
    across the table above it; and for each such line the line that opens its part of the table."""
    body: list[tuple[str, ...]] = []
    groups: list[str] = []
    parts: dict[str, str] = {}
    above: list[PrintedCell] = []  # lines across the table, kept until the next row of cells
    across = part = ""
    for row, texts in zip(table.rows, table.texts, strict=True):
        if len(row) < len(table.heads):
            above += row
            continue
        if above:
            across = ". ".join(cell.printed for cell in above)
            while across in groups:  # great_tables merges groups whose lines are equal
                across += NBSP
            parts[across] = part = across if any(cell.opens_part for cell in above) else part
            above = []
        body.append(texts)
        groups.append(across)
    return pd.DataFrame(body, columns=[head.key for head in table.heads]), tuple(groups), parts


def _in_parts(html: str, parts: dict[str, str]) -> str:
    """Returns the HTML of a table with a body for each part, such as an indicator with its groups, because
    print cuts no body that fits on a page. Each group has the name of its part behind it, which only a longer
    part prints."""
    written, *groups = html.split(GROUP_ROW)
    for place, ((line, part), rows) in enumerate(zip(parts.items(), groups, strict=True)):
        opens = line == part
        named = (
            rows if opens or not part else rows.replace("</th>", f"{OF_PART.format(escape(part))}</th>", 1)
        )
        written += f"{NEXT_BODY if opens and place else ''}{GROUP_ROW}{named}"
    return written


def _below(notes: tuple[str, ...], meanings: Meanings) -> str:
    """Returns the notes of a table as HTML below it. Inside the foot of the table, they could stand alone on
    a printed page, below the repeated head of the table."""
    lines = "".join(
        f'<p style="margin: 0 0 2px; text-align: left">{explained(note, meanings)}</p>' for note in notes
    )
    return (
        f'<div class="notes" style="font-size: 12.5px; padding: 6px 8px 4px">{lines}</div>' if notes else ""
    )


def _as_text(frame: pd.DataFrame, groups: tuple[str, ...]) -> str:
    """Returns the table as lines of plain text. If rows belong to a group, a line with the name of the group
    is above them."""
    head, *lines = frame.to_string(index=False).split("\n")
    groups = groups or ("",) * len(lines)  # pandas writes a frame without rows in several lines
    across = [group if group != before else "" for group, before in zip(groups, ("", *groups), strict=False)]
    return "\n".join([head, *(text for pair in zip(across, lines, strict=True) for text in pair if text)])
