"""How the figures of a report card and the names of keys are put into words.

A card is what `ReportCard.to_json` gives, as it stands in the record of a piece. Promises: what an old record lacks is
left out. Not covered: whether the music is any good.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.texts import Language, clean, say
from bot.texts.values import key_name
from generator.catalogue.style import Style
from generator.critic.key import Relation
from generator.errors import GeneratorError
from generator.notation.keys import Key, read_key
from generator.notation.limits import read_metre_field

MAX_NAME_CHARS = 60  # of a known piece


def key_words(key: Key | str | None, language: Language) -> str:
    """Say "Amin" or "A minor" as the language does, "A minor" or a小调; nothing for no key."""
    if not key or key == "none":
        return ""
    try:
        return key_name(read_key(key) if isinstance(key, str) else key, language)
    except GeneratorError:
        return str(key)[:20]


def report_line(card: Mapping[str, Any], language: Language) -> str:
    """The report card in one line: "16 bars, all aligned · A minor as asked · 3/4 · 38 s · ranges fit"."""
    parts = (
        _bars_words(card, language),
        _heard_words(card, language),
        _metre_words(card, language),
        _time_words(card.get("seconds") or 0, language),
        _range_words(card, language),
        say("report.repeated", language, percent=f"{card.get('repeated_share', 0):.0%}".removesuffix("%")),
        _repair_words(card, language),
    )
    return " · ".join(filter(None, parts))


def _bars_words(card: Mapping[str, Any], language: Language) -> str:
    bars, asked, aligned = card.get("bars", 0), card.get("bars_asked"), card.get("bars_aligned", 0)
    words = say("count.bars", language, n=bars)
    if asked not in (None, bars):
        words = say("report.bars_of", language, bars=words, asked=asked)
    if aligned == bars:
        return say("report.all_aligned", language, bars=words)
    return say("report.some_aligned", language, bars=words, aligned=aligned, total=bars)


def _heard_words(card: Mapping[str, Any], language: Language) -> str:
    found, asked = key_words(card.get("key_found"), language), key_words(card.get("key_asked"), language)
    relation = card.get("key_relation")
    if not found:
        return say("report.no_key", language, asked=asked) if asked else ""
    if relation is None:
        return say("report.key", language, found=found)
    return say(f"report.key_{Relation(relation)}", language, found=found, asked=asked)


def _metre_words(card: Mapping[str, Any], language: Language) -> str:
    metre, asked = card.get("metre", "none"), card.get("metre_asked")
    words = say("report.no_metre", language) if metre == "none" else str(metre)
    is_as_asked = asked is None or read_metre_field(asked) == read_metre_field(metre)
    return words if is_as_asked else say("report.metre_asked", language, metre=words, asked=asked)


def _time_words(seconds: float, language: Language) -> str:
    minutes, rest = divmod(round(seconds), 60)
    if minutes:
        return say("report.minutes", language, minutes=minutes, seconds=rest)
    return say("report.seconds", language, seconds=rest)


def _range_words(card: Mapping[str, Any], language: Language) -> str:
    ranges = card.get("ranges") or ()
    outside = sum(voice.get("notes_outside", 0) for voice in ranges)
    if outside:
        return say("report.outside", language, n=outside)
    return say("report.ranges_fit", language) if any(voice.get("instrument") for voice in ranges) else ""


def _repair_words(card: Mapping[str, Any], language: Language) -> str:
    counts = card.get("counts") or {}
    found = (("repaired", counts.get("bars_repaired", 0)), ("again", counts.get("unplayable_rejected", 0)))
    return " · ".join(say(f"report.{what}", language, n=number) for what, number in found if number)


def human_line(card: Mapping[str, Any], style: Style, language: Language) -> str:
    """How many figures are usual for human pieces; nothing where the piece was held against none."""
    human = card.get("human")
    if not human or not human.get("figures"):
        return ""
    return say(
        "details.human",
        language,
        inside=human["inside"],
        total=len(human["figures"]),
        of=say(f"details.of_{human['near']}", language, style=style),
        pieces=say("count.pieces", language, n=human["pieces"]),
    )


def shared_line(card: Mapping[str, Any], language: Language) -> str:
    """The longest run of notes that a known piece has too; nothing for pieces made before that was looked for."""
    shared = card.get("originality")
    if not shared:
        return ""
    if not shared["piece"]:
        return say("details.shares_nothing", language)
    return say(
        "details.shared",
        language,
        notes=shared["notes"],
        piece=clean(shared["piece"], limit=MAX_NAME_CHARS),
        limit=shared["limit"],
    )
