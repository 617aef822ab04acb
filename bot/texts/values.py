"""How values look within a sentence of a language: lists, numbers, moments, keys, styles.

Promises: words that somebody wrote are put in as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from bot.texts.language import Language, grammar, texts
from generator.catalogue.style import Named, Style
from generator.notation.keys import Key


class Listed(str):
    """Items in a row: "{names}" → "a, b, c", "{names:both}" → "a, b and c", "{names:either}" → "a, b or c",
    "{names:plus}" → "a + b + c".
    """

    _items: tuple[str, ...]
    _language: Language

    def __new__(cls, items: Iterable[str], language: Language) -> Listed:
        items = tuple(items)
        made = super().__new__(cls, grammar(language).comma.join(items))
        made._items, made._language = items, language
        return made

    def __format__(self, wanted: str) -> str:
        if wanted == "plus":
            return " + ".join(self._items)
        *others, last = self._items or ("",)
        if wanted not in ("both", "either") or not others:
            return str(self)
        rules = grammar(self._language)
        pattern = rules.both if wanted == "both" else rules.either
        return pattern.format(others=rules.comma.join(others), last=last)


class Word(str):
    """Words that a text may write small: "{instruments:small}". Alone they are a list of one."""

    def __format__(self, wanted: str) -> str:
        return self.lower() if wanted == "small" else str(self)


class Number(float):
    """A number with the signs of a language: "{limit:,}" → "200,000" or "200.000"."""

    _language: Language
    _written: float

    def __new__(cls, value: float, language: Language) -> Number:
        made = super().__new__(cls, value)
        made._language, made._written = language, value
        return made

    def __format__(self, wanted: str) -> str:
        return signs(format(self._written, wanted if wanted.startswith((",", ".")) else ""), self._language)

    def __str__(self) -> str:
        return format(self)


def in_words(values: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """Values as a text can put them in."""
    return {name: _in_words(value, language) for name, value in values.items()}


def _in_words(value: Any, language: Language) -> Any:
    if isinstance(value, Style):
        return style_name(value, language)
    if isinstance(value, Key):
        return key_name(value, language)
    if isinstance(value, Named):
        return value.named(language)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return Number(value, language)
    if isinstance(value, (tuple, list)):
        return Listed((str(_in_words(item, language)) for item in value), language)
    return value if isinstance(value, Listed) else Word(value)


def join(words: Iterable[str], language: Language) -> str:
    """Words in a row, with the language's comma."""
    return Listed(words, language)


def signs(number: str, language: Language) -> str:
    """A number as Python writes it, "1,234.5", as the language does."""
    rules = grammar(language)
    return number.translate({ord("."): rules.decimal, ord(","): rules.thousands})


def style_name(style: Style, language: Language) -> str:
    """For example "Chopin keyboard" or "肖邦 键盘"; typed as a request it finds the style. Nobody's: only who plays."""
    composer, instruments = style.composer_in(language, short=True), style.instrumentation_in(language)
    if not composer:
        return instruments
    return grammar(language).style.format(composer=composer, instruments=Word(instruments))


def key_name(key: Key, language: Language) -> str:
    """For example "A minor" or a小调."""
    return grammar(language).keys.name(key.tonic, key.mode, str(texts(language)[f"mode.{key.mode}"]))


def moment(text: str, language: Language) -> str:
    """A moment in ISO 8601 as people of the language write it; as it is where it is none."""
    pattern = grammar(language).date
    try:
        return datetime.fromisoformat(text).strftime(pattern) if pattern else text
    except ValueError:
        return text
