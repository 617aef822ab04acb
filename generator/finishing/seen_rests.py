"""Which rests are printed: every moment of a staff has a note or a rest, and no two rests say the same.

The network hides rests, `x`, where nothing else stands on the staff, so that a bar seems to be a beat short; and both
voices of a hand rest side by side. Promises: a hidden rest is seen where its staff would be empty; on the staves of a
keyboard a rest is hidden where rests of the other voices say the same. Lengths and all other words stay.
Not covered: a staff that is empty because its voice has gone to the other one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction

from generator.errors import NotationError
from generator.notation import Bar, BarChecker, Metre, TokenKind, Tune, staves_of
from generator.notation.crossing import staff_move
from generator.notation.editing import Place

SEEN, HIDDEN = "z", "x"


@dataclass
class _Span:
    """A note or a rest of a bar, from when to when; rest: `z`, `x` or "" for a note."""

    place: Place
    start: Fraction
    end: Fraction
    rest: str


def show_rests(tune: Tune) -> Tune:
    """The tune with rests where something has to be read."""
    staves = staves_of(tune.header)
    shared = {staff for staff, voices in enumerate(staves) if len(voices) > 1 and _is_keyboard(tune, voices)}
    home = {voice: number for number, voices in enumerate(staves) for voice in voices}
    clock, bars = BarChecker(tune.header), []
    for number, bar in enumerate(tune.bars):
        metre = clock.metre_in(bar)
        bars.append(_mend(bar, _spans(number, bar, clock, metre, home), shared))
        clock.accept(bar)
    return replace(tune, bars=tuple(bars))


def _is_keyboard(tune: Tune, voices: tuple[str, ...]) -> bool:
    """Whether a brace joins the staff with another one."""
    braces = re.findall(r"\{([^}]*)\}", tune.header.score or "")
    return any(set(voices) <= set(re.findall(r"\w+", part)) for part in braces)


def _spans(
    number: int, bar: Bar, clock: BarChecker, metre: Metre | None, home: dict[str, int]
) -> dict[int, list[_Span]]:
    """What stands on each staff. A bar of which one voice cannot be read has nothing."""
    found: dict[int, list[_Span]] = {}
    for voice in bar.voices:
        try:
            timed = {each.index: each for each in clock.timing(voice, metre).timed}
        except NotationError:
            return {}
        staff = home.get(voice.voice, 0)
        for index, token in enumerate(voice.tokens):
            staff += staff_move(token) or 0
            if (each := timed.get(index)) is not None and each.length:
                rest = token.text[0] if token.kind is TokenKind.REST else ""
                span = _Span((number, voice.voice, index), each.onset, each.onset + each.length, rest)
                found.setdefault(staff, []).append(span)
    return found


def _mend(bar: Bar, staves: dict[int, list[_Span]], shared: set[int]) -> Bar:
    changed: dict[Place, str] = {}
    for staff, spans in staves.items():
        for span in spans:
            if span.rest == HIDDEN and not _is_covered(span, [one for one in spans if one.rest != HIDDEN]):
                span.rest = changed[span.place] = SEEN
        if staff not in shared:
            continue
        for span in reversed(spans):
            others = [one for one in spans if one.rest == SEEN and one.place[1] != span.place[1]]
            if span.rest == SEEN and _is_covered(span, others):
                span.rest = changed[span.place] = HIDDEN
    if not changed:
        return bar
    number = next(iter(changed))[0]
    return replace(bar, voices=tuple(
        replace(voice, music="".join(
            changed.get((number, voice.voice, index), token.text[:1]) + token.text[1:]
            for index, token in enumerate(voice.tokens)
        ))
        for voice in bar.voices
    ))  # fmt: skip


def _is_covered(span: _Span, others: list[_Span]) -> bool:
    """Whether at every moment of a span something else stands on the staff."""
    reached = span.start
    for one in sorted(others, key=_start):
        if one.start <= reached < one.end:
            reached = one.end
    return reached >= span.end


def _start(span: _Span) -> Fraction:
    return span.start
