"""How much time is left in a voice's bar while it is written.

Promises: no word is added up twice, since music grows word by word.
Not covered: whether the words make sense (`words.py`).
"""

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, field
from fractions import Fraction

from generator.errors import NotationError
from generator.notation import Token
from generator.notation.durations import Clock
from generator.notation.limits import Metre


@dataclass(frozen=True, kw_only=True)
class Target:
    """How long a voice's bar may be, in whole notes.

    longest: None without metre. complete: whether a length may be the end. unit, metre: what lengths are counted in.
    fixed: letters of the fields that may not change. clocks: the time of music that was added up before, by its text.
    """

    longest: Fraction | None
    complete: Callable[[Fraction], bool]
    unit: Fraction
    metre: Metre | None
    fixed: frozenset[str] = frozenset()
    clocks: dict[str, Clock | None] = field(default_factory=dict, compare=False, repr=False)

    def has_time_left(self, length: Fraction) -> bool:
        return self.longest is None or length < self.longest

    def holds(self, length: Fraction) -> bool:
        return self.longest is None or length <= self.longest


def has_time_left(tokens: Sequence[Token], target: Target) -> bool:
    """Whether a note could follow."""
    clock = clock_of(tokens, target)
    return clock is not None and target.has_time_left(clock.onset)


def length_holds(tokens: Sequence[Token], target: Target) -> bool:
    """Whether what is there is not too long."""
    clock = clock_of(tokens, target)
    return clock is not None and target.holds(clock.onset)


def clock_of(tokens: Sequence[Token], target: Target) -> Clock | None:
    """The tokens' time added up; None for what has no length. Music grows by a token, so all but the last is known."""
    text = "".join([token.text for token in tokens])
    if text not in target.clocks:
        if not tokens:
            target.clocks[text] = Clock(unit=target.unit, metre=target.metre)
        else:
            target.clocks[text] = _clock_after(clock_of(tokens[:-1], target), tokens[-1])
    return target.clocks[text]


def _clock_after(clock: Clock | None, token: Token) -> Clock | None:
    """A new clock one token further on."""
    if clock is None:
        return None
    later = copy(clock)
    later.timed, later.layers = list(clock.timed[-1:]), list(clock.layers)
    later.tuplets = [copy(tuplet) for tuplet in clock.tuplets]
    try:
        later.take(0, token)
    except NotationError:
        return None
    return later
