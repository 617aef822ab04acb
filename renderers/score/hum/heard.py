"""What was heard, as it can be written down and read otherwise: another key or metre, twice as fast, an octave higher.

Promises: a tune that was heard is a few numbers, without the sound; reading it otherwise moves barlines, letters and
lengths and leaves out no note. Not covered: finding them (`listening.py`), writing them (`writing.py`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from renderers.score.hum.keys import Key, key_named, rate_keys
from renderers.score.hum.metre import Bars, metre_named, rate_bars
from renderers.score.hum.rhythm import Timed

LEAST_TEMPO, MOST_TEMPO = 20, 360
CHANGES = ("key", "metre", "faster", "slower", "higher", "lower")


@dataclass(frozen=True, kw_only=True)
class Heard:
    """notes: (onset, length, pitch) of each, in sixteenths and as in MIDI; tempo: quarters a minute.

    bars, key: as read.
    """

    notes: tuple[tuple[int, int, int], ...]
    tempo: int
    bars: Bars
    key: Key

    @property
    def num_bars(self) -> int:
        """All bars, one that is not whole at the beginning included."""
        metre = metre_named(self.bars.metre)
        assert metre is not None
        end = max(onset + length for onset, length, _ in self.notes) - self.bars.pickup
        return -(-end // metre.bar) + (1 if self.bars.pickup else 0)

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "notes": [list(note) for note in self.notes],
            "tempo": self.tempo,
            "bars": {"metre": self.bars.metre, "pickup": self.bars.pickup},
            "key": self.key.abc,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """What `to_json` gave. Raises ValueError for anything else."""
        key = key_named(str(values["key"]))
        notes = tuple((int(onset), int(length), int(pitch)) for onset, length, pitch in values["notes"])
        metre = str(values["bars"]["metre"])
        if key is None or not notes or metre_named(metre) is None:
            raise ValueError("this is nothing that was heard")
        return cls(
            notes=notes,
            tempo=int(values["tempo"]),
            bars=Bars(metre=metre, pickup=int(values["bars"]["pickup"])),
            key=key,
        )


def read_notes(pitches: Sequence[int], timed: Sequence[Timed], *, tempo: float) -> Heard:
    """The likeliest reading of notes whose lengths are known."""
    bars = rate_bars(timed)[0]
    return Heard(
        notes=tuple((note.onset, note.length, pitch) for note, pitch in zip(timed, pitches, strict=True)),
        tempo=round(tempo),
        bars=bars,
        key=rate_keys(pitches, timed)[0],
    )


def read_as(heard: Heard, *, key: Key | None = None, metre: str | None = None, tempo: int | None = None) -> Heard:
    """As somebody says it is, as far as it can be: a tempo is doubled or halved until it is nearest."""
    if tempo is not None:
        for _ in range(3):
            other = read_otherwise(heard, "faster" if tempo > heard.tempo else "slower")
            if abs(math.log(other.tempo / tempo)) < abs(math.log(heard.tempo / tempo)):
                heard = other
    timed = [Timed(onset=onset, length=length) for onset, length, _ in heard.notes]
    if metre is not None and metre_named(metre) is not None:
        heard = replace(heard, bars=rate_bars(timed, metre=metre)[0])
    return heard if key is None else replace(heard, key=key)


def read_otherwise(heard: Heard, change: str) -> Heard:
    """change: one of CHANGES; key and metre are the next likely ones. The same again where it cannot be so changed."""
    timed = [Timed(onset=onset, length=length) for onset, length, _ in heard.notes]
    if change == "key":
        keys = rate_keys([pitch for *_, pitch in heard.notes], timed)
        return replace(heard, key=keys[(keys.index(heard.key) + 1) % len(keys)])
    if change == "metre":
        order = rate_bars(timed)
        names = [bars.metre for bars in order]
        return replace(heard, bars=order[(names.index(heard.bars.metre) + 1) % len(order)])
    if change in ("higher", "lower"):
        step = 12 if change == "higher" else -12
        moved = tuple((onset, length, pitch + step) for onset, length, pitch in heard.notes)
        return replace(heard, notes=moved) if all(0 <= pitch <= 127 for *_, pitch in moved) else heard
    return _at_tempo(heard, twice=change == "faster")


def _at_tempo(heard: Heard, *, twice: bool) -> Heard:
    """Twice as many quarters a minute, each note twice as many of them: it sounds the same."""
    tempo = heard.tempo * 2 if twice else round(heard.tempo / 2)
    if not LEAST_TEMPO <= tempo <= MOST_TEMPO or (not twice and any((o % 2 or n % 2) for o, n, _ in heard.notes)):
        return heard
    notes = tuple(
        (onset * 2, length * 2, pitch) if twice else (onset // 2, length // 2, pitch)
        for onset, length, pitch in heard.notes
    )
    timed = [Timed(onset=onset, length=length) for onset, length, _ in notes]
    bars = rate_bars(timed, metre=heard.bars.metre)[0]
    return replace(heard, notes=notes, tempo=tempo, bars=bars)
