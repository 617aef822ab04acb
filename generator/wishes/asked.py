"""What becomes of `Wishes`: the options of a request, and notes on what was made of which words.

Promises: options given otherwise go before what the words say; a form or chords that then do not fit are left out. A
note holds no sentence: `bot/texts/heard.py` says it in the person's language.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from generator.catalogue.catalogue import Catalogue
from generator.catalogue.style import Style
from generator.errors import BadRequest
from generator.notation.keys import Key, read_key
from generator.wishes.wishes import Part, Wishes

FROM_WORDS = ("bars", "key", "metre", "tempo", "form", "chords", "temperament")
FOLLOWING = ("mode", "key", "metre", "tempo", "bars", "form", "temperament")
USUAL_TONIC = {"dor": "D", "phr": "E", "lyd": "F", "mix": "G", "loc": "B", "min": "A"}
MAX_NOTES, MAX_WORDS_CHARS = 12, 60
KINDS = (
    *("follows", "spelling", "stranger", "not_ours", "lacking", "apart", "open"),
    *("limited", "shortened", "excluded", "incomplete", "missed", "changed", "preset"),
)


@dataclass(frozen=True)
class Note:
    """Something to tell about the words. kind: one of `KINDS`.

    words: the person's; value: what was made of them: "mode.min tempo.66", a name, or a style's three lines; of a
    preset temperature, top-p and top-k.
    """

    kind: str
    words: str
    value: str = ""

    def to_json(self) -> list[str]:
        return [self.kind, self.words, self.value]


def options_of(
    wishes: Wishes, catalogue: Catalogue, *, given: Mapping[str, Any], seed: int, most_bars: int
) -> dict[str, Any]:
    """What the words say about a piece, by the names of a request, and what was given otherwise over it.

    most_bars: what follows from a length in time or from "long" is at most so long.
    """
    said: dict[str, Any] = {name: getattr(wishes, name) for name in FROM_WORDS if getattr(wishes, name) is not None}
    if wishes.mode is not None and wishes.key is None and wishes.style is not None:
        said["key"] = key_in_mode(catalogue, wishes.style, wishes.mode, random.Random(seed))
    if is_shortened(wishes, most_bars):
        said["bars"] = most_bars
    options = said | {name: value for name, value in given.items() if value is not None}
    for name in ("form", "chords"):
        if name not in given and name in options and "bars" in given and not _fits(options[name], options["bars"]):
            del options[name]
    return options


def is_shortened(wishes: Wishes, most_bars: int) -> bool:
    """Whether a length that nobody counted in bars is longer than what is possible."""
    counted = any(part.kind == "bars" and part.how == "said" for part in wishes.parts)
    return wishes.bars is not None and wishes.bars > most_bars and not counted


def _fits(what: Any, bars: int) -> bool:
    try:
        what.check_bars(bars)
    except BadRequest:
        return False
    return True


def key_in_mode(catalogue: Catalogue, style: Style, mode: str, rng: random.Random) -> Key:
    """A key that pieces of the style have, in this mode; the usual one of the mode if none has."""
    keys = [(read_key(name), weight) for name, weight in catalogue.openings.keys(style)]
    fitting = [(key, weight) for key, weight in keys if key.mode == mode]
    if not fitting:
        return Key(USUAL_TONIC.get(mode, "C"), mode)
    return rng.choices([key for key, _ in fitting], weights=[weight for _, weight in fitting])[0]


def notes_on(wishes: Wishes, *, most_bars: int) -> tuple[Note, ...]:
    """All there is to tell, the surest to matter first."""
    notes = [Note("spelling", part.words, part.value) for part in wishes.parts if part.kind == "spelling"]
    for stranger in wishes.strangers:
        near = (
            stranger.near
            if wishes.style is None or any(part.kind == "composer" for part in wishes.parts)
            else wishes.style
        )
        kind = "stranger" if stranger.is_person else "not_ours"
        notes.append(Note(kind, stranger.called if stranger.is_person else stranger.name, _lines(near)))
    notes += _each("lacking", wishes.lacking)
    notes += _each("apart", wishes.apart)
    if any(part.kind == "style" and part.how == "guess" for part in wishes.parts) and wishes.style is not None:
        notes.append(Note("open", "", _lines(wishes.style)))
    is_short = is_shortened(wishes, most_bars)  # then what the words come to is not what the piece gets
    parts = [part for part in wishes.parts if not (is_short and part.kind == "bars")]
    notes += _following(parts)
    notes += [Note("limited", part.words, f"{part.kind}.{part.value}") for part in parts if part.how == "limit"]
    if is_short:
        notes.append(Note("shortened", "", str(most_bars)))
    notes += [
        *_each("excluded", wishes.excluded),
        *_each("incomplete", wishes.incomplete),
        *_each("missed", wishes.missed),
    ]
    return tuple(Note(note.kind, note.words[:MAX_WORDS_CHARS], note.value) for note in notes[:MAX_NOTES])


def _each(kind: str, words: Sequence[str]) -> list[Note]:
    return [Note(kind, ", ".join(words))] if words else []


def _following(parts: Sequence[Part]) -> list[Note]:
    """What follows from moods, genres and works, or was guessed, by the words it follows from."""
    groups: dict[str, list[str]] = {}
    for part in parts:
        if part.how not in ("said", "limit") and part.kind in FOLLOWING and part.words:
            value = part.value.replace(" ", "_")
            groups.setdefault(part.words, []).append(f"{part.kind}.{value}")
    return [Note("follows", words, " ".join(values)) for words, values in groups.items()]


def _lines(style: Style) -> str:
    return "|".join((style.period, style.composer, style.instrumentation))
