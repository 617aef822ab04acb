"""Marks that somebody gives to several pieces at once: "4 2 5 1", "1=4 3=5", 4、2、5、1.

Not covered: which pieces are meant.
"""

from __future__ import annotations

import re
import unicodedata

from generator.catalogue.sweeping import LEAST_STARS, MOST_STARS
from generator.errors import BadRequest

_EXAMPLE = "425132"  # as many as a sheet has pieces

_PAIR = r"([1-9])\s*[=:]\s*([0-9])"
_BETWEEN = r"[\s,、;/]*"
_PAIRS = re.compile(rf"{_PAIR}(?:{_BETWEEN}{_PAIR})*")
_MARKS = re.compile(rf"[0-9](?:{_BETWEEN}[0-9])*")


def reads_marks(words: str) -> bool:
    """Whether words are marks for several pieces, or for one that is named by its number, and nothing else."""
    text = _plain(words)
    return _PAIRS.fullmatch(text) is not None or (len(text) > 1 and " " in text and _MARKS.fullmatch(text) is not None)


def read_marks(words: str, *, count: int) -> dict[int, int]:
    """Marks by the place of the piece, from 1 to `count`; nothing where they are none, or not one for each."""
    text = _plain(words)
    if _PAIRS.fullmatch(text):
        pairs = [(int(place), int(mark)) for place, mark in re.findall(_PAIR, text)]
    elif _MARKS.fullmatch(text):
        marks = [int(mark) for mark in re.findall("[0-9]", text)]
        pairs = list(enumerate(marks, 1)) if len(marks) == count else []
    else:
        pairs = []
    are_right = all(place <= count and LEAST_STARS <= mark <= MOST_STARS for place, mark in pairs)
    return dict(pairs) if are_right else {}


def marks_in(words: str, *, count: int) -> dict[int, int]:
    """`read_marks`, at least one. Raises BadRequest, which shows how they are written for so many pieces."""
    marks = read_marks(words, count=count)
    if not marks:
        each, value = example_marks(count), words.strip()[:40]
        some = " ".join(f"{place}={_EXAMPLE[place - 1]}" for place in (1, 3) if place <= count)
        raise BadRequest(
            reason="stars", value=value, n=count, low=LEAST_STARS, high=MOST_STARS, example=each, some=some
        )
    return marks


def example_marks(count: int) -> str:
    """How marks for so many pieces are written: "4 2 5 1"."""
    return " ".join(_EXAMPLE[:count])


def _plain(words: str) -> str:
    """In plain letters, with single spaces and without what stands for the marks themselves."""
    text = unicodedata.normalize("NFKC", words).replace("★", " ").replace("☆", " ")
    return " ".join(text.split())
