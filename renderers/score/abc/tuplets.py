"""The tuplets of one voice that still wait for notes: they go on over barlines, and one may stand inside another."""

from __future__ import annotations

from fractions import Fraction

from renderers import limits
from renderers.score.abc.metres import Metre
from renderers.score.abc.model import Event, Tuplet


class _OpenTuplet:
    """A tuplet that still waits for notes."""

    def __init__(self, tuplet: Tuplet, num_notes: int) -> None:
        self.tuplet = tuplet
        self.num_notes = self.num_left = num_notes

    def holds(self, num_notes: int) -> bool:
        """Whether a tuplet of so many notes that begins now is a part of it."""
        return self.num_left > num_notes or self.num_left == num_notes < self.num_notes


class OpenTuplets:
    """Takes notes as they come, and gives each what is left of its time."""

    def __init__(self) -> None:
        self._open: list[_OpenTuplet] = []
        self._num_made = 0  # to give each a number

    def begin(self, actual: int, normal: int | None, num_notes: int | None, metre: Metre) -> None:
        """`(3`, `(5:4:6`. Raises InputRefused where too many stand inside each other."""
        if normal is None:
            in_three = 3 if metre.is_compound else 2
            normal = {2: 3, 3: 2, 4: 3, 6: 2, 8: 3}.get(actual, in_three)
        self._num_made += 1
        # One that does not fit into what is left of another one is no part of it: the other is short of notes.
        self._open = [outer for outer in self._open if outer.holds(num_notes or actual)]
        limits.check_tuplet_depth(len(self._open), f"({actual}")
        self._open.append(_OpenTuplet(Tuplet(actual, normal, self._num_made), num_notes or actual))

    def take(self, event: Event) -> None:
        """The next note, chord or rest."""
        if not self._open or event.is_bar_rest:
            return
        for one in self._open:
            event.ratio *= Fraction(one.tuplet.normal, one.tuplet.actual)
            one.num_left -= 1
        event.tuplets = tuple(one.tuplet for one in self._open)
        self._open = [one for one in self._open if one.num_left > 0]
