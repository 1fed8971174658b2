"""Makes the first page of the evidence brief.

The title of the page says whether the rate has changed, according to the test. The large numbers are the
rate, the number of persons, who is affected more, and the change since the baseline.
"""

from __future__ import annotations

from dataclasses import replace
from math import floor
from typing import Any

import pandas as pd

from fltoolkit.estimate.change_over_time.difference import DECREASED, INCREASED, NO_CHANGE
from fltoolkit.estimate.change_over_time.unresolved_excess import (
    is_unjudged,
    is_unsure as is_size_unsure,
    stated_verdict,
)
from fltoolkit.estimate.measures.family_of_contrasts import ALL_OTHERS
from fltoolkit.languages.language import Language
from fltoolkit.nap.evidence import Evidence
from fltoolkit.nap.later_survey import round_names
from fltoolkit.publish.printed_numbers import significant
from fltoolkit.publish.published_set import Published
from fltoolkit.publish.reliability import has_wide_bounds
from fltoolkit.report.document_formats.document_blocks import Fact, Facts
from fltoolkit.report.document_sections import results_section
from fltoolkit.show.wording import contrast_sentences, number_words, result_sentences
from fltoolkit.show.wording.english_numbers import NBSP, PublishedNumber
from fltoolkit.show.wording.result_sentences import is_unsure
from fltoolkit.table_records import as_records

CERTAIN = 5.0  # per 1,000: rates from this value on have no decimals in a title
ABOUT = 2  # significant digits of a number with the word `about`
MOST_PAIRS = 3  # with a detected difference, each in a sentence of its own
TITLES = {DECREASED: "sheet.fewer", INCREASED: "sheet.more", NO_CHANGE: "sheet.same"}
CHANGES = {
    DECREASED: "sheet.changes.decreased",
    INCREASED: "sheet.changes.increased",
    NO_CHANGE: "sheet.changes.none",
}
MOST_CHANGES = 4  # categories whose change is told in words
Row = dict[Any, Any]


def title(evidence: Evidence, language: Language) -> str:
    """Returns the title of the first page. It says whether the rate of the default population has changed
    since the baseline, according to the test, and gives the rates of both surveys.

    If no change was tested, the title is the rate. If the rate is too uncertain for a title, the title only
    names the subject of the page.
    """
    out, first = evidence.now, result_sentences.headline_rows(evidence.now)[0]
    if changed := headline_change(evidence):
        return title_of_change(language, changed)
    return rate(language, first) or results_section.title(out, language, "brief.title")


def title_of_change(language: Language, row: PublishedNumber) -> str:
    """Returns the tested change of a rate as a title: `The rate of forced labour fell: 9 per 1,000 in 2027,
    17 in 2025`."""
    old, new = _rates_for_title(language, row["estimate_before"], row["estimate_after"])
    when = dict(zip(("before", "after"), round_names(row), strict=True))
    if is_unjudged(row["verdict"], row["verdict_reason"]):
        reason = number_words.reason(language, row["verdict_reason"])
        return language.say("sheet.not_judged", **when, old=old, new=new, reason=reason)
    return language.say(TITLES[row["verdict"]], **when, old=old, new=new)


def rate(language: Language, row: PublishedNumber) -> str | None:
    """Returns a published rate as a title: `9 of every 1,000 adults …`.

    Unresolved persons (answers don't know, refused, blank) are not counted as cases. If the rate with all
    these persons as cases is above the interval, the title has the range from the rate to this upper bound.
    Returns None if the rate is too uncertain for a title.
    """
    if is_unsure(row):
        return None
    about = {"who": language.kit(row["reference_population_label"]), "year": row["year"]}
    if row["estimate"] == 0:
        if has_wide_bounds(row):
            return None
        high = number_words.number(language, row["ci_high"], "prevalence")
        return language.say("sheet.nobody", high=high, level=number_words.level(language, row), **about)
    if has_wide_bounds(row):
        low, high = _rates_for_title(language, row["estimate"], row["bound_high"])
        return language.say("sheet.range", low=low, high=high, **about)
    return language.say("sheet.rate", value=_rates_for_title(language, row["estimate"])[0], **about)


