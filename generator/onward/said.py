"""What somebody says about some bars of a piece: "bars 5-8 calmer", "Takte 5 bis 8 einfacher", 第5到8小节重写.

Promises: None for words that name no bars by their numbers, and for those that say nothing we can do with them: eight
bars are a length. The words stand in `config/edits.toml`.
Not covered: what is wanted of the whole piece (`generator.wishes.changing`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from config.files import load_toml
from generator.onward.work import How, Kind

MOST_CHARS = 100
_NUMBERS = r"(?P<first>\d{1,3})(?:\s*(?:-|–|—|~|～|to|and|through|bis|und|到|至|和)\s*(?P<last>\d{1,3}))?"
_BARS = (
    re.compile(rf"\b(?:bars?|measures?|mm?\.|takte?n?|t\.)\s*{_NUMBERS}(?!\d)", re.IGNORECASE),
    re.compile(rf"第\s*{_NUMBERS}\s*(?:小节|小節|节|節)"),
)


@dataclass(frozen=True, kw_only=True)
class Edit:
    """first, last: bars, from 1. warmer: how much more daring than usual."""

    kind: Kind
    first: int
    last: int
    how: How | None = None
    warmer: float = 1.0


def read_edit(words: str) -> Edit | None:
    """The edit that the words ask for, if they do."""
    if len(words) > MOST_CHARS:
        return None
    found = next((match for pattern in _BARS if (match := pattern.search(words))), None)
    if found is None:
        return None
    others = f"{words[: found.start()]} {words[found.end() :]}".lower()
    meant = next((row for row in _table() if any(_is_said(word, others) for word in row["words"])), None)
    is_span = found["last"] is not None
    if meant is None and (not is_span or others.strip(" .!?,。！？，")):
        return None  # one number alone is a length, and other words mean something else
    row: Mapping[str, Any] = meant or {"kind": Kind.REWRITE}
    first = int(found["first"])
    return Edit(
        kind=Kind(row["kind"]),
        first=first,
        last=int(found["last"] or first),
        how=How(row["how"]) if "how" in row else None,
        warmer=float(row.get("warmer", 1.0)),
    )


def _is_said(word: str, text: str) -> bool:
    """Words of letters stand alone; Chinese ones anywhere."""
    return (
        word in text
        if not word.isascii() and "\u4e00" <= word[0] <= "\u9fff"
        else bool(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text))
    )


@cache
def _table() -> tuple[Mapping[str, Any], ...]:
    return tuple(load_toml("edits.toml")["edit"])
