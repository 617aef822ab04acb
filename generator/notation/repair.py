"""The last resort for a bar that stays wrong: complete it with rests or cut it, by rule.

Promises: what comes out passes the check, whatever went in. What can stay as it was, stays.
"""

from dataclasses import replace
from fractions import Fraction

from generator.errors import NotationError
from generator.notation.checks import PLAIN_BARLINE, BarChecker, inner_tokens
from generator.notation.durations import TIMED, Timed, time_music
from generator.notation.model import Bar, VoiceBar
from generator.notation.rests import WHOLE_BAR_WITHOUT_METRE, rest_music
from generator.notation.tokens import Token, TokenKind

# What may stay in a cut bar without a note that it belongs to. Tuplets and broken rhythm would change what follows.
UNSAFE = frozenset({TokenKind.OTHER, TokenKind.OVERLAY, TokenKind.BAR, TokenKind.FIELD})


def repair_bar(bar: Bar, checker: BarChecker, *, last: bool = False) -> Bar:
    """The bar, made to pass `checker.check`."""
    if bar.voices and not checker.check(bar, last=last):
        return bar
    length = checker.bar_length or WHOLE_BAR_WITHOUT_METRE
    first: dict[str, VoiceBar] = {}
    for voice in bar.voices:
        if voice.voice in checker.known:
            first.setdefault(voice.voice, voice)
    voices = tuple(repair_voice(voice, checker, length) for voice in first.values())
    if not voices:
        resting = min(checker.known)
        voices = (VoiceBar(resting, rest_music(length, checker.unit_of(resting)) + PLAIN_BARLINE),)
    return replace(bar, voices=voices, lead="")


def repair_voice(voice: VoiceBar, checker: BarChecker, length: Fraction) -> VoiceBar:
    """One voice cut or filled up to `length`; only rests if nothing of it can be read."""
    unit = checker.unit_of(voice.voice)
    tokens = [token for token in inner_tokens(voice.tokens) if token.kind not in UNSAFE]
    kept, reached = readable_start(tokens, checker, unit, length)
    music = "".join(token.text for token in kept).rstrip()
    if reached < length:
        music = f"{music} {rest_music(length - reached, unit)}".lstrip()
    return VoiceBar(voice.voice, music + PLAIN_BARLINE)


def readable_start(
    tokens: list[Token], checker: BarChecker, unit: Fraction, length: Fraction
) -> tuple[list[Token], Fraction]:
    """The longest start that can be read and is not longer than `length`, whole tuplets and pairs only."""
    for end in range(len(tokens), 0, -1):
        start = tokens[:end]
        if end < len(tokens) and start[-1].kind in (TokenKind.TUPLET, TokenKind.GRACE, TokenKind.DECORATION):
            continue
        try:
            timing = time_music(start, unit=unit, metre=checker.metre)
        except NotationError:
            continue
        if timing.length <= length and fills_with_rests(length - timing.length) and is_closed(start, timing.timed):
            return start, timing.length
    return [], Fraction(0)


def fills_with_rests(gap: Fraction) -> bool:
    """Whether rests of the usual lengths can fill the gap; the rest of a tuplet cannot be filled."""
    return gap.denominator & (gap.denominator - 1) == 0 and gap.denominator <= 64


def is_closed(tokens: list[Token], timed: tuple[Timed, ...]) -> bool:
    """Whether no broken rhythm waits for its second note."""
    waiting = [index for index, token in enumerate(tokens) if token.kind is TokenKind.BROKEN]
    return not waiting or any(token.kind in TIMED for token in tokens[waiting[-1] :])
