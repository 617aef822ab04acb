"""The bars of a day: some that a human wrote beside some of ours in the same style, and four composers to choose from.

Promises: a day has the same bars everywhere, and nobody who does not know the secret can tell which; in each cycle
every pair comes once. The pairs stand in `config/bars.json`, which `notabot train ship bars` makes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import TypeVar

from config.files import load_json
from config.zones import zone

CHOICES = 4  # of composers
FOR_HUMAN, FOR_COMPOSER = 3, 2  # points
FULL = FOR_HUMAN + FOR_COMPOSER
HOUR_S, ZONES = 3600.0, (-12, 14)  # hours from UTC
HIT, MISS = "🟩", "🟥"

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Pair:
    """style: period, composer, instrumentation. people, ours: ABC in the same plain form. title, source, licence: of
    what people wrote.
    """

    style: tuple[str, str, str]
    title: str
    source: str
    licence: str
    people: str
    ours: str


@dataclass(frozen=True, kw_only=True)
class Puzzle:
    """day: its ordinal. human: which one a human wrote, 1 or 2. composers: the right one among others."""

    day: int
    pair: Pair
    human: int
    composers: tuple[str, ...]

    @property
    def name(self) -> str:
        """Of its piece, and what its buttons are about."""
        return f"bars{self.day}"

    @property
    def abcs(self) -> tuple[str, str]:
        """In the order in which they are shown."""
        people, ours = self.pair.people, self.pair.ours
        return (people, ours) if self.human == 1 else (ours, people)

    @property
    def composer(self) -> str:
        return self.pair.style[1]


@cache
def load_pairs() -> tuple[Pair, ...]:
    """All there are, in the order of the file."""
    return tuple(
        Pair(
            style=(row["style"][0], row["style"][1], row["style"][2]),
            title=row["title"],
            source=row["source"],
            licence=row["licence"],
            people=row["people"],
            ours=row["ours"],
        )
        for row in load_json("bars.json")["rounds"]
    )


def today(zone_name: str, *, now: float) -> int:
    """The day's ordinal by the clock of a zone."""
    return datetime.fromtimestamp(now, zone(zone_name)).date().toordinal()


def is_on(day: int, *, now: float) -> bool:
    """Whether anywhere in the world it is that day."""
    first, last = (datetime.fromtimestamp(now + hours * HOUR_S, UTC).date().toordinal() for hours in ZONES)
    return first <= day <= last


def day_of(name: str) -> int | None:
    """Of a puzzle's name; None for what is none."""
    digits = name.removeprefix("bars")
    return int(digits) if name.startswith("bars") and digits.isdecimal() and len(digits) < 8 else None


def date_of(day: int) -> str:
    """For example "2026-11-30"."""
    return date.fromordinal(day).isoformat()


def puzzle_of(day: int, secret: str, pairs: Sequence[Pair] | None = None) -> Puzzle:
    """The same for the same day and secret."""
    known = load_pairs() if pairs is None else pairs
    cycle, place = divmod(day, len(known))
    pair = _shuffled(known, f"{secret} pairs {cycle}")[place]
    others = _shuffled(sorted(_others(pair, known)), f"{secret} others {day}")[: CHOICES - 1]
    composers = _shuffled([pair.style[1], *others], f"{secret} composers {day}")
    human = 1 + _number(f"{secret} human {day}") % 2
    return Puzzle(day=day, pair=pair, human=human, composers=tuple(composers))


def points(*, human: bool, composer: bool | None) -> int:
    """What the guesses are worth together."""
    return FOR_HUMAN * human + FOR_COMPOSER * bool(composer)


def result_line(day: int, *, human: bool, composer: bool, streak: int) -> str:
    """For others, who may not have guessed yet: "🎼 2026-11-30 3/5 🟩🟥 🔥4"."""
    boxes = "".join(HIT if hit else MISS for hit in (human, composer))
    flame = f" 🔥{streak}" if streak > 1 else ""
    return f"🎼 {date_of(day)} {points(human=human, composer=composer)}/{FULL} {boxes}{flame}"


def streak_of(days: Sequence[int], *, today: int) -> int:
    """How many days in a row, up to today or yesterday. days: those that were right, the newest first."""
    if not days or days[0] < today - 1:
        return 0
    return next((count for count, day in enumerate(days) if day != days[0] - count), len(days))


def _others(pair: Pair, known: Sequence[Pair]) -> set[str]:
    """Composers who wrote for the same; where these are too few, any."""
    same = {one.style[1] for one in known if one.style[2] == pair.style[2]} - {pair.style[1]}
    return same if len(same) >= CHOICES - 1 else {one.style[1] for one in known} - {pair.style[1]}


def _shuffled(values: Sequence[T], seed: str) -> list[T]:
    return [value for _, value in sorted(enumerate(values), key=lambda item: _number(f"{seed} {item[0]}"))]


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
