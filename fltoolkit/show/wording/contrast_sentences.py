"""Makes sentences about the comparisons of rates: which category has a higher rate than all others, and by how
much, as an interval.

The lead group is the group (such as sex) that survey.yaml names beforehand for the first comparison. Its
answers have sentences. Of the other groups, only a detected difference has one, and only if a title may have it.
The answers of all groups stand in the tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Any

from fltoolkit.estimate.measures.family_of_contrasts import ALL_OTHERS
from fltoolkit.languages.language import Language
from fltoolkit.languages.reasons import has_remark, has_text
from fltoolkit.publish.contrasts.published_contrasts import HIGHER, LOWER, NO_DIFFERENCE, POPULATION, UNTESTED
from fltoolkit.publish.published_set import Published
from fltoolkit.show.wording import number_words
from fltoolkit.table_records import as_records

MOST_SENTENCES = 3  # comparisons in a population: up to this number, each has a sentence, whatever its answer
MOST_TOLD = 2  # comparisons in large type
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
    """Returns sentences with the answers of the comparisons by the lead group (the group that survey.yaml names
    beforehand): of the default population, and of each other population (such as children) that has only one
    comparison, or of which at least one answer may be told. Populations with such an answer come first. Those
    that have none for the same reason share a sentence.

    Args:
        most: the most sentences on comparisons with a difference; if a population has more, one sentence gives
            their number.
        with_rates: whether the rates stand behind the categories.
    """
    first, *rest = dict.fromkeys(pair[POPULATION] for pair in _pairs(out)) or ("",)
    told = [first, *(p for p in rest if is_told(out, p) or len(_pairs(out, p)) == 1)]
    alike: dict[str, list[str]] = {}
    for population in sorted(told, key=lambda p: not is_told(out, p)):
        pairs = _pairs(out, population)
        alone = len(pairs) == 1 and not is_told(out, population)
        same = _not_told(out, language, pairs[0]) if alone else population
        alike.setdefault(same, []).append(population)
    each = (
        (them, text)
        for them in alike.values()
        for text in _population_sentences(out, language, them[0], most, with_rates=with_rates)
    )
    return tuple(
        number_words.start(_of(out, language, them, text) if len(told) > 1 else text) for them, text in each
    )


def _of(out: Published, language: Language, populations: Sequence[str], text: str) -> str:
    """Returns a sentence with its populations before it: `Among adults, …`."""
    rows = (out.select("prevalence", population=population).iloc[0] for population in populations)
    who = language.join(language.kit(row["reference_population_label"]) for row in rows)
    return language.say("contrasts.of", who=who, said=number_words.inside(text))


def told(out: Published) -> list[Pair]:
    """Returns the comparisons that say who is affected more, at most two: a difference was detected, and a title
    may have it. Those of the lead group come first. All comparisons of the survey are one family of tests, so
    that a choice among them is no search for a result."""
    found = [
        pair
        for pair in as_records(out.contrasts)
        if not has_text(pair["only_in_tables"]) and pair["verdict"] in (HIGHER, LOWER)
    ]
    return sorted(found, key=lambda pair: pair["group"] != out.lead)[:MOST_TOLD]


def beyond_lead(out: Published, language: Language) -> tuple[str, ...]:
    """Returns a sentence on each comparison of `told` that is not of the lead group."""
    return tuple(f"{as_title(out, language, pair)}." for pair in told(out) if pair["group"] != out.lead)


def as_title(out: Published, language: Language, pair: Pair) -> str:
    """Returns the answer of a told comparison as the title of a slide, with its population if there are
    several."""
    answer = _told(out, language, pair)
    return number_words.start(
        _of(out, language, [pair[POPULATION]], answer) if len(out.headlines) > 1 else answer
    )


def is_told(out: Published, population: str) -> bool:
    """Returns whether the answer of a comparison by the lead group, in one population, may stand in titles."""
    return any(not has_text(pair["only_in_tables"]) for pair in _pairs(out, population))


def _population_sentences(
    out: Published, language: Language, population: str, most: float, *, with_rates: bool
) -> tuple[str, ...]:
    """Returns sentences on the comparisons by the lead group, in one population.

    If there are at most three, each has a sentence. If there are more, only those with a difference that may be
    told have one, and a last sentence gives the number of the others. If there is none, one sentence says so.
    """
    pairs = _pairs(out, population)
    found = [p for p in pairs if not has_text(p["only_in_tables"]) and p["verdict"] != NO_DIFFERENCE]
    listed, n = pairs if len(pairs) <= MOST_SENTENCES else found, str(len(pairs))
    if pairs and not listed:
        return (language.say("contrasts.none_of_pairs", n=n, group=number_words.group(language, out.lead)),)
    if len(listed) > most:
        return (language.say("contrasts.many", found=str(len(listed)), n=n),)
    rest = len(pairs) - len(listed)
    others = [language.say("contrasts.others", n=str(rest))] if rest else []
    return (*(_sentence(out, language, p, with_rates=with_rates) for p in listed), *others)


def only_pair(out: Published, language: Language) -> str | None:
    """Returns the answer of the comparison as a title for a slide, or why a title may not have it, if the first
    population has exactly one comparison by the lead group. Otherwise returns None."""
    pairs = _pairs(out)
    own = pairs and _pairs(out, pairs[0][POPULATION])
    return _told(out, language, own[0]) if len(own) == 1 else None


def why_none(out: Published, language: Language) -> str:
    """Returns why no comparison says who is affected more: the answer of the only one of the lead group, or else
    how many were named beforehand."""
    if out.contrasts.empty:
        return language.say("contrasts.not_named")
    return only_pair(out, language) or language.say("contrasts.none_of_all", n=str(len(out.contrasts)))


def family(out: Published, language: Language) -> str:
    """Returns a sentence on how many comparisons were named beforehand, of which groups, and how they are
    tested together. It also says that nothing else compares groups."""
    found = out.contrasts
    if found.empty:
        return language.say("contrasts.nothing")
    n, first = int(found["family"].iloc[0]), found.iloc[0].to_dict()
    about = {"groups": language.join(number_words.group(language, g) for g in dict.fromkeys(found["group"]))}
    tested = int((~has_remark(found["verdict"], *UNTESTED)).sum())
    told = (
        language.say("contrasts.family_one", **about)
        if n == 1
        else language.say(
            "contrasts.family",
            n=str(n),
            untested=str(n - tested),
            alpha=number_words.level(language, {"level": round(1 - first["level"], 9)}),
            **about,
        )
    )
    return f"{told} {language.say('contrasts.only')}"


def _pairs(out: Published, population: str = "") -> list[Pair]:
    """Returns the comparisons by the lead group, of one population or of all."""
    rows = as_records(out.contrasts)
    return [row for row in rows if row["group"] == out.lead and population in ("", row[POPULATION])]


def _sentence(out: Published, language: Language, pair: Pair, *, with_rates: bool) -> str:
    """Returns a sentence with the answer of one comparison, or with the reason why it has none here."""
    found = f"{_told(out, language, pair, with_rates=with_rates)}."
    none = not has_text(pair["only_in_tables"]) and pair["verdict"] == NO_DIFFERENCE
    return f"{found} {language.say('contrasts.no_proof')}" if none else found


def _told(out: Published, language: Language, pair: Pair, *, with_rates: bool = False) -> str:
    """Returns the answer of one comparison, without a full stop: it is also the title of a slide."""
    if has_text(pair["only_in_tables"]):
        return _not_told(out, language, pair)
    a, b = sides(out, language, pair, with_rates=with_rates)
    if pair["verdict"] == NO_DIFFERENCE:
        return language.say("slides.none", a=a, b=b)
    answer, size = "lower" if is_below_all_others(pair) else "higher", _difference(language, pair)
    if not size:
        return language.say(f"slides.{answer}_only", a=a, b=b)
    return language.say(f"slides.{answer}", a=a, b=b, size=size, level=number_words.level(language, pair))


def _not_told(out: Published, language: Language, pair: Pair) -> str:
    """Returns that a comparison has no answer, or that its answer stands in tables only, with the reason."""
    key = "untested" if has_remark([pair["verdict"]], *UNTESTED).any() else "in_tables"
    reason = number_words.reason(language, pair["only_in_tables"])
    if len(_pairs(out, pair[POPULATION])) == 1:
        return language.say(f"contrasts.{key}_by", group=language.by_group(out.lead), reason=reason)
    names = _category_names(out, language, pair, with_rates=False)
    return language.say(
        f"contrasts.{key}", a=names[pair["category"]], b=names[pair["reference"]], reason=reason
    )


def is_below_all_others(pair: Pair) -> bool:
    """Returns whether a comparison says that a category has a lower rate than all others."""
    return bool(pair["verdict"] == LOWER and pair["reference"] == ALL_OTHERS)


def higher_first(pair: Pair) -> tuple[Any, Any]:
    """Returns both sides of a comparison as labels, the one with the higher rate first. *All others* are never
    first."""
    labels = pair["category"], pair["reference"]
    turned = pair["verdict"] == LOWER and not is_below_all_others(pair)
    return (labels[1], labels[0]) if turned else labels


def sides(out: Published, language: Language, pair: Pair, *, with_rates: bool = False) -> list[str]:
    """Returns the names of both sides of a comparison, in the order of `higher_first`. With `with_rates`, the
    rate stands behind each."""
    names = _category_names(out, language, pair, with_rates=with_rates)
    return [names[label] for label in higher_first(pair)]


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


def _category_names(out: Published, language: Language, pair: Pair, *, with_rates: bool) -> dict[object, str]:
    """Returns the names of the categories of a comparison's group in its population, as parts of a sentence, by
    their labels. For the group `sex`, these are men and women for adults, and boys and girls for children.
    `with_rates` puts the rate behind each: `men (24.5 per 1,000)`."""
    group = pair["group"]
    rows = as_records(out.select("prevalence", [group], population=pair[POPULATION]))
    names: dict[object, str] = {str(row[group]): number_words.whom(language, row["category"]) for row in rows}
    others: dict[object, str] = {ALL_OTHERS: language.kit(ALL_OTHERS)}
    if not with_rates:
        return names | others
    unit = number_words.unit(language, "prevalence")
    rates = (f"{number_words.shown(language, row)}{number_words.care(row['flag'])} {unit}" for row in rows)
    return {
        label: f"{name} ({rate})" for (label, name), rate in zip(names.items(), rates, strict=True)
    } | others
