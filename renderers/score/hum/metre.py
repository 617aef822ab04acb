"""The bars of notes whose lengths are known: which metre, and how much of a bar stands before the first whole one.

Every metre is tried with every beginning: a length is likelier in the places where songs have it (`songs.py`), and what
comes back comes back after whole bars.

Promises: an order of all that was tried, the likeliest first. Not covered: a metre that changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from renderers.score.hum.rhythm import Timed
from renderers.score.hum.songs import Habit, habits

UNKNOWN_PRICE = 8.0  # of a length that songs do not have, in nats
ALIKE_WORTH = 0.4  # nats, for each note of a rhythm that comes back


@dataclass(frozen=True, kw_only=True)
class Metre:
    """name: "3/4"; bar: in sixteenths."""

    name: str
    bar: int


METRES = (Metre(name="4/4", bar=16), Metre(name="3/4", bar=12), Metre(name="2/4", bar=8), Metre(name="6/8", bar=12))


@dataclass(frozen=True, kw_only=True)
class Bars:
    """pickup: sixteenths before the first whole bar; 0 where the tune begins with one.

    price: what speaks against it, in nats.
    """

    metre: str
    pickup: int
    price: float = field(default=0.0, compare=False)


def metre_named(name: str) -> Metre | None:
    """The metre of this name; None where none is known."""
    return next((metre for metre in METRES if metre.name == name), None)


def rate_bars(notes: Sequence[Timed], *, metre: str | None = None) -> list[Bars]:
    """The best beginning of each metre, the likeliest first. metre: the only one that is asked for."""
    rated = []
    for habit in habits():
        if metre in (None, habit.metre):
            found = [
                Bars(metre=habit.metre, pickup=-begin % habit.bar, price=_price(notes, habit, begin))
                for begin in range(habit.bar)
            ]
            rated.append(min(found, key=lambda bars: bars.price))
    return sorted(rated, key=lambda bars: bars.price)


def _price(notes: Sequence[Timed], habit: Habit, begin: int) -> float:
    """begin: the place of the first note in its bar."""
    known = {int(length): column for column, length in enumerate(habit.lengths)}
    last = notes[-1]
    price = habit.usual + habit.begin[begin] + habit.end[(last.onset + last.length + begin) % habit.bar]
    before = len(known)
    for note, after in pairwise(notes):
        column = known.get(after.onset - note.onset)
        if column is None:
            price, before = price + UNKNOWN_PRICE, len(known)
        else:
            price += habit.at[(note.onset + begin) % habit.bar, column] + habit.after[before, column]
            before = column
    return float(price) - ALIKE_WORTH * _alike(notes, habit.bar)


def _alike(notes: Sequence[Timed], bar: int) -> float:
    """How many notes have a note of the same length one bar, or two bars, later."""
    known = {(note.onset, note.length) for note in notes}
    return max(sum((note.onset + n * bar, note.length) in known for note in notes) for n in (1, 2))
