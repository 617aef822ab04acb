"""When something comes again: every day, or on one day of the week, at an hour of a time zone.

Promises: once a day or week by the clock on the wall there. An hour that a change of that clock leaves out is kept as
soon as the clock has gone on; one that comes twice is kept the first time.
Not covered: whether anything happens then (`appointments.py`, `bot.jobs.scheduler`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Self

from config.zones import find_zone, zone

DAYS_LOOKED = 16  # two weeks and a bit: a week, whatever the clocks do
_HOUR = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Rhythm:
    """weekday: 0 for Monday; None for every day. zone: as `config.zones` names it. Raises ValueError."""

    hour: int
    minute: int = 0
    weekday: int | None = None
    zone: str = "UTC"

    def __post_init__(self) -> None:
        is_time = 0 <= self.hour <= 23 and 0 <= self.minute <= 59
        if not is_time or self.weekday not in (None, *range(7)) or find_zone(self.zone) != self.zone:
            raise ValueError(f"no rhythm: {self}")

    def next_after(self, moment: float) -> float:
        """The first time after this one. Seconds since 1970, as is `moment`."""
        here = zone(self.zone)
        first = datetime.fromtimestamp(moment, here).date() - timedelta(days=1)
        for days in range(DAYS_LOOKED):
            day = first + timedelta(days=days)
            if self.weekday in (None, day.weekday()) and (found := self._on(day)) > moment:
                return found
        raise AssertionError("every week has this day")

    def _on(self, day: date) -> float:
        return datetime.combine(day, time(self.hour, self.minute), zone(self.zone)).astimezone(UTC).timestamp()

    @property
    def clock(self) -> str:
        """For example "08:05"."""
        return f"{self.hour:02}:{self.minute:02}"

    def to_json(self) -> dict[str, Any]:
        """By name."""
        return {"at": self.clock, "weekday": self.weekday, "zone": self.zone}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """What `to_json` wrote. Raises KeyError, TypeError, ValueError."""
        hour, minute = parse_clock(str(values["at"]))
        return cls(hour=hour, minute=minute, weekday=values.get("weekday"), zone=str(values["zone"]))


def parse_clock(words: str) -> tuple[int, int]:
    """Hour and minute of "08:00", "8:00" or "8.00". Raises ValueError."""
    found = _HOUR.fullmatch(words.strip().replace(".", ":").replace("：", ":"))
    if found is None:
        raise ValueError(f"no time of the day: {words!r}")
    return int(found[1]), int(found[2])
