"""Makes the results of a survey as blocks of a document: sentences, large numbers and tables, each number
with its uncertainty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from fltoolkit.languages.language import Language
from fltoolkit.nap.evidence import Evidence
from fltoolkit.publish.published_set import Published
from fltoolkit.report.document_formats.document_blocks import Block, Fact, Heading, Paragraph
from fltoolkit.show.charts.descriptions import chart_notes
from fltoolkit.show.printed_tables import result_tables
from fltoolkit.show.printed_tables.printed_table import PrintedTable
from fltoolkit.show.wording import number_words
from fltoolkit.show.wording.english_numbers import PublishedNumber
from fltoolkit.show.wording.result_sentences import CAREFUL, care, doubts, headline_rows, statement
from fltoolkit.survey.spec.files_and_design import Release
from fltoolkit.survey.spec.groups_and_tables import groups_of_breakdown

LARGE = 4  # the most numbers in large type
MOST_CATEGORIES = 15
"""The most categories of a group in the brief. Groups with more are in the plan's skeleton, the workbook and
the data files."""


def title(out: Published, language: Language, key: str) -> str:
    """Returns the title of a document, with the country and the year of the survey. `key` is the key of the
    title in the language files."""
    first = out.table.iloc[0]
    return language.say(key, country=language.own(str(first["country"])), year=first["year"])


def masthead(release: Release | None, language: Language) -> str:
    """Returns who publishes the results and when, and with which earlier releases they are protected, for the
    place above the title of a document. The text is empty if survey.yaml has no release."""
    if release is None:
        return ""
    day = number_words.date(language, release.date)
    published = language.say("masthead", office=language.own(release.office), date=day)
    return " · ".join([published, *protected_with(release, language)])


def protected_with(release: Release, language: Language) -> list[str]:
    """Returns in words the earlier releases beside which this one was decided, if there are any."""
    names = [Path(folder).name for folder in release.earlier]
    return [language.say("protected_with", releases=language.list(names))] if names else []


def source(evidence: Evidence, language: Language, key: str = "source") -> str:
    """Returns one line that says where every number of a document comes from: the survey (and the earlier
    survey with which it is compared), the definition (which answers make a person a case), and the look-back
    window. `key` is the key of a shorter line, for the foot of a page."""
    first = evidence.now.select("prevalence").iloc[0]
    before = "" if evidence.changed is None else evidence.changed.table["survey_before"].iloc[0]
    surveys = dict.fromkeys(str(survey) for survey in (before, first["survey"]) if survey)
    definition, period = (
        number_words.definition(language, first["rule_set"]),
        language.kit(first["reference_period"]),
    )
    return language.say(
        key, survey=language.list(map(language.own, surveys)), definition=definition, period=period
    )


def beside_facts(out: Published, language: Language) -> tuple[str, ...]:
    """Returns sentences on headline numbers (numbers of populations whose rate is always shown). Two kinds of
    numbers have a sentence: those that the large numbers leave out, such as measures in time, and, last,
    those that are hidden or zero. What a range is stays unsaid here if `range_explained` says it below the
    large numbers."""
    told_of = {(r["measure"], r["reference_population"]) for r in _in_large_type(out) if r["estimate"] > 0}
    rows = [r for r in headline_rows(out) if (r["measure"], r["reference_population"]) not in told_of]
    rows = sorted(rows, key=lambda r: pd.isna(r["estimate"]))
    explained = any(map(number_words.has_range, _in_large_type(out)))
    told = [
        (statement(language, r), *([care(language, r)] if explained else doubts(language, r))) for r in rows
    ]
    return tuple(" ".join(filter(None, texts)) for texts in told)


def _in_large_type(out: Published) -> list[PublishedNumber]:
    rows = [r for r in headline_rows(out) if r["measure"] in ("prevalence", "total")]
    first = rows[0]["reference_population"]
    return [r for r in rows if r["reference_population"] == first or r["measure"] == "prevalence"][:LARGE]


def fact(language: Language, row: PublishedNumber, *, of_rate: bool = False) -> Fact:
    """Returns a published number in large type, with its interval and its flag (such as `unreliable`). With
    `of_rate`, the interval is named as that of the rate."""
    label = str(row["reference_population_label"])
    unit = number_words.unit(language, str(row["measure"]), label)
    if row["measure"] == "total":
        unit = language.say("units.total_in_forced_labour", who=language.kit(label))
    if pd.isna(row["estimate"]):
        return Fact(f"[{row['marker']}]", unit, language.say(f"markers.{row['marker']}"))
    flag = (
        [language.say("markers.w" if row["marker"] == "w" else f"flags.{row['flag']}")]
        if row["flag"] in CAREFUL
        else []
    )
    return Fact(
        number_words.shown(language, row),
        unit,
        language.list([number_words.doubt(language, row, of_rate=of_rate), *flag]),
    )


def range_explained(out: Published, language: Language) -> list[Block]:
    """Returns, in a list, a paragraph with `range_in_words` for the place above or below numbers in large
    type. It is also about the numbers of persons that stand with the rates."""
    populations = {row["reference_population"] for row in _in_large_type(out)}
    rows = [r for r in headline_rows(out) if r["measure"] in ("prevalence", "total")]
    told = range_in_words(language, [r for r in rows if r["reference_population"] in populations])
    return [Paragraph(told, "quiet")] if told else []


def range_in_words(language: Language, rows: Sequence[PublishedNumber]) -> str:
    """Returns what a range means, and why a number beside it has none although persons are unresolved. The
    text is empty if none of the published numbers (`rows`) is a range."""
    if not any(map(number_words.has_range, rows)):
        return ""
    without = [row for row in rows if row["estimate"] < row["bound_high"] <= row["ci_high"]]
    ends = {
        "values": language.join(number_words.shown(language, row) for row in without),
        "highs": language.join(number_words.of_row(language, row["bound_high"], row) for row in without),
    }
    why = language.say("sheet.without_range", **ends) if without else ""
    return f"{language.say('sheet.range_explained')} {why}".strip()


def groups_of(out: Published, measure: str, population: str | None = None, least: int = 1) -> tuple[str, ...]:
    """Returns the names of the groups (breakdowns such as `sex`) for which a measure is published, in the
    order of the survey. Crossed groups are left out. A group with fewer than `least` shown numbers is also
    left out.

    Groups of single origins (nationalities, ethnicities) are also left out, because no picture and no title
    uses them.
    """
    rows = out.own_rows(measure=measure)[["reference_population", "breakdown", "estimate"]]
    chosen = population or (str(rows["reference_population"].iloc[0]) if len(rows) else "")
    rows = rows[(rows["reference_population"] == chosen) & (rows["breakdown"] != "")]
    by = [
        str(b)
        for b in dict.fromkeys(rows["breakdown"])
        if len(groups_of_breakdown(b)) < 2 and b not in out.origins
    ]
    return tuple(b for b in by if rows[rows["breakdown"] == b]["estimate"].notna().sum() >= least)


def rates(out: Published, language: Language) -> tuple[PrintedTable, ...]:
    """Returns a table of the prevalence of the default population by each group, in a tuple that is empty if there
    is no group. Crossed groups are left out, and groups for which a brief has no room. Groups of single origins
    (nationalities, ethnicities) come last."""
    populations = out.headlines[:1] or (str(out.select("prevalence").iloc[0]["reference_population"]),)
    rows = out.own_rows(measure="prevalence")
    crossed = {b: len(groups_of_breakdown(b)) > 1 for b in rows["breakdown"].unique()}
    fitting = [b for b in crossed if b == "" or (not crossed[b] and fits_in_brief(out, b))]
    rows = rows[rows["reference_population"].isin(populations) & rows["breakdown"].isin(fitting)]
    rows = rows.iloc[rows["breakdown"].isin(out.origins).to_numpy().argsort(kind="stable")]
    parts = rows.groupby("reference_population", sort=False)
    absent = _left_out(out, language)
    made = [
        (result_tables.table(language, part), chart_notes.on_definitions(out, language, part))
        for _, part in parts
        if len(part) > 1
    ]
    return tuple(
        replace(table, note=" ".join(filter(None, (table.note, *mixed, absent)))) for table, mixed in made
    )


def _left_out(out: Published, language: Language) -> str:
    """Returns a note that names the groups that no table of a brief has: those of which every rate is
    confidential, and those with too many categories. The text is empty if there are no such groups."""
    rows = out.own_rows(measure="prevalence").assign(is_hidden=lambda r: r["marker"] == "c")
    alone = rows[rows["breakdown"].map(lambda b: len(groups_of_breakdown(b)) == 1)].groupby(
        "breakdown", sort=False
    )
    hidden = alone["is_hidden"].all()
    reasons = {"left_out": hidden, "left_out_long": ~hidden & (alone["category"].nunique() > MOST_CATEGORIES)}
    named = {
        key: language.list(number_words.group(language, str(b)) for b in is_so.index[is_so])
        for key, is_so in reasons.items()
    }
    return " ".join(
        language.say(f"tables.{key}", groups=groups, most=str(MOST_CATEGORIES))
        for key, groups in named.items()
        if groups
    )


def fits_in_brief(out: Published, group: str) -> bool:
    """Returns whether the rate of any category of a group is shown, and the categories are so few that the
    brief has room for a picture and a table of them. A group of one category, such as the sex in a survey of
    women, would only repeat everyone. The group of everyone is the empty text."""
    rows = out.own_rows(measure="prevalence", breakdown=group)
    return bool(
        rows["estimate"].notna().any() and (not group or 1 < rows["category"].nunique() <= MOST_CATEGORIES)
    )


def profile_populations(out: Published) -> tuple[str, ...]:
    """Returns the populations (such as adults) whose profile of cases has at least one share that is
    shown."""
    rows = _profile_rows(out)
    return tuple(rows.loc[rows["estimate"].notna(), "reference_population"].unique())


def _profile_rows(out: Published) -> pd.DataFrame:
    """Returns the published rows of the profile of cases that are about one topic, not crossed with a group.

    Topics that are also published as `share`, such as the form of forced labour, are left out, because their
    intervals are calculated in another way."""
    rows, shares = out.own_rows(measure="profile"), set(out.own_rows(measure="share")["breakdown"])
    return rows[(rows["breakdown"].map(groups_of_breakdown).map(len) == 1) & ~rows["breakdown"].isin(shares)]


def rule_sets(out: Published, language: Language, heading: Heading) -> list[Block]:
    """Returns a heading and a table of the prevalence under each definition (a rule set says which answers
    make a person a case).

    Rule sets that were written from memory and never compared with their publication are left out. The list
    is empty if only the run's own rule set is left.
    """
    rows = checked_rule_sets(out)
    return (
        [heading, Paragraph(language.say("rule_sets.why")), result_tables.rule_sets(language, rows)]
        if len(rows) > 1
        else []
    )


def checked_rule_sets(out: Published) -> pd.DataFrame:
    """Returns the rows with the prevalence under the run's own rule set, and under those rule sets that were
    compared with their publication. A rule set says which answers make a person a case."""
    rows = out.rule_sets("prevalence")
    found: pd.DataFrame = rows[(rows["to_verify"] == "") | (rows["rule_set"] == out.rule_set)]
    return found
