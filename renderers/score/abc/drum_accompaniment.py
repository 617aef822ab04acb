"""`%%MIDI drum d2zd 36 38` and `%%MIDI drumon`: drums that accompany a tune, as a part of their own.

As abc2midi plays it: the pattern lasts a bar of the metre, begins anew with every bar, and ends with a short one. A
stroke without a number is the General MIDI drum 35. What is not covered: how loud a stroke is, `drumbars`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import cycle, islice

from renderers.errors import InputRefused
from renderers.limits import MAX_NOTES, SHORTEST
from renderers.score.abc.clefs import PERCUSSION
from renderers.score.abc.keys import NO_KEY
from renderers.score.abc.midi_directives import DRUM_CHANNEL, Sound
from renderers.score.abc.model import BarSign, Event, Head, Voice, VoiceBar
from renderers.score.abc.properties import read_number

DIRECTIVES = frozenset({"drum", "drumon", "drumoff"})
NAME = "Drums"
MOST_STROKES, MOST_STROKES_IN_BAR = 32, 128
USUAL_DRUM = 35
MIDDLE_C = 60
WITHOUT_METRE = Fraction(1)

_STROKES = re.compile(r"(?:[dz]\d{0,2})+", re.IGNORECASE)
_STROKE = re.compile(r"([dz])(\d{0,2})", re.IGNORECASE)
# Where drums stand on the page, as steps above middle C; any other takes a place that is free.
_PLACES = {
    35: 3, 36: 3, 37: 7, 38: 7, 40: 7, 41: 5, 42: 11, 43: 5, 44: 11, 45: 8, 46: 11, 47: 8, 48: 9, 49: 12, 50: 9, 51: 10,
}  # fmt: skip
_FREE_PLACES = (6, 4, 13, 2, 14, 1, 0, 15, 16, 5, 8, 9, 10, 12, 3, 7, 11, *range(17, 60))
_SEMITONES = (0, 2, 4, 5, 7, 9, 11)


@dataclass(frozen=True)
class Stroke:
    """A drum, or a rest for None, and its share of the pattern."""

    drum: int | None
    length: int


@dataclass
class DrumAccompaniment:
    """Collects what `%%MIDI` lines say of drums. changes: from which bar on which pattern is beaten; () for none."""

    changes: dict[int, tuple[Stroke, ...]] = field(default_factory=dict)
    _pattern: tuple[Stroke, ...] = ()
    _is_on: bool = False

    def read(self, value: str, bar: int) -> bool:
        """A line, from a bar on. Returns whether it was understood."""
        name, *words = value.split()
        if name.lower() == "drum":
            pattern = _read_pattern(words)
            if pattern is None:
                return False
            self._pattern = pattern
        else:
            self._is_on = name.lower() == "drumon"
        self.changes[bar] = self._pattern if self._is_on else ()
        return True

    def voice(self, voices: Sequence[Voice]) -> Voice | None:
        """The part that beats along with the voices; None if nobody asked for it. Raises InputRefused for too many."""
        if not any(self.changes.values()) or not voices:
            return None
        num_bars = max(len(voice.bars) for voice in voices)
        taken = {voice.id for voice in voices}
        id_ = next(id_ for id_ in ("drums", *map(str, range(1, len(taken) + 2))) if id_ not in taken)
        places = _places(self.changes.values())
        made = Voice(id_, NAME, is_declared=True, clef=PERCUSSION, signs=[BarSign() for _ in range(num_bars + 1)])
        made.sound = Sound(channel=DRUM_CHANNEL, drums={_pitch(place): drum for drum, place in places.items()})
        pattern: tuple[Stroke, ...] = ()
        num_strokes = 0
        for index in range(num_bars):
            pattern = self.changes.get(index, pattern)
            made.bars.append(_beat(pattern, [v.bars[index] for v in voices if index < len(v.bars)], places))
            num_strokes += len(made.bars[-1].layers[0])
            if num_strokes > MAX_NOTES:
                raise InputRefused(reason="notes", limit=MAX_NOTES)
        made.metre = made.bars[0].metre
        return made


def _read_pattern(words: Sequence[str]) -> tuple[Stroke, ...] | None:
    """`d2zd 36 38 100 80`: strokes and rests, their drums, how loud they are."""
    strokes = _STROKE.findall(words[0]) if words and _STROKES.fullmatch(words[0]) else []
    if not 0 < len(strokes) <= MOST_STROKES:
        return None
    numbers = iter([read_number(word, most=127) for word in words[1:]])
    pattern = []
    for kind, length in strokes:
        drum = next(numbers, None) or USUAL_DRUM if kind.lower() == "d" else None
        pattern.append(Stroke(drum, int(length or 1) or 1))
    return tuple(pattern)


def _places(patterns: Iterable[tuple[Stroke, ...]]) -> dict[int, int]:
    """A place of its own for every drum."""
    places: dict[int, int] = {}
    for pattern in patterns:
        for stroke in pattern:
            if stroke.drum is not None and stroke.drum not in places:
                wanted = _PLACES.get(stroke.drum)
                free = (place for place in (wanted, *_FREE_PLACES) if place is not None)
                places[stroke.drum] = next(place for place in free if place not in places.values())
    return places


def _beat(pattern: Sequence[Stroke], bars: Sequence[VoiceBar], places: dict[int, int]) -> VoiceBar:
    """One bar: as long as the longest of the others."""
    first = bars[0]
    made = VoiceBar(first.metre, NO_KEY, PERCUSSION, first.line)
    metre = first.metre.length or WITHOUT_METRE
    left = max((bar.length() for bar in bars), default=metre) or metre
    if not pattern or metre / sum(stroke.length for stroke in pattern) < SHORTEST:
        made.layers[0].append(Event(heads=[], nominal=Fraction(0), line=first.line, is_bar_rest=True))
        return made
    unit = metre / sum(stroke.length for stroke in pattern)
    for stroke in islice(cycle(pattern), MOST_STROKES_IN_BAR):
        length = min(stroke.length * unit, left)
        if length < SHORTEST:
            break
        heads = [] if stroke.drum is None else [_head(places[stroke.drum])]
        made.layers[0].append(Event(heads=heads, nominal=length, line=first.line))
        left -= length
    return made


def _head(place: int) -> Head:
    octave, step = divmod(place, 7)
    return Head(step="CDEFGAB"[step], octave=4 + octave, alter=0, is_accidental_written=False)


def _pitch(place: int) -> int:
    octave, step = divmod(place, 7)
    return MIDDLE_C + 12 * octave + _SEMITONES[step]
