"""What a page needs and a file may not say: accidentals where a reader would play another note, beams by the beat."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from renderers.score.abc.durations import single_value
from renderers.score.abc.keys import Key
from renderers.score.abc.metres import Metre
from renderers.score.abc.model import Event, Grace, Head, KeyChange, Voice

QUARTER = Fraction(1, 4)


def show_accidentals(voices: Sequence[Voice]) -> None:
    """Write every accidental without which the notes of a staff would mean others. Those that are written stay."""
    for voice in voices:
        for bar in voice.bars:
            state = _State(bar.key)
            for layer in bar.layers:
                for item in layer:
                    if isinstance(item, KeyChange):
                        state = _State(item.key)
                    elif isinstance(item, Event):
                        state.read(item.heads)
                    elif isinstance(item, Grace):
                        for event in item.events:
                            state.read(event.heads)


class _State:
    def __init__(self, key: Key) -> None:
        self._of_key = dict(key.alterations)
        self._in_bar: dict[tuple[str, int], Fraction | int] = {}

    def read(self, heads: Sequence[Head]) -> None:
        for head in heads:
            place = (head.step, head.octave)
            means = self._in_bar.get(place, self._of_key.get(head.step, 0))
            if head.is_tied_back:
                continue  # a note that is held needs none, and says nothing about the next one
            if means != head.alter:
                head.is_accidental_written = True
            self._in_bar[place] = head.alter


def beam_by_beats(events: Sequence[Event], metre: Metre) -> None:
    """Join the short notes inside each beat. In free metre those inside each quarter."""
    beat = metre.beat if metre.beats and metre.beat >= QUARTER else QUARTER
    now = Fraction(0)
    for event, following in zip(events, [*events[1:], None], strict=True):
        end = now + event.length
        event.is_joined = (
            following is not None
            and bool(event.heads and following.heads)
            and _is_short(event)
            and _is_short(following)
            and now // beat == end // beat
        )
        now = end


def _is_short(event: Event) -> bool:
    value = single_value(event.nominal)
    return value is not None and event.nominal < QUARTER