def who(evidence: Evidence, language: Language) -> tuple[str, ...]:
    """Returns sentences on who is affected: for whom a change was detected, the tested differences, and that
    no test compares several populations (such as adults and children)."""
    out = evidence.now
    pairs = (
        contrast_sentences.sentences(out, language, most=MOST_PAIRS)
        if contrast_sentences.is_compared(out)
        else ()
    )
    rates = (
        r
        for r in result_sentences.headline_rows(out)
        if r["measure"] == "prevalence" and pd.notna(r["estimate"])
    )
    pictured = [r for r in rates if r["reference_population"] not in out.headlines[:1]]
    changes = _changes(evidence, language)
    return (
        *changes,
        *pairs,
        *contrast_sentences.beyond_lead(out, language),
        *([language.say("sheet.populations")] if len(pictured) > 1 else []),
    )


def _changes(evidence: Evidence, language: Language) -> list[str]:
    """Returns sentences with the verdict of the test of the change for everyone and for each category of the
    lead group: one for each verdict. The list is empty if no change of a category was tested, or if there are too many categories
    for a sentence."""
    whole = headline_change(evidence)
    if whole is None or evidence.changed is None or not evidence.now.lead:
        return []
    rows = evidence.changed.table
    of_rate = (rows["measure"] == whole["measure"]) & (
        rows["reference_population"] == whole["reference_population"]
    )
    groups = as_records(rows[of_rate & (rows["breakdown"] == evidence.now.lead) & (rows["verdict"] != "")])
    if not 0 < len(groups) <= MOST_CHANGES:
        return []
    found: dict[tuple[str, str], list[str]] = {}
    for row in (whole, *groups):
        who = (
            language.say("sheet.changes.overall")
            if row is whole
            else language.say("sheet.changes.of", who=number_words.whom(language, row["category"]))
        )
        if is_size_unsure(row["verdict"], row["flag"]):
            who = language.say("sheet.changes.unsure", who=who)
        found.setdefault(_result(language, row), []).append(who)
    said = (
        language.say(key, verdict=verdict, who=language.join(whom)) for (key, verdict), whom in found.items()
    )
    return [" ".join(f"{number_words.start(text)}." for text in said)]


def _result(language: Language, row: Row) -> tuple[str, str]:
    """Returns the result of the test of a change: the key of its clause, and the result in words if the
    clause needs it."""
    verdict, reason = row["verdict"], row["verdict_reason"]
    if verdict not in list(CHANGES) or is_unjudged(verdict, reason):
        return "sheet.changes.other", language.kit(stated_verdict(verdict, reason))
    return CHANGES[verdict], ""


def about_change(language: Language, row: PublishedNumber | None) -> str:
    """Returns what the test of a change does not say: that there was no change if none was detected,
    otherwise why anything changed. `row` is the tested change; None if the rate was not tested."""
    none = row is not None and row["verdict"] == NO_CHANGE
    return language.say("contrasts.no_proof" if none else "sentence.no_cause")


def headline_change(evidence: Evidence) -> Row | None:
    """Returns the row with the tested change of the rate of the default population since the baseline.
    Returns None if no change was tested, or if the rate of either survey is too uncertain for a title."""
    if evidence.changed is None:
        return None
    rows, rounds = evidence.changed.table, [out for out in (evidence.now, evidence.start) if out is not None]
    population = result_sentences.headline_rows(evidence.now)[0]["reference_population"]
    own = (
        (rows["measure"] == "change_in_prevalence")
        & (rows["breakdown"] == "")
        & (rows["reference_population"] == population)
    )
    found: list[Row] = as_records(rows[own])
    if not found or not may_be_title(found[0]):
        return None
    return None if any(_is_doubtful(result_sentences.headline_rows(out)[0]) for out in rounds) else found[0]


