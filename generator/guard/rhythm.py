"""Which characters keep a voice to the rhythm of another bar: lengths, ties and slurs as there, the pitches free.

Promises: what is allowed can always be gone on with until the bar is full; texts, decorations, grace notes and fields
of the model are left out, since they belong to its notes.
Not covered: which pitches are good.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from generator.notation import TokenKind, lex_music
from generator.notation.checks import inner_tokens

_LEFT_OUT = frozenset({TokenKind.QUOTED, TokenKind.DECORATION, TokenKind.GRACE, TokenKind.FIELD})
_PITCH = re.compile(r"(?:\^\^?|__?|=)?[A-Ga-g][,']*")
ACCIDENTALS, MARKS, LETTERS = "^_=", ",'", frozenset("ABCDEFGabcdefg")
PITCH = "\0"  # stands for a pitch in a model


class Step(NamedTuple):
    """Where a bar is in its model. place: the next character of the model; written: of the pitch at hand."""

    place: int
    written: str


@lru_cache(maxsize=256)
def model_of(music: str) -> str:
    """A voice's bar without its barlines, `PITCH` for every pitch."""
    words = [token for token in inner_tokens(tuple(lex_music(music))) if token.kind not in _LEFT_OUT]
    return re.sub(" +", " ", "".join(_PITCH.sub(PITCH, token.text) for token in words)).strip(" ")


def goes_on(model: str, music: str, letter: str) -> bool:
    """Whether a voice that has `music` so far, without an opening barline, may go on with `letter` ("": it ends)."""
    step = _follow(model, music)
    if step is None or step.place >= len(model):
        return letter == "" or letter in MARKS or letter not in LETTERS.union(ACCIDENTALS, "[(")
    return letter != "" and _take(model, step, letter) is not None


def expected(model: str, music: str) -> str:
    """The only character that may come; "" if there are several."""
    step = _follow(model, music) if model else None
    if step is None or step.place >= len(model) or step.written or model[step.place] == PITCH:
        return ""
    before = model[step.place - 1] if step.place else ""
    return "" if before == PITCH else model[step.place]


@lru_cache(maxsize=2048)
def _follow(model: str, music: str) -> Step | None:
    if not music:
        return Step(0, "")
    step = _follow(model, music[:-1])
    return None if step is None else _take(model, step, music[-1])


def _take(model: str, step: Step, char: str) -> Step | None:
    """One character further; None if the model has no such one here."""
    place, written = step
    if char in MARKS and not written and place and model[place - 1] == PITCH:
        return step
    if place < len(model) and model[place] == PITCH:
        if char in ACCIDENTALS:
            return Step(place, written + char) if written in ("", char) and written + char != "==" else None
        return Step(place + 1, "") if char in LETTERS else None
    return Step(place + 1, "") if place < len(model) and model[place] == char else None
