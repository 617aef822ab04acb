"""How long a note is: what its sign shows beside what its duration says, and which notes make a tuplet.

Where the two contradict, the one that fills the bar counts. Programs round durations to whole divisions: a difference
of that size is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from renderers.limits import MAX_TUPLET
from renderers.score.abc.durations import TYPES
from renderers.score.abc.model import Event, Tuplet

LENGTHS = {name: length for length, name in TYPES.items()}
# Below the line of the fraction a length belongs to a tuplet: how many notes, in the time of how many.
TUPLETS_OF = {3: (3, 2), 5: (5, 4), 7: (7, 4), 9: (9, 8), 11: (11, 8), 13: (13, 8), 15: (15, 8)}
GRIDS = (64, 96, 160, 224, 192, 320, 448, 288, 128, 384, 1024)  # parts of a whole note in which music is counted
NO_RATIO = (1, 1)


@dataclass(frozen=True)
class Length:
    """A note's length: as its sign shows it, and the tuplet's ratio (so many in the time of so many)."""

    nominal: Fraction
    ratio: tuple[int, int] = NO_RATIO

    @property
    def sounding(self) -> Fraction:
        """In whole notes."""
        return self.nominal * self.ratio[1] / self.ratio[0]


@dataclass(slots=True, kw_only=True)
class Placed:
    """A note, chord or rest where the file has it.

    at, raw: its beginning in the measure and its length by the divisions; shown: its length by its sign, if it has one.
    begins, ends: whether a tuplet's bracket begins and ends here. order: among all of the part.
    """

    event: Event
    voice: str
    staff: int
    at: Fraction
    raw: Fraction
    shown: Length | None
    is_bar_rest: bool = False
    begins: bool = False
    ends: bool = False
    ratio: tuple[int, int] = NO_RATIO
    graces: list[object] = field(default_factory=list)


def shown_length(type_: str | None, num_dots: int, ratio: tuple[int, int]) -> Length | None:
    """What a sign shows; None where it is not known."""
    base = LENGTHS.get((type_ or "").strip())
    if base is None:
        return None
    return Length(base * Fraction(2 ** (num_dots + 1) - 1, 2**num_dots), ratio)


def raw_length(raw: Fraction, ratio: tuple[int, int] = NO_RATIO) -> Length:
    """What a duration says, with the tuplet that it needs."""
    exact = _snap(raw)
    factor = _odd_factor(exact.denominator)
    if ratio != NO_RATIO and _odd_factor((exact * ratio[0] / ratio[1]).denominator) == 1:
        return Length(exact * ratio[0] / ratio[1], ratio)
    if factor == 1:
        return Length(exact)
    actual, normal = TUPLETS_OF.get(factor, (factor, 1 << (factor.bit_length() - 1)))
    if actual > MAX_TUPLET:
        return Length(Fraction(max(1, round(exact * 1024)), 1024))
    return Length(exact * actual / normal, (actual, normal))


def _snap(raw: Fraction) -> Fraction:
    """The length that was meant before it was rounded to divisions."""
    if _odd_factor(raw.denominator) in (1, 3, 5, 7, 9) and raw.denominator <= GRIDS[-1]:
        return raw
    slack = Fraction(1, 4 * raw.denominator) if raw.denominator < GRIDS[-1] else Fraction(1, 2 * GRIDS[-1])
    for grid in GRIDS:
        snapped = Fraction(round(raw * grid), grid)
        if snapped and abs(snapped - raw) <= slack:
            return snapped
    return raw.limit_denominator(GRIDS[-1])


def _odd_factor(number: int) -> int:
    while number % 2 == 0:
        number //= 2
    return number


def choose_lengths(placed: Sequence[Placed], bar: Fraction | None, divisions: int) -> tuple[list[Length], bool]:
    """The length of every note of a voice in a bar, and whether signs and durations contradict each other.

    bar: how long the bar is to be, None where nobody knows; divisions: of a quarter.
    """
    division = Fraction(1, 4 * divisions)
    shown = [one.shown for one in placed]
    raw = [raw_length(one.raw, one.ratio) for one in placed]
    if all(
        s is None or abs(s.sounding - one.raw) <= _slack(one, division) for s, one in zip(shown, placed, strict=True)
    ):
        return [s or r for s, r in zip(shown, raw, strict=True)], False
    by_sign = [s or r for s, r in zip(shown, raw, strict=True)]
    if _total(by_sign) == bar or any(one.raw <= 0 for one in placed):
        return by_sign, True
    if _total(raw) == bar or bar is None:
        return raw, True
    # Neither fills the bar: a sign that is a little off its duration is right, one that is far off is not.
    return [
        s if s is not None and abs(s.sounding - one.raw) <= _slack(one, division) else r
        for s, r, one in zip(shown, raw, placed, strict=True)
    ], True


def _slack(one: Placed, division: Fraction) -> Fraction:
    """What rounding may do: less than a division, or one, where that is little beside the note."""
    return division if one.raw >= 4 * division or one.raw <= 0 else division * Fraction(3, 4)


def _total(lengths: Sequence[Length]) -> Fraction:
    return sum((length.sounding for length in lengths), Fraction(0))


def group_tuplets(placed: Sequence[Placed], lengths: Sequence[Length], next_id: int) -> int:
    """Give the notes of a layer their tuplets. Returns the next free number of a tuplet."""
    place = 0
    while place < len(placed):
        ratio = lengths[place].ratio
        end = place + 1
        while end < len(placed) and lengths[end].ratio == ratio:
            end += 1
        if ratio != NO_RATIO:
            for first, last in _groups(placed[place:end], lengths[place:end]):
                tuplet = Tuplet(*ratio, next_id)
                next_id += 1
                for one in placed[place + first : place + last]:
                    one.event.tuplets, one.event.ratio = (tuplet,), Fraction(ratio[1], ratio[0])
        place = end
    return next_id


def _groups(placed: Sequence[Placed], lengths: Sequence[Length]) -> list[tuple[int, int]]:
    """The tuplets of a run of notes in the same ratio, as first and last place: as bracketed, else as they add up."""
    starts = [place for place, one in enumerate(placed) if one.begins]
    if starts[:1] == [0]:
        groups = list(zip(starts, [*starts[1:], len(placed)], strict=True))
        if all(placed[last - 1].ends for _, last in groups):
            return groups
    groups, first = [], 0
    while first < len(placed):
        last = _end_of_group(lengths, first)
        groups.append((first, last))
        first = last
    return groups


def _end_of_group(lengths: Sequence[Length], first: int) -> int:
    """Where a tuplet that begins here is complete: so many units as its number says; else where it meets the beat."""
    total = Fraction(0)
    shortest = lengths[first].nominal
    on_beat = len(lengths)
    for place in range(first, len(lengths)):
        total += lengths[place].nominal
        shortest = min(shortest, lengths[place].nominal)
        unit = total / lengths[first].ratio[0]
        if _is_power_of_two(unit) and unit >= shortest:
            return place + 1
        sounding = total * lengths[first].ratio[1] / lengths[first].ratio[0]
        if on_beat == len(lengths) and _odd_factor(sounding.denominator) == 1:
            on_beat = place + 1
    return on_beat


def _is_power_of_two(length: Fraction) -> bool:
    return length.numerator & (length.numerator - 1) == 0 and length.denominator & (length.denominator - 1) == 0
