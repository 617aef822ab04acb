"""What a note means in its bar: the key signature, and accidentals, which last to the end of the bar.

Not covered: ties that carry an alteration over a barline, which the reader of a whole voice has to know; quarter tones.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from generator.notation.keys import STEP_PITCHES, read_key_field, signature
from generator.notation.pitches import NOTE_PATTERN, read_note
from generator.notation.tokens import without_texts

Signature = tuple[int, ...]  # the alterations of the seven letters C to B
NO_SIGNATURE: Signature = signature(0)
NOTHING_HELD: Mapping[int, int] = {}
MARKED = frozenset("^_=")

_NOTE = re.compile(rf"{NOTE_PATTERN}(?P<tie>[\d/]*-)?")


def signature_of(words: str) -> Signature | None:
    """What a `K:` field with these words asks for; None if it only names a clef. Raises NotationError."""
    found = read_key_field(words)
    return None if found is None else signature(found.fifths)


def find_notes(text: str) -> Iterator[re.Match[str]]:
    """The notes of a note, a chord or grace notes; groups: note, and tie if there is one behind it."""
    return _NOTE.finditer(without_texts(text))


def semitones(steps: int, alteration: int) -> int:
    """How far above middle C a note is that is so many steps above it."""
    octave, step = divmod(steps, 7)
    return 12 * octave + STEP_PITCHES[step] + alteration


@dataclass
class Accidentals:
    """What holds at a place of a bar. marks: the accidentals since it began, by steps above middle C."""

    signature: Signature
    marks: dict[int, int] = field(default_factory=dict)

    def read(self, note: str, *, held: Mapping[int, int] = NOTHING_HELD) -> tuple[int, int]:
        """Steps above middle C and alteration of a note as it is written, whose accidental counts from here on.

        held: the alterations of notes that are tied to this one, by their steps.
        """
        written, steps = read_note(note)
        if written is not None:
            self.marks[steps] = written
            return steps, written
        return steps, held.get(steps, self.marks.get(steps, self.signature[steps % 7]))


@lru_cache(maxsize=4096)
def marks_behind(music: str, signature: Signature) -> Mapping[int, int]:
    """The accidentals that hold behind a part of a bar, those of grace notes too; in the order of their first ones."""
    accidentals = Accidentals(signature)
    if not MARKED.isdisjoint(music):
        for found in find_notes(music):
            accidentals.read(found["note"])
    return accidentals.marks
