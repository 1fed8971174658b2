"""Writes a sentence with the result of each section of a notebook. A sentence counts rows or repeats a
published number, and never ranks."""

from __future__ import annotations

import pandas as pd

from fltoolkit.arguments import checked
from fltoolkit.classify.rule_set import SIDES
from fltoolkit.estimate.change_over_time.unresolved_excess import WIDE_BOUNDS, is_unjudged
from fltoolkit.nap.evidence import Evidence
from fltoolkit.nap.later_survey import DECREASE, REACHED
from fltoolkit.publish.disclosure.suppression_decision import CASE_STEPS
from fltoolkit.publish.models.published_model import NO_INTERVAL, PublishedModel
from fltoolkit.publish.paths_to_outcomes import OTHER
from fltoolkit.publish.published_set import Published, RunSet
from fltoolkit.show.charts import breakdown_gallery
from fltoolkit.show.charts.flow_of_persons import in_forced_labour
from fltoolkit.show.charts.risk_factor_charts import ratio
from fltoolkit.show.tables import Findings, Paths
from fltoolkit.show.wording import contrast_sentences, number_words, share_sentences
from fltoolkit.show.wording.english_numbers import ENGLISH, PublishedNumber, number, of_plan, value
from fltoolkit.show.wording.headline_words import flag, lead
from fltoolkit.show.wording.plan_words import fall_to, planned_size, planned_sizes
from fltoolkit.show.wording.result_sentences import (
    flow_population,
    headline_rows,
    headline_unresolved,
    sentence,
    statement,
)
from fltoolkit.show.wording.section_words import NO_FOLLOW_UP, Nothing, Result
from fltoolkit.survey.design.survey_design import Survey
from fltoolkit.survey.spec.groups_and_tables import groups_of_breakdown
from fltoolkit.table_records import as_records

FIRST_FINDINGS = 2  # in the result of a check
UNVERIFIED = "an exercise, because its rules are still to be compared with their publication"
MOST_ODDS = 3  # in a sentence each


@checked
def questionnaire(survey: Survey) -> Result:
    """Returns a sentence on how many questions of the survey are used for the definition of forced labour,
    and for how many of its items (such as debt bondage). It also counts the questions that ask whether both
    conditions were met in the same work."""
    items = [sources for side in SIDES for sources in getattr(survey.spec.items, side).values()]
    columns = {source.column for sources in items for source in sources}
    same_work, children = survey.spec.episodes.same_work, survey.spec.children
    linking = len(same_work) if isinstance(same_work, tuple) else 0
    linked = (
        f", and {linking} more {'ask' if linking > 1 else 'asks'} whether both sides were in the same work"
        if linking
        else ""
    )
    adults = (
        f"{_counted(len(columns), 'question')} feed {_counted(len(items), 'item')} of the "
        f"definition{' of adults' if children else ''}{linked}"
    )
    more = (
        len({source.column for _, sources in children.questions() for source in sources or ()})
        if children
        else 0
    )
    return Result(
        f"{adults}. {_counted(more, 'question')} feed the definition of children."
        if children
        else f"{adults}."
    )


@checked
def findings(found: Findings) -> Result:
    """Returns the first errors and warnings of a check in words, then how many errors, warnings and notes
    there are."""
    of_kind = {kind: found[found["severity"] == kind] for kind in ("error", "warning", "note")}
    first = as_records(pd.concat([of_kind["error"], of_kind["warning"]]).head(FIRST_FINDINGS))
    told = [f"{number_words.start(row['what'])} ({row['count'] or 'not counted'})." for row in first]
    kinds = [_counted(len(rows), kind) for kind, rows in of_kind.items()]
    return Result(" ".join([*told, f"{kinds[0]}, {kinds[1]} and {kinds[2]}."]))


@checked
def flow(out: Published) -> Result:
    """Returns a sentence on how many persons are in forced labour, for the section of a notebook that shows
    the flowchart. If no numbers of persons are published, the sentence gives the rate."""
    population = flow_population(out, of_children=False) or str(
        out.select("prevalence")["reference_population"].iloc[0]
    )
    return Result(sentence(ENGLISH, in_forced_labour(out, population)))


@checked
def headline(out: Published, evidence: Evidence | None = None) -> Result:
    """Returns the rate and the number of persons in forced labour in sentences, for each population whose
    rate is always shown (such as adults and children). With the evidence of a plan, only populations of its
    indicators are in them."""
    return Result(
        "\n\n".join(lead(out, () if evidence is None else evidence.baseline.table["population"].unique()))
    )


