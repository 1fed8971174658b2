"""Explorers: a pure view of the published set, and a thin ipywidgets shell around it. Without interaction, the view alone."""

from __future__ import annotations

from typing import Any

from fltoolkit.errors import RequestError
from fltoolkit.estimate.publish import Published
from fltoolkit.show.charts import dots
from fltoolkit.show.style import Picture, Table
from fltoolkit.show.tables import table


def choices(out: Published) -> dict[str, tuple[str, str, str]]:
    """What can be looked at: a label for each (measure, breakdown, population) of the published set."""
    wanted = out.own[out.own["measure"] != "flowchart"]
    keys = wanted[["measure", "breakdown", "reference_population"]].drop_duplicates().itertuples(index=False, name=None)
    return {
        f"{measure.replace('_', ' ')}, {by.replace('_', ' ') or 'everyone'} ({who})": (measure, by, who)
        for measure, by, who in keys
    }


def view(out: Published, choice: str) -> tuple[Picture, Table]:
    """The picture and the table of one choice."""
    offered = choices(out)
    if choice not in offered:
        raise RequestError("no such view", found=choice, allowed=list(offered))
    measure, breakdown, population = offered[choice]
    by = [breakdown.split(" × ") if breakdown else []]
    return dots(out, measure, by, population=population), table(out.select(measure, by, population=population))


def tables(out: Published, *, interactive: bool = False, choice: str | None = None) -> Any:
    """Pick a table of the published set and see it: a labelled drop-down with `interactive`, else one view.

    Args:
        out: the run's published set.
        interactive: a widget for people; batch runs and stored notebooks keep False.
        choice: what is shown first; see `choices`.
    """
    from IPython.display import display

    start = choice or next(iter(choices(out)))
    if not interactive:
        for part in view(out, start):
            display(part)
        return None
    return panel(out, start)


def panel(out: Published, start: str) -> Any:
    """The widget: a drop-down above the view it chooses."""
    import ipywidgets as widgets

    picker = widgets.Dropdown(options=list(choices(out)), value=start, description="Show", layout={"width": "32em"})
    screen = widgets.Output()

    def show(_: object = None) -> None:
        drawn = [part._repr_mimebundle_() for part in view(out, picker.value)]
        screen.outputs = tuple({"output_type": "display_data", "data": data, "metadata": {}} for data in drawn)

    picker.observe(show, names="value")
    show()
    return widgets.VBox([picker, screen])
