"""Repeat signs around some bars, or around all of them, and away with them.

Promises: notes stay, and so does the number of bars; all voices get the same barlines. Repeats are not put into one
another. Not covered: pieces with first and second endings, which are refused.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from generator.notation import Bar, TokenKind, Tune, VoiceBar, check_bars
from generator.notation.checks import Closing, barlines
from generator.onward.errors import NotWorkable

ONCE, BEGINS, ENDS, BOTH = "|", "|:", ":|", "::"
LAST = "|]"


def repeated(tune: Tune, bars: Sequence[int]) -> Tune:
    """The tune with a repeat around the bars. Raises NotWorkable where one stands already."""
    first, last = bars[0], bars[-1]
    for start, end in _repeats(tune):
        if start <= last and first <= end:
            raise NotWorkable(reason="repeat_there", first=start + 1, last=end + 1)
    new = list(tune.bars)
    if first > 0:
        is_end = _lines(new[first - 1]).closing.startswith(":")
        new[first - 1] = _closed_by(new[first - 1], BOTH if is_end else BEGINS)
    new[last] = _closed_by(new[last], BOTH if _lines(new[last]).closing.endswith(":") else ENDS)
    return _checked(replace(tune, bars=tuple(new)), tune)


def unrepeated(tune: Tune, bars: Sequence[int]) -> Tune:
    """The tune without the repeats that are in these bars, or go through them."""
    new = list(tune.bars)
    for start, end in _repeats(tune):
        if start <= bars[-1] and bars[0] <= end:
            goes_on = _lines(new[end]).closing == BOTH
            new[end] = _closed_by(new[end], BEGINS if goes_on else LAST if end == len(new) - 1 else ONCE)
            new[start] = _opened_by(new[start], "")
            if start and (before := _lines(new[start - 1]).closing).endswith(":"):
                new[start - 1] = _closed_by(new[start - 1], ENDS if before == BOTH else ONCE)
    return _checked(replace(tune, bars=tuple(new)), tune)


def _checked(new: Tune, old: Tune) -> Tune:
    """A barline that splits a bar may be what lets it be short."""
    if len(list(check_bars(new))) > len(list(check_bars(old))):
        raise NotWorkable(reason="repeat_splits")
    return new


def _repeats(tune: Tune) -> Iterator[tuple[int, int]]:
    """The first and the last bar of each; one that no sign begins begins with the piece, or behind the one before.

    Raises NotWorkable where there are endings.
    """
    start = 0
    for number, bar in enumerate(tune.bars):
        lines = _lines(bar)
        if any(char.isdigit() for char in lines.opening + lines.closing):
            raise NotWorkable(reason="endings")
        start = number if lines.opening.endswith(":") else start
        if lines.closing.startswith(":"):
            yield start, number
            start = number + 1
        start = number + 1 if lines.closing.endswith(":") else start


def _lines(bar: Bar) -> Closing:
    return barlines(bar.voices[0].tokens) if bar.voices else Closing("", "")


def _closed_by(bar: Bar, line: str) -> Bar:
    return replace(bar, voices=tuple(_exchanged(voice, line, at=-1) for voice in bar.voices))


def _opened_by(bar: Bar, line: str) -> Bar:
    if not _lines(bar).opening:
        return bar
    return replace(bar, voices=tuple(_exchanged(voice, line, at=0) for voice in bar.voices))


def _exchanged(voice: VoiceBar, line: str, *, at: int) -> VoiceBar:
    """The voice's bar with another first (0) or last (-1) barline."""
    texts = [token.text for token in voice.tokens]
    places = [number for number, token in enumerate(voice.tokens) if token.kind is TokenKind.BAR]
    if not places:
        return replace(voice, music=voice.music + line)
    texts[places[at]] = line
    return replace(voice, music="".join(texts))
