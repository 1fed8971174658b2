"""Cells of two groups that are made of the same persons: age bands that nest, sectors at two levels, codes of one column.

Each group is a function of one finer variable (ages, industry codes, the codes of a column); its values are sums of the atoms of their
common refinement. 15–29 beside 15–24 tells of 25–29, which no table shows: such an atom is protected like a cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

from fltoolkit.publish.disclosure.cell_counts import Cell, Key, Sum
from fltoolkit.survey.classifications.industry_codes import sector_rows
from fltoolkit.survey.spec.groups import NOT_STATED, AgeGroup, Group, Sector
from fltoolkit.survey.spec.survey_spec import SurveySpec

Labels = Mapping[str, Mapping[str, str]]
ATOM = "atom"


@dataclass(frozen=True)
class Structure:
    """What is known of a survey's groups and populations before any count.

    Attributes:
        totals: populations that are the sum of others, with those.
        disjoint: pairs of populations without a person in common.
        variables: for each variable that several groups are made of, by group the label of each of its atoms.
        case_only: groups that only cases have.
    """

    totals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    disjoint: frozenset[frozenset[str]] = frozenset()
    variables: tuple[Labels, ...] = ()
    case_only: frozenset[str] = frozenset()


def structure(spec: SurveySpec) -> Structure:
    """That of a survey."""
    return Structure(spec.totals, frozenset(_disjoint(spec)), tuple(_shared_variables(spec)), spec.case_only)


def _shared_variables(spec: SurveySpec) -> list[Labels]:
    """For each variable that several groups are made of: by group, the label of each of the variable's atoms."""
    ages = {name: g for name, g in spec.groups.items() if isinstance(g, AgeGroup)}
    found: list[dict[str, Mapping[str, str]]] = [_age_atoms(ages)]
    coded: dict[object, dict[str, Mapping[str, str]]] = {}
    for name, group in {**spec.groups, **spec.sectors}.items():
        if isinstance(group, Group):
            coded.setdefault(group.column, {})[name] = group.labels
        elif isinstance(group, Sector):
            rows = {code: row.label for code, row in sector_rows(group).items() if code not in group.missing}
            coded.setdefault((group.column, group.revision, group.digits, group.correspondence, group.job), {})[name] = rows
    return [_refined(labels) for labels in [*found, *coded.values()] if len(labels) > 1]


def _disjoint(spec: SurveySpec) -> set[frozenset[str]]:
    """Pairs of populations without a person in common: by their ages, or by the codes that they ask of one column."""
    apart = set()
    for a, b in combinations(spec.populations, 2):
        one, other = spec.populations[a], spec.populations[b]
        younger, older = sorted((one.age, other.age), key=lambda age: age.min or 0)
        ages = younger.max is not None and older.min is not None and younger.max < older.min
        codes = any(set(one.where[c]).isdisjoint(other.where[c]) for c in one.where.keys() & other.where.keys())
        if not one.sum_of and not other.sum_of and (ages or codes):
            apart.add(frozenset({a, b}))
    return apart


def tie(cells: Mapping[Key, Cell], variables: Iterable[Labels]) -> tuple[dict[Key, Cell], list[Sum]]:
    """The atoms that a population's cells share, never shown themselves, and each cell as the sum of its atoms.

    An atom whose count the cells do not tell holds no cases here: it is only ever unknown.
    """
    atoms: dict[Key, Cell] = {}
    sums: list[Sum] = []
    for number, labels in enumerate(variables):
        for rest in sorted(_shared_rests(cells, labels), key=sorted):
            for within in dict.fromkeys(frozenset((g, v) for g, v in key if g in rest) for key in cells):
                if {g for g, _ in within} == rest:
                    found, more = _atoms(cells, labels, within, f"{ATOM} {number}")
                    atoms |= found
                    sums += more
    return atoms, sums


