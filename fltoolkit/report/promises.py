"""What a plan says and what became of it, as blocks of a document: targets and whether a survey could verify them, milestones that
nobody measures, the follow-up with its verdict, the matrix, and reference figures that are not comparable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from fltoolkit.estimate.difference import COVERS_ZERO
from fltoolkit.language import Language
from fltoolkit.nap.evidence import Evidence
from fltoolkit.nap.follow_up import BELOW, WHOLLY_BELOW
from fltoolkit.nap.references import references as global_figures
from fltoolkit.nap.targets import UNPLANNED
from fltoolkit.report.document import Bullets, Paragraph, Table
from fltoolkit.show import told
from fltoolkit.survey.breakdowns import TOTAL

Line = Mapping[Any, Any]
MOST = 4  # targets named on a first page
UNDER = (BELOW, WHOLLY_BELOW)


def about(language: Language, row: Line) -> str:
    """What a row of the plan is about: its indicator, and its category where it is of one."""
    what = told.indicator(language, row)
    if row["group"] in ("", TOTAL):
        return what
    return f"{what} ({language.colon(told.group(language, str(row['group'])), told.reason(language, row['category']))})"


def value(language: Language, number: float, row: Line) -> str:
    """A number in its row's unit; empty for none."""
    return "" if pd.isna(number) else told.in_unit(language, number, str(row["measure"]))


def between(language: Language, row: Line, low: str, high: str) -> str:
    return told.limits(language, value(language, row[low], row), value(language, row[high], row))


def with_target(evidence: Evidence) -> pd.DataFrame:
    """The rows for which the plan names a target."""
    targets = evidence.targets
    return targets[targets["target_year"].notna()]


def unverifiable(evidence: Evidence, language: Language) -> tuple[Paragraph, ...]:
    """A warning for each target that no survey of the planned size could verify."""
    rows = with_target(evidence)
    return tuple(Paragraph(_warning(language, r), "warning") for r in rows[rows["verifiable"] == "no"].to_dict("records"))


def _warning(language: Language, row: Line) -> str:
    about_it = {"what": about(language, row), "target": promise(language, row)}
    if row["obstacle"] == UNPLANNED:  # as far as its size goes, the repeat that is planned would do
        chance = told.percent(language, row["power"])
        said = [language.say("targets.unplanned", **about_it, year=f"{row['target_year']:g}", chance=chance)]
    else:
        said = [language.say("targets.warning", **about_it, reason=told.reason(language, row["reason"]))]
        if pd.notna(row["smallest_cut"]):
            said.append(language.say("targets.smallest", cut=told.percent(language, row["smallest_cut"])))
        elif pd.notna(row["power"]):
            said.append(language.say("targets.none_detectable"))
    return " ".join([*said, *([_later(language, row)] if row["beside"] in UNDER else [])])


def first_warning(evidence: Evidence, language: Language) -> tuple[Paragraph, ...]:
    """What the first page says of targets that cannot be verified: the one in full, or all of them in a line each."""
    rows = with_target(evidence)
    refused = rows[rows["verifiable"] == "no"].to_dict("records")
    if len(refused) < 2:
        return unverifiable(evidence, language)
    each = [
        f"{language.colon(about(language, r), language.kit(str(r['target_words'])))} ({told.reason(language, r['obstacle'])})"
        for r in refused[:MOST]
    ]
    each += [language.say("targets.more", n=str(len(refused) - MOST))] if len(refused) > MOST else []
    return (
        Paragraph(language.say("targets.several", n=str(len(refused)), of=str(len(rows)), which=language.list(each)), "warning"),
    )


def already(evidence: Evidence, language: Language, *, without_refused: bool = False) -> tuple[str, ...]:
    """A sentence for each target that the later round lies below already: a place, and no verdict.

    Args:
        without_refused: leave out those that cannot be verified, whose warning says it.
    """
    rows = evidence.targets[evidence.targets["beside"].isin(UNDER)]
    rows = rows[rows["verifiable"] != "no"] if without_refused else rows
    return tuple(
        f"{language.colon(about(language, r), promise(language, r))}. {_later(language, r)}" for r in rows.to_dict("records")
    )


def _later(language: Language, row: Line) -> str:
    """Where the later round lies beside a target, in a sentence."""
    interval = between(language, row, "later_ci_low", "later_ci_high")
    told_of = {"year": f"{row['later_year']:g}", "value": value(language, row["later_value"], row), "interval": interval}
    return language.say("targets.already", **told_of, beside=language.kit(str(row["beside"])))


