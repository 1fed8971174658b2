"""What partners answer: which cells are theirs, and what the survey says beside a question."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import promises
from handed import EN, FR, evidence

from fltoolkit.nap.checklists import ChecklistQuestion, checklists
from fltoolkit.nap.partner_entries import Partners
from fltoolkit.report.workbook.sheet_writer import Styled
from fltoolkit.report.workbook.sheets.partner_sheets import SHEETS, checklist, methods, smart, survey_says


def entries(**tables: Any) -> Partners:
    return Partners.model_validate(tables)


def test_only_what_the_kit_cannot_tell_is_asked_of_partners() -> None:
    row = {"id": "rate", "code": "Objective", "indicator": "Prevalence", "missing": ""}
    judged = [
        row | {"criterion": "specific", "met": "no", "missing": "whom it counts"},
        row | {"criterion": "time_bound", "met": "partners"},
    ]
    filled = entries(checklists={"smart.rate.time_bound": {"answer": "partly"}})
    found = replace(promises.evidence_before_a_repeat(promises.plan_with(), filled), smart=pd.DataFrame(judged))
    told, asked = smart(found, EN).lines
    assert told.cells == ("Objective", "Prevalence", "Specific", Styled("NO", "warn"), "whom it counts", None, None)
    assert told.inputs == ()
    assert asked.cells == ("Objective", "Prevalence", "Time-bound", "partners", "", "partly", None)
    assert (asked.id, asked.inputs, asked.held) == ("smart.rate.time_bound", ("answer", "note"), {"answer"})


def test_every_question_of_a_tool_is_asked_in_the_plans_language_with_what_partners_answered() -> None:
    filled = entries(checklists={"cap_impact": {"answer": "yes", "note": "since 2024"}})
    made = promises.evidence_before_a_repeat(promises.plan_with(), filled)
    for tool in SHEETS:
        assert [line.id for line in checklist(made, FR, tool).lines] == [q.id for q in checklists().of(tool)]
    page = checklist(made, FR, 9)
    answer = next(c for c in page.columns if c.key == "answer")
    assert (page.name, answer.choices) == ("Capacités", {"yes": "oui", "partly": "en partie", "no": "non"})
    last = page.lines[-1]
    assert last.cells[1:] == ("L’impact du renforcement des capacités est-il suivi et évalué\u202f?", "yes", "since 2024")


def test_a_standard_is_named_apart_from_what_is_asked_of_it() -> None:
    lines = {line.id: line for line in methods(evidence(), FR).lines}
    section, name, asked, source, *_ = lines["ils_c105"].cells
    assert (section, name) == ("Normes\u202f: Travail forcé", "Convention (n°\u00a0105) sur l’abolition du travail forcé, 1957")
    assert str(asked).startswith("Est-elle ratifiée")
    assert source == "Boîte à outils de l’OIT, outil 1"


def question(*asked: str) -> ChecklistQuestion:
    return ChecklistQuestion(id="q", tool=3, section="s", evidence=asked)


def test_the_survey_speaks_in_published_numbers_and_counts_what_is_hidden() -> None:
    made = promises.evidence_before_a_repeat(promises.plan_with())
    usual = made.baseline.table.iloc[0].to_dict()
    gender = usual | {"group": "gender", "marker": "u", "baseline_value": 6.25, "category": "men"}
    hidden = usual | {"group": "gender", "marker": "c", "baseline_value": None, "category": "women"}
    persons = usual | {"group": "region", "measure": "total", "unit": "persons", "baseline_value": 1234.4, "category": "north"}
    table = pd.DataFrame([usual, gender, hidden, persons, persons | {"measure": "stock", "baseline_value": 9.0}])
    found = replace(made, baseline=replace(made.baseline, table=table))
    told = survey_says(found, EN, question("total", "gender", "region")).replace("\u00a0", " ")
    assert told.splitlines() == [
        "Everyone (per 1,000 adults): 5.0 (4.0 to 6.0)",
        "By gender (per 1,000 adults): men 6.2 (4.0 to 6.0) [u]; 1 not shown ([u] low reliability)",
        "By region (persons): north 1,230 (4 to 6)",
    ]
    assert survey_says(found, EN, question("nationality")) == survey_says(found, EN, question("change")) == ""
