"""The bars of notes whose lengths are known: which metre, and how much of a bar stands before the first whole one.

Every metre is tried with every beginning: long notes want to begin on strong places, nothing wants to be held over a
stronger place than it began on, and what comes back comes back after whole bars.

Promises: an order of all that was tried, the likeliest first. Not covered: a metre that changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from renderers.score.hum.rhythm import UNIT, Timed

EIGHTH = UNIT // 2
SYNCOPE_PRICE, LATE_PRICE, ALIKE_WORTH, LAST_WORTH = 0.7, 0.12, 1.0, 0.35


@dataclass(frozen=True, kw_only=True)
class Metre:
    """name: "3/4"; strong: how strong each place of a bar is, in UNITs; usual: how much speaks for it anyway."""

    name: str
    bar: int
    strong: dict[int, int]
    usual: float


METRES = (
    Metre(name="4/4", bar=4 * UNIT, strong={0: 4, 2 * UNIT: 3, UNIT: 2, 3 * UNIT: 2}, usual=0.12),
    Metre(name="3/4", bar=3 * UNIT, strong={0: 4, UNIT: 2, 2 * UNIT: 2}, usual=0.06),
    Metre(name="2/4", bar=2 * UNIT, strong={0: 4, UNIT: 2}, usual=-0.15),
    Metre(name="6/8", bar=3 * UNIT, strong={0: 4, 3 * EIGHTH: 3, **{n * EIGHTH: 1 for n in (1, 2, 4, 5)}}, usual=-0.05),
)


@dataclass(frozen=True, kw_only=True)
class Bars:
    """pickup: UNITs before the first whole bar; 0 where the tune begins with one."""

    metre: str
    pickup: int
    worth: float = field(default=0.0, compare=False)


def metre_named(name: str) -> Metre | None:
    """The metre of this name; None where none is known."""
    return next((metre for metre in METRES if metre.name == name), None)


def rate_bars(notes: Sequence[Timed], *, metre: str | None = None) -> list[Bars]:
    """The best beginning of each metre, the likeliest first. metre: the only one that is asked for."""
    asked = [each for each in METRES if metre in (None, each.name)]
    rated = []
    for each in asked:
        found = [
            Bars(metre=each.name, pickup=pickup, worth=_worth(notes, each, pickup))
            for pickup in range(0, each.bar, EIGHTH)
        ]
        rated.append(max(found, key=lambda bars: bars.worth))
    return sorted(rated, key=lambda bars: -bars.worth)


def with_last_note(notes: Sequence[Timed], bars: Bars) -> tuple[Timed, ...]:
    """The last note as long as its bar, if it was held for about so long."""
    metre = metre_named(bars.metre)
    assert metre is not None
    last = notes[-1]
    place = (last.onset - bars.pickup) % metre.bar
    whole = metre.bar - place
    if 0.6 <= whole / last.length <= 1.55:
        last = Timed(onset=last.onset, length=whole)
    return (*notes[:-1], last)


def _worth(notes: Sequence[Timed], metre: Metre, pickup: int) -> float:
    places = [(note.onset - pickup) % metre.bar for note in notes]
    worth = 0.0
    for place, note in zip(places, notes, strict=True):
        strength = _strength(place, metre)
        long = min(note.length, 3 * UNIT) / UNIT
        worth += strength / 4 * (0.4 + 0.6 * long)
        held = max((_strength(over, metre) for over in range(place + EIGHTH, place + note.length, EIGHTH)), default=0)
        worth -= SYNCOPE_PRICE * max(0, held - strength) / 4
    total = sum(0.4 + 0.6 * min(note.length, 3 * UNIT) / UNIT for note in notes)
    worth = worth / total + ALIKE_WORTH * _alike(notes, metre.bar) / 3 + metre.usual
    worth += LAST_WORTH * (_strength(places[-1], metre) >= 3) / 2
    return worth - LATE_PRICE * (pickup > 0) - LATE_PRICE * (pickup > metre.bar // 2)


def _strength(place: int, metre: Metre) -> int:
    return metre.strong.get(place % metre.bar, 0)


def _alike(notes: Sequence[Timed], bar: int) -> float:
    """Which share of the notes has a note of the same length one bar, or two bars, later."""
    known = {(note.onset, note.length) for note in notes}
    return max(sum((note.onset + n * bar, note.length) in known for note in notes) / len(notes) for n in (1, 2))
