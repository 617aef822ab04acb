"""What a piece is going to say again, and how its phrases close, decided before a note of it is written.

Promises: a plan is for exactly the bars asked for; the last bar of every phrase is written anew; a phrase comes back
from one that stands before it. A pickup moves all of it by a bar (`after_pickup`).
Not covered: which form a style likes (`drawing.py`), and doing it (`again.py`, `generator.writing`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

from generator.planning.form import Form, Section

PHRASE_BARS = 4
# Phrases of a section by how many there are; the first of a letter is new, the others come back.
ORDERS = {1: "a", 2: "aa", 3: "aba", 4: "aaba"}
GROUP = max(ORDERS)
LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Keep(StrEnum):
    """How much of a phrase that comes back is as it was; the rest is written anew."""

    ALL = "all"
    MELODY = "melody"
    ACCOMPANIMENT = "accompaniment"
    RHYTHM = "rhythm"


class Area(StrEnum):
    """Where a phrase stands beside the key of the piece."""

    HOME = "home"
    DOMINANT = "dominant"
    RELATIVE = "relative"


class Cadence(StrEnum):
    """How a phrase closes."""

    AUTHENTIC = "authentic"
    HALF = "half"
    DECEPTIVE = "deceptive"


@dataclass(frozen=True, kw_only=True)
class Phrase:
    """first: its first bar, counted from 0; source: the first bar of the phrase that it says again, None if it is new;
    said_again: so many of its bars; area: where it stands; within: whether its cadence has room in its last bar, where
    the metre allows.
    """

    letter: str
    section: int
    first: int
    bars: int
    cadence: Cadence = Cadence.AUTHENTIC
    source: int | None = None
    said_again: int = 0
    keep: Keep = Keep.ALL
    area: Area = Area.HOME
    within: bool = False

    @property
    def last(self) -> int:
        return self.first + self.bars - 1


@dataclass(frozen=True, kw_only=True)
class Return:
    """A bar that says again what bar `source` said, in another area if so."""

    source: int
    keep: Keep
    area: Area


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The form of one piece. sections: each with its first bar. bars: of the piece."""

    form: Form
    bars: int
    sections: tuple[tuple[Section, int], ...]
    phrases: tuple[Phrase, ...]

    @cached_property
    def returns(self) -> Mapping[int, Return]:
        """The bars that say another one again."""
        areas = {phrase.first: phrase.area for phrase in self.phrases}
        return {
            phrase.first + place: Return(
                source=phrase.source + place,
                keep=phrase.keep,
                area=Area.HOME if areas.get(phrase.source) is phrase.area else phrase.area,
            )
            for phrase in self.phrases
            if phrase.source is not None
            for place in range(phrase.said_again)
        }

    @cached_property
    def closes(self) -> Mapping[int, Phrase]:
        """The phrases by their last bars."""
        return {phrase.last: phrase for phrase in self.phrases}

    @cached_property
    def barlines(self) -> Mapping[int, str]:
        """The barline behind a bar, where it is no plain one; -1 is the beginning of the piece."""
        found: dict[int, str] = {}
        for number, (section, first) in enumerate(self.sections):
            opens, before = section.repeated, found.get(first - 1, "")
            if before == ":|":
                found[first - 1] = "::" if opens else ":|"
            elif number or opens:  # a piece begins without a barline, behind its pickup stands a plain one
                found[first - 1] = "|:" if opens else "||"
            if section.repeated:
                found[self._end_of(first) - 1] = ":|"
        return {bar: line for bar, line in found.items() if bar >= 0 and (bar < self.bars - 1 or line == ":|")}

    def _end_of(self, first: int) -> int:
        """The bar behind the section that begins with bar `first`."""
        return min((start for _, start in self.sections if start > first), default=self.bars)

    def after_pickup(self) -> "Plan":
        """The same for a piece whose first bar is a pickup: all moves on by a bar, the last phrase is a bar shorter."""
        if self.bars < 3 or self.sections[0][1] or self.phrases[-1].bars < 2:
            return self
        moved = tuple(
            replace(phrase, first=phrase.first + 1, source=None if phrase.source is None else phrase.source + 1)
            for phrase in self.phrases
        )
        last = moved[-1]
        shorter = replace(last, bars=last.bars - 1, said_again=min(last.said_again, max(0, last.bars - 2)))
        sections = tuple((section, first + 1) for section, first in self.sections)
        if sections[-1][1] >= self.bars:
            return self
        return replace(self, sections=sections, phrases=(*moved[:-1], shorter))

    def to_json(self) -> dict[str, Any]:
        """For the `.json` beside a piece; bars count from 1."""
        return {
            "form": str(self.form),
            "sections": [{"letter": str(section), "first_bar": first + 1} for section, first in self.sections],
            "phrases": [
                {
                    "letter": phrase.letter,
                    "first_bar": phrase.first + 1,
                    "bars": phrase.bars,
                    "cadence": phrase.cadence.value,
                    **(
                        {"as_bar": phrase.source + 1, "bars_again": phrase.said_again}
                        if phrase.source is not None
                        else {}
                    ),
                    **({"kept": phrase.keep.value} if phrase.source is not None else {}),
                    **({"area": phrase.area.value} if phrase.area is not Area.HOME else {}),
                }
                for phrase in self.phrases
            ],
        }


def section_lengths(form: Form, bars: int, phrase_bars: int) -> list[int]:
    """How many bars each section gets: whole phrases, in pairs if they suffice, sections of a letter the same."""
    letters = [section.letter for section in form.sections]
    unit = phrase_bars if bars >= phrase_bars * len(letters) else 1
    base, _ = divmod(bars // unit, len(letters))
    step = 2 if base >= 2 else 1
    base -= base % step
    units = [base] * len(letters)
    left = bars // unit - sum(units)
    groups = sorted(set(letters), key=lambda letter: (-letters.count(letter), letter))
    while left >= step:
        group = next((one for one in groups if letters.count(one) * step <= left), None)
        if group is None:
            break
        units = [have + step * (letter == group) for have, letter in zip(units, letters, strict=True)]
        left -= step * letters.count(group)
        groups = [*(one for one in groups if one != group), group]
    lengths = [have * unit for have in units]
    lengths[-1] += bars - sum(lengths)
    return lengths


def phrase_lengths(bars: int, phrase_bars: int) -> list[int]:
    """A section in phrases; what is left over makes the last one longer."""
    number = max(1, bars // phrase_bars)
    return [phrase_bars] * (number - 1) + [bars - phrase_bars * (number - 1)]


def phrase_order(number: int) -> Iterator[str]:
    """Letters of so many phrases, each group of four with letters of its own."""
    used = 0
    while number > 0:
        order = ORDERS[min(GROUP, number)]
        yield from (LETTERS[(used + ord(letter) - ord("a")) % len(LETTERS)] for letter in order)
        used += len(set(order))
        number -= len(order)


def bars_said_again(bars: int, source_bars: int) -> int:
    """How many bars of a phrase come back; its last is always new, of a long one the last two."""
    return max(0, min(bars, source_bars) - (1 if bars <= PHRASE_BARS else 2))


def find_source(phrases: Sequence[Phrase], letter: str) -> Phrase | None:
    """The first phrase of a letter."""
    return next((phrase for phrase in phrases if phrase.letter == letter), None)
