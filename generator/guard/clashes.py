"""Which notes would clash with what the other voices play at the same moment, a semitone or a major seventh apart.

A small network hears the other voices badly: before this, its pieces had such intervals above the bass twice to three
times as often as human ones. How many may stay depends on where they are: on a beat hardly any but a suspension, which
was there before; between beats those that a step leads to, as passing notes do.
"""

from collections.abc import Sequence
from fractions import Fraction

from generator.guard.place import Moment, Place

CLASHES = frozenset({1, 11})  # semitones within the octave
STEP = 2  # semitones
# So much of the share that is let through counts for a note of each kind.
SUSPENDED, PASSING, ON_BEAT, ELSEWHERE = 1.8, 1.4, 0.25, 0.6


def clashes(place: Place, pitch: int) -> bool:
    """Whether a note of this pitch clashes with one that sounds already; its octave does not matter."""
    return any((pitch - other) % 12 in CLASHES for other in place.sounding)


def share_let_through(place: Place, pitch: int, *, share: float, beat: Fraction | None) -> float:
    """How many of such clashes are let through; share: the measure of all."""
    on_beat = beat is not None and place.now % beat == 0
    last = last_pitch(place.own, place.now)
    if on_beat and last is not None and (last - pitch) % 12 == 0:
        return min(1.0, share * SUSPENDED)
    if on_beat:
        return share * ON_BEAT
    steps = None if last is None else (pitch - last) % 12
    return share * (PASSING if steps is not None and min(steps, 12 - steps) <= STEP else ELSEWHERE)


def last_pitch(moments: Sequence[Moment], now: Fraction) -> int | None:
    """The highest pitch of what a voice plays right before a moment; None after a rest."""
    return max((pitch for _, end, pitch in moments if end == now), default=None)
