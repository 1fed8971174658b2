"""What a survey found, as blocks of a document in any language: sentences, large numbers and tables, each number with its doubt."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from fltoolkit.languages.language import Language
from fltoolkit.publish.measure_units import PROFILES, is_rate
from fltoolkit.publish.published_set import Published
from fltoolkit.publish.reliability import has_wide_bounds
from fltoolkit.report.document_formats.document_blocks import Bullets, Fact, Facts, Paragraph
from fltoolkit.show.printed_tables import result_tables
from fltoolkit.show.printed_tables.printed_table import PrintedTable
from fltoolkit.show.wording import number_words
from fltoolkit.show.wording.english_numbers import PublishedNumber
from fltoolkit.survey.spec.groups import uncrossed

CAREFUL = ("unreliable", "caution", "review")
IN_TIME = ("stock", "current", "duration")


def title(out: Published, language: Language, key: str) -> str:
    """A document's title: `key` with the country and the year."""
    first = out.table.iloc[0]
    return language.say(key, country=language.own(str(first["country"])), year=first["year"])


def source(out: Published, language: Language) -> str:
    """One line on where every number comes from: survey, rule set, window, profile."""
    first = out.select("prevalence").iloc[0]
    period = language.kit(first["reference_period"])
    judged = out.judged.partition(":")[0]
    return language.say(
        "source", survey=language.own(str(first["survey"])), rules=first["rule_set"], period=period, profile=judged
    )


def sentence(language: Language, row: PublishedNumber) -> str:
    """A published number as a sentence; a suppressed number is never written, an unreliable one is said to be."""
    measure, who = str(row["measure"]), language.kit(row["reference_population_label"])
    base = measure.removesuffix("_prevalence")
    if pd.isna(row["estimate"]):
        key = "sentence.not_available" if row["marker"] == "x" else "sentence.not_shown"
        return language.say(
            key, what=language.say(f"titles.{measure}"), who=who, reason=number_words.reason(language, row["reason"])
        )
    when = language.say(
        f"when.{base}" if base in ("stock", "current") else "when.flow", period=language.kit(row["reference_period"])
    )
    kind = "duration" if measure == "duration" else "prevalence" if is_rate(measure) else "total"
    text = language.say(
        f"sentence.{kind}", when=when, value=number_words.shown(language, row), level=number_words.level(language, row),
        interval=number_words.interval(language, row), who=who,
    )  # fmt: skip
    if row["duration_basis"]:
        text += " " + language.say("sentence.counts", basis=number_words.reason(language, row["duration_basis"]))
    if row["flag"] in CAREFUL:
        text += " " + language.say("sentence.careful", reason=number_words.reason(language, row["reason"]))
    return f"{text} {language.say('sentence.wide')}" if has_wide_bounds(row) else text


def headline(out: Published, language: Language) -> tuple[str, ...]:
    """Rate, number, and what is measured in time, of each headline population."""
    return tuple(sentence(language, r) for r in headline_rows(out))


def headline_rows(out: Published) -> list[PublishedNumber]:
    """The published rows of the headline populations: rate, number, and what is measured in time; the default population's rate first."""
    populations = out.headlines or (str(out.select("prevalence").iloc[0]["reference_population"]),)
    whole = out.own_rows(breakdown="")
    wanted = [(p, m) for p in populations for m in ("prevalence", "total", *IN_TIME)]
    there = set(zip(whole["reference_population"], whole["measure"], strict=True))
    return [out.select(m, population=p).iloc[0].to_dict() for p, m in wanted if (p, m) in there]


def facts(out: Published, language: Language, most: int = 4) -> Facts:
    """The headline numbers in large type: rate and number of the first population, the rates of the others, and how many were asked."""
    rows = [r for r in headline_rows(out) if r["measure"] in ("prevalence", "total")]
    first = rows[0]["reference_population"]
    chosen = [r for r in rows if r["reference_population"] == first or r["measure"] == "prevalence"]
    told_of = [fact(language, r) for r in chosen[:most]]
    return Facts((*told_of, *([persons_asked(language, rows[0])] if len(told_of) < most and pd.notna(rows[0]["n"]) else [])))


def persons_asked(language: Language, row: PublishedNumber) -> Fact:
    """How many were asked, and how many of them left the question open."""
    key: str = "hidden" if pd.isna(row["unresolved"]) else "open" if row["unresolved"] else "none"
    return Fact(
        number_words.count(language, row["n"]),
        language.say("asked.unit"),
        language.say(f"asked.{key}", unresolved=number_words.count(language, row["unresolved"])),
    )


def fact(language: Language, row: PublishedNumber) -> Fact:
    """A published number in large type, with its interval and its flag."""
    unit = number_words.unit(language, str(row["measure"]), str(row["reference_population_label"]))
    if row["measure"] == "total":
        unit = language.say("units.total_in_forced_labour")
    if pd.isna(row["estimate"]):
        return Fact(f"[{row['marker']}]", unit, language.say(f"markers.{row['marker']}"))
    said = "doubt_of_lower" if has_wide_bounds(row) else "doubt"
    doubt = language.say(said, level=number_words.level(language, row), interval=number_words.interval(language, row))
    flagged = [language.say(f"flags.{row['flag']}")] if row["flag"] in CAREFUL else []
    if not has_wide_bounds(row):
        return Fact(number_words.shown(language, row), unit, language.list([doubt, *flagged]))
    high = number_words.number(language, row["bound_high"], row["measure"])
    range_ = number_words.limits(language, number_words.shown(language, row), high)
    return Fact(range_, unit, language.list([doubt, language.say("flags.wide_bounds"), *flagged]))


