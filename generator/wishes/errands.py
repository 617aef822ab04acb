"""What may be asked of a piece without changing its request: "transpose it to G", "show me the notes", 移到G大调.

Promises: None for words that ask for anything else. Not covered: which piece is meant; what a key or an interval is
(`generator.transposing`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from generator.errors import BadRequest
from generator.notation.keys import parse_key
from generator.transposing.interval import parse_interval
from generator.wishes.phrases import phrase_at
from generator.wishes.text import Text, read_text
from generator.wishes.vocabulary import load_vocabulary

MOST_CHARS = 60
_BEFORE = re.compile(r"^(?:to|into|in|up|nach|auf|um|by|in die tonart|到|成|为)\s+", re.IGNORECASE)
_BEHIND = re.compile(r"[\s,.!?。！？]*(?:please|bitte|吧|一下)?[\s,.!?。！？]*$", re.IGNORECASE)


@dataclass(frozen=True)
class Errand:
    """kind: "notes", or "transpose", to a key, or by what the words say; with neither it is asked which."""

    kind: str
    to: str = ""
    by: str = ""


def read_errand(said: str) -> Errand | None:
    """The errand that the words are, if they are one and nothing else."""
    if len(said) > MOST_CHARS:
        return None
    vocabulary = load_vocabulary()
    text = read_text(_BEHIND.sub("", said), vocabulary.variants)
    words = [token.word for token in text.tokens()]
    if not words:
        return None
    if phrase_at(words, 0, vocabulary.talk["showing"]) == " ".join(words):
        return Errand("notes")
    moving = phrase_at(words, 0, vocabulary.talk["moving"])
    return _transposing(text, len(moving.split(" "))) if moving else None


def _transposing(text: Text, size: int) -> Errand | None:
    """What stands behind "transpose it"."""
    tokens = text.tokens()
    if size == len(tokens):
        return Errand("transpose")
    rest = text.words(tokens[size].start, len(text.plain)).strip()
    target = _BEFORE.sub("", rest).strip()
    try:
        parse_key(target)
    except BadRequest:
        return Errand("transpose", by=rest) if _is_interval(rest) else None
    return Errand("transpose", to=target)


def _is_interval(words: str) -> bool:
    """Whether an interval is named, even one that is refused: "up a third" may be two."""
    try:
        parse_interval(words)
    except BadRequest as error:
        return error.reason != "interval"
    return True
