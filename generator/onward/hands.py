"""Who plays what: the hands of a keyboard, melody and bass, by the staves of a tune header.

Not covered: voices that cross from hand to hand.
"""

from collections.abc import Sequence
from enum import StrEnum

from generator.catalogue.ranges import ONE_NOTE_AT_A_TIME, find_range
from generator.notation import Header, staves_of
from generator.onward.styling import KEYBOARDS


class Hand(StrEnum):
    """A part of what is played. Where nobody has hands, right is the highest staff and left the lowest."""

    ALL = "all"
    MELODY = "melody"
    RIGHT = "right"
    LEFT = "left"
    BASS = "bass"


EVERYTHING = Hand.ALL


def voices_of(header: Header, hand: Hand) -> tuple[str, ...]:
    """The voices that play what a hand plays; none where there is no such hand."""
    staves = staves_of(header)
    if hand is Hand.ALL:
        return tuple(voice for staff in staves for voice in staff)
    if hand is Hand.MELODY:
        return (staves[0][0],)
    if hand is Hand.RIGHT:
        return tuple(staves[0])
    if len(staves) < 2:
        return (staves[0][-1],) if hand is Hand.BASS and len(staves[0]) > 1 else ()
    return tuple(staves[-1]) if hand is Hand.LEFT else (staves[-1][-1],)


def _names(header: Header, staff: Sequence[str]) -> list[str]:
    found = [find_range(voice.name) for voice in header.voices if voice.id in staff and voice.name]
    return [each.instrument for each in found if each is not None]


def plays_chords(header: Header, staff: Sequence[str]) -> bool:
    return not any(name in ONE_NOTE_AT_A_TIME for name in _names(header, staff))


def is_keyboard(header: Header, staff: Sequence[str]) -> bool:
    """A staff without a name belongs to the one before it: the left hand of a piano."""
    return all(name in KEYBOARDS for name in _names(header, staff)) and "{" in (header.score or "{")
