"""Pictures for documents and files, drawn without a browser: each number with its interval, each doubt in words beside it.

The same numbers give the same bytes: one font, no dates, no ids of chance. Text is never read as a formula.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd

from fltoolkit.languages.language import Language
from fltoolkit.publish.measure_units import scale
from fltoolkit.publish.published_set import Published
from fltoolkit.show.charts.chart_style import BLUE, GREY, INK, PALE
from fltoolkit.show.charts.estimate_charts import MARKED
from fltoolkit.show.wording import number_words
from fltoolkit.show.wording.english_numbers import PublishedNumber
from fltoolkit.survey.spec.groups import uncrossed

QUIET, DPI = "#55606b", 200
LOOK: dict[Any, Any] = {
    "font.family": "DejaVu Sans", "text.parse_math": False, "text.usetex": False, "svg.fonttype": "path", "svg.hashsalt": "fltoolkit",
    "text.color": INK, "axes.edgecolor": GREY, "axes.linewidth": 0.6, "xtick.color": QUIET, "ytick.color": INK, "path.simplify": False,
}  # fmt: skip


@cache
def letters(*, bold: bool = False) -> Path:
    """The file of the font: by its name all fonts of the machine are looked through, for each size anew."""
    import matplotlib

    return Path(matplotlib.get_data_path()) / "fonts" / "ttf" / f"DejaVuSans{'-Bold' if bold else ''}.ttf"


@dataclass(frozen=True)
class Size:
    """A picture's width in inches and its font in points."""

    width: float
    font: float
    letters: int  # of a label's line
    told: bool = True  # whether there is room for the interval in words


WIDE, HALF, SLIDE = Size(7.0, 9.0, 30), Size(3.5, 7.4, 16, told=False), Size(11.6, 16.0, 30)


@dataclass(frozen=True, eq=False)
class Drawn:
    """A picture with the words that stand for it where it cannot be seen; its bytes are made when they are asked for."""

    name: str
    figure: Any
    title: str
    alt: str
    width: float  # inches

    @cached_property
    def svg(self) -> bytes:
        return self._saved("svg", {"Date": None, "Creator": None, "Title": self.title})

    @cached_property
    def png(self) -> bytes:
        return self._saved("png", {"Software": None})

    def _saved(self, kind: str, about: dict[str, Any]) -> bytes:
        """The bytes of the figure, without a date or a maker."""
        import matplotlib

        made = BytesIO()
        with matplotlib.rc_context(LOOK):
            self.figure.savefig(made, format=kind, dpi=DPI, metadata=about)
        return made.getvalue()


def estimates(
    out: Published, measure: str, groups: Sequence[str], language: Language, *, population: str | None = None, size: Size = WIDE
) -> Drawn:
    """Estimates as dots with their intervals, everyone first and then each group; hollow dots are unreliable, `[c]` is not shown."""
    by = [[g] for g in groups] if measure == "share" else [[], *([g] for g in groups)]
    rows = out.select(measure, by, population=population)
    first = rows.iloc[0].to_dict()
    subtitle = language.say(
        "charts.estimates", unit=number_words.start(number_words.unit(language, measure, first["reference_population_label"])),
        level=number_words.level(language, first), period=language.kit(first["reference_period"]),
    )  # fmt: skip
    lines: list[tuple[str, PublishedNumber | None]] = []
    for name, part in rows.groupby("breakdown", sort=False):
        lines += [(number_words.group(language, str(name)), None)] if len(groups) > 1 and name else []
        lines += [(number_words.category(language, r), r) for r in part.to_dict("records")]
    title = language.say("charts.by", title=language.say(f"titles.{measure}"), groups=_names(language, groups))
    alt = f"{title}. {subtitle} {language.list(language.colon(n, _number_text(language, r)) for n, r in lines if r is not None)}."
    sides = [n for n, _ in lines], [_aside(language, r, size.told) for _, r in lines if r is not None]
    with _page(size, language, (title, subtitle), sides, rows["flag"]) as page:
        whole = rows[rows["breakdown"] == ""]["estimate"]
        if len(whole) and pd.notna(whole.iloc[0]):
            page.axes.axvline(float(whole.iloc[0]) * scale(measure), color=PALE, linewidth=1.6, zorder=0)
        for i, (name, row) in enumerate(lines):
            page.label(i, name, heading=row is None)
            if row is not None:
                page.dot(i, row, measure)
                page.aside(i, _aside(language, row, size.told))
        return page.drawn("_".join([measure, *([population] if population else []), "by", *groups]), alt)


