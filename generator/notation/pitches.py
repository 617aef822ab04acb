"""Single notes of ABC: what a letter with its signs means, and where it goes when it is moved.

Promises: a moved note sounds exactly so many semitones higher, and has at most a double accidental.
Not covered: quarter tones (`^/c`); what a note without accidental means depends on its bar (`transpose.py`).

How: a note has a place on the line of fifths (F C G D A E B F# …), and moving adds the same number of fifths to all of
them, so intervals stay thirds or sixths as they were. The height in semitones then says which octave the letter is in.
"""

from functools import lru_cache
from typing import NamedTuple

from generator.notation.keys import STEP_FIFTHS, STEP_PITCHES, STEPS
from generator.notation.tokens import PITCH_PATTERN

ACCIDENTALS = {-2: "__", -1: "_", 0: "=", 1: "^", 2: "^^"}
ALTERS = {sign: alter for alter, sign in ACCIDENTALS.items()}
MAX_ALTER = 2  # a triple sharp is respelled

NOTE_PATTERN = rf"(?P<note>{PITCH_PATTERN})"


class Pitch(NamedTuple):
    """Steps above middle C and alteration in semitones: `^C` is (0, 1), `B,` is (-1, 0)."""

    steps: int
    alter: int


class Spelling(NamedTuple):
    """A pitch and how it is written without and with its accidental."""

    pitch: Pitch
    bare: str
    marked: str


@lru_cache(maxsize=4096)
def read_note(text: str) -> tuple[int | None, int]:
    """The alteration that a note is written with, if it is, and its steps above middle C: `_b` is (-1, 13)."""
    bare = text.lstrip("^_=")
    sign = text[: len(text) - len(bare)]
    octave = bare[0].islower() + bare.count("'") - bare.count(",")
    return ALTERS[sign] if sign else None, 7 * octave + STEPS.index(bare[0].upper())


def bare_note(steps: int) -> str:
    """The letter, with its octave, of a note so many steps above middle C."""
    octave, step = divmod(steps, 7)
    return STEPS[step] + "," * -octave if octave < 1 else STEPS[step].lower() + "'" * (octave - 1)


def _spell(pitch: Pitch) -> Spelling:
    """How a pitch is written in ABC."""
    bare = bare_note(pitch.steps)
    return Spelling(pitch, bare, ACCIDENTALS[pitch.alter] + bare)


class Moves(dict[tuple[int, int], Spelling]):
    """Where each pitch goes that is moved by so many fifths and semitones; filled as pitches are asked for.

    Beyond `max_alter` sharps or flats a note takes the name of its neighbour: F triple sharp is G sharp.
    """

    def __init__(self, *, fifths: int, semitones: int, max_alter: int = MAX_ALTER) -> None:
        super().__init__()
        self.fifths, self.semitones, self.max_alter = fifths, semitones, max_alter

    def __missing__(self, pitch: tuple[int, int]) -> Spelling:
        octave, step = divmod(pitch[0], 7)
        height = 12 * octave + STEP_PITCHES[step] + pitch[1] + self.semitones
        place = STEP_FIFTHS[step] + 7 * pitch[1] + self.fifths
        while abs(alter := (place + 1) // 7) > self.max_alter:
            place -= 12 if alter > 0 else -12
        step = (3 + 4 * (place + 1)) % 7  # F, a fifth below C, is step 3; a fifth is four steps
        octave = (height - alter - STEP_PITCHES[step]) // 12
        self[pitch] = spelling = _spell(Pitch(7 * octave + step, alter))
        return spelling
