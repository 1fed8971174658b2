"""Collects the texts that users wrote in survey.yaml and nap.yaml (labels, titles), so that documents in
other languages find their translations.

The published tables contain each text in the language of the file where it was written. This text is used to
look up its translation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from fltoolkit.languages.own_text import OwnText, WorkingText, own_texts_in
from fltoolkit.yaml_files.loading import Model

Place = tuple[str, str]  # a file and the keys within it


@dataclass(frozen=True)
class OwnWords:
    """The texts that users wrote in one or several files (survey.yaml, nap.yaml), with their translations.

    Attributes:
        texts: the texts with their translations, by the text in the language of the file.
        labels: the labels of groups, by the name of the group.
        places: the first place of each text: file and keys.
        same_groups: for groups that have another name in the plan, the survey's name by the plan's name:
            `{"gender": "sex"}`.
    """

    texts: Mapping[str, OwnText] = field(default_factory=dict)
    labels: Mapping[str, OwnText] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    same_groups: Mapping[str, str] = field(default_factory=dict)

    def __or__(self, more: OwnWords) -> OwnWords:
        """Returns the texts of both collections together. A text that is in both gets all its translations.
        If the two collections have different translations of a text, those of the left collection are used.
        """
        texts = {**self.texts, **more.texts}
        for text in self.texts.keys() & more.texts.keys():
            one, other = self.texts[text], more.texts[text]
            others = {other.language: str(other), **other.others, **one.others}
            texts[text] = OwnText(
                text,
                one.language,
                {code: translation for code, translation in others.items() if code != one.language},
            )
        places = {
            **self.places,
            **{text: place for text, place in more.places.items() if text not in self.places},
        }
        return OwnWords(texts, {**more.labels, **self.labels}, places)


def own_words(file: str, model: Model, groups: Mapping[str, OwnText] | None = None) -> OwnWords:
    """Returns the texts of one file that documents show, with their translations.

    Args:
        file: the name of the file, for messages.
        model: the file as it was read.
        groups: the labels of groups, by the name of the group. They are needed for groups with a label in
            survey.yaml, and for groups for which the kit has no word.
    """
    labels = dict(groups or {})
    found = [
        (key, text)
        for key, text in own_texts_in(model)
        if not isinstance(text, WorkingText) and not _is_name(key, text)
    ]
    known = {text for _, text in found}
    found += [(f"groups.{name}.label", label) for name, label in labels.items() if label not in known]
    texts: dict[str, OwnText] = {}
    for _, text in found:  # a translation applies to every place of the text
        before = texts.get(text)
        texts[str(text)] = OwnText(text, text.language, {**(before.others if before else {}), **text.others})
    places: dict[str, Place] = {}
    for key, text in found:
        places.setdefault(str(text), (file, key))
    return OwnWords(texts, labels, places)


def merged_words(parts: Iterable[OwnWords]) -> OwnWords:
    """Returns the texts of several files as one collection. If several files contain the same text, the place
    of the text is in the first of these files.
    """
    made = OwnWords()
    for part in parts:
        made = made | part
    return made


def _is_name(key: str, text: OwnText) -> bool:
    """Returns whether a text is the name of the country and has no translations. Such a name is the same in
    every language."""
    return key == "country" and not text.others
