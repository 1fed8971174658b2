"""Puts the plan's numbers and targets into words, in any language: the targets, the reason why no survey
could verify a target, and the number of a later survey beside a target. A row is an indicator of the plan,
for everyone or for one category."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from fltoolkit.languages.collected_texts import OwnWords
from fltoolkit.languages.language import Language
from fltoolkit.languages.reasons import Reasons, as_stated, has_text
from fltoolkit.nap.later_survey import DECREASE, NOT_REACHED, REACHED, round_names
from fltoolkit.nap.targets import NO_FALL, TOO_WIDE, UNPLANNED
from fltoolkit.publish.measure_units import decimals_of
from fltoolkit.show.wording import number_words
from fltoolkit.show.wording.english_numbers import ENGLISH, NBSP
from fltoolkit.survey.spec.groups_and_tables import TOTAL
from fltoolkit.table_records import as_records

Line = Mapping[Any, Any]
BOUNDS = {"baseline_value": "baseline_bound", "value": "bound", "later_value": "later_bound"}
"""For each measured number of the plan's tables, the column of its upper bound, which is filled if the bounds
are wide."""
ROW = ["id", "group", "category"]


def english(words: OwnWords) -> Language:
    """Returns English with the texts that users wrote in nap.yaml and survey.yaml, for notebooks. A text
    without an English translation gets a star."""
    return ENGLISH.about(words).with_stars()


def rounding_note(language: Language, rows: Iterable[Line]) -> list[str]:
    """Returns the note that numbers of groups are rounded for confidentiality, in a list. The list is empty
    if rows of the baseline that a survey fills are only of whole populations, or only of groups."""
    of_whole = {is_total(row) for row in rows if row["filled_by"] != "partners"}
    return [language.say("tables.rounded_groups")] if len(of_whole) > 1 else []


def typed(language: Language, value: object) -> str:
    """Returns what partners typed into a cell of the plan, as text: a number as the language writes it,
    another text unchanged. The text is empty if they typed nothing."""
    if isinstance(value, (int, float)):
        return "" if pd.isna(value) else language.number(as_stated(value))
    return language.own(str(value)) if has_text(value) else ""


def is_total(row: Line) -> bool:
    """Returns whether a row of the plan is about everybody in its population, and not about one category such
    as women."""
    return pd.isna(row["group"]) or row["group"] in ("", TOTAL)


def totals(rows: pd.DataFrame) -> pd.DataFrame:
    """Returns those rows of one of the plan's tables that are about a whole population (see `is_total`)."""
    return rows.loc[[is_total({"group": group}) for group in rows["group"]]]


def about(language: Language, row: Line) -> str:
    """Returns the subject of a row of the plan in words: its indicator, and its category if it has one."""
    what = number_words.indicator(language, row)
    if is_total(row):
        return f"{what} ({category(language, row)})" if _is_share(row) else what
    return (
        f"{what} "
        f"({language.colon(number_words.group(language, str(row['group'])), number_words.reason(language, row['category']))})"
    )


def category(language: Language, row: Line) -> str:
    """Returns the persons of a row of the plan in words, without the indicator: the category, such as
    `women`, or `everyone`. In the rows of an indicator that is a share, it is the category whose share they
    give, such as a sector."""
    is_everyone = is_total(row) and not _is_share(row)
    return language.say("everyone") if is_everyone else number_words.reason(language, row["category"])


def _is_share(row: Line) -> bool:
    return row["measure"] == "share" and row["category"] not in ("", TOTAL)


def value(language: Language, number: float, row: Line) -> str:
    """Returns a number of the plan as text in a language, without its unit. The number is already in the unit
    of its row (17.2 for 17.2 per 1,000). The text is empty if the number is missing."""
    return (
        ""
        if pd.isna(number)
        else number_words.in_unit(language, number, str(row["measure"]), decimals_of(row))
    )


def aim(language: Language, row: Line, column: str = "target_value") -> str:
    """Returns the value of a row's target as text, without its unit. A value that the plan states keeps all
    its digits; one that follows from a cut is rounded as the numbers of its measure are. `column` is the name
    of its column."""
    stated = row["stated_value"]
    if row["measure"] == DECREASE:
        return number_words.percent(language, row[column] / 100)
    return value(language, row[column], row) if pd.isna(stated) else language.number(as_stated(stated))


def fall_to(language: Language, row: Line) -> str:
    """Returns in words the smallest fall from the baseline that the planned repeat of the survey would
    detect: `from 17.2 in 2025 to 10.0 per 1,000 or lower`. If the baseline is a range, the fall starts from
    its low end."""
    unit = number_words.unit(language, str(row["measure"]))
    numbers = {
        "old": value(language, row["baseline_value"], row),
        "new": value(language, row["smallest_value"], row),
    }
    return language.say("targets.fall", year=f"{row['baseline_year']:g}", unit=unit, **numbers)


