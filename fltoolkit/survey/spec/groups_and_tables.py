"""Defines the parts of survey.yaml about categories of persons: populations, groups, sectors and
occupations, amounts, and the tables that are wanted of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Discriminator, Field, PrivateAttr, Tag, model_validator

from fltoolkit.errors import did_you_mean
from fltoolkit.languages.own_text import NO_TEXT, OwnText
from fltoolkit.languages.reasons import Reason
from fltoolkit.survey.classifications.standards import UNKNOWN, standard
from fltoolkit.yaml_files.loading import Code, Codes, EachOnce, Model, Names

NOT_STATED = "not stated"
TOTAL = "total"
# The names of the rows of everybody and of no answer, in every language of the kit.
RESERVED_LABELS = frozenset({TOTAL, NOT_STATED, "everyone", "ensemble"})
NUMBERS_OF_PERSONS = ("total", "stock", "current", "profile_total")  # the measures of such tables
MEASURES_OF_AMOUNTS = ("mean", "median")
LEAD = "sex"  # the group that documents compare first, unless survey.yaml names another
CROSS = " × "  # joins the groups of a breakdown, and their categories, in a written table; no name of a group contains it
Measure = Literal[
    "prevalence",
    "total",
    "share",
    "stock",
    "stock_prevalence",
    "current",
    "current_prevalence",
    "duration",
    "profile",
    "profile_total",
    "mean",
    "median",
]
Classification = Literal[
    "sex",
    "area",
    "place_of_birth",
    "citizenship",
    "disability",
    "education",
    "informality",
    "social_protection",
    "employer",
    "icse_93",
    "icse_18",
    "icse_18_a",
    "icse_18_r",
]
Difficulty = Literal["no_difficulty", "some_difficulty", "a_lot_of_difficulty", "cannot_do_at_all"]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Columns = Annotated[EachOnce, Field(min_length=1)]
SomeCodes = Annotated[Codes, Field(min_length=1)]
RATES = ("prevalence", "stock_prevalence", "current_prevalence")
KEY = "publish_origins_because"
# Words of names and labels in English, French, Spanish and Portuguese.
ALWAYS = re.compile(
    r"\bethni|\betni|\btrib[eu]|\bcast[ea]s?\b|\breligi|\bindigen|\bindígen|\bautocht|\braces?\b|\brazas?\b|\bmother tongue|\blangue maternelle"
)
# With only two categories, these groups are migrant status: born here or abroad, citizen or not.
OF_SEVERAL = re.compile(
    r"\bnationalit|\bnacionalid|\bcitizen|\bcitoyennet|\bciudadan|\bcidadani|\bcountr(y|ies) of "
    r"(birth|origin)|\bbirth (country|place)|\bbirthplace"
    r"|\bpays de naissance|\bpays d.origine|\bpa[ií]s de nac|\bpa[ií]s de origen|\bpa[ií]s de "
    r"origem|\borigins?\b"
)
OF_ORIGIN = re.compile(
    r"nationalit|citizen|ethnic|migra|foreign|born|birth|tribe|caste|religio|indigen"
    r"|nacionalid|citoyen|ciudadan|cidadan|étranger|extranjer|estrangeir|naissance|nacim|nacid"
)
OF_DISABILITY = re.compile(r"disab|handicap|discapac|d[eé]ficien|invalide|invalidi")
CLASSIFIED_AS = {"citizenship": "origin", "place_of_birth": "origin", "disability": "disability"}


def crossed(names: Iterable[object]) -> str:
    """Joins the names of groups, or of their categories, to one text: `sex × region`. The text is empty if
    there are no names."""
    return CROSS.join(map(str, names))


def groups_of_breakdown(breakdown: object) -> tuple[str, ...]:
    """Splits the name of a crossed breakdown into its groups: `sex × region` gives `("sex", "region")`. An
    empty text, which stands for the whole population, gives no groups."""
    return tuple(part for part in str(breakdown).split(CROSS) if part)


class AgeRange(Model):
    """A range of ages; one of the two may be left out.

    Attributes:
        min, max: the lowest and the highest age.
    """

    min: Annotated[int, Field(ge=0)] | None = None
    max: Annotated[int, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _in_order(self) -> AgeRange:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min ({self.min}) is above max ({self.max}): nobody is of such an age")
        return self


class PopulationSpec(Model):
    """A reference population (the denominator of a rate). Its members are persons who answered the module on
    forced labour.

    Attributes:
        label: the name of the population in tables.
        age: the lowest and the highest age of its members.
        where: further conditions: {column: the codes that a member has in this column}.
        weight: the column of weights for this population. Without it: `design.weight`.
        population: the official number of persons in this population. `check` compares it with the sum of
            the weights, which may be up to 20% away.
        sum_of: the names of one population of adults and one of children, if this population is their sum.
            Each person keeps the weight of their own population.
    """

    label: OwnText
    age: AgeRange = AgeRange.model_construct()
    where: dict[str, SomeCodes] = Field(default_factory=dict)
    weight: str | None = None
    population: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    sum_of: EachOnce = ()

    @model_validator(mode="after")
    def _only_a_sum(self) -> PopulationSpec:
        if self.sum_of and (self.where or self.weight or self.population or self.age != AgeRange()):
            raise ValueError(
                "sum_of: a sum takes ages, conditions, weights and population from its parts; leave them "
                "out here"
            )
        return self


class Group(Model):
    """A breakdown, such as sex, by the codes of a column. A blank cell and a code of `missing` count as `not
    stated`.

    Attributes:
        column: the column. If there are several, the first that is not blank is used for each person.
        codes: the meaning of each code, as a text such as `women`. If there is a `classification`, the
            meaning is a code of this standard classification.
        classification: a standard classification, whose categories have names in every language and ILOSTAT
            codes.
        missing: the codes for no answer.
        label: the name of the group in tables.
        publish_origins_because: the reason why the prevalence by single origins (each nationality, ethnicity
            or religion) is published. Without a reason, it is not published.
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
                        f"code {code} stands for {standing!r}, which is not one of "
                        f"{self.classification}: {', '.join(allowed)}"
                    )
        for code, label in self.labels.items():
            if not label.strip():
                raise ValueError(
                    f"the label of code {code} is blank; say in words what it stands for, or list the "
                    "code in missing"
                )
            if taken := sorted(
                RESERVED_LABELS
                & {text.strip().casefold() for text in (label, *getattr(label, "others", {}).values())}
            ):
                raise ValueError(
                    f"the label {label!r} of code {code} is reserved: tables have a row {taken[0]!r} of "
                    "their own; choose another label, or "
                    "list codes without an answer in missing"
                )
        alike: dict[str, dict[str, None]] = {}
        for label in self.labels.values():
            alike.setdefault(" ".join(label.casefold().split()), {})[str(label)] = None
        if split := next((found for found in alike.values() if len(found) > 1), None):
            raise ValueError(
                "labels that differ only in capitals or spaces would be separate categories: "
                f"{', '.join(map(repr, split))}; write them "
                "alike if they are one category, otherwise in other words"
            )
        both = set(self.codes) & set(self.missing)
        if both:
            raise ValueError(f"code {min(both)} is both an answer and missing")
        return self

    @property
    def labels(self) -> dict[str, str]:
        """Returns the label of each code of the column: `{"1": "men", "2": "women"}`."""
        if self.classification is None:
            return dict(self.codes)
        named = standard().classifications[self.classification]
        return {code: named[standing].label for code, standing in self.codes.items()}


