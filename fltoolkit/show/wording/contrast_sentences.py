"""Makes sentences about the tests between categories of the lead group: which category has the higher rate,
and by how much, as an interval.

The lead group is the group (such as sex) that survey.yaml names beforehand for the first comparison.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Any

from fltoolkit.languages.language import Language
from fltoolkit.publish.contrasts.lead_contrasts import (
    LOWER,
    NO_DIFFERENCE,
    NOT_TESTED,
    POPULATION,
    UNRELIABLE,
)
from fltoolkit.publish.published_set import Published
from fltoolkit.show.wording import number_words
from fltoolkit.table_records import as_records

MOST_SENTENCES = (
    3  # pairs in a population: up to this number, each pair has a sentence, whatever the result of its test
)
Pair = dict[Any, Any]


def is_compared(out: Published) -> bool:
    """Returns whether the run publishes the prevalence by the lead group: the group (such as sex) that
    survey.yaml names beforehand for the first comparison."""
    rows = out.own_rows(measure="prevalence", breakdown=out.lead)
    own = rows[rows["reference_population"] == out.headlines[0]] if len(rows) and out.headlines else rows
    return bool(out.lead) and out.lead not in out.origins and bool(own["estimate"].notna().any())


def sentences(
    out: Published, language: Language, *, most: float = inf, with_rates: bool = False
) -> tuple[str, ...]:
    """Returns sentences with the results of the tests between categories of the lead group (the group that
    survey.yaml names beforehand): of the default population, and of each other population (such as children)
    that has only one pair of categories, or in which at least one pair was tested. Populations with a tested
    pair come first. Those that lack a test for the same reason share a sentence.

    Args:
        most: the most sentences on pairs with a difference; if a population has more, one sentence gives
            their number.
        with_rates: whether the rates stand behind the categories of a tested pair.
    """
    first, *rest = dict.fromkeys(out.contrasts[POPULATION]) if len(out.contrasts) else ("",)
    told = [first, *(p for p in rest if is_tested(out, p) or len(_pairs(out, p)) == 1)]
    alike: dict[str, list[str]] = {}
    for population in sorted(told, key=lambda p: not is_tested(out, p)):
        alike.setdefault(_only_reason(out, language, population) or population, []).append(population)
    each = (
        (them, text)
        for them in alike.values()
        for text in _population_sentences(out, language, them[0], most, with_rates=with_rates)
    )
    return tuple(
        number_words.start(_of(out, language, them, text) if len(told) > 1 else text) for them, text in each
    )


def _only_reason(out: Published, language: Language, population: str) -> str:
    """Returns why the only pair of categories of a population was not tested. The text is empty if the pair
    was tested, or if there are several."""
    pairs = _pairs(out, population)
    return (
        _why_untested(out, language, pairs[0])
        if len(pairs) == 1 and pairs[0]["verdict"] == NOT_TESTED
        else ""
    )


def _of(out: Published, language: Language, populations: Sequence[str], text: str) -> str:
    """Returns a sentence with its populations before it: `Among adults, …`."""
    return language.say(
        "contrasts.of", who=_named(out, language, populations), said=number_words.inside(text)
    )


def _named(out: Published, language: Language, populations: Sequence[str]) -> str:
    rows = (out.select("prevalence", population=population).iloc[0] for population in populations)
    return language.join(language.kit(row["reference_population_label"]) for row in rows)


def is_tested(out: Published, population: str) -> bool:
    """Returns whether a difference between two categories of a population was tested."""
    return any(pair["verdict"] != NOT_TESTED for pair in _pairs(out, population))


def _population_sentences(
    out: Published, language: Language, population: str, most: float, *, with_rates: bool
) -> tuple[str, ...]:
    """Returns sentences on the tests of differences between categories, in one population.

    If there are at most three pairs of categories, each pair has a sentence. If there are more, only pairs
    with a difference have one, and a last sentence gives the number of the other pairs. If no pair has a
    difference, one sentence says so.
    """
    pairs = _pairs(out, population)
    found = [p for p in pairs if p["verdict"] not in (NO_DIFFERENCE, NOT_TESTED)]
    listed = pairs if len(pairs) <= MOST_SENTENCES else found
    if pairs and not listed:
        tested = sum(p["verdict"] != NOT_TESTED for p in pairs)
        if not tested:
            return (
                language.say(
                    "contrasts.none_testable", n=str(len(pairs)), group=number_words.group(language, out.lead)
                ),
            )
        return (language.say("contrasts.none_of_pairs", tested=str(tested), n=str(len(pairs))),)
    if len(listed) > most:
        return (language.say("contrasts.many", found=str(len(listed)), n=str(len(pairs))),)
    others = (
        [language.say("contrasts.others", n=str(len(pairs) - len(listed)))]
        if len(listed) < len(pairs)
        else []
    )
    return (*(_sentence(out, language, p, with_rates=with_rates) for p in listed), *others)


def only_pair(out: Published, language: Language) -> str | None:
    """Returns the result of the test as a title for a slide, or why there was no test, if the first
    population has exactly one pair of categories. Otherwise returns None."""
    pairs = _pairs(out, out.contrasts[POPULATION].iloc[0]) if len(out.contrasts) else []
    if len(pairs) != 1:
        return None
    (pair,) = pairs
    return (
        _untested(out, language, pair) if pair["verdict"] == NOT_TESTED else _test_result(out, language, pair)
    )


def family(out: Published, language: Language) -> str:
    """Returns a sentence on how many differences between groups the document tests, and how. It also says
    that all other comparisons in the document are not tested."""
    tested = int(out.contrasts["tested"].iloc[0]) if len(out.contrasts) else 0
    if not tested:
        return _nothing_tested(out, language)
    rest = _not_tested(out, language) if tested < len(out.contrasts) else ""
    only = f"{rest} {language.say('contrasts.only')}".lstrip()
    about = {"group": number_words.group(language, out.lead)}
    if tested == 1:
        return f"{language.say('contrasts.family_one', **about)} {only}"
    level = number_words.level(language, out.contrasts.iloc[0].to_dict())
    return f"{language.say('contrasts.family', n=str(tested), level=level, **about)} {only}"


def _not_tested(out: Published, language: Language) -> str:
    """Returns a sentence on the comparisons named beforehand that were not tested. It names their
    populations, if each of these has one pair of categories, and else it says how many pairs there are."""
    untested = list(out.contrasts.loc[out.contrasts["verdict"] == NOT_TESTED, POPULATION])
    if any(len(_pairs(out, population)) > 1 for population in untested):
        return language.say("contrasts.family_rest", n=str(len(untested)))
    group = language.by_group(out.lead)
    return language.say("contrasts.family_populations", group=group, who=_named(out, language, untested))


def _nothing_tested(out: Published, language: Language) -> str:
    """Returns a sentence that no difference between groups was tested. If one pair of categories was named
    beforehand, it has the reason."""
    pairs = as_records(out.contrasts)
    if not pairs:
        return language.say("contrasts.nothing")
    group = number_words.group(language, out.lead)
    if len(pairs) > 1:
        return language.say("contrasts.none_testable", n=str(len(pairs)), group=group)
    return language.say("contrasts.untestable", group=group, reason=_why_untested(out, language, pairs[0]))


def _pairs(out: Published, population: str) -> list[Pair]:
    rows = out.contrasts
    return [] if rows.empty else as_records(rows[rows[POPULATION] == population])


def _sentence(out: Published, language: Language, pair: Pair, *, with_rates: bool) -> str:
    """Returns a sentence with the result of the test of one pair of categories, or with the reason why the
    pair was not tested. `pair` is a row of the published tests: the two categories and the result
    (`verdict`)."""
    if pair["verdict"] == NOT_TESTED:
        return f"{_untested(out, language, pair)}."
    found = f"{_test_result(out, language, pair, with_rates=with_rates)}."
    return f"{found} {language.say('contrasts.no_proof')}" if pair["verdict"] == NO_DIFFERENCE else found


def _untested(out: Published, language: Language, pair: Pair) -> str:
    a, b = _names_higher_first(out, language, pair)
    return language.say("contrasts.untested", a=a, b=b, reason=_why_untested(out, language, pair))


def _why_untested(out: Published, language: Language, pair: Pair) -> str:
    """Returns the reason why a pair of categories was not tested, in words. If a number is unreliable, the
    reason names its category."""
    rows = as_records(out.select("prevalence", [out.lead], population=pair[POPULATION]))
    sides = [row for row in rows if str(row[out.lead]) in (pair["category"], pair["reference"])]
    unsure = [number_words.whom(language, row["category"]) for row in sides if row["flag"] == "unreliable"]
    if pair["reason"] != UNRELIABLE or not unsure:
        return number_words.reason(language, pair["reason"])
    return language.say("contrasts.unreliable", who=language.join(unsure))


def _test_result(out: Published, language: Language, pair: Pair, *, with_rates: bool = False) -> str:
    """Returns the result of the test of one pair, without a full stop: it is also the title of a slide."""
    a, b = _names_higher_first(out, language, pair, with_rates=with_rates)
    if pair["verdict"] == NO_DIFFERENCE:
        return language.say("slides.none", a=a, b=b)
    size, level = _difference(language, pair), number_words.level(language, pair)
    return (
        language.say("slides.higher", a=a, b=b, size=size, level=level)
        if size
        else language.say("slides.higher_only", a=a, b=b)
    )


def _names_higher_first(
    out: Published, language: Language, pair: Pair, *, with_rates: bool = False
) -> list[str]:
    """Returns the names of the two categories of a pair, the one with the higher rate first."""
    names = _category_names(out, language, pair[POPULATION], with_rates=with_rates)
    sides = ("reference", "category") if pair["verdict"] == LOWER else ("category", "reference")
    return [names[pair[side]] for side in sides]


def _difference(language: Language, pair: Pair) -> str:
    """Returns the confidence interval of a difference that the test found, as text, without signs. The text
    is empty if the interval is not known or, after rounding, reaches zero."""
    low, high = sorted(abs(pair[limit]) for limit in ("ci_low", "ci_high"))
    if not pair["ci_low"] * pair["ci_high"] > 0:
        return ""
    return number_words.limits(
        language,
        *(number_words.of_row(language, limit, {**pair, "measure": "prevalence"}) for limit in (low, high)),
    )


def _category_names(
    out: Published, language: Language, population: str, *, with_rates: bool
) -> dict[str, str]:
    """Returns the names of the lead group's categories in a population, as parts of a sentence, by their
    labels. For the group `sex`, these are men and women for adults, and boys and girls for children.
    `with_rates` puts the rate behind each: `men (24.5 per 1,000)`."""
    rows = as_records(out.select("prevalence", [out.lead], population=population))
    names = {str(row[out.lead]): number_words.whom(language, row["category"]) for row in rows}
    if not with_rates:
        return names
    unit = number_words.unit(language, "prevalence")
    rates = (f"{number_words.shown(language, row)}{number_words.care(row['flag'])} {unit}" for row in rows)
    return {label: f"{name} ({rate})" for (label, name), rate in zip(names.items(), rates, strict=True)}
