"""Defines a text that a user wrote in survey.yaml or nap.yaml: plain text in the language of the file, or the
text in several languages.

`label: men` is in the language of the file. `label: {en: men, fr: hommes}` also gives translations. The key
`language` names the language of the file. Without this key, a plan is in the first of its `languages`, and a
survey is in English.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Self

from pydantic import AfterValidator, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo
from pydantic_core import CoreSchema, core_schema

from fltoolkit.languages.word_files import BASE, shipped_languages
from fltoolkit.yaml_files.loading import Model


class OwnText(str):
    """A text that a user wrote in survey.yaml or nap.yaml, such as a label, with its translations. It is a
    `str` in the language of the file: comparisons, concatenation and writing to files ignore the
    translations.

    Attributes:
        language: the code of the language of the file: en, fr, …
        others: the text in other languages, by their codes.
    """

    language: str
    others: Mapping[str, str]

    def __new__(cls, text: str = "", language: str = BASE, others: Mapping[str, str] | None = None) -> Self:
        made = super().__new__(cls, text)
        made.language, made.others = language, dict(others or {})
        return made

    def in_language(self, code: str) -> str:
        """Returns the text in one language: the text itself or its translation. Returns an empty text if the
        file gives no translation into this language."""
        return str(self) if code == self.language else self.others.get(code, "")

    @classmethod
    def read(cls, given: object, info: ValidationInfo) -> Self:
        """Returns the text that a YAML file gives, either as one text or as a mapping from languages to
        texts. `info.context` is the content of the whole file.

        Raises:
            ValueError: the value is not a text, one of its languages is unknown, a text is blank, or the text
                in the file's own language is missing.
        """
        if isinstance(given, cls):
            return given
        own = language_of(info.context or {})
        texts = given if isinstance(given, dict) else {own: given}
        if any(isinstance(text, (dict, list)) or text is None for text in texts.values()):
            raise ValueError("must be text, or texts by language: {en: men, fr: hommes}")
        codes = shipped_languages()
        if unknown := [code for code in texts if code not in codes and code != own]:
            raise ValueError(f"{unknown[0]} is no language of the kit; it has {', '.join(codes)}")
        if blank := [
            code for code, text in texts.items() if isinstance(given, dict) and not str(text).strip()
        ]:
            raise ValueError(f"the text in {blank[0]} is blank; write it, or leave that language out")
        if own not in texts:
            raise ValueError(
                f"the text in {own}, the language of this file, is missing; add it, or name another "
                "under `language`"
            )
        return cls(str(texts[own]), own, {code: str(text) for code, text in texts.items() if code != own})

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        # With a reference, the JSON Schema defines an own text once and not at each key.
        return core_schema.with_info_plain_validator_function(
            cls.read,
            ref=f"{cls.__module__}.{cls.__qualname__}",
            serialization=core_schema.to_string_ser_schema(),
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        by_language = {code: {"type": "string"} for code in shipped_languages()}
        several = {
            "additionalProperties": False,
            "minProperties": 1,
            "properties": by_language,
            "type": "object",
        }
        return {"anyOf": [{"type": "string"}, several]}


class WorkingText(OwnText):
    """An `OwnText` (a text of the user's, with translations) that only notebooks and the workbook show, such
    as the label of a question. Documents do not show it.
    """


NO_TEXT, NO_WORKING_TEXT = OwnText(), WorkingText()


def language_of(data: Mapping[str, Any]) -> str:
    """Returns the code of the language in which the texts of a YAML file are written. `data` is the content
    of the file."""
    wanted = data.get("languages") or BASE
    return str(data.get("language") or (wanted if isinstance(wanted, str) else wanted[0]))


def _known_language(code: str) -> str:
    if code not in shipped_languages():
        raise ValueError(f"is no language of the kit; it has {', '.join(shipped_languages())}")
    return code


LanguageCode = Annotated[str, AfterValidator(_known_language)]


def own_texts_in(node: object, key: str = "") -> Iterator[tuple[str, OwnText]]:
    """Yields every text of a file that its user wrote (`OwnText`) and that is not empty, each with its key.
    The parts of a key are joined by dots: `groups.sex.label`.
    """
    if isinstance(node, OwnText):
        if node:
            yield key, node
    elif isinstance(node, (Model, dict, list, tuple)):
        for step, below in _children(node):
            yield from own_texts_in(below, f"{key}.{step}" if key else step)


def _children(node: Model | dict[Any, Any] | list[Any] | tuple[Any, ...]) -> Iterator[tuple[str, object]]:
    if isinstance(node, Model):
        # The codes of a standard classification are not own texts, although their key can also hold texts.
        standing = {"codes"} if getattr(node, "classification", None) else set()
        yield from ((name, getattr(node, name)) for name in type(node).model_fields if name not in standing)
    else:
        yield from (
            (str(step), below)
            for step, below in (node.items() if isinstance(node, dict) else enumerate(node))
        )


def refuse_two_translations(model: Model) -> None:
    """Raises an error if a text is in the file twice with different translations. Documents look up a
    translation by the text itself, so they could not choose between the two.

    Raises:
        ValueError: the message names both keys.
    """
    first: dict[tuple[str, str], tuple[str, str]] = {}
    for key, text in own_texts_in(model):
        for code, translation in text.others.items():
            there, before = first.setdefault((str(text), code), (key, translation))
            if before != translation:
                raise ValueError(
                    f"{there} and {key} hold one text with two translations in {code}; write the same in both"
                )
