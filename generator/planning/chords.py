"""Chords by name: "I V vi IV" in whatever key the piece is, "Dm7 G7 Cmaj7" in its own, one a bar or bars between lines.

Promises: what `parse_progression` reads prints as it is written here, and is read again from that. A chord's notes are
pitch classes, 0 for C. Not covered: inversions other than by a bass note ("C/E"), and chords of more than five notes.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from generator.errors import BadRequest
from generator.notation.keys import STEP_PITCHES, STEPS, Key

MOST_CHORDS, MOST_IN_BAR, MOST_TEXT_CHARS = 128, 4, 600
MAJOR_SCALE, MINOR_SCALE = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10)
LEADING, SEMITONES = 11, 12
ROMANS = ("I", "II", "III", "IV", "V", "VI", "VII")

# What stands behind the root, and the notes above it. A small letter's numeral has a minor third.
MAJOR, MINOR, DIMINISHED, AUGMENTED = (0, 4, 7), (0, 3, 7), (0, 3, 6), (0, 4, 8)
QUALITIES: Mapping[str, tuple[int, ...]] = {
    "": MAJOR,
    "maj": MAJOR,
    "M": MAJOR,
    "m": MINOR,
    "min": MINOR,
    "-": MINOR,
    "dim": DIMINISHED,
    "o": DIMINISHED,
    "aug": AUGMENTED,
    "+": AUGMENTED,
    "5": (0, 7),
    "6": (0, 4, 7, 9),
    "m6": (0, 3, 7, 9),
    "7": (0, 4, 7, 10),
    "maj7": (0, 4, 7, 11),
    "M7": (0, 4, 7, 11),
    "m7": (0, 3, 7, 10),
    "min7": (0, 3, 7, 10),
    "-7": (0, 3, 7, 10),
    "dim7": (0, 3, 6, 9),
    "o7": (0, 3, 6, 9),
    "m7b5": (0, 3, 6, 10),
    "ø": (0, 3, 6, 10),
    "ø7": (0, 3, 6, 10),
    "+7": (0, 4, 8, 10),
    "9": (0, 2, 4, 7, 10),
    "maj9": (0, 2, 4, 7, 11),
    "m9": (0, 2, 3, 7, 10),
    "add9": (0, 2, 4, 7),
    "sus2": (0, 2, 7),
    "sus4": (0, 5, 7),
    "sus": (0, 5, 7),
    "7sus4": (0, 5, 7, 10),
}
OF_MINOR_NUMERAL: Mapping[str, tuple[int, ...]] = {
    "": MINOR,
    "6": (0, 3, 7, 9),
    "7": (0, 3, 7, 10),
    "9": (0, 2, 3, 7, 10),
    "maj7": (0, 3, 7, 11),
}
_OTHER_SIGNS = str.maketrans(
    {"♭": "b", "♯": "#", "°": "o", "º": "o", "Δ": "M", "△": "M", "–": "-", "−": "-", "｜": "|"}
)
_NAMED = re.compile(r"(?P<root>[A-G])(?P<sign>[#b]?)(?P<quality>[^/]*)(?:/(?P<bass>[A-G])(?P<bass_sign>[#b]?))?")
_NUMERAL = re.compile(r"(?P<sign>[#b]?)(?P<roman>VII|VI|V|IV|III|II|I|vii|vi|v|iv|iii|ii|i)(?P<quality>[^/]*)")
_ALTERS = {"": 0, "#": 1, "b": -1}


@dataclass(frozen=True, kw_only=True)
class Chord:
    """A chord as it sounds. root and bass: pitch classes; classes: those of all its notes, the root first."""

    name: str
    root: int
    bass: int
    classes: tuple[int, ...]

    def moved(self, semitones: int) -> "Chord":
        """The same so many semitones higher."""
        classes = tuple((one + semitones) % SEMITONES for one in self.classes)
        return Chord(name=self.name, root=classes[0], bass=(self.bass + semitones) % SEMITONES, classes=classes)


@dataclass(frozen=True, kw_only=True)
class Tonality:
    """The key that numerals count from. tonic: pitch class."""

    tonic: int
    is_minor: bool

    @property
    def scale(self) -> tuple[int, ...]:
        """Pitch classes from the tonic on; of minor the natural one."""
        return tuple((self.tonic + step) % SEMITONES for step in (MINOR_SCALE if self.is_minor else MAJOR_SCALE))

    @property
    def leading_note(self) -> int:
        return (self.tonic + LEADING) % SEMITONES

    def chord(self, name: str) -> Chord:
        """What a numeral means here. Raises BadRequest if it is none."""
        found = _NUMERAL.fullmatch(name)
        if found is None:
            raise BadRequest(reason="chord", value=name)
        roman, is_small = found["roman"], found["roman"].islower()
        qualities = {**OF_MINOR_NUMERAL} | {
            key: QUALITIES[key] for key in ("o", "o7", "ø", "ø7", "dim", "dim7", "m7b5")
        }
        shape = (qualities if is_small else QUALITIES).get(found["quality"])
        if shape is None:
            raise BadRequest(reason="chord", value=name)
        degree = ROMANS.index(roman.upper())
        above = (MINOR_SCALE if self.is_minor else MAJOR_SCALE)[degree]
        if degree == len(ROMANS) - 1 and is_small and shape[2] == DIMINISHED[2]:
            above = LEADING  # the diminished chord on the seventh degree stands on the leading note
        if found["sign"]:
            above = MAJOR_SCALE[degree] + _ALTERS[found["sign"]]
        root = (self.tonic + above) % SEMITONES
        return _chord(name, root, root, shape)


def _chord(name: str, root: int, bass: int, shape: Sequence[int]) -> Chord:
    return Chord(name=name, root=root, bass=bass, classes=tuple((root + step) % SEMITONES for step in shape))


def _named_chord(name: str) -> Chord | None:
    """What "F#m7/A" means; None if it is no chord's name."""
    found = _NAMED.fullmatch(name)
    shape = QUALITIES.get(found["quality"]) if found else None
    if found is None or shape is None:
        return None
    root = _class_of(found["root"], found["sign"])
    return _chord(name, root, _class_of(found["bass"], found["bass_sign"]) if found["bass"] else root, shape)


