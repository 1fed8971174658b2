"""The part of survey.yaml about reference populations, groups, sectors and the tables wanted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Discriminator, Field, PrivateAttr, Tag, model_validator

from fltoolkit.languages.own_text import NO_TEXT, OwnText
from fltoolkit.languages.reasons import Reason
from fltoolkit.survey.classifications.standards import UNKNOWN, standard
from fltoolkit.yaml_files.loading import Code, Codes, Model, Names

NOT_STATED = "not stated"
TOTAL = "total"
LEAD = "sex"  # the group that documents compare first, unless survey.yaml names another
CROSS = " × "  # joins the groups of a breakdown, and their categories, where a table is written; no group's name holds it

Measure = Literal[
    "prevalence", "total", "share", "stock", "stock_prevalence", "current", "current_prevalence", "duration", "profile", "profile_total"
]  # fmt: skip
Classification = Literal[
    "sex", "area", "place_of_birth", "citizenship", "disability", "education", "informality", "social_protection", "employer", "icse_93",
    "icse_18", "icse_18_a", "icse_18_r"
]  # fmt: skip
Difficulty = Literal["no_difficulty", "some_difficulty", "a_lot_of_difficulty", "cannot_do_at_all"]
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

    `publish_origins_because` says why rates by single origins (nationalities, ethnicities, religions) are published; without it
    they are not. See `classifications.origins`.
    """

    column: Columns
    codes: Annotated[dict[Code, OwnText], Field(min_length=1)]
    classification: Classification | None = None
    missing: Codes = ()
    label: OwnText = NO_TEXT
    publish_origins_because: str = ""

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


class DisabilityGroup(Model):
    """Persons with and without disability, by the Washington Group short set of questions: six columns, one answer each.

    A person is with disability who has a lot of difficulty, or cannot do it at all, in one of the six or more. A person who has
    neither, and left one of the six open, is in the row `not stated`.
    Source: Washington Group on Disability Statistics, short set, recommended cut-off.

    Attributes:
        washington_group: the columns of the six questions: seeing, hearing, walking, remembering, self-care, communicating.
        codes: what each code of these columns stands for; all four answers are named.
        missing: codes for no answer.
    """

    washington_group: Annotated[Names, Field(min_length=6, max_length=6)]
    codes: dict[Code, Difficulty]
    missing: Codes = ()
    label: OwnText = NO_TEXT

    @model_validator(mode="after")
    def _four_answers(self) -> DisabilityGroup:
        if len(set(self.washington_group)) < len(self.washington_group):
            raise ValueError("washington_group names a column twice; name the six columns, one a question")
        answers = get_args(Difficulty)
        if absent := [answer for answer in answers if answer not in self.codes.values()]:
            raise ValueError(f"codes: no code stands for {absent[0]}; the short set has four answers: {', '.join(answers)}")
        if both := set(self.codes) & set(self.missing):
            raise ValueError(f"code {min(both)} is both an answer and missing")
        return self

    @property
    def labels(self) -> dict[bool, str]:
        """What persons with and without disability are called."""
        named = standard().classifications["disability"]
        return {True: named["with"].label, False: named["without"].label}


class QuantileGroup(Model):
    """Equal shares of the population by a column of numbers, such as fifths by household wealth. Blank and `missing` become `not stated`.

    The limits between the groups are weighted quantiles over all persons of the sample, each with `design.weight`. They are values of
    the data, and are never shown.
    """

    column: str
    quantiles: Annotated[int, Field(ge=2, le=10)]
    missing: Codes = ()
    label: OwnText = NO_TEXT

    @property
    def said(self) -> tuple[Reason, ...]:
        """What each group is called, the lowest first."""
        ends = {1: "categories.quantile_lowest", self.quantiles: "categories.quantile_highest"}
        numbers = range(1, self.quantiles + 1)
        return tuple(Reason.of(ends.get(i, "categories.quantile"), N=i, M=self.quantiles) for i in numbers)

    @property
    def labels(self) -> tuple[str, ...]:
        """The same in English words, by which data call them."""
        return tuple(map(str, self.said))


def _kind_of_group(value: Any) -> str:
    """Tells the kinds of groups apart by the key that only one of them has, so that a mistake is reported against the right one."""
    if "washington_group" in value:
        return "tagged-disability"
    if "quantiles" in value:
        return "tagged-quantiles"
    if "bands" not in value:
        return "tagged-codes"
    return "tagged-numbers" if "column" in value else "tagged-bands"


AnyGroup = Annotated[
    Annotated[Group, Tag("tagged-codes")]
    | Annotated[AgeGroup, Tag("tagged-bands")]
    | Annotated[NumberGroup, Tag("tagged-numbers")]
    | Annotated[QuantileGroup, Tag("tagged-quantiles")]
    | Annotated[DisabilityGroup, Tag("tagged-disability")],
    Discriminator(_kind_of_group),
]


class JobGroup(Model):
    """A breakdown by a job. `job` says whose: that of the forced labour itself (cases only), or one job asked of all workers, which
    `population` names. Of several columns the first that is not blank counts.
    """

    column: Columns
    job: Literal["forced_labour", "all_workers"]
    population: str | None = None
    missing: Codes = ()
    label: OwnText = NO_TEXT

    @model_validator(mode="after")
    def _whose_job(self) -> Self:
        if self.job == "all_workers" and not self.population:
            raise ValueError("job: all_workers needs population: the population of workers who were all asked this job")
        return self


class Sector(JobGroup):
    """An industry column.

    `correspondence` names a CSV file beside survey.yaml (columns `code` and `isic`) for a column of national codes; `revision`
    and `digits` are then those of its ISIC codes.
    """

    revision: Literal["isic_rev3.1", "isic_rev4", "isic_rev5"]
    digits: Literal["letter", "2", "3", "4"]
    level: Literal["ilo_aggregate", "section"] = "ilo_aggregate"
    correspondence: str | None = None
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


class Occupation(JobGroup):
    """An occupation column: codes of ISCO-08 with one to four digits, of which the first is the major group."""

    classification: Literal["isco_08"]
    digits: Literal["1", "2", "3", "4"]


Job = Sector | Occupation


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
