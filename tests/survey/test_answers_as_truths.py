"""Compares the three-valued classification with a plain reference, for any number of items, episodes, links
and exceptions."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any, get_args

import narwhals as nw
import pandas as pd
import pytest
import shared_surveys
import yaml
from hypothesis import HealthCheck, given, settings, strategies as st
from thoroughness import tries

from fltoolkit.survey.answers import all_of, any_of
from fltoolkit.survey.engine.engines import connect
from fltoolkit.survey.readers.opened_file import open_table
from fltoolkit.survey.spec.questions import CoercionItem, ExceptionKind, InvoluntaryItem

pytestmark = (
    pytest.mark.no_cover
)  # the lines it runs are covered by others, and tracing them takes half as long again

Truth = bool | None
TRUTHS: tuple[Truth, ...] = (False, None, True)
CODE = {True: "J", False: "N", None: "W"}
ITEMS: dict[str, tuple[str, ...]] = {
    "involuntary": get_args(InvoluntaryItem),
    "coercion": get_args(CoercionItem),
}


def any_true(truths: Iterable[Truth]) -> Truth:
    """Kleene's or, as one would write it by hand."""
    values = list(truths)
    return True if True in values else None if None in values else False


def all_true(truths: Iterable[Truth]) -> Truth:
    values = list(truths)
    return False if False in values else None if None in values else True


def negated(truth: Truth) -> Truth:
    return None if truth is None else not truth


def plain(frame: pd.DataFrame) -> list[tuple[Truth, ...]]:
    return [tuple(None if pd.isna(v) else bool(v) for v in row) for row in frame.itertuples(index=False)]


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_or_and_and_are_kleenes(width: int) -> None:
    rows = list(product(TRUTHS, repeat=width))
    names = [f"x{i}" for i in range(width)]
    frame = open_table(
        pd.DataFrame(rows, columns=names).astype("boolean").assign(row=range(len(rows))), connect()
    )
    expressions = [nw.col(name) for name in names]
    got = (
        frame.select("row", any_of(expressions).alias("any"), all_of(expressions).alias("all"))
        .collect("pandas")
        .to_native()
    )
    assert plain(got.sort_values("row")[["any", "all"]]) == [(any_true(row), all_true(row)) for row in rows]


def test_any_of_nothing_is_no() -> None:
    frame = open_table(pd.DataFrame({"x": [1, 2]}), connect())
    assert plain(frame.select("x", any_of([]).alias("any")).collect("pandas").to_native()[["any"]]) == [
        (False,),
        (False,),
    ]


# --------------------------------------------------------------------------------------------------- the whol


@dataclass(frozen=True)
class Questionnaire:
    """How much a survey asks: questions on each side, kinds of exceptions, the place; episodes, or none and a
    link."""

    involuntary: int
    coercion: int
    exceptions: int
    place: bool
    episodes: int
    long: bool

    @property
    def of_episode(self) -> list[str]:
        asked = [f"i{n}" for n in range(self.involuntary)] + [f"c{n}" for n in range(self.coercion)]
        asked += (
            [f"e{n}" for n in range(self.exceptions)]
            + ["limits"] * (self.exceptions > 0)
            + ["here"] * self.place
        )
        return [*asked, "exists"] if self.episodes else [*asked, "link"]

    @property
    def questions(self) -> list[str]:
        """The names of a person's answers; those of an episode end with its number."""
        return [
            "paid",
            "own",
            *(f"{name}_{e}" for e in range(max(1, self.episodes)) for name in self.of_episode),
        ]

    def spec(self) -> dict[str, Any]:
        def column(name: str) -> str:
            return name if self.long else name + ("_{episode}" if self.episodes else "_0")

        files: dict[str, Any] = {"person": {"path": "people.csv", "key": "who"}}
        episodes: dict[str, Any] = {"same_work": column("link")}
        if self.episodes:
            episodes = {"exists": column("exists")} | (
                {"long": "true"} if self.long else {"wide": [str(e) for e in range(self.episodes)]}
            )
        if self.long:
            files["episodes"] = {"path": "spells.csv", "key": ["who", "spell"]}
        spec: dict[str, Any] = {
            "title": "Kleene", "country": "Testland", "year": 2024,
            "reference_period": {"months": 12, "text": "a year"}, "files": files,
            "design": {"weight": "weight", "selection": "srs"}, "age": {"column": "years"},
            "any_work": ["paid", "own"], "answers": {"yes": "J", "no": "N", "dont_know": "W"},
            "episodes": episodes, "coverage_excludes": [], "populations": {"all": {"label": "everybody"}},
        }  # fmt: skip
        # The second question of a side feeds the first item too: an item may have several questions.
        spec["items"] = {
            side: {
                item: [column(f"{side[0]}{n}") for n in range(size) if max(0, n - 1) == i]
                for i, item in enumerate(ITEMS[side][:size])
            }
            for side, size in (("involuntary", self.involuntary), ("coercion", self.coercion))
        }
        spec["items"] = {
            side: {item: asked for item, asked in items.items() if asked}
            for side, items in spec["items"].items()
        }
        if self.exceptions:
            kinds = {
                kind: column(f"e{n}") for n, kind in enumerate(get_args(ExceptionKind)[: self.exceptions])
            }
            spec["exceptions"] = {"kinds": kinds, "within_limits": column("limits")}
        if self.place:
            spec["place"] = {"column": column("here"), "in_country": "J", "abroad": "N", "missing": "W"}
        return spec

    def by_hand(self, answers: dict[str, Truth]) -> tuple[Truth, ...]:
        """any_work, involuntary, coercion, same_work, forced_labour, forced_labour_abroad."""
        spells = []
        for e in range(max(1, self.episodes)):
            there = answers.get(f"exists_{e}", True)
            sides = [
                all_true([any_true(answers[f"{side}{n}_{e}"] for n in range(size)), there])
                for side, size in (("i", self.involuntary), ("c", self.coercion))
            ]
            same = all_true([*sides, answers.get(f"link_{e}", True)])
            excepted = any_true(answers[f"e{n}_{e}"] for n in range(self.exceptions))
            forced = all_true([same, negated(all_true([excepted, answers.get(f"limits_{e}", True)]))])
            here = answers.get(f"here_{e}", True)
            spells.append((*sides, same, all_true([forced, here]), all_true([forced, negated(here)])))
        involuntary, coercion, same, here, away = (any_true(column) for column in zip(*spells, strict=True))
        work = any_true([answers["paid"], answers["own"]])
        return (work, involuntary, coercion, same, all_true([work, here]), all_true([work, away]))


