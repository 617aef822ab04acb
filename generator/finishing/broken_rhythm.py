"""Broken rhythm between notes of unequal length, written out: it means something else to every program, or nothing.

Promises: every note lasts as long as the network's bars were counted with (`generator.notation.durations`), and what
stands between notes of equal length stays. Source: ABC 2.1, 4.4.
"""

import re
from dataclasses import replace
from fractions import Fraction

from generator.notation import Token, TokenKind, Tune, lex_music
from generator.notation.durations import TIMED, spell_length, token_units

_LENGTH = re.compile(r"[\d/]*$")


def write_out_unequal(tune: Tune) -> Tune:
    """The tune with `A>B2` as `A3/2B`."""
    bars = tuple(
        replace(bar, voices=tuple(replace(voice, music=_written_out(voice.music)) for voice in bar.voices))
        for bar in tune.bars
    )
    return replace(tune, bars=bars)


def _written_out(music: str) -> str:
    if "<" not in music and ">" not in music:
        return music
    tokens = list(lex_music(music))
    timed = [place for place, token in enumerate(tokens) if token.kind in TIMED and token.text[0] != "y"]
    for place, token in enumerate(tokens):
        if token.kind is not TokenKind.BROKEN:
            continue
        before = max((one for one in timed if one < place), default=None)
        after = min((one for one in timed if one > place), default=None)
        if before is None or after is None or token_units(tokens[before]) == token_units(tokens[after]):
            continue
        short = Fraction(1, 2 ** len(token.text))
        first, second = (2 - short, short) if token.text[0] == ">" else (short, 2 - short)
        tokens[before], tokens[after] = _times(tokens[before], first), _times(tokens[after], second)
        tokens[place] = replace(token, text="")
    return "".join(token.text for token in tokens)


def _times(token: Token, factor: Fraction) -> Token:
    """A note, rest or chord so many times as long."""
    length = _LENGTH.search(token.text)
    assert length is not None, "it may be empty, but is always found"
    written = token_units(Token(TokenKind.NOTE, f"C{length[0]}"))
    return replace(token, text=token.text[: length.start()] + spell_length(written * factor, Fraction(1)))
