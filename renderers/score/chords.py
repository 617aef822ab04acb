"""Which chord sounds in each bar or half of one, as a lead sheet names it.

What sounds is weighed by how long it does; a chord is worth what it explains, less what it does not, and sevenths have
to sound. Not covered: notes beyond the seventh, suspensions, and music without harmony, which gets the chords it hints
at.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

# What a lead sheet writes behind the root, what MusicXML calls it, its notes above the root, and what it costs as a
# share of all that sounds: of two chords that explain the same the plainer one is meant.
KINDS = (
    ("", "major", (0, 4, 7), 0.0),
    ("m", "minor", (0, 3, 7), 0.0),
    ("7", "dominant", (0, 4, 7, 10), 0.1),
    ("m7", "minor-seventh", (0, 3, 7, 10), 0.16),
    ("maj7", "major-seventh", (0, 4, 7, 11), 0.24),
    ("dim", "diminished", (0, 3, 6), 0.08),
    ("m7b5", "half-diminished", (0, 3, 6, 10), 0.12),
    ("dim7", "diminished-seventh", (0, 3, 6, 9), 0.12),
    ("aug", "augmented", (0, 4, 8), 0.14),
)
NO_ROOT, NO_THIRD, ROOT_IN_BASS, CHANGE = 0.35, 0.15, 0.15, 0.2  # shares of all that sounds
LEAST_SEVENTH = 0.1
PITCH_CLASSES = 12


@dataclass(frozen=True, kw_only=True)
class Tone:
    """Something that sounds. at, length: in quarters, at from the beginning of its measure; pitch: MIDI."""

    at: Fraction
    length: Fraction
    pitch: int


@dataclass(frozen=True, kw_only=True)
class Chord:
    """root, bass: 0 for C to 11 for B; bass: of what lies lowest. kind: of KINDS."""

    root: int
    bass: int
    kind: int

    @property
    def suffix(self) -> str:
        """What is written behind the root."""
        return KINDS[self.kind][0]

    @property
    def name(self) -> str:
        """What MusicXML calls the kind."""
        return KINDS[self.kind][1]


def name_chords(tones: Sequence[Tone], *, length: Fraction, halves: bool) -> list[tuple[Fraction, Chord]]:
    """The chords of a measure and where they begin; none where nothing sounds.

    length: of the measure, in quarters; halves: whether its second half may have another chord.
    """
    whole = _best(tones, Fraction(0), length)
    if whole is None:
        return []
    if halves:
        middle = length / 2
        first, second = _best(tones, Fraction(0), middle), _best(tones, middle, length)
        if first is not None and second is not None and first[0] != second[0]:
            gain = first[1] + second[1] - whole[1]
            if gain > CHANGE * (first[2] + second[2]):
                return [(Fraction(0), first[0]), (middle, second[0])]
    return [(Fraction(0), whole[0])]


def _best(tones: Sequence[Tone], start: Fraction, end: Fraction) -> tuple[Chord, float, float] | None:
    """The chord that explains best what sounds meanwhile, how well, and how much sounds."""
    weights = [0.0] * PITCH_CLASSES
    heard = [tone for tone in tones if tone.at < end and tone.at + tone.length > start and tone.length]
    if not heard:
        return None
    for tone in heard:
        shared = min(end, tone.at + tone.length) - max(start, tone.at)
        weights[tone.pitch % PITCH_CLASSES] += float(shared)
    first = min(max(start, tone.at) for tone in heard)
    bass = min(tone.pitch for tone in heard if max(start, tone.at) == first) % PITCH_CLASSES
    total = sum(weights)
    worth, root, kind = max(
        (_worth(weights, total, bass, root, kind), -root, -kind)
        for root in range(PITCH_CLASSES)
        for kind in range(len(KINDS))
    )
    root, kind = -root, -kind
    notes = _notes(root, kind)
    return Chord(root=root, bass=bass if bass in notes else root, kind=kind), worth, total


def _worth(weights: Sequence[float], total: float, bass: int, root: int, kind: int) -> float:
    notes = _notes(root, kind)
    explained = sum(weights[note] for note in notes)
    worth = 2 * explained - total - KINDS[kind][3] * total
    if not weights[root]:
        worth -= NO_ROOT * total
    if not weights[notes[1]]:
        worth -= NO_THIRD * total
    if len(notes) > 3 and weights[notes[3]] < LEAST_SEVENTH * total:
        worth -= total
    return worth + (ROOT_IN_BASS * total if bass == root else 0.0)


@cache
def _notes(root: int, kind: int) -> tuple[int, ...]:
    return tuple((root + step) % PITCH_CLASSES for step in KINDS[kind][2])


def spell(pitch_class: int, fifths: int) -> tuple[str, int]:
    """Letter and alteration of a pitch class where so many sharps (or, below 0, flats) are in the key."""
    middle = fifths + 2  # of the seven notes of the key, on the line of fifths from C
    place = min((n for n in range(-15, 20) if n * 7 % PITCH_CLASSES == pitch_class), key=lambda n: abs(n - middle))
    return "FCGDAEB"[(place + 1) % 7], (place + 1) // 7


# How many letters above the root a note of a chord stands, by its semitones: the third of A7 is C sharp in any key.
_LETTERS_ABOVE = {0: 0, 3: 2, 4: 2, 6: 4, 7: 4, 8: 4, 9: 6, 10: 6, 11: 6}
_PITCH_CLASSES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


def spell_above(root: tuple[str, int], semitones: int) -> tuple[str, int]:
    """Letter and alteration of a note of a chord, so far above its root, which is spelt so."""
    letter, alter = root
    letters = "CDEFGAB"
    other = letters[(letters.index(letter) + _LETTERS_ABOVE[semitones]) % len(letters)]
    sounding = (_PITCH_CLASSES[letter] + alter + semitones) % PITCH_CLASSES
    half = PITCH_CLASSES // 2
    return other, (sounding - _PITCH_CLASSES[other] + half) % PITCH_CLASSES - half
