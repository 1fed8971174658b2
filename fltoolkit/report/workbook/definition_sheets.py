"""How a run's numbers came about, after what the words mean (ILO toolkit, Tools No. 1 and 2)."""

from __future__ import annotations

from fltoolkit.nap.checklists import checklists
from fltoolkit.nap.evidence import Evidence
from fltoolkit.publish.published_set import MARKERS
from fltoolkit.show.wording.english_numbers import percent

DefinitionRow = tuple[str, str, str, str]


def definitions(evidence: Evidence) -> list[DefinitionRow]:
    """Definitions, the legal basis that the plan names, measures and methods: section, term, meaning and source."""
    said = [(d.section, d.term, d.meaning, d.source) for d in checklists().definitions]
    law = [row for row in said if row[0] == "Definition"]
    basis = [("Legal basis", "Named by the plan", text, "nap.yaml") for text in evidence.plan.legal_basis]
    return [*law, *basis, *(row for row in said if row not in law), *_method(evidence)]


def _method(evidence: Evidence) -> list[DefinitionRow]:
    out = evidence.now
    row = out.select("prevalence").iloc[0].to_dict()
    limits = out.limits
    told = [
        ("Survey", f"{row['survey']}, {row['year']:.0f}"),
        ("Rule set", f"{row['rule_set']}: what counts as forced labour. Involuntary work and coercion in the same work: {row['same_work']}."),
        ("Reference period", row["reference_period"]), ("Reference population", row["reference_population_label"]),
        ("Unresolved persons", "Persons whose open answers leave it undecided are not counted as cases and stay in the base: a lower bound."),
        ("Interval", f"{percent(row)} confidence interval, which allows for the sample design ({row['interval']}). The truth may lie outside it."),
        ("Confidentiality", f"Hidden are numbers from fewer than {limits.persons} persons, {limits.cases} cases or {limits.non_cases} non-cases, or from cases "
         f"of fewer than {limits.psus} sampling points or {limits.households} households; numbers of which one household, sampling point or "
         "person makes up the most; and others by which they could be worked out."),
        ("Reliability", out.judged or f"judged by the profile {out.profile}"),
        *((f"[{marker}]", words) for marker, words in MARKERS.items()),
        ("Not reached by the survey", "; ".join(out.coverage_excludes) or "nobody is named"), *(("Note", note) for note in out.notes),
    ]  # fmt: skip
    return [("Method", term, str(words), "") for term, words in told]
