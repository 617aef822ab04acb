"""Text from anywhere in, text that can be read and drawn out.

What is promised: no control characters, no half surrogates, no signs that end a line behind our back; not more than a
tune may have. What the text says is the reader's business (`renderers/score/abc`): it takes from it what it knows, and
nothing else comes through.

What is not: the result may still be musical nonsense, or take more time than there is. It is rendered in a process
that may die (renderers/process/child.py).
"""

import unicodedata

from renderers.errors import InputRefused
from renderers.limits import MAX_CHARS

MAX_TEXT_CHARS = 200

_WHITE_SPACE = {ord(char): " " for char in "\t\n\v\f\r"} | dict.fromkeys([*range(9), *range(14, 32), 127])
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"})
_JOINERS = "\u200c\u200d"  # some scripts are not written without them


def sanitise(abc: str, *, max_chars: int = MAX_CHARS) -> str:
    """ABC, line by line, without what nobody can see. The lines keep their numbers.

    Raises InputRefused when it is longer than max_chars, by default what a tune may be to be drawn.
    """
    check_size(abc, max_chars=max_chars)
    lines = abc.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(visible(line) for line in lines)


def check_size(abc: str, *, max_chars: int = MAX_CHARS) -> None:
    """Raises InputRefused for a text that is too long: a book of tunes is told so."""
    if len(abc) > max_chars:
        raise InputRefused(reason="book" if abc.count("\nX:") > 1 else "characters", limit=max_chars)


def visible(text: str) -> str:
    """Without control characters, half surrogates and the like, which XML forbids; white space becomes a blank.

    U+2028 and its kin go too: a reader of lines would begin a new one there.
    """
    spaced = text.translate(_WHITE_SPACE)
    if spaced.isascii():
        return spaced
    return "".join(c for c in spaced if c in _JOINERS or unicodedata.category(c) not in _INVISIBLE)


def clean_text(text: str, *, max_chars: int = MAX_TEXT_CHARS) -> str:
    """A title or name on one line, without characters that nobody can see, cut to a length that can be drawn."""
    line = " ".join(visible(text).split())
    return line if len(line) <= max_chars else line[: max_chars - 1].rstrip() + "…"
