"""A text that values are taken out of, each once: what all readers of values share.

Promises: what is taken is read by nobody else; a number outside of its limits becomes the nearest inside, and is noted
as such. Not covered: what has a form of its own (the modules beside this one).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from generator.notation.limits import TEMPO_MAX, TEMPO_MIN
from generator.wishes.text import TAKEN, Text
from generator.wishes.vocabulary import Vocabulary
from generator.wishes.wishes import How

MAX_BARS, MAX_SECONDS = 256, 1800
LIMITS = {"bars": (1, MAX_BARS), "seconds": (1, MAX_SECONDS), "tempo": (TEMPO_MIN, TEMPO_MAX)}
MINUS = "-−"


@dataclass(frozen=True)
class Found:
    """Something that was read. kind: key, mode, metre, tempo, bars, seconds, chords, form or temperament."""

    kind: str
    value: Any
    words: str
    how: How = "said"
    place: int = 0


@dataclass
class Taking:
    """One text that is being read. incomplete: names without a value; unread: values that nothing could be made of."""

    text: Text
    vocabulary: Vocabulary
    found: list[Found] = field(default_factory=list)
    incomplete: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def take(self, kind: str, value: Any, start: int, end: int, how: How = "said") -> None:
        """Note a value, and take its words out. A number below zero counts as that one above, which is said."""
        if kind in LIMITS:
            kept = within(round(value), *LIMITS[kind])
            start, asked = self._with_minus(start)
            how = "limit" if kept != round(value) or asked else how
            value = kept
        self.found.append(Found(kind, value, self.text.take(start, end), how, start))

    def _with_minus(self, start: int) -> tuple[int, bool]:
        """Where a number begins, and whether it is below zero: "waltz -3 bars", but not "A-3" nor "waltz - 3 bars"."""
        before = self.text.rest[:start]
        below = before.endswith(tuple(MINUS)) and (len(before) < 2 or before[-2] in " ,;:=(、，")
        return (start - 1, True) if below else (start, False)

    def leave_unread(self, start: int, end: int) -> None:
        """Take words out that look like a value and are none."""
        self.unread.append(self.text.take(start, end))

    def each(self, pattern: re.Pattern[str], *, cased: bool = False) -> Iterator[re.Match[str]]:
        """Matches in what is not taken; `cased`: with large letters."""
        for found in list(pattern.finditer(self.left(cased=cased))):
            if TAKEN not in self.text.rest[found.start() : found.end()]:
                yield found

    def left(self, *, cased: bool) -> str:
        """What is not taken yet."""
        if not cased:
            return self.text.rest
        return "".join(
            large if left != TAKEN else left for large, left in zip(self.text.cased, self.text.rest, strict=True)
        )


def within(number: int, low: int, high: int) -> int:
    """The nearest number inside the limits."""
    return max(low, min(high, number))


def is_article(word: str) -> bool:
    return word.strip() in ("a", "an", "one", "ein", "eine", "einen", "einer", "einem", "一")
