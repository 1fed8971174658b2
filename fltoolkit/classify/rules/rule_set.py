"""Reads a rule set. A rule set is a YAML file that defines what counts as forced labour."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from fltoolkit.classify.rules import SHIPPED, shipped_rules
from fltoolkit.errors import SpecError
from fltoolkit.languages.yaml_reasons import YamlReason
from fltoolkit.survey.spec.groups import Name
from fltoolkit.survey.spec.questions import CoercionItem, InvoluntaryItem, Stage
from fltoolkit.yaml_files.editor_schema import NAMES, SimplerForm
from fltoolkit.yaml_files.loading import Model, load_shipped

Side = Literal["involuntary", "coercion"]
SIDES: tuple[Side, Side] = ("involuntary", "coercion")
LISTS = (*SIDES, "at_least")
Item = Literal[InvoluntaryItem, CoercionItem]


class Strengths(Model):
    """The items (such as debt bondage) that count on one side of the definition of forced labour: involuntary
    or coercion. Items are strong or medium. If a YAML file has a plain list, all its items are medium."""

    strong: tuple[Item, ...] = ()
    medium: tuple[Item, ...] = ()

    @model_validator(mode="after")
    def _each_once(self) -> Strengths:
        if not self.all:
            raise ValueError("name at least one item")
        if twice := {item for item in self.all if self.all.count(item) > 1}:
            raise ValueError(f"{min(twice)} is named twice")
        return self

    @property
    def all(self) -> tuple[Item, ...]:
        return (*self.strong, *self.medium)


def _plain_list(value: object) -> object:
    return {"medium": value} if isinstance(value, list) else value


ItemList = Annotated[Strengths, BeforeValidator(_plain_list), SimplerForm((NAMES,))]


class AtLeast(Model):
    """The smallest number of items (such as debt bondage) that make a person a case: on the involuntary side,
    on the coercion side, and of strong items (see `Strengths`) on both sides together."""

    involuntary: Annotated[int, Field(ge=1)] = 1
    coercion: Annotated[int, Field(ge=1)] = 1
    strong: Annotated[int, Field(ge=0)] = 0


class Dimension(Model):
    """One of the ways to be in forced labour by a rule set, such as unfree recruitment. It says which items
    (such as debt bondage) count on each side of the definition (involuntary, coercion), how many are needed,
    and how many of them must be strong.

    With `stages`, only questions about these stages count (recruitment, work, leaving). If `stages` is empty,
    all questions count. An item may be on another side than in survey.yaml, but not on both sides.
    """

    stages: tuple[Stage, ...] = ()
    involuntary: ItemList
    coercion: ItemList
    at_least: AtLeast = AtLeast.model_construct()

    @model_validator(mode="after")
    def _can_hold(self) -> Dimension:
        if both := set(self.involuntary.all) & set(self.coercion.all):
            raise ValueError(
                f"{min(both)} is on both sides: one answer would satisfy both conditions by itself"
            )
        there = {side: len(getattr(self, side).all) for side in SIDES} | {"strong": len(self.strong)}
        if short := [name for name, items in there.items() if items < getattr(self.at_least, name)]:
            raise ValueError(f"at_least.{short[0]} asks for more items than there are: {there[short[0]]}")
        return self

    @property
    def strong(self) -> tuple[Item, ...]:
        return (*self.involuntary.strong, *self.coercion.strong)

    def uses(self, side: Side, item: str, stage: str | None) -> bool:
        """Returns whether a question about `item` at a `stage` counts on this side of the definition
        (involuntary or coercion).
        """
        return item in getattr(self, side).all and (not self.stages or stage in self.stages)


class RuleSet(Model):
    """A rule set: a definition of forced labour with a name and a version, as in a YAML file.

    A rule set has either two lists of items, one for each side of the definition (involuntary, coercion), or
    `dimensions`. A person who meets one of the dimensions is in forced labour. `to_be_verified` says in words
    why results under this rule set must not be used yet. Such results are marked, and no baseline of a plan
    uses them.
    """

    name: Name
    version: int
    title: str
    source: str
    to_be_verified: YamlReason = ""
    involuntary: ItemList | None = None
    coercion: ItemList | None = None
    at_least: AtLeast | None = None
    dimensions: Annotated[dict[Name, Dimension], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _lists_or_dimensions(self) -> RuleSet:
        given = [key for key in LISTS if getattr(self, key) is not None]
        if self.dimensions and given:
            raise ValueError(f"{given[0]} is written next to dimensions; write it under dimensions")
        if not self.dimensions and (missing := [side for side in SIDES if side not in given]):
            raise ValueError(f"{missing[0]} is missing: give involuntary and coercion, or dimensions")
        try:
            _ = self.parts
        except ValidationError as error:
            raise ValueError(error.errors()[0]["msg"].removeprefix("Value error, ")) from None
        return self

    @property
    def label(self) -> str:
        return f"{self.name} v{self.version}"

    @property
    def parts(self) -> dict[str, Dimension]:
        """Returns the dimensions of the rule set, as {name: dimension}. A dimension is one of the ways to be
        in forced labour by this rule set. A rule set with two lists of items has a single dimension, whose
        name is ""."""
        lists = {key: value for key in LISTS if (value := getattr(self, key)) is not None}
        return self.dimensions or {"": Dimension.model_validate(lists)}

    def items(self, side: Side) -> tuple[str, ...]:
        """Returns all items (such as `debt_bondage`) that count on one side of the definition (involuntary or
        coercion), in any dimension."""
        return tuple(dict.fromkeys(item for part in self.parts.values() for item in getattr(part, side).all))


def load_rules(rules: str | Path, folder: Path) -> RuleSet:
    """Loads a rule set by its name (`icls_2018`), or by the path of a YAML file. A relative path starts from
    `folder`.

    Raises:
        SpecError: there is no such rule set, or a file uses the name of a rule set that comes with the kit.
    """
    if Path(rules).suffix not in (".yaml", ".yml"):
        return load_shipped(SHIPPED, rules, RuleSet, "rule set")
    path = folder / rules
    own = load_shipped(SHIPPED, path, RuleSet, "rule set")
    if own.name in shipped_rules():
        do = "give your rule set a name of its own: results are listed under this name"
        raise SpecError(
            "this is the name of a rule set that comes with the kit",
            where=f"{path}: name",
            found=own.name,
            do=do,
        )
    return own
