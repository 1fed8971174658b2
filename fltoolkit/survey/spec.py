"""What a survey.yaml says: files, design, questions, groups and the tables wanted (ICLS.md §11, adults)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError, model_validator

from fltoolkit.errors import SpecError
from fltoolkit.survey.breakdowns import AnyGroup, Name, Population, Sector, Table
from fltoolkit.survey.layout import Design, Files, ModuleStatus
from fltoolkit.survey.questions import (
    AnswerCodes,
    Episodes,
    Exceptions,
    Form,
    Interview,
    Items,
    Months,
    Place,
    Source,
    Sources,
)
from fltoolkit.yamlfile import Codes, Model, load_model


class Age(Model):
    """Age in completed years at interview."""

    column: str
    missing: Codes = ()
    max: int = 120


class ReferencePeriod(Model):
    """The window the questions look back over; every figure names it (para 6a)."""

    months: Annotated[int, Field(gt=0)]
    text: str
    start: date | None = None
    end: date | None = None


class Confidentiality(Model):
    """Smallest numbers that may be shown. Raising is free; lowering needs `accept_lower_limits: true` and is reported."""

    cases: int = 5
    non_cases: int = 5
    psus: int = 3
    households: int = 3
    accept_lower_limits: bool = False


class SurveySpec(Model):
    """The whole of a survey.yaml."""

    title: str
    country: str
    year: int
    round: str = "1"
    reference_period: ReferencePeriod
    files: Files
    design: Design
    age: Age
    module: ModuleStatus | None = None
    interview: Interview = Interview()
    answers: AnswerCodes = AnswerCodes()
    any_work: Sources
    items: Items
    episodes: Episodes
    exceptions: Exceptions | None = None
    form: Form | None = None
    trafficking: Sources | None = None
    place: Place | None = None
    months: Months | None = None
    populations: Annotated[dict[Name, Population], Field(min_length=1)]
    groups: dict[Name, AnyGroup] = Field(default_factory=dict)
    sectors: dict[Name, Sector] = Field(default_factory=dict)
    tables: tuple[Table, ...] = ()
    coverage_excludes: tuple[str, ...]
    confidentiality: Confidentiality = Confidentiality()

    @model_validator(mode="after")
    def _names_meet(self) -> SurveySpec:
        groups = set(self.group_names)
        if taken := RESERVED & {*self.groups, *self.sectors}:
            raise ValueError(f"a group may not be called {min(taken)}: the kit uses that name")
        if twice := self.groups.keys() & self.sectors.keys():
            raise ValueError(f"{min(twice)} is one of groups and of sectors; rename one of them")
        for name, sector in self.sectors.items():
            if sector.population and sector.population not in self.populations:
                raise ValueError(f"sectors.{name}.population: {sector.population} is not one of populations")
        for i, table in enumerate(self.tables):
            for group in {g for b in table.by for g in b} | ({table.of} if table.of else set()):
                if group not in groups:
                    raise ValueError(f"tables.{i}: {group} is not one of the groups: {', '.join(sorted(groups))}")
            if table.population and table.population not in self.populations:
                raise ValueError(f"tables.{i}.population: {table.population} is not one of populations")
        if self.episodes.long != (self.files.episodes is not None):
            raise ValueError("episodes.long: true and files.episodes go together: one names rows, the other where they are")
        return self

    @model_validator(mode="after")
    def _questions_fit(self) -> SurveySpec:
        for where, source in self.questions():
            try:
                source.codes(self.answers)
            except ValidationError as error:
                problem = error.errors()[0]["msg"].removeprefix("Value error, ")
                raise ValueError(f"{where}: of column {source.column}, {problem}") from None
        wrong = [c for c in [*self.person_columns(), *(() if self.episodes.wide else self.episode_columns())] if "{episode}" in c]
        if wrong:
            raise ValueError(
                f"column {wrong[0]} names {{episode}}, which needs episodes.wide and stands only for what is asked of an episode: "
                "items, exceptions, form, place, months, trafficking, episodes.exists, the sector of the forced labour"
            )
        return self

    def questions(self) -> list[tuple[str, Source]]:
        """Every yes/no question, with the key that maps it."""
        same = self.episodes.same_work
        keyed: list[tuple[str, Sources | None]] = [("any_work", self.any_work)]
        keyed += [(f"items.involuntary.{item}", sources) for item, sources in self.items.involuntary.items()]
        keyed += [(f"items.coercion.{item}", sources) for item, sources in self.items.coercion.items()]
        keyed += [("episodes.same_work", same if isinstance(same, tuple) else None), ("episodes.exists", self.episodes.exists)]
        if self.exceptions:
            keyed += [(f"exceptions.kinds.{kind}", sources) for kind, sources in self.exceptions.kinds.items()]
            keyed += [("exceptions.within_limits", self.exceptions.within_limits)]
        keyed += [("trafficking", self.trafficking)]
        keyed += [("interview.proxy", self.interview.proxy), ("interview.alone", self.interview.alone)]
        return [(where, source) for where, sources in keyed for source in sources or ()]

    def person_columns(self) -> list[str]:
        """The columns asked of a person, the design's among them, in the order survey.yaml names them."""
        design, populations = self.design, self.populations.values()
        one_job = [s for s in self.sectors.values() if s.job == "all_workers"]
        found = _columns([self.age, self.module, self.interview, self.any_work, self.groups, one_job])
        found += [design.weight, *design.strata, *design.household, *(c for c in (design.psu, design.fpc) if c)]
        found += [name for p in populations for name in (*p.where, *((p.weight,) if p.weight else ()))]
        return list(dict.fromkeys(found))

    def episode_columns(self) -> list[str]:
        """The columns asked of an episode of work, or of all work at once; `{episode}` stands as written."""
        own_job = [s for s in self.sectors.values() if s.job == "forced_labour"]
        asked = [self.items, self.episodes, self.exceptions, self.form, self.place, self.trafficking, self.months, own_job]
        return list(dict.fromkeys(_columns(asked)))

    @property
    def default_population(self) -> str:
        return next(iter(self.populations))

    @property
    def group_names(self) -> tuple[str, ...]:
        """Everything by which a table can be broken down."""
        return (*self.groups, *self.sectors, *(("form",) if self.form else ()))

    @property
    def case_only(self) -> frozenset[str]:
        """Groups that only cases have: the sector of the forced labour, its form."""
        return frozenset(n for n, s in self.sectors.items() if s.job == "forced_labour") | {"form"}


