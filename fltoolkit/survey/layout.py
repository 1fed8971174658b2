"""How the data lie and how the sample was drawn, as survey.yaml says it: files, design, and who answered the module."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from fltoolkit.survey.questions import refuse_double_codes
from fltoolkit.yamlfile import Codes, Model, Names


def known_encoding(name: str) -> str:
    """The name of a text encoding, if Python knows it; else a `ValueError` that names usual ones."""
    try:
        "a".encode(name)
    except (LookupError, ValueError):
        usual = "utf-8, cp1252 (western Europe), cp1251 (Cyrillic), cp1256 (Arabic), gb18030 (Chinese), shift_jis"
        raise ValueError(f"not an encoding that Python knows; usual ones: {usual}") from None
    return name


Encoding = Annotated[str, AfterValidator(known_encoding)]


class DataFile(Model):
    """A file beside survey.yaml: CSV, Parquet, SPSS or Stata; several paths are pooled quarters, and persons then need weight factors.

    `encoding`: of a CSV that is not UTF-8, or of an old SPSS or Stata file that does not say its own.
    """

    path: Names
    key: Names
    prefix: str = ""
    weight_factor: tuple[float, ...] = ()
    delimiter: str | None = None
    encoding: Encoding | None = None


class Files(Model):
    """One row a person; household and module rows are joined to it; episodes hold one row a spell of work.

    Where persons are pooled quarters, another file is one for all quarters or as many, joined quarter by quarter; episodes
    are always as many.
    """

    person: DataFile
    household: DataFile | None = None
    module: DataFile | None = None
    episodes: DataFile | None = None

    @model_validator(mode="after")
    def _pooled_alike(self) -> Files:
        parts = len(self.person.path)
        if len(self.person.weight_factor) != parts and (parts > 1 or self.person.weight_factor):
            raise ValueError(f"{parts} pooled files need {parts} weight_factor values (for four quarters: 0.25 each)")
        for kind in ("household", "module", "episodes"):
            file: DataFile | None = getattr(self, kind)
            if file and file.weight_factor:
                raise ValueError(f"{kind}.weight_factor: the factors of pooled quarters stand under person")
            if file and len(file.path) not in ({parts} if kind == "episodes" else {1, parts}):
                raise ValueError(f"{kind}.path: {len(file.path)} file(s) beside {parts} of person; pool them alike")
        return self


class Flag(Model):
    """The codes of a column that mean yes."""

    column: str
    codes: Annotated[Codes, Field(min_length=1)]


class Design(Model):
    """How the sample was drawn, in the words of a sampling frame.

    `ssu` are the units drawn within PSUs, needed for the FPC of a second stage (`fpc` then names two columns) and for PSUs taken
    with `certainty`; without it those are persons.
    `psus_of_earlier_rounds`: whether a stratum and PSU label that an earlier round also has is the same area (`kept`, even in part)
    or another one (`new`: drawn anew).
    """

    weight: str
    strata: Names = ()
    psu: str | None = None
    ssu: str | None = None
    fpc: Annotated[Names, Field(max_length=2)] = ()
    certainty: Flag | None = None
    household: Names = ()
    selection: Literal["pps", "srs", "systematic"]
    nest: bool = False
    single_psu: Literal["fail", "certainty", "remove", "adjust", "average"] = "fail"
    weights: Literal["gross_up", "normalised"] = "gross_up"
    design_effect_at_zero_cases: Annotated[float, Field(ge=1)] | None = None
    psus_of_earlier_rounds: Literal["kept", "new"] | None = None

    @model_validator(mode="after")
    def _no_fpc_with_pps(self) -> Design:
        if self.fpc and self.selection == "pps":
            raise ValueError(
                "fpc with selection: pps: n/N is not the selection probability of PSUs drawn by size; "
                "leave fpc out (with replacement, the usual and safe choice) or say selection: srs if that is true"
            )
        return self

    @model_validator(mode="after")
    def _stages_fit(self) -> Design:
        if (self.ssu or self.certainty or len(self.fpc) == 2) and not self.psu:
            raise ValueError("ssu, certainty and a second fpc need psu, the units of the first stage")
        if self.ssu and len(self.fpc) == 1:
            raise ValueError("fpc: two stages have one FPC; give that of both stages, or leave ssu out")
        if self.certainty and self.fpc:
            raise ValueError("certainty with fpc: a stratum whose PSUs were all taken is certain by its fpc; leave certainty out")
        return self


class ModuleStatus(Model):
    """Who answered the forced labour module. A module refused as a whole is unit non-response, not unresolved."""

    column: str
    answered: Codes
    refused: Codes = ()
    not_asked: Codes = ()

    @model_validator(mode="after")
    def _each_code_means_one_thing(self) -> ModuleStatus:
        refuse_double_codes(self, "answered", "refused", "not_asked")
        return self
