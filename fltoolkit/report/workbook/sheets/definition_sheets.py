"""Makes the rows of the sheet of definitions: the meaning of the terms, and the methods behind a run's
numbers (ILO toolkit, Tools No. 1 and 2)."""

from __future__ import annotations

from fltoolkit.languages.language import Language
from fltoolkit.nap.checklists import checklists
from fltoolkit.nap.evidence import Evidence
from fltoolkit.publish.reliability import FLAGS
from fltoolkit.report.workbook.sheet_words import word
from fltoolkit.show.wording import number_words
from fltoolkit.show.wording.result_sentences import asks_parents, flow_population

WHAT_IS_COUNTED = "statistics"
DefinitionRow = tuple[str, str, str, str]


def definitions(evidence: Evidence, language: Language) -> list[DefinitionRow]:
    """Returns the rows of the sheet of definitions: legal terms, the legal basis that the plan names,
    measures and methods. Each row has a section, a term, its meaning and the source of the meaning (empty if
    there is none)."""
    law: list[DefinitionRow] = []
    sources: list[DefinitionRow] = []
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


def _method(evidence: Evidence, language: Language) -> list[DefinitionRow]:
    """Returns the rows of the sheet of definitions that say how the numbers of this run were made."""
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
