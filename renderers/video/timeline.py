"""What sounds when, in seconds: of each written note since when and until when, and where the music is at any moment.

Taken from the notes as they are struck, the same of which MIDI and sound are made: repeats, changes of tempo and all
that a player does with time are in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from renderers.sound.performance import Performance
from renderers.sound.phrasing import Struck

SHORTEST_S = 0.12  # what is shorter to hear is seen for so long


@dataclass(frozen=True, slots=True)
class Light:
    """A written note that is lit, in seconds of the music. start: when it is heard or, if it is tied to, reached.

    voice: which of those that play, from 0: a part of its own, or a staff where only one part plays.
    """

    note: str
    start: float
    end: float
    voice: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A measure that is played. number: of the written one, from 1; start, end: in seconds of the music."""

    number: int
    start: float
    end: float


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """lights: in the order in which they begin. bars: in the order in which they are played. All in seconds."""

    lights: tuple[Light, ...]
    bars: tuple[Bar, ...]
    num_voices: int


def read_timeline(performance: Performance, struck: Sequence[Struck]) -> Timeline:
    """When each note is heard."""
    voices = performance.part_list.players
    seconds = performance.tempo.seconds_at
    lights: list[Light] = []
    for note in struck:
        if note.staff not in voices:
            continue  # a click is not written
        start, end = max(0.0, seconds(note.start)), seconds(note.end)
        end = max(end, start + SHORTEST_S)
        lights.append(Light(note.id, start, end, voices[note.staff]))
        for tied, reached in note.tied:
            lights.append(Light(tied, seconds(reached), max(end, seconds(reached) + SHORTEST_S), voices[note.staff]))
    order = performance.order
    bars = [
        Bar(index + 1, seconds(start), seconds(end))
        for index, start, end in zip(order.indices, order.starts, order.ends, strict=True)
    ]
    lights.sort(key=lambda light: (light.start, light.voice))
    return Timeline(lights=tuple(lights), bars=tuple(bars), num_voices=max(voices.values(), default=0) + 1)
