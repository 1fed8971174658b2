"""Recognises groups whose categories are single origins (each nationality, country of birth, ethnicity or
religion), and decides which tables by such groups may be made.

Migrant status (born abroad or not, citizen or not) is a standard breakdown. Single origins are more
sensitive, because readers may use such a table to judge people by their origin. So single origins are
published only if survey.yaml gives a reason, and then only as prevalence.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from fltoolkit.survey.spec.groups import AnyGroup, Group

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