def has_open_answers(out: Published) -> bool:
    """Whether persons left the headline's question open, or too few to say how many."""
    row = out.select("prevalence").iloc[0]
    return bool(pd.notna(row["estimate"]) and row["unresolved"] != 0)


def unresolved(out: Published, language: Language) -> str:
    """How many of those asked left the question open, and that the rate is a lower bound as far as they go."""
    row = out.select("prevalence").iloc[0].to_dict()
    if pd.isna(row["unresolved"]):
        return "" if pd.isna(row["estimate"]) else language.say("unresolved.hidden")
    if row["unresolved"] == 0 or pd.isna(row["bound_high"]):
        return language.say("unresolved.none") if row["unresolved"] == 0 else ""
    return language.say(
        "unresolved.some", unresolved=number_words.count(language, row["unresolved"]), n=number_words.count(language, row["n"]),
        without=number_words.number(language, row["resolved_only"], "prevalence"), high=number_words.number(language, row["bound_high"], "prevalence"),
        top=number_words.number(language, row["bound_ci_high"], "prevalence"),
    )  # fmt: skip


def coverage(out: Published, language: Language) -> str:
    """Whom the survey could not reach, in its own words."""
    return (
        language.say("coverage", groups=language.list(map(language.own, out.coverage_excludes))) if out.coverage_excludes else ""
    )


def basis(out: Published, language: Language) -> tuple[str, ...]:
    """Rule set, whom, when, how weighted and how judged: what every number rests on."""
    row = out.select("prevalence").iloc[0].to_dict()
    lines = [
        language.say("basis.rules", rules=row["rule_set"], work=language.say(f"basis.same_work_{row['same_work']}")
                     if language.has(f"basis.same_work_{row['same_work']}") else row["same_work"], age=language.kit(row["age_basis"])),
        language.say("basis.window", period=language.kit(row["reference_period"]), who=language.kit(row["reference_population_label"])),
        language.say("basis.sample", n=number_words.count(language, row["n"]), survey=language.own(str(row["survey"]))) if pd.notna(row["n"]) else "",
        language.say("basis.judged", profile=out.judged.partition(":")[0]) if out.judged else "",
        language.say("basis.weights", calibration=row["calibration"]) if row["calibration"] else "",
        language.say("basis.to_verify", what=number_words.reason(language, row["to_verify"])) if row["to_verify"] else "",
        *(number_words.reason(language, note) for note in out.notes),
    ]  # fmt: skip
    return tuple(line for line in lines if line)


def limits(out: Published, language: Language) -> Bullets:
    """What these numbers can and cannot say."""
    excluded = coverage(out, language)
    return Bullets(
        (*((excluded,) if excluded else ()), *((u,) if (u := unresolved(out, language)) else ()), *language.each("limits"))
    )


def groups_of(out: Published, measure: str, population: str | None = None, least: int = 1) -> tuple[str, ...]:
    """The single groups by which a measure is published, as the survey orders them, with at least so many numbers shown. Single origins are not among
    them: they lead nowhere.
    """
    rows = out.own_rows(measure=measure)[["reference_population", "breakdown", "estimate"]]
    chosen = population or (str(rows["reference_population"].iloc[0]) if len(rows) else "")
    rows = rows[(rows["reference_population"] == chosen) & (rows["breakdown"] != "")]
    by = [str(b) for b in dict.fromkeys(rows["breakdown"]) if len(uncrossed(b)) < 2 and b not in out.origins]
    return tuple(b for b in by if rows[rows["breakdown"] == b]["estimate"].notna().sum() >= least)


def rates(out: Published, language: Language) -> tuple[PrintedTable, ...]:
    """The prevalence of each headline population by one group at a time, a table a population."""
    populations = out.headlines or (str(out.select("prevalence").iloc[0]["reference_population"]),)
    return tables(
        replace(out, table=out.own[(out.own["measure"] == "prevalence") & out.own["reference_population"].isin(populations)]),
        language,
    )


def tables(out: Published, language: Language) -> tuple[PrintedTable, ...]:
    """Everything published of one group at a time, a table a measure and population; single origins last, profiles not (see `profile_section`)."""
    own = out.own
    own = own[~own["measure"].isin(["flowchart", *PROFILES]) & (own["breakdown"].map(uncrossed).map(len) < 2)]
    own = own.iloc[own["breakdown"].isin(out.origins).to_numpy().argsort(kind="stable")]
    parts = own.groupby(["measure", "reference_population"], sort=False)
    return tuple(result_tables.table(language, part) for _, part in parts if len(part) > 1)


def rule_sets(out: Published, language: Language, *, checked: bool = False) -> PrintedTable | Paragraph:
    """The headline under each rule set, side by side.

    Args:
        checked: leave out the other rule sets that are recalled, not compared with their publication: partners do not see them.
    """
    rows = out.rule_sets("prevalence")
    rows = rows[(rows["to_verify"] == "") | (rows["rule_set"] == out.rule_set)] if checked else rows
    return Paragraph(language.say("rule_sets.one"), "quiet") if len(rows) < 2 else result_tables.rule_sets(language, rows)
