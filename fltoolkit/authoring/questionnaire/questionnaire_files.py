"""Writes the XLSForm and the survey.yaml of a questionnaire, so that nobody has to write the survey.yaml by
hand."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from fltoolkit.authoring.questionnaire.questionnaire_model import Questionnaire
from fltoolkit.authoring.questionnaire.survey_mapping import HEAD, survey_text
from fltoolkit.authoring.questionnaire.xlsform import workbook
from fltoolkit.errors import RequestError, SpecError
from fltoolkit.files import read_bytes, write_whole
from fltoolkit.yaml_files.loading import MOST_BYTES, load_model

SOURCE, FORM, MAPPING = "questionnaire.yaml", "questionnaire.xlsx", "survey.yaml"


def write_questionnaire(folder: str | Path, languages: Sequence[str] = ()) -> list[Path]:
    """Write `questionnaire.xlsx` and `survey.yaml` beside the `questionnaire.yaml` of a folder.

    Args:
        folder: the folder of questionnaire.yaml (docs/questionnaire.md).
        languages: the languages of the form, by their short names. If it is empty, all languages are used.
            The first language is the form's default, and the language of the labels in survey.yaml.

    Returns:
        The paths of the two files. The same YAML always gives the same bytes.

    Raises:
        SpecError: questionnaire.yaml contradicts itself, or has no such language.
        RequestError: there is a survey.yaml that this function did not write, or that is not a regular file.
            It is never overwritten.
    """
    source, form, mapping = (Path(folder) / name for name in (SOURCE, FORM, MAPPING))
    asked = load_model(source, Questionnaire)
    chosen = list(languages) or list(asked.languages)
    if strange := [name for name in chosen if name not in asked.languages]:
        raise SpecError("no such language", where=str(source), found=strange, allowed=list(asked.languages))
    if os.path.lexists(mapping) and not read_bytes(mapping, MOST_BYTES, RequestError).startswith(
        HEAD[0].encode()
    ):
        raise RequestError(
            "there is a survey.yaml that was written by hand, and it is not overwritten",
            where=str(mapping),
            do="move it away, or copy questionnaire.yaml into a folder of its own",
        )
    text = survey_text(asked, chosen[0], str(source))
    write_whole(form, workbook(asked, chosen))
    write_whole(mapping, text)
    return [form, mapping]
