"""Published numbers in the words of any language: scaled, rounded to the precision of the survey, with marker, unit and
reason.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from fltoolkit.classify.profile.characteristics import EXCLUSIVE, TOPICS
from fltoolkit.languages.language import Language
from fltoolkit.nap.baseline import PREVALENCE
from fltoolkit.publish.measure_units import PROFILES, is_rate, scale
from fltoolkit.publish.published_set import MARKERS
from fltoolkit.publish.reliability import has_wide_bounds
from fltoolkit.show.wording import english_numbers
from fltoolkit.show.wording.english_numbers import NBSP, PublishedNumber
from fltoolkit.survey.spec.groups import TOTAL, crossed, uncrossed

TENTHS = 0.1  # of a power or a cut: smaller values have a decimal


def number(language: Language, value: float, measure: str) -> str:
    """Returns a number in the scale of its measure: 17.2 (per 1,000), 6,290 (persons); empty for none."""
    return language.number(english_numbers.number(value, measure))


def in_unit(language: Language, value: float, measure: str) -> str:
    """Returns a number that is already in its unit (17.2 for 17.2 per 1,000), as in the plan's tables."""
    return number(language, value / scale(measure), measure)


def count(language: Language, value: float) -> str:
    return language.number(english_numbers.count(value))


def cases(language: Language, row: PublishedNumber) -> str:
    """Returns the number of cases; for a cell of a breakdown the class of the number (`50 and more`)."""
    return count(language, row["cases"]) or language.kit(row["cases_class"])


def percent(language: Language, share: float) -> str:
    """Returns a share as `50 %`."""
    if pd.isna(share):
        return ""
    digits = 1 if 0 < round(abs(share), 3) < TENTHS or (round(share * 1000) % 10 and abs(share) > 1 - TENTHS) else 0
    return language.say("format.percent", value=language.number(f"{100 * share:.{digits}f}"))


def level(language: Language, row: PublishedNumber) -> str:
    return language.say("format.percent", value=language.number(f"{float(row['level']) * 100:g}"))


def limits(language: Language, low: str, high: str) -> str:
    """Returns `13.4 to 21.7` for two numbers in words; empty if one is missing."""
    return language.say("format.interval", low=low, high=high).replace(" ", NBSP) if low and high else ""


def interval(language: Language, row: PublishedNumber) -> str:
    measure = row["measure"]
    return limits(language, number(language, row["ci_low"], measure), number(language, row["ci_high"], measure))


def shown(language: Language, row: PublishedNumber) -> str:
    """Returns the number, or its marker if it is not shown."""
    return f"[{row['marker']}]" if pd.isna(row["estimate"]) else number(language, row["estimate"], row["measure"])


def signed(language: Language, value: float, measure: str) -> str:
    """Returns a change with its sign. The value is in the scale of the estimates."""
    return "" if pd.isna(value) else f"{'−' if value < 0 else '+'}{number(language, abs(value), measure)}"


def unit(language: Language, measure: str, population: str = "") -> str:
    """Returns the unit of the scaled number. A rate names the persons whom it is per 1,000 of."""
    key = f"units.{measure}" if population or not is_rate(measure) else f"units.bare_{measure}"
    return language.say(key, population=language.kit(population)) if population and is_rate(measure) else language.say(key)


def group(language: Language, name: str) -> str:
    """Returns a group's name in words. The names of a crossed breakdown are joined."""
    return crossed(language.group(key) for key in uncrossed(name))


def category(language: Language, row: PublishedNumber) -> str:
    """Returns what a row is about: its category, or everyone."""
    if not row["breakdown"] or row["category"] == TOTAL:
        return language.say("everyone")
    if not row["category"]:
        return language.say("by", group=language.join(map(language.by_group, uncrossed(row["breakdown"]))))
    return language.kit(row["category"])


def of_profile(language: Language, rows: pd.DataFrame) -> list[str]:
    """Returns the notes for a profile of cases: that characteristics overlap, and how cases without an answer count.

    Empty for other measures.
    """
    if not rows["measure"].isin(PROFILES).all():
        return []
    topics = {topic for breakdown in rows["breakdown"].unique() for topic in uncrossed(breakdown) if topic in TOPICS}
    overlap = [language.say("profile.overlap")] if topics - set(EXCLUSIVE) else []
    return [*overlap, language.say("profile.open")]


def labels(language: Language, rows: pd.DataFrame) -> list[str]:
    """Returns the label of each row. If two breakdowns have a category with the same name, the label also names the breakdown."""
    records = rows.to_dict("records")
    names = [category(language, r) for r in records]
    by = [group(language, str(r["breakdown"])) for r in records]
    return [f"{n} ({b})" if b and names.count(n) > 1 else n for n, b in zip(names, by, strict=True)]


def indicator(language: Language, row: PublishedNumber) -> str:
    """Returns an indicator in the plan's words.

    The row that the kit adds below a % decrease has the kit's own words, with its population.
    """
    if row["indicator"] != PREVALENCE["indicator"]:
        return language.own(str(row["indicator"]))
    whole = language.kit(dict(row["unit"].values).get("who", ""))
    return ", ".join(part for part in (language.say("titles.prevalence"), whole) if part)


def reason(language: Language, text: object) -> str:
    """Returns a reason in this language, in which no line ends before a `%`; empty if there is none."""
    return language.kit(text).replace(" %", f"{NBSP}%")


def remark(language: Language, row: PublishedNumber) -> str:
    """Returns a row's flag and every reason for it."""
    why, flag = reason(language, row["reason"]), str(row["flag"])
    flagged = flag in ("unreliable", "caution", "review")
    told = language.say("flagged", flag=language.say(f"flags.{flag}"), reason=why) if flagged else start(why)
    if not has_wide_bounds(row):
        return told
    wide = language.say("flags.wide_bounds")
    return language.list((told, wide)) if told else start(wide)


def group_notes(language: Language, rows: pd.DataFrame) -> tuple[str, ...]:
    """Returns the notes for rows by some groups, one sentence per group: `Household wealth: at the time of the interview, …`."""
    said = {b: note for b, note in zip(rows["breakdown"], rows["group_note"], strict=True) if note}
    return tuple(f"{start(language.colon(group(language, str(b)), reason(language, note)))}." for b, note in said.items())


def start(text: str) -> str:
    """Returns words with a capital first letter: `Per 1,000 adults`."""
    return text[:1].upper() + text[1:]


def marker(row: PublishedNumber) -> str:
    """Returns a marker as it is printed, `[c]`; empty for none."""
    return f"[{row['marker']}]" if isinstance(row["marker"], str) and row["marker"] else ""


def markers(language: Language, used: Iterable[object]) -> str:
    """Returns the meaning of a table's markers."""
    there = {str(m) for m in used}
    return language.list(f"[{m}] {language.say(f'markers.{m}')}" for m in MARKERS if m in there)
