"""Writes the disclosure record in the kernel of the notebooks. This kernel still has their published numbers
in memory."""

from __future__ import annotations

import json
from collections.abc import Mapping

from fltoolkit.files import file_error
from fltoolkit.run.private_folder import HIDDEN, HIDDEN_PAGE, write_private


def call(place: str, name: str, parameters: Mapping[str, str]) -> str:
    """Returns a line of code that calls `write_disclosure` with these arguments. The kernel of the notebooks
    then runs this line. `place` is the private folder, and `name` the survey's folder in it."""
    return (
        f"__import__('{__name__}', fromlist=['*']).write_disclosure({place!r}, {name!r}, "
        f"{dict(parameters)!r})"
    )


def write_disclosure(place: str, name: str, parameters: Mapping[str, str]) -> None:
    """Writes the record of the cells that a run hides, with the reasons, into the private folder of the run:
    `disclosure.json`, and `disclosure.html` for signature.

    Args:
        place, name: see `write_private`.
        parameters: the parameters of the notebook that publishes the run (`survey`, `plan`; also `rules` and
            `profile` if they are not the default).

    Raises:
        FltoolkitError: the survey cannot be published, or the place cannot be written to.
    """
    from fltoolkit.classify.adults import classify
    from fltoolkit.nap.results_framework import plan_beside
    from fltoolkit.publish.disclosure_record import disclosure_record
    from fltoolkit.report.document_formats.html_writer import as_html
    from fltoolkit.report.documents.disclosure_page import disclosure_page
    from fltoolkit.survey.survey_opening import read_survey

    survey = parameters["survey"]
    rules, profile = ({key: parameters[key]} if key in parameters else {} for key in ("rules", "profile"))
    persons = classify(read_survey(survey), **rules)
    record = disclosure_record(persons, plan=plan_beside(survey, parameters["plan"]), **profile)
    text = json.dumps(record.as_dict(), indent=1, ensure_ascii=False, allow_nan=False)
    try:
        write_private(place, name, HIDDEN, text + "\n")
        write_private(place, name, HIDDEN_PAGE, as_html(disclosure_page(record)))
    except OSError as error:
        raise file_error(error) from None
