"""Defines and reads survey.yaml: files, sample design, questions, groups and the wanted tables
(docs/survey_yaml.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from fltoolkit.errors import SpecError
from fltoolkit.languages.language import read_language
from fltoolkit.languages.own_text import NO_TEXT, LanguageCode, OwnText, refuse_two_translations
from fltoolkit.languages.reasons import Reason
from fltoolkit.languages.word_files import BASE
from fltoolkit.survey.classifications.job_codes import read_correspondences
from fltoolkit.survey.spec.benchmarks import CalibrationSpec
from fltoolkit.survey.spec.coded_column import columns_named, paths_naming
from fltoolkit.survey.spec.corrections import (
    Accepted,
    CorrectableColumns,
    Correction,
    correctable_columns,
    refuse_accepted_twice,
    refuse_corrections,
)
from fltoolkit.survey.spec.files_and_design import DesignSpec, Files, ModuleStatus, Release
from fltoolkit.survey.spec.groups_and_tables import (
    LEAD,
    AllowedTables,
    Amount,
    AnyGroup,
    Group,
    Job,
    Name,
    NumberGroup,
    Occupation,
    PopulationSpec,
    QuantileGroup,
    Sector,
    TableSpec,
    known_names_in_words,
    refuse_ages_of_nobody,
    refuse_unfit_lead,
    refuse_unfit_populations,
    refuse_unfit_tables,
    shows_origins,
)
from fltoolkit.survey.spec.mapped_questions import MappedQuestions, refuse_unfit_questions
from fltoolkit.survey.spec.questions import (
    Age,
    AnswerCodes,
    Children,
    Episodes,
    Exceptions,
    Form,
    Interview,
    Items,
    Months,
    Place,
    ReferencePeriod,
    Source,
    Sources,
)
from fltoolkit.yaml_files.loading import ONE, Model, Year, as_entries, load_model

Limit = Annotated[int, Field(ge=0)]
SIDES = ("estimate", "se", "ci_low", "ci_high", "df", "n", "cases", "psus_with_cases")
ESTIMATED = frozenset(
    {
        "estimate",
        "se",
        "ci_low",
        "ci_high",
        "cv",
        "deff",
        "df",
        "n",
        "cases",
        "population",
        "n_eff",
        "psus_with_cases",
        "households_with_cases",
        "unresolved",
        "resolved_only",
        "bound_high",
        "bound_ci_high",
        "quantile",
        "cases_without",
        "psus_without",
        "households_without",
        "largest_share",
        "largest_share_without",
    }
)
PUBLISHED = frozenset({
    "measure", "outcome", "reference_population", "reference_population_label", "reference_population_ages",
    "breakdown", "category", "ilostat", "flag", "marker", "reason", "unresolved_marker", "verdict_reason",
    "flag_before", "flag_after", "marker_before", "marker_after", "survey_before", "round_before",
    "year_before", "survey", "country", "round", "year", "rule_set", "reference_period", "reference_months",
    "window_start", "window_end", "interval", "level", "same_work", "sector_basis", "age_basis", "missing",
    "to_verify", "rule_note", "group_note", "domain", "calibration", "duration_basis", "cases_class",
    "rounding", "cases_class_before", "cases_class_after", "beyond_zero", "deff_replace", "decimals",
    "bounds_note", "bound_high_before", "bound_high_after", "interview_conditions",
    "interview_conditions_before", "compared", "p_adjusted", "amount", "amount_unit", "amount_rounding",
})  # fmt: skip
CLASSIFIED = frozenset({
    "any_work", "involuntary", "coercion", "same_work", "forced_labour", "forced_labour_abroad",
    "forced_labour_now", "trafficking", "route", "route_i", "route_ii", "route_iii", "route_iv", "form",
    "exception", "exception_within_limits", "step", "items", "trace", "short_trace", "months", "total",
})  # fmt: skip
OF_PROFILES = frozenset(
    {
        "involuntary_stage",
        "coercion_stage",
        "involuntary_mode",
        "coercion_mode",
        "duration",
        "at_interview",
        "worst_form",
    }
)


class Confidentiality(Model):
    """The smallest counts with which a cell of a table may be published. Higher limits are always allowed.

    Attributes:
        cases, non_cases: persons in forced labour, and other persons.
        psus, households: sampling units and households with a person in forced labour.
        persons: all persons in the cell.
        accept_lower_limits: needed for a limit below the default. Every output then says so.
    """

    cases: Limit = 5
    non_cases: Limit = 5
    psus: Limit = 3
    households: Limit = 3
    persons: Limit = 30
    accept_lower_limits: bool = False

    @property
    def smallest_printed_count(self) -> int:
        """Returns the smallest number of persons that a message may print. It is the limit `cases`. This
        limit is below 5 only if survey.yaml has `accept_lower_limits: true`."""
        return self.cases if self.accept_lower_limits else max(self.cases, type(self)().cases)


class SurveySpec(Model):
    """The whole content of a survey.yaml, after all checks. docs/survey_yaml.md explains each key.

    Attributes:
        title, country, year, round: the name of the survey, its country, year and round, as they are printed.
            In exchange files an ISO 3166 code of three letters (`KEN`) is used as it is, and any other
            country becomes `X_NAME`.
        language: the language of the texts in this file: `en`, `fr` or `es`.
        release: who publishes the results, and when. Both are printed above the titles of documents.
        reference_period: the time before the interview that the questions are about.
        files: the data files.
        corrections: corrections of single wrong values in the data, each with the reason.
        accept: findings that would stop the estimate although the rows are right, each with the reason.
        design: how the sample was drawn: the weight, strata, PSUs and stages.
        age: the column of the age, and who is an adult.
        module: who took part in the module on forced labour. Without it everyone was asked.
        interview: facts about the interview, of which each round's shares are printed if two rounds are
            compared.
        answers: the usual codes of yes/no questions. A blank cell needs no code.
        any_work: the questions about any form of work. A person has worked if one of them is answered yes.
        items: the two sides of the definition, `involuntary` and `coercion`: for each item the questions that
            ask about it.
        episodes: how the survey shows that both sides were in the same work.
        exceptions: work that the law exempts, within limits, from being forced labour (Convention No. 29,
            Art. 2(2)).
        form: who imposed the forced labour, and for what.
        trafficking: questions on trafficking in persons. A case of any form can be one of trafficking too.
        place: whether the work was in the country. If the answer is blank or `missing`, this is unresolved.
        months: the months in forced labour. The measures `stock` and `duration` need them.
        current: questions on whether the work still goes on at the interview. The measure `current` needs
            them.
        children: the questions about children.
        populations: the persons about whom numbers are published, each with a name. A call or table that
            names none uses the first.
        calibration: how the weights are adjusted to known population totals (benchmarks).
        groups: the variables by which results are split, such as sex.
        sectors: columns of industry codes.
        occupations: columns of occupation codes.
        amounts: numbers such as a debt or a recruitment fee, whose mean and median `tables` may ask for.
        tables: the tables to publish.
        lead: the group whose categories the documents compare, such as men with women. `tables` must ask for
            the `prevalence` by it alone. Choose it before anybody has seen the numbers. Each category of each
            single group of these tables is compared with all others, and all comparisons are one family of
            tests.
        coverage_excludes: the people whom the survey could not reach, as texts that are printed with every
            headline. `[]`: it could reach everybody.
        confidentiality: the smallest counts with which a cell of a table is shown.
        suppression_key: the file of the survey's secret key, by which the cells that protect others are
            chosen. Default: `suppression.key` beside survey.yaml. The first run makes it; keep a copy.
    """

    title: OwnText
    country: OwnText
    year: Year
    round: OwnText = NO_TEXT
    language: LanguageCode = BASE
    release: Release | None = None
    reference_period: ReferencePeriod
    files: Files
    corrections: Annotated[tuple[Correction, ...], BeforeValidator(as_entries), ONE] = ()
    accept: Annotated[tuple[Accepted, ...], BeforeValidator(as_entries), ONE] = ()
    design: DesignSpec
    age: Age
    module: ModuleStatus | None = None
    interview: Interview = Interview.model_construct()
    answers: AnswerCodes = AnswerCodes.model_construct()
    any_work: Sources
    items: Items
    episodes: Episodes
    exceptions: Exceptions | None = None
    form: Form | None = None
    trafficking: Sources | None = None
    place: Place | None = None
    months: Months | None = None
    current: Sources | None = None
    children: Children | None = None
    populations: Annotated[dict[Name, PopulationSpec], Field(min_length=1)]
    calibration: CalibrationSpec | None = None
    groups: dict[Name, AnyGroup] = Field(default_factory=dict)
    sectors: dict[Name, Sector] = Field(default_factory=dict)
    occupations: dict[Name, Occupation] = Field(default_factory=dict)
    amounts: dict[Name, Amount] = Field(default_factory=dict)
    tables: Annotated[tuple[TableSpec, ...], BeforeValidator(as_entries), ONE] = ()
    lead: Name = LEAD
    coverage_excludes: tuple[OwnText, ...]
    confidentiality: Confidentiality = Confidentiality.model_construct()
    suppression_key: str = ""

    @model_validator(mode="after")
    def _names_meet(self) -> SurveySpec:
        refuse_two_translations(self)
        groups = set(self.group_names)
        if taken := RESERVED & {*self.groups, *self.jobs}:
            raise ValueError(f"a group may not be called {min(taken)}: the kit uses that name")
        for one, other in combinations(("groups", "sectors", "occupations"), 2):
            if twice := getattr(self, one).keys() & getattr(self, other).keys():
                raise ValueError(f"{min(twice)} is one of {one} and of {other}; rename one of them")
        for name, job in self.jobs.items():
            if job.population and job.population not in self.populations:
                near = known_names_in_words(job.population, set(self.populations))
                raise ValueError(
                    f"{self.key_of_job(name)}.population: {job.population} is not one of populations{near}"
                )
        own = [name for name, p in self.populations.items() if p.weight not in (None, self.design.weight)]
        if self.design.replicates and own:
            raise ValueError(
                f"populations.{own[0]}.weight: replicate weights belong to design.weight "
                f"({self.design.weight}); name the weight that "
                "they replicate as design.weight, and leave the populations' own out"
            )
        by_column = {amount.column: name for name, amount in self.amounts.items()}
        if twice := self.amounts.keys() - by_column.values():
            column = self.amounts[min(twice)].column
            raise ValueError(
                f"amounts.{min(twice)}: {by_column[column]} has the same column, {column}; name it once: "
                "two roundings of one amount would tell more than one"
            )
        allowed = AllowedTables(
            groups,
            self.populations,
            self.case_only,
            self.origins,
            self.published_origins,
            self.amounts,
        )
        refuse_unfit_tables(self.tables, allowed, grosses_up=self.design.weights == "gross_up")
        if "lead" in self.model_fields_set:
            refuse_unfit_lead(self.lead, set(self.groups), self.tables, allowed)
        if self.calibration and self.calibration.population not in (None, *self.populations):
            near = known_names_in_words(self.calibration.population or "", set(self.populations))
            raise ValueError(
                f"calibration.population: {self.calibration.population} is not one of populations{near}"
            )
        if self.episodes.long != (self.files.episodes is not None):
            raise ValueError("episodes.long: true and files.episodes go together: give both or neither")
        return self

    @model_validator(mode="after")
    def _populations_fit(self) -> SurveySpec:
        refuse_ages_of_nobody(self.age.max, self.populations, self.groups)
        definitions = {name: self.definition_of(name) for name in self.populations}
        refuse_unfit_populations(
            self.populations, definitions, None if self.children is None else self.age.adult
        )
        if self.children and self.children.parents and not self.design.household:
            raise ValueError(
                "children.parents: parents are found in the household; name its column under design.household"
            )
        return self

    def definition_of(self, population: str) -> str:
        """Returns the definition of forced labour that applies to a population, by its ages: `adults` or
        `children`. The text is empty if its ages include both."""
        ages = self.populations[population].age
        if ages.max is not None and ages.max < self.age.adult:
            return "children"
        return "adults" if (ages.min or 0) >= self.age.adult else ""

    def of_children(self, population: str) -> bool:
        """Returns whether a population consists of children only, and the survey has a module on children."""
        return self.children is not None and self.definition_of(population) == "children"

    @property
    def totals(self) -> dict[str, tuple[str, ...]]:
        """Returns the populations that are sums, each with the populations that it adds: `{"all": ("adults",
        "children")}`."""
        return {name: p.sum_of for name, p in self.populations.items() if p.sum_of}

    @property
    def charted(self) -> tuple[str, ...]:
        """Returns the populations for which the flowchart of the classification is drawn: the default
        population (or, if it is a sum, the populations that it adds), and the headline populations of
        children."""
        own = self.totals.get(self.default_population, (self.default_population,))
        return tuple(dict.fromkeys((*own, *(name for name in self.headlines if self.of_children(name)))))

    @property
    def headlines(self) -> tuple[str, ...]:
        """Returns the headline populations: those whose prevalence and number of persons in forced labour are
        always shown. The first is the default population. If the survey has a module on children, the others
        are: each population that is a sum, the populations that it adds, and the first population of
        children."""
        if self.children is None:
            return (self.default_population,)
        children = next(
            (name for name in self.populations if self.of_children(name)), self.default_population
        )
        sums = [name for total, parts in self.totals.items() for name in (total, *parts)]
        return tuple(dict.fromkeys((self.default_population, *sums, children)))

    @model_validator(mode="after")
    def _questions_fit(self) -> SurveySpec:
        refuse_unfit_questions(self.questions(), self.answers, self.episodes.wide)
        wrong = [
            c
            for c in [*self.person_columns(), *(() if self.episodes.wide else self.episode_columns())]
            if "{episode}" in c
        ]
        if wrong:
            raise ValueError(
                f"column {wrong[0]} names {{episode}}, which needs episodes.wide and stands only for "
                "what is asked of an episode: "
                "items, exceptions, form, place, months, current, trafficking, episodes.exists, the "
                "sector of the forced labour"
            )
        if self.episodes.wide and not any("{episode}" in c for c in self.episode_columns()):
            raise ValueError(
                "episodes.wide: no column is named by its episode; write {episode} in its name, such as "
                "WAGES_{episode}"
            )
        return self

    @model_validator(mode="after")
    def _corrections_fit(self) -> SurveySpec:
        refuse_corrections(self.corrections, self.correctable())
        refuse_accepted_twice(self.accept)
        return self

    def correctable(self) -> CorrectableColumns:
        """Returns the columns that `corrections` in survey.yaml may change or use."""
        return correctable_columns(
            self.files, self.episodes, self.person_columns(), self.episode_columns(), self.questions()
        )

    def questions(self) -> list[tuple[str, Source]]:
        """Returns every yes/no question of the survey, as pairs of its key in survey.yaml, such as
        `items.coercion.debt_bondage`, and the question."""
        same = self.episodes.same_work
        keyed: list[tuple[str, Sources | None]] = [("any_work", self.any_work)]
        keyed += [(f"items.involuntary.{item}", sources) for item, sources in self.items.involuntary.items()]
        keyed += [(f"items.coercion.{item}", sources) for item, sources in self.items.coercion.items()]
        keyed += [
            ("episodes.same_work", same if isinstance(same, tuple) else None),
            ("episodes.exists", self.episodes.exist_questions),
        ]
        if self.exceptions:
            keyed += [
                (f"exceptions.kinds.{kind}", sources) for kind, sources in self.exceptions.kinds.items()
            ]
            keyed += [("exceptions.within_limits", self.exceptions.within_limits)]
        keyed += [("trafficking", self.trafficking), ("current", self.current)]
        keyed += self.children.questions() if self.children else []
        keyed += [("interview.proxy", self.interview.proxy), ("interview.alone", self.interview.alone)]
        return [(where, source) for where, sources in keyed for source in sources or ()]

    @cached_property
    def mapped(self) -> MappedQuestions:
        """Returns all yes/no questions of the survey by the column that they read, together with the meaning
        of their codes and blanks."""
        return MappedQuestions.of(self.questions(), self.answers, self.episodes.wide)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> SurveySpec:
        """Returns a copy with other values of some fields. It finds `mapped` anew."""
        copied = super().model_copy(update=update, deep=deep)
        vars(copied).pop("mapped", None)
        return copied

    def person_columns(self) -> list[str]:
        """Returns the columns of the data about the person (not about single spells of work) that survey.yaml
        uses, each once. The columns of the sample design are included."""
        design, populations = self.design, self.populations.values()
        one_job = [s for s in self.jobs.values() if s.job == "all_workers"]
        found = columns_named(
            [
                self.age,
                self.module,
                self.interview,
                self.any_work,
                self.children,
                self.groups,
                one_job,
                self.amounts,
            ]
        )
        found += self.children.columns() if self.children else []
        found += [self.episodes.counted.number] if self.episodes.counted and self.episodes.long else []
        found += [
            design.weight,
            *design.strata,
            *design.household,
            *(c for c in (design.psu, design.ssu) if c),
            *design.fpc,
        ]
        found += [design.certainty.column] if design.certainty else []
        found += design.replicates.names if design.replicates else ()
        found += [name for p in populations for name in (*p.where, *((p.weight,) if p.weight else ()))]
        return list(dict.fromkeys(found))

    def episode_columns(self) -> list[str]:
        """Returns the columns of the data about work that survey.yaml uses: about one episode (spell) of
        work, or about all work together. If a question has one column per episode (`WAGES_1`, `WAGES_2`), it
        is given once, as `WAGES_{episode}`."""
        own_job = [s for s in self.jobs.values() if s.job == "forced_labour"]
        asked = [
            self.items,
            None if self.episodes.counted and self.episodes.long else self.episodes,
            self.exceptions,
            self.form,
            self.place,
            self.trafficking,
            self.months,
            own_job,
        ]
        start = [self.age.at_start] if self.age.at_start else []
        return list(dict.fromkeys([*columns_named(asked), *columns_named(self.current), *start]))

    def number_columns(self) -> frozenset[str]:
        """Returns the columns of the data that are needed as numbers, such as weights. A column with
        `{episode}` in its name is replaced by one column for each episode."""
        design, weights = self.design, [p.weight for p in self.populations.values()]
        named = [
            design.weight,
            *weights,
            *design.fpc,
            *(design.replicates.names if design.replicates else ()),
        ]
        named += [self.age.column, self.age.at_start, self.months.column if self.months else None]
        named += [self.episodes.counted.number] if self.episodes.counted else []
        named += [of.column for of in self.numbers.values()]
        return frozenset(c.replace("{episode}", e) for c in named if c for e in self.episodes.wide or ("",))

    @property
    def numbers(self) -> dict[str, NumberGroup | QuantileGroup | Amount]:
        """Returns the groups of bands and quantiles and the amounts, whose columns have numbers or codes of
        `missing`, by their keys in survey.yaml: `amounts.debt`."""
        groups = {
            f"groups.{n}": g for n, g in self.groups.items() if isinstance(g, NumberGroup | QuantileGroup)
        }
        return {**groups, **{f"amounts.{n}": amount for n, amount in self.amounts.items()}}

    def bare_columns(self) -> frozenset[str]:
        """Returns the columns of replicate weights that survey.yaml uses for nothing else. They are read as
        numbers only, and not also as text, because there may be hundreds of them."""
        replicates = self.design.replicates.names if self.design.replicates else ()
        without = self.model_copy(update={"design": self.design.model_copy(update={"replicates": None})})
        return frozenset(replicates) - {
            *without.person_columns(),
            *without.episode_columns(),
            *self.files.person.key,
        }

    def code_columns(self) -> frozenset[str]:
        """Returns the columns of persons by which rows are grouped or joined."""
        design, links = self.design, self.children.columns() if self.children else ()
        named = [*design.strata, *design.household, design.psu, design.ssu, *self.files.person.key, *links]
        return frozenset(
            [c for c in named if c]
            + [c for g in self.groups.values() if isinstance(g, Group) for c in g.column]
        )

    def keys_of(self, columns: Iterable[str]) -> dict[str, str]:
        """Returns, for messages, the key of survey.yaml that names a column, for each of the given columns:
        {"WGT": "design.weight"}. If several keys name the column, the first is given. If no key names it, the
        text is empty. If the key contains a list, the position in the list is not given."""
        replicates = self.design.replicates.names if self.design.replicates else ()
        named = dict.fromkeys(
            replicates, "design.replicates.columns"
        )  # survey.yaml may name the run RW{1..80} only
        named |= {
            column: ".".join(path).removesuffix(".column") for column, path in reversed([*paths_naming(self)])
        }
        return {column: named.get(column, "") for column in columns}

    @property
    def default_population(self) -> str:
        return next(iter(self.populations))

    @property
    def jobs(self) -> dict[str, Job]:
        """Returns the breakdowns by the industry or the occupation of a job: the entries under `sectors` and
        `occupations`."""
        return {**self.sectors, **self.occupations}

    def key_of_job(self, name: str) -> str:
        """Returns the key of survey.yaml that defines a breakdown by industry or occupation, such as
        `sectors.industry`."""
        return f"sectors.{name}" if name in self.sectors else f"occupations.{name}"

    @property
    def group_names(self) -> tuple[str, ...]:
        """Returns the names of all groups that a table can use: those of survey.yaml, and `form` and `route`
        (of children) if the survey has them."""
        form, route = ("form",) if self.form else (), ("route",) if self.children else ()
        return (*self.groups, *self.jobs, *form, *route)

    @property
    def lead_group(self) -> str:
        """Returns the name of the lead group: the group, such as sex, that documents compare first. The text
        is empty if survey.yaml does not define this group."""
        return self.lead if self.lead in self.groups else ""

    @property
    def group_labels(self) -> dict[str, OwnText]:
        """Returns the labels that survey.yaml gives to groups. A group without a label is left out if the
        language files have a word for it. Otherwise its label is its name."""
        labels = {name: group.label for name, group in (*self.groups.items(), *self.jobs.items())}
        words = read_language(BASE)
        own = {
            name: label or OwnText(name.replace("_", " "), self.language) for name, label in labels.items()
        }
        return {name: label for name, label in own.items() if labels[name] or not words.has(f"groups.{name}")}

    @property
    def origins(self) -> frozenset[str]:
        """Returns the names of the groups that show single origins, such as each nationality, ethnicity or
        religion."""
        return frozenset(name for name, group in self.groups.items() if shows_origins(name, group))

    @property
    def published_origins(self) -> frozenset[str]:
        """Returns the names of the groups of single origins (such as each nationality) that may be published,
        because survey.yaml gives a reason."""
        return frozenset(
            n for n, g in self.groups.items() if isinstance(g, Group) and g.publish_origins_because
        )

    @property
    def group_notes(self) -> dict[str, Reason]:
        """Returns, for some groups, the note that must be printed with every table by this group. For fifths
        by wealth, the note says that wealth is measured at the interview and is not a cause of forced
        labour."""
        measured = {
            n: Reason.of("group_notes.at_interview")
            for n, g in self.groups.items()
            if isinstance(g, QuantileGroup)
        }
        return measured | dict.fromkeys(self.origins, Reason.of("group_notes.origins"))

    @property
    def case_only(self) -> frozenset[str]:
        """Returns the names of the groups that only persons in forced labour have. These groups are the
        industry and occupation of the forced labour, its form, and the route by which a child is in forced
        labour."""
        return frozenset(n for n, s in self.jobs.items() if s.job == "forced_labour") | {"form", "route"}


def read_spec(path: str | Path) -> SurveySpec:
    """Reads and checks a survey.yaml, with the correspondence tables and benchmarks (known numbers of
    persons) that it names.

    Raises:
        SpecError: the file is not valid. The message names every key, or every line of a table, that must be
            changed.
        DataError: a file that survey.yaml names is not in its folder, or the benchmarks cannot be used.
    """
    spec = load_model(Path(path), SurveySpec)
    read_correspondences(spec.sectors, Path(path))
    _read_calibration(spec, Path(path))
    return spec


def side_files(spec: SurveySpec) -> list[str]:
    """Returns the files beside survey.yaml that are not data: correspondence tables and benchmarks."""
    benchmarks = spec.calibration.benchmarks if spec.calibration else None
    named = [*(s.correspondence for s in spec.sectors.values()), benchmarks]
    return list(dict.fromkeys(name for name in named if name))


"""Columns that the table of a change has twice, once for each round."""


"""Columns of `Estimates.table`."""


CHANGED = frozenset(
    {
        "change",
        "se",
        "df",
        "ci_low",
        "ci_high",
        "relative_change",
        "ratio",
        "ratio_low",
        "ratio_high",
        "method",
        "verdict",
        "reason",
        "attenuated",
        "overlap",
        *(f"{column}_{side}" for column in SIDES for side in ("before", "after")),
    }
)


"""Columns of `Change.table`."""


"""Additional columns of a published set and of a published change."""


"""Columns of a classified survey, and the category of the whole population."""


"""Additional columns of a profile of cases. These columns say what each row is about."""


RESULTS = ESTIMATED | CHANGED
RESERVED = RESULTS | PUBLISHED | CLASSIFIED | OF_PROFILES


def _read_calibration(spec: SurveySpec, path: Path) -> None:
    """Reads the benchmarks (known numbers of persons) to which weights are calibrated. Raises `SpecError` if
    a margin is not a group of survey.yaml, or is a group that only persons in forced labour have."""
    if spec.calibration is None:
        return
    groups = set(spec.group_names) - spec.case_only
    for column in [c for margin in spec.calibration.read(path) for c in margin.columns]:
        if column not in groups:
            raise SpecError(
                "a margin of the benchmarks is not one of the groups that everybody has",
                where=f"{path}: calibration",
                found=column,
                allowed=sorted(groups),
                do="name groups, several joined by ×",
            )
