"""Adds to each person the reference populations and the groups: sex, age band, region, status in employment and ISIC sector, as labels."""

from __future__ import annotations

import narwhals as nw

from fltoolkit.classify.answers_as_truths import all_of, any_of, choose, relabelled
from fltoolkit.classify.children import ALL_ROUTES
from fltoolkit.survey.classifications.industry_codes import isic_key, sector_rows
from fltoolkit.survey.data.internal_columns import AGE, ASKED, CHILD
from fltoolkit.survey.data.person_frame import Frame, column, numeric
from fltoolkit.survey.design.survey_design import weight_of
from fltoolkit.survey.spec.groups import NOT_STATED, AgeGroup, Bands, Group, NumberGroup, Sector
from fltoolkit.survey.spec.questions import FORMS
from fltoolkit.survey.spec.survey_spec import SurveySpec

POPULATION = "fl__population__"


def memberships(spec: SurveySpec) -> list[nw.Expr]:
    """Who belongs to each population that is no sum of others."""
    return [membership(spec, name).alias(POPULATION + name) for name, p in spec.populations.items() if not p.sum_of]


def with_sums(frame: Frame, spec: SurveySpec) -> Frame:
    """The frame with who belongs to each population that is a sum: those of its parts, each with the weight of their own part."""
    for name, population in spec.populations.items():
        if population.sum_of:
            first, second = population.sum_of
            weight = nw.when(nw.col(POPULATION + first)).then(nw.col(weight_of(first))).otherwise(nw.col(weight_of(second)))
            either = any_of([nw.col(POPULATION + first), nw.col(POPULATION + second)])
            frame = frame.with_columns(either.alias(POPULATION + name), weight.alias(weight_of(name)))
    return frame


def membership(spec: SurveySpec, name: str) -> nw.Expr:
    """Who belongs to a population, its module answered. An unknown age stays in: the module was asked of that age group."""
    population = spec.populations[name]
    conditions = [nw.col(ASKED), nw.col(CHILD) if spec.of_children(name) else ~nw.col(CHILD)]
    if population.age.min is not None:
        conditions.append((nw.col(AGE) >= population.age.min).fill_null(True))
    if population.age.max is not None:
        conditions.append((nw.col(AGE) <= population.age.max).fill_null(True))
    conditions += [column(name).is_in(list(codes)).fill_null(False) for name, codes in population.where.items()]
    return all_of(conditions)


def group_columns(spec: SurveySpec) -> list[nw.Expr]:
    """Every group of survey.yaml as a text column under its own name; `not stated` is a value, never a dropped row."""
    columns = [group(g).alias(name) for name, g in spec.groups.items()]
    columns += [sector(s).fill_null(NOT_STATED).alias(n) for n, s in spec.sectors.items() if s.job == "all_workers"]
    return columns


def group(spec: Group | AgeGroup | NumberGroup) -> nw.Expr:
    """A coded group, or bands of age or of a column of numbers."""
    if isinstance(spec, Group):
        labels: dict[str, list[str]] = {}
        for code, label in spec.labels.items():
            labels.setdefault(label, []).append(code)
        return choose(spec.column, labels).fill_null(NOT_STATED)
    value = nw.col(AGE)
    if isinstance(spec, NumberGroup):
        value = nw.when(~column(spec.column).is_in(list(spec.missing))).then(numeric(spec.column))
    return banded(value, spec)


def banded(value: nw.Expr, spec: Bands) -> nw.Expr:
    """Numbers as the labels of their bands; `not stated` where there is none."""
    band = nw.lit(f"under {spec.bands[0]}")
    for lower, label in zip(spec.bands, spec.labels, strict=True):
        band = nw.when(value >= lower).then(nw.lit(label)).otherwise(band)
    return nw.when(value.is_null() | value.is_nan()).then(nw.lit(NOT_STATED)).otherwise(band)


def group_order(spec: SurveySpec, name: str) -> list[str]:
    """The values of a group in the order in which a table shows them."""
    if name in spec.sectors:
        return [*dict.fromkeys(row.label for row in sector_rows(spec.sectors[name]).values()), NOT_STATED]
    if name in ("form", "route"):
        return [*FORMS, NOT_STATED] if name == "form" else list(ALL_ROUTES)
    found = spec.groups[name]
    if isinstance(found, Group):
        return [*dict.fromkeys(found.labels.values()), NOT_STATED]
    return [f"under {found.bands[0]}", *found.labels, NOT_STATED]


def sector(spec: Sector, episode: str = "") -> nw.Expr:
    """An industry column as sector labels, null where the code is unknown or missing."""
    label = relabelled(isic_key(spec, episode), {code: row.label for code, row in sector_rows(spec).items()})
    return nw.when(~column(spec.column, episode).is_in(list(spec.missing))).then(label)