class Bands(Model):
    """Bands of whole numbers, such as ages. `bands` gives their lower limits: [18, 25, 55, 65] means 18–24,
    25–54, 55–64 and 65+. Numbers below the first limit form one more band."""

    bands: Annotated[tuple[Annotated[int, Field(ge=0)], ...], Field(min_length=1)]
    label: OwnText = NO_TEXT

    @model_validator(mode="after")
    def _rising(self) -> Bands:
        if list(self.bands) != sorted(set(self.bands)):
            raise ValueError("the limits of bands must be in rising order")
        return self

    @property
    def labels(self) -> tuple[str, ...]:
        pairs = zip(self.bands, self.bands[1:], strict=False)
        return (*(f"{low}–{high - 1}" for low, high in pairs), f"{self.bands[-1]}+")


class AgeGroup(Bands):
    """A breakdown by age at interview, in bands such as 18–24.

    Attributes:
        bands: the lower limits of the bands.
        label: the name of the group in tables.
    """


class NumberGroup(Bands):
    """A breakdown by a column of numbers, such as hours or a debt, in bands. A blank cell and a code of
    `missing` count as `not stated`.

    Attributes:
        bands: the lower limits of the bands. Numbers below the first form one more band.
        column: the column of numbers.
        missing: the codes for no answer.
        label: the name of the group in tables.
    """

    column: str
    missing: Codes = ()


