"""Tempos as numbers: "90 bpm", "♩=90", "dotted quarter = 60", 每分钟120拍, "tempo 96".

Promises: quarter notes a minute, within the limits. Not covered: words such as "allegro", phrases of a list.
"""

from __future__ import annotations

import re
from typing import Any

from generator.wishes.numbers import read_number
from generator.wishes.said.taking import Taking
from generator.wishes.values import find_tempo
from generator.wishes.vocabulary import alternatives

# A number that stands by itself: "march, B flat, 132".
LONE = r"(?:(?<=,)|(?<=;))\s*(?P<number>[5-9]\d|1\d\d|20\d)\s*(?=$|[,;.!]\s*(?!\d))"
_NOTE_VALUES = {
    **dict.fromkeys(("quarter", "crotchet", "viertel", "四分音符", "♩"), 1.0),
    **dict.fromkeys(("half", "minim", "halbe", "二分音符"), 2.0),
    **dict.fromkeys(("eighth", "quaver", "achtel", "八分音符", "♪"), 0.5),
}


def take_tempos(taking: Taking) -> None:
    """All of them."""
    number, unit = taking.vocabulary.number_pattern, taking.vocabulary.unit_pattern("bpm")
    notes = alternatives(tuple(_NOTE_VALUES))
    patterns = (
        rf"(?:\b(?:at|@|mit|bei)\s+|速度)?\s*(?P<dotted>dotted[\s-]+|punktierte[srn]?\s+|附点)?(?P<note>{notes})(?:[\s-]*(?:notes?|note))?(?P<dot>\.)?\s*(?:=|gleich|equals|为|等于)\s*(?P<number>\d{{2,3}})",
        rf"每分钟\s*(?P<number>{number})\s*拍?",
        rf"(?:\b(?:at|with|mit|bei|um|tempo|a tempo of)\s+)?(?P<number>{number})[\s-]*(?:{unit})(?![a-z])",
        r"(?<![a-z])(?:tempo|bpm|speed|geschwindigkeit|metronom(?:e)?(?:\s+mark(?:ing)?)?|m\.?m\.?|速度|节奏|节拍器)\s*"
        r"(?:of|is|von|bei|about|around|etwa|ca\.?|circa|ungefahr|~|is about|at|是|为|:|=|大约|约)*\s*"
        r"(?P<number>\d{2,3})"
        r"(?!\s*(?:/|\d|bars?|measures?|takte?|小节|minut|sec|sek|分|秒))",
        r"(?P<number>\d{2,3}|(?=[^拍]*[十百])[一二三四五六七八九十百两]{2,6})\s*拍(?!子|号)",
        r"(?<![a-z])(?:at|@|bei)\s*(?P<number>\d{2,3})(?!\s*(?:[/\da-z%:]|小节|分|秒))",
    )
    alone = () if re.search(rf"bars?|takt|小节|{notes}", taking.left(cased=False)) else (LONE,)
    for pattern in (*patterns, *alone):
        for found in taking.each(re.compile(pattern)):
            groups = found.groupdict()
            value = read_number(found["number"], taking.vocabulary)
            if value is None:
                continue
            value *= _NOTE_VALUES.get(groups.get("note") or "", 1.0) * (
                1.5 if groups.get("dot") or groups.get("dotted") else 1.0
            )
            taking.take("tempo", value, found.start(), found.end())


def read_tempo(words: str) -> tuple[str, Any] | None:
    """Its kind and quarter notes a minute; None for no tempo."""
    tempo = find_tempo(words)
    return None if tempo is None else ("tempo", tempo)
