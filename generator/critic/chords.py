"""The chord of each beat, by templates, and what chords do: cadences, the end, the key.

Templates: Pardo and Birmingham, "Algorithms for Chordal Analysis", Computer Music Journal 26(2), 2002. The score of a
template at a root is the sound that belongs to it minus the sound that does not minus one for each of its notes that is
missing; a pitch class that sounds all through the beat weighs one. Of equal scores the root that sounds longest wins,
then the kind that is commoner in their corpus. Profiles: Krumhansl, "Cognitive Foundations of Musical Pitch", 1990.
Not covered: notes outside chords are not told from suspensions; a beat has one chord, whatever changes within it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from generator.critic.note_table import NoteTable
from generator.notation import Header
from generator.notation.keys import read_key_field

Floats = NDArray[np.float64]

# Kind: semitones above the root. The commoner first.
TEMPLATES: dict[str, tuple[int, ...]] = {
    "major": (0, 4, 7),
    "dominant seventh": (0, 4, 7, 10),
    "minor": (0, 3, 7),
    "diminished seventh": (0, 3, 6, 9),
    "half-diminished": (0, 3, 6, 10),
    "diminished": (0, 3, 6),
}
DOMINANTS = ("major", "dominant seventh")
TRIADS = ("major", "minor")
FIFTH = 7
SEMITONES_TO_RELATIVE = 9
EVEN = 1e-9  # what rounding makes of equal scores
KRUMHANSL = {
    False: (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
    True: (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
}


@dataclass(frozen=True)
class Tonic:
    """A key as a pitch class and a mode."""

    pitch_class: int
    is_minor: bool

    @property
    def dominant(self) -> int:
        return (self.pitch_class + FIFTH) % 12


@dataclass(frozen=True, kw_only=True)
class Chord:
    """What sounds in one beat. root and basses: pitch classes; basses: all that are lowest at some time in the beat.

    belonging: the share of what sounds that belongs to the chord.
    """

    bar: int
    root: int
    kind: str
    basses: frozenset[int]
    belonging: float = 1.0

    @property
    def in_root_position(self) -> bool:
        return self.root in self.basses


@cache
def _templates() -> tuple[tuple[tuple[int, str], ...], Floats]:
    """All templates at all roots: their names, and (templates, 12) of which pitch classes they have."""
    names = tuple((root, kind) for kind in TEMPLATES for root in range(12))
    table = np.zeros((len(names), 12))
    for row, (root, kind) in enumerate(names):
        table[row, [(root + step) % 12 for step in TEMPLATES[kind]]] = 1
    return names, table


def chords_of(notes: NoteTable) -> list[Chord]:
    """The chord of each beat in which something sounds."""
    return list(_chords(notes)) if len(notes) else []


def _chords(notes: NoteTable) -> Iterator[Chord]:
    for number, bar in enumerate(notes.bars):
        for start in range(bar.start, bar.start + bar.length, bar.beat):
            first, last = np.searchsorted(notes.edges, (start, min(start + bar.beat, bar.start + bar.length)))
            roll, lengths = notes.roll[first:last], notes.lengths[first:last]
            if not roll.any():
                continue
            weights = _weights(roll, lengths)
            root, kind = _best_chord(weights)
            inside = weights[[(root + step) % 12 for step in TEMPLATES[kind]]].sum()
            heard = [moment for moment in roll if moment.any()]
            basses = frozenset(int(moment.argmax()) % 12 for moment in heard)
            yield Chord(bar=number, root=root, kind=kind, basses=basses, belonging=float(inside / weights.sum()))


def _weights(roll: NDArray[np.bool_], lengths: NDArray[np.int64]) -> Floats:
    """For which share of the beat each pitch class sounds: (12,)."""
    padded = np.pad(roll, ((0, 0), (0, -roll.shape[1] % 12))).reshape(len(roll), -1, 12).any(axis=1)
    return np.asarray((padded * lengths[:, None]).sum(axis=0) / max(1, lengths.sum()), np.float64)


def _best_chord(weights: Floats) -> tuple[int, str]:
    names, table = _templates()
    inside = table @ weights
    missing = table @ (weights == 0)
    scores = 2 * inside - weights.sum() - missing
    scores += EVEN * weights[[root for root, _ in names]]
    return names[int(scores.argmax())]


def cadences(chords: Sequence[Chord], tonic: Tonic) -> int:
    """V-I: the dominant with its root in the bass, then the tonic triad with its root in the bass."""
    return sum(
        one.root == tonic.dominant
        and one.kind in DOMINANTS
        and one.in_root_position
        and other.root == tonic.pitch_class
        and other.kind in TRIADS
        and other.in_root_position
        for one, other in pairwise(chords)
    )


def ends_after_dominant(chords: Sequence[Chord], tonic: Tonic) -> bool:
    """Whether the last chord is the tonic's, and the last other root before it the dominant."""
    if not chords or chords[-1].root != tonic.pitch_class:
        return False
    before = next((chord for chord in reversed(chords) if chord.root != tonic.pitch_class), None)
    return before is not None and before.root == tonic.dominant and before.kind in DOMINANTS


def named_tonic(header: Header) -> Tonic | None:
    """The key of the header."""
    field = read_key_field(header.key)
    return None if field is None or field.key is None else Tonic(field.key.pitch_class, field.key.mode == "min")


def tonic_led_to(header: Header, last_notes: NoteTable) -> Tonic | None:
    """The key of the header; or its relative minor if only a signature is there and the last bass is that's tonic."""
    key, field = named_tonic(header), read_key_field(header.key)
    if key is None or key.is_minor or field is None or field.key is None or field.key.mode != "maj":
        return key
    relative = Tonic((key.pitch_class + SEMITONES_TO_RELATIVE) % 12, True)
    return relative if _last_bass(last_notes) == relative.pitch_class else key


def _last_bass(notes: NoteTable) -> int | None:
    heard = [moment for moment in notes.roll if moment.any()] if len(notes) else []
    return int(heard[-1].argmax()) % 12 if heard else None


def heard_key(notes: NoteTable) -> Tonic | None:
    """The key whose profile correlates best with how long the pitch classes sound; None for fewer than two of them."""
    if not len(notes):
        return None
    times = notes.chroma.sum(axis=0)
    if (times > 0).sum() < 2:
        return None
    keys = [Tonic(tonic, is_minor) for is_minor in KRUMHANSL for tonic in range(12)]
    return max(keys, key=lambda key: np.corrcoef(np.roll(times, -key.pitch_class), KRUMHANSL[key.is_minor])[0, 1])