def shown(language: Language, row: Line, column: str) -> str:
    """Returns a measured number of the plan as text. `column` is the name of its column. If unresolved
    persons (answers don't know, refused, blank) could raise the number above its interval, the text is a
    range."""
    return number_words.ranged(
        language, *(value(language, row[name], row) for name in (column, BOUNDS[column]))
    )


def between(language: Language, row: Line, low: str, high: str) -> str:
    return number_words.limits(language, value(language, row[low], row), value(language, row[high], row))


def promises(language: Language, rows: pd.DataFrame, space: str = " ") -> dict[tuple[object, ...], str]:
    """Returns the targets of the plan in words, for the rows of the baseline that have one (see
    `promise_key`). The words have no unit, except those for a row of a decrease in % (see `promise`).

    Args:
        rows: rows of `Evidence.targets`.
        space: the space between the words of a target whose value is known. With a no-break space, such a
            target stays on one line.
    """
    found: dict[tuple[object, ...], list[str]] = {}
    for row in as_records(rows[rows["target_year"].notna()]):
        for of_decrease in (False, True):
            words = promise(language, row, with_unit=of_decrease, of_decrease=of_decrease)
            words = words.replace(" ", space) if pd.notna(row["target_value"]) else words
            found.setdefault((row["id"], row["group"], row["category"], of_decrease), []).append(words)
    return {key: language.list(texts) for key, texts in found.items()}


def promise_key(row: Line) -> tuple[object, ...]:
    """Returns the key of a row of the baseline in `promises`. A decrease in % has the targets of the
    indicator from which it is derived, in other words."""
    return row["derived_from"] or row["id"], row["group"], row["category"], bool(row["derived_from"])


def promise(language: Language, row: Line, *, with_unit: bool = True, of_decrease: bool = False) -> str:
    """Returns the target of a row in words: `a cut of 50% by 2030, to 8.6 per 1,000 …`. Without `with_unit`,
    the text has no unit, for a table that has the unit in another place. With `of_decrease`, the % comes
    first: `50% by 2030 (to 8.6 per 1,000)`. The text is empty if the row has no target."""
    if pd.isna(row["target_year"]):
        return ""
    # The unit of the row names the whole population, which is not that of a category such as women.
    unit = (
        language.kit(row["unit"])
        if is_total(row) and not of_decrease
        else number_words.unit(language, str(row["measure"]))
    )
    words = {
        "year": f"{row['target_year']:g}",
        "value": aim(language, row),
        "unit": unit if with_unit else "",
    }
    if pd.isna(row["target_value"]) or (
        pd.isna(row["cut"]) and row["baseline_value"] != 0 and pd.isna(row["stated_value"])
    ):
        return language.say("targets.hidden", year=words["year"])
    if not 0 < row["cut"] < 1:  # nothing is left, the target is no fall, or nobody was found
        return language.kit(row["target_words"])
    return language.say(
        "targets.decrease" if of_decrease else "targets.cut",
        cut=number_words.percent(language, row["cut"]),
        **words,
    ).rstrip()


def short_aim(language: Language, row: Line) -> str:
    """Returns the value of a row's target and its year, for a table that has the unit in another place: `8.6
    by 2030`. If the value is not known, or is zero, returns the target in words (see `promise`)."""
    if pd.isna(row["target_value"]) or row["cut"] >= 1:
        return promise(language, row)
    aimed = {"value": aim(language, row), "year": f"{row['target_year']:g}"}
    return language.say("targets.by_year", **aimed).replace(" ", NBSP)


def planned_size(language: Language, row: Line) -> str:
    """Returns how many persons of a row will answer in the planned repeat of the survey: `7,000 persons aged
    5 and over`, or, for a category, `women: 2,400`."""
    persons = number_words.count(language, row["planned_sample"])
    if not is_total(row):
        return language.colon(category(language, row), persons)
    return f"{persons} {number_words.population(language, row) or language.say('kit.whom.persons')}"


def planned_sizes(language: Language, rows: pd.DataFrame) -> str:
    """Returns the different sizes of `planned_size` in rows of `Evidence.targets`, those of whole populations
    if there are any. The text is empty if no size is known."""
    known = rows[rows["planned_sample"].notna()]
    whole = totals(known)
    sizes = (known if whole.empty else whole).drop_duplicates("planned_sample")
    return language.list(planned_size(language, row) for row in as_records(sizes))


def frequency(language: Language, text: str) -> str:
    """Returns in words how often an indicator is reported. The words are the kit's, or the plan's if the kit
    has none."""
    return language.say(f"frequencies.{text}") if language.has(f"frequencies.{text}") else language.own(text)


