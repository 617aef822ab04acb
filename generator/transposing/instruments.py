"""Instruments that a part can be written for: what people call them, how their parts are written, what they can sound.

They stand in `config/instruments.toml`. A clef alone ("alto clef") is one of any range that sounds as written.
Not covered: what is comfortable to play; limits are of what is possible.
"""

import difflib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from config.files import load_toml
from generator.catalogue.ranges import midi_pitch
from generator.errors import BadRequest
from generator.transposing.interval import Interval, parse_interval

CLEFS = ("treble", "alto", "tenor", "bass")
NOT_NEEDED = ("in", "the", "a4", "for", "part", "clef")
_ARTICLE = re.compile(r"(?:an?|the) ")  # written small; "A clarinet" is one in A
_FLAT = re.compile(r"\b([a-g])[ -]?(?:flat|♭)\b|\b([a-g])♭")


@dataclass(frozen=True, kw_only=True)
class Instrument:
    """above: how much higher than it sounds its part is written. low, high: sounding, as MIDI numbers; None: any.

    id: of its name in the texts; name: as in the score, empty where the part keeps its own. single: one note at a time.
    """

    id: str
    name: str
    above: Interval
    clef: str
    low: int | None = None
    high: int | None = None
    single: bool = False
    offered: bool = False


def find_instrument(words: str) -> Instrument:
    """The instrument that a person means: "B-flat clarinet", "horn in F", "alto sax", "viola", "tenor clef".

    Raises BadRequest for an unknown one, with those that are spelled alike.
    """
    known, wanted = instruments_by_words(), _words(_ARTICLE.sub("", words.strip()))
    found = known.get(wanted) or _clef(words)
    if found is not None:
        return found
    spelled = {" ".join(sorted(each)): instrument for each, instrument in known.items()}
    near = difflib.get_close_matches(" ".join(sorted(wanted)), spelled, n=3, cutoff=0.6)
    meant = [spelled[each].name for each in near] or [each.name for each in all_instruments() if each.offered][:3]
    raise BadRequest(reason="instrument", value=words.strip()[:40], meant=tuple(dict.fromkeys(meant)))


def instrument_of(name: str) -> Instrument:
    """By its id, as tasks store it. Raises BadRequest for one that is no longer there."""
    clef = name.removesuffix("_clef")
    if clef in CLEFS and clef != name:
        return _reading(clef)
    for instrument in all_instruments():
        if instrument.id == name:
            return instrument
    raise BadRequest(reason="instrument_gone", value=name[:40])


@cache
def all_instruments() -> tuple[Instrument, ...]:
    """Those of the file, in its order."""
    return tuple(_instrument(entry) for entry in load_toml("instruments.toml")["instrument"])


@cache
def instruments_by_words() -> Mapping[frozenset[str], Instrument]:
    """Each by the words that name it."""
    entries = load_toml("instruments.toml")["instrument"]
    return {
        _words(words): instrument
        for entry, instrument in zip(entries, all_instruments(), strict=True)
        for words in (*entry["words"], entry["name"])
    }


def _instrument(entry: Mapping[str, Any]) -> Instrument:
    above = entry["above"]
    return Instrument(
        id=entry["id"],
        name=entry["name"],
        above=Interval(0, 0) if above == "P1" else parse_interval(above),
        clef=entry["clef"],
        low=midi_pitch(entry["low"]),
        high=midi_pitch(entry["high"]),
        single=entry.get("single", False),
        offered=entry.get("offered", False),
    )


def _clef(words: str) -> Instrument | None:
    clef, _, word = " ".join(words.lower().split()).partition(" ")
    if word != "clef":
        return None
    return _reading("alto" if clef == "viola" else clef) if clef in (*CLEFS, "viola") else None


def _reading(clef: str) -> Instrument:
    return Instrument(id=f"{clef}_clef", name="", above=Interval(0, 0), clef=clef)


def _words(text: str) -> frozenset[str]:
    """The words that count, small, without accents: "Clarinet in B♭" is {"clarinet", "bb"}."""
    small = unicodedata.normalize("NFC", text).casefold()
    small = _FLAT.sub(lambda found: (found[1] or found[2]) + "b", small)
    plain = "".join(char for char in unicodedata.normalize("NFKD", small) if not unicodedata.combining(char))
    words = re.findall(r"[^\W_]+", plain.replace("saxofon", "saxophon").replace("saxes", "sax"))
    return frozenset(word for word in words if word not in NOT_NEEDED)