def may_be_title(row: Row) -> bool:
    """Returns whether a change was tested, and is reliable enough for a title."""
    return row["verdict"] in list(TITLES) and not is_unsure(row)


def tiles(evidence: Evidence, language: Language, *, with_affected: bool = True) -> Facts:
    """Returns two to six large numbers: the rate and the number of persons in the default population, and who is
    affected more (unless `with_affected` is false). Then come the change of the rate since the baseline, and the
    rates and numbers of the other populations whose rate is always shown (such as adults and children)."""
    first, *rest = result_sentences.headline_rows(evidence.now)
    own = first["reference_population"]
    persons = {r["reference_population"]: r for r in rest if r["measure"] == "total"}
    people = [
        replace(results_section.fact(language, r), number=about(language, r))
        for r in rest
        if r is persons.get(own)
    ]
    others = [
        _with_persons(language, r, persons.get(r["reference_population"]))
        for r in rest
        if r["measure"] == "prevalence" and r["reference_population"] != own
    ]
    change = _change(evidence, language)
    return Facts(
        (
            results_section.fact(language, first),
            *people,
            *([affected(evidence.now, language)] if with_affected else []),
            *([change] if change else []),
            *others,
        )
    )


def affected(out: Published, language: Language) -> Fact:
    """Returns in large type who is affected more: the category of the first told comparison (see
    `contrast_sentences.told`), its rate beside that of the other side, and its share of all persons in forced
    labour, where that is published. A second told comparison follows. If no comparison may be told, it says that
    no group is told apart, and why for the lead group."""
    pairs = contrast_sentences.told(out)
    if not pairs:
        unit, why = language.say("sheet.who.none_unit"), contrast_sentences.why_none(out, language)
        return Fact(language.say("sheet.who.none"), unit, why)
    (name, unit), *more = (_side_by_side(out, language, pair) for pair in pairs)
    also = [language.colon(category, said) for category, said in more]
    return Fact(
        number_words.start(name), unit, language.list([*_share_of_cases(out, language, pairs[0]), *also])
    )


def _side_by_side(out: Published, language: Language, pair: Row) -> tuple[str, str]:
    """Returns the category with the rate that differs, and both rates in words. If the other side is all others,
    whose rate is not published, the rate of everyone stands beside."""
    names, labels = contrast_sentences.sides(out, language, pair), contrast_sentences.higher_first(pair)
    population, group = pair["reference_population"], pair["group"]
    rows = as_records(out.select("prevalence", [[], [group]], population=population))
    rates = {
        row[group] if row["breakdown"] else ALL_OTHERS: number_words.shown(language, row) for row in rows
    }
    key = "lower" if contrast_sentences.is_below_all_others(pair) else "higher"
    key += "_all" if labels[1] == ALL_OTHERS else ""
    label = str(rows[0]["reference_population_label"]) if len(out.headlines) > 1 else ""
    unit = number_words.unit(language, "prevalence", label)
    said = language.say(f"sheet.who.{key}", b=names[1], x=rates[labels[0]], y=rates[labels[1]], unit=unit)
    return names[0], said


def _share_of_cases(out: Published, language: Language, pair: Row) -> list[str]:
    """Returns the share of the persons in forced labour that the first side of a comparison has, if it is
    published and reliable."""
    rows = out.own_rows(measure="share", breakdown=pair["group"])
    own = (rows["reference_population"] == pair["reference_population"]) & (
        rows[pair["group"]] == contrast_sentences.higher_first(pair)[0]
    )
    return [
        language.say("sheet.who.share", share=number_words.shown(language, row))
        for row in as_records(rows[own])
        if not is_unsure(row)
    ]