def is_too_wide(row: Line) -> bool:
    """Returns whether no survey can verify a target because its baseline has wide bounds. In this case, a
    larger sample does not help."""
    obstacle = row["obstacle"]
    return TOO_WIDE in (obstacle.parts if isinstance(obstacle, Reasons) else (obstacle,))


def is_never_enough(row: Line) -> bool:
    """Returns whether no repeat of the survey is large enough to verify a target, because its baseline is too
    uncertain. Either its sampling error alone hides the change, or a repeat that is large enough may not be
    compared with so small a baseline."""
    return bool(pd.notna(row["power"]) and pd.isna(row["sample_needed"]))


def verifiable(language: Language, row: Line) -> str:
    """Returns in words whether a survey could verify the target of a row, with the reason if none could: `no:
    sample too small`."""
    words = language.say(f"verifiable.{row['verifiable'] or 'open'}")
    return (
        language.say("verifiable.why", said=words, why=number_words.reason(language, row["obstacle"]))
        if row["obstacle"]
        else words
    )


def warning(language: Language, row: Line) -> tuple[str, ...]:
    """Returns the sentences of the warning about the target of a row that no survey of the planned size could
    verify: first which target it could not, then the reasons."""
    unplanned = row["obstacle"] == UNPLANNED  # the planned repeat would be large enough
    key = "targets.not_planned" if unplanned else "targets.not_verifiable"
    year = f"{row['target_year']:g}"
    size = planned_size(language, row)
    said = [language.say(key, what=about(language, row), target=promise(language, row), year=year, size=size)]
    if unplanned:
        chance = number_words.percent(language, row["power"])
        said.append(language.say("targets.unplanned", year=year, chance=chance, size=size))
    else:
        said.append(language.say("targets.why", reason=number_words.reason(language, row["reason"])))
        said.append(detectable_cut(language, row))
    return tuple(filter(None, (*said, later(language, row))))


def detectable_cut(language: Language, row: Line) -> str:
    """Returns a sentence with the smallest fall of a row's number that the planned repeat of the survey would
    detect. The text is empty if this fall is not known, or if the number is too wide a range."""
    if is_too_wide(row):
        return ""
    if pd.notna(row["smallest_cut"]):
        return language.say("targets.smallest", fall=fall_to(language, row))
    return language.say("targets.none_detectable") if row["smallest_obstacle"] == NO_FALL else ""


def sign(row: Line) -> str:
    """Returns the sign of a row's target: ✓ if it is reached, ✗ if it is not reached, ? if this is not known
    or no survey has measured it yet."""
    return {REACHED: "✓", NOT_REACHED: "✗"}.get(row["reached"], "?")


def later(language: Language, row: Line) -> str:
    """Returns the number of the later survey in a sentence, and the text of `answers` (whether the target is
    reached and whether the number has changed). The text is empty if there is no later number."""
    told = found(language, row)
    return f"{told} {answers(language, row)}" if told else ""


def found(language: Language, row: Line) -> str:
    """Returns a sentence with the number of the later survey and its interval. The text is empty if there is
    no later number."""
    if pd.isna(row["later_value"]):
        return ""
    told = measured(language, row)
    if row["later_marker"]:
        told = language.list([told, language.say(f"markers.{row['later_marker']}")])
    return language.say("targets.found", year=f"{row['later_year']:g}", value=told)


def measured(language: Language, row: Line) -> str:
    """Returns the number of the later survey with its interval in brackets; a range has no interval."""
    number, interval = (
        shown(language, row, "later_value"),
        between(language, row, "later_ci_low", "later_ci_high"),
    )
    return f"{number} ({interval})" if interval and pd.isna(row["later_bound"]) else number


def answers(language: Language, row: Line) -> str:
    """Returns two sentences on a number of the later survey. The first names its target and says whether it
    is reached, the second whether the number has changed since the baseline. The order and the words are
    always the same. A sentence without an answer is left out."""
    since: str = "" if pd.isna(row["year_before"]) else f"{row['year_before']:g}"
    since = round_names(row)[0] if since and "year" in row else since
    changed = (
        language.say("targets.changed", said=language.kit(row["changed"]), year=since)
        if row["changed"]
        else ""
    )
    return " ".join(filter(None, (reached(language, row), changed)))


def reached(language: Language, row: Line) -> str:
    """Returns a sentence that names the target of a row, and says whether a later survey has shown it to be
    reached. The text is empty without a target, or if it has not been measured."""
    said = row.get("reached")
    return (
        language.say("targets.reached", target=short_aim(language, row), said=language.kit(said))
        if said
        else ""
    )