class Amount(Model):
    """A number of each person in forced labour, such as a debt, a recruitment fee or an income, whose mean and
    median tables may show. A blank cell and a code of `missing` count as no answer.

    Attributes:
        column: the column of numbers, which are 0 or more.
        unit: the currency or other unit, with the date of the prices, as it is printed: `crowns of 2025`.
        missing: the codes for no answer.
        label: the name of the amount in tables.
    """

    column: str
    unit: OwnText
    missing: Codes = ()
    label: OwnText = NO_TEXT


class DisabilityGroup(Model):
    """Persons with and without disability, by the Washington Group short set of questions: six columns with
    one answer each.

    A person has a disability if at least one of the six answers is `a_lot_of_difficulty` or
    `cannot_do_at_all`. Any other person is without disability if all six questions are answered, and
    otherwise `not stated`.

    Source: Washington Group on Disability Statistics, short set, recommended cut-off.

    Attributes:
        washington_group: the columns of the six questions: seeing, hearing, walking, remembering, self-care,
            communicating.
        codes: the meaning of each code of these columns. Each of the four possible answers must have a code.
        missing: the codes for no answer.
        label: the name of the group in tables.
    """

    washington_group: Annotated[EachOnce, Field(min_length=6, max_length=6)]
    codes: dict[Code, Difficulty]
    missing: Codes = ()
    label: OwnText = NO_TEXT

    @model_validator(mode="after")
    def _four_answers(self) -> DisabilityGroup:
        answers = get_args(Difficulty)
        if absent := [answer for answer in answers if answer not in self.codes.values()]:
            raise ValueError(
                f"codes: no code stands for {absent[0]}; the short set has four answers: {', '.join(answers)}"
            )
        if both := set(self.codes) & set(self.missing):
            raise ValueError(f"code {min(both)} is both an answer and missing")
        return self

    @property
    def labels(self) -> dict[bool, str]:
        """Returns the English names of the two categories: {True: name of the category with disability,
        False: name of the category without}."""
        named = standard().classifications["disability"]
        return {True: named["with"].label, False: named["without"].label}


class QuantileGroup(Model):
    """A breakdown into equal shares of the population by a column of numbers, such as fifths by household
    wealth. A blank cell and a code of `missing` count as `not stated`.

    The limits between the shares are weighted quantiles over all persons of the sample, with `design.weight`.
    A limit is the value of a single person in the data, so limits are never printed.

    Attributes:
        column: the column of numbers.
        quantiles: the number of equal shares, 2 to 10.
        missing: the codes for no answer.
        label: the name of the group in tables.
    """

    column: str
    quantiles: Annotated[int, Field(ge=2, le=10)]
    missing: Codes = ()
    label: OwnText = NO_TEXT

    @property
    def name_keys(self) -> tuple[Reason, ...]:
        """Returns the names of the shares (such as the lowest fifth), the lowest first. Each name is a key of
        the language files, so that it can be printed in any language."""
        ends = {1: "categories.quantile_lowest", self.quantiles: "categories.quantile_highest"}
        numbers = range(1, self.quantiles + 1)
        return tuple(Reason.of(ends.get(i, "categories.quantile"), N=i, M=self.quantiles) for i in numbers)

    @property
    def labels(self) -> tuple[str, ...]:
        """Returns the names of the shares in English, the lowest first. The classified data have one of these
        names as the category of each person."""
        return tuple(map(str, self.name_keys))


def _kind_of_group(value: Any) -> str:
    """Returns the kind of group that an entry of survey.yaml defines, as a tag for pydantic. The kind is
    recognised by a key that only this kind has. Errors in the entry are then reported for this kind only."""
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
    """A breakdown by the industry or occupation of a job. It is the common base of `Sector` and `Occupation`.

    Attributes:
        column: the column of codes. If there are several, the first that is not blank is used for each
            person.
        job: `forced_labour`, the job in forced labour, which only persons in forced labour have; or
            `all_workers`, a job that all workers were asked about.
        population: the population of these workers, if `job` is `all_workers`.
        missing: the codes for no answer.
    """

    column: Columns
    job: Literal["forced_labour", "all_workers"]
    population: str | None = None
    missing: Codes = ()
    label: OwnText = NO_TEXT

    @model_validator(mode="after")
    def _whose_job(self) -> Self:
        if self.job == "all_workers" and not self.population:
            raise ValueError(
                "job: all_workers needs population: the population of workers who were all asked this job"
            )
        return self


