"""Defines the parts of survey.yaml about the data files, the sample design and the module on forced
labour."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, field_validator, model_validator

from fltoolkit.errors import DesignError
from fltoolkit.files import known_encoding
from fltoolkit.languages.own_text import OwnText
from fltoolkit.survey.spec.coded_column import CodedColumn
from fltoolkit.yaml_files.loading import (
    ONE,
    Code,
    Codes,
    EachOnce,
    Model,
    Names,
    each_once,
)

MethodName = Literal["brr", "fay", "jk1", "jkn", "jk2", "bootstrap", "successive_difference", "other"]
METHODS = ("brr", "fay", "jk1", "jkn", "jk2", "bootstrap", "successive_difference", "other")
FIXED = ("brr", "fay", "jk2", "successive_difference")
RELEASE_FILES = ("run.json", "estimates.csv")  # what a run reads of an earlier release
MOST_REPLICATES = 10_000  # columns in one run such as `RW{1..80}`; surveys have a few hundred
Encoding = Annotated[str, AfterValidator(known_encoding)]
NAMES = {"type": "array", "items": {"type": "string"}}


@dataclass(frozen=True)
class Method:
    """The method by which the replicate weights of a survey were made, such as the jackknife, and its
    coefficients.

    Attributes:
        name: the method.
        scale, rscales, rho: the coefficients, if they differ from the usual coefficients of the method.
        combined: True if the columns are weights, False if they are factors of the weight.
        mse: True if deviations are taken from the estimate of the full sample, False if from the mean over
            the replicates.
        df: the degrees of freedom. None: the rank of the replicate weights minus one.
    """

    name: MethodName
    scale: float | None = None
    rscales: float | Sequence[float] | None = None
    rho: float | None = None
    combined: bool = True
    mse: bool = False
    df: int | None = None


def refuse_coefficients(method: Method, strata: bool) -> None:
    """Raise `DesignError` if the method is unknown, or if the coefficients are missing, too many, or do not
    belong to the method. `strata` says whether the strata are known, because the coefficients of a stratified
    jackknife can be derived from them."""
    name, own = method.name, method.scale is not None or method.rscales is not None
    if name not in METHODS:
        raise DesignError(
            "no such method of replication",
            where="method",
            found=name,
            allowed=METHODS,
            do="see the data's documentation",
        )
    if (name == "fay") != (method.rho is not None) or not 0 <= (method.rho or 0.0) < 1:
        raise DesignError(
            "rho is for the method fay only, and must be between 0 and 1",
            where="rho",
            found=f"{name}, rho {method.rho}",
            do="give the rho with which the weights were made",
        )
    if name in FIXED and own:
        raise DesignError(
            f"{name} has coefficients of its own", where="scale, rscales", do="leave them out, or say other"
        )
    if name == "jkn" and method.rscales is None and not strata:
        raise DesignError(
            "a stratified jackknife needs its coefficients: without them its variance is wrong",
            where="rscales",
            do="give rscales as the data's documentation has them, or strata to derive (n_h - 1)/n_h",
        )
    if name == "other" and (method.scale is None or method.rscales is None):
        raise DesignError(
            "method other needs scale and rscales",
            where="scale, rscales",
            do="give both as the data's documentation has them",
        )


def factors(method: Method, count: int, rscales: float | Sequence[float] | None) -> tuple[float, ...]:
    """Returns, for each replicate, the factor by which its squared deviation counts in the variance: scale ×
    rscales. `count` is the number of replicates. `rscales` is one number for all replicates or one for each;
    None means 1.

    Raises:
        DesignError: the number of coefficients is wrong, one of them is negative or infinite, or all are
            zero.
    """
    usual = {
        "brr": 1 / count,
        "fay": 1 / (count * (1 - (method.rho or 0.0)) ** 2),
        "jk1": (count - 1) / count,
        "bootstrap": 1 / (count - 1),
        "successive_difference": 4 / count,
    }
    times = usual.get(method.name, 1.0) if method.scale is None else float(method.scale)
    given = 1.0 if rscales is None else rscales
    each = [float(given)] * count if isinstance(given, (int, float)) else [float(f) for f in given]
    if len(each) != count:
        raise DesignError(
            f"{count} replicates have {len(each)} coefficients",
            where="rscales",
            do="give one number, or one for each replicate",
        )
    if not all(0 <= f < math.inf for f in each) or not any(each) or not 0 < times < math.inf:
        raise DesignError(
            "coefficients are not numbers above zero",
            where="scale, rscales",
            found=[times, *each[:5]],
            do="correct them",
        )
    return tuple(times * f for f in each)


class Release(Model):
    """The office that publishes the results of the survey, and the date. Both are printed above the title of
    each document. Also the earlier releases of the same survey, so that no subtraction of two releases tells
    a hidden number.

    Attributes:
        office: the name of the office.
        date: the day of the release. The kit never uses the day of a run, so that the same inputs give the
            same documents.
        status: what the results are. `fltoolkit check` reminds of results in `outputs` that are
            `provisional` or `final` and that survey.yaml does not name.
        beside: the folders of results of earlier releases of this survey that stay published. Their numbers
            stay as they are, and this release hides what would tell their hidden ones. Their groups stay in
            survey.yaml, under their names.
        revises: the folder of results of the release that this one replaces. Readers have it too, so it is
            protected like those of `beside`.
    """

    office: OwnText
    date: date
    status: Literal["draft", "provisional", "final"] = "draft"
    beside: EachOnce = ()
    revises: str = ""

    @property
    def earlier(self) -> tuple[str, ...]:
        """Returns the folders of all earlier releases, each once."""
        return tuple(dict.fromkeys(filter(None, (*self.beside, self.revises))))


def _one_character(delimiter: str) -> str:
    """Returns the delimiter of a CSV file; `\\t` means a tab. Raises `ValueError` if it is not a single
    character."""
    delimiter = "\t" if delimiter == "\\t" else delimiter
    if len(delimiter) != 1 or delimiter in '"\r\n\0':
        raise ValueError("a delimiter is one character, such as ; or , or | or \\t (a tab), and no quote")
    return delimiter


def _some_names(names: tuple[str, ...]) -> tuple[str, ...]:
    if not names:
        raise ValueError("name at least one, and none of them blank")
    return each_once(names)


def _by_common_name(value: object) -> object:
    """Returns the key columns of a file, as {common name: name in this file}. A list `[HH, LINE]` gives
    {"HH": "HH", "LINE": "LINE"}. A mapping is checked and returned. Raises `ValueError` for anything else."""
    named = [value] if isinstance(value, str) else value
    if isinstance(named, dict) and all(isinstance(own, str) for own in named.values()):
        _some_names(tuple(named))
        each_once(tuple(named.values()))
        return named
    if isinstance(named, (list, tuple)) and all(isinstance(name, str) for name in named):
        return {name: name for name in _some_names(tuple(named))}
    raise ValueError(
        "name the columns as [HH, LINE], or by the names they have everywhere: {HH: this file's column}"
    )


Key = Annotated[
    dict[str, str],
    BeforeValidator(_by_common_name),
    WithJsonSchema({"anyOf": [NAMES, {"type": "object", "additionalProperties": {"type": "string"}}]}),
]
Delimiter = Annotated[str, AfterValidator(_one_character)]


class DataFile(Model):
    """One kind of data file, as survey.yaml describes it: CSV, Parquet, SPSS or Stata, in the folder of
    survey.yaml. If there are several paths, each has the rows of one quarter, and the quarters are pooled.
    Each quarter of persons then needs a weight factor.

    Attributes:
        path: the file. Several paths, such as four quarters, are read as one file.
        key: the columns that identify a row. If a column has another name in this file than in the other
            files, both are given: `{common name: name in this file}`.
        prefix: a text that is put before the names of all columns except those of the key, so that they
            differ from those of other files.
        weight_factor: for each of several paths of persons, the number by which its weights are multiplied.
        delimiter: the character between the cells of a CSV, if it is not found from the file.
        encoding: needed for a CSV file that is not in UTF-8, and for an old SPSS or Stata file that does not
            name its encoding.
        decimal: `,` if a CSV file has numbers such as `12,5`.
    """

    path: Annotated[Names, AfterValidator(_some_names)]
    key: Key
    prefix: str = ""
    weight_factor: tuple[Annotated[float, Field(gt=0, allow_inf_nan=False)], ...] = ()
    delimiter: Delimiter | None = None
    encoding: Encoding | None = None
    decimal: Literal[".", ","] = "."

    @property
    def renamed(self) -> dict[str, str]:
        """Returns the key columns that have another name in this file than in the other files, as {name in
        this file: common name}. The mapping is empty if there are no such columns."""
        return {own: common for common, own in self.key.items() if own != common}

    def name_of(self, column: str) -> str:
        """Returns the name of a column of this file in survey.yaml: the common name for a key column,
        otherwise the file's prefix and the column's name."""
        return self.renamed.get(column, column) if column in self.key.values() else self.prefix + column


class Files(Model):
    """The data files. The person file has one row per person. Household and module files are joined to it. An
    episodes file has one row per spell of work.

    The persons can be in several files, one per quarter, which are pooled. Then there is one household file
    for all quarters, or one for each quarter. The same is true of module files. There is always one episodes
    file for each quarter.

    Attributes:
        person: one row per person.
        household, module: files that are joined to the persons by their key. Rows without a match are
            counted; two rows with the same key stop the run.
        episodes: one row per episode of work, with the columns of the person's key. It needs `episodes.long:
            true`.
    """

    person: DataFile
    household: DataFile | None = None
    module: DataFile | None = None
    episodes: DataFile | None = None

    @property
    def given(self) -> dict[str, DataFile]:
        """Returns the files that survey.yaml names, by kind: `person`, `household`, `module` and
        `episodes`."""
        kinds = {
            "person": self.person,
            "household": self.household,
            "module": self.module,
            "episodes": self.episodes,
        }
        return {kind: file for kind, file in kinds.items() if file}

    def paths_in_words(self, where: str) -> str:
        """Returns, for messages, the path of survey.yaml and the paths of its files."""
        return ", ".join(
            [where, *(f"{kind}: {name}" for kind, file in self.given.items() for name in file.path)]
        )

    @model_validator(mode="after")
    def _pooled_alike(self) -> Files:
        parts = len(self.person.path)
        if len(self.person.weight_factor) != parts and (parts > 1 or self.person.weight_factor):
            raise ValueError(
                f"{parts} pooled files need {parts} weight_factor values (for four quarters: 0.25 each)"
            )
        for kind in ("household", "module", "episodes"):
            file: DataFile | None = getattr(self, kind)
            if file and file.weight_factor:
                raise ValueError(f"{kind}.weight_factor: give the factors of pooled quarters under person")
            if file and len(file.path) not in ({parts} if kind == "episodes" else {1, parts}):
                raise ValueError(
                    f"{kind}.path: {len(file.path)} file(s) beside {parts} of person; pool them alike"
                )
        return self


class Flag(Model):
    """A true/false column of the data.

    Attributes:
        column: the column.
        codes: the codes that mean *yes*.
    """

    column: str
    codes: Annotated[Codes, Field(min_length=1)]


class ReplicatesSpec(Model):
    """The replicate weights that come with the data, as survey.yaml describes them. All of them belong to the
    weight `design.weight`.

    Attributes:
        columns: the columns, as replicates of `design.weight`. A series may be written in quotes:
            `RW{1..80}`, or with zeros `RW{01..80}`.
        method: how the replicates were made. It sets the coefficients, as R's survey package does.
        scale, rscales: coefficients in place of those of the method: one number, or for `rscales` one per
            column. Not with `brr`, `fay`, `jk2` and `successive_difference`: use `other`.
        rho: the factor of `fay`.
        combined: false: the columns are factors by which the weight is multiplied.
        mse: true: deviations are from the estimate of the full sample, not from the mean of the replicates.
        df: the degrees of freedom, if the producer states them.
    """

    columns: Annotated[EachOnce, Field(min_length=1)]
    method: MethodName
    scale: float | None = None
    rscales: Annotated[
        tuple[float, ...], BeforeValidator(lambda v: [v] if isinstance(v, str) else v), ONE
    ] = ()
    rho: float | None = None
    combined: bool = True
    mse: bool = False
    df: Annotated[int, Field(ge=1)] | None = None

    @field_validator("columns")
    @classmethod
    def _runs_end(cls, columns: tuple[str, ...]) -> tuple[str, ...]:
        for column in columns:
            numbered_columns(column)
        return columns

    @property
    def names(self) -> tuple[str, ...]:
        """Returns the name of every column of replicate weights. `RW{1..80}` is replaced by the 80 names RW1
        to RW80."""
        return tuple(name for column in self.columns for name in numbered_columns(column))

    @property
    def replicate_method(self) -> Method:
        """Returns the method by which the replicate weights were made, with its coefficients."""
        rscales = self.rscales[0] if len(self.rscales) == 1 else self.rscales or None
        return Method(self.method, self.scale, rscales, self.rho, self.combined, self.mse, self.df)


def numbered_columns(column: str) -> list[str]:
    """Returns the columns that a name stands for: `RW{1..80}` stands for RW1 to RW80, `RW{01..80}` for RW01
    to RW80, and any other name for itself. Raises `ValueError` if the second number is not above the first,
    or if there are more than 10,000 columns."""
    found = re.fullmatch(r"(.*)\{(\d+)\.\.(\d+)\}(.*)", column)
    if not found:
        return [column]
    before, first, last, after = found.groups()
    if not 0 < int(last) - int(first) < MOST_REPLICATES:
        raise ValueError(f"{column} must count upwards, over at most {MOST_REPLICATES:,} columns")
    digits = len(first) if first.startswith("0") else 0
    return [f"{before}{number:0{digits}d}{after}" for number in range(int(first), int(last) + 1)]


class DesignSpec(Model):
    """The part of survey.yaml that says how the sample was drawn: weight, strata, primary sampling units
    (PSUs), finite population correction (FPC) and the rules for the variance.

    Attributes:
        weight, strata, psu, household: the columns of the weight, the stratum, the PSU and the household.
        selection: how PSUs were drawn: with probability proportional to size, with equal probability, or
            systematically. Replicate weights contain it already: write `srs`.
        fpc: the column of the finite population correction, or of both stages.
        nest: true: PSU labels restart in each stratum, so that PSU 1 of stratum A is not PSU 1 of stratum B.
        single_psu: what a stratum with only one PSU adds to the variance. `fail` stops the estimate.
        ssu: the column of the units drawn within PSUs. It may be left out if these units are the persons. It
            is needed for the FPC of a second stage (`fpc` then names two columns), if the units are not the
            persons. In PSUs taken with `certainty` the units are the households, if `household` is named and
            `ssu` is not.
        certainty: the PSUs that were certain to be drawn, in a design without `fpc`, as `{column, codes}`.
        replicates: replicate weights, from which the variance is computed. If `psu` stands beside them,
            `fltoolkit check` compares their standard error with that of the PSUs.
        weights: `normalised`: the weights do not add up to the population.
        design_effect_at_zero_cases: the design effect for the interval if the sample has no case.
        psus_of_earlier_rounds: needed to test a change: the meaning of a PSU that has the same stratum and
            label as a PSU of an earlier round of the survey. `kept`: both are the same area, because all or
            some areas stayed in the sample. `new`: the two are different areas, because new areas were drawn
            for this round.
    """

    weight: str
    strata: EachOnce = ()
    psu: str | None = None
    ssu: str | None = None
    fpc: Annotated[EachOnce, Field(max_length=2)] = ()
    certainty: Flag | None = None
    replicates: ReplicatesSpec | None = None
    household: EachOnce = ()
    selection: Literal["pps", "srs", "systematic"]
    nest: bool = False
    single_psu: Literal["fail", "certainty", "remove", "adjust", "average"] = "fail"
    weights: Literal["gross_up", "normalised"] = "gross_up"
    design_effect_at_zero_cases: Annotated[float, Field(ge=1)] | None = None
    psus_of_earlier_rounds: Literal["kept", "new"] | None = None

    @property
    def second_stage(self) -> Names:
        """Returns the columns of the units drawn within PSUs. They are empty if these units are the persons,
        or are not needed.

        In a PSU taken with certainty, everything depends on these units. They are the households, if no other
        unit is named: all members of a household are drawn together, and where one person was drawn in each
        household, the result is the same.
        """
        if self.ssu:
            return (self.ssu,)
        return self.household if self.certainty else ()

    @model_validator(mode="after")
    def _no_fpc_with_pps(self) -> DesignSpec:
        if self.fpc and self.selection == "pps":
            raise ValueError(
                "fpc with selection: pps: n/N is not the selection probability of PSUs drawn by size; "
                "leave fpc out (with replacement, the usual and safe choice) or say selection: srs if "
                "that is true"
            )
        return self

    @model_validator(mode="after")
    def _nested_in_strata(self) -> DesignSpec:
        if self.nest and not self.strata:
            raise ValueError(
                "nest without strata: PSU labels restart in each stratum, and no stratum is named; name "
                "strata, or leave nest out"
            )
        return self

    @model_validator(mode="after")
    def _replicates_alone(self) -> DesignSpec:
        if self.replicates is None:
            return self
        if self.fpc or self.ssu or self.certainty:
            raise ValueError(
                "replicates with fpc, ssu or certainty: the replicate weights reflect the design; "
                "leave these out"
            )
        if len(self.replicates.names) < 2:
            raise ValueError("replicates.columns: fewer than two columns of replicate weights")
        try:
            refuse_coefficients(self.replicates.replicate_method, bool(self.strata))
        except DesignError as error:
            raise ValueError(f"replicates.{error.where}: {error.problem}; {error.do}") from None
        return self

    @model_validator(mode="after")
    def _stages_fit(self) -> DesignSpec:
        if (self.ssu or self.certainty or len(self.fpc) == 2) and not self.psu:
            raise ValueError("ssu, certainty and a second fpc need psu, the units of the first stage")
        if self.ssu and len(self.fpc) == 1:
            raise ValueError(
                "fpc: two stages are named, but only one FPC; give that of both stages, or leave ssu out"
            )
        if self.certainty and self.fpc:
            raise ValueError(
                "certainty with fpc: a stratum whose PSUs were all taken is certain by its fpc; leave "
                "certainty out"
            )
        return self


class ModuleStatus(CodedColumn):
    """The column that says who answered the module on forced labour, with its codes for persons who answered,
    refused, or were not asked. A person who refused the whole module is a unit non-respondent. Such a person
    is not in the estimates, and does not count as *unresolved*. (Unresolved persons gave answers, but these
    do not decide whether they are in forced labour.)

    Attributes:
        column: the column that says who answered.
        answered, refused, not_asked: its codes. Not asked are persons who were not selected, absent or too
            young.
        labels: what codes of `refused` and `not_asked` mean, as `{code: text}`. Notebook 1 then says who was
            not asked.
    """

    column: str
    answered: Annotated[Codes, Field(min_length=1)]
    refused: Codes = ()
    not_asked: Codes = ()
    labels: dict[Code, OwnText] = Field(default_factory=dict)
    meanings = ("answered", "refused", "not_asked")

    @model_validator(mode="after")
    def _labels_are_of_codes(self) -> ModuleStatus:
        if odd := [code for code in self.labels if code not in (*self.refused, *self.not_asked)]:
            raise ValueError(f"labels: code {odd[0]} is neither under refused nor under not_asked")
        return self