def _with_persons(language: Language, row: PublishedNumber, persons: PublishedNumber | None) -> Fact:
    """Returns a rate in large type with the number of persons behind its unit, if that number is shown. The
    interval is then named as that of the rate."""
    if persons is None or pd.isna(persons["estimate"]):
        return results_section.fact(language, row)
    rate = results_section.fact(language, row, of_rate=True)
    shown = number_words.shown(language, persons).replace(NBSP, " ")  # a range may break: a tile is narrow
    number = f"{shown} {language.say('units.total')}"
    return replace(rate, unit=language.colon(rate.unit, number))


def below_the_tiles(evidence: Evidence, language: Language) -> tuple[str, ...]:
    """Returns the sentence below the large numbers that says why the rate of the default population is
    hidden, in a tuple. It is empty if the rate is shown."""
    first = result_sentences.headline_rows(evidence.now)[0]
    return (result_sentences.sentence(language, first),) if pd.isna(first["estimate"]) else ()


def _is_doubtful(row: PublishedNumber) -> bool:
    """Returns whether a number is too uncertain for a title: it is hidden, zero or unreliable, or its upper
    bound is above its interval. The upper bound counts unresolved persons (answers don't know, refused,
    blank) as cases."""
    return is_unsure(row) or has_wide_bounds(row)


def _rates_for_title(language: Language, *rates: float) -> tuple[str, ...]:
    """Returns rates (proportions) as texts per 1,000 for a title. The texts have no decimals if all rates are
    large enough and still differ after rounding."""
    scaled = [1000 * rate for rate in rates]
    whole = [f"{floor(rate + 0.5)}" for rate in scaled]
    if min(scaled) >= CERTAIN and len(set(whole)) == len(set(rates)):
        return tuple(whole)
    return tuple(number_words.number(language, rate, "prevalence") for rate in rates)


def about(language: Language, row: PublishedNumber) -> str:
    """Returns a number of persons as text, with two significant digits if it is sure and large enough: `about
    6,300`."""
    if _is_doubtful(row) or row["estimate"] < 10**ABOUT:
        return number_words.shown(language, row)
    rounded = float(significant(row["estimate"], ABOUT))
    return language.say("sheet.about", value=number_words.number(language, rounded, "total"))


def _change(evidence: Evidence, language: Language) -> Fact | None:
    """Returns the change since the baseline in large type: the rates of both surveys, and below them their
    difference with its interval. If the test found no change, its result stands in place of the difference.
    Returns None if no change was tested."""
    row = headline_change(evidence)
    if row is None:
        return None
    old, new = (
        number_words.number(language, row[f"estimate_{when}"], "prevalence") for when in ("before", "after")
    )
    before, after = round_names(row)
    unit = language.say("sheet.change_unit", before=before, after=after)
    flagged = [language.say(f"flags.{row['flag']}")] if row["flag"] in result_sentences.CAREFUL else []
    return Fact(
        language.say("sheet.rounds", old=old, new=new),
        unit,
        language.list([size_of_change(language, row), *flagged]),
    )


def size_of_change(language: Language, row: Row) -> str:
    """Returns the tested change of a rate in words: `a fall of 7.9 (95% interval: 2.7 to 13.0)`. If the test
    found no change, or the interval is not shown, returns the result of the test."""
    verdict, ends = row["verdict"], sorted(abs(row[c]) for c in ("ci_low", "ci_high"))
    if (
        verdict not in (DECREASED, INCREASED)
        or row["beyond_zero"]
        or pd.isna(row["estimate"])
        or not ends[0] > 0
    ):
        return number_words.start(language.kit(stated_verdict(verdict, row["verdict_reason"])))
    size, *around = (number_words.number(language, abs(n), "prevalence") for n in (row["estimate"], *ends))
    interval = language.say(
        "doubt", level=number_words.level(language, row), interval=number_words.limits(language, *around)
    )
    key = "sheet.change_fewer" if verdict == DECREASED else "sheet.change_more"
    return language.say(key, size=size, doubt=number_words.inside(interval))
