"""What speaks for one version of some bars: how likely it makes what follows, how it joins on, how like music it is.

Promises: weights are sums of nats, so they can be compared and turned into chances. The same bars weigh the same.
Not covered: writing them (`gap.py`).
"""

import math
import re
from collections.abc import Sequence
from random import Random

from generator.finishing.slurs import partners
from generator.notation import Bar, Header, Token, TokenKind, VoiceBar
from generator.notation.pitches import NOTE_PATTERN, read_note
from generator.notation.tokens import SOUNDING, without_texts

UNTIED_NATS = 3.0  # a tie that leads to another note, or to none
LEAP_NATS = 0.3  # for each step of a leap over the barline beyond the usual
USUAL_LEAP_STEPS = 7  # of a melody; wider ones are rare in any style
_NOTE = re.compile(NOTE_PATTERN)


def join_nats(before: Bar | None, after: Bar | None, header: Header) -> float:
    """What speaks against two bars side by side: ties that lead nowhere, and a leap of the first voice. 0 or more."""
    if before is None or after is None:
        return 0.0
    cost = 0.0
    for voice in header.voices:
        last, first = _edge(before.voice(voice.id), -1), _edge(after.voice(voice.id), 0)
        if last is not None and last[1] and (first is None or not partners(last[0], first[0])):
            cost += UNTIED_NATS
    top = header.voices[0].id
    last, first = _edge(before.voice(top), -1), _edge(after.voice(top), 0)
    if last is not None and first is not None:
        leap = abs(_highest(first[0]) - _highest(last[0]))
        cost += LEAP_NATS * max(0, leap - USUAL_LEAP_STEPS)
    return cost


def _edge(voice: VoiceBar | None, place: int) -> tuple[Token, bool] | None:
    """The first note of a voice's bar, or the last, and whether a tie leads on from it; None if it begins with none."""
    if voice is None:
        return None
    timed = [
        (number, token)
        for number, token in enumerate(voice.tokens)
        if token.kind in SOUNDING or token.kind is TokenKind.REST
    ]
    if not timed or timed[place][1].kind is TokenKind.REST:
        return None
    number, token = timed[place]
    rest = voice.tokens[number + 1 :]
    return token, any(one.kind is TokenKind.TIE for one in rest[:1])


def _highest(token: Token) -> int:
    """In steps above middle C."""
    notes = [read_note(found["note"])[1] for found in _NOTE.finditer(without_texts(token.text))]
    return max(notes, default=0)


def draw_ancestors(weights: Sequence[float], rng: Random) -> list[int]:
    """For each particle the one that it goes on from: each as often as its weight says, with the least of luck.

    weights: in nats. Systematic resampling (Kitagawa, 1996).
    """
    highest = max(weights)
    chances = [math.exp(weight - highest) for weight in weights]
    step = sum(chances) / len(chances)
    start, ancestors, reached, place = rng.random() * step, [], chances[0], 0
    for number in range(len(chances)):
        while reached < start + number * step and place < len(chances) - 1:
            place += 1
            reached += chances[place]
        ancestors.append(place)
    return ancestors