def _class_of(letter: str, sign: str) -> int:
    return (STEP_PITCHES[STEPS.index(letter)] + _ALTERS[sign or ""]) % SEMITONES


@dataclass(frozen=True)
class Progression:
    """The chords of the bars, by name; after the last they begin again."""

    bars: tuple[tuple[str, ...], ...]

    def __str__(self) -> str:
        if all(len(bar) == 1 for bar in self.bars):
            return " ".join(bar[0] for bar in self.bars)
        return " | ".join(" ".join(bar) for bar in self.bars)

    def names_in(self, bar: int) -> tuple[str, ...]:
        """Of a bar of the piece, counted from 0."""
        return self.bars[bar % len(self.bars)]

    def check_bars(self, bars: int) -> None:
        """Raises BadRequest if it is longer than the piece."""
        if len(self.bars) > bars:
            raise BadRequest(reason="chords_bars", value=len(self.bars), bars=bars)

    @cached_property
    def is_in_any_key(self) -> bool:
        """Whether numerals are among the names; names of notes are in one key."""
        return not all(_named_chord(name) for bar in self.bars for name in bar)

    def chord(self, name: str, tonality: Tonality, *, moved: int = 0) -> Chord:
        """What a name means in a key; moved: by so many semitones the piece is written higher than it sounds."""
        named = _named_chord(name)
        return tonality.chord(name) if named is None else named.moved(moved)

    def key(self) -> Key | None:
        """The key that named chords are in; None for numerals, which are in any."""
        if self.is_in_any_key:
            return None
        chords = [chord for bar in self.bars for name in bar if (chord := _named_chord(name))]
        return max(_KEYS, key=lambda key: _fit(key, chords))


_KEYS = tuple(
    Key(tonic, mode)
    for mode, tonics in (("maj", "C G D A E B F Bb Eb Ab Db Gb"), ("min", "A E B F# C# G# D G C F Bb Eb"))
    for tonic in tonics.split()
)


def _fit(key: Key, chords: Sequence[Chord]) -> float:
    """How many notes of the chords are in the key, and a little for a tonic at the ends."""
    tonality = Tonality(tonic=key.pitch_class, is_minor=key.mode == "min")
    scale = {*tonality.scale, tonality.leading_note}
    inside = sum(sum(one in scale for one in chord.classes) / len(chord.classes) for chord in chords) / len(chords)
    third = (key.pitch_class + (3 if tonality.is_minor else 4)) % SEMITONES
    ends = sum(0.1 * (chord.root == key.pitch_class and third in chord.classes) for chord in (chords[0], chords[-1]))
    return inside + ends


def parse_progression(text: str) -> Progression:
    """Read "I V vi IV", "Dm7 G7 Cmaj7", "Am F | C G". Raises BadRequest for what names no chords."""
    signs = re.sub(r"\s*[,;]\s*|\s+-\s+|\s*→\s*", " ", text.translate(_OTHER_SIGNS)).strip().strip("|").strip()
    if re.fullmatch(r"[#bIViv]+(?:-[#bIVivo]+)+", signs):
        signs = signs.replace("-", " ")
    if len(text) > MOST_TEXT_CHARS:
        raise BadRequest(reason="chords_many", most=MOST_CHORDS)
    bars = [bar.split() for bar in signs.split("|")] if "|" in signs else [[name] for name in signs.split()]
    if not bars or not all(bars):
        raise BadRequest(reason="chords")
    if sum(map(len, bars)) > MOST_CHORDS or any(len(bar) > MOST_IN_BAR for bar in bars):
        raise BadRequest(reason="chords_many", most=MOST_CHORDS, in_bar=MOST_IN_BAR)
    for bar in bars:
        for name in bar:
            if _named_chord(name) is None:
                Tonality(tonic=0, is_minor=False).chord(name)
    return Progression(tuple(map(tuple, bars)))


def goes_on_with_chords(word: str) -> bool:
    """Whether a word behind chords is another one, or a line between bars."""
    if word == "|":
        return True
    try:
        parse_progression(word)
    except BadRequest:
        return False
    return True
