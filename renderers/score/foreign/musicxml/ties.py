"""Ties: each leads from a note to an equal one that follows it at once; others are not drawn.

The note that follows is that of the same layer, else of another voice of the part: pianos have many of these. The page
and the sound keep them; ABC has no way to say them.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from renderers.score.abc.model import Event, Head, Voice
from renderers.score.foreign.musicxml.left_out import LeftOut

Moment = tuple[int, Fraction]  # bar, and time since it began
Pitch = tuple[str, int, Fraction | int]


def join_ties(voices: Sequence[Voice], left_out: LeftOut) -> None:
    """Join the ties of a part."""
    wanted = {id(head) for voice in voices for _, event in _events(voice) for head in event.heads if head.is_tied_back}
    dangling: list[tuple[Moment, Event, Head]] = []
    for voice in voices:
        dangling += _join_within(voice)
    if dangling:
        _join_across(voices, dangling, wanted, left_out)


def _pitch(head: Head) -> Pitch:
    return head.step, head.octave, head.alter


def _events(voice: Voice) -> list[tuple[tuple[int, int, Fraction], Event]]:
    """All events of a voice with bar, layer and time, layer by layer in each bar."""
    found = []
    for index, bar in enumerate(voice.bars):
        for place, layer in enumerate(bar.layers):
            now = Fraction(0)
            for item in layer:
                if isinstance(item, Event):
                    found.append(((index, place, now), item))
                    now += item.length
    return found


def _join_within(voice: Voice) -> list[tuple[Moment, Event, Head]]:
    """Join the ties of one voice. Returns those that lead to no note of it, with the moment at which they end."""
    waiting: dict[int, tuple[Event, dict[Pitch, Head], Moment]] = {}
    dangling = []
    for (index, place, now), event in _events(voice):
        source = place if place in waiting else 0
        _, tied, moment = waiting.pop(source, (event, {}, (0, Fraction(0))))
        before = event
        for head in event.heads:
            head.is_tied_back = tied.pop(_pitch(head), None) is not None
        dangling += [(moment, before, head) for head in tied.values()]
        started = {_pitch(head): head for head in event.heads if head.is_tied_on}
        if started:
            waiting[place] = (event, started, (index, now + event.length))
    dangling += [(moment, event, head) for event, tied, moment in waiting.values() for head in tied.values()]
    return dangling


def _join_across(
    voices: Sequence[Voice], dangling: list[tuple[Moment, Event, Head]], wanted: set[int], left_out: LeftOut
) -> None:
    starts: dict[Moment, list[Head]] = {}
    lengths: dict[int, Fraction] = {}
    for voice in voices:
        for (index, _, now), event in _events(voice):
            starts.setdefault((index, now), []).extend(event.heads)
            lengths[index] = max(lengths.get(index, Fraction(0)), now + event.length)
    for (index, end), event, head in dangling:
        moment = (index, end) if end < lengths.get(index, end + 1) else (index + 1, Fraction(0))
        found = next(
            (
                other
                for other in starts.get(moment, ())
                if _pitch(other) == _pitch(head) and id(other) in wanted and not other.is_tied_back
            ),
            None,
        )
        if found is None:
            head.is_tied_on = False
            left_out.add("tie to no note", event.line)
        else:
            found.is_tied_back = True
            left_out.add_kept_tie(event.line)
