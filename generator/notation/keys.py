"""Keys: what a person calls them, what ABC calls them, how many sharps or flats they have.

Promises: `parse_key` reads the names of keys in all languages that `config/keys.toml` has words of; what it returns has
at most seven sharps or flats. `read_key_field` reads `K:` as tunes have it.
Not covered: signatures with accidentals of their own (`K:D =c _e`), bagpipes (`K:HP`).

Everything rests on the line of fifths, … Bb F C G D A E B F# …, with C at 0: a step to the right is one sharp more.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from config.files import load_toml
from config.letters import fold
from generator.errors import BadRequest, NotationError

KEYS_15 = ("C#", "F#", "B", "E", "A", "D", "G", "C", "F", "Bb", "Eb", "Ab", "Db", "Gb", "Cb")
MAX_FIFTHS = 7  # more sharps or flats are not printed in a signature

LETTERS_BY_FIFTH = "FCGDAEB"  # F is at -1 on the line of fifths
STEPS = "CDEFGAB"
STEP_PITCHES = (0, 2, 4, 5, 7, 9, 11)  # semitones above C
STEP_FIFTHS = tuple(LETTERS_BY_FIFTH.index(letter) - 1 for letter in STEPS)

# ABC's three letters of a mode, its English name, and where its tonic lies to the right of its signature's major tonic.
MODE_NAMES = {
    "maj": "major",
    "min": "minor",
    "dor": "Dorian",
    "phr": "Phrygian",
    "lyd": "Lydian",
    "mix": "Mixolydian",
    "loc": "Locrian",
    "ion": "Ionian",
    "aeo": "Aeolian",
}
MODE_FIFTHS = {"maj": 0, "ion": 0, "mix": 1, "dor": 2, "min": 3, "aeo": 3, "phr": 4, "loc": 5, "lyd": -1}

_KEY_FIELD = re.compile(r"\s*(?P<tonic>[A-G](?:##|#|bb|b)?)\s*(?P<mode>[A-Za-z]*)")
_OWN_SPELLING = re.compile(r"(?P<tonic>[A-G](?:##|#|bb|b)?) ?(?P<mode>[A-Za-z]{0,10})")
_OWN_ACCIDENTAL = re.compile(r"\s[_^=]+[a-gA-G]\b")
CLEF_WORDS = ("treble", "alto", "tenor", "bass", "perc", "none", "clef")


@dataclass(frozen=True)
class Key:
    """A tonic ("Bb") and a mode ("maj", "min", "dor", …); `fifths` counts its sharps, flats are negative."""

    tonic: str
    mode: str = "maj"

    @property
    def fifths(self) -> int:
        return tonic_fifths(self.tonic) - MODE_FIFTHS[self.mode]

    @property
    def pitch_class(self) -> int:
        """Semitones of the tonic above C, 0 to 11."""
        return tonic_fifths(self.tonic) * 7 % 12

    @property
    def abc(self) -> str:
        """As in a `K:` field: "Amin", and major without a word: "Bb"."""
        return self.tonic if self.mode == "maj" else self.tonic + self.mode

    @property
    def name(self) -> str:
        return f"{self.tonic} {MODE_NAMES[self.mode]}"


def tonic_fifths(tonic: str) -> int:
    """Where "Bb" (or "Bbb", "F##") lies on the line of fifths."""
    return LETTERS_BY_FIFTH.index(tonic[0]) - 1 + 7 * (tonic.count("#") - tonic[1:].count("b"))


def tonic_at(fifths: int) -> str:
    """The note at a place on the line of fifths, as a tonic is written: -2 is "Bb"."""
    alter, letter = divmod(fifths + 1, 7)
    return LETTERS_BY_FIFTH[letter] + ("#" * alter if alter > 0 else "b" * -alter)


def key_with_fifths(fifths: int, mode: str = "maj") -> Key:
    """The key with that signature: -2 and "min" is G minor."""
    return Key(tonic_at(fifths + MODE_FIFTHS[mode]), mode)


def printable_fifths(fifths: int) -> int:
    """The signature that sounds the same and has at most seven sharps or flats."""
    while fifths > MAX_FIFTHS:
        fifths -= 12
    while fifths < -MAX_FIFTHS:
        fifths += 12
    return fifths


def signature(fifths: int) -> tuple[int, ...]:
    """How a signature alters the seven letters C to B: +1 sharp, -1 flat; ±2 beyond seven sharps or flats."""
    return tuple((fifths + 5 - place) // 7 for place in STEP_FIFTHS)


def read_key(text: str) -> Key:
    """A key as `Key.abc`, `Key.name` or a tune writes it: "Amin", "Bb", "A minor", "Am".

    What people write is the business of `parse_key`.

    Raises BadRequest for anything else.
    """
    found = _OWN_SPELLING.fullmatch(text)
    word = found["mode"].lower() if found else ""
    mode = "min" if word == "m" else word[:3] or "maj"
    if found is None or mode not in MODE_NAMES:
        raise BadRequest(reason="key", value=text[:40])
    return Key(found["tonic"], mode)


@dataclass(frozen=True)
class KeyField:
    """The words of a `K:` field: a key (None for `none`) and what is written before and after its tonic."""

    key: Key | None
    before: str
    after: str

    @property
    def fifths(self) -> int:
        return self.key.fifths if self.key else 0

    def moved(self, fifths: int) -> str:
        """The same words with the tonic so many fifths further, a mode, a clef and the spaces as they were."""
        if self.key is None:
            return self.before
        return self.before + tonic_at(tonic_fifths(self.key.tonic) + fifths) + self.after


def read_key_field(words: str) -> KeyField | None:
    """What follows `K:` in a tune, as it is; None if it names no key, as `bass` or nothing at all.

    Here the key may have more than seven sharps (`D#`), as modulations do.
    Raises NotationError for an unknown mode and for a signature with accidentals of its own.
    """
    found = _KEY_FIELD.match(words)
    if found is None and not words.strip()[:1].isupper():
        return KeyField(None, words, "") if words.split()[:1] == ["none"] else None
    mode = _read_mode(found["mode"].lower()) if found else None
    if found is None or mode is None or _OWN_ACCIDENTAL.search(words):
        raise NotationError(reason="key_signature", words=words.strip()[:40])
    return KeyField(Key(found["tonic"], mode), words[: found.start("tonic")], words[found.end("tonic") :])


def _read_mode(word: str) -> str | None:
    """The mode that a word after the tonic means; a clef may stand there instead, or nothing."""
    if word.startswith(CLEF_WORDS):
        return "maj"
    mode = "min" if word == "m" else word[:3] or "maj"
    return mode if mode in MODE_NAMES else None


def parse_key(words: str) -> Key:
    """The key that a person means: "Am", "fis-Moll", "la mineur", "降B大调".

    A letter alone, large or small, is major.
    Raises BadRequest for anything else and for signatures of more than seven sharps or flats.
    """
    key = _look_up(_simplify(words))
    if key is None:
        raise BadRequest(reason="key", value=words.strip()[:40])
    if abs(key.fifths) > MAX_FIFTHS:
        same = key_with_fifths(printable_fifths(key.fifths), key.mode)
        raise BadRequest(reason="too_many_signs", key=key, same=same)
    return key


def names_mode(words: str) -> bool:
    """Whether a person says major or minor (or another mode), not the note alone."""
    return _simplify(words) not in _words().tonics


def _look_up(plain: str) -> Key | None:
    words = _words()
    for word, mode in words.modes:
        tonic = words.tonics.get(plain.removesuffix(word)) if plain.endswith(word) else None
        if tonic is not None:
            return Key(words.keys.get(plain, tonic), mode)
    return None


def _simplify(words: str) -> str:
    """Small letters without accents, spaces or hyphens; a final large M, which means major, is spelled out."""
    text = unicodedata.normalize("NFKC", words).strip().replace("♯", "#").replace("♭", "b")
    if text.endswith("M") and len(text) > 1 and text[:-1].strip().lower() in _words().tonics:
        text = text[:-1] + "maj"
    return "".join(char for char in fold(text) if char not in " \t-_.")


@dataclass(frozen=True)
class _Words:
    """What people say. modes: words with what they mean, the longest first; tonics; keys: tonics by the whole key."""

    modes: tuple[tuple[str, str], ...]
    tonics: Mapping[str, str]
    keys: Mapping[str, str]


@cache
def _words() -> _Words:
    written = load_toml("keys.toml")
    # The longest first, so that "min" is not read as "mi" and "n"; no word at all is major.
    modes = sorted(((word, mode) for mode, said in written["modes"].items() for word in said), key=lambda w: -len(w[0]))
    return _Words((*modes, ("", "maj")), dict(_tonic_spellings(written)), written["keys"])


def _tonic_spellings(written: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for letter, names in written["notes"].items():
        for name in names:
            yield name, letter
            for sign, words in written["signs"].items():
                yield from ((name + word, letter + sign) for word in words["behind"])
                yield from ((word + name, letter + sign) for word in words["before"])
    yield from written["tonics"].items()
