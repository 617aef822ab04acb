"""The words of ABC music: one voice's bar, cut into notes, rests, chords, decorations and the rest.

Promises: the texts of the tokens joined together are the text, whatever the text is; nothing is ever refused here.
Not covered: whether the tokens make sense together (`durations.py`, `checks.py`).
"""

import re
from enum import Enum, auto
from functools import lru_cache
from typing import NamedTuple


class TokenKind(Enum):
    """What a token is. OTHER is what ABC does not know at that place."""

    FIELD = auto()  # [M:3/4]
    CHORD = auto()  # [CEG]2
    GRACE = auto()  # {cd}
    TUPLET = auto()  # (3:2:3
    QUOTED = auto()  # "^dolce"
    DECORATION = auto()  # !p! . ~ T u v
    BAR = auto()  # | || |: :| |] |1
    NOTE = auto()  # ^c'3/2
    REST = auto()  # z2 x Z4
    BROKEN = auto()  # > <<
    TIE = auto()
    SLUR_OPEN = auto()
    SLUR_CLOSE = auto()
    OVERLAY = auto()
    SPACE = auto()
    OTHER = auto()

    # Each is one object, so its address will do; the enumeration's own hash is asked for more often than all else.
    __hash__ = object.__hash__


SOUNDING = frozenset({TokenKind.NOTE, TokenKind.CHORD})


class Token(NamedTuple):
    """One word of music; text as written."""

    kind: TokenKind
    text: str


PITCH_PATTERN = r"(?:\^\^?|__?|=)?[A-Ga-g][,']*"
TEXT_PATTERN = r'"[^"\n]*"|![^!\s|]+!|\+[a-zA-Z0-9.()<>]+\+'  # letters that are not notes
VOICE_TAG = re.compile(r"\[V:([^\]\[]*)\]")  # group: the voice's id

_LENGTH = r"\d*/*\d*"
# In this order: what may hold anything comes before what it may hold.
_PATTERNS = {
    TokenKind.QUOTED: r'"[^"\n]*"',
    TokenKind.DECORATION: r"![^!\s|]+!|\+[a-zA-Z0-9.()<>]+\+|[.~HJLMOPRSTosuv](?=[^:\]])",
    TokenKind.FIELD: r"\[[A-Za-z]:[^\]\n]*\]",
    TokenKind.BAR: r"\[\|\]?|\.\||:*\|+\]?:*(?:\d+(?:[,-]\d+)*)?|:\]|::+(?:\d+(?:[,-]\d+)*)?|\[\d+(?:[,-]\d+)*",
    TokenKind.CHORD: rf'\[(?:"[^"\n]*"|![^!\s|]+!|[.~HLMOPSTuv()\s-]|(?:{PITCH_PATTERN}|[xz]){_LENGTH}-?)+\]{_LENGTH}',
    TokenKind.GRACE: r"\{[^{}|\n]*\}",
    TokenKind.TUPLET: r"\(\d+(?::\d*){0,2}",
    TokenKind.NOTE: rf"{PITCH_PATTERN}{_LENGTH}",
    TokenKind.REST: rf"[zxZXy]{_LENGTH}",
    TokenKind.BROKEN: r"<+|>+",
    TokenKind.TIE: r"-",
    TokenKind.SLUR_OPEN: r"\(",
    TokenKind.SLUR_CLOSE: r"\)",
    TokenKind.OVERLAY: r"&",
    TokenKind.SPACE: r"[ \t`$]+",
    TokenKind.OTHER: r"[\s\S]",
}
_LEXER = re.compile("|".join(f"({pattern})" for pattern in _PATTERNS.values()))


_KINDS = (None, *_PATTERNS)  # by number of the group that matched
_MOST_KNOWN = 4096
# Tokens by text; how many of them stay as they are whatever follows, and where these end: all before the first that ABC
# does not know, which may be the beginning of something, but for the last two, which may grow ("|1-" and 2).
_Known = tuple[tuple[Token, ...], int, int]
_NOTHING: _Known = ((), 0, 0)
_known: dict[str, _Known] = {}


@lru_cache(maxsize=4096)
def lex_music(text: str) -> tuple[Token, ...]:
    """The tokens of one voice's music; their texts joined are `text`. Music that grows is read on from where it was."""
    known = _lex_behind(_known.get(text[:-1], _NOTHING), text)
    if len(_known) >= _MOST_KNOWN:
        _known.clear()
    _known[text] = known
    return known[0]


def _lex_behind(before: _Known, text: str) -> _Known:
    """What is known of a text. before: the same of its beginning."""
    tokens, start = list(before[0][: before[1]]), before[2]
    places, strange = [start] * len(tokens), None
    for match in _LEXER.finditer(text, start):
        number = match.lastindex or 0
        if number == _OTHER and strange is None:
            strange = len(tokens)
        places.append(match.start())
        tokens.append(_token(number, match[0]))
    stays = max(before[1], len(tokens) - 2 if strange is None else min(len(tokens) - 2, strange))
    return tuple(tokens), stays, places[stays] if tokens else 0


@lru_cache(maxsize=4096)
def _token(number: int, text: str) -> Token:
    return Token(_KINDS[number] or TokenKind.OTHER, text)


_OTHER = len(_PATTERNS)


_TEXT = re.compile(r'"[^"]*"|![^!]*!')


def without_texts(text: str) -> str:
    """A token's text without marks and decorations, whose letters are not notes: `["^dolce"c!p!e]` is `[ce]`."""
    return _TEXT.sub("", text)


# What is closed, without looking back: everything up to the beginning of a group that has no end.
_CLOSED = re.compile(r'(?:[^\[{"!]++|\[[^\]]*+\]|\{[^}]*+\}|"[^"]*+"|![^!]*+!)*+')


def open_group(music: str) -> int | None:
    """Where an unfinished chord, field, grace group, annotation or decoration begins; None if there is none."""
    end = _CLOSED.match(music).end()  # type: ignore[union-attr]
    return end if end < len(music) else None
