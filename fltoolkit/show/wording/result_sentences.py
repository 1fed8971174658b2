"""Puts the results of a survey into sentences, in any language: each number with its uncertainty, and the
facts on which all numbers are based, such as the definition and the period."""

from __future__ import annotations

import pandas as pd

from fltoolkit.classify.children import CHILD_LEAVES, CHILD_UNRESOLVED
from fltoolkit.languages.language import Language
from fltoolkit.publish.measure_units import is_rate
from fltoolkit.publish.published_set import Published
from fltoolkit.show.wording import number_words
from fltoolkit.show.wording.english_numbers import PublishedNumber

CAREFUL = ("unreliable", "caution", "review")
WIDE = 0.5  # of the rate: if the interval is wider, a sentence gives the reason
MEASURES = ("prevalence", "total", "stock", "current", "duration")


def sentence(language: Language, row: PublishedNumber) -> str:
    """Returns a published number in a sentence with its interval, and the reason why it must be used with
    care, if there is one. If the number is hidden, the sentence says so and does not contain it."""
    return " ".join((statement(language, row), *doubts(language, row)))


def statement(language: Language, row: PublishedNumber, *, with_period: bool = True) -> str:
    """Returns a published number in a sentence with its interval and, by default, its period. If the number
    is not shown, the sentence gives the reason."""
    measure, who = str(row["measure"]), language.kit(row["reference_population_label"])
    base = measure.removesuffix("_prevalence")
    if pd.isna(row["estimate"]):
        key = "sentence.not_available" if row["marker"] == "x" else "sentence.not_shown"
        return language.say(
            key,
            what=language.say(f"titles.{measure}"),
            who=who,
            reason=number_words.reason(language, row["reason"]),
        )
    key = f"when.{base}" if base in ("stock", "current") else "when.flow"
    when = language.say(key, period=language.kit(row["reference_period"])) if with_period else ""
    kind = "duration" if measure == "duration" else "prevalence" if is_rate(measure) else "total"
    key = (
        f"sentence.found_{kind}" if row["estimate"] == 0 else f"sentence.{kind}"
    )  # a sample does not show that nobody is
    doubt = number_words.inside(number_words.doubt(language, row))
    text = number_words.start(
        language.say(key, when=when, value=number_words.shown(language, row), who=who, doubt=doubt)
    )
    if row["duration_basis"]:
        text += " " + language.say(
            "sentence.counts", basis=number_words.reason(language, row["duration_basis"])
        )
    return text


def doubts(language: Language, row: PublishedNumber) -> tuple[str, ...]:
    """Returns sentences on why a published number must be used with care. The result is empty for a number
    that is not shown, or that can be used as it is."""
    if pd.isna(row["estimate"]):
        return ()
    return tuple(
        text
        for text in (
            care(language, row),
            language.say("sentence.wide") if number_words.has_range(row) else "",
        )
        if text
    )


def care(language: Language, row: PublishedNumber) -> str:
    """Returns a sentence with the flag of a published number and its reason. The text is empty if the number
    has no flag."""
    if row["flag"] not in CAREFUL:
        return ""
    flag, why = language.say(f"flags.{row['flag']}"), number_words.reason(language, row["reason"])
    return f"{number_words.start(language.say('flagged', flag=flag, reason=why))}."


def is_unsure(row: PublishedNumber) -> bool:
    """Returns whether a number is hidden, rounds to zero, or is unreliable."""
    return (
        bool(pd.isna(row["estimate"])) or row["marker"] == "low" or row["flag"] in ("suppress", "unreliable")
    )


def sentences(out: Published, language: Language) -> tuple[str, ...]:
    """Returns sentences on each headline population (those whose rate is always shown, such as adults and
    children): its rate, the number of persons, and measures in time."""
    return tuple(sentence(language, r) for r in headline_rows(out))


def headline_rows(out: Published) -> list[PublishedNumber]:
    """Returns the published rows of the headline populations (those whose rate is always shown, such as
    adults and children): rate, number of persons, and measures in time. The rate of the default population
    comes first."""
    whole = out.own_rows(breakdown="")
    populations = out.headlines or (str(out.select("prevalence").iloc[0]["reference_population"]),)
    wanted = [(p, m) for p in populations for m in MEASURES]
    there = set(zip(whole["reference_population"], whole["measure"], strict=True))
    return [out.select(m, population=p).iloc[0].to_dict() for p, m in wanted if (p, m) in there]


def asks_parents(table: pd.DataFrame, population: object = "") -> bool:
    """Returns whether children of a population are unresolved, for which a parent who was not interviewed is
    a reason. `table` has the published rows of the run. A population without a flowchart of its own, such as
    adults and children, has all of them."""
    charts = table[table["measure"] == "flowchart"]
    if charts.empty:  # weights that do not add up to the population give no numbers of persons
        return False
    own = charts[charts["reference_population"] == population]
    return bool((charts if own.empty else own)["step"].eq(CHILD_UNRESOLVED).any())