COLUMNS = ["any_work", "involuntary", "coercion", "same_work", "forced_labour", "forced_labour_abroad"]


def classified(asked: Questionnaire, persons: list[dict[str, Truth]]) -> list[tuple[Truth, ...]]:
    """The persons' truths, as the kit finds them in files."""
    with tempfile.TemporaryDirectory() as folder:
        wide = pd.DataFrame([{name: CODE[truth] for name, truth in person.items()} for person in persons])
        people = wide.assign(who=range(len(wide)), weight=1, years=40)
        if asked.long:
            spells = [
                wide[[f"{name}_{e}" for name in asked.of_episode]]
                .set_axis(asked.of_episode, axis=1)
                .assign(who=range(len(wide)), spell=e)
                for e in range(asked.episodes)
            ]
            pd.concat(spells).to_csv(Path(folder, "spells.csv"), index=False)
            people = people[["who", "weight", "years", "paid", "own"]]
        people.to_csv(Path(folder, "people.csv"), index=False)
        Path(folder, "survey.yaml").write_text(yaml.safe_dump(asked.spec()))
        frame = shared_surveys.classified(Path(folder)).frame
        got = frame.select(nw.col("src__who").cast(nw.Int64), *COLUMNS).collect("pandas").to_native()
    return plain(got.sort_values("src__who")[COLUMNS])


def test_every_combination_of_answers_is_classified_as_by_hand() -> None:
    asked = Questionnaire(involuntary=1, coercion=2, exceptions=1, place=True, episodes=0, long=False)
    persons = [
        dict(zip(asked.questions, answers, strict=True))
        for answers in product(TRUTHS, repeat=len(asked.questions))
    ]
    assert len(persons) == 3**9
    got = classified(asked, persons)
    wrong = [
        (person, found) for person, found in zip(persons, got, strict=True) if found != asked.by_hand(person)
    ]
    assert wrong == []


@st.composite
def surveys(draw: st.DrawFn) -> tuple[Questionnaire, list[dict[str, Truth]]]:
    """A questionnaire and persons; one number holds all answers of a person, in base three."""
    episodes = draw(st.integers(0, 3), label="episodes")
    asked = Questionnaire(
        involuntary=draw(st.integers(1, 3)),
        coercion=draw(st.integers(1, 3)),
        exceptions=draw(st.integers(0, 2)),
        place=draw(st.booleans()),
        episodes=episodes,
        long=draw(st.booleans()) if episodes else False,
    )
    names = asked.questions
    numbers = draw(st.lists(st.integers(0, 3 ** len(names) - 1), min_size=1, max_size=60))
    return asked, [{name: TRUTHS[number // 3**i % 3] for i, name in enumerate(names)} for number in numbers]


@pytest.mark.thorough("draws many questionnaires")
@settings(max_examples=tries(15, few=5), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(surveys())
def test_any_questionnaire_is_classified_as_by_hand(
    survey: tuple[Questionnaire, list[dict[str, Truth]]],
) -> None:
    asked, persons = survey
    assert classified(asked, persons) == [asked.by_hand(person) for person in persons]
