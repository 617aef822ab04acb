"""How long music lasts, exactly.

Lengths are fractions of a whole note. Grace notes take no time; a chord lasts as long as its first note; an overlay
(`&`) starts the bar again, so the bar lasts as long as each of its layers.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from generator.errors import NotationError
from generator.notation.limits import Metre, read_metre_field
from generator.notation.tokens import Token, TokenKind, lex_music
from generator.notation.tune import parse_unit

TIMED = frozenset({TokenKind.NOTE, TokenKind.REST, TokenKind.CHORD})
COUNTED = TIMED | {TokenKind.TUPLET, TokenKind.BROKEN, TokenKind.FIELD, TokenKind.OVERLAY}  # what a clock looks at
# `(p` alone: p notes in the time of ... (ABC 2.1, 4.13); "n" is 3 in compound metres, else 2.
TUPLET_TIMES: dict[int, int | None] = {2: 3, 3: 2, 4: 3, 5: None, 6: 2, 7: None, 8: 3, 9: None}
LONGEST = 64  # whole notes; longer is a slip of the pen or an attack
MAX_REST_DENOMINATOR = 64
MOST_PARTS = 4096  # of a whole note; less is as bad

_LENGTH = re.compile(r"(\d*)(/*)(\d*)$")
_CHORD = re.compile(r"\[(.*)\]([\d/]*)$", re.DOTALL)
_CHORD_NOTE = re.compile(r'"[^"]*"|![^!]*!|([A-Ga-gxz][,\']*)([\d/]*)')


class UnreadableLength(NotationError):
    """Music that cannot be given a length."""


@lru_cache(maxsize=4096)
def _written_length(text: str) -> Fraction:
    """The number behind a note, "3/2", "//" or nothing, in units. Raises UnreadableLength for zero."""
    match = _LENGTH.fullmatch(text)
    if match is None or len(text) > 12:
        raise UnreadableLength(f'"{text}" is not a length')
    numerator, slashes, denominator = match.groups()
    if len(slashes) > 1 and denominator:
        raise UnreadableLength(f'"{text}" is not a length')
    parts = int(denominator) if denominator else 2 ** len(slashes)
    length = Fraction(int(numerator or 1), parts) if parts else Fraction(0)
    if length <= 0:
        raise UnreadableLength("a note of length zero")
    return length


@lru_cache(maxsize=8192)
def token_units(token: Token) -> Fraction:
    """Length of a note, rest or chord in units of `L:`. Raises UnreadableLength."""
    if token.kind is not TokenKind.CHORD:
        return _written_length(token.text.lstrip("^_=ABCDEFGabcdefgzxyZX,'"))
    inner, outer = _CHORD.fullmatch(token.text).groups()  # type: ignore[union-attr]
    for match in _CHORD_NOTE.finditer(inner):
        if match[1]:
            return _written_length(match[2]) * _written_length(outer)
    raise UnreadableLength("a chord without notes")


def _tuplet_factor(text: str, metre: Metre | None) -> tuple[Fraction, int]:
    """`(p:q:r` → how much shorter its notes are, and how many notes it covers. Raises UnreadableLength."""
    numbers = [int(part) if part else None for part in text[1:].split(":")] + [None, None]
    notes, time, covered = numbers[:3]
    if not notes:
        raise UnreadableLength("a tuplet of no notes")
    if time is None:
        beats = 3 if metre and metre.compound else 2
        time = TUPLET_TIMES.get(notes, beats) or beats
    if notes > 64 or not 0 < time <= 64:
        raise UnreadableLength("a tuplet that nobody can count")
    if covered is not None and not 0 < covered <= 64:
        raise UnreadableLength("a tuplet that nobody can count")
    return Fraction(time, notes), covered or notes


@dataclass(frozen=True)
class Timed:
    """A note, rest or chord at its place: index among the tokens, onset and length in whole notes."""

    index: int
    onset: Fraction
    length: Fraction


@dataclass(frozen=True)
class Timing:
    """What a voice's bar amounts to: its timed tokens, its layers' lengths, and metre and unit after it."""

    timed: tuple[Timed, ...]
    layers: tuple[Fraction, ...]
    metre: Metre | None
    unit: Fraction

    @property
    def length(self) -> Fraction:
        """Length in whole notes; layers of different lengths are told by `layers`."""
        return max(self.layers)


@dataclass
class Tuplet:
    """A tuplet that is going on. Tuplets may stand in tuplets; a note then counts in all of them."""

    factor: Fraction
    notes_left: int


class Clock:
    """Adds up one voice's bar, token by token."""

    def __init__(self, *, unit: Fraction, metre: Metre | None) -> None:
        self.unit, self.metre = unit, metre
        self.onset = Fraction(0)
        self.layers: list[Fraction] = []
        self.timed: list[Timed] = []
        self.tuplets: list[Tuplet] = []
        self.broken: Fraction | None = None
        self._lengths: dict[Token, Fraction] = {}  # of notes, rests and chords by themselves, in this unit

    def continued(self) -> "Clock":
        """A clock that goes on by itself from here, and remembers the last note only."""
        later = object.__new__(Clock)  # made for every word that is tried; `copy` takes twice as long
        later.__dict__.update(self.__dict__)
        later.layers, later.timed = list(self.layers), self.timed[-1:]
        later.tuplets = [Tuplet(tuplet.factor, tuplet.notes_left) for tuplet in self.tuplets]
        return later

    def take(self, index: int, token: Token) -> None:
        if token.kind in TIMED:
            self.add(index, token)
        elif token.kind is TokenKind.TUPLET:
            self.tuplets.append(Tuplet(*_tuplet_factor(token.text, self.metre)))
        elif token.kind is TokenKind.BROKEN:
            self.break_rhythm(token.text)
        elif token.kind is TokenKind.FIELD:
            self.read_field(token.text[1], token.text[3:-1])
        elif token.kind is TokenKind.OVERLAY:
            self.end_layer()

    def add(self, index: int, token: Token) -> None:
        if token.text[0] == "y":
            return  # a spacer takes room, not time
        length = self._bar_rest(token) if token.text[0] in "ZX" else self._length(token)
        for tuplet in self.tuplets:
            length *= tuplet.factor
            tuplet.notes_left -= 1
        self.tuplets = [tuplet for tuplet in self.tuplets if tuplet.notes_left]
        if self.broken is not None:
            length *= self.broken
            self.broken = None
        if length.denominator > MOST_PARTS * length.numerator or length.numerator > LONGEST * length.denominator:
            raise UnreadableLength(f"{token.text}: a note of {length} whole notes")
        self.timed.append(Timed(index, self.onset, length))
        self.onset += length

    def _length(self, token: Token) -> Fraction:
        """Of a word by itself. Clocks that went on from one another know the same words."""
        length = self._lengths.get(token)
        if length is None:
            length = self._lengths[token] = token_units(token) * self.unit
        return length

    def _bar_rest(self, token: Token) -> Fraction:
        """`Z4`: as many bars of rest."""
        return _written_length(token.text[1:]) * (self.metre.length if self.metre else Fraction(1))

    def break_rhythm(self, text: str) -> None:
        """`>` lengthens the note before by half and shortens the next; `<` the other way round."""
        if not self.timed or len(text) > 3:
            raise UnreadableLength(f'"{text}" without a note before it')
        short = Fraction(1, 2 ** len(text))
        before, after = (2 - short, short) if text[0] == ">" else (short, 2 - short)
        last = self.timed.pop()
        self.timed.append(Timed(last.index, last.onset, last.length * before))
        self.onset += last.length * (before - 1)
        self.broken = after

    def read_field(self, letter: str, value: str) -> None:
        try:
            if letter == "L":
                self.unit, self._lengths = parse_unit(value), {}
            elif letter == "M":
                self.metre = read_metre_field(value)
        except NotationError as error:
            raise UnreadableLength(str(error)) from error

    @property
    def between_groups(self) -> bool:
        """Whether no tuplet and no broken rhythm waits for more notes."""
        return not self.tuplets and self.broken is None

    def end_layer(self) -> None:
        if not self.between_groups:
            raise UnreadableLength("a tuplet or broken rhythm without its last note")
        self.layers.append(self.onset)
        self.onset = Fraction(0)