RESERVED = frozenset({
    "estimate", "se", "ci_low", "ci_high", "cv", "deff", "df", "n", "cases", "population", "n_eff", "psus_with_cases",
    "households_with_cases", "unresolved", "resolved_only", "bound_high", "bound_ci_high", "measure", "flag", "marker",
    "reason", "breakdown", "category", "total", "any_work", "involuntary", "coercion", "same_work", "forced_labour",
    "forced_labour_abroad", "trafficking", "route", "form", "exception", "exception_within_limits", "step", "items", "trace", "months",
})  # fmt: skip


def _columns(node: Any) -> list[str]:
    """Every `column` named in a model and all below it."""
    if isinstance(node, Model):
        own = getattr(node, "column", None)
        return [*([own] if own else []), *_columns([getattr(node, name) for name in type(node).model_fields])]
    if isinstance(node, dict):
        return _columns(list(node.values()))
    return [c for value in node for c in _columns(value)] if isinstance(node, (list, tuple)) else []


def read_spec(path: str | Path) -> SurveySpec:
    """Read and check a survey.yaml. Raises `SpecError` naming every key that needs a change."""
    return load_model(Path(path), SurveySpec)


def check_sides(
    spec: SurveySpec, involuntary: Iterable[tuple[str, Source]], coercion: Iterable[tuple[str, Source]], where: str
) -> None:
    """No answer (a code of a column) may feed both sides of the definition (ICLS.md §3). Raises `SpecError`.

    Args:
        spec: the survey.
        involuntary: the questions on that side, each with its item; `coercion` likewise.
        where: the path of survey.yaml, for the message.
    """
    fed = {(source.column, code): item for item, source in involuntary for code in source.codes(spec.answers).yes}
    for item, source in coercion:
        for code in source.codes(spec.answers).yes:
            if (source.column, code) in fed:
                raise SpecError(
                    "one answer feeds both sides of the definition",
                    where=f"{where}: items",
                    found=f"code {code} of {source.column} is {fed[source.column, code]} and {item}",
                    do="keep it on one side; different codes of one column may stand on different sides",
                )
