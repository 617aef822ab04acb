"""Pitches as letters with accidentals.

Each note is spelled as a chromatic degree of the keys that are heard around it: every pitch near by is a possible tonic
and votes for the letter that the note has above it, by how often it sounds (D. Meredith, The ps13 pitch spelling
algorithm, Journal of New Music Research 35, 2006, first stage). The tonic of the key signature has votes of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

BEFORE, BEHIND = 10, 42  # notes that are heard along
TONIC_VOTES, DOMINANT_VOTES, SUBDOMINANT_VOTES = 6.0, 3.0, 2.0
STEP_VOTES = 12.0  # for a note that moves on by a semitone to a note of the key: F sharp goes up to G, G flat down to F
DOUBLE_VOTES = -8.0  # for a double sharp or flat
# From a tonic to each semitone above it, in fifths: minor second, major second ... with an augmented fourth.
DEGREES = (0, -5, 2, -3, 4, -1, 6, 1, -4, 3, -2, 5)
LETTERS = "FCGDAEB"
FLATTEST, SHARPEST = -15, 19  # B double flat ... B double sharp, in fifths above C


@dataclass(frozen=True, slots=True)
class Spelling:
    """A letter, semitones, and the octave that MusicXML counts (4 begins at middle C)."""

    step: str
    alter: int
    octave: int


def spell(pitches: Sequence[int], keys: Sequence[tuple[int, str]], following: Sequence[int | None]) -> list[Spelling]:
    """The spelling of each note.

    pitches: in the order in which they sound; keys: (fifths, mode) at each of them; following: the pitch to which each
    moves on by a step in its staff, if it does.
    """
    heard = [0.0] * 12
    for pitch in pitches[:BEHIND]:
        heard[pitch % 12] += 1
    spelled = []
    for place, (pitch, (fifths, mode)) in enumerate(zip(pitches, keys, strict=True)):
        if place and place + BEHIND - 1 < len(pitches):
            heard[pitches[place + BEHIND - 1] % 12] += 1
        if place - BEFORE - 1 >= 0:
            heard[pitches[place - BEFORE - 1] % 12] -= 1
        aim = following[place]
        step = None if aim is None else aim - pitch
        spelled.append(_written(pitch, _letter(pitch % 12, heard, fifths, mode, step)))
    return spelled


def _letter(pitch_class: int, heard: Sequence[float], fifths: int, mode: str, step: int | None) -> int:
    """The place of a note in the circle of fifths, C being 0. step: semitones to the note it moves on to."""
    tonic = fifths + (3 if mode == "minor" else 0)
    own = {tonic: TONIC_VOTES, tonic + 1: DOMINANT_VOTES, tonic - 1: SUBDOMINANT_VOTES}
    votes: dict[int, float] = {}
    for possible in range(tonic - 5, tonic + 7):
        semitones = possible * 7 % 12
        letter = possible + DEGREES[(pitch_class - semitones) % 12]
        votes[letter] = votes.get(letter, 0.0) + heard[semitones] + own.get(possible, 0.0)
    allowed = {letter: count for letter, count in votes.items() if FLATTEST <= letter <= SHARPEST}
    for letter in allowed:
        aim = letter - 5 * step if step in (1, -1) else None
        if aim is not None and fifths - 1 <= aim <= fifths + 5 and letter >= fifths - 5:
            allowed[letter] += STEP_VOTES
        if abs((letter + 1) // 7) > 1:
            allowed[letter] += DOUBLE_VOTES
    return max(allowed, key=lambda letter: (allowed[letter], -abs(letter - fifths - 2)))


def _written(pitch: int, letter: int) -> Spelling:
    alter, step = divmod(letter + 1, 7)
    return Spelling(LETTERS[step], alter, (pitch - alter) // 12 - 1)
