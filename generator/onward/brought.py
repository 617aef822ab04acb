"""Music that somebody brings to have it worked on: a tune of interleaved ABC with every voice in every bar.

Promises: whatever is brought is known to be workable, or refused with what is wrong with it; a bar prints as it came,
character for character.
Not covered: other notation, which is brought into this form elsewhere (`renderers`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from generator.errors import NotationError
from generator.notation import (
    Bar,
    BarChecker,
    DefectKind,
    Tune,
    complete_rests,
    cut_bars,
    parse_tune,
    strip_countdown,
)
from generator.onward.errors import NotWorkable
from generator.request import MAX_BARS

MOST_VOICES, MOST_BAR_CHARS = 40, 20_000
# What makes a bar one that a network cannot go on from; uneven lengths it can.
_UNREADABLE = frozenset({DefectKind.UNKNOWN_VOICE, DefectKind.VOICE_TWICE, DefectKind.UNREADABLE})


@dataclass(frozen=True, kw_only=True)
class Brought:
    """tune: header lines as they came (X:, T:, C: and all others) and the bars."""

    tune: Tune

    @property
    def bars(self) -> tuple[Bar, ...]:
        return self.tune.bars

    @cached_property
    def has_notes(self) -> bool:
        return any(voice.sounds for bar in self.bars for voice in bar.voices)

    def field(self, letter: str) -> str:
        """The first line of a kind: the title, the composer; "" without one."""
        return self.tune.header.field(letter) or ""

    def head(self, bars: int) -> "Brought":
        """Its first so many bars, as they came."""
        return replace(self, tune=replace(self.tune, bars=self.tune.bars[:bars], ending="\n"))

    def part(self, first: int, last: int | None) -> "Brought":
        """Bars first to last, counted from 1, under the same head; those at the beginning as they came."""
        last = len(self.bars) if last is None else last
        if first == 1:
            return self.head(last)
        return replace(self, tune=replace(cut_bars(self.tune, first - 1, last - 1), ending="\n"))

    def written(self, new: Mapping[int, Bar] | None = None) -> Tune:
        """The tune with new bars in place of some, or behind them."""
        bars = dict(enumerate(self.bars)) | dict(new or {})
        return replace(self.tune, bars=tuple(bars[number] for number in sorted(bars)), ending="\n")


def bring(abc: str) -> Brought:
    """The music in a text of interleaved ABC. Raises NotWorkable, NotationError."""
    tune = complete_rests(strip_countdown(parse_tune(abc)))
    return checked(Brought(tune=tune))


def checked(brought: Brought) -> Brought:
    """The same. Raises NotWorkable for what no network can go on from."""
    tune = brought.tune
    if not brought.has_notes:
        raise NotWorkable(reason="no_notes")
    if tune.header.metre is None:
        raise NotWorkable(reason="unmetred")
    if len(tune.bars) > MAX_BARS:
        raise NotWorkable(reason="too_long", bars=len(tune.bars), high=MAX_BARS)
    if len(tune.header.voices) > MOST_VOICES:
        raise NotWorkable(reason="too_many_voices", voices=len(tune.header.voices), high=MOST_VOICES)
    checker = BarChecker(tune.header)
    for number, bar in enumerate(tune.bars, start=1):
        try:
            defects = checker.check(bar, last=number == len(tune.bars))
        except NotationError as error:
            raise NotWorkable(reason="unreadable_bar", bar=number) from error
        if any(defect.kind in _UNREADABLE for defect in defects) or len(str(bar)) > MOST_BAR_CHARS:
            raise NotWorkable(reason="unreadable_bar", bar=number)
        checker.accept(bar)
        if checker.metre is None:
            raise NotWorkable(reason="unmetred_from", bar=number)
    return brought
