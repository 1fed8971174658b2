"""Builds the equations that show what a reader could calculate from the tables of a survey (`cell_system`).

Their unknowns are the numbers of cases by kind of person. The kinds are the cells of the cross-classification
of all persons by groups and populations.

Some groups only cases have, such as the sector of their forced labour. A public-use file does not contain
them. So for a reader of such a file, each case may have any value of these groups. Each of these groups
divides the cases of a kind: its unknowns add up to the cases of the kind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count, product
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from fltoolkit.classify.children import ROUTES
from fltoolkit.classify.group_columns import POPULATION
from fltoolkit.estimate.totals.person_patterns import PersonPatterns
from fltoolkit.estimate.variance import Array
from fltoolkit.publish.disclosure.cell_system import (
    CLOSE,
    CellSystem,
    EqualityConstraint,
    Kinds,
    Mask,
    Row,
    build_system,
    rounding_margins,
    sparse_rows,
)
from fltoolkit.publish.disclosure.confidential_cells import (
    Cell,
    CellId,
    Key,
    Limits,
    crossed_groups,
    is_of,
    mean_weights,
)
from fltoolkit.publish.disclosure.derived_cells import (
    AnyCell,
    DerivedCell,
    changes_within_cells,
    derived_cells,
)
from fltoolkit.publish.printed_numbers import RATE_STEP

MOST_KINDS = 2000  # kinds of persons in a linear programme; the cases of the other kinds are taken as known, which is stricter
OF_CHILD = "fl__of_child"


@dataclass(frozen=True)
class DisclosureScenario:
    """The knowledge of the assumed reader about a run, and the confidentiality limits.

    Attributes:
        limits: the confidentiality limits.
        key: the secret key of the survey, which the reader does not know.
        rounding_base: weighted numbers are rounded to multiples of this number.
        patterns: the survey's kinds of persons; None for an estimate without a survey, whose cells alone are
            known.
        case_only: groups that only cases have, such as the sector of their forced labour.
        children: the populations of children. Their routes to forced labour differ from the routes of adults.
        combinations: by outcome (such as cases), the numbers of persons by kind of person that a reader can
            calculate together with another outcome in the published set, such as those with exactly one of the
            two.
    """

    limits: Limits
    key: bytes = field(repr=False)
    rounding_base: float = 0.0
    patterns: PersonPatterns | None = None
    case_only: frozenset[str] = frozenset()
    children: frozenset[str] = frozenset()
    combinations: Mapping[str, Sequence[Array]] = field(default_factory=dict)

    def is_of_cases(self, cell: CellId) -> bool:
        """Returns whether a cell is defined by a group that only cases have, such as the sector of the forced
        labour."""
        return is_of(self.case_only, cell[1])


@dataclass(frozen=True)
class Relation:
    """A difference between numbers of cases with values of case-only groups. Example: the cases with threats
    minus the cases with threats against the person. Readers know these relations from the questionnaire.

    Attributes:
        terms: the values, each with its sign. A value is a pair of group and value in a set; the empty set
            stands for all cases.
        cells: the confidential differences, each with its denominator: the cell of cases in which readers
            calculate it. No table shows them.
        reason: why they are confidential.
        is_count: whether the difference counts cases (it is then never negative).
    """

    terms: tuple[tuple[int, Key], ...]
    cells: Mapping[DerivedCell, CellId]
    reason: str
    is_count: bool = True

    @property
    def groups(self) -> frozenset[str]:
        """Returns the groups of the values."""
        return frozenset(g for _, value in self.terms for g, _ in value)

    def within(self, cells: Collection[CellId]) -> Relation | None:
        """Returns the relation as far as readers know it of some cells; None if a group is not in them."""
        there = {g for _, key in cells for g, _ in key}
        known = {
            cell: (population, key)
            for cell, (population, key) in self.cells.items()
            if all((population, key | value) in cells for _, value in self.terms)
        }
        return replace(self, cells=known) if self.groups <= there else None


@dataclass(frozen=True)
class OutcomeCells:
    """The cells of one outcome (such as cases at the interview), with the assumed reader's knowledge about
    them.

    Attributes:
        cells: the counts of each cell, by population and group values.
        outcome: `cases`, `now` (cases at the interview) or `unresolved` (persons whose answers do not decide
            whether they are cases).
        scenario: what the reader knows about the run.
        withheld: cells of breakdowns that are hidden as a whole.
        relations: the relations between case-only groups.
    """

    cells: Mapping[CellId, Cell]
    outcome: str
    scenario: DisclosureScenario
    withheld: Sequence[CellId] = ()
    relations: Sequence[Relation] = ()


@dataclass(frozen=True)
class SurveySystem:
    """The cells of a survey as one system of equations. Its unknowns are the cases of each kind of person.

    The system also has the confidential parts of cells. A part of two cells is the persons in both, or the
    persons in one but not in the other.

    Attributes:
        system: the system; its rows are the cells, then the parts.
        parts: the parts. No table shows them.
        coarse: whether the survey has more kinds of persons than the linear programme may have.
    """

    system: CellSystem[AnyCell]
    parts: tuple[DerivedCell, ...]
    coarse: bool


@dataclass(frozen=True)
class _Persons:
    """The kinds of persons of a survey, with the number of cases of each kind.

    Attributes:
        patterns: for each kind, its group values, its populations and its persons.
        units: the mean weight of each population of the run, by name.
        lightest, heaviest: the smallest and the largest weight (in mean weights), by population and kind.
        cases: the true number of cases of each kind.
        weighted: the true weighted number of cases (in mean weights), by population and kind.
        kept: for each kind, whether its number of cases is an unknown. The number of cases of the other kinds
            counts as known to the reader.
    """

    patterns: PersonPatterns
    units: Mapping[str, float]
    lightest: Array
    heaviest: Array
    cases: Array
    weighted: Array
    kept: Mask

    def place(self, population: str) -> int:
        """Returns the position of a population."""
        return list(self.units).index(population)


@dataclass(frozen=True)
class _Block:
    """Unknowns, rows and equality constraints that are added to a system.

    Attributes:
        kinds: the unknowns.
        rows: the cells, each with its factors by the position of the unknown.
        constraints: the equality constraints.
    """

    kinds: Kinds
    rows: Sequence[tuple[Row[AnyCell], Mapping[int, float]]]
    constraints: Sequence[EqualityConstraint]


def survey_system(outcome_cells: OutcomeCells, patterns: PersonPatterns) -> SurveySystem:
    """Builds the system of equations between the cells of one outcome. Each cell is a sum over kinds of
    persons (all persons with the same group values in the same populations).

    Args:
        outcome_cells: the cells, and what readers know about them.
        patterns: the survey's kinds of persons.
    """
    scenario, outcome = outcome_cells.scenario, outcome_cells.outcome
    units = mean_weights(outcome_cells.cells)
    lightest, heaviest, weighted = (
        np.array([found[p] / unit for p, unit in units.items()])
        for found in (
            patterns.lightest,
            patterns.heaviest,
            {p: patterns.weighted[p, outcome] for p in units},
        )
    )
    true = patterns.counts[outcome]
    whole = [c for c in outcome_cells.cells if not scenario.is_of_cases(c)]
    cells = patterns.holds(whole)
    directions = changes_within_cells(cells)
    parts = derived_cells(whole, cells, (patterns.persons, true), scenario.limits, directions)
    for differ in scenario.combinations.get(outcome, ()):
        # A reader who can calculate both outcomes in a part can also calculate these persons in it.
        parts |= derived_cells(
            whole, cells, (patterns.persons, differ), replace(scenario.limits, non_cases=0), directions
        )
    derivable = _derivable(outcome_cells, patterns, directions)
    more_rows = [patterns.holds(derivable), *(_one_row(kinds, len(true)) for kinds in parts.values())]
    holds = scipy.sparse.csr_array(scipy.sparse.vstack([cells, *more_rows]))
    kept = _kinds_with_unknowns(patterns.persons, true, _in_few(holds, true, scenario.limits))
    persons = _Persons(patterns, units, lightest, heaviest, true, weighted, kept)
    kinds = [Kinds(patterns.persons[kept], lightest[:, kept], heaviest[:, kept])]
    rows = _cell_rows(outcome_cells, [*whole, *derivable, *parts], holds, persons)
    of_blocks: list[Mapping[int, float]] = []
    constraints = list[EqualityConstraint]()
    for block in _blocks_of_cases(outcome_cells, persons):
        kinds.append(block.kinds)
        rows += [row for row, _ in block.rows]
        of_blocks += [factors for _, factors in block.rows]
        constraints += block.constraints
    every = Kinds(
        np.concatenate([k.persons for k in kinds]),
        np.hstack([k.lightest for k in kinds]),
        np.hstack([k.heaviest for k in kinds]),
        true[kept],
    )
    width = len(every.persons)
    padded = scipy.sparse.hstack(
        [holds[:, kept], scipy.sparse.csr_array((holds.shape[0], width - kept.sum()))]
    )
    matrix = scipy.sparse.csr_array(scipy.sparse.vstack([padded, sparse_rows(of_blocks, width)]))
    return SurveySystem(build_system(every, rows, matrix, constraints), tuple(parts), not kept.all())


def _blocks_of_cases(outcome_cells: OutcomeCells, persons: _Persons) -> Iterator[_Block]:
    """Yields, for each set of case-only groups that tables cross, the unknowns of these groups; then the
    unknowns of each relation.

    Groups that relations link divide the same coarse kinds. So the cases that a relation leaves over can be
    an unknown for each coarse kind.
    """
    scenario = outcome_cells.scenario
    only = {c: found for c, found in outcome_cells.cells.items() if scenario.is_of_cases(c)}
    crossed = crossed_groups(scenario.case_only & {g for g, _ in key} for _, key in only)
    first = int(persons.kept.sum())
    for linked in crossed_groups([*crossed, *(r.groups for r in outcome_cells.relations)]):
        coarse = _coarse_kinds([c for c in only if is_of(linked, c[1])], linked, scenario, persons)
        columns: dict[str, Columns] = {}
        for groups in crossed:
            if groups <= linked:
                mine = {c: found for c, found in only.items() if is_of(groups, c[1])}
                own = _columns(mine, groups, coarse, first)
                columns |= dict.fromkeys(groups, own)
                block = _partition(mine, groups, (coarse, own), (persons, scenario.rounding_base))
                first += len(block.kinds.persons)
                yield block
        for relation in outcome_cells.relations:
            if relation.groups <= linked:
                block = _difference(relation, outcome_cells.cells, coarse, columns, first)
                first += len(block.kinds.persons)
                yield block


@dataclass(frozen=True)
class _CoarseKinds:
    """The kinds of persons that differ in the groups that some case-only groups are crossed with, and in
    nothing else.

    Attributes:
        facts: for each coarse kind, its group values and its populations.
        members: for each coarse kind, the positions of the kinds of persons in it.
        places: the positions of the populations of the cells, by name.
        kinds: the persons of the coarse kinds, with their smallest and largest weight.
    """

    facts: Sequence[Mapping[str, Any]]
    members: Sequence[NDArray[np.intp]]
    places: Mapping[str, int]
    kinds: Kinds

    def inside(self, cell: CellId, groups: frozenset[str]) -> list[int]:
        """Returns the coarse kinds in a cell, whatever its values of the case-only groups (`groups`)."""
        population, key = cell
        own = [(g, v) for g, v in key if g not in groups]
        return [
            k
            for k, fact in enumerate(self.facts)
            if fact[POPULATION + population] and all(fact[g] == v for g, v in own)
        ]

    def populations_of(self, kind: int) -> list[int]:
        """Returns the positions of the populations to which a coarse kind belongs."""
        return [p for name, p in self.places.items() if self.facts[kind][POPULATION + name]]

    def taken(self, kinds: Sequence[int]) -> Kinds:
        """Returns unknowns of some coarse kinds."""
        of = np.array(kinds, dtype=np.intp)
        return Kinds(self.kinds.persons[of], self.kinds.lightest[:, of], self.kinds.heaviest[:, of])


def _coarse_kinds(
    cells: Sequence[CellId], groups: frozenset[str], scenario: DisclosureScenario, persons: _Persons
) -> _CoarseKinds:
    """Returns the kinds of persons by the groups that these cells cross with case-only groups (`groups`)."""
    patterns = persons.patterns
    populations = list(dict.fromkeys(p for p, _ in cells))
    flags = [POPULATION + p for p in populations]
    shared = sorted({g for _, key in cells for g, _ in key} - groups)
    child = patterns.in_any(scenario.children) & ("route" in groups)
    table = patterns.kinds[[*shared, *flags]].assign(**{OF_CHILD: child})
    inside = table[flags].any(axis=1).to_numpy()
    by = table[inside].groupby([*shared, *flags, OF_CHILD], sort=True)
    members = [np.flatnonzero(inside)[found] for found in by.indices.values()]
    lightest = np.where(persons.heaviest > 0, persons.lightest, np.inf)
    ends = [
        np.array([reduced(of[:, mine], axis=1) for mine in members]).reshape(len(members), len(of)).T
        for of, reduced in ((lightest, np.min), (persons.heaviest, np.max))
    ]
    return _CoarseKinds(
        [table.iloc[mine[0]].to_dict() for mine in members],
        members,
        {p: persons.place(p) for p in populations},
        Kinds(
            np.array([patterns.persons[mine].sum() for mine in members]),
            np.where(np.isfinite(ends[0]), ends[0], 0.0),
            ends[1],
        ),
    )


Columns = Sequence[Mapping[Key, int]]
"""For each coarse kind, the positions of its unknowns: the cases with these values of case-only groups."""


def _columns(cells: Iterable[CellId], groups: frozenset[str], coarse: _CoarseKinds, first: int) -> Columns:
    """Returns the combinations of values of case-only groups (`groups`) that the cases of each coarse kind
    may have, with the positions of these unknowns. `first` is the position of the first one.

    If a printed table has no cell for a combination of values, nobody has this combination.
    """
    there = set(cells)
    values: dict[str, dict[str, None]] = {}
    for _, key in cells:
        for g, v in sorted(key):
            if g in groups:
                values.setdefault(g, {})[v] = None
    names = sorted(values)
    every = [frozenset(zip(names, found, strict=True)) for found in product(*(values[g] for g in names))]
    shown = {(p, frozenset(g for g, _ in key)) for p, key in there}

    def may_have(fact: Mapping[str, Any], combination: Key) -> bool:
        if not _may_have_routes(combination, bool(fact[OF_CHILD])):
            return False
        own = {**fact, **dict(combination)}
        return all(
            (p, frozenset((g, own[g]) for g in by)) in there for p, by in shown if fact[POPULATION + p]
        )

    place = count(first)
    return [{v: next(place) for v in every if may_have(fact, v)} for fact in coarse.facts]


def _may_have_routes(values: Key, child: bool) -> bool:
    """Returns whether a person can have these values. Every route to forced labour is possible either for
    children only or for adults only.

    Args:
        values: values of case-only groups; one of them may be a route.
        child: whether the person is a child.
    """
    return all((v in ROUTES.values()) == child for g, v in values if g == "route")


def _partition(
    cells: Mapping[CellId, Cell],
    groups: frozenset[str],
    coarse_and_columns: tuple[_CoarseKinds, Columns],
    persons_and_base: tuple[_Persons, float],
) -> _Block:
    """Returns the unknowns of case-only groups that tables cross. For each coarse kind, an equality
    constraint says that they add up to the cases of its kinds of persons.

    Args:
        cells: the counts of the cells of these groups.
        groups: the groups.
        coarse_and_columns: the coarse kinds, and the positions of their unknowns.
        persons_and_base: the kinds of persons, and the number of which weighted numbers are multiples.
    """
    (coarse, columns), (persons, base) = coarse_and_columns, persons_and_base
    rows = []
    for cell, found in cells.items():
        own = frozenset(part for part in cell[1] if part[0] in groups)
        inside = coarse.inside(cell, groups)
        held = {place: 1.0 for k in inside for values, place in columns[k].items() if own <= values}
        rows.append((_case_only_row(cell, found, persons, base), held))
    position = np.cumsum(persons.kept) - 1
    constraints = []
    for k, members in enumerate(coarse.members):
        out = members[~persons.kept[members]]
        factors = dict.fromkeys(position[members[persons.kept[members]]].tolist(), -1.0)
        factors |= dict.fromkeys(columns[k].values(), 1.0)
        weighted = {p: float(persons.weighted[p, out].sum()) for p in coarse.populations_of(k)}
        constraints.append(EqualityConstraint(factors, float(persons.cases[out].sum()), weighted))
    return _Block(coarse.taken([k for k, own in enumerate(columns) for _ in own]), rows, constraints)


def _difference(
    relation: Relation,
    cells: Mapping[CellId, Cell],
    coarse: _CoarseKinds,
    columns: Mapping[str, Columns],
    first: int,
) -> _Block:
    """Returns the unknowns of a relation: for each coarse kind, the cases that its terms leave over. They are
    never negative. If a relation does not count cases, it has no unknowns.

    Args:
        relation: the relation.
        cells: the counts of the cells of its terms.
        coarse: the coarse kinds.
        columns: for each case-only group, the positions of the unknowns of the coarse kinds.
        first: the position of the first unknown of the relation.
    """
    some_group = min(relation.groups)
    left_over: list[dict[int, float]] = []
    for k in range(len(coarse.facts)):
        factors: Counter[int] = Counter()
        for sign, value in relation.terms:
            of = columns[next((g for g, _ in value), some_group)][k]
            factors.update({place: sign for values, place in of.items() if value <= values})
        left_over.append({place: float(factor) for place, factor in factors.items()})
    rows = []
    for cell, (population, key) in relation.cells.items():
        cases = sum(sign * cells[population, key | value].cases for sign, value in relation.terms)
        row = Row[AnyCell](cell, coarse.places[population], float(cases), np.nan, np.inf, 0.0, 0.0)
        inside = coarse.inside((population, key), frozenset())
        of_kinds = [{first + k: 1.0} if relation.is_count else left_over[k] for k in inside]
        rows.append((row, {place: factor for of in of_kinds for place, factor in of.items()}))
    if not relation.is_count:
        return _Block(coarse.taken([]), rows, [])
    constraints = [
        EqualityConstraint({first + k: -1.0} | of, 0.0, dict.fromkeys(coarse.populations_of(k), 0.0))
        for k, of in enumerate(left_over)
    ]
    kinds = coarse.taken(range(len(coarse.facts)))
    # A case may be left over once for each term.
    most = kinds.persons * len(relation.terms)
    return _Block(replace(kinds, persons=most), rows, constraints)


def _case_only_row(cell: CellId, found: Cell, persons: _Persons, rounding_base: float) -> Row[AnyCell]:
    """Returns the counts of a cell of case-only groups as a row of the system of equations. Weighted numbers
    are rounded to multiples of `rounding_base`."""
    unit = persons.units[cell[0]]
    weighted = np.nan if found.weighted is None else found.weighted / unit
    below, above = (far / unit for far in rounding_margins(found, rounding_base))
    return Row(cell, persons.place(cell[0]), float(found.cases), weighted, np.inf, below, above)


def _derivable(
    outcome_cells: OutcomeCells, patterns: PersonPatterns, directions: list[Array]
) -> list[CellId]:
    """Some breakdowns are hidden as a whole. Returns those of their cells that a reader could still calculate
    as sums or differences of other cells.

    Args:
        outcome_cells: the cells of an outcome.
        patterns: the survey's kinds of persons.
        directions: random changes of the number of cases of each kind. They leave the number of cases in
            every other cell the same (see `changes_within_cells`).
    """
    withheld = [c for c in outcome_cells.withheld if not outcome_cells.scenario.is_of_cases(c)]
    if not withheld:
        return []
    holds = patterns.holds(withheld)
    changes = np.abs([holds @ change for change in directions]).max(axis=0)
    return [c for c, change in zip(withheld, changes, strict=True) if change < CLOSE]


def _one_row(kinds: NDArray[np.intp], many: int) -> scipy.sparse.csr_array[Any]:
    """Returns a cell as a matrix of one row: 1 for each kind of person in the cell, 0 for all others.

    Args:
        kinds: the positions of the kinds in the cell.
        many: the number of all kinds.
    """
    return scipy.sparse.csr_array(
        (np.ones(len(kinds)), (np.zeros(len(kinds), dtype=np.intp), kinds)), shape=(1, many)
    )


def _cell_rows(
    outcome_cells: OutcomeCells,
    cells: Sequence[AnyCell],
    holds: scipy.sparse.csr_array[Any],
    persons: _Persons,
) -> list[Row[AnyCell]]:
    """Returns a row of the system of equations for each cell of groups that everybody has, and for each part
    of cells.

    Args:
        outcome_cells: the cells of an outcome.
        cells: the names of the cells and parts.
        holds: cells × kinds of persons; 1 if the kind is in the cell.
        persons: the kinds of persons. The rows use only the kinds that are unknowns (`kept`).
    """
    names = [c.one[0] if isinstance(c, DerivedCell) else c[0] for c in cells]
    cases = holds @ (persons.cases * persons.kept)
    weighted = [holds @ (known * persons.kept) for known in persons.weighted]
    everybody = holds @ persons.patterns.persons
    margins = [_margins(outcome_cells, cell) for cell in cells]
    return [
        Row(
            cell,
            p := persons.place(name),
            float(cases[i]),
            float(weighted[p][i]),
            float(everybody[i]),
            margins[i][0] / persons.units[name],
            margins[i][1] / persons.units[name],
        )
        for i, (cell, name) in enumerate(zip(cells, names, strict=True))
    ]


def _margins(outcome_cells: OutcomeCells, cell: AnyCell) -> tuple[float, float]:
    """Returns the two margins within which a reader knows a cell's exact weighted number, as distances in
    weighted persons (see `rounding_margins`).

    For unresolved persons, a reader must subtract two printed numbers. So half a rounding base is assumed in
    both directions.
    """
    if (
        isinstance(cell, DerivedCell)
        or cell not in outcome_cells.cells
        or outcome_cells.outcome not in ("cases", "now")
    ):
        return outcome_cells.scenario.rounding_base / 2, outcome_cells.scenario.rounding_base / 2
    return margins_of_cell(cell, outcome_cells.cells[cell], outcome_cells.scenario.rounding_base)


def margins_of_cell(cell: CellId, counts: Cell, rounding_base: float) -> tuple[float, float]:
    """Returns the two margins within which a reader knows the exact weighted number of a printed cell, as
    distances in weighted persons (see `rounding_margins`).

    A headline (a cell without groups) also prints a rate. Both printed numbers must fit, so the margins are
    narrower.
    """
    return rounding_margins(counts, rounding_base, 0.0 if cell[1] else RATE_STEP)


def _in_few(holds: scipy.sparse.csr_array[Any], cases: Array, limits: Limits) -> Mask:
    """Returns, for each kind of person, whether it is in a cell that has cases, but fewer than the limit."""
    mine = holds @ cases
    return np.asarray(holds.T @ ((mine > 0) & (mine < limits.cases)).astype(float) > 0)


def _kinds_with_unknowns(persons: Array, cases: Array, preferred: Mask) -> Mask:
    """Returns, for each kind of person, whether its cases are an unknown of the linear programme.

    If there are too many kinds, those marked in `preferred` have priority, then kinds with cases, then the
    largest kinds.
    """
    kept = np.ones(len(persons), dtype=bool)
    if len(persons) > MOST_KINDS:
        kept[np.lexsort((-persons, cases == 0, ~preferred))[MOST_KINDS:]] = False
    return kept