def change(
    changed: Published, language: Language, *, measure: str = "prevalence", groups: Sequence[str] | None = None, size: Size = WIDE
) -> Drawn:
    """Both rounds' estimates with their intervals, one row a category (of these groups, or of all), and the verdict at the right."""
    rows = changed.table[changed.table["measure"] == f"change_in_{measure}"]
    rows = rows[rows["reference_population"] == rows["reference_population"].iloc[0]]
    rows = rows[
        (rows["breakdown"].map(uncrossed).map(len) < 2) & (True if groups is None else rows["breakdown"].isin(["", *groups]))
    ]
    first = rows.iloc[0].to_dict()
    before, after = (
        language.own(str(first[f"year{s}"] if first["year"] != first["year_before"] else first[f"round{s}"]))
        for s in ("_before", "")
    )
    unit = number_words.start(number_words.unit(language, measure, first["reference_population_label"]))
    title = language.say("charts.change", title=language.say(f"titles.{measure}"), before=before, after=after)
    subtitle = language.say("charts.change_in", unit=unit, level=number_words.level(language, first), before=before, after=after)
    names, records = number_words.labels(language, rows), rows.to_dict("records")
    both = [[number_words.number(language, r[f"estimate_{side}"], measure) for side in ("before", "after")] for r in records]
    verdicts = [_verdict(language, r) for r in records]
    told_rows = [
        language.colon(n, language.colon(language.join(numbers), verdict) if pd.notna(r["estimate"]) else verdict)
        for n, r, numbers, verdict in zip(names, records, both, verdicts, strict=True)
    ]
    sides = names, verdicts
    with _page(size, language, (title, subtitle), sides, rows["flag"], tall=1.35) as page:
        for i, (name, row) in enumerate(zip(names, records, strict=True)):
            page.label(i, name)
            page.aside(i, _verdict(language, row))
            for side, colour, lift in (("_before", GREY, -0.17), ("_after", BLUE, 0.17)):
                part: PublishedNumber = {c: row[f"{c}{side}"] for c in ("estimate", "ci_low", "ci_high", "flag")} | {
                    "marker": row["marker"]
                }
                if pd.notna(row["estimate"]) or pd.notna(part["estimate"]):
                    page.dot(i + lift, part, measure, colour)
        return page.drawn(f"change_in_{measure}", f"{title}. {subtitle} {language.list(told_rows)}.")


@dataclass
class _Page:
    """A picture under way: one row a line, labels at the left, words at the right."""

    size: Size
    figure: Any
    axes: Any
    language: Language
    title: str
    edges: list[float]

    def label(self, line: float, text: str, *, heading: bool = False) -> None:
        wrapped = textwrap.fill(text, self.size.letters)
        across = self.axes.get_yaxis_transform()
        words = self.axes.text(
            -0.03, line, wrapped, transform=across, ha="right", font=letters(), fontsize=self.size.font, linespacing=1.05
        )
        words.set_va("center" if "\n" in wrapped else "center_baseline")
        if heading:
            words.set(font=letters(bold=True), color=QUIET, fontsize=self.size.font * 0.92)

    def aside(self, line: float, text: str) -> None:
        self.axes.text(
            1.03,
            line,
            text,
            transform=self.axes.get_yaxis_transform(),
            va="center_baseline",
            font=letters(),
            fontsize=self.size.font * 0.92,
        )

    def dot(self, line: float, row: PublishedNumber, measure: str, colour: str = BLUE) -> None:
        """A dot with its interval; what is not shown says so where it would stand."""
        if pd.isna(row["estimate"]):
            words = self.language.say("not_shown" if row["marker"] != "x" else "not_available", marker=row["marker"])
            self.axes.text(
                0.015,
                line,
                words,
                transform=self.axes.get_yaxis_transform(),
                va="center_baseline",
                color=QUIET,
                font=letters(),
                fontsize=self.size.font * 0.9,
            )
            return
        x, low, high = (float(row[c]) * scale(measure) for c in ("estimate", "ci_low", "ci_high"))
        self.edges += [e for e in (x, high) if pd.notna(e)]
        hollow = row["flag"] in MARKED or row["marker"] == "w"
        if pd.notna(low):
            self.axes.plot(
                [low, high],
                [line, line],
                color=colour,
                linewidth=self.size.font / 5,
                solid_capstyle="round",
                zorder=2,
                alpha=0.75,
            )
        self.axes.plot([x], [line], marker="o", markersize=self.size.font * 0.72, markerfacecolor="white" if hollow else colour,
                       markeredgecolor=colour, markeredgewidth=self.size.font / 6, zorder=3, clip_on=False)  # fmt: skip

    def drawn(self, name: str, alt: str) -> Drawn:
        most = max(self.edges, default=1.0) or 1.0
        self.axes.set_xlim(0, most * 1.04)
        self.axes.xaxis.set_major_formatter(lambda x, _: self.language.number(f"{x:,.0f}" if most >= 5 else f"{x:,.1f}"))
        return finish(self.figure, name, alt, self.title, self.size)


