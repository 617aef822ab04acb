"""What was read of bars is remembered while their piece is written, and no longer: a bot writes for weeks."""

import tracemalloc
from collections.abc import Callable
from fractions import Fraction

import pytest

from generator.guard import place
from generator.notation import beaming
from generator.notation.durations import time_text
from generator.notation.limits import parse_metre

UNIT, METRE = Fraction(1, 8), parse_metre("4/4")
BARS, MOST_BYTES = 5000, 5_000_000


@pytest.mark.parametrize(
    "read",
    [
        lambda music: time_text(music, UNIT, METRE),
        lambda music: place._moments(music, (0,) * 7, UNIT, METRE),
        lambda music: beaming._layers(music, METRE, UNIT, Fraction(0)),
    ],
    ids=["lengths", "pitches", "layers"],
)
def test_of_thousands_of_bars_only_the_newest_stay(read: Callable[[str], object]):
    time_text.__globals__["_time_text"].cache_clear()
    tracemalloc.start()
    try:
        for number in range(BARS):
            read(" ".join("CDEFGAB"[number // 7**place % 7] for place in range(5)) + "[ce]/[df]/c")
        kept = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert kept < MOST_BYTES
