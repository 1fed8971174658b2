"""Draws the pictures of docs/performance from its table."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import pandas as pd

mpl.use("agg")
import matplotlib.pyplot as plt

STYLE = {
    "fltoolkit": ("#0072B2", "o", "-"),
    "floor": ("#555555", "s", "--"),
    "svy": ("#D55E00", "^", "-"),
    "R survey": ("#009E73", "D", "-"),
}
NAMES = {"floor": "the floor (bare GROUP BY)"}


def draw(folder: Path) -> None:
    """Draws seconds_by_persons.png and memory_by_persons.png (200 domains), and seconds_by_domains.png (a
    million persons)."""
    table = pd.read_csv(folder / "table.csv")
    table = table[(table["task"] == "prevalence") & table["seconds"].notna()]
    large, million = table[table["domains"] == 200], table[table["persons"] == 1_000_000]
    _lines(
        large,
        "persons",
        "seconds",
        "Persons",
        "Seconds",
        "Time grows as persons do: prevalence in 200 domains",
        folder / "seconds_by_persons.png",
    )
    _lines(
        large,
        "persons",
        "megabytes",
        "Persons",
        "Peak memory, MB",
        "Memory: prevalence in 200 domains",
        folder / "memory_by_persons.png",
    )
    _lines(
        million,
        "domains",
        "seconds",
        "Domains",
        "Seconds",
        "A million persons: time by number of domains",
        folder / "seconds_by_domains.png",
    )


def _lines(table: pd.DataFrame, x: str, y: str, x_title: str, y_title: str, title: str, path: Path) -> None:
    figure, axes = plt.subplots(figsize=(7.5, 4.5), layout="constrained")
    for engine, (colour, marker, line) in STYLE.items():
        own = table[table["engine"] == engine].sort_values(x)
        axes.plot(
            own[x], own[y], color=colour, marker=marker, linestyle=line, label=NAMES.get(engine, engine)
        )
    axes.set(xscale="log", yscale="log", xlabel=x_title, ylabel=y_title)
    axes.xaxis.set_major_formatter(lambda v, _: f"{v:,.0f}")
    axes.yaxis.set_major_formatter(lambda v, _: f"{v:,g}")
    axes.set_title(title, loc="left", fontsize=12)
    axes.grid(True, which="major", color="#dddddd")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    figure.savefig(path, dpi=120)
    plt.close(figure)
