"""What the parts of a composed score are called: as the person who asked for it calls instruments and singers.

Promises: numbers stay ("Violin II" is "Violine II"), a staff of two singers names both, and what is no instrument of
`config/ensembles.toml` keeps its name. Whatever a language calls an instrument there, the readers of scores know it.
Not covered: the title, and names in tunes of others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from bot.texts import FALLBACK, Language
from generator.catalogue.ensembles import Player, load_ensembles
from generator.catalogue.ranges import find_range

MOST_WORDS = 2  # of a name that means an instrument and nothing else: "Corni in Es" says more
_NAMES = re.compile(r' (?P<field>s?nm)="(?P<name>[^"\n]*)"')
_NUMBERED = re.compile(r"(?P<base>\D*?)[ .]*(?P<number>(?:\b[IVX]+|\d+)\.?)?")
_SHORT = re.compile(r"[^aeiouyäöü]*[aeiouyäöü]+[^aeiouyäöü]{0,2}", re.IGNORECASE)


def name_parts(abc: str, language: Language) -> str:
    """The tune with the names of its voices in a language."""
    lines = abc.split("\n")
    return "\n".join(_named(line, language) if line.startswith("V:") else line for line in lines)


def instrument_called(name: str, language: Language) -> str:
    """What a language calls an instrument, by the name that ranges have for it; as it is where it has none."""
    player = _players().get(name)
    return name if player is None else player.called.names.get(language, player.name)


def _named(line: str, language: Language) -> str:
    full = next((found["name"] for found in _NAMES.finditer(line) if found["field"] == "nm"), None)
    names = _part_names(full, language) if full else None
    if names is None:
        return line
    by_field = dict(zip(("nm", "snm"), names, strict=True))
    return _NAMES.sub(lambda found: f' {found["field"]}="{by_field[found["field"]]}"', line)


def _part_names(name: str, language: Language) -> tuple[str, str] | None:
    """A part's name in full and for further systems; None if it means no instrument that we have a name for."""
    found = [_player_named(part.strip(), language) for part in name.split("/")]
    if not found or None in found:
        return None
    both = [pair for pair in found if pair is not None]
    return "/".join(full for full, _ in both), "/".join(short for _, short in both)


def _player_named(part: str, language: Language) -> tuple[str, str] | None:
    numbered = _NUMBERED.fullmatch(part)
    base, number = (numbered["base"], numbered["number"] or "") if numbered else (part, "")
    known = find_range(base) if len(base.split()) <= MOST_WORDS else None
    player = _players().get(known.instrument) if known else None
    if player is None:
        return None
    called = player.name if language == FALLBACK else player.called.names.get(language, player.name)
    short = player.short if called == player.name else _shorten(called)
    return f"{called} {number}".strip(), f"{short} {number}".strip()


def _shorten(name: str) -> str:
    """From "Klavier" to "Klav."; what is short already stays."""
    found = _SHORT.match(name)
    return name if found is None or len(name) - found.end() < MOST_WORDS else f"{found[0]}."


@cache
def _players() -> Mapping[str, Player]:
    """Our instruments by the name that ranges have for them."""
    players = load_ensembles().players.values()
    return {found.instrument: player for player in players if (found := find_range(player.name)) is not None}
