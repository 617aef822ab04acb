"""Which bars of a piece a variation changes, and what of them stays.

Promises: the same work changes the same bars; at least one changes. Not covered: writing them (`gap.py`).
"""

from collections.abc import Mapping, Sequence
from random import Random

from generator.notation import Bar, Header
from generator.notation.checks import barlines
from generator.onward.hands import EVERYTHING, voices_of
from generator.onward.reading import Reading
from generator.onward.work import How, Kind, Work
from generator.planning.stay import Stay


def bars_to_vary(bars: range, work: Work, total: int) -> list[int]:
    """The numbers, in order, of so many of the bars as the work says; every second one first, the piece's last last."""
    count = max(1, round(work.how_far * len(bars)))
    if work.how is How.EVERY_SECOND_BAR:
        order = [*bars[1::2], *bars[::2]]
        spread = order[: len(bars[1::2])]
        if count <= len(spread):
            return sorted(spread[number * len(spread) // count] for number in range(count))
    else:
        order = list(bars)
        Random(f"vary {work.seed}").shuffle(order)
    order.sort(key=lambda number: number == total - 1)
    return sorted(order[:count])


def stays_for(work: Work, reading: Reading, bars: range) -> Mapping[int, Stay]:
    """What stays of the bars of a gap nevertheless."""
    if work.kind is Kind.VARY:
        return {number: _stay(work.how, reading.bars[number]) for number in bars}
    if work.hand is EVERYTHING:
        return {}
    playing = voices_of(reading.tune.header, work.hand)
    return {number: _of_others(reading.bars[number], playing, reading.moved.header) for number in bars}


def _of_others(bar: Bar, playing: Sequence[str], header: Header) -> Stay:
    """The voices that do not get new notes: those before the first that does, else those behind the last.

    What is between stays by the hand of whoever puts the bars in.
    """
    order = [voice.id for voice in header.voices]
    first, last = order.index(playing[0]), order.index(playing[-1])
    before = tuple(voice for voice in bar.voices if voice.voice in order[:first])
    behind = tuple(voice for voice in bar.voices if voice.voice in order[last + 1 :])
    if before:
        line = str(Bar(countdown=bar.countdown, voices=before))
        return Stay(kept=line.removesuffix(barlines(before[-1].tokens).closing))
    if behind and any(voice.sounds for voice in behind):
        return Stay(tail=behind, melody=tuple(playing))
    return Stay(players=tuple(playing))


def _stay(how: How, bar: Bar) -> Stay:
    """Who plays in the bar plays in the new one, too."""
    players = tuple(voice.voice for voice in bar.voices if voice.sounds)
    if how is How.SAME_RHYTHM:
        return Stay(rhythms={voice.voice: voice.music for voice in bar.voices if voice.sounds}, players=players)
    if how is How.SAME_HARMONY:
        return Stay(harmony=bar.voices, players=players)
    return Stay()
