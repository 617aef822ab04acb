"""The last resort for a bar that stays wrong: complete it with rests or cut it, by rule.

Promises: what comes out passes the check, whatever went in; what is right stays as it was. Voices that nobody knows,
and voices given twice, go. Of the others, the longest readable start that fits stays, in whole tuplets.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from generator.errors import NotationError
from generator.notation.checks import PLAIN_BARLINE, BarChecker, barlines, inner_tokens
from generator.notation.durations import Clock, is_printable
from generator.notation.rests import WHOLE_BAR_WITHOUT_METRE, bar_rest, rest_music
from generator.notation.tokens import Token, TokenKind
from generator.notation.tune import Bar, VoiceBar

# Fields go too: a wrong bar is no place to change key or metre.
UNSAFE = frozenset({TokenKind.OTHER, TokenKind.OVERLAY, TokenKind.BAR, TokenKind.FIELD})
# What means nothing without the note that was cut off behind it, or that it led to.
DANGLING = frozenset({
    TokenKind.TUPLET, TokenKind.GRACE, TokenKind.DECORATION, TokenKind.SLUR_OPEN, TokenKind.TIE, TokenKind.SPACE,
})  # fmt: skip
BARLINES_KEPT = frozenset({PLAIN_BARLINE, "||", "|]", ":|", "|:", "::"})


def repair_bar(bar: Bar, checker: BarChecker, *, last: bool = False) -> Bar:
    """The bar, made to pass `checker.check`."""
    if bar.voices and not checker.check(bar, last=last):
        return bar
    known: dict[str, VoiceBar] = {}
    for voice in bar.voices:
        if voice.voice in checker.known:
            known.setdefault(voice.voice, voice)
    voices = tuple(known.values())
    for length, barline in _plans(voices, checker):
        fitted = tuple(_fit_voice(voice, checker, length, barline) for voice in voices)
        repaired = Bar(bar.countdown, fitted)
        if fitted and not checker.check(repaired, last=last):
            return repaired
    return _resting_bar(bar, checker)


def _plans(voices: tuple[VoiceBar, ...], checker: BarChecker) -> Iterator[tuple[Fraction, str]]:
    """Lengths and closing barlines to try, the one that keeps most first."""
    lengths: Counter[Fraction] = Counter()
    for voice in voices:
        try:
            lengths[checker.timing(voice).length] += 1
        except NotationError:
            continue
    usual = [length for length, _ in lengths.most_common() if length and is_printable(length)]
    whole = checker.bar_length or (usual or [WHOLE_BAR_WITHOUT_METRE])[0]
    closing = Counter(barlines(voice.tokens).closing for voice in voices).most_common(1)
    barline = closing[0][0] if closing and closing[0][0] in BARLINES_KEPT else PLAIN_BARLINE
    if usual and usual[0] < whole:
        yield usual[0], barline
    yield whole, barline
    yield whole, PLAIN_BARLINE


def _resting_bar(bar: Bar, checker: BarChecker) -> Bar:
    """A bar of which nothing could be saved: the first voice rests for as long as it must, and with it all others."""
    if not checker.known:
        return replace(bar, voices=(), lead="")
    length = checker.bar_length or WHOLE_BAR_WITHOUT_METRE
    first = min(checker.known)
    return Bar(bar.countdown, (VoiceBar(first, bar_rest(length, checker.unit_of(first)) + PLAIN_BARLINE),))


def _fit_voice(voice: VoiceBar, checker: BarChecker, length: Fraction, barline: str) -> VoiceBar:
    """One voice cut or filled up to `length`; only rests if nothing of it can be read."""
    unit = checker.unit_of(voice.voice)
    tokens = [token for token in inner_tokens(voice.tokens) if token.kind not in UNSAFE]
    kept, reached = _fitting_start(tokens, checker, unit, length)
    music = "".join(token.text for token in kept)
    if not reached:
        music = bar_rest(length, unit)
    elif reached < length:
        music = f"{music} {rest_music(length - reached, unit)}"
    return VoiceBar(voice.voice, music + barline)


def _fitting_start(
    tokens: list[Token], checker: BarChecker, unit: Fraction, length: Fraction
) -> tuple[list[Token], Fraction]:
    """The longest start that can be read, is not longer than `length` and can be filled up to it; and its length."""
    clock = Clock(unit=unit, metre=checker.metre)
    end, reached = 0, Fraction(0)
    for index, token in enumerate(tokens):
        try:
            clock.take(index, token)
        except NotationError:
            break
        if clock.onset > length:
            break
        if clock.between_groups and is_printable(length - clock.onset):
            end, reached = index + 1, clock.onset
    kept = tokens[:end]
    while end < len(tokens) and kept and kept[-1].kind in DANGLING:
        kept.pop()
    return kept, reached