def found_by_repeat(evidence: Evidence, language: Language) -> tuple[str, ...]:
    """What a repeat of the planned size could find, a sentence for the total of each indicator: to be read before a target is set."""
    rows = evidence.targets[evidence.targets["group"].isin(["", TOTAL]) & evidence.targets["planned_sample"].notna()]
    made = []
    for r in rows.drop_duplicates("id").to_dict("records"):
        key = "targets.repeat" if pd.notna(r["smallest_cut"]) else "targets.repeat_nothing"
        values = {
            "planned": told.count(language, r["planned_sample"]),
            "what": told.indicator(language, r),
            "cut": told.percent(language, r["smallest_cut"]),
        }
        made.append(language.say(key, **values))
    return tuple(made)


def promise(language: Language, row: Line) -> str:
    """A target in words: `a cut of 50 % by 2030, to 8.6 per 1,000 …`."""
    if pd.isna(row["target_year"]):
        return ""
    aim = {
        "year": f"{row['target_year']:g}",
        "value": value(language, row["target_value"], row),
        "unit": language.kit(str(row["unit"])),
    }
    if pd.isna(row["target_value"]) or pd.isna(row["cut"]):
        return language.say("targets.hidden", year=aim["year"])
    if row["cut"] >= 1:
        return language.kit(str(row["target_words"]))
    return language.say("targets.cut", cut=told.percent(language, row["cut"]), **aim)


def targets(evidence: Evidence, language: Language) -> Table | Paragraph:
    """Each target with its baseline, whether a repeat could verify it, and what one could detect at least."""
    rows = with_target(evidence)
    if rows.empty:
        return Paragraph(language.say("targets.no_target"))
    body = [
        (about(language, r), _baseline(language, r), promise(language, r), _verifiable(language, r), told.percent(language, r["power"]),
         told.percent(language, r["smallest_cut"]) or "–",
         told.count(language, r["sample_needed"]) or "–", told.marker(r)) for r in rows.to_dict("records")
    ]  # fmt: skip
    names = ("indicator", "baseline", "target", "verifiable", "power", "smallest", "needed", "marker")
    markers = told.markers(language, rows["marker"])
    return _table(language, "targets", names, body, (0.16, 0.16, 0.17, 0.13, 0.08, 0.1, 0.11, 0.09), (4, 5, 6), markers)


def _verifiable(language: Language, row: Line) -> str:
    """`no: sample too small`."""
    said = language.say(f"verifiable.{row['verifiable'] or 'open'}")
    return language.say("verifiable.why", said=said, why=told.reason(language, row["obstacle"])) if row["obstacle"] else said


def detectable(evidence: Evidence, language: Language) -> Table | Paragraph:
    """What a repeat of the planned size could detect, for the total of each indicator: to be read before a target is set."""
    rows = evidence.targets[evidence.targets["group"].isin(["", TOTAL])].drop_duplicates(
        ["id", "category"]
    )  # one row may have two targets
    if rows.empty:
        return Paragraph(language.say("targets.nothing_measured"))
    body = [
        (about(language, r), _baseline(language, r), told.count(language, r["planned_sample"]), told.percent(language, r["smallest_cut"]) or "–",
         _value_after(language, r), f"{r['first_year']:g}" if pd.notna(r["first_year"]) else "–", told.marker(r)) for r in rows.to_dict("records")
    ]  # fmt: skip
    names = ("indicator", "baseline", "planned", "smallest", "after", "first_year", "marker")
    return _table(
        language,
        "detectable",
        names,
        body,
        (0.26, 0.19, 0.11, 0.12, 0.12, 0.11, 0.09),
        (2, 3, 4, 5),
        told.markers(language, rows["marker"]),
    )


def _value_after(language: Language, row: Line) -> str:
    return value(language, row["smallest_value"], row) or "–"


def _baseline(language: Language, row: Line, year: bool = True) -> str:
    """The baseline with its interval, or its marker."""
    if pd.isna(row["baseline_value"]):
        return told.marker(row) or "–"
    number = f"{value(language, row['baseline_value'], row)} ({between(language, row, 'ci_low', 'ci_high')})"
    return language.colon(f"{row['baseline_year']:g}", number) if year and pd.notna(row["baseline_year"]) else number


def milestones(evidence: Evidence, language: Language) -> Table | Paragraph:
    """The way to each target, year by year; what nobody measures is said to be so."""
    rows = evidence.milestones
    if rows.empty:
        return Paragraph(language.say("milestones.none"), "quiet")
    body: list[tuple[str, ...]] = []
    for _, part in rows.groupby(["id", "group", "category"], sort=False):
        body.append((about(language, part.iloc[0].to_dict()),))
        body += [
            (f"{r['year']:g}", value(language, r["value"], r), language.kit(str(r["kind"]))) for r in part.to_dict("records")
        ]
    return _table(language, "milestones", ("year", "value", "kind"), body, (0.2, 0.3, 0.5), (1,), "")


