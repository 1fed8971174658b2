"""Puts published numbers into words, in any language: in the unit in which they are printed, rounded to the
precision of the survey, with marker, unit and reason.

The answers of *unresolved* persons do not decide whether these persons are cases. If the number with all of
them as cases (the *upper bound*) is above the interval, the number is printed as a range from the number to
this bound.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from math import nan

import pandas as pd

from fltoolkit.classify.characteristics import EXCLUSIVE, TOPICS
from fltoolkit.languages.language import Language
from fltoolkit.languages.reasons import Reasons
from fltoolkit.nap.baseline import PREVALENCE
from fltoolkit.publish.measure_units import PROFILES, decimals_of, is_rate, scale
from fltoolkit.publish.own_tables.own_tables import OF_FORCED_LABOUR
from fltoolkit.publish.published_set import MARKERS
from fltoolkit.publish.reliability import has_wide_bounds
from fltoolkit.show.wording import english_numbers
from fltoolkit.show.wording.english_numbers import NBSP, PublishedNumber
from fltoolkit.survey.spec.groups_and_tables import TOTAL, crossed, groups_of_breakdown
from fltoolkit.table_records import as_records

SEXES = (
    "men",
    "women",
    "boys",
    "girls",
    "men_boys",
    "women_girls",
)  # words of the kit, which have an article in some languages
CARE = (
    "†"  # beside a number that is to be used with caution, where a chart or a sheet has no room for the words
)
MARKED_FLAGS = ("caution", "unreliable")  # a marker says them
TENTHS = 0.1  # a share: smaller shares, such as a cut, have a decimal, unless it is 0


def number(language: Language, value: float, measure: str, places: int | None = None) -> str:
    """Returns an estimate as text in a language, in the unit of its measure: 0.0172 gives 17.2 (per 1,000),
    6,290 persons give 6,290. The text is empty if the number is missing. `places` are the decimals of its
    row; None: those of its measure."""
    return language.number(english_numbers.number(value, measure, places))


def of_row(language: Language, value: float, row: PublishedNumber) -> str:
    """Returns a number of a published row as text in a language, with the measure and the decimals of this
    row."""
    return number(language, value, str(row["measure"]), decimals_of(row))


def in_unit(language: Language, value: float, measure: str, places: int | None = None) -> str:
    """Returns a number as text that is already in the unit in which it is printed (17.2 for 17.2 per 1,000),
    as in the plan's tables."""
    return number(language, value / scale(measure), measure, places)


def count(language: Language, value: float) -> str:
    return language.number(english_numbers.count(value))


def is_of_forced_labour(row: PublishedNumber) -> bool:
    """Returns whether a published number is about forced labour, and not about an outcome that the user
    defined."""
    return row["outcome"] in OF_FORCED_LABOUR


def measured(language: Language, row: PublishedNumber) -> str:
    """Returns, in words, what a published number measures: a measure of forced labour, or the outcome that
    the user defined."""
    if row.get("amount"):
        return start(language.say(f"titles.{row['measure']}", what=language.kit(row["amount"])))
    if is_of_forced_labour(row):
        return language.say(f"titles.{row['measure']}")
    return start(reason(language, row["rule_note"]) or str(row["outcome"]))


def cases(language: Language, row: PublishedNumber) -> str:
    """Returns the number of cases as text. For a category, it is a range such as `50 and more`."""
    return count(language, row["cases"]) or language.kit(row["cases_class"])


def percent(language: Language, share: float) -> str:
    """Returns a share in percent, in the form of the language: 0.5 gives `50%`."""
    if pd.isna(share):
        return ""
    digits = 1 if round(share * 1000) % 10 and not TENTHS <= round(abs(share), 3) <= 1 - TENTHS else 0
    return language.say("format.percent", value=language.number(f"{100 * share:.{digits}f}"))


def date(language: Language, day: datetime.date) -> str:
    """Returns a date in words: `14 March 2028`."""
    number = language.say("format.first_day") if day.day == 1 else str(day.day)
    return language.say(
        "format.date", day=number, month=language.each("months")[day.month - 1], year=str(day.year)
    )


def level(language: Language, row: PublishedNumber) -> str:
    return language.say("format.percent", value=language.number(f"{float(row['level']) * 100:g}"))