@contextmanager
def _page(
    size: Size,
    language: Language,
    above: tuple[str, str],
    sides: tuple[list[str], list[str]],
    flags: pd.Series,
    *,
    tall: float = 1.0,
) -> Iterator[_Page]:
    """A picture of so many rows, with its title and subtitle `above`; a hollow dot is explained where there is one."""
    from matplotlib.ticker import MaxNLocator

    title, subtitle = above
    hollow = language.say("charts.hollow") if set(flags) & set(MARKED) else ""
    told_below = " ".join(part for part in (subtitle, hollow) if part)
    lines = len(sides[0])
    body = (lines + 0.6) * size.font * (2.15 if size.told else 1.95) * tall / 72
    labels = [part for text in sides[0] for part in textwrap.wrap(text, size.letters)]
    left, right = (0.6 * size.font * max(4, *map(len, texts)) / 72 / size.width + 0.035 for texts in (labels, sides[1]))
    with sheet(size, title, told_below, body, left=left, right=right) as (figure, axes):
        axes.set_ylim(lines - 0.4, -0.6)
        axes.set_yticks([])
        axes.xaxis.set_major_locator(MaxNLocator(nbins=4 if size.width < 5 else 6, integer=False))
        yield _Page(size, figure, axes, language, title, [])


@contextmanager
def sheet(size: Size, title: str, subtitle: str, body: float, *, left: float, right: float) -> Iterator[tuple[Any, Any]]:
    """A figure with a title and quiet words above an empty axes `body` inches high."""
    import matplotlib
    from matplotlib.figure import Figure

    per_line = size.width * 72 / size.font
    heads, words = textwrap.wrap(title, int(per_line * 1.42)), textwrap.wrap(subtitle, int(per_line * 1.75))
    line = size.font * 1.36 / 72
    head = line * 1.15 * len(heads) + line * len(words) + size.font / 72
    foot = size.font * 2.3 / 72
    height = head + body + foot
    with matplotlib.rc_context({**LOOK, "font.size": size.font}):
        figure = Figure(figsize=(size.width, height))
        top = height - size.font * 0.35 / 72
        figure.text(
            0.004, top / height, "\n".join(heads), font=letters(bold=True), fontsize=size.font * 1.14, va="top", linespacing=1.2
        )
        below = (top - line * 1.15 * len(heads)) / height
        figure.text(
            0.004, below, "\n".join(words), font=letters(), fontsize=size.font * 0.9, color=QUIET, va="top", linespacing=1.3
        )
        axes = figure.add_axes((left, foot / height, 1 - left - right, body / height))
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.grid(axis="x", color=PALE, linewidth=0.7)
        axes.set_axisbelow(True)
        axes.tick_params(length=0, labelsize=size.font * 0.9)
        yield figure, axes


def finish(figure: Any, name: str, alt: str, title: str, size: Size) -> Drawn:
    """A figure as a picture, under a name that a file can have."""
    return Drawn(re.sub(r"\W", "_", name), figure, title, alt, size.width)


def _aside(language: Language, row: PublishedNumber, interval: bool = True) -> str:
    """The number, with its interval in words where there is room, at the right of its dot."""
    if pd.isna(row["estimate"]):
        return ""
    mark = f" {number_words.marker(row)}" if number_words.marker(row) else ""
    between = f" ({number_words.interval(language, row)})" if interval else ""
    return f"{number_words.shown(language, row)}{between}{mark}"


def _number_text(language: Language, row: PublishedNumber) -> str:
    if pd.isna(row["estimate"]):
        return f"{number_words.shown(language, row)} {language.say('markers.' + str(row['marker']))}"
    return (
        f"{_aside(language, row)}, {number_words.reason(language, row['reason'])}"
        if row["flag"] == "unreliable"
        else _aside(language, row)
    )


def _verdict(language: Language, row: PublishedNumber) -> str:
    words = language.kit(str(row["verdict"])) if row["verdict"] else language.say("not_shown", marker=row["marker"])
    return f"{words} [u]" if row["verdict"] and row["marker"] == "u" else words


def _names(language: Language, groups: Sequence[str]) -> str:
    return language.join(map(language.by_group, groups))
