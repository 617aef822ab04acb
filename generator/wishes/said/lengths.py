"""How long a piece shall be: "16 bars", "12-16 Takte", 十六小节, "a minute and a half", 1:30, 半分钟.

Not covered: "short" and "long", phrases of a list; how many bars a minute has (`joining.py`).
"""

from __future__ import annotations

import re
from typing import Any

from generator.wishes.numbers import read_number
from generator.wishes.said.taking import Taking, is_article
from generator.wishes.values import find_bars

# "a minute" without a number, and a number that is one word with it: "zweiminütig".
_LONE_MINUTE = re.compile(
    r"(?<![a-z])(?:(?:ne|so eine|so ne|knappe|gute|volle|ganze|runde|just under a|under a|over a)\s+minute"
    r"|einminutig(?:e|er|es|en)?)(?![a-z])"
)
_MINUTES_WORD = re.compile(
    r"(?<![a-z])(?P<number>zwei|drei|vier|funf|sechs|acht|zehn|zwolf|sechzehn|zwanzig|dreissig|vierzig|vierundzwanzig|zweiunddreissig|anderthalb|eineinhalb|zweieinhalb|halb)(?P<unit>minutig|sekundig|taktig)(?:e|er|es|en)?(?![a-z])"
)
_CLOCK = re.compile(
    r"(?<![\d:])(?P<minutes>\d{1,2})(?::|')(?P<seconds>[0-5]\d)\"?(?:\s*min(?:utes?|uten)?\.?(?![a-z]))?"
    r"(?!\s*(?:pm|am|uhr|点|o))(?![\d:])"
)
_TAKT = re.compile(r"(?<![\w/.])(?P<number>\d{1,3})\s?T(?:\.|(?=[\s,;]|$))")


def take_bars(taking: Taking) -> None:
    """Lengths that are counted in bars."""
    number, unit = taking.vocabulary.number_pattern, taking.vocabulary.unit_pattern("bars")
    ranged = re.compile(
        rf"(?P<low>{number})\s*(?:-|to|bis|or|oder|到|至|或|(?<=between)and|(?<=zwischen)und)\s*(?P<high>{number})[\s-]*(?:{unit})(?![a-z])"
    )
    counted = re.compile(
        rf"(?<!第)(?P<number>{number})(?:[来多余几]|[\s-]?(?:ish|odd|plus)(?![a-z])|\+| or so)?"
        rf"[\s-]*(?:{unit})(?![a-z])"
    )
    named = re.compile(
        rf"(?<![a-z])(?!(?:bar|measure|takt|小节)\s*\d)(?:{unit}|length|lange)\s*[:=]?\s*(?P<number>\d{{1,9}})(?![\d/])(?!\s*(?:bpm|minut|sec|分|秒))"
    )
    for found in taking.each(ranged):
        low, high = (read_number(found[name], taking.vocabulary) for name in ("low", "high"))
        if low is not None and high is not None and low != high:
            taking.take("bars", (low + high) / 2, found.start(), found.end())
    for found in taking.each(_TAKT, cased=True):
        taking.take("bars", int(found["number"]), found.start(), found.end())
    for found in taking.each(_MINUTES_WORD):
        count = read_number(found["number"], taking.vocabulary)
        if count and count >= 2 and found["unit"] == "taktig":
            taking.take("bars", count, found.start(), found.end())
    for pattern in (counted, named):
        for found in taking.each(pattern):
            value = read_number(found["number"], taking.vocabulary)
            if value is not None and (value >= 1 or value == 0) and not is_article(found["number"]):
                taking.take("bars", value, found.start(), found.end())


def take_durations(taking: Taking) -> None:
    """Lengths in time."""
    number = taking.vocabulary.number_pattern
    minutes, seconds = (taking.vocabulary.unit_pattern(unit) for unit in ("minutes", "seconds"))
    both = re.compile(
        rf"(?P<minutes>{number})(?:-?ish)?\s*-?\s*(?:{minutes})(?:\.(?=\s?\d))?(?![a-z音之])"
        r"(?:\s*(?:and|und)?\s*(?P<half>a half|einhalb|半钟?)"
        rf"|\s*(?:and|und)?\s*(?P<seconds>{number})\s*-?\s*(?:{seconds})?(?![a-z]))?"
        r"(?!\s+(?:waltz|book))"
    )
    for found in taking.each(_CLOCK):
        _take_seconds(taking, 60.0 * int(found["minutes"]) + int(found["seconds"]), found)
    for found in taking.each(both):
        whole, rest = read_number(found["minutes"], taking.vocabulary), found["seconds"]
        more = read_number(rest, taking.vocabulary) if rest else (30.0 if found["half"] else 0.0)
        if whole is not None:
            _take_seconds(taking, 60 * whole + (more or 0.0), found)
    for found in taking.each(_MINUTES_WORD):
        count = 0.5 if found["number"] == "halb" else read_number(found["number"], taking.vocabulary)
        if count and found["unit"] == "minutig":
            _take_seconds(taking, 60 * count, found)
        elif count and count > 1 and found["unit"] == "sekundig":
            _take_seconds(taking, count, found)
    for found in taking.each(_LONE_MINUTE):
        _take_seconds(taking, 60.0, found)
    # "the 1910s" are no length.
    for found in taking.each(
        re.compile(rf"(?<!\d)(?!1[5-9]\d0s)(?P<number>{number})\s*-?\s*(?:{seconds}|s(?=\W|$))(?![a-z])")
    ):
        value = read_number(found["number"], taking.vocabulary)
        if value is not None and not is_article(found["number"]) and (value > 1 or value == 0):
            _take_seconds(taking, value, found)


def _take_seconds(taking: Taking, seconds: float, found: re.Match[str]) -> None:
    taking.take("seconds", seconds, found.start(), found.end())


def read_bars(words: str) -> tuple[str, Any] | None:
    """Its kind and the number of bars; None for none."""
    bars = find_bars(words)
    return None if bars is None else ("bars", bars)
