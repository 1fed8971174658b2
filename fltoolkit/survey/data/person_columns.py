"""Lists the columns that a survey.yaml needs. Derives each person's key, whether the person is a child, and whether they answered
the module on forced labour."""

from __future__ import annotations

import narwhals as nw

from fltoolkit.survey.data.internal_columns import AGE, KEY, SOURCE
from fltoolkit.survey.data.person_frame import PART, WantedColumns
from fltoolkit.survey.data.unit_labels import joined
from fltoolkit.survey.spec.files_and_design import ModuleStatus
from fltoolkit.survey.spec.survey_spec import SurveySpec


def wanted_columns(spec: SurveySpec) -> WantedColumns:
    """Returns the columns of the data that have to be read for a survey.yaml, and in which form (text or number). Columns in the
    conditions of corrections are included. If a name holds `{episode}`, there is one column for each label of an episode."""
    persons, episodes = spec.keys_of(spec.person_columns()), spec.keys_of(spec.episode_columns())
    if not spec.episodes.long:
        filled = {c.replace("{episode}", e): key for c, key in episodes.items() for e in (spec.episodes.wide or ("",))}
        persons, episodes = {**persons, **filled}, {}
    key = spec.files.person.key
    for correction in spec.corrections:
        of = persons if correction.column in (*persons, *key) else episodes
        of |= {c: "corrections.where" for c in correction.where if c not in of}
    touched = {c for correction in spec.corrections for c in (correction.column, *correction.where)}
    corrected = any(correction.column in key for correction in spec.corrections)
    return WantedColumns(persons, episodes, spec.number_columns(), spec.bare_columns() - touched, spec.code_columns(), corrected)


def certain(spec: SurveySpec) -> nw.Expr | None:
    """Returns whether each person is in a PSU that was taken into the sample with certainty. The function returns None if the
    design has no such PSUs."""
    flag = spec.design.certainty
    return None if flag is None else nw.col(SOURCE + flag.column).is_in(list(flag.codes)).fill_null(False)


def is_child(spec: SurveySpec) -> nw.Expr:
    """Returns whether a person is a child, so that the definition for children applies. The age at interview decides. A person of
    unknown age is a child if they answered the children's module and not the adults' module."""
    if spec.children is None:
        return nw.lit(False)
    own = spec.children.module
    only_theirs = nw.lit(False) if own is None else _answered(own) & ~_answered(spec.module)
    return nw.when(nw.col(AGE).is_null()).then(only_theirs).otherwise(nw.col(AGE) < spec.age.adult)


def answered_module(spec: SurveySpec, child: nw.Expr) -> nw.Expr:
    """Returns whether a person answered the right module (set of questions on forced labour): children the children's module,
    adults the adults' module.
    """
    own = spec.children and spec.children.module
    return nw.when(child).then(_answered(own or spec.module)).otherwise(_answered(spec.module))


def _answered(module: ModuleStatus | None) -> nw.Expr:
    """Returns whether a person answered a module. True for everyone if survey.yaml does not name the module's column."""
    if module is None:
        return nw.lit(True)
    return nw.col(SOURCE + module.column).is_in(list(module.answered)).fill_null(False)


def person_key(spec: SurveySpec) -> nw.Expr:
    """Returns one text per person that identifies the person. It is the same in the person file and in the episodes file."""
    return joined([nw.col(PART).cast(nw.String), *(nw.col(SOURCE + c) for c in spec.files.person.key)]).alias(KEY)
