"""Buttons for one person in a place where others read along: a mark behind what they do says whose they are.

Platforms put it on the buttons of a private reply that all can see, and take it off before the button does anything.
Six signs of a fingerprint are no secret: whoever forges them only presses a button that asks for their own piece.
"""

from __future__ import annotations

import hashlib

from bot.chat.messages import Action

MARK_CHARS = 6
SIGN = "~"


def mark(person: str) -> str:
    """The mark of a person's id."""
    return hashlib.sha256(person.encode()).hexdigest()[:MARK_CHARS]


def owned(action: Action, person: str | None, *, limit: int) -> str:
    """What a button holds. person: whose it is, None for everybody's. limit: bytes; what would not fit has no mark."""
    encoded = action.encode()
    if person is None or len(encoded) + 1 + MARK_CHARS > limit:
        return encoded
    return f"{encoded}{SIGN}{mark(person)}"


def disowned(pressed: str) -> tuple[str, str]:
    """What a button does, and its mark, "" if it is everybody's."""
    encoded, _, marked = pressed.partition(SIGN)
    return encoded, marked
