"""Rests that NotaGen leaves out: put in, taken out; and the countdown at the start of bars.

The reference's own completion takes barline and length of an all-rest bar from the line before; after `:|` that makes
repeats nobody wrote. Here such a bar has a plain barline and the length the metre says.
"""

import sys
from dataclasses import replace
from fractions import Fraction

from generator.errors import NotationError
from generator.notation.checks import PLAIN_BARLINE, BarChecker, barlines, inner_tokens, opening_metre
from generator.notation.durations import is_printable, is_single_note, printable_rests, spell_length
from generator.notation.tokens import TokenKind
from generator.notation.tune import Bar, Header, Tune, VoiceBar

WHOLE_BAR_WITHOUT_METRE = Fraction(1)


def staves_of(header: Header) -> tuple[tuple[str, ...], ...]:
    """The voices of each staff, as `%%score` groups them: "{ ( 1 3 ) | 2 }" → (("1", "3"), ("2",))."""
    known = [voice.id for voice in header.voices]
    staves: list[list[str]] = []
    together = False
    for word in (header.score or "").replace("(", " ( ").replace(")", " ) ").split():
        if word in "()":
            together = word == "("
            staves += [[]] if together else []
        elif word in known:
            if together:
                staves[-1].append(word)
            else:
                staves.append([word])
    return tuple(tuple(staff) for staff in staves if staff) or tuple((voice,) for voice in known)


def rest_music(length: Fraction, unit: Fraction, *, letter: str = "z") -> str:
    """Rests that last so long together, each of which can be printed. Raises NotationError if there are none."""
    return " ".join(letter + spell_length(part, unit) for part in printable_rests(length))


def bar_rest(length: Fraction, unit: Fraction, *, letter: str = "z", whole: Fraction | None = None) -> str:
    """What stands for a bar of this length: one rest for a whole bar, in a shorter one as many as can be printed.

    whole: what the metre says. A bar whose length no plain rests can fill gets one rest all the same.
    """
    if length == whole or not is_printable(length) or is_single_note(length):
        return letter + spell_length(length, unit)
    return rest_music(length, unit, letter=letter)


def bar_length(bar: Bar, checker: BarChecker) -> Fraction:
    """How long a bar is: as long as its first voice that can be read, else as long as it should be."""
    metre = checker.metre_in(bar)
    for voice in bar.voices:
        try:
            if length := checker.timing(voice, metre).length:
                return length
        except NotationError:
            continue
    return checker.missing or checker.bar_length or checker.last_length or WHOLE_BAR_WITHOUT_METRE


def complete_bar(bar: Bar, checker: BarChecker, header: Header) -> Bar:
    """The bar with every voice of the tune header, in NotaGen's order; voices left out rest.

    A staff's main voice gets a visible rest, its other voices an invisible one; a change of metre holds for all.
    """
    length, metre = bar_length(bar, checker), checker.metre_in(bar)
    whole = metre.length if metre else None
    metre_field = next((field for voice in bar.voices if (field := opening_metre(voice.tokens))), "")
    lines = barlines(bar.voices[0].tokens) if bar.voices else None
    opening, closing = (lines.opening, lines.closing or PLAIN_BARLINE) if lines else ("", PLAIN_BARLINE)
    second_voices = {voice for staff in staves_of(header) for voice in staff[1:]}
    voices = []
    for voice in header.voices:
        letter = "x" if voice.id in second_voices else "z"
        rest = bar_rest(length, checker.unit_of(voice.id), letter=letter, whole=whole)
        rest = opening + metre_field + rest + closing
        voices.append(bar.voice(voice.id) or VoiceBar(voice.id, rest))
    unknown = [voice for voice in bar.voices if voice.voice not in checker.known]
    return replace(bar, voices=(*sorted(voices, key=_natural_order), *unknown))


def complete_rests(tune: Tune) -> Tune:
    """The tune with every voice in every bar."""
    checker = BarChecker(tune.header)
    bars = []
    for bar in tune.bars:
        bars.append(complete_bar(bar, checker, tune.header))
        checker.accept(bar)
    return replace(tune, bars=tuple(bars))


def _is_only_rest(voice: VoiceBar) -> bool:
    """Whether a voice's bar holds rests and space, and nothing that would be missed."""
    return all(token.kind in (TokenKind.REST, TokenKind.SPACE) for token in inner_tokens(voice.tokens))


def _rests_in_new_metre(voice: VoiceBar) -> bool:
    """Whether a voice's bar holds rests and a change of metre, which may stand in another voice as well."""
    metre = opening_metre(voice.tokens)
    return bool(metre) and _is_only_rest(replace(voice, music=voice.music.replace(metre, "", 1)))


def reduce_rests(tune: Tune) -> Tune:
    """The tune as NotaGen trains on it: voices that only rest are left out of the bar."""
    return replace(tune, bars=tuple(_reduce_bar(bar) for bar in tune.bars))


def _reduce_bar(bar: Bar) -> Bar:
    """The bar without resting voices, in NotaGen's order; one stays where it has a barline that would be lost."""
    kept = [voice for voice in bar.voices if not _is_only_rest(voice)]
    if any(opening_metre(voice.tokens) and not _rests_in_new_metre(voice) for voice in kept):
        kept = [voice for voice in kept if not _rests_in_new_metre(voice)]
    if not kept and bar.voices:
        lines = barlines(bar.voices[0].tokens)
        if lines.opening or lines.closing != PLAIN_BARLINE:
            kept = [bar.voices[0]]
    return replace(bar, voices=tuple(sorted(kept, key=_natural_order)))


def _natural_order(voice: VoiceBar) -> tuple[int, str]:
    """Voices are counted in the tune body; the tune header may name them in another order."""
    return (int(voice.voice), "") if voice.voice.isdecimal() else (sys.maxsize, voice.voice)


def add_countdown(tune: Tune) -> Tune:
    """Every bar led by `[r:bars before/bars after]`."""
    last = len(tune.bars) - 1
    return replace(tune, bars=tuple(replace(bar, countdown=(i, last - i)) for i, bar in enumerate(tune.bars)))


def strip_countdown(tune: Tune) -> Tune:
    """No bar led by a countdown."""
    return replace(tune, bars=tuple(replace(bar, countdown=None) for bar in tune.bars))
