"""A challenge in somebody's own words: "a waltz in A minor, 16 bars, until friday 18:00, ranking".

Promises: what is understood is taken, once each; what is said stays as the theme, without the phrases about times and
votes; what is meant as a time or a length and cannot be one is named. Not covered: what the words mean for music where
they name nobody and nothing (a mood is a theme, no demand).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

from bot.challenges.demands import MOST_BARS, NotAMotif, steps_of_motif
from bot.challenges.moments import clock_pattern, looks_timely, moment_pattern, span_pattern, words
from generator.catalogue.catalogue import Catalogue
from generator.wishes.reading import read_wishes
from generator.wishes.wishes import Part, Wishes

_NOTES = r"(?P<notes>[\^_=A-Ha-h#♯♭b,' –-]*[A-Ha-h][#♯♭b,']*)(?![A-Za-z])"
_WORD = r"[^\s,;，；。！!?？]+"
_NOTE = r"[A-G][#b]?\d"
SAID = ("said", "genre")


@dataclass(frozen=True, kw_only=True)
class Said:
    """values: as the options of the command have them, by name; demands: of `Demands`; theme: what is left.

    untimely: what is meant as a time and is none; lengths: of bars that no piece can have. As they were said.
    """

    theme: str
    values: dict[str, Any] = field(default_factory=dict)
    demands: dict[str, Any] = field(default_factory=dict)
    untimely: str = ""
    lengths: tuple[str, ...] = ()


def read_challenge(said: str, catalogue: Catalogue) -> Said:
    """All that the words say."""
    left = f" {' '.join(said.split())} "
    values: dict[str, Any] = {}
    demands: dict[str, Any] = {}
    untimely = ""
    for name, patterns in _patterns():
        found = next(filter(None, (pattern.search(left) for pattern in patterns)), None)
        if found is not None and _take(name, found, values, demands):
            untimely = untimely or _another_time(left, found)
            left = f"{left[: found.start()]} {left[found.end() :]}"
    theme = _tidy(left)
    wishes = read_wishes(theme, catalogue, is_request=True) if theme else None
    lengths = [part for part in wishes.parts if part.kind == "bars" and part.how == "limit"] if wishes else []
    demands = (_of_music(wishes) if wishes else {}) | demands
    return Said(
        theme=theme,
        values=values,
        demands=demands | _long(lengths),
        untimely=untimely or _untimely(theme),
        lengths=tuple(part.words for part in lengths if not _long([part])),
    )


def _take(name: str, found: re.Match[str], values: dict[str, Any], demands: dict[str, Any]) -> bool:
    """Whether it is what it looked like."""
    groups = {group: value for group, value in found.groupdict().items() if value is not None}
    if name in ("until_voted", "until", "from"):
        values[{"until_voted": "vote_until"}.get(name, name)] = groups["when"].strip()
    elif name == "every":
        word = (groups.get("every") or groups.get("weekly") or "").lower()
        values["every"] = _listed("every", word) or _listed("weekly", word) or "week"
        if day := _listed("days", word):
            values["from"] = _on_day(words()["days"][day][0], values.get("from", ""), groups.get("clock", ""))
        elif clock := groups.get("clock"):
            values.setdefault("from", clock)
    elif name == "each":
        values["entries"] = _number(groups["n"])
    elif name == "motif":
        return _take_motif(groups["notes"], demands)
    elif name == "range":
        demands |= {"lowest": _note(groups["from"]), "highest": _note(groups["to"])}
    elif name == "bars":
        demands |= {"least_bars": int(groups["least"]), "most_bars": int(groups["most"])}
    elif name in ("most", "least"):
        return _take_bound(name, _number(groups["n"]), demands)
    else:
        values["voting"] = name
    return True


def _take_bound(name: str, bars: int, demands: dict[str, Any]) -> bool:
    if bars < 1:
        return False  # it is read again as a length, and refused
    demands[f"{name}_bars"] = bars
    demands.setdefault("least_bars" if name == "most" else "most_bars", 0)
    return True


def _take_motif(notes: str, demands: dict[str, Any]) -> bool:
    try:
        steps_of_motif(notes)
    except NotAMotif:
        return False
    demands["motif"] = notes.strip(" ,-–")
    return True


def _of_music(wishes: Wishes) -> dict[str, Any]:
    """What can be demanded of what a person would ask for in a piece."""
    said = {part.kind for part in wishes.parts if part.how in SAID}
    found: dict[str, Any] = {}
    if wishes.style is not None and "composer" in said:
        found["composer"] = wishes.style.composer
    if wishes.style is not None and {"instruments", "instrumentation"} & said and not wishes.players:
        found["instrumentation"] = wishes.style.instrumentation
    if wishes.players:
        found["players"] = wishes.players
    if wishes.key is not None and "key" in said:
        found["key"] = wishes.key.abc
    if wishes.metre is not None and "metre" in said:
        found["metre"] = str(wishes.metre)
    if wishes.bars is not None and "bars" in said:
        found |= {"least_bars": wishes.bars, "most_bars": wishes.bars}
    return found


def _long(parts: Sequence[Part]) -> dict[str, int]:
    """Bars that are too many for a wish and not for a piece that somebody brings."""
    numbers = [int(found[0]) for part in parts if (found := re.search(r"-?\d+", part.words.replace("−", "-")))]
    return next(({"least_bars": bars, "most_bars": bars} for bars in numbers if 0 < bars <= MOST_BARS), {})


def _another_time(said: str, found: re.Match[str]) -> str:
    """What is said of a moment that makes another one of it: 3 days "before christmas", friday "evening"; with it."""
    if "when" not in found.re.groupindex:
        return ""
    start, end = found.span("when")
    behind, before = _around()
    if (then := behind.match(said, end)) and (then["part"] or looks_timely(then["other"], by_name=True)):
        return said[start : then.end()].strip()
    earlier = before.search(said[:start])
    return said[earlier.start() : end].strip() if earlier else ""


@cache
def _around() -> tuple[re.Pattern[str], re.Pattern[str]]:
    timely = words()["timely"]
    relates, parts, feasts, beforehand = (
        "|".join(map(re.escape, timely[name])) for name in ("relates", "parts", "words", "beforehand")
    )
    other = rf"(?:(?:the|dem|den)\s+)?(?!(?:an?|eine[mnr]?)\s)(?P<other>{_WORD}(?: {_WORD})?)"  # "a march" is no month
    return (
        re.compile(rf"\s*(?P<part>{parts})(?![A-Za-zÀ-ÿ])|\s+(?:{relates})\s+{other}", re.IGNORECASE),
        re.compile(rf"(?:{feasts})[节節]?(?:{beforehand})\s*$"),
    )


def _untimely(theme: str) -> str:
    """What is left in the theme and can only be a time."""
    for begins, is_one in _times():
        if (found := begins.search(theme)) and is_one(found["when"]):
            return found["when"].strip()
    return ""


@cache
def _times() -> tuple[tuple[re.Pattern[str], Callable[[str], object]], ...]:
    listed = words()
    units = "|".join(re.escape(word) for spoken in listed["units"].values() for word in spoken)
    below = re.compile(rf"[-−]\s*\d+ ?(?:{units})(?![a-z])", re.IGNORECASE)

    def phrase(name: str) -> re.Pattern[str]:
        begun = "|".join(listed["timely"][name])
        return re.compile(
            rf"(?<![A-Za-zÀ-ÿ\d])(?:{begun})(?![A-Za-zÀ-ÿ])\s*(?P<when>{_WORD}(?: {_WORD}){{0,2}})",
            re.IGNORECASE,
        )

    return (
        (phrase("ends"), partial(looks_timely, by_name=True)),
        (phrase("starts"), partial(looks_timely, by_name=False)),
        (phrase("lasts"), below.match),
    )


def _on_day(day: str, opens: str, clock: str) -> str:
    """From when, on a day of the week: what was said before stays, unless it is a time of that day."""
    if opens and not re.fullmatch(clock_pattern(), opens, re.IGNORECASE):
        return opens
    return f"{day} {opens or clock}".strip()


def _note(text: str) -> str:
    return text[0].upper() + text[1:]


def _number(word: str) -> int:
    return int(word) if word.isdecimal() else int(_listed("numbers", word.lower()) or 1)


def _listed(table: str, word: str) -> str:
    return next((str(value) for value, listed in words()[table].items() if word in listed), "")


def _tidy(left: str) -> str:
    """What is left, without the commas and "and"s that joined what was taken."""
    text = re.sub(r"\s*([,;，；、])(?:\s*[,;，；、])+", r"\1", " ".join(left.split()))
    text = re.sub(r"(?:^|\s)(?:and|und)\s*(?=[,;，；]|$)", "", text)
    return re.sub(r"^(?:of|for|von|für|的)\s+", "", text.strip(" ,;:，；：、。"), flags=re.IGNORECASE)


@cache
def _patterns() -> tuple[tuple[str, tuple[re.Pattern[str], ...]], ...]:
    """In the order in which they are looked for: what is more special first."""
    listed = words()
    parts = {
        "{when}": f"(?P<when>{moment_pattern()})",
        "{span}": f"(?P<when>{span_pattern()})",
        "{n}": rf"(?P<n>\d{{1,3}}|{_either('numbers')})",
        "{every}": rf"(?P<every>{_either('every', 'days')})(?:,? ?(?:at |um )?(?P<clock>{clock_pattern()}))?",
        "{weekly}": f"(?P<weekly>{_either('weekly')})",
        "{notes}": _NOTES,
        "{from}": f"(?P<from>{_NOTE})",
        "{to}": f"(?P<to>{_NOTE})",
    }
    phrased = ("motif", "range", "until_voted", "from", "until", "every", "each", "bars", "most", "least")
    phrases = {name: [_filled(phrase, parts) for phrase in listed["phrases"][name]] for name in phrased}
    phrases |= {name: list(map(re.escape, spoken)) for name, spoken in listed["voting"].items()}
    return tuple((name, tuple(map(_compiled, patterns))) for name, patterns in phrases.items())


def _filled(phrase: str, parts: dict[str, str]) -> str:
    for mark, pattern in parts.items():
        phrase = phrase.replace(mark, pattern)
    return phrase


def _compiled(phrase: str) -> re.Pattern[str]:
    """Not within another word."""
    return re.compile(rf"(?<![A-Za-zÀ-ÿ\d])(?:{phrase})(?![A-Za-zÀ-ÿ\d])", re.IGNORECASE)


def _either(*tables: str) -> str:
    spoken = (word for table in tables for listed in words()[table].values() for word in listed)
    return "|".join(sorted(map(re.escape, spoken), key=len, reverse=True))
