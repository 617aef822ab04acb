"""How much time is left in a voice's bar while it is written.

Not covered: whether the words make sense (`words.py`), and what is remembered of a bar (`states.py`).
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import count

from generator.errors import NotationError
from generator.notation import Token
from generator.notation.durations import COUNTED, Clock

# Of bars shorter than the metre. Half a triplet would be none a player could count.
PLAIN_DENOMINATORS = (1, 2, 4, 8, 16)
MOST_TARGETS = 16  # of one state: of a unit and metre there are hardly more at the same time
_NUMBERS = count()


@dataclass(frozen=True, kw_only=True)
class Target:
    """How long a voice's bar may be, in whole notes.

    number: by which what was found out for this target is remembered. longest: None without metre. exact: the only
    length that is right; None: a whole bar, one that is not longer than `most_short`, and one of `last`. fixed: letters
    of the fields that may not change.
    """

    number: int
    longest: Fraction | None
    exact: Fraction | None
    most_short: Fraction
    last: Fraction | None
    fixed: frozenset[str]

    def has_time_left(self, length: Fraction) -> bool:
        return self.longest is None or _is_less(length, self.longest)

    def holds(self, length: Fraction) -> bool:
        return self.longest is None or not _is_less(self.longest, length)

    def complete(self, length: Fraction) -> bool:
        """Whether a length may be the end."""
        if self.exact is not None:
            return length == self.exact
        if self.longest is None or length == self.longest:
            return length > 0
        short = length == self.last or length <= self.most_short
        return short and 0 < length < self.longest and length.denominator in PLAIN_DENOMINATORS


@lru_cache(maxsize=64)
def target_of(
    *,
    longest: Fraction | None,
    exact: Fraction | None = None,
    most_short: Fraction = Fraction(0),
    last: Fraction | None = None,
    fixed: frozenset[str] = frozenset(),
) -> Target:
    """The target with these values: mostly the same one, so that what was found out for it need not be again."""
    return Target(number=next(_NUMBERS), longest=longest, exact=exact, most_short=most_short, last=last, fixed=fixed)


def remember(found: dict[int, bool], target: Target, answer: bool) -> None:
    """Put what was found out for a target among what was found out for others.

    Targets that were forgotten come again under another number, so not all is kept.
    """
    if len(found) >= MOST_TARGETS:
        found.clear()
    found[target.number] = answer


def clock_after(clock: Clock | None, token: Token) -> Clock | None:
    """A new clock one token further on. It remembers the last note only."""
    if clock is None or token.kind not in COUNTED:
        return clock
    later = clock.continued()
    try:
        later.take(0, token)
    except NotationError:
        return None
    return later


def _is_less(one: Fraction, other: Fraction) -> bool:
    """`one < other`, without the questions that fractions ask first, which take ten times as long."""
    return one.numerator * other.denominator < other.numerator * one.denominator