class Sector(JobGroup):
    """A breakdown by the industry of a job, from a column of industry codes.

    Attributes:
        column, missing, label: as in `groups`.
        job: `forced_labour`: the codes are of the job in forced labour. They are read for cases only, so
            there are numbers and shares, and no rates. `all_workers`: all workers were asked about this job.
        population: the population of these workers.
        revision, digits: the revision and the form of the ISIC codes.
        level: whether tables have ILO's aggregates of industries, or the sections of ISIC.
        correspondence: needed for a column of national codes: a CSV file in the folder of survey.yaml with
            the columns `code` (national) and `isic`. `revision` and `digits` then describe the ISIC codes in
            this file.
    """

    revision: Literal["isic_rev3.1", "isic_rev4", "isic_rev5"]
    digits: Literal["letter", "2", "3", "4"]
    level: Literal["ilo_aggregate", "section"] = "ilo_aggregate"
    correspondence: str | None = None
    _national: dict[str, str] = PrivateAttr(default_factory=dict)

    @property
    def national(self) -> dict[str, str]:
        """Returns the ISIC code of each national industry code, from the correspondence table that
        survey.yaml names. The mapping is empty before `read_spec` has read this table, and if there is no
        such table."""
        return self._national

    @model_validator(mode="before")
    @classmethod
    def _which_revision(cls, value: Any) -> Any:
        if isinstance(value, dict) and "revision" not in value:
            raise ValueError(
                "revision is required (isic_rev3.1, isic_rev4 or isic_rev5): the same code means other "
                "things in each; "
                "domestic work is section P in Rev.3.1, T in Rev.4, U in Rev.5"
            )
        return value


class Occupation(JobGroup):
    """A breakdown by occupation, from a column with codes of ISCO-08.

    Attributes:
        column, missing, label: as in `groups`.
        job, population: as in `sectors`.
        classification: the classification of the codes.
        digits: the number of digits of the codes. The first is the major group, which is the category in
            tables.
    """

    classification: Literal["isco_08"]
    digits: Literal["1", "2", "3", "4"]


Job = Sector | Occupation


class TableSpec(Model):
    """One table that survey.yaml asks for.

    Attributes:
        measure: what the table shows, such as `prevalence`.
        by: a list of breakdowns. `[]` in this list means the whole population. Groups in the same inner list
            are crossed: `[[], [sex], [sex, region]]` is three breakdowns.
        of: for the measure `share`, the group whose distribution the table shows. For the measures `mean` and
            `median`, one of `amounts`, such as a debt. They are about persons in forced labour.
        population: the population. Without it: the first in survey.yaml.
    """

    measure: Measure
    by: Annotated[tuple[Names, ...], Field(min_length=1)] = ((),)
    of: str | None = None
    population: str | None = None

    @model_validator(mode="after")
    def _share_of(self) -> TableSpec:
        if (self.measure in ("share", *MEASURES_OF_AMOUNTS)) != (self.of is not None):
            raise ValueError(
                "`of` names the group whose distribution a share shows, or the amount of a mean or median; it "
                "goes with measure: share, mean and median only"
            )
        return self

    @property
    def counts_persons(self) -> bool:
        """Returns whether the table has numbers of persons, which only weights that add up to the population
        can give."""
        return self.measure in NUMBERS_OF_PERSONS

    @property
    def of_amount(self) -> bool:
        """Returns whether `of` names one of `amounts`, and not a group."""
        return self.measure in MEASURES_OF_AMOUNTS

    @property
    def is_profile(self) -> bool:
        """Returns whether the table is a profile: it describes the persons in forced labour, in place of the
        rate."""
        return self.measure in ("profile", "profile_total")

    @model_validator(mode="after")
    def _one_group_of_a_profile(self) -> TableSpec:
        if self.is_profile and any(len(b) > 1 for b in self.by):
            raise ValueError(
                "a profile is by one group at a time; list the groups one by one: by: [[], sex, region]"
            )
        return self


def is_of_origin(name: str, group: AnyGroup | None) -> bool:
    """Returns whether a group shows nationality, origin, migrant status, ethnicity or religion. A standard
    classification in survey.yaml decides. If the group has none, the words in its name and label decide."""
    return _status(name, group) == "origin"


def may_compare(name: str, group: AnyGroup | None) -> bool:
    """Returns whether the kit compares the categories of a group by itself. It never compares nationality,
    origin, migrant status, ethnicity, religion or disability: readers would judge people by it."""
    return not _status(name, group)


