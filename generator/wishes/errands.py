"""What may be asked of a piece without changing its request: "transpose it", "show me the notes", "undo", 给我看谱.

Promises: None for words that ask for anything else. Not covered: which piece is meant; to which key or by which
interval it is transposed (`generator.onward.said`).
"""

from __future__ import annotations

from enum import StrEnum

from generator.wishes.text import read_text
from generator.wishes.vocabulary import load_vocabulary

MOST_CHARS = 60
LAST_WORDS = frozenset({"please", "bitte", "吧"})


class Errand(StrEnum):
    """TRANSPOSE: nobody says how, so it is asked. UNDO, KEEP, ANOTHER: what becomes of an edit."""

    NOTES = "notes"
    TRANSPOSE = "transpose"
    UNDO = "undo"
    KEEP = "keep"
    ANOTHER = "another"


_SAID = {
    "showing": Errand.NOTES,
    "moving": Errand.TRANSPOSE,
    "undoing": Errand.UNDO,
    "keeping": Errand.KEEP,
    "again": Errand.ANOTHER,
}


def read_errand(said: str) -> Errand | None:
    """The errand that the words are, if they are one and nothing else."""
    if len(said) > MOST_CHARS:
        return None
    vocabulary = load_vocabulary()
    words = [token.word for token in read_text(said, vocabulary.variants).tokens()]
    while words and words[-1] in LAST_WORDS:
        words.pop()
    phrase = " ".join(words)
    return next((errand for name, errand in _SAID.items() if phrase in vocabulary.talk[name]), None)
