"""The part of survey.yaml about reference populations, groups, sectors and the tables wanted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, PrivateAttr, Tag, model_validator

from fltoolkit.languages.own_text import NO_TEXT, OwnText
from fltoolkit.survey.classifications.standards import UNKNOWN, standard
from fltoolkit.yaml_files.loading import Code, Codes, Model, Names

NOT_STATED = "not stated"
TOTAL = "total"
CROSS = " × "  # joins the groups of a breakdown, and their categories, where a table is written; no group's name holds it

Measure = Literal[
    "prevalence", "total", "share", "stock", "stock_prevalence", "current", "current_prevalence", "duration", "profile", "profile_total"
]  # fmt: skip
Classification = Literal[
    "sex", "area", "place_of_birth", "citizenship", "disability", "education", "icse_93", "icse_18", "icse_18_a", "icse_18_r"
]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


def crossed(names: Iterable[object]) -> str:
    """Groups, or their categories, as one text: `sex × region`; of none empty."""
    return CROSS.join(map(str, names))


def uncrossed(breakdown: object) -> tuple[str, ...]:
    """The groups of a breakdown as a published table has it; of the whole, none."""
    return tuple(part for part in str(breakdown).split(CROSS) if part)


Columns = Annotated[Names, Field(min_length=1)]
SomeCodes = Annotated[Codes, Field(min_length=1)]


class Between(Model):
    min: int | None = None
    max: int | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Between:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min ({self.min}) is above max ({self.max}): nobody is of such an age")
        return self


class PopulationSpec(Model):
    """A reference population: persons of an age who answered the module, with the weight that grosses them up.

    `sum_of` adds a population of adults and one of children, each person with the weight of their own.
    """

    label: OwnText
    age: Between = Between.model_construct()
    where: dict[str, SomeCodes] = Field(default_factory=dict)
    weight: str | None = None
    sum_of: Names = ()

    @model_validator(mode="after")
    def _only_a_sum(self) -> PopulationSpec:
        if self.sum_of and (self.where or self.weight or self.age != Between()):
            raise ValueError("sum_of: a sum takes ages, conditions and weights from its parts; leave them out here")
        return self


class Group(Model):
    """A breakdown: the codes of a column and what each stands for, in words or, with `classification`, in its codes. Blank and
    `missing` become the row `not stated`. Of several columns the first that is not blank counts.
    """

    column: Columns
    codes: Annotated[dict[Code, OwnText], Field(min_length=1)]
    classification: Classification | None = None
    missing: Codes = ()
    label: OwnText = NO_TEXT

    @model_validator(mode="after")
    def _labels(self) -> Group:
        if self.classification:
            allowed = [c for c in standard().classifications[self.classification] if c != UNKNOWN]
            for code, standing in self.codes.items():
                if standing not in allowed:
                    raise ValueError(
                        f"code {code} stands for {standing!r}, which is not one of {self.classification}: {', '.join(allowed)}"
                    )
        for code, label in self.labels.items():
            if not label.strip():
                raise ValueError(
                    f"the label of code {code} is blank; say in words what it stands for, or list the code in missing"
                )
            if label in (TOTAL, NOT_STATED):
                raise ValueError(f"the label {label!r} of code {code} is reserved; list codes without an answer in missing")
        both = set(self.codes) & set(self.missing)
        if both:
            raise ValueError(f"code {min(both)} is both an answer and missing")
        return self

    @property
    def labels(self) -> dict[str, str]:
        """What each code is called."""
        if self.classification is None:
            return dict(self.codes)
        named = standard().classifications[self.classification]
        return {code: named[standing].label for code, standing in self.codes.items()}


class Bands(Model):
    """Age bands by their lower limits: [18, 25, 55, 65] gives 18–24, 25–54, 55–64, 65+, and a band below 18."""

    bands: Annotated[tuple[Annotated[int, Field(ge=0)], ...], Field(min_length=1)]
    label: OwnText = NO_TEXT

    @model_validator(mode="after")
    def _rising(self) -> Bands:
        if list(self.bands) != sorted(set(self.bands)):
            raise ValueError("bands must rise")
        return self

    @property
    def labels(self) -> tuple[str, ...]:
        pairs = zip(self.bands, self.bands[1:], strict=False)
        return (*(f"{low}–{high - 1}" for low, high in pairs), f"{self.bands[-1]}+")


class AgeGroup(Bands):
    """Bands of age, at interview."""


class NumberGroup(Bands):
    """Bands of a column of numbers, such as hours or a debt. Blank and `missing` become the row `not stated`."""

    column: str
    missing: Codes = ()


def _kind_of_group(value: Any) -> str:
    """Tells bands of age and of a column from coded groups, so that a mistake is reported against the right one."""
    if "bands" not in value:
        return "tagged-codes"
    return "tagged-numbers" if "column" in value else "tagged-bands"


AnyGroup = Annotated[
    Annotated[Group, Tag("tagged-codes")]
    | Annotated[AgeGroup, Tag("tagged-bands")]
    | Annotated[NumberGroup, Tag("tagged-numbers")],
    Discriminator(_kind_of_group),
]


class Sector(Model):
    """An industry column. `job` says whose: of the forced labour itself (cases only), or one job asked of all workers.

    `correspondence` names a CSV file beside survey.yaml (columns `code` and `isic`) for a column of national codes; `revision`
    and `digits` are then those of its ISIC codes. Of several columns the first that is not blank counts.
    """

    column: Columns
    revision: Literal["isic_rev3.1", "isic_rev4", "isic_rev5"]
    digits: Literal["letter", "2", "3", "4"]
    job: Literal["forced_labour", "all_workers"]
    population: str | None = None
    level: Literal["ilo_aggregate", "section"] = "ilo_aggregate"
    correspondence: str | None = None
    missing: Codes = ()
    label: OwnText = NO_TEXT
    _national: dict[str, str] = PrivateAttr(default_factory=dict)

    @property
    def national(self) -> dict[str, str]:
        """National code to ISIC code, once `read_spec` has read the correspondence."""
        return self._national

    @model_validator(mode="before")
    @classmethod
    def _which_revision(cls, value: Any) -> Any:
        if isinstance(value, dict) and "revision" not in value:
            raise ValueError(
                "revision is required (isic_rev3.1, isic_rev4 or isic_rev5): the same code means other things in each; "
                "domestic work is section P in Rev.3.1, T in Rev.4, U in Rev.5"
            )
        return value

    @model_validator(mode="after")
    def _whose_job(self) -> Sector:
        if self.job == "all_workers" and not self.population:
            raise ValueError("job: all_workers needs population: the population of workers who were all asked this job")
        return self


class TableSpec(Model):
    """One table wanted. `by` lists breakdowns; `[]` in that list is the whole population. Groups listed together are crossed."""

    measure: Measure
    by: Annotated[tuple[Names, ...], Field(min_length=1)] = ((),)
    of: str | None = None
    population: str | None = None

    @model_validator(mode="after")
    def _share_of(self) -> TableSpec:
        if (self.measure == "share") != (self.of is not None):
            raise ValueError("`of` names the group whose distribution a share shows; it goes with measure: share only")
        return self

    @property
    def is_profile(self) -> bool:
        """Whether it is a table that describes the cases (a profile)."""
        return self.measure in ("profile", "profile_total")

    @model_validator(mode="after")
    def _one_group_of_a_profile(self) -> TableSpec:
        if self.is_profile and any(len(b) > 1 for b in self.by):
            raise ValueError("a profile is by one group at a time; list the groups one by one: by: [[], sex, region]")
        return self


def refuse_unfit_profile(
    table: TableSpec, number: int, case_only: Collection[str], populations: Mapping[str, PopulationSpec]
) -> None:
    """Raise `ValueError` for a profile by a group that only cases have, or of adults and children together.

    Args:
        table: one of `tables:`, the `number`-th. case_only: the groups that only cases have. populations: those of the survey.
    """
    if not table.is_profile:
        return
    if only := sorted({g for b in table.by for g in b} & set(case_only)):
        raise ValueError(f"table {number} of tables: a profile is by a group that everybody has, and only cases have {only[0]}")
    of = populations[table.population or next(iter(populations))]
    if of.sum_of:
        raise ValueError(
            f"table {number} of tables, population: adults and children each have a profile of their own: {', '.join(of.sum_of)}"
        )