def shows_origins(name: str, group: AnyGroup) -> bool:
    """Returns whether the categories of a group are single origins, such as each nationality or religion. The
    kit recognises such a group by its key `publish_origins_because`, its name or its label."""
    if not isinstance(group, Group) or group.classification:
        return False
    words = f"{name} {group.label}".replace("_", " ").casefold()
    several = len(set(group.labels.values())) > 2
    return bool(
        group.publish_origins_because or ALWAYS.search(words) or (several and OF_SEVERAL.search(words))
    )


def obstacle_of_origins(
    measure: str, by: Collection[Sequence[str]], origins: Collection[str], allowed: Collection[str]
) -> str:
    """Returns, in words, the reason why a table that shows single origins (such as each nationality) must not
    be made. The text is empty if the table may be made.

    Args:
        measure: the measure of the table, such as `prevalence`.
        by: the breakdowns of the table, each a list of groups.
        origins: the names of the groups whose categories are single origins.
        allowed: the names of those groups in `origins` for which survey.yaml gives a reason to publish.
    """
    found = sorted({group for breakdown in by for group in breakdown} & set(origins))
    if not found:
        return ""
    if closed := [group for group in found if group not in allowed]:
        return (
            f"{closed[0]} shows single origins, which are published only where survey.yaml says why: "
            "give the reason under "
            f"groups.{closed[0]}.{KEY}, or ask for migrant status (classification: place_of_birth or "
            "citizenship)"
        )
    if measure not in RATES:
        return (
            f"{found[0]} shows single origins: only rates are published by it ({', '.join(RATES)}), "
            f"and no {measure}"
        )
    if any(len(breakdown) > 1 and set(breakdown) & set(found) for breakdown in by):
        return f"{found[0]} shows single origins: it is not crossed with another group"
    return ""


def refuse_ages_of_nobody(
    oldest: int, populations: Mapping[str, PopulationSpec], groups: Mapping[str, AnyGroup]
) -> None:
    """Raise `ValueError` if a population or an age band begins above the oldest possible age (`oldest`, in
    years), so that no person can be in it."""
    ages = {
        f"populations.{name}.age.min": p.age.min for name, p in populations.items() if p.age.min is not None
    }
    ages |= {f"groups.{name}.bands": g.bands[-1] for name, g in groups.items() if isinstance(g, AgeGroup)}
    if too_old := [f"{key} ({age})" for key, age in ages.items() if age > oldest]:
        raise ValueError(f"{too_old[0]} is above age.max ({oldest}): nobody is of such an age")


def refuse_unfit_populations(
    populations: Mapping[str, PopulationSpec], definition: Mapping[str, str], adult: int | None
) -> None:
    """Raise `ValueError` if the populations do not fit the module on children. With such a module, a
    population must have only adults, or only children, or be a sum (`sum_of`) of one of each. Without it, no
    population may be a sum.

    Args:
        populations: the populations, by name.
        definition: for each population, `adults` or `children`, or an empty text if its ages include both.
        adult: the age from which a person is an adult. None: survey.yaml has no module on children.
    """
    for name, population in populations.items():
        where = f"populations.{name}"
        if population.sum_of and adult is None:
            raise ValueError(f"{where}.sum_of adds adults and children, and there is no children:")
        if population.sum_of:
            if sorted(definition.get(part, "") for part in population.sum_of) != ["adults", "children"]:
                raise ValueError(f"{where}.sum_of: name one population of adults and one of children")
        elif adult is not None and not definition[name]:
            raise ValueError(
                f"{where}.age: with children: a population is of adults (min {adult} or more) or of "
                "children "
                f"(max {adult - 1} or less), since their definitions differ; add the two with sum_of"
            )


@dataclass(frozen=True)
class AllowedTables:
    """The names of groups and populations that `tables:` of survey.yaml may use.

    Attributes:
        groups: the names of all groups.
        populations: the populations, by name.
        case_only: the names of the groups that only persons in forced labour have, such as the form of forced
            labour.
        origins: the names of the groups whose categories are single origins, such as each country of birth.
        published_origins: the names in `origins` of the groups that may be published, because survey.yaml
            gives a reason.
        amounts: the names under `amounts`.
    """

    groups: set[str]
    populations: Mapping[str, PopulationSpec]
    case_only: Collection[str]
    origins: Collection[str]
    published_origins: Collection[str]
    amounts: Collection[str] = ()


