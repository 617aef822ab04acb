"""Cutting, joining and replacing bars."""

from collections.abc import Sequence
from dataclasses import replace

from generator.errors import BadRequest
from generator.notation.model import Bar, Tune
from generator.notation.rests import add_countdown


def recount(tune: Tune) -> Tune:
    """The tune with its countdown put right, if its bars have one."""
    return add_countdown(tune) if any(bar.countdown for bar in tune.bars) else tune


def cut_bars(tune: Tune, first: int, last: int) -> Tune:
    """Bars `first` to `last`, counted from 0, both included. Raises BadRequest."""
    if not 0 <= first <= last < len(tune.bars):
        raise BadRequest(f"Bars {first + 1} to {last + 1} are not all there: the tune has {len(tune.bars)} bars.")
    return recount(replace(tune, bars=tune.bars[first : last + 1]))


def join_tunes(first: Tune, second: Tune) -> Tune:
    """The bars of both under the header of the first. Raises BadRequest if the voices differ."""
    names = [[voice.id for voice in tune.header.voices] for tune in (first, second)]
    if names[0] != names[1]:
        raise BadRequest("These two tunes have different voices. Only tunes for the same instruments can be joined.")
    return recount(replace(first, bars=(*first.bars, *second.bars)))


def replace_bars(tune: Tune, first: int, bars: Sequence[Bar]) -> Tune:
    """The tune with `bars` in place of as many bars from `first` on. Raises BadRequest if they do not fit."""
    if not 0 <= first <= first + len(bars) <= len(tune.bars):
        raise BadRequest(f"{len(bars)} bars from bar {first + 1} on are not there: the tune has {len(tune.bars)} bars.")
    return recount(replace(tune, bars=(*tune.bars[:first], *bars, *tune.bars[first + len(bars) :])))