def _age_atoms(groups: Mapping[str, AgeGroup]) -> dict[str, Mapping[str, str]]:
    """Ages by the cuts of all bands; `not stated` is one in each group."""
    cuts = sorted({cut for g in groups.values() for cut in g.bands})
    names = [f"under {cuts[0]}", *(f"{a}–{b - 1}" for a, b in pairwise(cuts)), f"{cuts[-1]}+"] if cuts else []
    labels: dict[str, Mapping[str, str]] = {}
    for name, group in groups.items():
        bands = (f"under {group.bands[0]}", *group.labels)
        of = [bands[sum(band <= low for band in group.bands)] for low in (-1, *cuts)]
        labels[name] = dict(zip(names, of, strict=True)) | {NOT_STATED: NOT_STATED}
    return labels


def _refined(labels: Mapping[str, Mapping[str, str]]) -> Labels:
    """The atoms of the common refinement: what all the groups label alike is one."""
    values = dict.fromkeys(v for own in labels.values() for v in own)
    told = {v: tuple(own.get(v, NOT_STATED) for own in labels.values()) for v in [*values, NOT_STATED]}
    names = {way: " | ".join(dict.fromkeys(way)) for way in told.values()}
    return {group: {name: way[i] for way, name in names.items()} for i, group in enumerate(labels)}


def _shared_rests(cells: Mapping[Key, Cell], labels: Labels) -> set[frozenset[str]]:
    """By what else the cells of two of the groups are both broken down."""
    shown = {frozenset(g for g, _ in key) for key in cells}
    own = [(groups.intersection(labels), groups.difference(labels)) for groups in shown]
    rests = [(min(names), rest) for names, rest in own if len(names) == 1]
    return {a & b for (one, a), (other, b) in combinations(rests, 2) if one != other}


def _atoms(cells: Mapping[Key, Cell], labels: Labels, within: Key, name: str) -> tuple[dict[Key, Cell], list[Sum]]:
    """The atoms inside one cell of the other groups, and the sums of those groups' cells over them."""
    known = {group: found for group in labels if (found := _inside(cells, group, within))}
    ways = {group: {atom: frozenset({(group, v)}) | within for atom, v in labels[group].items()} for group in known}
    atoms = [atom for atom in next(iter(labels.values())) if all(ways[g][atom] in known[g] for g in known)]
    if len(known) < 2 or not atoms:
        return {}, []
    keys = [frozenset({(name, atom)}) | within for atom in atoms]
    wholes = [(known[g][whole], whole, [way[atom] == whole for atom in atoms]) for g, way in ways.items() for whole in known[g]]
    sums = [(whole, tuple(k for k, used in zip(keys, mine, strict=True) if used)) for _, whole, mine in wholes]
    rows = np.array([mine for *_, mine in wholes], dtype=float)
    inverse = np.linalg.pinv(rows)
    certain = np.abs(inverse @ rows - np.eye(len(atoms))).max(axis=1) < 1e-6
    told = [cell for cell, *_ in wholes]
    return {k: _sum(told, way if sure else 0 * way) for k, way, sure in zip(keys, inverse, certain, strict=True)}, sums


def _inside(cells: Mapping[Key, Cell], group: str, within: Key) -> dict[Key, Cell]:
    """The cells of a group inside a cell of others, added up from a finer breakdown where they are not shown themselves."""
    finer: dict[frozenset[str], dict[Key, list[Cell]]] = {}
    for key, cell in cells.items():
        groups = frozenset(g for g, _ in key)
        if within <= key and group in groups and group not in {g for g, _ in within}:
            whole = frozenset((g, v) for g, v in key if g == group) | within
            finer.setdefault(groups, {}).setdefault(whole, []).append(cell)
    if not finer:
        return {}
    coarsest = finer[min(finer, key=lambda groups: (len(groups), sorted(groups)))]
    return {key: _sum(parts, np.ones(len(parts))) for key, parts in coarsest.items()}


def _sum(cells: Sequence[Cell], factors: NDArray[np.float64]) -> Cell:
    """A linear combination of cells; what one of them lacks, the result lacks."""

    def of(name: str) -> float | None:
        values = [getattr(c, name) for c in cells]
        return None if None in values else float(np.dot(values, factors))

    non_cases = of("non_cases")
    return Cell(
        round(of("cases") or 0.0), round(of("persons") or 0.0), None if non_cases is None else round(non_cases),
        weighted=of("weighted"), weighted_others=of("weighted_others"), mean_weight=max(c.mean_weight for c in cells),
    )  # fmt: skip
