"""Checks that involuntary work and coercion, the two sides of the definition of forced labour, use different
answers."""

from __future__ import annotations

from collections.abc import Iterable

from fltoolkit.errors import SpecError
from fltoolkit.survey.spec.questions import Source
from fltoolkit.survey.spec.survey_spec import SurveySpec


def check_sides(
    spec: SurveySpec,
    involuntary: Iterable[tuple[str, Source]],
    coercion: Iterable[tuple[str, Source]],
    where: str,
) -> None:
    """Raise `SpecError` if the same answer (a code of a column) counts both for involuntary work and for
    coercion, the two sides of the definition of forced labour (docs/survey_yaml.md, A question).

    Args:
        spec: the survey.
        involuntary: pairs of an item of involuntary work, such as `unagreed_overtime`, and a question about
            it.
        coercion: pairs of an item of coercion, such as `debt_bondage`, and a question about it.
        where: the path of survey.yaml, for the message.
    """
    fed = {
        (source.column, code): item for item, source in involuntary for code in source.codes(spec.answers).yes
    }
    for item, source in coercion:
        for code in source.codes(spec.answers).yes:
            if (source.column, code) in fed:
                raise SpecError(
                    "one answer counts on both sides of the definition",
                    where=f"{where}: items",
                    found=f"code {code} of {source.column} is {fed[source.column, code]} and {item}",
                    do="keep it on one side; different codes of one column may be on different sides",
                )
