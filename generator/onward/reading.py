"""A piece as the network reads it: rests left out, bars counted, in plain letters, in the key that it writes best in.

Promises: bar for bar the same music; what was written behind it finds the way back (`Reading.home_again`).
Not covered: what of a piece can be worked on (`brought.py`).
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from generator.catalogue.ranges import find_range
from generator.notation import Bar, Header, Tune, parse_tune, reduce_rests, strip_countdown
from generator.notation.transpose import Move, way_home

READ_LINES = ("%%score", "L:", "Q:", "M:", "K:", "V:")  # what of a tune header a network was taught


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A piece for the network. tune: in its own key, without countdown; move: the way to where it writes, if it does.

    total: how many bars there will be in all.
    """

    tune: Tune
    move: Move | None
    total: int

    @cached_property
    def moved(self) -> Tune:
        """In the key that it is written in."""
        return self.tune if self.move is None else parse_tune(self.move.apply(str(self.tune)))

    @cached_property
    def bars(self) -> tuple[Bar, ...]:
        """With their countdown, in the key that it is written in."""
        last = self.total - 1
        return tuple(replace(bar, countdown=(i, last - i)) for i, bar in enumerate(self.moved.bars))

    def home_again(self, bars: Sequence[Bar]) -> tuple[Bar, ...]:
        """Bars from where they were written to the key of the piece, without countdown. All bars, from the first on."""
        tune = strip_countdown(Tune(header=self.moved.header, bars=tuple(bars)))
        return tune.bars if self.move is None else parse_tune(self.move.back.apply(str(tune))).bars


def read_tune(tune: Tune, *, total: int | None = None, at_home: bool) -> Reading:
    """The tune for a network that writes in C major and A minor, or in any key. Raises NotationError."""
    header = Header(tuple(plain(line) for line in tune.header.lines if line.startswith(READ_LINES)))
    body = tuple(_plain_bar(bar) for bar in reduce_rests(strip_countdown(tune)).bars)
    read = Tune(header=header, bars=body)
    move = way_home(str(header)) if at_home else None
    return Reading(tune=read, move=move, total=len(body) if total is None else total)


def plain(line: str) -> str:
    """A line of the tune header in ASCII: instruments by their English names, other signs without their accents."""
    if line.isascii():
        return line
    words = [_plain_word(word, is_name=number % 2 == 1) for number, word in enumerate(line.split('"'))]
    return '"'.join(words)


def _plain_word(word: str, *, is_name: bool) -> str:
    known = None if word.isascii() or not is_name else find_range(word)
    return known.instrument.capitalize() if known else without_accents(word)


def _plain_bar(bar: Bar) -> Bar:
    if str(bar).isascii():
        return bar
    return replace(bar, voices=tuple(replace(voice, music=without_accents(voice.music)) for voice in bar.voices))


def without_accents(text: str) -> str:
    """The ASCII letters of a text."""
    return "".join(char for char in unicodedata.normalize("NFKD", text) if char.isascii())


__all__ = ["READ_LINES", "Reading", "plain", "read_tune", "without_accents"]
