"""Makes an invented country with children: what work the children do, who threatens them, and who their
parents are (docs/methods.md §1)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fltoolkit.synthetic.population import (
    DONT_KNOW,
    INDUSTRIES,
    NO,
    Population,
    draw_industry,
    if_asked,
    people,
    reported_answers,
    with_work,
)

DEAD, ELSEWHERE = 90, 91
PARENTS = ("MOTHER", "FATHER")
WORST_FORMS = {"C_SOLD": 0.0015, "C_SEXUAL": 0.0015, "C_ILLICIT": 0.003}
WORK = ("C_THIRD", "C_THIRD_THREAT", "C_THIRD_WHO", "C_PARENTS", "C_PARENTS_THREAT", "C_PARENTS_WHO")
CHILD_MODULE = [*WORK, *WORST_FORMS]
BY_PARENTS = 3  # the code for a threat by the parents themselves, which does not count


@dataclass(frozen=True)
class Families(Population):
    """An invented population with children. `truth` also marks children who are truly in forced labour.

    `routes` has one row per person and one column per route (one of the four ways by which a child can be a
    case), in the order of the flowchart. A value is true if the child is a case by this route. The value is
    false for everybody who is not a child of 5 to 17.
    """

    routes: pd.DataFrame

    @property
    def children(self) -> NDArray[np.bool_]:
        return np.asarray(self.persons["true_age"].between(5, 17))

    @property
    def primary_route(self) -> pd.Series:
        """Returns each child's primary route: the first route (way of being a case) that applies, in the
        order of the flowchart. The route is blank for everybody else."""
        return self.routes.idxmax(axis=1).where(self.routes.any(axis=1))


def make_families(seed: int = 517, areas: int = 600, households: int = 60) -> Families:
    """Returns an invented population with children, in `areas` enumeration areas with about `households`
    households each. The adults are made as in `make_population`."""
    rng = np.random.default_rng(seed)
    adults = with_work(rng, _as_families(rng, people(rng, areas, households, others=4.0)), scale=1.0)
    routes, answers = _children(rng, adults)
    persons = pd.concat([adults.persons, answers.drop(columns=["FWHO", "FISIC"])], axis=1)
    for shared in ("FWHO", "FISIC"):
        persons[shared] = persons[shared].fillna(answers[shared])
    return Families(persons, adults.truth | routes.any(axis=1).to_numpy(), routes)


def _as_families(rng: np.random.Generator, persons: pd.DataFrame) -> pd.DataFrame:
    """Makes lines 1 and 2 of each household a couple, old enough to be the parents of the children in the
    household. Some parents have died or live elsewhere."""
    home, line, age = (persons[c].to_numpy() for c in ("household", "LINE", "true_age"))
    homes, minor = home.max() + 1, (line > 2) & (age < 18)
    man = np.where((rng.random(homes) < 0.75)[home], 1, 2)  # the man's line
    eldest = persons["true_age"].where(minor).groupby(home).transform("max").to_numpy()
    parent = (line <= 2) & ~np.isnan(eldest)
    age = np.where(parent, np.fmax(age, eldest + rng.integers(18, 35, len(line))), age).astype(int)
    sex = np.where(line > 2, persons["SEX"], np.where(line == man, 1, 2))
    out = persons.assign(true_age=age, AGE=np.where((persons["AGE"] == 999) & (age >= 18), 999, age), SEX=sex)
    for column, own_line, shares in (
        ("MOTHER", 3 - man, [0.92, 0.03, 0.05]),
        ("FATHER", man, [0.86, 0.05, 0.09]),
    ):
        gone = rng.choice([0, DEAD, ELSEWHERE], size=homes, p=shares)[home]
        out[column] = if_asked(minor, np.where(gone > 0, gone, own_line))
    return out


def _children(rng: np.random.Generator, adults: Population) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Returns two tables about children: the routes (ways of being a case) by which each child is truly in
    forced labour, and the answers that are given for each child."""
    persons, n = adults.persons, len(adults.persons)
    child, older = persons["true_age"].between(5, 17).to_numpy(), (persons["true_age"] >= 12).to_numpy()
    parent_forced = _parent_in(persons, adults.truth)
    risk = rng.lognormal(-0.125, 0.5, persons["area"].max() + 1)[persons["area"]]
    helps = child & (rng.random(n) < np.where(parent_forced, 0.75, np.where(older, 0.45, 0.22)))
    third = child & (rng.random(n) < np.where(older, 0.16, 0.04))
    third_threat, helps_threat = third & (rng.random(n) < 0.11 * risk), helps & (rng.random(n) < 0.025 * risk)
    worst = {
        form: child & (older | (form != "C_SEXUAL")) & (rng.random(n) < p * risk)
        for form, p in WORST_FORMS.items()
    }
    in_worst = np.logical_or.reduce(list(worst.values()))
    routes = {
        "route_iv": in_worst,
        "route_iii": helps & parent_forced,
        "route_ii": helps_threat,
        "route_i": third_threat,
    }

    out = pd.DataFrame(index=persons.index)
    for kind, done, threat in (("C_THIRD", third, third_threat), ("C_PARENTS", helps, helps_threat)):
        scolded = done & ~threat & (rng.random(n) < 0.02)
        out[kind] = if_asked(child, reported_answers(rng, done, recall=0.98))
        asked = child & _not_no(out[kind])
        out[f"{kind}_THREAT"] = if_asked(asked, reported_answers(rng, threat | scolded))
        who = np.where(scolded, BY_PARENTS, rng.choice([1, 2], size=n, p=[0.8, 0.2]))
        who = np.where(rng.random(n) < 0.03, DONT_KNOW, who)
        out[f"{kind}_WHO"] = if_asked(asked & _not_no(out[f"{kind}_THREAT"]), who)
    for form, true in worst.items():
        out[form] = if_asked(child, reported_answers(rng, true))
    answered = np.logical_or.reduce(
        [_not_no(out[c]) for c in ("C_THIRD_THREAT", "C_PARENTS_THREAT", *WORST_FORMS)]
    )
    out["FWHO"] = if_asked(child & answered, rng.choice([1, 2, 3, 8], size=n, p=[0.6, 0.27, 0.05, 0.08]))
    works = third | helps | in_worst
    out["FISIC"] = if_asked(
        works, np.array([row[0] for row in INDUSTRIES])[draw_industry(rng, persons, works)]
    )
    return pd.DataFrame(routes, index=persons.index), out


def _parent_in(persons: pd.DataFrame, truth: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Returns, for each person, whether a parent in the household is truly in forced labour. The rows of a
    household must be in the order of their lines."""
    first_row = np.arange(len(persons)) - persons["LINE"].to_numpy() + 1
    found = np.zeros(len(persons), bool)
    for column in PARENTS:
        line = persons[column].fillna(ELSEWHERE).to_numpy(int)
        here = line < DEAD
        found |= here & truth[np.where(here, first_row + line - 1, 0)]
    return found


def _not_no(answer: pd.Series) -> NDArray[np.bool_]:
    """Returns, for each person, whether the interview continues with the next question. The interview
    continues if the person was asked this question and did not answer *no*.
    """
    return answer.ne(NO).fillna(False).to_numpy(bool)