@checked
def rule_sets(out: Published) -> Result | Nothing:
    """Returns a sentence with the lowest and the highest rate under the rule sets that can be used with the
    survey. A rule set says which answers make a person a case. A rule set that is still to be compared with
    its publication gives no result yet: if no other is left, a note names it as an exercise."""
    rates = out.rule_sets()
    results = rates[rates["estimate"].notna() & (rates["to_verify"] == "")]
    if len(results) > 1:
        low, high = (
            number(end, "prevalence") for end in (results["estimate"].min(), results["estimate"].max())
        )
        return Result(f"Under {len(results)} rule sets the rate lies between {low} and {high} per 1,000.")
    others = " ".join(_of_rule_set(row) for row in as_records(rates[rates["rule_set"] != out.rule_set]))
    if (results["rule_set"] != out.rule_set).any():  # then the run's own rule set is the exercise
        return Result(others)
    if others:
        return Nothing(f"No other rule set gives a result for this survey. {others}")
    return Nothing(
        f"The survey is classified by one definition alone: {number_words.definition(ENGLISH, out.rule_set)}."
    )


def _of_rule_set(row: PublishedNumber) -> str:
    """Returns a sentence with the rate under a rule set, or with the reason why it has none."""
    if pd.isna(row["estimate"]):
        told = number_words.reason(ENGLISH, row["reason"])
    else:
        told = UNVERIFIED if row["to_verify"] else f"{number(row['estimate'], 'prevalence')} per 1,000"
    return f"{number_words.start(ENGLISH.colon(number_words.definition(ENGLISH, row['rule_set']), told))}."


@checked
def paths(found: Paths) -> Result:
    """Returns a sentence on how many paths through the flowchart of the definition are shown, and how many of
    them are of persons in forced labour. A path is shown if enough persons have it."""
    if found.empty:
        return Result("No path may be shown.")
    shown = found[found["trace"] != OTHER]
    cases = int(shown["step"].isin(CASE_STEPS).sum())
    if not cases:
        return Result(
            "No path of persons in forced labour is shown: their answers differ so much that too few "
            "share one."
        )
    return Result(
        f"{_counted(cases, 'path')} of persons in forced labour, and {len(shown) - cases} of others, "
        "are "
        "shared by enough persons to be shown."
    )


@checked
def unresolved(out: RunSet) -> Result:
    """Returns a sentence on how many persons of the default population are unresolved: their answers neither
    establish nor exclude forced labour."""
    row = headline_rows(out)[0]
    who = number_words.start(ENGLISH.kit(row["reference_population_label"]))
    if number_words.has_range(row):  # else the rate without these persons would stand alone
        who += f" ({number_words.shown(ENGLISH, row)} per 1,000 in forced labour)"
    said = (
        headline_unresolved(out, ENGLISH)
        or "The rate is not shown, and so is the number of unresolved persons."
    )
    return Result(ENGLISH.colon(who, said))


@checked
def groups(out: Published, measure: str) -> Result:
    """Returns the result of a measure by group. It begins with what the survey found: for the prevalence, the
    results of the tests that survey.yaml names beforehand; for shares of cases, the largest; else the number
    of everyone. Then it says how many of the numbers by group in the first picture can be used."""
    own = out.own_rows(measure=measure)
    rows = own[own["breakdown"] != ""]
    if rows.empty and len(own) and pd.isna(own["estimate"].iloc[0]):
        return Result(sentence(ENGLISH, own.iloc[0].to_dict()))
    if rows.empty:
        return Result("No number of this measure is published by group.")
    pictured = breakdown_gallery.first_rows_by_group(out, measure)
    whole, rows = (own, rows) if pictured is None else (pictured, pictured[pictured["breakdown"] != ""])
    return Result("\n\n".join((*_found(out, whole, rows), _usable(rows))))


