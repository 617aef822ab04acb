"""The time zone of a chat: of its server or group, in a private talk of the person, else the bot's usual one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.commands.access import server_key
from bot.commands.command import Context, Suggestion
from bot.commands.errors import NoSuchZone
from bot.texts import clean
from config.settings import Settings
from config.zones import find_zone, known_zones, zone

USUAL = "usual"


def zone_here(context: Context) -> str:
    """Its name, as `config.zones` gives it."""
    chosen = context.likes.zone if server_key(context.address) is None else context.rules.zone
    return chosen or context.services.settings.time_zone


def zone_meant(words: str) -> str | None:
    """The zone that is named; None for "usual". Raises NoSuchZone."""
    if words.strip().casefold() == USUAL:
        return None
    found = find_zone(words)
    if found is None:
        raise NoSuchZone(value=clean(words, limit=40))
    return found


def zone_words(chosen: str | None, settings: Settings) -> str:
    """With what the clock says there: "Europe/Berlin (08:05)"."""
    name = chosen or settings.time_zone
    return f"{name} ({datetime.now(zone(name)):%H:%M})"


async def suggest_zone(_context: Context, typed: str) -> Sequence[Suggestion]:
    """Those with the typed letters, first where they begin a city."""
    wanted = typed.strip().casefold().replace(" ", "_")
    found = [name for name in known_zones() if wanted in name.casefold()]
    found.sort(key=lambda name: (not name.rpartition("/")[2].casefold().startswith(wanted), name))
    return [Suggestion(name, name) for name in found[:25]]