def limits(language: Language, low: str, high: str) -> str:
    """Returns an interval as text in a language. The limits are texts already: `13.4` and `21.7` give `13.4
    to 21.7`. The text is empty if a limit is missing."""
    return language.say("format.interval", low=low, high=high).replace(" ", NBSP) if low and high else ""


def interval(language: Language, row: PublishedNumber) -> str:
    return limits(language, of_row(language, row["ci_low"], row), of_row(language, row["ci_high"], row))


def shown(language: Language, row: PublishedNumber) -> str:
    """Returns a published number as text. If unresolved persons could raise the number above its interval,
    the text is the range from the number to its upper bound (all unresolved persons are cases). If the number
    is not shown, the text is its marker (such as [c])."""
    if pd.isna(row["estimate"]):
        return f"[{row['marker']}]"
    ends = (of_row(language, row[c], row) for c in ("estimate", *(["bound_high"] if has_range(row) else [])))
    return ranged(language, *ends)


def ranged(language: Language, low: str, high: str = "") -> str:
    """Returns the range from a number (`low`) to its upper bound (`high`), as it is printed. Both are texts
    already. Without an upper bound, returns the number."""
    return limits(language, low, high) or low


def with_interval(language: Language, row: PublishedNumber) -> str:
    """Returns a published number as text, with its interval in brackets. A range has no interval here,
    because readers would take the interval of its low end for that of the whole range."""
    between = "" if has_range(row) else interval(language, row)
    return f"{shown(language, row)} ({between})" if between else shown(language, row)


def doubt(language: Language, row: PublishedNumber, *, of_rate: bool = False) -> str:
    """Returns the interval of a published number in words, or with `of_rate`, in words that name the rate.
    The interval of a range goes from the lower limit of its low end to the upper limit of its high end, which
    counts all unresolved persons as cases. The text is empty if the interval is not shown."""
    if pd.isna(row["ci_low"]):
        return ""
    key, high = ("doubt_of_range", "bound_ci_high") if has_range(row) else ("doubt", "ci_high")
    ends = (of_row(language, row[column], row) for column in ("ci_low", high))
    of = "_of_rate" if of_rate else ""
    return language.say(f"{key}{of}", level=level(language, row), interval=limits(language, *ends))


def has_range(row: PublishedNumber) -> bool:
    """Returns whether a published number is printed as a range. Two conditions must be met. Unresolved
    persons (answers don't know, refused, blank) could raise the number above its interval. And the upper
    bound, which counts all these persons as cases, is shown, and as printed above the interval."""
    return has_wide_bounds(row) and pd.notna(row["estimate"]) and row["bound_high"] > row["ci_high"]


def unit(language: Language, measure: str, population: str = "") -> str:
    """Returns the printed unit of a measure in words. For a rate, the unit also says of whom it is a rate:
    `per 1,000 adults`."""
    key = f"units.{measure}" if population or not is_rate(measure) else f"units.bare_{measure}"
    return (
        language.say(key, population=language.kit(population))
        if population and is_rate(measure)
        else language.say(key)
    )


def group(language: Language, name: str) -> str:
    """Returns the name of a group in words. If the breakdown crosses several groups, returns their names,
    joined."""
    return crossed(language.group(key) for key in groups_of_breakdown(name))


def category(language: Language, row: PublishedNumber) -> str:
    """Returns in words which persons a published row is about: its category, such as `women`, or everyone."""
    if not row["breakdown"] or row["category"] == TOTAL:
        return language.say("everyone")
    if not row["category"]:
        return language.say(
            "by", group=language.join(map(language.by_group, groups_of_breakdown(row["breakdown"])))
        )
    return language.kit(row["category"])


def whom(language: Language, category: object) -> str:
    """Returns a category as a part of a sentence. Words for sex that are those of the kit have an article in
    languages that need one: `women` gives `les femmes` in French. There, any other category stands between
    quotation marks."""
    text = reason(language, category)
    kind = next((name for name in SEXES if text == language.say(f"kit.categories.{name}")), "own")
    return language.say(f"whom.{kind}", category=text)


def of_profile(language: Language, rows: pd.DataFrame) -> list[str]:
    """Returns notes for the published rows of a profile (shares of cases by characteristic): that one case
    can have several characteristics (for which topics not), and how cases without an answer are counted. The
    list is empty for other measures."""
    if not rows["measure"].isin(PROFILES).all():
        return []
    topics = [
        topic
        for breakdown in rows["breakdown"].unique()
        for topic in groups_of_breakdown(breakdown)
        if topic in TOPICS
    ]
    single = language.join(language.by_group(topic) for topic in dict.fromkeys(topics) if topic in EXCLUSIVE)
    overlap = language.say("profile.overlap_except" if single else "profile.overlap", groups=single)
    return [*([overlap] if set(topics) - set(EXCLUSIVE) else []), language.say("profile.open")]


