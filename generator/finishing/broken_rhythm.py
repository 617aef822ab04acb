"""Broken rhythm between notes of unequal length, written out: it means something else to every program, or nothing.

Promises: every note lasts as long as the network's bars were counted with (`generator.notation.durations`), and what
stands between notes of equal length stays. Source: ABC 2.1, 4.4.
"""

from dataclasses import replace
from fractions import Fraction

from generator.notation import TokenKind, Tune, lex_music
from generator.notation.durations import TIMED, times_as_long, token_units


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
        tokens[before], tokens[after] = times_as_long(tokens[before], first), times_as_long(tokens[after], second)
        tokens[place] = token._replace(text="")
    return "".join(token.text for token in tokens)
