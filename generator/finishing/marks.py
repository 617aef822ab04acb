"""Texts above and below the notes: what a player can use stays, what the network made up goes.

Promises: notes, lengths, dynamics and other signs stay as they are. Which words are known: `config/marks.toml`.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from config.files import load_toml
from generator.notation import TokenKind, Tune, lex_music

_PLACE = re.compile(r"[\^_<>@]?")  # above, below ...: the first character of an ABC annotation
_WORD = re.compile(r"[a-z]+")
_BETWEEN = re.compile(r"[a-z .,'()!-]*")


class Marks:
    """The words that may stand in a score."""

    def __init__(self, loaded: Mapping[str, Any]) -> None:
        self.whole = frozenset(loaded["whole"])
        self.words = frozenset(loaded["words"].split())

    def know(self, text: str) -> bool:
        """Whether a mark, with or without the character that says where it stands, means something to a player."""
        mark = _PLACE.sub("", text, count=1).strip().lower()
        if mark in self.whole:
            return True
        words = _WORD.findall(mark)
        return bool(words) and _BETWEEN.fullmatch(mark) is not None and self.words.issuperset(words)


@lru_cache(maxsize=1)
def load_marks() -> Marks:
    """The marks of `config/marks.toml`."""
    return Marks(load_toml("marks.toml"))


def drop_unknown_marks(tune: Tune) -> Tune:
    """The tune without texts that no player would understand."""
    marks = load_marks()
    bars = tuple(
        replace(bar, voices=tuple(replace(voice, music=_without_unknown(voice.music, marks)) for voice in bar.voices))
        for bar in tune.bars
    )
    return replace(tune, bars=bars)


def _without_unknown(music: str, marks: Marks) -> str:
    if '"' not in music:
        return music
    kept = (
        token.text for token in lex_music(music) if token.kind is not TokenKind.QUOTED or marks.know(token.text[1:-1])
    )
    return "".join(kept).lstrip()
