"""How the figures of a report card and the names of keys are put into words.

A card is what `ReportCard.to_json` gives, as it stands in the record of a piece. Promises: what an old record lacks is
left out. Not covered: whether the music is any good.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.texts import Language, clean, has_text, say, signs
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
        time_words(card.get("seconds") or 0, language),
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


def time_words(seconds: float, language: Language) -> str:
    """For example "1 min 5 s"."""
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


# --- for musicians ---------------------------------------------------------------------------------------------------

USUAL_SHARE = 0.8  # of the figures; pieces by people have nine in ten among the middle 90 %, by its meaning
UNUSUAL_TOLD = 3
COUNTS_TOLD = (
    *("bars_said_again", "bars_rejected", "bars_repaired", "endings_rejected"),
    *("pieces", "copies_rejected", "unplayable_rejected"),
)


def bad_lines(
    card: Mapping[str, Any],
    language: Language,
    *,
    key: str | None,
    style: Style,
    told: str | None = None,
    called: Callable[[str, Language], str] = lambda name, _: name,
) -> list[str]:
    """What is wrong with the piece, each in a sentence; nothing of what is as it should be.

    key: the one that is written. told: the voice whose reach is told otherwise. called: what a language calls an
    instrument.
    """
    bars, asked, aligned = card.get("bars", 0), card.get("bars_asked"), card.get("bars_aligned", 0)
    metre, wanted = card.get("metre", "none"), card.get("metre_asked")
    lines = [
        say("bad.bars", language, n=bars, asked=asked) if asked not in (None, bars) else "",
        say("bad.uneven", language, n=bars - aligned) if aligned < bars else "",
        _bad_key(card, key, language),
        say("bad.metre", language, metre=_metre_name(metre, language), asked=wanted)
        if wanted and read_metre_field(wanted) != read_metre_field(metre)
        else "",
        *(
            say(
                "bad.reach",
                language,
                n=voice["notes_outside"],
                who=called(str(voice.get("instrument") or voice.get("voice")), language),
            )
            for voice in card.get("ranges") or ()
            if voice.get("notes_outside") and voice.get("voice") != told
        ),
        unusual_line(card, style, language),
    ]
    return [line for line in lines if line]


def _bad_key(card: Mapping[str, Any], key: str | None, language: Language) -> str:
    """Where the ear finds another key than was asked for; where nobody asked, another than the score's or its kin."""
    asked, found, relation = card.get("key_asked"), card.get("key_found"), card.get("key_relation")
    if asked is None:
        written, heard = _key(key), _key(found)
        if written is None or heard is None or abs(written.fifths - heard.fifths) in (0, 1, 11, 12):
            return ""
        return say("bad.key", language, found=key_words(heard, language), written=key_words(written, language))
    if not found:
        return say("bad.no_key", language, asked=key_words(asked, language))
    if relation in (None, Relation.SAME):
        return ""
    return say(
        f"bad.key_{Relation(relation)}", language, found=key_words(found, language), asked=key_words(asked, language)
    )


def _key(text: str | None) -> Key | None:
    try:
        return read_key(text) if text and text != "none" else None
    except GeneratorError:
        return None


def _metre_name(metre: str, language: Language) -> str:
    return say("report.no_metre", language) if metre == "none" else metre


def unusual_line(card: Mapping[str, Any], style: Style, language: Language) -> str:
    """In what it is unlike pieces by people, where that is much."""
    human = card.get("human")
    if not human or not human.get("figures") or human["inside"] / len(human["figures"]) >= USUAL_SHARE:
        return ""
    outside = [each for each in human["figures"] if not each["inside"] and has_text(f"feature.{each['name']}")]
    names = [say(f"feature.{each['name']}", language) for each in sorted(outside, key=_distance)[-UNUSUAL_TOLD:]]
    of = say(f"details.of_{human['near']}", language, style=style)
    return say("bad.unusual", language, of=of, figures=names[::-1]) if names else ""


def _distance(figure: Mapping[str, Any]) -> float:
    """How far outside, in widths of what is usual."""
    width = max(figure["high"] - figure["low"], 1e-3)
    return max(figure["low"] - figure["value"], figure["value"] - figure["high"]) / width  # type: ignore[no-any-return]


def count_lines(card: Mapping[str, Any], language: Language) -> list[str]:
    """How much work the piece was, in words a musician knows."""
    counts = card.get("counts") or {}
    usual = {"pieces": 1}
    told = [
        say(f"counted.{name}", language, n=counts[name])
        for name in COUNTS_TOLD
        if counts.get(name, 0) > usual.get(name, 0)
    ]
    return [say("details.counts", language, pairs=told)] if told else []


def timing_line(timings: Mapping[str, Any], language: Language) -> str:
    """For example "Composed in 1.5 s, drawn and played in 1.4 s"."""
    told = [
        say(f"timed.{name}", language, seconds=signs(f"{float(seconds):.1f}", language))
        for name, seconds in timings.items()
        if has_text(f"timed.{name}") and isinstance(seconds, (int, float))
    ]
    return say("details.timings", language, pairs=told) if told else ""


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
