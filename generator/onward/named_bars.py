"""Bars that are named in a sentence: "bars 5-8", "the last two bars", 第5到8小节, "at the beginning".

Promises: each is cut out, and a hole is left that says which it was, so that others can read what is said around it.
Bars are counted from 1, or from -1 backwards: the last two are -2 to -1. Not covered: whether there are such bars.
"""

import re

from generator.wishes.numbers import read_number
from generator.wishes.vocabulary import load_vocabulary

BEGINNING = 4  # bars
MARK, FIRST = "\ue000", 0xE100  # a hole is the mark and a character that counts the holes from the first; private use
HOLE = f"{MARK}."  # a pattern
Span = tuple[int, int]  # the first and the last bar
_JOIN = r"(?:-|–|—|~|～|\bto\b|\bthrough\b|\bbis\b|\band\b|\bund\b|到|至|和)"
_WORDS = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|sixteen|ein|eine|einen|zwei|drei|vier|fünf|sechs|sieben"
    r"|acht|neun|zehn|zwölf|sechzehn|[一二两兩三四五六七八九十]{1,3}|\d{1,3})"
)
_HAN = r"(?:[一二三四五六七八九十百]{1,4}|\d{1,3})"
_NAMED = (
    re.compile(
        rf"\b(?:bars?|measures?|mm?\.|takte?n?|t\.)\s*(\d{{1,3}})(?:\s*{_JOIN}\s*(\d{{1,3}}))?(?!\d)", re.IGNORECASE
    ),
    re.compile(rf"第\s*({_HAN})\s*(?:(?:小节|小節)?\s*{_JOIN}\s*第?\s*({_HAN}))?\s*(?:小节|小節|节|節)"),
)
_LAST = (
    re.compile(rf"\b(?:the\s+)?(?:last|final|closing)\s+(?:({_WORDS})\s+)?(?:bars?|measures?)\b", re.IGNORECASE),
    re.compile(rf"\b(?:d(?:ie|en|er)\s+)?letzten?\s+(?:({_WORDS})\s+)?takte?n?\b", re.IGNORECASE),
    re.compile(rf"(?:最后|最後|末尾|结尾|結尾|末|后|後)的?\s*({_WORDS})?\s*(?:个|個)?(?:小节|小節)"),
)
_FIRST = (
    re.compile(rf"\b(?:the\s+)?(?:first|opening)\s+(?:({_WORDS})\s+)?(?:bars?|measures?)\b", re.IGNORECASE),
    re.compile(rf"\b(?:d(?:ie|en|er)\s+)?ersten?\s+(?:({_WORDS})\s+)?takte?n?\b", re.IGNORECASE),
    re.compile(rf"(?:最初|开头|開頭|最前|前)的?\s*({_WORDS})?\s*(?:个|個)?(?:小节|小節)"),
)
_BEGINNING = re.compile(
    r"\b(?:at |in |to )?the (?:beginning|start|opening)\b|\b(?:am|der|den) anfang\b|开头|開頭|开始部分", re.IGNORECASE
)
_ALIKE = re.compile(r"[和跟与與同](?=\s*第[^,，]*(?:一样|一樣|相同))")


def mark_bars(text: str) -> tuple[str, list[Span]]:
    """The text with a hole where bars are named, and which those are, in the order of the holes' numbers."""
    spans: list[Span] = []
    text = _ALIKE.sub("像", text.replace(MARK, " "))  # "bar 4 and bar 2 the same" names no bars from 4 to 2

    def put(found: re.Match[str], span: Span | None) -> str:
        if span is None:
            return found[0]
        spans.append(span)
        return f" {MARK}{chr(FIRST + len(spans) - 1)} "

    for pattern in _NAMED:
        text = pattern.sub(lambda found: put(found, _span(found[1], found[2])), text)
    for pattern in _LAST:
        text = pattern.sub(lambda found: put(found, _from_end(found[1])), text)
    for pattern in _FIRST:
        text = pattern.sub(lambda found: put(found, _from_start(found[1])), text)
    text = _BEGINNING.sub(lambda found: put(found, (1, BEGINNING)), text)
    return text, spans


def place_of(hole: str) -> int:
    """Which of the spans was named where this hole is, from 0."""
    return ord(hole[1]) - FIRST


def _number(words: str | None) -> int | None:
    if not words:
        return None
    number = read_number(words.lower().replace("兩", "两"), load_vocabulary())
    return int(number) if number is not None and number >= 1 else None


def _span(first: str, last: str | None) -> Span | None:
    low, high = _number(first), _number(last or first)
    return (low, high) if low is not None and high is not None else None


def _from_end(count: str | None) -> Span | None:
    number = _number(count) if count else 1
    return (-number, -1) if number else None


def _from_start(count: str | None) -> Span | None:
    number = _number(count) if count else 1
    return (1, number) if number else None
