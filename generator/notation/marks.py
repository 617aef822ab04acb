"""The texts above and below the notes that a player can use. Which words are known: `config/marks.toml`.

Promises: a text that may go on is the beginning of one that people write. Not covered: what becomes of others
(`generator.finishing.marks`, `generator.guard.words`).
"""

import re
from bisect import bisect_left
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from config.files import load_toml

_PLACE = re.compile(r"[\^_<>@]?")  # above, below ...: the first character of an ABC annotation
_WORD = re.compile(r"[a-z]+")
_BETWEEN = re.compile(r"[a-z .,'()!-]*")
_ODD_CAPITAL = re.compile(r"[A-Za-z][A-Z]")


class Marks:
    """The words that may stand in a score."""

    def __init__(self, loaded: Mapping[str, Any]) -> None:
        self.whole = frozenset(loaded["whole"])
        self.signs = frozenset(loaded["signs"])
        self.words = frozenset(loaded["words"].split())
        self.phrases = sorted(phrase.strip() for phrase in loaded["phrases"].replace("\n", " ").split(", "))
        self._written = frozenset(self.phrases)

    def know(self, text: str) -> bool:
        """Whether a mark, with or without the character that says where it stands, means something to a player."""
        mark = _PLACE.sub("", text, count=1).strip().lower()
        if mark.strip(" .") in self.signs:
            return False
        if mark in self.whole:
            return True
        words = _WORD.findall(mark)
        return bool(words) and _BETWEEN.fullmatch(mark) is not None and self.words.issuperset(words)

    def are_written(self, text: str) -> bool:
        """Whether people write this mark, which may end with a full stop."""
        mark = _bare(text)
        return not _ODD_CAPITAL.search(text) and (mark in self._written or mark.removesuffix(".") in self._written)

    def begin(self, text: str) -> bool:
        """Whether more letters can make a mark that people write of this beginning of one."""
        mark = _bare(text)
        place = bisect_left(self.phrases, mark)
        goes_on = self.phrases[place : place + 1] and self.phrases[place].startswith(mark)
        return not _ODD_CAPITAL.search(text) and (bool(goes_on) or self.are_written(text))


def _bare(text: str) -> str:
    """A mark without the character that says where it stands, in small letters."""
    return _PLACE.sub("", text, count=1).lstrip().lower()


@lru_cache(maxsize=1)
def load_marks() -> Marks:
    """The marks of `config/marks.toml`."""
    return Marks(load_toml("marks.toml"))
