"""Tests the questions to partners: which cells they fill, and the survey's answer next to a question."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import promises
from handed import EN, FR
from published_rows import HIDDEN, of, published, row
from two_rounds import fell

from fltoolkit.nap.checklists import ChecklistQuestion, checklists
from fltoolkit.nap.partner_entries import Partners
from fltoolkit.publish.contrasts.published_contrasts import TOO_FEW
from fltoolkit.publish.reliability import WIDE_BOUNDS
from fltoolkit.report.workbook.sheets.partner_sheets import (
    CHECKLISTS,
    KNOWN,
    answer_from_survey,
    checklists_page,
    knowledge_page,
)
from fltoolkit.show.wording import number_words


def entries(**tables: Any) -> Partners:
    return Partners.model_validate(tables)


def test_the_smart_criteria_that_are_open_are_asked_and_a_met_one_only_if_partners_wrote_there() -> None:
    row = {"id": "rate", "code": "Objective", "indicator": "Prevalence", "missing": ""}
    judged = [
        row | {"criterion": "specific", "met": "no", "missing": "whom it counts"},
        row | {"criterion": "measurable", "met": "yes"},
        row | {"criterion": "relevant", "met": "yes"},
        row | {"criterion": "time_bound", "met": "partners"},
    ]
    filled = entries(
        checklists={
            "smart.rate.time_bound": {"answer": "partly"},
            "smart.rate.relevant": {"note": "since May"},
        }
    )
    found = replace(
        promises.evidence_before_a_repeat(promises.plan_with(), filled), smart=pd.DataFrame(judged)
    )
    told, kept, asked = (line for line in checklists_page(found, EN).lines if line.id.startswith("smart"))
    assert told.cells == (16, "SMART: Objective", "Prevalence. Specific (NO): whom it counts", None, None)
    assert kept.cells == (16, "SMART: Objective", "Prevalence. Relevant (yes)", None, "since May")
    assert asked.cells == (16, "SMART: Objective", "Prevalence. Time-bound (partners)", "partly", None)
    assert (asked.id, asked.inputs, asked.held) == ("smart.rate.time_bound", ("answer", "note"), {"answer"})


def test_every_question_is_asked_once_in_the_plans_language_with_what_partners_answered() -> None:
    filled = entries(checklists={"cap_impact": {"answer": "yes", "note": "since 2024"}})
    made = replace(promises.evidence_before_a_repeat(promises.plan_with(), filled), now=published(row()))
    pages = [checklists_page(made, FR), knowledge_page(made, FR)]
    ids = [line.id for page in pages for line in page.lines if not line.id.startswith("smart.")]
    assert ids == [q.id for tool in (*CHECKLISTS, *KNOWN) for q in checklists().of(tool)]
    assert sorted(ids) == sorted(q.id for q in checklists().questions)
    page = pages[0]
    answer = next(c for c in page.columns if c.key == "answer")
    assert (page.name, answer.choices) == (
        "Listes de contrôle",
        {"yes": "oui", "partly": "en partie", "no": "non"},
    )
    told = next(line for line in page.lines if line.id == "cap_impact")
    assert told.cells == (
        9,
        FR.say("checklists.sections.impact"),
        "L’impact du renforcement des capacités est-il suivi et évalué\u202f?",
        "yes",
        "since 2024",
    )
    standard = next(line for line in page.lines if line.id == "ils_c105")
    assert standard.cells[0] == 1
    assert str(standard.cells[2]).startswith("Convention (n°\u00a0105) sur l’abolition du travail forcé")


def question(*asked: str, tool: int = 3) -> ChecklistQuestion:
    return ChecklistQuestion(id="q", tool=tool, section="s", evidence=asked)


def test_the_survey_speaks_in_published_numbers_and_counts_what_is_hidden() -> None:
    rows = [
        row(),
        of("sex", "men", marker="u", flag="unreliable"),
        of("sex", "women", **HIDDEN),
        of("region", "north"),
        of("area", "rural", measure="total", area="rural"),
    ]
    found = promises.evidence_from(published(*rows, groups=("sex", "region", "area")))
    told = (
        answer_from_survey(found, EN, question("total", "gender", "area")).replace("\u00a0", " ").splitlines()
    )
    rate, limits = number_words.shown(EN, rows[0]), number_words.interval(EN, rows[0]).replace("\u00a0", " ")
    assert told[0] == f"Prevalence of forced labour (per 1,000 adults): {rate} ({limits})"
    assert told[1].startswith("By sex (per 1,000 adults): men: ")
    assert told[1].endswith(" [u]; 1 category not shown [c]")
    assert told[2].startswith("By urban or rural area (persons): rural: ")
    other = published(
        row(), of("area", "rural", measure="total", reference_population_label="children"), groups=("area",)
    )
    told = (
        answer_from_survey(promises.evidence_from(other), EN, question("total", "area"))
        .replace("\u00a0", " ")
        .splitlines()
    )
    assert told[1].startswith(
        "By urban or rural area (persons, children): rural: "
    )  # two populations, so that each is named
    assert answer_from_survey(found, EN, question("nationality")) == ""


def test_a_number_to_be_used_with_caution_has_its_dagger_here_too() -> None:
    rows = [
        row(),
        of("sex", "men", flag="caution"),
        *(of("sex", name, **HIDDEN) for name in ("women", "other")),
    ]
    told = answer_from_survey(
        promises.evidence_from(published(*rows, groups=("sex",))), FR, question("gender")
    ).replace("\u00a0", " ")
    assert told.startswith("Selon le sexe (")
    assert told.replace("\u202f", " ").endswith(") † ; 2 catégories non diffusées [c]")
    page = knowledge_page(promises.evidence_from(published(*rows, groups=("sex",))), FR)
    assert "[c]\xa0masqué pour protéger" in page.notes[-1]  # the markers are explained once, above the table
    assert "†\xa0à utiliser avec prudence" in page.notes[-1]


def test_a_high_end_that_is_confidential_is_named_beside_ranges() -> None:
    wide = {"bounds_note": WIDE_BOUNDS, "bound_high": 0.09}
    rows = [
        row(),
        of("sex", "men", **wide),
        of("sex", "women", unresolved_marker="c", bound_high=float("nan")),
    ]
    told = answer_from_survey(
        promises.evidence_from(published(*rows, groups=("sex",))), EN, question("gender")
    )
    assert told.endswith("; women: high end hidden to protect people")


def test_a_question_about_the_lead_group_is_answered_with_the_test_between_its_categories() -> None:
    pair = {
        "category": "men",
        "reference": "women",
        "reference_population": "adults",
        "group": "sex",
        "verdict": TOO_FEW,
        "only_in_tables": TOO_FEW,
        "family": 1,
    }
    out = published(
        row(),
        of("sex", "men"),
        of("sex", "women"),
        groups=("sex",),
        lead="sex",
        contrasts=pd.DataFrame([pair]),
    )
    found = promises.evidence_from(out)
    asked, other = (
        answer_from_survey(found, EN, question(word)).splitlines() for word in ("gender", "total")
    )
    assert asked[-1] == "No comparison by sex (too few cases to compare)."
    assert not [line for line in other if "cannot be said" in line]


def test_a_sheet_names_its_own_tools_and_tells_an_interval_from_a_range() -> None:
    found = promises.evidence_from(published(row(bounds_note=WIDE_BOUNDS, bound_high=0.09)))
    source, survey, intervals, ranges = knowledge_page(found, EN).notes
    assert "Tools No. 4 and 8. " in source.replace("\u00a0", " ")
    assert source.endswith(EN.say("checklists.source.questions"))
    assert survey.endswith("Intervals are 95% confidence intervals.")
    assert "brackets hold the interval" in intervals
    assert "without brackets are a range" in ranges
    plain = knowledge_page(promises.evidence_from(published(row())), EN)
    assert EN.say("workbook.said.range") not in plain.notes
    assert "1, 3, 5, 9, 15 and 16. " in checklists_page(found, EN).notes[0]


def test_what_the_knowledge_base_asks_and_the_survey_cannot_say_is_for_research() -> None:
    found = promises.evidence_from(published(row()))
    asked = EN.say("research.here")
    assert (
        answer_from_survey(found, EN, question("wealth", tool=4))
        == answer_from_survey(found, EN, question(tool=4))
        == asked
    )
    assert answer_from_survey(found, EN, question("change", tool=4)) == EN.say("sheet.first_round")
    page = knowledge_page(found, EN)
    said = {line.id: line.cells[2] for line in page.lines}
    assert {said[id] for id in ("base_perpetrators", "base_recruiters", "base_life_cycle")} == {asked}
    assert "per 1,000 adults" in str(said["base_extent"])


def test_where_the_survey_has_an_answer_that_is_hidden_or_partial_it_does_not_say_that_it_has_none() -> None:
    hidden = (of("migrant", name, **HIDDEN) for name in ("here", "abroad"))
    bonded = row(measure="profile", breakdown="coercion", coercion="debt_bondage", category="debt_bondage")
    other = row(measure="profile", breakdown="coercion", coercion="other_penalty", category="other_penalty")
    found = promises.evidence_from(published(row(), *hidden, bonded, other, groups=("migrant", "coercion")))
    said = {line.id: str(line.cells[2]).replace("\u00a0", " ") for line in knowledge_page(found, EN).lines}
    more = EN.say("research.more")
    first, last = said["base_migrants"].split("\n")
    assert first.endswith("(per 1,000 adults): 2 categories not shown [c]")
    assert last == more
    first, last = said["base_debt"].split("\n")
    assert "debt_bondage" in first
    assert "other_penalty" not in first
    assert last == more
    assert said["base_poverty"] == EN.say("research.here")


def test_what_has_changed_is_answered_with_the_numbers_of_both_surveys() -> None:
    first = fell().baseline
    page = knowledge_page(
        replace(fell(), baseline=replace(first, table=first.table.assign(survey="First survey"))), EN
    )
    said = {line.id: str(line.cells[2]).replace("\u00a0", " ") for line in page.lines}
    assert "50.0 in 2025" in said["base_change"]
    assert "Target (25.0 by 2029) reached: cannot be said" in said["base_change"]
    assert said["base_now"] == EN.say("research.here")
    assert page.notes[1].startswith("Based on: First survey; Small survey.")


def test_the_numbers_of_everyone_have_the_name_of_their_measure() -> None:
    months = row(measure="duration", estimate=7.1, ci_low=6.1, ci_high=8.1)
    out = published(row(), row(measure="total", estimate=2_300.0, ci_low=1_800.0, ci_high=2_900.0), months)
    told = (
        answer_from_survey(promises.evidence_from(out), FR, question("total", "months"))
        .replace("\u00a0", " ")
        .splitlines()
    )
    assert [line.partition(" (")[0] for line in told] == [
        "Prévalence du travail forcé",
        "Personnes en situation de travail forcé",
        "Durée moyenne du travail forcé en mois",
    ]


def test_a_line_of_numbers_stands_once_on_a_sheet() -> None:
    """A question below the first names it in place of the same line."""
    found = promises.evidence_from(published(row(), of("region", "north"), groups=("region",)))
    first = answer_from_survey(found, EN, question("region"), earlier := dict[str, str]())
    asked = ChecklistQuestion(id="base_sector", tool=4, section="s", evidence=("region",))
    earlier = dict.fromkeys(earlier, "base_places")
    told = answer_from_survey(found, EN, asked, earlier)
    assert first.startswith("By region")
    assert told == f"See above: “{EN.say('checklists.questions.base_places')}”"