def _found(out: Published, whole: pd.DataFrame, rows: pd.DataFrame) -> tuple[str, ...]:
    """Returns what the survey found by group, in sentences. `rows` are the published numbers by group of one
    measure, and `whole` are these and the number of everyone."""
    measure = rows["measure"].iloc[0]
    if measure == "prevalence" and contrast_sentences.is_compared(out):
        return contrast_sentences.sentences(out, ENGLISH, with_rates=True)
    if measure == "profile":
        if most := share_sentences.majorities(out, ENGLISH):
            return (f"{'. '.join(most)}. {ENGLISH.say('profile.majority')}",)
        # a category of another topic, such as a stage, needs its heading
        rows = rows[rows["breakdown"] == rows["breakdown"].iloc[0]]
        return tuple(f"{text}." for text in [share_sentences.largest(ENGLISH, rows)] if text)
    if measure == "share" and len(groups_of_breakdown(str(rows["breakdown"].iloc[0]))) == 1:
        return (f"{share_sentences.shares(ENGLISH, rows)}.",)
    everyone = as_records(whole[whole["breakdown"] == ""].head(1))
    return tuple(f"{statement(ENGLISH, row, with_period=False)}{flag(ENGLISH, row)}" for row in everyone)


def _usable(rows: pd.DataFrame) -> str:
    """Returns how many numbers by group can be used, and how many of them only with caution. Numbers that are
    unreliable, not shown or without a case cannot. Wide ranges are counted apart, and with them numbers with
    a confidential high end, which may be ranges too."""
    wide = rows["estimate"].notna() & (rows["bounds_note"] == WIDE_BOUNDS)
    hidden = rows["estimate"].notna() & ~wide & (rows["unresolved_marker"] == "c") & bool(wide.any())
    single = rows["estimate"].notna() & ~wide & ~hidden & (rows["marker"] == "")
    n, careful = int(single.sum()), int((single & (rows["flag"] != "")).sum())
    care = "" if not careful else ", with caution" if careful == n else f", {careful} of them with caution"
    told = [f"{n or 'None'} of {_counted(len(rows), 'number')} by group can be used{care}."]
    if wide.any():
        told.append(
            f"{_counted(int(wide.sum()), 'wide range')} and {int(hidden.sum())} with a confidential high end."
        )
    return " ".join(told)


@checked
def in_time(out: Published) -> Result | Nothing:
    """Returns a sentence with the first result on forced labour in time that is shown. It is about the
    persons on an average day, the persons at the interview, or the duration. If all these results are hidden,
    the sentence says why. Returns a note if `tables:` of survey.yaml asks for none of them."""
    first = breakdown_gallery.first_in_time(out)
    if first is None:
        return breakdown_gallery.NOT_IN_TIME
    return Result(sentence(ENGLISH, out.own_rows(measure=first, breakdown="").iloc[0].to_dict()))


@checked
def risk(model: PublishedModel) -> Result | Nothing:
    """Returns the odds ratios whose interval excludes 1, in sentences, and how many others there are. If the
    model or its intervals are not shown, the sentence says why."""
    if model.table.empty:
        return Nothing(ENGLISH.kit(model.notes[0]))
    rows = model.table[model.table["odds_ratio"].notna() & model.table["ci_low"].notna()]
    if rows.empty:
        return Nothing(f"No odds ratio of this model has an interval. {ENGLISH.kit(NO_INTERVAL)}")
    apart = as_records(rows[(rows["ci_low"] > 1) | (rows["ci_high"] < 1)])
    chance = number_words.percent(ENGLISH, 1 - model.level)
    rest = (
        f"The interval contains 1 for {len(rows) - len(apart)} of {_counted(len(rows), 'odds ratio')}; by "
        f"chance alone, about {chance} would not."
    )
    return Result(" ".join([*map(_odds, apart[:MOST_ODDS]), rest]))


def _odds(row: PublishedNumber) -> str:
    """Returns an odds ratio in a sentence: `Odds for women: 0.24 times those for men (unreliable).`"""
    who, base = (value(str(row["group"]), row[name]) for name in ("category", "reference"))
    return f"Odds for {who}: {ratio(row['odds_ratio'])} times those for {base}.{flag(ENGLISH, row)}"


@of_plan
@checked
def baseline(evidence: Evidence) -> Result:
    """Returns a sentence on how many baselines of the plan the survey gives. The sentence also says how many
    baselines the plan expects from a survey. If there is a later survey, the sentence says that the baseline
    is the earlier round."""
    rows = evidence.baseline.table
    asked = rows[
        (rows["filled_by"] == "survey") & (rows["derived_from"] == "")
    ]  # a decrease has no baseline of its own
    fills = (
        f"fills {int(asked['baseline_value'].notna().sum())} of {_counted(len(asked), 'row')} that "
        "the plan asks of it."
    )
    if evidence.follow_up.empty:
        return Result(f"The survey {fills}")
    return Result(
        f"The earlier round, which is the baseline, {fills} The last part shows what has changed since."
    )


