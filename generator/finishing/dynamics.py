"""Loud and soft together: players who begin at the same moment are given the same dynamic.

The network writes voice after voice and hears loudness badly: in a quarter of the bars of its quartets in which two
parts had a mark, one was soft and the other loud; people do that in one bar of fifty.
A dynamic that a voice has had a moment ago, with no hairpin in between, is not said again.
Promises: of marks at the same moment in several voices the one that most have stays in all of them, the topmost of
equals; marks with sudden accents (sf, sfz, fz) and of parts that are marked solo stay as they are; notes stay.
Not covered: hairpins, and marks that stand at different moments of a bar.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from generator.errors import NotationError
from generator.finishing.spanners import DYNAMICS
from generator.notation import Bar, BarChecker, Tune

_APART = re.compile(r"\b(solo|soli|en dehors|marc|marcato|cantando|cantabile|sotto)\b", re.IGNORECASE)
_HAIRPIN = re.compile(r"!(?:[<>]|cresc|dim)|\"[^\"]*(?:cresc|dim|rinf)")
Place = tuple[str, int]  # the voice and the number of its token


def agree_on_dynamics(tune: Tune) -> Tune:
    """The tune with one dynamic for all who are given one at the same moment."""
    if len(tune.header.voices) < 2:
        return tune
    clock, bars = BarChecker(tune.header), []
    for bar in tune.bars:
        bars.append(_agree(bar, clock))
        clock.accept(bar)
    return replace(tune, bars=tuple(bars))


def drop_repeated_dynamics(tune: Tune) -> Tune:
    """The tune without dynamics that a voice has by now since this bar or the one before."""
    said: dict[str, tuple[int, str]] = {}
    bars = []
    for number, bar in enumerate(tune.bars):
        voices = []
        for voice in bar.voices:
            kept = []
            for token in voice.tokens if "!" in voice.music else ():
                since, level = said.get(voice.voice, (-2, ""))
                if token.text in DYNAMICS and token.text == level and number - since <= 1:
                    continue
                if token.text in DYNAMICS or _HAIRPIN.match(token.text):
                    said[voice.voice] = number, token.text
                kept.append(token.text)
            voices.append(replace(voice, music="".join(kept)) if kept else voice)
        bars.append(replace(bar, voices=tuple(voices)))
    return replace(tune, bars=tuple(bars))


def _agree(bar: Bar, clock: BarChecker) -> Bar:
    at: dict[Fraction, list[tuple[Place, str]]] = defaultdict(list)
    for onset, place, level in _levels(bar, clock):
        at[onset].append((place, level))
    changed: dict[Place, str] = {}
    for marks in at.values():
        counted = Counter(level for _, level in marks).most_common()
        agreed = next(level for _, level in marks if dict(counted)[level] == counted[0][1])
        changed |= {place: agreed for place, level in marks if level != agreed}
    if not changed:
        return bar
    return replace(bar, voices=tuple(
        replace(voice, music="".join(
            changed.get((voice.voice, number), token.text)
            for number, token in enumerate(voice.tokens)
        ))
        for voice in bar.voices
    ))  # fmt: skip


def _levels(bar: Bar, clock: BarChecker) -> Iterator[tuple[Fraction, Place, str]]:
    """When which voice is given which dynamic; not those of parts that are marked apart."""
    metre = clock.metre_in(bar)
    for voice in bar.voices:
        if "!" not in voice.music or _APART.search(voice.music):
            continue
        try:
            timed = clock.timing(voice, metre).timed
        except NotationError:
            continue
        for number, token in enumerate(voice.tokens):
            after = next((each.onset for each in timed if each.index > number), None)
            if token.text in DYNAMICS and after is not None:
                yield after, (voice.voice, number), token.text
