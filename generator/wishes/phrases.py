"""Phrases of conversation among words: which of them begins at a place.

Not covered: what they mean.
"""

from __future__ import annotations

from collections.abc import Sequence

MAX_PHRASE_WORDS = 6


def phrase_at(words: Sequence[str], place: int, phrases: frozenset[str]) -> str:
    """The longest of the phrases that begins there, "" for none."""
    for size in range(min(MAX_PHRASE_WORDS, len(words) - place), 0, -1):
        phrase = " ".join(words[place : place + size])
        if phrase in phrases:
            return phrase
    return ""
