"""Lists the names that a group in survey.yaml may not have, because result tables have columns with these
names. A test compares this list with the result tables."""

from __future__ import annotations

SIDES = ("estimate", "se", "ci_low", "ci_high", "df", "n", "cases", "psus_with_cases")
"""Columns that the table of a change has twice, once for each round."""

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
"""Additional columns of a published set and of a published change."""

CLASSIFIED = frozenset({
    "any_work", "involuntary", "coercion", "same_work", "forced_labour", "forced_labour_abroad",
    "forced_labour_now", "trafficking", "route", "route_i", "route_ii", "route_iii", "route_iv", "form",
    "exception", "exception_within_limits", "step", "items", "trace", "short_trace", "months", "total",
})  # fmt: skip
"""Columns of a classified survey, and the category of the whole population."""

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
"""Additional columns of a profile of cases. These columns say what each row is about."""

RESULTS = ESTIMATED | CHANGED
RESERVED = RESULTS | PUBLISHED | CLASSIFIED | OF_PROFILES
