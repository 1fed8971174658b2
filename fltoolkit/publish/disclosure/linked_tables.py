"""Cells hidden in every population of a run at once: sums of populations, the same persons in two of them, groups that nest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from fltoolkit.publish.disclosure.cell_counts import Cell, Key, Limits, Sum, confidential, same_breakdown, sums_of
from fltoolkit.publish.disclosure.complementary_suppression import protect
from fltoolkit.publish.disclosure.disclosure_audit import exposed
from fltoolkit.publish.disclosure.overlapping_groups import Structure, tie
from fltoolkit.survey.spec.groups import crossed

T = TypeVar("T")
Tables = dict[str, dict[Key, Cell]]
Hidden = dict[str, dict[Key, str]]
POPULATION = "reference_population"


@dataclass(frozen=True)
class Protection:
    """What all tables of a run are protected by: what is known of the survey, and the limits. `coarse` gathers, in words, the breakdowns
    that can only be hidden as a whole."""

    known: Structure
    limits: Limits
    coarse: list[str]


@dataclass
class _Tied:
    """The cells of each population with the atoms they share, and what ties them beside the sums of their breakdowns."""

    tables: Tables
    sums: dict[str, list[Sum]]
    by: Protection


def settled(tables: Tables, primary: Hidden, gone: Hidden, by: Protection) -> Hidden:
    """Cells to hide in each population, atoms that several groups share among them; audited."""
    tied = {name: tie(cells, by.known.variables) for name, cells in tables.items()}
    whole = _Tied({n: {**c, **tied[n][0]} for n, c in tables.items()}, {n: sums for n, (_, sums) in tied.items()}, by)
    few = {n: {k: why for k, c in atoms.items() if (why := confidential(c, by.limits))} for n, (atoms, _) in tied.items()}
    nowhere = {n: gone[n] | dict.fromkeys(atoms, "nowhere shown") for n, (atoms, _) in tied.items()}
    return _agree(whole, {n: primary[n] | few[n] for n in tables}, nowhere)


def _agree(tied: _Tied, primary: Hidden, gone: Hidden) -> Hidden:
    """Cells to hide in each population.

    A cell with as many cases in two populations is taken to hold the same ones: hidden in one, it is hidden in the other.
    """
    while True:
        found: Hidden = {}
        for family in _families(tied):
            for name, away in _protected(family, tied, primary, gone).items():
                found[name] = found.get(name, {}) | away
        more = [
            (name, k, why)
            for name, cells in tied.tables.items()
            for other, theirs in found.items()
            for k, why in theirs.items()
            if k in cells and k not in found[name] and cells[k].cases == tied.tables[other][k].cases
        ]
        if not (more := more or _exposed(tied, primary, found)):
            return found
        for name, k, why in more:
            gone[name] = gone[name] | {k: why}


def _exposed(tied: _Tied, primary: Hidden, found: Hidden) -> list[tuple[str, Key, str]]:
    """The audit. What to hide where a cell is exposed all the same: its breakdown as a whole, or else all that it is tied to."""
    more: dict[tuple[str, Key], str] = {}
    for family in _families(tied):
        cells, first, hidden = _of_family(family, tied.tables), _of_family(family, primary), _of_family(family, found)
        for key in exposed(cells, first, hidden, tied.by.limits, _family_sums(family, tied)):
            whole = [k for k in same_breakdown(cells, key) if k not in hidden] or [k for k in cells if k not in hidden]
            for k in whole:
                name = dict(k)[POPULATION]
                more[name, k - {(POPULATION, name)}] = "hidden with its breakdown"
    told = dict.fromkeys(_cell_in_words(name, k) for name, k in more)
    tied.by.coarse.extend(text for text in told if text not in tied.by.coarse)
    return [(name, k, why) for (name, k), why in more.items()]


def _families(tied: _Tied) -> list[tuple[str, ...]]:
    """Populations that are protected together: each total with its parts, every other by itself."""
    totals = tied.by.known.totals
    families = [(name, *totals[name]) for name in tied.tables if name in totals and set(totals[name]) <= tied.tables.keys()]
    taken = {name for family in families for name in family}
    return [*families, *((name,) for name in tied.tables if name not in taken)]


def _tagged(name: str, key: Key) -> Key:
    return key | {(POPULATION, name)}


def _of_family(family: tuple[str, ...], tables: Mapping[str, Mapping[Key, T]]) -> dict[Key, T]:
    """The cells of several populations in one table, the population a group like others."""
    return {_tagged(name, k): v for name in family for k, v in tables[name].items()}


def _protected(family: tuple[str, ...], tied: _Tied, primary: Hidden, gone: Hidden) -> Hidden:
    """`protect` over the cells of a family."""
    cells, first, away = _of_family(family, tied.tables), _of_family(family, primary), _of_family(family, gone)
    hidden = protect(cells, first, tied.by.limits, gone=away, sums=_family_sums(family, tied))
    return {name: {k: hidden[t] for k in tied.tables[name] if (t := _tagged(name, k)) in hidden} for name in family}


def _family_sums(family: tuple[str, ...], tied: _Tied) -> list[Sum]:
    """The sums within each population, and each total's cell as the sum of its parts'."""
    tables = tied.tables
    sums: list[Sum] = [
        (_tagged(name, whole), tuple(_tagged(name, k) for k in parts))
        for name in family
        for whole, parts in sums_of(tables[name], tied.sums[name])
    ]
    total, *parts = family
    groups = {name: {frozenset(g for g, _ in k) for k in tables[name]} for name in parts}
    for key in tables[total] if parts else ():
        if all(frozenset(g for g, _ in key) in groups[name] for name in parts):
            sums.append((_tagged(total, key), tuple(_tagged(name, key) for name in parts if key in tables[name])))
    return sums


def _cell_in_words(population: str, key: Key) -> str:
    """A cell's breakdown and population, in words."""
    return f"{crossed(sorted(g for g, _ in key)) or 'the total'} of {population}"
