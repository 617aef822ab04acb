"""Tempos that a player can use: counted in beats, and none that contradicts the word above it.

Promises: notes and words stay; where word and number cannot both be meant, the word is the composer's and stays.
"""

from dataclasses import replace

from generator.notation import Bar, BarChecker, Header, Metre, Token, TokenKind, Tune
from generator.notation.tempos import contradicts, in_beats


def mend_tempos(tune: Tune) -> Tune:
    """The tune with its tempos counted in beats, without those that contradict their words."""
    first = tune.bars[0] if tune.bars else Bar()
    tune = replace(tune, header=_mend_header(tune.header, first))
    if not any("[Q:" in voice.music for bar in tune.bars for voice in bar.voices):
        return tune
    clock, bars = BarChecker(tune.header), []
    for bar in tune.bars:
        bars.append(_mend_bar(bar, clock.metre_in(bar)))
        clock.accept(bar)
    return replace(tune, bars=tuple(bars))


def _mend_header(header: Header, first: Bar) -> Header:
    tempo = header.tempo
    if tempo is None:
        return header
    if _contradicted(tempo, first, header.metre):
        return replace(header, lines=tuple(line for line in header.lines if not line.startswith("Q:")))
    return header.with_field("Q", in_beats(tempo, header.metre))


def _mend_bar(bar: Bar, metre: Metre | None) -> Bar:
    def mended(token: Token) -> str:
        if token.kind is not TokenKind.FIELD or not token.text.startswith("[Q:"):
            return token.text
        words = token.text[3:-1]
        return "" if _contradicted(words, bar, metre) else f"[Q:{in_beats(words, metre)}]"

    return replace(bar, voices=tuple(
        replace(voice, music="".join(map(mended, voice.tokens))) if "[Q:" in voice.music else voice
        for voice in bar.voices
    ))  # fmt: skip


def _contradicted(tempo: str, bar: Bar, metre: Metre | None) -> bool:
    texts = [token.text[1:-1] for voice in bar.voices for token in voice.tokens if token.kind is TokenKind.QUOTED]
    return any(contradicts(text, tempo, metre) for text in texts)
