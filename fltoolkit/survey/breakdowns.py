"""Of whom and by what a figure is, as survey.yaml says it: reference populations, groups, sectors and the tables wanted."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from fltoolkit.yamlfile import Code, Codes, Model, Names

NOT_STATED = "not stated"
TOTAL = "total"

Measure = Literal["prevalence", "total", "share"]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Between(Model):
    min: int | None = None
    max: int | None = None


class Population(Model):
    """A reference population: persons of an age who answered the module, with the weight that grosses them up.

    `sum_of` adds a population of adults and one of children, each person with the weight of their own.
    """

    label: str
    age: Between = Between()
    where: dict[str, Codes] = Field(default_factory=dict)
    weight: str | None = None
    sum_of: Names = ()

    @model_validator(mode="after")
    def _only_a_sum(self) -> Population:
        if self.sum_of and (self.where or self.weight or self.age != Between()):
            raise ValueError("sum_of: a sum takes ages, conditions and weights from its parts; leave them out here")
        return self


class Group(Model):
    """A breakdown: the codes of a column and what each stands for. Blank and `missing` become the row `not stated`."""

    column: str
    codes: dict[Code, str]
    missing: Codes = ()
    label: str = ""

    @model_validator(mode="after")
    def _labels(self) -> Group:
        for code, label in self.codes.items():
            if label in (TOTAL, NOT_STATED):
                raise ValueError(f"the label {label!r} of code {code} is reserved; list codes without an answer in missing")
        both = set(self.codes) & set(self.missing)
        if both:
            raise ValueError(f"code {min(both)} is both an answer and missing")
        return self


class AgeGroup(Model):
    """Age bands by their lower limits: [18, 25, 55, 65] gives 18–24, 25–54, 55–64, 65+."""

    bands: Annotated[tuple[int, ...], Field(min_length=1)]
    label: str = ""

    @model_validator(mode="after")
    def _rising(self) -> AgeGroup:
        if list(self.bands) != sorted(set(self.bands)):
            raise ValueError("bands must rise")
        return self

    @property
    def labels(self) -> tuple[str, ...]:
        pairs = zip(self.bands, self.bands[1:], strict=False)
        return (*(f"{low}–{high - 1}" for low, high in pairs), f"{self.bands[-1]}+")


def _kind_of_group(value: Any) -> str:
    """Tells age bands from coded groups, so that a mistake is reported against the right one."""
    return "tagged-bands" if "bands" in value else "tagged-codes"


AnyGroup = Annotated[
    Annotated[Group, Tag("tagged-codes")] | Annotated[AgeGroup, Tag("tagged-bands")], Discriminator(_kind_of_group)
]


class Sector(Model):
    """An industry column. `job` says whose: of the forced labour itself (cases only), or one job asked of all workers."""

    column: str
    revision: Literal["isic_rev4"]
    digits: Literal["letter", "2", "3", "4"]
    job: Literal["forced_labour", "all_workers"]
    population: str | None = None
    level: Literal["ilo_aggregate", "section"] = "ilo_aggregate"
    missing: Codes = ()
    label: str = ""

    @model_validator(mode="after")
    def _whose_job(self) -> Sector:
        if self.job == "all_workers" and not self.population:
            raise ValueError("job: all_workers needs population: the population of workers who were all asked this job")
        return self


class Table(Model):
    """One table wanted. `by` lists breakdowns; `[]` is the whole population. Groups listed together are crossed."""

    measure: Measure
    by: tuple[Names, ...] = ((),)
    of: str | None = None
    population: str | None = None

    @model_validator(mode="after")
    def _share_of(self) -> Table:
        if (self.measure == "share") != (self.of is not None):
            raise ValueError("`of` names the group whose distribution a share shows; it goes with measure: share only")
        return self
