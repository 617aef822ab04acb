"""The words that people use: `config/wishes/meanings.toml` says what things are, others how languages call them.

Promises: a new language is a new file. All languages are read at once, since people mix them.
Not covered: composers and instruments, which the catalogue knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from config.files import load_toml
from generator.wishes.text import Letters, is_han

MEANINGS = "meanings.toml"
MIN_HEARD_CHARS = 3
MIN_STEM_CHARS = 4
# Tables of meanings.toml that bring their own words, and the kind that these are.
NAMED = {
    "bynames": "byname",
    "foreign_works": "foreign_work",
    "strangers": "strangers",
    "strange_genres": "strange_genres",
    "unwritten": "unwritten",
    "works_of": "work_of",
}
TALK = (
    "negation",
    "release",
    "joins",
    "ask",
    "statement",
    "question",
    "greeting",
    "thanks",
    "farewell",
    "again",
    "nod",
    "approx",
    "somebody",
    "ends",
    "bounds",
    "objects",
    "weak",
    "able",
    "receivers",
    "polite",
    "alone",
    "past",
    "unanswered",
    "vague",
    "operations",
    "persons",
    "change",
    "comparison",
    "about",
    "press",
    "business",
    "praise",
    "lovely",
    "composing",
    "for",
    "moving",
    "showing",
    "undoing",
    "keeping",
    "sentence",
    "purpose",
    "definite",
    "may",
    "opens",
    "relatives",
    "mixes",
    "complete",
    "pieces",
    "grateful",
)
# Words of conversation that say nothing about music, wherever they stand.
SAYS_NOTHING = TALK[:12]
# Of these, words that a wish without a verb may have beside what it names.
BESIDE = (
    "stop",
    "ask",
    "joins",
    "approx",
    "release",
    "negation",
    "alone",
    "for",
    "polite",
    "greeting",
    "thanks",
    "nod",
    "bounds",
)


@dataclass(frozen=True)
class Entry:
    """What a phrase stands for.

    kind: tempo, genre, mood, work, progression, size, compare, mode, metre, form, aside (it holds a name and does not
    mean it: "Alberti bass"), or a value of `NAMED`. id: its name
    in meanings.toml, or the value itself.
    """

    kind: str
    id: str


@dataclass(frozen=True, kw_only=True, eq=False)  # there is one, and it is compared as such
class Vocabulary:
    """All words. phrases: by their tokens; several meanings may share one. tables: those of meanings.toml.

    talk: phrases of conversation, of all languages; talks: those of each, by its tag, with "stop" and "own", its words.
    readings: what phrases mean where the text is of this language, by its tag; said_in: the phrases that a language's
    own file has. sounds: of Chinese characters; heard: Chinese phrases by their sounds.
    """

    tables: Mapping[str, Any]
    phrases: Mapping[str, tuple[Entry, ...]]
    talk: Mapping[str, frozenset[str]]
    talks: Mapping[str, Mapping[str, frozenset[str]]]
    said_in: Mapping[str, frozenset[str]]
    han_tags: frozenset[str]
    stop: frozenset[str]
    beside: frozenset[str]
    everyday: frozenset[str]
    numbers: Mapping[str, float]
    units: Mapping[str, tuple[str, ...]]
    options: Mapping[str, str]
    variants: Mapping[int, str]
    ambiguous: frozenset[str]
    anybody: frozenset[str]
    before_names: frozenset[str]
    behind_names: frozenset[str]
    readings: Mapping[str, Mapping[str, str]]
    number_pattern: str
    sounds: Mapping[str, str]
    heard: Mapping[str, str]
    generic: frozenset[str]
    abbreviated: frozenset[str]

    def language_of(self, words: Sequence[str]) -> str:
        """The tag of the language that most of the words are of."""
        in_han = any(map(is_han, words))
        tags = [tag for tag in self.talks if (tag in self.han_tags) == in_han] or [*self.talks]
        # Where nothing tells them apart it is the language that most people share, whose file comes last.
        return max(
            reversed(tags),
            key=lambda tag: sum((word in self.talks[tag]["stop"]) + (word in self.talks[tag]["own"]) for word in words),
        )

    def sound(self, phrase: str) -> str:
        """How Chinese characters are said, tones aside."""
        return " ".join(self.sounds.get(char, char) for char in phrase)

    def unit_pattern(self, unit: str) -> str:
        """A regular expression for a unit in all languages."""
        return alternatives(self.units[unit])


def alternatives(words: tuple[str, ...] | Mapping[str, Any]) -> str:
    """The longest first."""
    return "|".join(
        re.escape(word).replace(r"\ ", r"[\s-]+") for word in sorted(words, key=lambda word: (-len(word), word))
    )


@cache
def load_vocabulary() -> Vocabulary:
    """Everything that stands in `config/wishes`."""
    tables = load_toml(f"wishes/{MEANINGS}")
    languages = {name.removesuffix(".toml"): load_toml(f"wishes/{name}") for name in _language_files()}
    variants = _variants(list(languages.values()))
    letters = Letters(variants)
    phrases: dict[str, tuple[Entry, ...]] = {}
    for phrase, entry in _phrases(tables, list(languages.values())):
        key = letters.key_of(phrase)
        if key and entry not in phrases.get(key, ()):
            phrases[key] = (*phrases.get(key, ()), entry)

    def keys(section: str, name: str, some: Iterable[dict[str, Any]] = tuple(languages.values())) -> frozenset[str]:
        said = (phrase for words in some for phrase in words.get(section, {}).get(name, ()))
        return frozenset(filter(None, (letters.key_of(phrase) for phrase in said)))

    def plain(section: str) -> Iterator[tuple[str, str]]:
        for words in languages.values():
            for name, said in words.get(section, {}).items():
                yield from ((name, read) for phrase in said if (read := letters.plain(phrase)))

    numbers = {said: float(number) for number, said in plain("numbers")}
    units: dict[str, tuple[str, ...]] = {}
    for unit, said in plain("units"):
        units[unit] = (*units.get(unit, ()), said)
    sounds = {
        char: sound
        for words in languages.values()
        for sound, chars in words.get("sounds", {}).items()
        for char in chars
    }
    return Vocabulary(
        tables=tables,
        phrases=phrases,
        talk={name: keys("talk", name) for name in TALK},
        talks={
            tag: {name: keys("talk", name, [words]) for name in TALK}
            | {
                "stop": frozenset(
                    word for name in ("stop", "ask") for key in keys("talk", name, [words]) for word in key.split()
                ),
                "own": frozenset(
                    word
                    for name in words["talk"]
                    if name != "everyday"
                    for key in keys("talk", name, [words])
                    for word in key.split()
                ),
                "beside": frozenset(
                    phrase for name in BESIDE for phrase in keys("talk", name, [words]) if " " in phrase
                ),
            }
            for tag, words in languages.items()
        },
        said_in={
            tag: frozenset(letters.key_of(phrase) for phrase, _ in _phrases(tables, [words]))
            for tag, words in languages.items()
        },
        han_tags=frozenset(
            tag for tag, words in languages.items() if any(map(is_han, words.get("talk", {}).get("stop", ())))
        ),
        stop=frozenset(
            word for name in ("stop", "alone", *SAYS_NOTHING) for key in keys("talk", name) for word in key.split()
        ),
        beside=frozenset(word for name in BESIDE for key in keys("talk", name) for word in key.split()),
        everyday=keys("talk", "everyday"),
        numbers=numbers,
        units=units,
        options={said: name for name, said in plain("options")},
        variants=variants,
        ambiguous=frozenset(letters.key_of(name) for name in tables["ambiguous"]["names"]),
        anybody=frozenset(letters.key_of(name) for name in tables["ambiguous"]["alone"]),
        before_names=frozenset(letters.key_of(name) for name in tables["ambiguous"]["before"]),
        behind_names=frozenset(letters.key_of(name) for name in tables["ambiguous"]["behind"]),
        readings={
            tag: {letters.key_of(one): letters.key_of(other) for one, other in words.get("readings", {}).items()}
            for tag, words in languages.items()
        },
        sounds=sounds,
        heard=_heard(phrases, sounds),
        generic=frozenset(letters.key_of(name) for name in tables["generic"]["names"]),
        abbreviated=frozenset(letters.key_of(name) for name in tables["abbreviated"]["names"]),
        number_pattern=rf"(?:(?:\d{{1,2}}\s?)?(?:1/2|½)|(?<!\d)\d{{1,3}}(?:[.,]\d{{3}})+(?!\d)|\d{{1,9}}(?:[.,]\d{{1,2}})?|(?<![a-z])(?:{alternatives(_latin(numbers))})(?![a-z])|[一二三四五六七八九十百两半]+)",
    )


def _heard(phrases: Mapping[str, tuple[Entry, ...]], sounds: Mapping[str, str]) -> dict[str, str]:
    """Names, works, genres and tempos of three characters and more, by their sounds."""
    kinds = {"genre", "work", "strangers", "byname", "foreign_work", "tempo"}
    heard: dict[str, str] = {}
    for key, entries in phrases.items():
        chars = key.split()
        if len(chars) >= MIN_HEARD_CHARS and all(map(is_han, chars)) and any(entry.kind in kinds for entry in entries):
            heard.setdefault(" ".join(sounds.get(char, char) for char in chars), key)
    return heard


def _latin(numbers: Mapping[str, float]) -> Mapping[str, float]:
    return {said: number for said, number in numbers.items() if said.isascii()}


def _language_files() -> list[str]:
    beside = files("config").joinpath("wishes").iterdir()
    return sorted(file.name for file in beside if file.name.endswith(".toml") and file.name != MEANINGS)


def _variants(languages: list[dict[str, Any]]) -> dict[int, str]:
    written = [load_toml("words.toml")["variants"], *(words["variants"] for words in languages if "variants" in words)]
    return {ord(one): other for each in written for one, other in zip(each["written"], each["read"], strict=True)}


_ADJECTIVE_ENDS = ("er", "es", "en", "em", "e")


def _inflected(phrase: str) -> Iterator[str]:
    """A German title as it stands in a sentence: "der Türkische Marsch", "den Kleinen Prinzen"."""
    first, _, rest = phrase.partition(" ")
    stem = next((first.removesuffix(end) for end in _ADJECTIVE_ENDS if first.endswith(end)), "")
    if rest and len(stem) >= MIN_STEM_CHARS:
        yield from (f"{stem}{end} {rest}" for end in _ADJECTIVE_ENDS if f"{stem}{end}" != first)


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
        "asides": "aside",
    }
    for section, kind in kinds.items():
        for words in languages:
            for name, said in words.get(section, {}).items():
                yield from ((phrase, Entry(kind, name)) for phrase in said)
                if section == "works" and "der" in words["talk"]["stop"]:
                    yield from ((other, Entry(kind, name)) for phrase in said for other in _inflected(phrase))
    for section, kind in NAMED.items():
        for name, entry in tables[section].items():
            yield from ((phrase, Entry(kind, name)) for phrase in entry["say"])
