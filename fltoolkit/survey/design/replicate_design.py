"""Defines sample designs of which only replicate weights are known, as in `svrepdesign` of R's survey
package."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any, Literal

import narwhals as nw

from fltoolkit.arguments import Names, checked
from fltoolkit.errors import DesignError
from fltoolkit.languages.reasons import Reason
from fltoolkit.survey.design.replicate_fit import replicate_fit, replicate_sums
from fltoolkit.survey.design.replicate_weights import Replication, replicated
from fltoolkit.survey.design.survey_design import Design, open_design, refuse_missing_columns, set_fields
from fltoolkit.survey.engine.columns import STRATA, WEIGHT, Frame, as_label, joined_labels, names_of, number
from fltoolkit.survey.readers.opened_file import refuse_unreadable
from fltoolkit.survey.spec.files_and_design import Method, MethodName, refuse_coefficients


class ReplicateDesign(Design):
    """A survey whose data come with replicate weights, which give the variance in place of strata and PSUs.
    No survey.yaml is needed.

    The variance is scale·Σ rscales·(θ_r − centre)². The defaults are those of R. R in the table is the number
    of replicates:

    | method | scale | rscales |
    |---|---|---|
    | `brr` balanced half-samples | 1/R | 1 |
    | `fay` as `brr`, damped by `rho` | 1/(R(1 − rho)²) | 1 |
    | `jk1` unstratified jackknife | (R − 1)/R | 1 |
    | `jkn` stratified jackknife | 1 | required, or `strata`: (n_h − 1)/n_h for the n_h replicates that drop a PSU of stratum h |
    | `jk2` paired jackknife | 1 | 1 |
    | `bootstrap` | 1/(R − 1) | 1 |
    | `successive_difference` (R's ACS) | 4/R | 1 |
    | `other` | required | required |

    Args:
        data: as in `SurveyDesign`.
        weight: column of the weights of the full sample.
        replicates: the columns of replicate weights, in the order of `rscales`: their names, or one pattern
            such as `rw*`.
        method: how the replicate weights were made.
        scale, rscales: the coefficients, if they differ from the table. `rscales` is one number for all
            replicates, or one per replicate.
        strata: the column(s) of the strata, only for `jkn` without `rscales`.
        mse: True: the centre is the estimate from the full sample. False: it is the mean of the replicates.
        rho: the coefficient of `fay`.
        combined: False if the columns are factors of the weight, not weights.
        df: degrees of freedom. None: in each domain, the rank of its replicate weights minus one (R `degf`).
        weights: as in `SurveyDesign`.

    Raises:
        RequestError: a column is not in the data, or no column matches a pattern.
        DataError: as in `SurveyDesign`.
        DesignError: coefficients are missing, too many, or do not belong to the method; or the columns cannot
            be replicates of the weight (factors where weights are expected, or the other way; zero or the
            same for everybody), or not those of the method.
    """

    @checked
    def __init__(
        self,
        data: Any,
        *,
        weight: str,
        replicates: str | Sequence[str],
        method: MethodName,
        scale: float | None = None,
        rscales: float | Sequence[float] | None = None,
        strata: Names = None,
        mse: bool = False,
        rho: float | None = None,
        combined: bool = True,
        df: int | None = None,
        weights: Literal["gross_up", "normalised"] = "gross_up",
    ) -> None:
        layers, (weight,) = names_of(strata), names_of(weight)
        frame, files, unreadable = open_design(data, [weight, *layers], "ReplicateDesign")
        schema = frame.collect_schema()
        names = _replicate_columns(replicates, [*schema.names(), *unreadable])
        refuse_unreadable(names, unreadable, "ReplicateDesign")
        refuse_missing_columns(names, schema.names(), data)
        how = Method(method, scale, rscales, rho, combined, mse, df)
        if df is not None and not (isinstance(df, int) and df >= 1):
            raise DesignError(
                "degrees of freedom must be a whole number above 0",
                where="df",
                found=str(df),
                do="leave df out: R's rule is used",
            )
        refuse_coefficients(how, bool(layers))
        if layers and (method != "jkn" or rscales is not None):
            raise DesignError(
                "only the method jkn without rscales takes strata",
                where="strata",
                found=method,
                do="leave strata out: the replicate weights reflect them",
            )
        labels = joined_labels([as_label(c, schema[c]) for c in layers])
        frame = frame.with_columns(number(weight, schema[weight]).alias(WEIGHT), labels.alias(STRATA))
        frame, replication = replicated(
            frame, names, [number(c, schema[c]) for c in names], how, bool(layers)
        )
        _refuse_impossible(frame, replication, how)
        set_fields(
            self,
            files=files,
            unreadable=unreadable,
            rows=frame,
            single_psu="fail",
            clustered=False,
            stages=0,
            grosses_up=weights == "gross_up",
            deff_at_zero=None,
            replication=replication,
            calibration=None,
            known={},
            domain=(),
        )


def _refuse_impossible(frame: Frame, made: Replication, method: Method) -> None:
    """Raise `DesignError` if the columns cannot be replicates of the weight under the stated method: if they
    are factors where weights are expected, or the other way, if one is zero, or the same, for everybody, or
    if their pattern is that of another method."""
    everybody, combined = nw.lit(True), method.combined
    sums = replicate_sums(frame, made.names, combined=combined, asked=everybody, beside=nw.lit(0.0))
    if sums.are_other:
        what, _ = _words("replicates_are_factors" if combined else "replicates_are_weights")
        do = f"say combined={not combined}"
        raise DesignError(what, where="combined", found=f"combined={combined}", do=do)
    for kind, wrong in (("replicates_zero", sums.zero), ("replicates_constant", sums.constant)):
        if wrong:
            what, do = _words(kind, columns=tuple(wrong[:10]))
            raise DesignError(what, where="replicates", do=do)
    fit = replicate_fit(frame, sums, method, made.factor, everybody)
    if fit and fit.excludes:
        what, do = _words(fit.kind, **fit.values)
        raise DesignError(what, where="method", found=method.name, do=do)


def _words(kind: str, **values: object) -> tuple[str, str]:
    """Returns what the checks say about a kind of finding, and what to do."""
    return str(Reason.of(f"findings.{kind}.what", **values)), str(Reason.of(f"findings.{kind}.do", **values))


def _replicate_columns(wanted: str | Sequence[str], columns: Sequence[str]) -> list[str]:
    """Returns the columns of replicate weights. `wanted` is a list of their names, or a pattern such as
    `rw*`. The columns that match a pattern are returned in the order of the data. Raises `DesignError` if
    there are fewer than two."""
    names = names_of(wanted)
    if isinstance(wanted, str) and ("*" in wanted or "?" in wanted):
        names = [c for c in columns if fnmatchcase(c, wanted)]
    if len(names) < 2:
        raise DesignError(
            "fewer than two columns of replicate weights",
            where="replicates",
            found=wanted,
            allowed=columns,
            do="name the columns, or a pattern such as rw*",
        )
    return names
