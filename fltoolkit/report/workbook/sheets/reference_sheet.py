"""Makes the workbook's sheet of reference: the meaning of the terms, the methods behind a run's numbers, the
links to the Sustainable Development Goals, and the ILO's global figures (ILO toolkit, Tools No. 1, 2 and
6)."""

from __future__ import annotations

from fltoolkit.languages.language import Language
from fltoolkit.nap.checklists import checklists
from fltoolkit.nap.evidence import Evidence
from fltoolkit.nap.global_estimates import references
from fltoolkit.publish.reliability import FLAGS
from fltoolkit.report.workbook.sheet_description import Page, SheetRow
from fltoolkit.report.workbook.sheet_words import columns_of, page, sentence, toolkit, word
from fltoolkit.show.wording import number_words
from fltoolkit.show.wording.result_sentences import asks_parents, flow_population
from fltoolkit.table_records import as_records

WHAT_IS_COUNTED = "statistics"
LOOKS = (("section", 13, "section"), ("term", 18, "text"), ("meaning", 73, "text"), ("source", 16, "text"))
ReferenceRow = tuple[str, str, str, str]
"""A section, a term, its meaning, and the source of the meaning (empty if there is none)."""


def reference(evidence: Evidence, language: Language) -> Page:
    """Returns the sheet of reference, one row per term."""
    defined = definitions(evidence, language)
    rows = [*defined, *_goals(evidence, language), *_global_figures(language)]
    notes = (toolkit(language, 1, 2, 6),)
    columns, lines = columns_of(language, LOOKS), [SheetRow(row) for row in rows]
    printed = {"printed_lines": len(defined), "one_page": True}
    return page(language, "reference", columns, lines, notes, once=(0,), tool="1, 2, 6", frozen=2, **printed)


def definitions(evidence: Evidence, language: Language) -> list[ReferenceRow]:
    """Returns the rows of definitions: legal terms, the legal basis that the plan names, measures and
    methods."""
    law: list[ReferenceRow] = []
    sources: list[ReferenceRow] = []
    for d in checklists().definitions:
        words = f"checklists.definitions.{d.id}"
        source = language.say(f"{words}.source") if language.has(f"{words}.source") else ""
        meaning = language.say(f"{words}.meaning")
        if d.id == WHAT_IS_COUNTED and flow_population(evidence.now, of_children=True):
            meaning = f"{meaning} {language.say('sheet.definition_of_children')}"
        row = (language.say(f"checklists.kinds.{d.kind}"), language.say(f"{words}.term"), meaning, source)
        (law if d.kind == "definition" else sources).append(row)
    section, named = (language.say(f"workbook.legal_basis.{part}") for part in ("section", "term"))
    basis = [(section, named, language.own(text), "") for text in evidence.plan.legal_basis]
    return [*law, *basis, *sources, *_method(evidence, language)]


def _method(evidence: Evidence, language: Language) -> list[ReferenceRow]:
    """Returns the rows that say how the numbers of this run were made."""
    out = evidence.now
    row, limits = out.select("prevalence").iloc[0].to_dict(), out.limits
    numbers = {
        name: str(getattr(limits, name)) for name in ("persons", "cases", "non_cases", "psus", "households")
    }
    counted = number_words.definition(language, row["rule_set"])
    texts = {
        "survey": language.kit(row["survey"]),
        "rules": _text(
            language,
            "rules",
            rules=number_words.start(counted),
            work=word(language, "same_work", row["same_work"]),
        ),
        "period": language.kit(row["reference_period"]),
        "population": language.kit(row["reference_population_label"]),
        "unresolved": language.say(
            f"workbook.method.unresolved.{'of_children' if asks_parents(out.table) else 'text'}"
        ),
        "interval": _text(
            language,
            "interval",
            level=number_words.level(language, row),
            method=word(language, "intervals", row["interval"]),
        ),
        "confidentiality": _text(language, "confidentiality", **numbers),
        "rounding": _text(language, "rounding"),
        "reliability": _text(language, "reliability", rules=_rules(evidence, language)),
    }
    terms = [(language.say(f"workbook.method.{name}.term"), text) for name, text in texts.items()]
    left_out = language.list(map(language.own, out.coverage_excludes)) or language.say(
        "workbook.method.coverage.nobody"
    )
    terms.append((language.say("workbook.method.coverage.term"), left_out))
    terms += [
        (language.say("workbook.method.note.term"), number_words.reason(language, note)) for note in out.notes
    ]
    kind = language.say("checklists.kinds.method")
    return [(kind, term, text, "") for term, text in terms]


