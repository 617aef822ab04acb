"""Pickups that a source fills up to a whole bar with rests that nobody sees.

Promises: what all staves leave invisible at the start or end of the first bar, or at the start of a repeat, is taken
away; notes keep their lengths and distances.
Not covered: bars that are filled up before a repeat ends, since their other half may be anywhere.
"""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from generator.errors import NotationError
from generator.notation import Bar, BarChecker, TokenKind, Tune, VoiceBar
from generator.notation.checks import barlines
from generator.notation.durations import TIMED, is_printable
from generator.notation.rests import rest_music, staves_of


def cut_invisible_rests(tune: Tune) -> Tune:
    """The tune without bars that invisible rests fill up."""
    staves = staves_of(tune.header)
    starts = {number for number, bar in enumerate(tune.bars) if _may_be_filled_up(bar, staves, first=number == 0)}
    if not starts:
        return tune
    clock, bars = BarChecker(tune.header), []
    for number, bar in enumerate(tune.bars):
        if number in starts:
            bar = _cut(bar, clock, at_start=True)
            bar = _cut(bar, clock, at_start=False) if number == 0 else bar
        bars.append(bar)
        clock.accept(bar)
    return replace(tune, bars=tuple(bars))


def _may_be_filled_up(bar: Bar, staves: tuple[tuple[str, ...], ...], *, first: bool) -> bool:
    """Whether the music or a repeat begins here, with a voice on every staff: one that is left out visibly rests."""
    if not bar.voices or not all("x" in voice.music for voice in bar.voices):
        return False
    begins = first or bool(barlines(bar.voices[0].tokens).opening)
    return begins and all(any(bar.voice(voice) for voice in staff) for staff in staves)


def _cut(bar: Bar, clock: BarChecker, *, at_start: bool) -> Bar:
    """The bar without the invisible rests that all its voices begin or end with together."""
    try:
        silences = [_silence(voice, clock, bar, at_start=at_start) for voice in bar.voices]
    except NotationError:
        return bar
    gap = min(silences)
    heard = any(voice.sounds for voice in bar.voices)
    if not gap or not heard or not all(is_printable(silence - gap) for silence in silences):
        return bar
    voices = tuple(
        _shorten(voice, silence - gap, clock.unit_of(voice.voice), at_start=at_start)
        for voice, silence in zip(bar.voices, silences, strict=True)
    )
    return replace(bar, voices=voices)


def _silence(voice: VoiceBar, clock: BarChecker, bar: Bar, *, at_start: bool) -> Fraction:
    """How long a voice is invisible at an end of its bar, in whole notes. Raises NotationError."""
    timing = clock.timing(voice, clock.metre_in(bar))
    if len(timing.layers) > 1 or any(token.kind is TokenKind.TUPLET for token in voice.tokens):
        return Fraction(0)
    silence = Fraction(0)
    for timed in timing.timed if at_start else reversed(timing.timed):
        if not voice.tokens[timed.index].text.startswith("x"):
            break
        silence += timed.length
    return silence


def _shorten(voice: VoiceBar, silence: Fraction, unit: Fraction, *, at_start: bool) -> VoiceBar:
    """The voice's bar with so much invisible rest left at this end."""
    tokens = list(voice.tokens)
    run = _run_of_rests([token.kind in TIMED and token.text[0] == "x" for token in tokens],
                        [token.kind in TIMED for token in tokens], at_start=at_start)  # fmt: skip
    rest = rest_music(silence, unit, letter="x") if silence else ""
    texts = [("" if number in run else token.text) for number, token in enumerate(tokens)]
    if rest:
        texts[run[0] if at_start else run[-1]] = rest
    music = " ".join("".join(texts).split(" ")).strip()
    while "  " in music:
        music = music.replace("  ", " ")
    for barline in (barlines(voice.tokens).opening, barlines(voice.tokens).closing):
        music = music.replace(f" {barline}", barline).replace(f"{barline} ", barline) if barline else music
    return replace(voice, music=music)


def _run_of_rests(invisible: Sequence[bool], timed: Sequence[bool], *, at_start: bool) -> list[int]:
    """The places of the invisible rests before any other note or rest, or behind all."""
    places = range(len(timed)) if at_start else range(len(timed) - 1, -1, -1)
    run = []
    for place in places:
        if timed[place] and not invisible[place]:
            break
        if invisible[place]:
            run.append(place)
    return sorted(run)
