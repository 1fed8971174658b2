"""Recognises groups whose categories are single origins (each nationality, country of birth, ethnicity or
religion), and decides which tables by such groups may be made.

Migrant status (born abroad or not, citizen or not) is a standard breakdown. Single origins are more
sensitive, because readers may use such a table to judge people by their origin. So single origins are
published only if survey.yaml gives a reason, and then only as prevalence.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from fltoolkit.survey.spec.groups import AnyGroup, DisabilityGroup, Group

RATES = ("prevalence", "stock_prevalence", "current_prevalence")
KEY = "publish_origins_because"
# Words of names and labels in English, French, Spanish and Portuguese.
ALWAYS = re.compile(
    r"\bethni|\betni|\btrib[eu]|\bcast[ea]s?\b|\breligi|\bindigen|\bindígen|\bautocht|\braces?\b|\brazas?\b|\bmother tongue|\blangue maternelle"
)
# With only two categories, these groups are migrant status: born here or abroad, citizen or not.
OF_SEVERAL = re.compile(
    r"\bnationalit|\bnacionalid|\bcitizen|\bcitoyennet|\bciudadan|\bcidadani|\bcountr(y|ies) of "
    r"(birth|origin)|\bbirth (country|place)|\bbirthplace"
    r"|\bpays de naissance|\bpays d.origine|\bpa[ií]s de nac|\bpa[ií]s de origen|\bpa[ií]s de "
    r"origem|\borigins?\b"
)


OF_ORIGIN = re.compile(
    r"nationalit|citizen|ethnic|migra|foreign|born|birth|tribe|caste|religio|indigen"
    r"|nacionalid|citoyen|ciudadan|cidadan|étranger|extranjer|estrangeir|naissance|nacim|nacid"
)
OF_DISABILITY = re.compile(r"disab|handicap|discapac|d[eé]ficien|invalide|invalidi")
CLASSIFIED_AS = {"citizenship": "origin", "place_of_birth": "origin", "disability": "disability"}


def is_of_origin(name: str, group: AnyGroup | None) -> bool:
    """Returns whether a group shows nationality, origin, migrant status, ethnicity or religion. A standard
    classification in survey.yaml decides. If the group has none, the words in its name and label decide."""
    return _status(name, group) == "origin"


def may_compare(name: str, group: AnyGroup | None) -> bool:
    """Returns whether the kit compares the categories of a group by itself. It never compares nationality,
    origin, migrant status, ethnicity, religion or disability: readers would judge people by it."""
    return not _status(name, group)


def _status(name: str, group: AnyGroup | None) -> str:
    """Returns what of a person's status a group shows: `origin`, `disability` or nothing of it."""
    if isinstance(group, DisabilityGroup):
        return "disability"
    if isinstance(group, Group) and group.classification:
        return CLASSIFIED_AS.get(group.classification, "")
    words = f"{name} {group.label if group else ''}".replace("_", " ").casefold()
    return (
        "origin"
        if ALWAYS.search(words) or OF_ORIGIN.search(words)
        else "disability"
        if OF_DISABILITY.search(words)
        else ""
    )


def shows_origins(name: str, group: AnyGroup) -> bool:
    """Returns whether the categories of a group are single origins, such as each nationality or religion. The
    kit recognises such a group by its key `publish_origins_because`, its name or its label."""
    if not isinstance(group, Group) or group.classification:
        return False
    words = f"{name} {group.label}".replace("_", " ").casefold()
    several = len(set(group.labels.values())) > 2
    return bool(
        group.publish_origins_because or ALWAYS.search(words) or (several and OF_SEVERAL.search(words))
    )


def obstacle_of_origins(
    measure: str, by: Collection[Sequence[str]], origins: Collection[str], allowed: Collection[str]
) -> str:
    """Returns, in words, the reason why a table that shows single origins (such as each nationality) must not
    be made. The text is empty if the table may be made.

    Args:
        measure: the measure of the table, such as `prevalence`.
        by: the breakdowns of the table, each a list of groups.
        origins: the names of the groups whose categories are single origins.
        allowed: the names of those groups in `origins` for which survey.yaml gives a reason to publish.
    """
    found = sorted({group for breakdown in by for group in breakdown} & set(origins))
    if not found:
        return ""
    if closed := [group for group in found if group not in allowed]:
        return (
            f"{closed[0]} shows single origins, which are published only where survey.yaml says why: "
            "give the reason under "
            f"groups.{closed[0]}.{KEY}, or ask for migrant status (classification: place_of_birth or "
            "citizenship)"
        )
    if measure not in RATES:
        return (
            f"{found[0]} shows single origins: only rates are published by it ({', '.join(RATES)}), "
            f"and no {measure}"
        )
    if any(len(breakdown) > 1 and set(breakdown) & set(found) for breakdown in by):
        return f"{found[0]} shows single origins: it is not crossed with another group"
    return ""