def smart(evidence: Evidence, language: Language) -> Table | Paragraph:
    """What each indicator still lacks of Tool No. 16's five criteria."""
    lacking = evidence.smart[evidence.smart["met"] != "yes"]
    if lacking.empty:
        return Paragraph(language.say("smart.all"), "quiet")
    body = [
        (str(r["indicator"]), language.say(f"smart.{r['criterion']}"), language.say(f"smart.met_{r['met']}"), told.reason(language, r["missing"]))
        for r in lacking.to_dict("records")
    ]  # fmt: skip
    return _table(language, "smart", ("indicator", "criterion", "met", "missing"), body, (0.35, 0.15, 0.15, 0.35), (), "")


def follow_up(evidence: Evidence, language: Language) -> Table | None:
    """Change since the baseline with its verdict; None in a baseline run."""
    rows = evidence.follow_up
    if rows.empty:
        return None
    body: list[tuple[str, ...]] = []
    for _, part in rows.groupby("id", sort=False):
        body.append((told.indicator(language, part.iloc[0].to_dict()),))
        body += [_followed(language, r) for r in part.to_dict("records")]
    first = rows.iloc[0]
    years = [f"{year:g}" for year in (first["year_before"], rows["year"].max()) if pd.notna(year)]
    names = ("category", "before", "after_round", "change", "verdict", "marker", "remark")
    note = " ".join(p for p in (language.say("change.note"), told.markers(language, rows["marker"])) if p)
    made = _table(language, "follow_up", names, body, (0.13, 0.16, 0.16, 0.16, 0.12, 0.07, 0.2), (), note)
    return replace(made, columns=(made.columns[0], *years, *made.columns[1 + len(years) :]))


def _followed(language: Language, row: Line) -> tuple[str, ...]:
    """A row of the follow-up; where the change is not shown its reason is that of the marker."""
    then = {**row, "ci_low": row["baseline_ci_low"], "ci_high": row["baseline_ci_high"]}
    whole = row["group"] in ("", TOTAL)
    columns = ("verdict_reason",) if row["marker"] == "c" else ("verdict_reason", "reason")
    reasons = [row[c] for c in columns if row[c] and row[c] != COVERS_ZERO]  # of which the verdict says as much
    return (
        language.say("everyone") if whole else told.reason(language, row["category"]),
        _baseline(language, then, year=False) if pd.notna(row["baseline_value"]) else "", _now(language, row), _change(language, row),
        light(language, row), told.marker(row), language.list(told.reason(language, r) for r in reasons),
    )  # fmt: skip


def _now(language: Language, row: Line) -> str:
    if pd.isna(row["value"]):
        return ""
    return f"{value(language, row['value'], row)} ({between(language, row, 'ci_low', 'ci_high')})"


def _change(language: Language, row: Line) -> str:
    if pd.isna(row["change"]):
        return ""
    ends = [signed(language, row[c], row) for c in ("change_ci_low", "change_ci_high")]
    return f"{signed(language, row['change'], row)} ({told.limits(language, *ends)})"


def signed(language: Language, number: float, row: Line) -> str:
    return "" if pd.isna(number) else f"{'−' if number < 0 else '+'}{value(language, abs(number), row)}"


def light(language: Language, row: Line) -> str:
    """The traffic light: its sign and the verdict, no more; empty where the row is hidden."""
    if not row["light"]:
        return ""
    sign, _, verdict = str(row["light"]).partition(" ")
    return f"{sign} {language.kit(verdict)}"


def verdicts(evidence: Evidence, language: Language) -> tuple[str, ...]:
    """The change of each indicator's total since the baseline, a sentence each, which says no more than its verdict."""
    rows = evidence.follow_up
    totals = rows[rows["group"].isin(["", TOTAL]) & (rows["verdict"] != "")]
    return tuple(_verdict(language, r) for r in totals.to_dict("records"))


