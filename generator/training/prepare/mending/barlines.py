"""One barline for all voices: repeats and endings that a source writes in its first voice only.

Promises: all voices of a bar have the barlines of the one that says most; notes stay.
"""

from dataclasses import replace

from generator.notation import Bar, TokenKind, Tune, VoiceBar
from generator.notation.checks import Closing, barlines


def share_barlines(tune: Tune) -> Tune:
    """The tune with the same barlines in all voices of each bar."""
    return replace(tune, bars=tuple(map(_share_in_bar, tune.bars)))


def _share_in_bar(bar: Bar) -> Bar:
    found = [barlines(voice.tokens) for voice in bar.voices]
    if len(set(found)) < 2 or not all(lines.closing for lines in found):
        return bar
    wanted = Closing(
        opening=max((lines.opening for lines in found), key=_says),
        closing=max((lines.closing for lines in found), key=_says),
    )
    return replace(bar, voices=tuple(_with_barlines(voice, wanted) for voice in bar.voices))


def _says(barline: str) -> tuple[int, bool, int]:
    """How much a barline says: repeats, then endings, then what looks like the end of a section."""
    return barline.count(":"), any(map(str.isdigit, barline)), len(barline)


def _with_barlines(voice: VoiceBar, wanted: Closing) -> VoiceBar:
    tokens = [token for token in voice.tokens if token.text.strip()]
    lines = barlines(tokens)
    if lines == wanted or any(token.kind is TokenKind.BAR for token in tokens[bool(lines.opening) : -1]):
        return voice
    music = voice.music.strip()[len(lines.opening) :].removesuffix(lines.closing)
    return replace(voice, music=wanted.opening + music + wanted.closing)
