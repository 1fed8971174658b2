"""Makes blocks of a document for a background study (ILO toolkit, Tools No. 4 and 8): the results of the
survey by topic, and the questions that the survey cannot answer."""

from __future__ import annotations

import pandas as pd

from fltoolkit.languages.language import Language
from fltoolkit.nap.checklists import checklists
from fltoolkit.nap.evidence import Evidence
from fltoolkit.publish.measure_units import PROFILES
from fltoolkit.report.document_formats.document_blocks import Block, Bullets, Heading, Paragraph
from fltoolkit.report.knowledge_base import TOOL, answers, for_research
from fltoolkit.show.charts.descriptions.estimates_by_group import title_of
from fltoolkit.show.printed_tables import result_tables
from fltoolkit.show.printed_tables.printed_table import PrintedTable

Key = tuple[str, str, str]
"""What a table is about: its measure, its population in words, and its group."""


def known(evidence: Evidence, language: Language) -> list[Block]:
    """Returns the results of the survey by topic of the knowledge base (Tool No. 4 of the ILO toolkit): for
    each topic a heading and its tables. A topic without results is left out. If several topics need the same
    table, only the first has it.

    Each table begins with the number of its whole population, if one is published.
    """
    blocks: list[Block] = []
    listed: set[Key] = set()
    for section in dict.fromkeys(q.section for q in checklists().of(TOOL)):
        words = [word for q in checklists().of(TOOL) if q.section == section for word in q.evidence]
        parts = {_key(rows): rows for rows in answers(evidence.now, words) if rows["breakdown"].iloc[0]}
        new = [rows for key, rows in parts.items() if key not in listed]
        listed |= set(parts)
        if new:
            parts_of = pd.concat(new).groupby(["measure", "reference_population"], sort=False)
            tables = (_table(evidence, language, rows) for _, rows in parts_of)
            blocks += [Heading(language.say(f"checklists.sections.{section}"), 2), *tables]
    return blocks


def _table(evidence: Evidence, language: Language, rows: pd.DataFrame) -> PrintedTable:
    """Returns published rows by group as a table. Its title names the groups, because several tables have the
    same measure. Only a profile has one table for all its topics."""
    first, groups = rows.iloc[0].to_dict(), list(rows["breakdown"].unique())
    title = "" if first["measure"] in PROFILES else title_of(language, first, groups)
    return result_tables.table(language, _with_everyone(evidence, rows), title)


def research(evidence: Evidence, language: Language) -> list[Block]:
    """Returns a heading, a paragraph and a list: the questions of the knowledge base (Tool No. 4 of the ILO
    toolkit) that the survey cannot answer. These questions need qualitative studies, or records of
    authorities. The list of blocks is empty if there is no such question."""
    open_ = tuple(language.say(f"checklists.questions.{q.id}") for q in for_research(evidence))
    why = Paragraph(f"{language.say('research.why')} {language.say('skeleton.tables_there')}")
    return [Heading(language.say("research.heading"), 3), why, Bullets(open_)] if open_ else []


def keys(evidence: Evidence) -> set[Key]:
    """Returns the subjects of the tables of `known`: each a measure, a population in words and a group. If
    the plan has another name for the group, the subject is also in the set with this name."""
    words = [word for q in checklists().of(TOOL) for word in q.evidence]
    found = {_key(rows) for rows in answers(evidence.now, words)}
    same = evidence.own_words.same_groups.items()
    return found | {
        (measure, who, plans) for measure, who, group in found for plans, surveys in same if surveys == group
    }


def _with_everyone(evidence: Evidence, rows: pd.DataFrame) -> pd.DataFrame:
    """Returns published rows by group with the row of their whole population before them, if there is one."""
    first, own = rows.iloc[0], evidence.now.own
    same = (own["measure"] == first["measure"]) & (
        own["reference_population"] == first["reference_population"]
    )
    whole: pd.DataFrame = own[same & (own["breakdown"] == "")]
    return pd.concat([whole, rows])


def _key(rows: pd.DataFrame) -> Key:
    first = rows.iloc[0]
    return str(first["measure"]), str(first["reference_population_label"]), str(first["breakdown"])
