"""How much time is left in a voice's bar while it is written.

Promises: no word is added up twice, since music grows word by word.
Not covered: whether the words make sense (`words.py`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from generator.errors import NotationError
from generator.notation import Token, lex_music
from generator.notation.durations import COUNTED, Clock
from generator.notation.limits import Metre


class Clocks:
    """The time of voices' music, added up behind each word of it. unit, metre: what lengths are counted in."""

    def __init__(self, unit: Fraction, metre: Metre | None) -> None:
        self.unit, self.metre = unit, metre
        self._known: dict[str, Clock | None] = {"": Clock(unit=unit, metre=metre)}

    def behind(self, music: str) -> Clock | None:
        """The time of finished words; None for what has no length. Nobody may change it."""
        return self._known[music] if music in self._known else self.behind_words(lex_music(music), music)

    def behind_words(self, tokens: Sequence[Token], text: str) -> Clock | None:
        """The same for words that are cut already, which are `text` joined. All but the last is mostly known."""
        known = self._known
        if text in known:
            return known[text]
        new = list[tuple[str, Token]]()
        for token in reversed(tokens):
            if text in known:
                break
            new.append((text, token))
            text = text[: len(text) - len(token.text)]
        clock = known[text]
        for longer, token in reversed(new):
            clock = known[longer] = _clock_after(clock, token)
        return clock


@dataclass(frozen=True, kw_only=True)
class Target:
    """How long a voice's bar may be, in whole notes.

    longest: None without metre. complete: whether a length may be the end. clocks: what lengths are counted in, and
    what was added up before. fixed: letters of the fields that may not change.
    """

    longest: Fraction | None
    complete: Callable[[Fraction], bool]
    clocks: Clocks
    fixed: frozenset[str] = frozenset()

    def has_time_left(self, length: Fraction) -> bool:
        return self.longest is None or _is_less(length, self.longest)

    def holds(self, length: Fraction) -> bool:
        return self.longest is None or not _is_less(self.longest, length)


class Words(NamedTuple):
    """Some of a voice's words from its first on, and what they are joined."""

    tokens: Sequence[Token]
    text: str

    @property
    def before(self) -> "Words":
        """All but the last."""
        return Words(self.tokens[:-1], self.text[: len(self.text) - len(self.tokens[-1].text)])

    def and_one(self, token: Token) -> "Words":
        return Words((*self.tokens, token), self.text + token.text)


def has_time_left(words: Words, target: Target) -> bool:
    """Whether a note could follow."""
    clock = clock_of(words, target)
    return clock is not None and target.has_time_left(clock.onset)


def length_holds(words: Words, target: Target) -> bool:
    """Whether what is there is not too long."""
    clock = clock_of(words, target)
    return clock is not None and target.holds(clock.onset)


def clock_of(words: Words, target: Target) -> Clock | None:
    """The words' time added up; None for what has no length."""
    return target.clocks.behind_words(words.tokens, words.text)


def _is_less(one: Fraction, other: Fraction) -> bool:
    """`one < other`, without the questions that fractions ask first, which take ten times as long."""
    return one.numerator * other.denominator < other.numerator * one.denominator


def _clock_after(clock: Clock | None, token: Token) -> Clock | None:
    """A new clock one token further on. It remembers the last note only."""
    if clock is None or token.kind not in COUNTED:
        return clock
    later = clock.continued()
    try:
        later.take(0, token)
    except NotationError:
        return None
    return later
