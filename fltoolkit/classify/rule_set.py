"""Reads a rule set (what counts as forced labour) from its YAML file, and says whether it can be applied to a
survey: which of its questions were asked, which are missing, and which cases it can find."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from fltoolkit.errors import SpecError
from fltoolkit.languages.reasons import Reason, Reasons, item_names, joined_reasons
from fltoolkit.languages.yaml_reasons import YamlReason
from fltoolkit.survey.spec.groups_and_tables import Name
from fltoolkit.survey.spec.questions import STAGES, CoercionItem, InvoluntaryItem, Source, Stage
from fltoolkit.survey.spec.survey_spec import SurveySpec
from fltoolkit.yaml_files.editor_schema import NAMES, SimplerForm
from fltoolkit.yaml_files.loading import Model, load_shipped

SHIPPED = Path(str(files("fltoolkit.classify"))) / "rules"
Side = Literal["involuntary", "coercion"]
SIDES: tuple[Side, Side] = ("involuntary", "coercion")
LISTS = (*SIDES, "at_least")
Item = Literal[InvoluntaryItem, CoercionItem]
Sources = dict[str, list[tuple[str, str, Source]]]
REFERENCE_RULE_SET = "icls_2018"


def shipped_rules() -> tuple[str, ...]:
    """Returns the names of the rule sets that come with the kit."""
    return tuple(sorted(path.stem for path in SHIPPED.glob("*.yaml")))


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

    @cached_property
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


def item_sources(spec: SurveySpec, rule: RuleSet) -> Sources:
    """Returns the questions that a rule set uses, for each side of the definition (`involuntary`,
    `coercion`). Each question is a tuple: the name of the internal column for its answer, its item (such as
    `debt_bondage`), and the question itself.

    A rule set may count an item on another side than survey.yaml does. Questions that the rule set does not
    use are left out.
    """
    asked = _item_sources(spec)
    return {
        side: [
            (f"fl__{side}__{item}__{i}", item, source)
            for item in rule.items(side)
            for i, source in enumerate(asked.get(item, ()))
            if any(part.uses(side, item, source.stage) for part in rule.parts.values())
        ]
        for side in SIDES
    }


def item_columns(sources: Sources) -> dict[str, dict[str, tuple[str, ...]]]:
    """Returns the names of the columns that have the answers, as {side of the definition: {item: columns}}:
    `{"coercion": {"debt_bondage": ("fl__coercion__debt_bondage__0",)}}`. `sources` are the questions, from
    `item_sources`."""
    return {
        side: {item: tuple(column for column, of, _ in questions if of == item) for _, item, _ in questions}
        for side, questions in sources.items()
    }


def lacking(rule: RuleSet, sources: Sources) -> dict[str, tuple[str, ...]]:
    """Returns the items of a rule set (such as `debt_bondage`) that the survey did not ask in a usable way,
    for each side of the definition (involuntary, coercion). `sources` are the usable questions, from
    `item_sources`."""
    return {
        side: tuple(item for item in rule.items(side) if item not in {i for _, i, _ in sources[side]})
        for side in SIDES
    }


def obstacle(spec: SurveySpec, rule: RuleSet, where: str) -> SpecError | None:
    """Returns an error that says why a rule set cannot be applied to a survey. Returns None if it can be
    applied. The error is returned, not raised.

    For example, a rule set may need to know at which stage something happened (recruitment, work, leaving).
    If a question of the survey does not state its stage, the rule set cannot be applied.

    Args:
        spec: the survey.
        rule: the rule set.
        where: the path of survey.yaml, for the message.
    """
    asked = _item_sources(spec)
    staged = {
        item
        for part in rule.parts.values()
        if part.stages
        for side in SIDES
        for item in getattr(part, side).all
    }
    if unknown := sorted(
        item for item in staged & asked.keys() if any(source.stage is None for source in asked[item])
    ):
        return SpecError(
            Reason.of("reasons.no_stage", rules=rule.name),
            where=f"{where}: items",
            found=item_names(unknown),
            allowed=STAGES,
            do="say stage: in each question on these items, or leave this rule set out",
        )
    for part in rule.parts.values():
        try:
            check_sides(
                spec, _questions(asked, part, "involuntary"), _questions(asked, part, "coercion"), where
            )
        except SpecError as error:
            return error
    if rule.dimensions and len(_unreachable_dimensions(spec, rule)) == len(rule.dimensions):
        return SpecError(
            Reason.of("reasons.too_little", rules=rule.name),
            where=f"{where}: items",
            found=item_names(asked),
            do="map the questions on its items, with their stage, or leave this rule set out",
        )
    return None


def within_icls(spec: SurveySpec, rule: RuleSet) -> bool:
    """Returns whether, in this survey, every case under the rule set is also a case under `icls_2018`.

    The condition is that every asked item (such as debt bondage) counts on the same side of the definition
    (involuntary or coercion) as in `icls_2018`. A dimension is one way to be in forced labour by the rule
    set. Dimensions that nobody can meet in this survey are ignored.
    """
    return not _items_on_other_side(spec, rule)


def note_on_rule_set(spec: SurveySpec, rule: RuleSet) -> Reason | Reasons | str:
    """Returns a note, in words, about the cases that a rule set can find in this survey. The note is empty
    for `icls_2018`.

    The note says whether all cases are also cases under `icls_2018`. It also names the dimensions (ways to be
    in forced labour by the rule set) that nobody can meet, because the survey asked about too few of their
    items (such as debt bondage).
    """
    if rule.name == REFERENCE_RULE_SET:
        return ""
    moved, idle = _items_on_other_side(spec, rule), _unreachable_dimensions(spec, rule)
    within = Reason.of("reasons.beyond", items=item_names(moved)) if moved else Reason.of("reasons.within")
    return joined_reasons([within, *([Reason.of("reasons.idle", items=item_names(idle))] if idle else [])])  # type: ignore[no-any-return]


def check_sides(
    spec: SurveySpec,
    involuntary: Iterable[tuple[str, Source]],
    coercion: Iterable[tuple[str, Source]],
    where: str,
) -> None:
    """Raise `SpecError` if the same answer (a code of a column) counts both for involuntary work and for
    coercion, the two sides of the definition of forced labour (docs/survey_yaml.md, A question).

    Args:
        spec: the survey.
        involuntary: pairs of an item of involuntary work, such as `unagreed_overtime`, and a question about
            it.
        coercion: pairs of an item of coercion, such as `debt_bondage`, and a question about it.
        where: the path of survey.yaml, for the message.
    """
    fed = {
        (source.column, code): item for item, source in involuntary for code in source.codes(spec.answers).yes
    }
    for item, source in coercion:
        for code in source.codes(spec.answers).yes:
            if (source.column, code) in fed:
                raise SpecError(
                    "one answer counts on both sides of the definition",
                    where=f"{where}: items",
                    found=f"code {code} of {source.column} is {fed[source.column, code]} and {item}",
                    do="keep it on one side; different codes of one column may be on different sides",
                )


def _item_sources(spec: SurveySpec) -> dict[str, tuple[Source, ...]]:
    return {str(item): sources for side in SIDES for item, sources in getattr(spec.items, side).items()}


def _questions(
    asked: Mapping[str, Sequence[Source]], part: Dimension, side: Side
) -> list[tuple[str, Source]]:
    """Returns the questions that a dimension of a rule set uses on one side of the definition (involuntary or
    coercion). Each is a pair: its item (such as `debt_bondage`) and the question.

    Args:
        asked: the questions of the survey, as {item: questions}.
        part: the dimension: one of the ways to be in forced labour by the rule set.
        side: the side of the definition.
    """
    wanted = getattr(part, side).all
    return [
        (item, source)
        for item in wanted
        for source in asked.get(item, ())
        if part.uses(side, item, source.stage)
    ]


def _unreachable_dimensions(spec: SurveySpec, rule: RuleSet) -> list[str]:
    """Returns the names of the dimensions of a rule set that nobody can meet in this survey, because the
    survey asked about too few of their items (such as debt bondage). A dimension is one of the ways to be in
    forced labour by the rule set."""
    asked, idle = _item_sources(spec), []
    for name, part in rule.parts.items():
        there = {side: {item for item, _ in _questions(asked, part, side)} for side in SIDES}
        strong = len(set(part.strong) & set().union(*there.values()))
        counts = {**{str(side): len(items) for side, items in there.items()}, "strong": strong}
        if any(count < getattr(part.at_least, key) for key, count in counts.items()):
            idle.append(name)
    return idle


def _items_on_other_side(spec: SurveySpec, rule: RuleSet) -> list[str]:
    """Returns the asked items (such as debt bondage) that the rule set counts on one side of the definition
    (involuntary or coercion), although `icls_2018` does not count them on this side.

    A dimension is one way to be in forced labour by the rule set. Items of dimensions that nobody can meet in
    this survey are left out.
    """
    base, asked, idle = (
        load_rules(REFERENCE_RULE_SET, Path()),
        _item_sources(spec),
        _unreachable_dimensions(spec, rule),
    )
    return list(
        dict.fromkeys(
            item
            for name, part in rule.parts.items()
            for side in SIDES
            for item, _ in _questions(asked, part, side)
            if name not in idle and item not in base.items(side)
        )
    )
