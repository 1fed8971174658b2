"""Lists the columns that a survey.yaml needs, and derives from them for each person: the key, child or adult, answered the module or not."""

from __future__ import annotations

import narwhals as nw

from fltoolkit.survey.data.internal_columns import AGE, KEY, SOURCE
from fltoolkit.survey.data.person_frame import PART, WantedColumns
from fltoolkit.survey.data.unit_labels import joined
from fltoolkit.survey.spec.files_and_design import ModuleStatus
from fltoolkit.survey.spec.survey_spec import SurveySpec


def wanted_columns(spec: SurveySpec) -> WantedColumns:
    """The data columns a survey.yaml names, `{episode}` filled in; with what the conditions of corrections need."""
    persons = {c: spec.key_of(c) for c in spec.person_columns()}
    episodes = {c: spec.key_of(c) for c in spec.episode_columns()}
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
    """Whose PSU was taken with certainty."""
    flag = spec.design.certainty
    return None if flag is None else nw.col(SOURCE + flag.column).is_in(list(flag.codes)).fill_null(False)


def is_child(spec: SurveySpec) -> nw.Expr:
    """Whom the children's definition is for: by age at interview; of an unknown age, who answered their module and no other."""
    if spec.children is None:
        return nw.lit(False)
    own = spec.children.module
    only_theirs = nw.lit(False) if own is None else _answered(own) & ~_answered(spec.module)
    return nw.when(nw.col(AGE).is_null()).then(only_theirs).otherwise(nw.col(AGE) < spec.age.adult)


def answered_module(spec: SurveySpec, child: nw.Expr) -> nw.Expr:
    """Who answered the module meant for them."""
    own = spec.children and spec.children.module
    return nw.when(child).then(_answered(own or spec.module)).otherwise(_answered(spec.module))


def _answered(module: ModuleStatus | None) -> nw.Expr:
    """Who answered a module; everyone, where survey.yaml names no status."""
    if module is None:
        return nw.lit(True)
    return nw.col(SOURCE + module.column).is_in(list(module.answered)).fill_null(False)


def person_key(spec: SurveySpec) -> nw.Expr:
    """One text that tells persons apart, the same in the person and the episodes file."""
    return joined([nw.col(PART).cast(nw.String), *(nw.col(SOURCE + c) for c in spec.files.person.key)]).alias(KEY)
