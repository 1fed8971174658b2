"""Lists which questions were asked and who was asked, so that two surveys can be compared."""

from __future__ import annotations

from collections import Counter

from fltoolkit.survey.spec.survey_spec import SurveySpec


def questionnaire_of(spec: SurveySpec, population: str) -> tuple[str, ...]:
    """Returns the questions that decide who is a case in a population, one text per item, sorted. For example, `debt_bondage: 2
    experienced, 1 threatened` means two questions about own experience and one about threats.

    For adults, the module on children is left out. Wording, codes, order and routing are not included, because survey.yaml does
    not have all of them, and two rounds may code the same question differently.
    """
    left_out = ("interview.", "trafficking", *(("children.",) if spec.definition_of(population) == "adults" else ()))
    asked = Counter((where, source.mode) for where, source in spec.questions() if not where.startswith(left_out))
    keys = dict.fromkeys(where for where, _ in sorted(asked))
    modes = {key: [f"{n} {mode}" for (where, mode), n in sorted(asked.items()) if where == key] for key in keys}
    return tuple(f"{key.removeprefix('items.')}: {', '.join(modes_of_key)}" for key, modes_of_key in modes.items())


def ages_of(spec: SurveySpec, population: str) -> str:
    """Returns the ages of a population, such as `15 and over` or `5 to 17`; for a sum of populations, the ages of each."""
    if parts := spec.populations[population].sum_of:
        return "; ".join(ages_of(spec, part) for part in parts)
    ages = spec.populations[population].age
    low = ages.min or 0
    return f"{low} and over" if ages.max is None else f"{low} to {ages.max}"
