"""How often an instrument is named beside its name: "2x flute", "cello x2", 小号两把, "violin I and II".

Not covered: numbers before a plural ("two flutes"), which the catalogue knows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST = 6
NUMERALS = frozenset({"i", "ii", "iii", "iv"})  # "violin II"
_COUNTS = ("两", "三", "四", "五", "六", "zwei", "drei", "vier", "funf", "sechs")
_BEFORE = re.compile(r"(?<![\w/])([2-6])\s?x\s+$")
_BEHIND = re.compile(
    r"\s*(?:(?:i|1|no\.? ?1)\s*(?:&|and|und|\+|/|,)\s*(?:ii|2)(?![a-z0-9])|[x×*]\s?(?P<times>[2-6])(?![0-9/])"
    r"|,?\s*(?P<word>zwei|drei|vier|funf|sechs)\s+stuck(?![a-z])|(?P<han>[两三四五六])[把支只台架根位名管](?P<end>[\s,;.、。和与跟及+]|$)?)"
)


@dataclass(frozen=True)
class Count:
    """end: where the words for it end, in the text; is_of_next: in Chinese they may count what stands behind too."""

    count: int
    end: int
    is_of_next: bool = False


def count_before(plain: str, start: int) -> int:
    """What stands before a name: 2 for "2x flute", else 1."""
    found = _BEFORE.search(plain[:start])
    return int(found[1]) if found else 1


def count_behind(plain: str, end: int) -> Count | None:
    """What stands behind a name; None for nothing."""
    found = _BEHIND.match(plain, end)
    if found is None:
        return None
    said = found["times"] or found["han"] or found["word"] or "2"
    count = int(said) if said.isdecimal() else _COUNTS.index(said) % 5 + 2
    return Count(count, found.end(), bool(found["han"]) and not found["end"])
