"""The questionnaire explorer: item by item, who left its questions open, and what it contributes to the cases."""

from __future__ import annotations

from typing import Any

import pandas as pd

from fltoolkit.arguments import checked
from fltoolkit.errors import RequestError
from fltoolkit.show.charts.chart_style import BLUE, LEGENDS_TOP, ORANGE, QUIET, Picture, Table, axis, categories, figure
from fltoolkit.show.charts.estimate_charts import unresolved
from fltoolkit.show.explore.explorer_controls import Part, dropdown, shell, static
from fltoolkit.show.tables import nonresponse, plain
from fltoolkit.show.wording.english_numbers import count_or_mark
from fltoolkit.show.wording.section_words import Words

ALL = "all items"
ABOUT = "cases of the survey, unweighted"
NOTE = "[c] confidential: too few persons, or a count that would tell of so few"


def choices(contributions: pd.DataFrame) -> dict[str, str]:
    """What can be looked at: all items, and each, by its words."""
    sides = zip(contributions["side"], contributions["item"], strict=True)
    return {"All items": ALL, **{f"{_words(item)} ({side})": item for side, item in sides}}


def view(counts: pd.DataFrame, contributions: pd.DataFrame, item: str) -> tuple[Part, ...]:
    """One item: its contribution in words, and its questions' open answers; or all items beside each other.

    Args:
        counts: `fl.nonresponse`. contributions: `fl.contributions`. item: one of `choices`, by name.
    """
    if item == ALL:
        return _bars(contributions), _table(contributions)
    if item not in set(contributions["item"]):
        raise RequestError("no such item in this questionnaire", found=item, allowed=[ALL, *contributions["item"]])
    row = contributions[contributions["item"] == item].iloc[0].to_dict()
    own = counts[counts["where"] == f"items.{row['side']}.{item}"]
    own = own if len(own) else counts[counts["where"].str.endswith(f".{item}")]  # a rule set may have moved it to the other side
    told = (f"**{_words(item)}** ({row['side']}): of {count_or_mark(row['cases'])} cases, {count_or_mark(row['yes'])} answered yes to it; for "
            f"{count_or_mark(row['only'])} it is the only item on its side, so that without the question they would be none.")  # fmt: skip
    return Words(told), unresolved(own, beside=counts), nonresponse(own)


@checked
def questionnaire(counts: pd.DataFrame, contributions: pd.DataFrame, *, interactive: bool = False) -> Any:
    """The questionnaire item by item: with `interactive` a drop-down of its items, else all of them."""
    return panel(counts, contributions) if interactive else static(view(counts, contributions, ALL))


def panel(counts: pd.DataFrame, contributions: pd.DataFrame) -> Any:
    """The widget: a drop-down of the items above the view of one."""
    picker = dropdown("Item", choices(contributions), ALL)
    return shell([picker], lambda: view(counts, contributions, picker.value))


def _bars(found: pd.DataFrame) -> Picture:
    """Cases that answered yes, by item; the narrow bar inside is those who have no other item on that side."""
    names = [f"{_words(r['item'])} ({r['side']})" for r in found.to_dict("records")]
    fig = figure(
        "What each item contributes to the cases",
        f"{ABOUT}; a case may have answered yes to several",
        150 + 30 * len(found),
        barmode="overlay",
    )
    fig.add_bar(x=list(found["yes"].fillna(0)), y=names, orientation="h", width=0.7, name="answered yes", marker={"color": BLUE})
    fig.add_bar(x=list(found["only"].fillna(0)), y=names, orientation="h", width=0.3, name="the only item on its side",
                marker={"color": ORANGE, "line": {"color": "white", "width": 1}})  # fmt: skip
    gone = [
        (n, [w for w, c in (("yes", "yes"), ("only item", "only")) if pd.isna(r[c])], 0 if pd.isna(r["yes"]) else r["yes"])
        for n, r in zip(names, found.to_dict("records"), strict=True)
    ]
    gone = [g for g in gone if g[1]]
    fig.add_scatter(x=[x for *_, x in gone], y=[n for n, *_ in gone], mode="text", text=[f"  [c] {' and '.join(w)}" for _, w, _ in gone],
                    textposition="middle right", textfont={"color": QUIET, "size": 12}, showlegend=False, hoverinfo="skip", cliponaxis=False)  # fmt: skip
    fig.update_xaxes(**axis("cases"))
    fig.update_yaxes(**categories(names))
    fig.update_layout(margin_t=LEGENDS_TOP, legend_traceorder="normal")
    told = "; ".join(
        f"{n}: yes {count_or_mark(y)}, only item {count_or_mark(o)}"
        for n, y, o in zip(names, found["yes"], found["only"], strict=True)
    )
    return Picture(fig, f"Bar chart: what each item contributes to the cases. {told}.")


def _table(found: pd.DataFrame) -> Table:
    body = pd.DataFrame(
        {
            "Side": found["side"],
            "Item": [_words(i) for i in found["item"]],
            "Cases": [count_or_mark(v) for v in found["cases"]],
            "Answered yes": [count_or_mark(v) for v in found["yes"]],
            "The only item on its side": [count_or_mark(v) for v in found["only"]],
        }
    )
    return plain(body, "Items and cases", ABOUT, NOTE if found[["yes", "only"]].isna().any(axis=None) else "")


def _words(item: object) -> str:
    text = str(item).replace("_", " ")
    return text[0].upper() + text[1:]