def refuse_unfit_tables(tables: Sequence[TableSpec], allowed: AllowedTables, *, grosses_up: bool) -> None:
    """Raise `ValueError` if a table of survey.yaml names an unknown group or population, or cannot be made,
    or must not be published. `grosses_up` says whether the weights of the survey add up to the population."""
    for i, table in enumerate(tables, 1):
        if table.counts_persons and not grosses_up:
            raise ValueError(
                f"table {i} of tables, measure: {table.measure} is a number of persons, which weights: "
                "normalised (under design) cannot "
                "give; take the table out, or name weights that add up to the population"
            )
        if table.of_amount and table.of not in allowed.amounts:
            known = known_names_in_words(table.of or "", set(allowed.amounts)) if allowed.amounts else ""
            raise ValueError(
                f"table {i} of tables, measure: {table.measure}, of: {table.of} is not one of "
                f"amounts{known}; define it: amounts: {{{table.of}: {{column: …, unit: …}}}}"
            )
        grouped = [*table.by, *([(table.of,)] if table.of and not table.of_amount else [])]
        for group in {g for b in grouped for g in b}:
            if group not in allowed.groups:
                raise ValueError(
                    f"table {i} of tables: {group} is not one of the "
                    f"groups{known_names_in_words(group, allowed.groups)}"
                )
        if table.population and table.population not in allowed.populations:
            near = known_names_in_words(table.population, set(allowed.populations))
            raise ValueError(
                f"table {i} of tables, population: {table.population} is not one of populations{near}"
            )
        _refuse_unfit_profile(table, i, allowed.case_only, allowed.populations)
        if why := obstacle_of_origins(table.measure, grouped, allowed.origins, allowed.published_origins):
            raise ValueError(f"table {i} of tables: {why}")


def refuse_unfit_lead(
    lead: str, groups: set[str], tables: Sequence[TableSpec], allowed: AllowedTables
) -> None:
    """Raise `ValueError` if the lead group (the group that documents compare first) cannot be used: no table
    shows the prevalence by this group, or its categories are single origins such as nationalities.

    Args:
        lead: the name of the lead group in survey.yaml.
        groups: the names of the groups under `groups:`. Every person has a category in each of these groups,
            not only the cases.
        tables: the tables of the survey.
        allowed: the names that tables may use. The first of its populations is the default population.
    """
    if lead not in groups:
        raise ValueError(f"lead: {lead} is not one of groups{known_names_in_words(lead, groups)}")
    if lead in allowed.origins:
        raise ValueError(
            f"lead: {lead} shows single origins, which no document compares first; name another group"
        )
    default = (None, next(iter(allowed.populations)))
    if not any(t.measure == "prevalence" and t.population in default and (lead,) in t.by for t in tables):
        raise ValueError(
            f"lead: no table gives the prevalence by {lead} alone; add "
            f"{{measure: prevalence, by: {lead}}} to tables, or name another group"
        )


def known_names_in_words(name: str, known: set[str]) -> str:
    """Returns the end of an error message about a wrong name. The text gives the known names, and the name
    that was probably meant: `: region, sex; did you mean sex?`."""
    return f": {', '.join(sorted(known))}{did_you_mean(name, known)}"


def _status(name: str, group: AnyGroup | None) -> str:
    """Returns what of a person's status a group shows: `origin`, `disability` or nothing of it."""
    if isinstance(group, DisabilityGroup):
        return "disability"
    if isinstance(group, Group) and group.classification:
        return CLASSIFIED_AS.get(group.classification, "")
    words = f"{name} {group.label if group else ''}".replace("_", " ").casefold()
    return (
        "origin"
        if ALWAYS.search(words) or OF_ORIGIN.search(words)
        else "disability"
        if OF_DISABILITY.search(words)
        else ""
    )


def _refuse_unfit_profile(
    table: TableSpec, number: int, case_only: Collection[str], populations: Mapping[str, PopulationSpec]
) -> None:
    """Raise `ValueError` if a table is a profile (it describes the persons in forced labour) that cannot be
    made. A profile cannot be made by a group that only these persons have, or for a population that adds
    adults and children. Other tables are not checked.

    Args:
        table: one of `tables:`.
        number: the position of this table in the list, from 1.
        case_only: the names of the groups that only persons in forced labour have.
        populations: the populations of the survey.
    """
    if not table.is_profile:
        return
    if only := sorted({g for b in table.by for g in b} & set(case_only)):
        raise ValueError(
            f"table {number} of tables: a profile is by a group that everybody has, and only cases have "
            f"{only[0]}"
        )
    of = populations[table.population or next(iter(populations))]
    if of.sum_of:
        raise ValueError(
            f"table {number} of tables, population: adults and children each have a profile of their "
            f"own: {', '.join(of.sum_of)}"
        )
