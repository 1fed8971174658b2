"""Lists the columns of the data that a survey.yaml needs. Also derives each person's key, whether the person
is a child, and whether the person answered the module on forced labour."""

from __future__ import annotations

import narwhals as nw

from fltoolkit.survey.data.internal_columns import AGE, KEY, PART, SOURCE
from fltoolkit.survey.data.person_frame import WantedColumns
from fltoolkit.survey.data.unit_labels import joined_labels
from fltoolkit.survey.spec.files_and_design import ModuleStatus
from fltoolkit.survey.spec.survey_spec import SurveySpec


def wanted_columns(spec: SurveySpec) -> WantedColumns:
    """Returns the columns of the data that have to be read for a survey.yaml, and in which form (text or
    number). The columns in the conditions of corrections are included. A column with `{episode}` in its name
    is replaced by one column for each episode (spell) of work."""
    persons, episodes = spec.keys_of(spec.person_columns()), spec.keys_of(spec.episode_columns())
    if not spec.episodes.long:
        filled = {
            c.replace("{episode}", e): key
            for c, key in episodes.items()
            for e in (spec.episodes.wide or ("",))
        }
        persons, episodes = {**persons, **filled}, {}
    key = spec.files.person.key
    for correction in spec.corrections:
        of = persons if correction.column in (*persons, *key) else episodes
        of |= {c: "corrections.where" for c in correction.where if c not in of}
    touched = {c for correction in spec.corrections for c in (correction.column, *correction.where)}
    corrected = any(correction.column in key for correction in spec.corrections)
    units = [c for c in (*spec.design.strata, spec.design.psu, *spec.design.second_stage) if c]
    bare = spec.bare_columns() - touched
    return WantedColumns(
        persons, episodes, spec.number_columns(), bare, spec.code_columns(), units, corrected
    )


def certain(spec: SurveySpec) -> nw.Expr | None:
    """Returns, for each person, whether the person is in a PSU that was taken into the sample with certainty.
    The function returns None if survey.yaml names no column for this."""
    flag = spec.design.certainty
    return None if flag is None else nw.col(SOURCE + flag.column).is_in(list(flag.codes)).fill_null(False)


def is_child(spec: SurveySpec) -> nw.Expr:
    """Returns, for each person, whether the definition of forced labour for children applies. The age at
    interview decides. A person of unknown age counts as a child if they answered the children's module and
    not the adults' module. If the survey has no module on children, nobody is a child."""
    if spec.children is None:
        return nw.lit(False)
    own = spec.children.module
    only_theirs = nw.lit(False) if own is None else _answered(own) & ~_answered(spec.module)
    return nw.when(nw.col(AGE).is_null()).then(only_theirs).otherwise(nw.col(AGE) < spec.age.adult)


def answered_module(spec: SurveySpec, child: nw.Expr) -> nw.Expr:
    """Returns, for each person, whether the person answered the module (set of questions on forced labour)
    that applies: the children's module for children, and the adults' module for adults. `child` says who is a
    child."""
    own = spec.children and spec.children.module
    return nw.when(child).then(_answered(own or spec.module)).otherwise(_answered(spec.module))


def _answered(module: ModuleStatus | None) -> nw.Expr:
    """Returns, for each person, whether the person answered a module. The result is true for everyone if
    survey.yaml names no column for this (`module` is None)."""
    if module is None:
        return nw.lit(True)
    return nw.col(SOURCE + module.column).is_in(list(module.answered)).fill_null(False)


def person_key(spec: SurveySpec) -> nw.Expr:
    """Returns a text that identifies each person. Rows of the person file and of the episodes file have the
    same text if they belong to the same person."""
    return joined_labels(
        [nw.col(PART).cast(nw.String), *(nw.col(SOURCE + c) for c in spec.files.person.key)]
    ).alias(KEY)