def _verdict(language: Language, row: Line) -> str:
    why = told.reason(language, row["verdict_reason"])
    said = language.say(
        "change.verdict",
        what=told.indicator(language, row),
        before=f"{row['year_before']:g}",
        after=f"{row['year']:g}",
        verdict=light(language, row).removeprefix("? "),  # in a sentence it would read as a question
    )
    if pd.notna(row["change"]):
        interval = told.limits(language, *(signed(language, row[c], row) for c in ("change_ci_low", "change_ci_high")))
        numbers = language.say(
            "change.numbers", old=value(language, row["baseline_value"], row), new=value(language, row["value"], row),
            unit=language.kit(str(row["unit"])), change=signed(language, row["change"], row), interval=interval,
        )  # fmt: skip
        said = f"{said} {numbers}"
    return f"{said} {language.say('change.because', reason=why)}" if why else said


def references(language: Language) -> tuple[Paragraph, Table]:
    """Global figures, for orientation only: each says that it is not comparable, and why."""
    rows, body = global_figures(), []
    for (place, year), part in rows.groupby(["place", "year"], sort=False):
        by = {r["measure"]: r["value"] for r in part.to_dict("records")}
        persons, rate = (
            language.number(f"{by[m]:{form}}") if m in by else "" for m, form in (("stock", ",.0f"), ("stock_prevalence", ",.1f"))
        )
        body.append(
            (told.reason(language, place), f"{year}", persons, rate, language.say(f"comparable.{part['comparable'].iloc[0]}"))
        )
    source = language.say("references.source", source=language.list(map(language.kit, dict.fromkeys(rows["source"]))))
    table = _table(
        language,
        "references",
        ("place", "year", "total", "per_1000", "comparable"),
        body,
        (0.4, 0.12, 0.2, 0.14, 0.14),
        (1, 2, 3),
        source,
    )
    return Paragraph(language.say("references.why", why=told.reason(language, rows["why"].iloc[0]))), table


def matrix(evidence: Evidence, language: Language) -> Table:
    """Tool No. 16's matrix, the survey's cells filled; what partners give is left for them or as they gave it."""
    records = evidence.baseline.table.to_dict("records")
    aims: dict[tuple[object, ...], list[str]] = {}
    for r in with_target(evidence).to_dict("records"):
        aims.setdefault((r["id"], r["group"], r["category"]), []).append(promise(language, r))
    body, seen = [], ""
    for r in records:
        new, seen = r["id"] != seen, str(r["id"])
        by = "" if r["group"] in ("", TOTAL) or pd.isna(r["group"]) else told.group(language, str(r["group"]))
        category = told.reason(language, r["category"]) if by else ""
        aim = language.list(aims.get((r["id"], r["group"], r["category"]), [])) or _typed(language, r)
        body.append((
            f"{r['code']}: {r['statement']}" if new else "", told.indicator(language, r) if new else "", language.colon(by, category) if category else by,
            _cell(language, r), told.marker(r), aim, str(r["means_of_verification"]) if new else "", str(r["reporting_frequency"]) if new else "",
            str(r["lead"]) if new else "",
        ))  # fmt: skip
    names = ("statement", "indicator", "by_group", "baseline", "marker", "target", "verification", "reporting", "lead")
    markers = told.markers(language, [r["marker"] for r in records])
    return _table(language, "matrix", names, body, (0.14, 0.14, 0.13, 0.12, 0.07, 0.12, 0.1, 0.09, 0.09), (), markers, wide=True)


def _typed(language: Language, row: Line) -> str:
    """Targets that the partners typed for the first and second year."""
    years = [str(row[c]) for c in ("target_year_1", "target_year_2") if isinstance(row[c], str) and row[c]]
    return language.say("targets.typed", years=" / ".join(years)) if years else ""


def _cell(language: Language, row: Line) -> str:
    if row["filled_by"] == "partners":
        return (
            str(row["baseline_value"])
            if row["baseline_value"] and pd.notna(row["baseline_value"])
            else language.say("by_partners")
        )
    if pd.isna(row["baseline_value"]):
        return ""
    return f"{value(language, float(row['baseline_value']), row)} ({between(language, row, 'ci_low', 'ci_high')})"


def _table(
    language: Language, name: str, columns: Iterable[str], body: Iterable[tuple[str, ...]], widths: tuple[float, ...], right: tuple[int, ...],
    note: str, wide: bool = False,
) -> Table:  # fmt: skip
    heads = tuple(language.say(f"columns.{c}") for c in columns)
    return Table(
        language.say(f"{name}.title"), heads, tuple(body), widths, tuple(i in right for i in range(len(heads))), note, wide
    )


def legal(evidence: Evidence, language: Language) -> Bullets | Paragraph:
    """The instruments that the plan names."""
    return (
        Bullets(evidence.plan.legal_basis)
        if evidence.plan.legal_basis
        else Paragraph(language.say("skeleton.no_legal_basis"), "prompt")
    )
