"""Which bars of a piece a variation changes, and what of them stays.

Promises: the same work changes the same bars; at least one changes. Not covered: writing them (`gap.py`).
"""

from collections.abc import Mapping
from random import Random

from generator.notation import Bar
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
    return {number: _stay(work.how, reading.bars[number]) for number in bars} if work.kind is Kind.VARY else {}


def _stay(how: How, bar: Bar) -> Stay:
    """Who plays in the bar plays in the new one, too."""
    players = tuple(voice.voice for voice in bar.voices if voice.sounds)
    if how is How.SAME_RHYTHM:
        return Stay(rhythms={voice.voice: voice.music for voice in bar.voices if voice.sounds}, players=players)
    if how is How.SAME_HARMONY:
        return Stay(harmony=bar.voices, players=players)
    return Stay()
