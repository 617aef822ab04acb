"""What a piece is called, and how fast it goes, in words.

A title promises nothing that the score does not keep: the dance or character piece that was asked for where the metre
is its own, else how fast the piece goes; and the key that is heard. Forms (fugue, sonata, variations) are never
promised. Promises: the same facts give the same title in every language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Any

from bot.texts import has_text, say
from bot.texts.language import Language
from bot.texts.report import key_words
from generator.errors import GeneratorError
from generator.notation.keys import Key, key_with_fifths, read_key
from generator.notation.tempos import names_tempo, read_tempo
from generator.wishes.vocabulary import load_vocabulary

MAX_PRINTED_CHARS = 40
NOTES = {"1/8": "♪", "1/4": "♩", "3/8": "♩."}  # those that every telephone can show
WORDS = {"1/2": "half", "3/4": "dotted_half"}  # and those that are said


@dataclass(frozen=True, kw_only=True)
class Named:
    """What a title is made from.

    genre: what was asked for ("mazurka"), or ""; metre: as the score has it; pace: `pace_of`; key: `heard_key`.
    """

    genre: str
    metre: str
    pace: str
    key: Key | None

    def title(self, language: Language) -> str:
        """For example "Mazurka in B♭ minor", "Andante in a-Moll"."""
        what = genre_words(self.genre, self.metre, language) or pace_words(self.pace, language)
        what = what or say("title.piece", language)
        key = key_words(self.key, language)
        return say("title.in_key", language, what=what, key=key) if key else what


def genre_words(genre: str, metre: str, language: Language) -> str:
    """The name of a dance or character piece; "" for what a title does not promise, or where the metre is another."""
    if not has_text(f"genre.{genre}"):
        return ""
    own = load_vocabulary().tables["genres"][genre].get("metre")
    return say(f"genre.{genre}", language) if own in (None, metre) else ""


def pace_of(tempo: str | None, printed: str = "") -> str:
    """How fast, as the score says it: the words that are printed, else the usual word for a tempo such as "1/4=76".

    printed: at the beginning of the score. Returns an id of the table `pace`, the printed words, or "".
    """
    if printed and len(printed) <= MAX_PRINTED_CHARS and names_tempo(printed):
        return printed
    found = read_tempo((tempo or "").rpartition('"')[2])
    if found is None:
        return ""
    note, number = found
    beats = number * sqrt(4 * float(note))  # between what is counted and quarters: neither alone says how it feels
    tempos: Mapping[str, int] = load_vocabulary().tables["tempos"]
    return min((word for word in tempos if has_text(f"pace.{word}")), key=lambda word: abs(tempos[word] - beats))


def pace_words(pace: str, language: Language) -> str:
    """What is called "andante" here as the language writes it above music; words that it has none for as printed."""
    plain = pace.strip().lower()
    return say(f"pace.{plain}", language) if has_text(f"pace.{plain}") else pace[:1].upper() + pace[1:]


def beat_words(tempo: str | None, language: Language) -> str:
    """For example "♩ = 76" for "1/4=76", "half note = 69" for "1/2=69"; other notes are counted in quarters."""
    found = read_tempo((tempo or "").rpartition('"')[2])
    if found is None:
        return ""
    note, number = found
    written = f"{note.numerator}/{note.denominator}"
    if written in WORDS:
        return say(f"beat.{WORDS[written]}", language, n=number)
    sign = NOTES.get(written)
    return f"{sign} = {number}" if sign else f"♩ = {round(4 * note * number)}"


def heard_key(key: str | None, card: Mapping[str, Any]) -> Key | None:
    """The key that a title may name: that of the score; its relative where nobody asked and the ear says so."""
    written, found = _read(key), _read(card.get("key_found"))
    if written is None or found is None or card.get("key_asked") or {written.mode, found.mode} != {"maj", "min"}:
        return written
    relative = key_with_fifths(written.fifths, found.mode)
    return relative if relative.pitch_class == found.pitch_class else written


def _read(key: Any) -> Key | None:
    try:
        return read_key(str(key)) if key and key != "none" else None
    except GeneratorError:
        return None


def printed_pace(texts: list[str]) -> str:
    """The first of the texts of a bar, as ABC has them, that is a tempo word: '"^Lento"' is "Lento"."""
    plain = (re.sub(r'^"[\^_<>@]?|"$', "", text).strip(" .,;:!") for text in texts)
    return next((text for text in plain if names_tempo(text) and len(text) <= MAX_PRINTED_CHARS), "")
