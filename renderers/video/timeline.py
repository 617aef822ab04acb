"""What sounds when, in seconds: of each written note and of each key since when and until when, and where the music is
at any moment.

Taken from the notes as they are struck, the same of which MIDI and sound are made: repeats, changes of tempo and all
that a player does with time are in it.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from renderers.sound.pedals import pedal_changes
from renderers.sound.performance import Performance
from renderers.sound.phrasing import Struck

SHORTEST_S = 0.12  # what is shorter to hear is seen for so long
LOUDEST = 127
TOGETHER_S = 0.05  # who strikes a key together may be so far apart: melodies are ahead


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
class Tone:
    """A key that is held, in seconds of the music. pitch: MIDI; voice: as of a light.

    strength: of the touch, 0 to 1.
    """

    pitch: int
    start: float
    end: float
    voice: int
    strength: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A measure that is played. number: of the written one, from 1; start, end: in seconds of the music.

    name: its number as it is printed; empty where it has none.
    """

    number: int
    start: float
    end: float
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """lights, tones: in the order in which they begin. bars: in the order in which they are played. pedals: since when
    and until when one is down. All in seconds.

    players: what those are called who play, as the score has it; one that has hands is called so once.
    """

    lights: tuple[Light, ...]
    bars: tuple[Bar, ...]
    num_voices: int
    tones: tuple[Tone, ...] = ()
    pedals: tuple[tuple[float, float], ...] = ()
    players: tuple[str, ...] = ()


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
        Bar(index + 1, seconds(start), seconds(end), performance.measures[index].element.get("n") or "")
        for index, start, end in zip(order.indices, order.starts, order.ends, strict=True)
    ]
    lights.sort(key=lambda light: (light.start, light.voice))
    return Timeline(
        lights=tuple(lights),
        bars=tuple(bars),
        num_voices=max(voices.values(), default=0) + 1,
        tones=tuple(_tones(performance, struck)),
        pedals=tuple(_pedals(performance)),
        players=tuple(part.name for part in performance.part_list.parts),
    )


def _tones(performance: Performance, struck: Sequence[Struck]) -> list[Tone]:
    """A key has one finger: it is let go where it is struck again. Of those who strike together the longest counts."""
    voices, seconds = performance.part_list.players, performance.tempo.seconds_at
    keys: dict[int, list[Tone]] = defaultdict(list)
    for note in sorted(struck, key=lambda note: note.start):
        if note.staff not in voices or note.is_drum:
            continue
        start = max(0.0, seconds(note.start))
        own = keys[note.pitch]
        tone = Tone(note.pitch, start, seconds(note.end), voices[note.staff], note.velocity / LOUDEST)
        if own and start - own[-1].start < TOGETHER_S:
            own[-1] = replace(own[-1], end=max(own[-1].end, tone.end))
        else:
            own.append(tone)
    for own in keys.values():
        own[:-1] = [replace(tone, end=min(tone.end, after.start)) for tone, after in pairwise(own)]
    return sorted((tone for own in keys.values() for tone in own), key=lambda tone: (tone.start, tone.pitch))


def _pedals(performance: Performance) -> Iterator[tuple[float, float]]:
    """While somebody's pedal is down."""
    down: dict[int, float] = {}
    for change in sorted(pedal_changes(performance), key=lambda change: (change.at, change.is_down)):
        if change.is_down:
            down.setdefault(change.staff, change.at)
        elif change.staff in down:
            yield performance.tempo.seconds_at(down.pop(change.staff)), performance.tempo.seconds_at(change.at)
    for start in down.values():
        yield performance.tempo.seconds_at(start), performance.tempo.seconds_at(performance.order.length)
