"""The languages there are: one file each in this folder, which is all that a language needs.

`<tag>.toml` holds every text, and `[language]`: its own name, the tags of clients that it answers to, how it counts,
lists and writes numbers, what it calls notes and keys, and how people say yes and no in it. A text that a language
lacks is said in `FALLBACK`, the one that all texts are written in first.

Promises: a file that lacks what a language needs is a ValueError or KeyError when it is read. Reads a file only when
somebody needs it. Not covered: who speaks which language; a platform asks `language_of` with the tag of the client.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NewType

from bot.texts.plurals import CATEGORIES, Plurals

Language = NewType("Language", str)  # the name of its file, which is its tag: "en"; `language_of` makes one

FALLBACK = Language("en")
FOLDER = Path(__file__).parent
MAX_TAG_CHARS = 8  # what the database keeps

_TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]+)*")

Text = str | Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class KeyNames:
    """How a language names keys.

    pattern: of a key, with {tonic} and {mode}. sharp, flat: of a note with a sign, with {note}. notes: what does not
    follow these, by ABC's name: {"Bb": "B", "B": "H"}. small: modes, in ABC's letters, whose tonic is written small.
    """

    pattern: str
    sharp: str
    flat: str
    notes: Mapping[str, str]
    small: frozenset[str]

    def name(self, tonic: str, mode: str, mode_words: str) -> str:
        """The name of the key of a tonic ("Bb") and a mode ("min"), which the language calls so ("minor")."""
        named = self.note(tonic)
        return self.pattern.format(tonic=named.lower() if mode in self.small else named, mode=mode_words)

    def note(self, tonic: str) -> str:
        """The name of a note: "Bb" is "B♭" or "B"."""
        if tonic in self.notes or len(tonic) == 1:
            return self.notes.get(tonic, tonic)
        return (self.sharp if tonic[-1] == "#" else self.flat).format(note=self.note(tonic[:-1]))


@dataclass(frozen=True, kw_only=True)
class Grammar:
    """What the texts of a language follow.

    name: what it calls itself. tags: of clients, beside its own and what begins with it. comma: between the items of a
    list; both, either: how the last item is joined to the others ({others}, {last}). style: the name of a style, with
    {composer} and {instruments}. decimal, thousands: signs in numbers. date: for strftime, "" for ISO 8601.
    yes, no: how people say so, in small letters.
    """

    name: str
    tags: tuple[str, ...]
    comma: str
    both: str
    either: str
    style: str
    decimal: str
    thousands: str
    date: str
    yes: tuple[str, ...]
    no: tuple[str, ...]
    plurals: Plurals
    keys: KeyNames


def languages() -> tuple[Language, ...]:
    """All languages, `FALLBACK` first."""
    return _languages(FOLDER)


def known_language(tag: object) -> Language:
    """The language of that very tag, as a database has it; `FALLBACK` for one that is no more."""
    return next((language for language in languages() if language == tag), FALLBACK)


def language_of(tag: str | None) -> Language:
    """Our language for a client's tag: "zh-CN", "zh-hans", "zh_TW.UTF-8" → zh; `FALLBACK` for those we do not speak."""
    wanted = (tag or "").partition(".")[0].replace("_", "-").lower()
    known = _by_tag(FOLDER)
    while wanted and wanted not in known:
        wanted = wanted.rpartition("-")[0]
    return known.get(wanted, FALLBACK)


def grammar(language: Language) -> Grammar:
    """What the texts of a language follow."""
    return _read(FOLDER, language)[0]


def own_texts(language: Language) -> Mapping[str, Text]:
    """The texts that the file of a language has, by key; those that count have a form for each category."""
    return _read(FOLDER, language)[1]


def texts(language: Language) -> Mapping[str, Text]:
    """All texts as they are said in a language."""
    return _texts(FOLDER, language)


def missing(language: Language) -> list[str]:
    """What a language lacks: keys without a text, and forms that a text which counts should have."""
    ours, needed = own_texts(language), grammar(language).plurals.categories
    lacking = [key for key in own_texts(FALLBACK) if key not in ours]
    for key, text in own_texts(FALLBACK).items():
        if not isinstance(text, str) and key in ours and len(needed) > 1:
            found = ours[key]
            forms = {} if isinstance(found, str) else found
            lacking += [f"{key}.{category}" for category in needed if category not in forms]
    return lacking


# --- reading ----------------------------------------------------------------------------------------------------------


@cache
def _languages(folder: Path) -> tuple[Language, ...]:
    tags = sorted(path.stem for path in folder.glob("*.toml"))
    if wrong := [tag for tag in tags if not _TAG.fullmatch(tag) or len(tag) > MAX_TAG_CHARS]:
        raise ValueError(f"not the tag of a language: {wrong[0]}")
    return (FALLBACK, *(Language(tag) for tag in tags if tag != FALLBACK))


@cache
def _by_tag(folder: Path) -> dict[str, Language]:
    own = {str(language): language for language in _languages(folder)}
    others = {tag.lower(): language for language in _languages(folder) for tag in _read(folder, language)[0].tags}
    return others | own


@cache
def _texts(folder: Path, language: Language) -> Mapping[str, Text]:
    names = {f"choice.{each}": _read(folder, each)[0].name for each in _languages(folder)}  # each says its own name
    return {**_read(folder, FALLBACK)[1], **_read(folder, language)[1], **names}


@cache
def _read(folder: Path, language: Language) -> tuple[Grammar, Mapping[str, Text]]:
    written = tomllib.loads((folder / f"{language}.toml").read_text(encoding="utf-8"))
    return _grammar(written.pop("language")), dict(_flatten(written))


def _grammar(written: Mapping[str, Any]) -> Grammar:
    keys = written["keys"]
    return Grammar(
        name=written["name"],
        tags=tuple(written["tags"]),
        comma=written["comma"],
        both=written["both"],
        either=written["either"],
        style=written["style"],
        decimal=written.get("decimal", "."),
        thousands=written.get("thousands", ","),
        date=written.get("date", ""),
        yes=tuple(written["yes"]),
        no=tuple(written["no"]),
        plurals=Plurals(written.get("plural", {})),
        keys=KeyNames(
            **{name: str(keys[name]) for name in ("pattern", "sharp", "flat")},
            notes=dict(keys.get("notes", {})),
            small=frozenset(keys.get("small", ())),
        ),
    )


def _flatten(table: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Text]]:
    flat: list[tuple[str, Text]] = []
    for name, value in table.items():
        if isinstance(value, Mapping) and not _counts(value):
            flat += _flatten(value, f"{prefix}{name}.")
        else:
            flat.append((prefix + name, value))
    return flat


def _counts(table: Mapping[str, Any]) -> bool:
    """Whether a table is one text in several forms. Raises ValueError for one without the form for other numbers."""
    if not table or not set(table) <= set(CATEGORIES):
        return False
    if "other" not in table:
        raise ValueError(f'a text that counts has no form "other": {table}')
    return True