def time_text(music: str, unit: Fraction, metre: Metre | None) -> Timing:
    """`time_music` for music as text. Remembered, since a bar in the making is checked with every new voice."""
    return _time_text(music, unit.numerator, unit.denominator, metre)


# By the two numbers of the unit, since a fraction's hash takes longer than all else here. Each holds some 2 kB, and is
# asked for again while its piece is written: as many as the bars of 16 pieces of four voices have.
@lru_cache(maxsize=1024)
def _time_text(music: str, numerator: int, denominator: int, metre: Metre | None) -> Timing:
    return time_music(lex_music(music), unit=Fraction(numerator, denominator), metre=metre)


def time_music(tokens: Iterable[Token], *, unit: Fraction, metre: Metre | None) -> Timing:
    """Add up one voice's bar. Raises UnreadableLength for what has no length."""
    clock = Clock(unit=unit, metre=metre)
    for index, token in enumerate(tokens):
        clock.take(index, token)
    clock.end_layer()
    return Timing(tuple(clock.timed), tuple(clock.layers), clock.metre, clock.unit)


def spell_length(length: Fraction, unit: Fraction) -> str:
    """The number that gives a note this length: 3/8 in units of 1/8 → "3", 1/16 → "/"."""
    count = length / unit
    if count.denominator == 1:
        return "" if count == 1 else str(count)
    if count == Fraction(1, 2):
        return "/"
    return f"{count.numerator if count.numerator != 1 else ''}/{count.denominator}"


def is_printable(length: Fraction) -> bool:
    """Whether plain rests can last that long together: the remainder of a tuplet cannot be written without one."""
    return length.denominator & (length.denominator - 1) == 0 and length.denominator <= MAX_REST_DENOMINATOR


def is_single_note(length: Fraction) -> bool:
    """Whether one note without ties can last that long: a plain, dotted or double-dotted value."""
    count = length.numerator
    while count and count % 2 == 0:
        count //= 2
    return count in (1, 3, 7) and length.denominator & (length.denominator - 1) == 0


def printable_rests(length: Fraction) -> Iterator[Fraction]:
    """Lengths of undotted rests that add up to `length`, longest first. Raises UnreadableLength if none do."""
    if not is_printable(length):
        raise UnreadableLength(f"no rests last {length} of a whole note")
    part = Fraction(1)
    while length > 0:
        while part > length:
            part /= 2
        yield part
        length -= part


def times_as_long(token: Token, factor: Fraction) -> Token:
    """A note, rest or chord so many times as long."""
    name = token.text.rstrip("0123456789/")
    written = token_units(Token(TokenKind.NOTE, f"C{token.text[len(name) :]}"))
    return token._replace(text=name + spell_length(written * factor, Fraction(1)))
