"""The texts above and below the notes that a player can use. Which words are known: `config/marks.toml`.

Promises: a text that may go on is the beginning of one that is known. Not covered: what becomes of others
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
_LAST_WORD = re.compile(r"[a-z]*$")


class Marks:
    """The words that may stand in a score."""

    def __init__(self, loaded: Mapping[str, Any]) -> None:
        self.whole = frozenset(loaded["whole"])
        self.signs = frozenset(loaded["signs"])
        self.words = frozenset(loaded["words"].split())
        self._sorted = sorted(self.words)

    def know(self, text: str) -> bool:
        """Whether a mark, with or without the character that says where it stands, means something to a player."""
        mark = _PLACE.sub("", text, count=1).strip().lower()
        if mark.strip(" .") in self.signs:
            return False
        if mark in self.whole:
            return True
        words = _WORD.findall(mark)
        return bool(words) and _BETWEEN.fullmatch(mark) is not None and self.words.issuperset(words)

    def begin(self, text: str) -> bool:
        """Whether more letters can make a mark that is known of this beginning of one."""
        mark = _PLACE.sub("", text, count=1).lstrip().lower()
        if any(whole.startswith(mark) for whole in self.whole):
            return True
        if _ODD_CAPITAL.search(text):
            return False
        last = _LAST_WORD.search(mark)[0]  # type: ignore[index]
        before = mark.removesuffix(last)
        return (
            _BETWEEN.fullmatch(mark) is not None
            and self.words.issuperset(_WORD.findall(before))
            and any(word.startswith(last) for word in self._from(last))
        )

    def _from(self, beginning: str) -> list[str]:
        """The first word that begins so, if there is one."""
        place = bisect_left(self._sorted, beginning)
        return self._sorted[place : place + 1]


@lru_cache(maxsize=1)
def load_marks() -> Marks:
    """The marks of `config/marks.toml`."""
    return Marks(load_toml("marks.toml"))