def _rules(evidence: Evidence, language: Language) -> str:
    """Returns the reliability rules of the run's publication profile: each flag, and the reasons for it."""
    rules = evidence.now.publication_profile.reliability
    reasons = {
        flag: [number_words.reason(language, rule.reason) for rule in rules if rule.flag == flag]
        for flag in FLAGS
    }
    told = [
        language.colon(word(language, "flags", flag), ", ".join(dict.fromkeys(texts)))
        for flag, texts in reasons.items()
        if texts
    ]
    return number_words.start(language.list(told))


def _text(language: Language, name: str, **values: str) -> str:
    return language.say(f"workbook.method.{name}.text", **values)


def _goals(evidence: Evidence, language: Language) -> list[ReferenceRow]:
    """Returns the rows that link forced labour to targets of the Sustainable Development Goals (Tool No. 6),
    each with the plan's indicators that name the target. An indicator of another target gets a row too."""
    section, tool = language.say("workbook.goals.section"), language.say("workbook.tool", n="6")
    indicators = [i for s in evidence.plan.framework for i in s.indicators]
    listed = {code.strip(): link for link in checklists().sdg for code in link.target.split(",")}
    named: dict[str, list[str]] = {}
    for indicator in indicators:
        for code in indicator.sdg:
            link = listed.get(code) or listed.get(code.partition(".")[0])
            named.setdefault(link.target if link else code, []).append(language.own(indicator.indicator))
    texts = {link.target: language.say(f"checklists.sdg.{link.id}") for link in checklists().sdg}
    other = language.say("workbook.goals.other")
    rows: list[ReferenceRow] = [
        (section, language.say("workbook.goals.term"), language.say("workbook.goals.note"), "")
    ]
    for target in (*texts, *sorted(named.keys() - texts.keys())):
        mine = dict.fromkeys(named.get(target, ()))
        told = language.colon(language.say("workbook.goals.indicators"), language.list(mine)) if mine else ""
        meaning = " ".join(filter(None, (texts.get(target, other), told and f"{told}.")))
        rows.append((section, target, meaning, tool if target in texts else ""))
    return rows


def _global_figures(language: Language) -> list[ReferenceRow]:
    """Returns the rows of the ILO's global estimates of forced labour. They must not be compared with the
    survey's numbers; the first row gives the reason."""
    section = language.say("workbook.global_figures.section")
    figures = as_records(references())
    why = dict.fromkeys(number_words.reason(language, r["why"]) for r in figures)
    rows = [
        (
            section,
            language.say("workbook.global_figures.term"),
            " ".join((language.say("workbook.global_figures.note"), *map(sentence, why))),
            "",
        )
    ]
    for year in dict.fromkeys(r["year"] for r in figures):
        mine = [r for r in figures if r["year"] == year]
        places: dict[str, list[str]] = {}
        for r in mine:
            value = f"{number_words.in_unit(language, r['value'], r['measure'])} {language.kit(r['unit'])}"
            places.setdefault(number_words.reason(language, r["place"]), []).append(value)
        told = [language.colon(place, language.list(values)) for place, values in places.items()]
        rows.append((section, str(year), "\n".join(told), language.kit(mine[0]["source"])))
    return rows
