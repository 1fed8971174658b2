"""What a survey.yaml says: files, design, questions, groups and the tables wanted (ICLS.md §11, adults)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from fltoolkit.errors import SpecError
from fltoolkit.yamlfile import Code, Codes, Model, Names, build_model, load_yaml

NOT_STATED = "not stated"
TOTAL = "total"

InvoluntaryItem = Literal[
    "unfree_recruitment", "different_job", "unagreed_overtime", "hazardous_work", "very_low_or_no_wages",
    "degrading_living_conditions", "other_employers", "longer_than_agreed", "no_freedom_to_leave",
    "other_without_consent",
]  # fmt: skip
CoercionItem = Literal[
    "threats_or_violence", "restricted_movement", "debt_bondage", "withheld_wages", "withheld_documents",
    "abuse_of_vulnerability", "other_penalty",
]  # fmt: skip
ExceptionKind = Literal["military_conscription", "civic_obligations", "convict_labour", "emergencies", "minor_communal_services"]
Measure = Literal["prevalence", "total", "share"]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Routing(Model):
    """Who is asked a question: those whose answer to `column` is in `asked`; a skip by those in `skipped` means no."""

    column: str
    asked: Codes
    skipped: Codes


class AnswerCodes(Model):
    """The codes of a yes/no question. A blank cell is always a missing answer and needs no code."""

    yes: Codes = ("1",)
    no: Codes = ("2",)
    dont_know: Codes = ()
    refused: Codes = ()
    not_applicable: Codes = ()
    not_applicable_means: Literal["no", "unresolved"] | None = None

    @model_validator(mode="after")
    def _each_code_means_one_thing(self) -> AnswerCodes:
        seen: dict[str, str] = {}
        for kind in ("yes", "no", "dont_know", "refused", "not_applicable"):
            for code in getattr(self, kind):
                if code in seen:
                    raise ValueError(f"code {code} means both {seen[code]} and {kind}; it can mean only one")
                seen[code] = kind
        if self.not_applicable and self.not_applicable_means is None:
            raise ValueError("not_applicable has codes: say not_applicable_means: no or unresolved")
        return self


class Source(Model):
    """One question that feeds an item. Codes left out are those of `answers`."""

    column: str
    yes: Codes | None = None
    no: Codes | None = None
    dont_know: Codes | None = None
    refused: Codes | None = None
    not_applicable: Codes | None = None
    not_applicable_means: Literal["no", "unresolved"] | None = None
    mode: Literal["experienced", "threatened", "witnessed"] = "experienced"
    stage: Literal["recruitment", "work", "leaving"] | None = None
    detail: str = ""
    label: str = ""
    routing: Routing | None = None

    def codes(self, default: AnswerCodes) -> AnswerCodes:
        own = {k: v for k in AnswerCodes.model_fields if (v := getattr(self, k)) is not None}
        return build_model({**default.model_dump(), **own}, AnswerCodes, where=f"the codes of {self.column}")


def _one_or_many(value: object) -> object:
    return [{"column": value}] if isinstance(value, str) else [value] if isinstance(value, dict) else value


Sources = Annotated[tuple[Source, ...], BeforeValidator(_one_or_many), Field(min_length=1)]


class DataFile(Model):
    """A file beside survey.yaml: CSV or Parquet; several paths are pooled quarters, each with its weight factor."""

    path: Names
    key: Names
    prefix: str = ""
    weight_factor: tuple[float, ...] = ()
    delimiter: str | None = None
    encoding: Literal["utf-8", "latin-1", "utf-16"] = "utf-8"

    @model_validator(mode="after")
    def _one_factor_a_path(self) -> DataFile:
        if len(self.path) > 1 and len(self.weight_factor) != len(self.path):
            raise ValueError(
                f"{len(self.path)} pooled files need {len(self.path)} weight_factor values (for four quarters: 0.25 each)"
            )
        return self


class Files(Model):
    """One row a person; household and module rows are joined to it; episodes hold one row a spell of work."""

    person: DataFile
    household: DataFile | None = None
    module: DataFile | None = None
    episodes: DataFile | None = None


class Design(Model):
    """How the sample was drawn, in the words of a sampling frame."""

    weight: str
    strata: Names = ()
    psu: str | None = None
    fpc: str | None = None
    household: Names = ()
    selection: Literal["pps", "srs", "systematic"]
    nest: bool = False
    single_psu: Literal["fail", "certainty", "remove", "adjust", "average"] = "fail"
    weights: Literal["gross_up", "normalised"] = "gross_up"
    design_effect_at_zero_cases: Annotated[float, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _no_fpc_with_pps(self) -> Design:
        if self.fpc and self.selection == "pps":
            raise ValueError(
                "fpc with selection: pps: n/N is not the selection probability of PSUs drawn by size; "
                "leave fpc out (with replacement, the usual and safe choice) or say selection: srs if that is true"
            )
        return self


class Age(Model):
    """Age in completed years at interview."""

    column: str
    missing: Codes = ()
    max: int = 120


class ModuleStatus(Model):
    """Who answered the forced labour module. A module refused as a whole is unit non-response, not unresolved."""

    column: str
    answered: Codes
    refused: Codes = ()
    not_asked: Codes = ()


class Between(Model):
    min: int | None = None
    max: int | None = None


class Population(Model):
    """A reference population: persons of an age who answered the module, with the weight that grosses them up."""

    label: str
    age: Between = Between()
    where: dict[str, Codes] = Field(default_factory=dict)
    weight: str | None = None


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


class Form(Model):
    """Who imposed the work (ICLS.md §7)."""

    column: str
    state_imposed: Codes = ()
    forced_labour_exploitation: Codes = ()
    forced_commercial_sexual_exploitation: Codes = ()
    missing: Codes = ()


class Exceptions(Model):
    """C29 Art. 2(2): inside their limits not forced labour, beyond them State-imposed forced labour."""

    kinds: dict[ExceptionKind, Sources]
    within_limits: Sources


class Place(Model):
    """Where the work was done; forced labour abroad is shown apart."""

    column: str
    in_country: Codes
    abroad: Codes
    missing: Codes = ()


class Episodes(Model):
    """How coercion is tied to the involuntary work (para 6c): by a question, by episodes, or only assumed."""

    same_work: Sources | Literal["assumed"] | None = None
    wide: Names = ()
    exists: Sources | None = None
    long: bool = False

    @model_validator(mode="after")
    def _one_way(self) -> Episodes:
        if sum((self.same_work is not None, bool(self.wide), self.long)) != 1:
            raise ValueError("give exactly one of same_work (a question, or assumed), wide (episode labels), long: true")
        return self


class Months(Model):
    """Months in forced labour within the reference period."""

    column: str
    covers: Literal["all_spells", "last_spell"]
    missing: Codes = ()


class Items(Model):
    involuntary: dict[InvoluntaryItem, Sources]
    coercion: dict[CoercionItem, Sources]


class Interview(Model):
    """Conditions of the interview that bear on the answers."""

    proxy: Sources | None = None
    alone: Sources | None = None


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
    groups: dict[Name, Group | AgeGroup] = Field(default_factory=dict)
    sectors: dict[Name, Sector] = Field(default_factory=dict)
    tables: tuple[Table, ...] = ()
    coverage_excludes: tuple[str, ...]
    confidentiality: Confidentiality = Confidentiality()

    @model_validator(mode="before")
    @classmethod
    def _group_kinds(cls, data: Any) -> Any:
        """Tell age bands from coded groups, so that a mistake is reported against the right one."""
        for name, group in (data.get("groups") or {}).items() if isinstance(data, dict) else ():
            if isinstance(group, dict):
                data["groups"][name] = (AgeGroup if "bands" in group else Group).model_validate(group)
        return data

    @model_validator(mode="after")
    def _names_meet(self) -> SurveySpec:
        groups = {*self.groups, *self.sectors, *(("form",) if self.form else ())}
        taken = RESERVED & {*self.groups, *self.sectors}
        if taken:
            raise ValueError(f"a group may not be called {min(taken)}: the kit uses that name")
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

    @property
    def default_population(self) -> str:
        return next(iter(self.populations))

    @property
    def case_only(self) -> frozenset[str]:
        """Groups that only cases have: the sector of the forced labour, its form."""
        return frozenset(n for n, s in self.sectors.items() if s.job == "forced_labour") | {"form"}


RESERVED = frozenset({
    "estimate", "se", "ci_low", "ci_high", "cv", "deff", "df", "n", "cases", "population", "measure", "flag", "marker",
    "reason", "breakdown", "category", "total", "form", "step", "items", "trace", "route", "forced_labour",
})  # fmt: skip


def read_spec(path: str | Path) -> SurveySpec:
    """Read and check a survey.yaml. Raises `SpecError` naming every key that needs a change."""
    data = load_yaml(Path(path))
    return build_model(data, SurveySpec, where=str(path))


def check_sides(spec: SurveySpec, involuntary: tuple[str, ...], coercion: tuple[str, ...], where: str) -> None:
    """No answer (a code of a column) may feed both sides of the definition (ICLS.md §3). Raises `SpecError`."""
    fed: dict[tuple[str, str], str] = {}
    for item in involuntary:
        for source in spec.items.involuntary.get(item, ()):  # type: ignore[call-overload]
            fed.update({(source.column, code): item for code in source.codes(spec.answers).yes})
    for item in coercion:
        for source in spec.items.coercion.get(item, ()):  # type: ignore[call-overload]
            for code in source.codes(spec.answers).yes:
                if (source.column, code) in fed:
                    raise SpecError(
                        "one answer feeds both sides of the definition",
                        where=f"{where}: items",
                        found=f"code {code} of {source.column} is {fed[source.column, code]} and {item}",
                        do="keep it on one side; different codes of one column may stand on different sides",
                    )