@of_plan
@checked
def repeat(evidence: Evidence) -> Result:
    """Returns a sentence with the smallest fall that the planned repeat of the survey would detect, from the
    baseline of the plan's first indicator."""
    row = evidence.planned_repeat
    if row is None:
        return Result("It cannot be said which fall a survey of the planned size would find.")
    size = planned_size(ENGLISH, row)
    found = (
        f" survey of the planned size ({size}) would find a fall {fall_to(ENGLISH, row)} with a "
        "chance of 80%."
    )
    return Result(
        f"If no answer were unresolved, a{found}" if pd.notna(row["baseline_bound"]) else f"A{found}"
    )


@of_plan
@checked
def targets(evidence: Evidence) -> Result:
    """Returns a sentence on how many of the plan's targets the planned repeat of the survey could verify."""
    given = evidence.targets[evidence.targets["target_year"].notna()]
    if given.empty:
        return Result("The plan gives no targets yet.")
    could = int((given["verifiable"] == "yes").sum())
    later = " What the later survey found is in the last part." if given["later_value"].notna().any() else ""
    sizes = planned_sizes(ENGLISH, evidence.targets[evidence.targets["id"].isin(given["id"])])
    size = f"the planned size ({sizes})" if sizes else "the planned size"
    obstacles = set(map(ENGLISH.kit, given["obstacle"]))
    why = f" ({min(obstacles)})" if not could and len(obstacles) == 1 and "" not in obstacles else ""
    n = len(given)
    none = "the target" if n == 1 else "either target" if n == 2 else f"any of the {n} targets"
    found = (
        f"would find the fall to the target for {could} of {_counted(n, 'target')}"
        if could
        else f"would not find the fall to {none}"
    )
    return Result(f"A survey of {size} {found}{why}.{later}")


@of_plan
@checked
def smart(evidence: Evidence) -> Result:
    """Returns a sentence on how many indicators of the plan meet the SMART criteria. It leaves out
    *achievable*, which only the partners can judge."""
    answers = evidence.smart.query("criterion != 'achievable'").groupby("id")["met"]
    met = sum(set(of_one) == {"yes"} for _, of_one in answers)
    meets = f"{met} of {_counted(answers.ngroups, 'indicator')} {'meets' if met == 1 else 'meet'}"
    return Result(
        f"{meets} the four criteria that can be checked here. The partners judge what is achievable."
    )


@of_plan
@checked
def follow_up(evidence: Evidence) -> Result | Nothing:
    """Returns a sentence on how many numbers of the plan have changed since the baseline according to the
    test, and for how many no change was detected. A second sentence says how many targets are reached.
    Returns a note if there is no later survey."""
    rows = evidence.follow_up[
        evidence.follow_up["measure"] != DECREASE
    ]  # its verdict is that of the prevalence
    if rows.empty:
        return NO_FOLLOW_UP
    verdicts = rows["verdict"].astype(str)
    moved = int(verdicts.isin(["decreased", "increased"]).sum())
    unjudged = sum(is_unjudged(*pair) for pair in zip(rows["verdict"], rows["verdict_reason"], strict=True))
    still = int((verdicts == "no detectable change").sum()) - unjudged
    rest = len(rows) - moved - still - unjudged
    hidden = int((rows["marker"] == "c").sum())
    why = f" ({'all' if hidden == rest else hidden} confidential)" if hidden else ""
    left = f" {unjudged} {'is' if unjudged == 1 else 'are'} not judged," if unjudged else ""
    decrease = (
        " A row of a % decrease repeats its prevalence; it is not counted."
        if len(rows) < len(evidence.follow_up)
        else ""
    )
    aims = list(evidence.targets.loc[evidence.targets["target_year"].notna(), "reached"])
    reached = f" Targets shown to be reached: {aims.count(REACHED)} of {len(aims)}." if aims else ""
    return Result(
        f"Of {_counted(len(rows), 'row')}, {moved} changed, {still} {'shows' if still == 1 else 'show'} "
        f"no detectable change,{left} "
        f"and {rest} {'has' if rest == 1 else 'have'} no verdict{why}.{reached}{decrease}"
    )


def _counted(n: int, what: str) -> str:
    """Returns a number with its noun: `1 path`, `12 paths`."""
    return f"{n:,} {what}{'' if n == 1 else 's'}"
