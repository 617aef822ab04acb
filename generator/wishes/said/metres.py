"""Metres as they are written: 3/4, "6/8 time", 四分之三拍, 八六拍, "Dreivierteltakt".

Not covered: metres with a name ("cut time", "waltz time"), which are phrases of a list.
"""

from __future__ import annotations

import re
from typing import Any

from generator.errors import BadRequest
from generator.notation.limits import parse_metre
from generator.wishes.numbers import read_number
from generator.wishes.said.taking import Taking
from generator.wishes.values import find_metre

_METRE = re.compile(
    r"(?:\bin\s+|\bim\s+)?(?<![\d/])(?<!\d[.,])(?!1\s*/\s*2\s*(?:min|stunde))(?<!\d\s)(?P<beats>\d{1,2})\s*/\s*(?P<unit>1|2|4|8|16|32)(?![\d/])(?:-?tel(?![a-z]))?(?:[\s-]*(?:time|takt|takte|metre|meter)\b|\s*拍子?)?"
)
_HAN_METRE = re.compile(r"(?P<unit>[二四八]|[248]|十六)\s*分之\s*(?P<beats>[一二三四五六七八九十]+|\d{1,2})\s*拍?")
_GERMAN_METRE = re.compile(
    r"(?:\b(?:im|in)\s+)?(?<![a-z])(?P<beats>zwei|drei|vier|funf|sechs|sieben|acht|neun|zwolf|[2-9]|12)[\s-]*"
    r"(?P<unit>halbe?n?|viert(?:el|l)|acht(?:el|l)|sechzehntel)(?:[\s-]?(?:takt(?:es)?|rhythmus))?(?![a-z]|\s*=|\s*gleich|\s+minute|\s+stunde)"
)
_GERMAN_UNITS = {"ha": 2, "vi": 4, "ac": 8, "se": 16}
_HAN_PAIR = re.compile(r"(?<![一二三四五六七八九十两])(?P<unit>[二四八])(?P<beats>[二三四五六七九]|十二)拍(?!子)")

_NO_METRE = re.compile(  # "in 17/3", "3/5 time"
    r"\b(?:in|im)\s+\d{1,3}\s*/\s*\d{1,3}(?![\d/])(?!\s*(?:min|stunde|hour|sec|sek))(?:[\s-]*(?:time|takt|metre|meter)\b)?"
    r"|(?<![\d/])\d{1,3}\s*/\s*\d{1,3}[\s-]*(?:(?:time|takt|metre|meter)\b|拍)"
)
_HAN_EIGHTHS = re.compile(r"(?<![一二三四五六七八九十两])(?P<beats>十二|[三六九])(?P<unit>八)拍")
_BEATS = re.compile(r"(?<![\d/分])(?P<beats>\d{1,2})\s*拍子?(?=的|子|[,.;\s]|$)")
MOST_BEATS = 12  # more of them are a tempo


def take_metres(taking: Taking) -> None:
    """All of them; what is written as one and is none is left unread."""
    for found in taking.each(_BEATS):
        if int(found["beats"]) <= MOST_BEATS and (metre := find_metre(found["beats"])) is not None:
            taking.take("metre", metre, found.start(), found.end())
    for found in taking.each(_METRE):
        _take_metre(taking, f"{found['beats']}/{found['unit']}", found)
    for pattern in (_HAN_METRE, _GERMAN_METRE, _HAN_EIGHTHS, _HAN_PAIR):
        for found in taking.each(pattern):
            unit = found["unit"]
            beats = read_number(found["beats"], taking.vocabulary)
            in_all = _GERMAN_UNITS.get(unit[:2]) or read_number(unit, taking.vocabulary)
            if beats and in_all:
                _take_metre(taking, f"{round(beats)}/{round(in_all)}", found)
    for found in taking.each(_NO_METRE):
        taking.leave_unread(found.start(), found.end())


def _take_metre(taking: Taking, metre: str, found: re.Match[str]) -> None:
    try:
        taking.take("metre", parse_metre(metre), found.start(), found.end())
    except BadRequest:
        return


def read_metre(words: str) -> tuple[str, Any] | None:
    """Its kind and the metre; None for none."""
    metre = find_metre(words)
    return None if metre is None else ("metre", metre)
