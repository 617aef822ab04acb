"""Time zones by the names that people write: "Europe/Berlin", "europe/berlin", "Berlin", "utc".

Not covered: abbreviations such as CEST, which mean several things.
"""

from __future__ import annotations

from functools import cache
from zoneinfo import ZoneInfo, available_timezones

MOST_CHARS = 40


def find_zone(words: str) -> str | None:
    """The name of the zone that is meant; None if there is none, or more than one."""
    wanted = words.strip().casefold().replace(" ", "_")
    return _names().get(wanted) if 0 < len(wanted) <= MOST_CHARS else None


@cache
def zone(name: str) -> ZoneInfo:
    """The zone of a name that `find_zone` gave; UTC for one that this machine does not know any more."""
    return ZoneInfo(name if name in _names().values() else "UTC")


def known_zones() -> tuple[str, ...]:
    """The names of all places, for whoever looks for one."""
    return tuple(sorted(name for name in set(_names().values()) if "/" in name and not name.startswith("Etc/")))


@cache
def _names() -> dict[str, str]:
    """By the whole name in small letters, and by the city where that is no whole name and only one zone has it."""
    names = sorted(available_timezones() | {"UTC"})
    whole = {name.casefold(): name for name in names}
    cities: dict[str, list[str]] = {}
    for name in names:
        if "/" in name and not name.startswith(("posix/", "right/", "Etc/", "SystemV/")):
            cities.setdefault(name.rpartition("/")[2].casefold(), []).append(name)
    alone = {city: found[0] for city, found in cities.items() if len(found) == 1}
    return alone | whole