def labels(language: Language, rows: pd.DataFrame) -> list[str]:
    """Returns the label of each published row, such as `women`. If two breakdowns have a category with the
    same name, the label also names the breakdown."""
    records = as_records(rows[["breakdown", "category"]])
    names = [category(language, r) for r in records]
    by = [group(language, str(r["breakdown"])) for r in records]
    return [f"{n} ({b})" if b and names.count(n) > 1 else n for n, b in zip(names, by, strict=True)]


def indicator(language: Language, row: PublishedNumber) -> str:
    """Returns the name of an indicator, in the words of the plan.

    The decrease of a rate in percent is computed from a prevalence. So for such an indicator the kit adds a
    row with the prevalence. The name of this row is the kit's own, and contains the population.
    """
    if row["indicator"] != PREVALENCE["indicator"]:
        return language.own(str(row["indicator"]))
    return ", ".join(part for part in (language.say("titles.prevalence"), population(language, row)) if part)


def population(language: Language, row: PublishedNumber) -> str:
    """Returns, in words, whom the rate of a row of the plan is about, as its unit says. The text is empty if
    it does not say this."""
    return language.kit(dict(row["unit"].values).get("who", ""))


def reason(language: Language, text: object) -> str:
    """Returns a reason in a language: why a number is hidden or unreliable. The text is empty if there is no
    reason. A line does not break before a `%`."""
    return language.kit(text).replace(" %", f"{NBSP}%")


def definition(language: Language, rule_set: object) -> str:
    """Returns the name of a rule set in words: `2018 international definition` for `icls_2018 v1`. A rule set
    that users wrote themselves keeps its name."""
    key = f"definitions.{str(rule_set).partition(' v')[0]}"
    return language.say(key) if language.has(key) else str(rule_set)


def remarks(language: Language, row: PublishedNumber) -> tuple[str, ...]:
    """Returns what must be printed beside a published row, because no marker of the row says it: that it is
    to be reviewed, with the reason, or another remark."""
    if row.get("marker") == "w" or row["flag"] in MARKED_FLAGS:
        return ()
    text = reason(language, row["reason"])
    if row["flag"] != "review":
        return (text,)
    return (language.say("flagged", flag=language.say("flags.review"), reason=text),)


def flag_reasons(language: Language, row: PublishedNumber) -> tuple[str, ...]:
    """Returns the reasons for the marker of a published row, [u] or †; none if it has neither."""
    if row.get("marker") == "w" or row["flag"] not in MARKED_FLAGS:
        return ()
    parts = row["reason"].parts if isinstance(row["reason"], Reasons) else (row["reason"],)
    return tuple(reason(language, part) for part in parts if part)


def group_notes(language: Language, rows: pd.DataFrame) -> tuple[str, ...]:
    """Returns notes on the groups of some published rows, one sentence per group: `Household wealth: at the
    time of the interview, …`."""
    note_of = {b: note for b, note in zip(rows["breakdown"], rows["group_note"], strict=True) if note}
    return tuple(
        f"{start(language.colon(group(language, str(b)), reason(language, note)))}."
        for b, note in note_of.items()
    )


def rounding_note(language: Language, rows: pd.DataFrame) -> list[str]:
    """Returns the note on rounding of published rows of one measure: that numbers of groups are rounded for
    confidentiality (of rates, that they come from such numbers), or only that parts may not add up (steps of
    a flowchart); of amounts, their unit and base. There is none without groups, and none for a profile or for months, which never add up."""
    first = rows.iloc[0]
    measure = first["measure"]
    if first.get("amount"):
        base = language.number(f"{first['rounding']:g}")
        return [language.say("tables.amounts", unit=language.kit(first["amount_unit"]), base=base)]
    if not (rows["breakdown"] != "").any() or measure in (*PROFILES, "duration"):
        return []
    of_groups = "tables.rounded_rates" if is_rate(measure) else "tables.rounded_groups"
    return [language.say("tables.rounded" if measure == "flowchart" else of_groups)]


