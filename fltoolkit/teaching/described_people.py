"""Shows the described people of the first lesson, and the kit's own classification of each person. A learner
sees this classification after answering."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import yaml

from fltoolkit.classify import classify
from fltoolkit.show.charts.chart_style import Table
from fltoolkit.show.tables import plain
from fltoolkit.survey import read_survey
from fltoolkit.survey.engine.engines import to_pandas
from fltoolkit.teaching.lesson import Lesson

FILE = Path(__file__).parent / "people.yaml"


def routes(lesson: Lesson) -> Any:
    """Returns a table of the described people with the steps of the definition of forced labour that lead to
    each person's result. The steps are shown only if the learner has classified the person correctly;
    otherwise the table shows `not yet`.

    In an interactive lesson the table changes after every answer.
    """
    return lesson.follow(lambda: _routes(lesson))


def _routes(lesson: Lesson) -> Table:
    found = classified()
    body = pd.DataFrame(
        {
            "Who": [str(name).capitalize() for name in found.index],
            "The kit's way": [
                trace if lesson.right.get(str(name)) else "not yet" for name, trace in found["trace"].items()
            ],
        }
    )
    return plain(
        body,
        "The same people, by the kit",
        "rule set icls_2018; in brackets what was answered yes, or not answered",
    )


@cache
def classified() -> pd.DataFrame:
    """Returns the kit's own classification of each described person, from the answers in people.yaml. The
    index is the person's name. `trace` describes the steps of the definition of forced labour that lead to
    the result, and `step` is the last of them."""
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    people = pd.DataFrame.from_dict(content["people"], orient="index").rename_axis("who").reset_index()
    with TemporaryDirectory() as folder:
        people.to_csv(Path(folder) / "people.csv", index=False)
        path = Path(folder) / "survey.yaml"
        path.write_text(yaml.safe_dump(content["survey"]), encoding="utf-8")
        persons = classify(read_survey(path))
        frame = to_pandas(persons.frame.select("src__who", "step", persons.trace.alias("trace")), path)
    by_name: pd.DataFrame = frame.set_index("src__who").loc[list(content["people"])]
    return by_name
