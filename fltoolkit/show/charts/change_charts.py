"""Makes pictures of what changed since an earlier round of the survey. They show the estimates of both rounds
with their intervals, and the result of the test of the change."""

from __future__ import annotations

from fltoolkit.arguments import checked
from fltoolkit.errors import RequestError
from fltoolkit.publish.own_tables.own_tables import OF_FORCED_LABOUR
from fltoolkit.publish.published_set import ChangeSet
from fltoolkit.show.charts.descriptions import change_dumbbell
from fltoolkit.show.charts.renderers.plotly_renderer import picture
from fltoolkit.show.printed_tables import change_tables
from fltoolkit.show.tables import in_notebook
from fltoolkit.show.wording import change_sentences
from fltoolkit.show.wording.english_numbers import ENGLISH
from fltoolkit.show.wording.section_words import Nothing, Result, Words


@checked
def changes(found: ChangeSet | None) -> None:
    """Displays how the prevalence of the default population changed since an earlier round of the survey: a
    picture, a table, and sentences on the rate and the number of persons. Without an earlier round (None), it
    displays a note.

    Raises:
        RequestError: the change is that of another outcome, such as one that the user defined. The sentences
            would call it forced labour.
    """
    from IPython.display import display

    if found is None:
        display(Nothing("No earlier round is named, so no change is shown."))
        return
    if others := sorted(set(found.table["outcome"]) - set(OF_FORCED_LABOUR)):
        raise RequestError(
            (
                "these sentences and this chart are about forced labour, and the change is that of another "
                "outcome"
            ),
            where="changes",
            found=others,
            do="read the change in the column `estimate` of its table: found.table",
        )
    own = found.table[found.table["reference_population"] == found.headlines[0]]
    rows = own[own["measure"] == "change_in_prevalence"].reset_index(drop=True)
    display(Result("\n\n".join(change_sentences.of_headline(found, ENGLISH))))
    display(picture(change_dumbbell.change(rows, ENGLISH)))
    display(in_notebook(change_tables.changes(ENGLISH, rows)).folded(len(rows)))
    held = change_sentences.interviews(ENGLISH, rows.iloc[0].to_dict())
    display(Words("\n\n".join(filter(None, (ENGLISH.say("change.note"), held)))))