def start(text: str) -> str:
    """Returns a text with a capital first letter: `per 1,000 adults` gives `Per 1,000 adults`."""
    return text[:1].upper() + text[1:]


def inside(text: str) -> str:
    """Returns a text with a small first letter, for brackets: `Intervalle à 95 %: …` gives `intervalle à 95
    %: …`."""
    return text[:1].lower() + text[1:]


def with_marker(text: str, row: PublishedNumber) -> str:
    """Returns the text of a published number with its marker behind it, such as `8.0 [u]` or `17.2 †`."""
    marker = row["marker"] if isinstance(row["marker"], str) else ""
    return f"{text} [{marker}]".strip() if marker else f"{text}{care(row['flag'])}"


def limits_at_zero(language: Language, rows: pd.DataFrame) -> list[str]:
    """Returns the note on lower limits that are rounded to zero although cases were found, in a list. It is
    empty if there are none."""
    return (
        [language.say("tables.above_zero")] if ((rows["ci_low"] == 0) & (rows["estimate"] > 0)).any() else []
    )


def care(flag: object) -> str:
    """Returns the sign that stands behind a number to be used with caution, with a space before it; or an
    empty text."""
    return f"{NBSP}{CARE}" if flag == "caution" else ""


def care_note(language: Language, flags: pd.Series) -> list[str]:
    """Returns the note on the sign of `care`, in a list. The list is empty if no flag asks for caution."""
    return [f"{markers(language, [CARE])}."] if flags.eq("caution").any() else []


def hidden_high_ends(language: Language, rows: Iterable[PublishedNumber]) -> list[str]:
    """Returns a text that names the categories whose high end is confidential, in a list. Only beside ranges
    would readers take such a number for one without unresolved persons; so the list is empty if no number is
    a range."""
    shown = [row for row in rows if pd.notna(row["estimate"])]
    names = [category(language, row) for row in shown if row["unresolved_marker"] == "c"]
    if not (names and any(map(has_wide_bounds, shown))):
        return []
    return [language.colon(language.join(names), inside(language.say("tables.high_end_hidden")))]


def high_ends_inside(language: Language, rows: Iterable[PublishedNumber]) -> list[str]:
    """Returns a text that names the categories with unresolved persons whose high end lies inside the
    interval, in a list. The list is empty if no number is a range."""
    shown = [row for row in rows if pd.notna(row["estimate"])]
    names = [
        category(language, row)
        for row in shown
        if row.get("bound_high", nan) > row["estimate"] and not has_range(row)
    ]
    if not (names and any(map(has_range, shown))):
        return []
    return [language.colon(language.join(names), inside(language.say("tables.high_end_inside")))]


def meaning(language: Language, marker: str) -> str:
    """Returns what a marker means, in words: a letter such as `c` (confidential), or the dagger."""
    return language.say("flags.caution" if marker == CARE else f"markers.{marker}")


def markers(
    language: Language, used: Iterable[object], why: Mapping[str, Sequence[str]] | None = None
) -> str:
    """Returns a text that explains the markers used in a table, such as [c] (hidden) and †. `why` has the
    reasons for a marker, which stand behind it in brackets."""
    found, given = {str(marker) for marker in used}, why or {}
    there = [m for m in (*MARKERS, CARE) if m in found]
    usual = {CARE: [language.say("markers.imprecise")]}
    reasons = {m: ", ".join(given.get(m) or usual.get(m, [])) for m in there}
    said = {m: f"{bracketed(m)}{NBSP}{meaning(language, m)}" for m in there}
    return language.list(f"{said[m]} ({reasons[m]})" if reasons[m] else said[m] for m in there)


def bracketed(marker: str) -> str:
    """Returns a marker as it is printed: `c` gives `[c]`; the dagger stays."""
    return f"[{marker}]" if marker not in ("", CARE) else marker


def used_markers(texts: Iterable[str]) -> list[str]:
    """Returns the markers that occur in texts, such as the cells of tables."""
    found = set(texts)
    return [marker for marker in (*MARKERS, CARE) if any(bracketed(marker) in text for text in found)]


def legend(language: Language, used: Iterable[str]) -> tuple[str, ...]:
    """Returns a sentence that explains the markers in a sheet or a document (letters such as [u], and the
    dagger). The result is empty if there are none."""
    words = markers(language, used)
    return (language.say("workbook.legend", markers=words),) if words else ()
