"""The words that people use, from `config/wishes`: meanings.toml says what things are, a file a language what they are called.

Promises: a new language is a new file. All languages are read at once, since people mix them.
Not covered: composers and instruments, which the catalogue knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from config.files import load_toml
from generator.wishes.text import key_of

MEANINGS = "meanings.toml"
TALK = ("negation", "release", "joins", "ask", "statement", "question", "greeting", "thanks", "farewell", "again", "approx")


@dataclass(frozen=True)
class Entry:
    """What a phrase stands for. kind: tempo, genre, mood, work, progression, size, compare, mode, metre, form, stranger ...

    id: its name in meanings.toml, or the value itself.
    """

    kind: str
    id: str


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """All words. phrases: by their tokens; several meanings may share one. tables: those of meanings.toml."""

    tables: Mapping[str, Any]
    phrases: Mapping[str, tuple[Entry, ...]]
    talk: Mapping[str, frozenset[str]]
    stop: frozenset[str]
    everyday: frozenset[str]
    numbers: Mapping[str, float]
    units: Mapping[str, tuple[str, ...]]
    options: Mapping[str, str]
    variants: Mapping[int, str]
    ambiguous: frozenset[str]
    before_names: frozenset[str]
    number_pattern: str = field(default="")

    def unit_pattern(self, unit: str) -> str:
        """A regular expression for a unit in all languages."""
        return alternatives(self.units[unit])


def alternatives(words: tuple[str, ...] | Mapping[str, Any]) -> str:
    """The longest first."""
    return "|".join(re.escape(word).replace(r"\ ", r"[\s-]+") for word in sorted(words, key=lambda word: (-len(word), word)))


@cache
def load_vocabulary() -> Vocabulary:
    """Everything that stands in `config/wishes`."""
    tables = load_toml(f"wishes/{MEANINGS}")
    languages = [load_toml(f"wishes/{name}") for name in _language_files()]
    variants = _variants(languages)
    phrases: dict[str, tuple[Entry, ...]] = {}
    for phrase, entry in _phrases(tables, languages):
        key = key_of(phrase, variants)
        if key and entry not in phrases.get(key, ()):
            phrases[key] = (*phrases.get(key, ()), entry)

    def keys(section: str, name: str) -> frozenset[str]:
        said = (phrase for words in languages for phrase in words.get(section, {}).get(name, ()))
        return frozenset(filter(None, (key_of(phrase, variants) for phrase in said)))

    def plain(section: str) -> Iterator[tuple[str, str]]:
        for words in languages:
            for name, said in words.get(section, {}).items():
                yield from ((name, read) for phrase in said if (read := _plain(phrase, variants)))

    numbers = {said: float(number) for number, said in plain("numbers")}
    units: dict[str, tuple[str, ...]] = {}
    for unit, said in plain("units"):
        units[unit] = (*units.get(unit, ()), said)
    return Vocabulary(
        tables=tables,
        phrases=phrases,
        talk={name: keys("talk", name) for name in TALK},
        stop=frozenset(word for name in ("stop", *TALK) for key in keys("talk", name) for word in key.split()),
        everyday=keys("talk", "everyday"),
        numbers=numbers,
        units=units,
        options={said: name for name, said in plain("options")},
        variants=variants,
        ambiguous=frozenset(key_of(name, variants) for name in tables["ambiguous"]["names"]),
        before_names=frozenset(key_of(name, variants) for name in tables["ambiguous"]["before"]),
        number_pattern=rf"(?:\d{{1,4}}(?:[.,]\d{{1,2}})?|(?<![a-z])(?:{alternatives(_latin(numbers))})(?![a-z])|[一二三四五六七八九十百两半]+)",
    )


def _latin(numbers: Mapping[str, float]) -> Mapping[str, float]:
    return {said: number for said, number in numbers.items() if said.isascii()}


def _plain(phrase: str, variants: Mapping[int, str]) -> str:
    from generator.wishes.text import read_text

    return read_text(phrase, variants).plain


def _language_files() -> list[str]:
    beside = files("config").joinpath("wishes").iterdir()
    return sorted(file.name for file in beside if file.name.endswith(".toml") and file.name != MEANINGS)


def _variants(languages: list[dict[str, Any]]) -> dict[int, str]:
    written = [load_toml("words.toml")["variants"], *(words["variants"] for words in languages if "variants" in words)]
    return {ord(one): other for each in written for one, other in zip(each["written"], each["read"], strict=True)}


def _phrases(tables: Mapping[str, Any], languages: list[dict[str, Any]]) -> Iterator[tuple[str, Entry]]:
    kinds = {
        "works": "work",
        "genres": "genre",
        "tempos": "tempo",
        "moods": "mood",
        "progressions": "progression",
        "sizes": "size",
        "compare": "compare",
        "modes": "mode",
        "metres": "metre",
        "forms": "form",
    }
    for section, kind in kinds.items():
        for words in languages:
            for name, said in words.get(section, {}).items():
                yield from ((phrase, Entry(kind, name)) for phrase in said)
    for section in ("strangers", "strange_genres"):
        for name, entry in tables[section].items():
            yield from ((phrase, Entry(section, name)) for phrase in entry["say"])