def unresolved(row: PublishedNumber, language: Language, *, parents: bool) -> str:
    """Returns up to three sentences on unresolved persons: it is not decided whether they are in forced
    labour. If `parents` is true, parents who were not interviewed are a reason too (see `asks_parents`). The
    first sentence gives their number among the persons who answered, and for a range also the number of
    cases: where cases are rare, a few unresolved persons matter. The second gives the rate if all of them
    were cases. The third gives the rate without them, if this is printed as another number. The text is empty
    if the rate is hidden. If only the number of unresolved persons is hidden, or if it is zero, the text says
    so."""
    why = language.say(f"unresolved.why.{'parents' if parents else 'answers'}")
    if pd.isna(row["unresolved"]):
        return "" if pd.isna(row["estimate"]) else language.say("unresolved.hidden", why=why)
    if row["unresolved"] == 0 or pd.isna(row["bound_high"]):
        return language.say("unresolved.none") if row["unresolved"] == 0 else ""
    rate, without, high, top = (
        number_words.of_row(language, row[c], row)
        for c in ("estimate", "resolved_only", "bound_high", "bound_ci_high")
    )
    counts = {c: number_words.count(language, row[c]) for c in ("unresolved", "n")}
    ranged, cases = number_words.has_range(row), number_words.cases(language, row)
    told = (
        language.say(
            f"unresolved.some{'_of_range' if ranged and cases else ''}", **counts, cases=cases, why=why
        ),
        "" if ranged else language.say("unresolved.as_cases", high=high, top=top),
        "" if without == rate else language.say("unresolved.without", without=without),
    )
    return " ".join(filter(None, told))


def headline_unresolved(out: Published, language: Language) -> str:
    """Returns the sentences of `unresolved` for the rate of the default population: the number of persons
    whose answers do not decide whether they are cases, and the rates with and without these persons."""
    row = headline_rows(out)[0]
    return unresolved(row, language, parents=asks_parents(out.table, row["reference_population"]))


def wide_interval(out: Published, language: Language) -> str:
    """Returns a sentence on what makes the interval of the rate of the default population wide: the small
    number of cases or, for a range, the unresolved persons. The text is empty if the interval is not wider
    than half of the rate, or if a number is hidden."""
    row = headline_rows(out)[0]
    if (
        not (row["ci_high"] - row["ci_low"] > WIDE * row["estimate"] > 0)
        or pd.isna(row["n"])
        or pd.isna(row["cases"])
    ):
        return ""
    if number_words.has_range(row):
        return language.say("sentence.range_width")
    counts = (number_words.count(language, row[c]) for c in ("cases", "n"))
    return language.say("sentence.width", **dict(zip(("cases", "n"), counts, strict=True)))


def coverage(out: Published, language: Language) -> str:
    """Returns a sentence that says which persons the survey could not reach, in the words of survey.yaml. The
    text is empty if survey.yaml names no such persons."""
    return (
        language.say("coverage", groups=language.list(map(language.own, out.coverage_excludes)))
        if out.coverage_excludes
        else ""
    )


def flow_population(out: Published, *, of_children: bool) -> str | None:
    """Returns the name of the first population that has a flowchart of adults, or of children if
    `of_children` is true. Returns None if there is no such population."""
    charts = out.table[out.table["measure"] == "flowchart"]
    for name, rows in charts.groupby("reference_population", sort=False):
        if rows["step"].isin(CHILD_LEAVES).any() == of_children:
            return str(name)
    return None


def forced_labour(out: Published, language: Language) -> str:
    """Returns what forced labour is. If the survey counts children, a sentence says that other routes count,
    and if it counts children only, by which routes."""
    adults, children = _counted(out)
    key = "sheet.children_too" if adults else "sheet.definition_of_children"
    return " ".join((language.say("sheet.definition"), *([language.say(key)] if children else [])))


def _routes_of_children(out: Published, language: Language) -> str:
    """Returns by which routes a child is counted, if a survey counts adults too: `forced_labour` then does
    not say it."""
    return language.say("sheet.definition_of_children") if all(_counted(out)) else ""


def _counted(out: Published) -> tuple[bool, bool]:
    """Returns whether the survey counts adults, and whether it counts children."""
    return flow_population(out, of_children=False) is not None, flow_population(
        out, of_children=True
    ) is not None


def has_adults_and_children(out: Published, population: object) -> bool:
    """Returns whether a population is of adults and of children. Only such a population has no flowchart of
    its own."""
    charts = out.table[out.table["measure"] == "flowchart"]
    return all(_counted(out)) and population not in set(charts["reference_population"])


def window(language: Language, row: PublishedNumber) -> str:
    """Returns a sentence on the reference period and the population of a published number."""
    who = language.kit(row["reference_population_label"])
    return language.say("basis.window", period=language.kit(row["reference_period"]), who=who)


def definition(language: Language, row: PublishedNumber) -> str:
    """Returns a sentence on the definition behind a published number. It says whether the survey asked, or
    only assumes, that involuntary work and coercion are in the same work. It also says whether the age is
    that at the interview or at the start of the work."""
    work = f"basis.same_work_{row['same_work']}"
    return language.say(
        "basis.rules",
        definition=number_words.definition(language, row["rule_set"]),
        work=language.say(work) if language.has(work) else row["same_work"],
        age=language.kit(row["age_basis"]),
    )


def to_verify(language: Language, row: PublishedNumber) -> str:
    """Returns a sentence on what of the definition is provisional. The text is empty if nothing is."""
    what = row["to_verify"]
    return language.say("basis.to_verify", what=number_words.reason(language, what)) if what else ""


def basis(out: Published, language: Language) -> tuple[str, ...]:
    """Returns, in sentences, the facts on which every number is based: rule set, routes of children,
    population, period, weights and publication profile."""
    row = out.select("prevalence").iloc[0].to_dict()
    lines = [
        definition(language, row),
        _routes_of_children(out, language),
        window(language, row),
        language.say(
            "basis.sample", n=number_words.count(language, row["n"]), survey=language.own(str(row["survey"]))
        )
        if pd.notna(row["n"])
        else "",
        language.say("basis.judged") if out.judged else "",
        language.say("basis.rule_note", note=number_words.reason(language, row["rule_note"]))
        if row["rule_note"]
        else "",
        language.say("basis.weights", calibration=row["calibration"]) if row["calibration"] else "",
        to_verify(language, row),
        *(number_words.reason(language, note) for note in out.notes),
    ]
    return tuple(line for line in lines if line)
