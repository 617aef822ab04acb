"""What a voice's music so far means for what may follow: states, each found once and shared by all pieces.

Two beginnings of a bar are in the same state if the same may follow, whatever their notes are called: what counts is
the time they take, what stands since the last note, and the last word, which may still grow. So a character mostly
takes one look into a table, which pieces that were written before have filled.

Promises: a state says exactly what the music says that led to it (`words.py` is asked once for each state and target);
no more than MOST_STATES are kept of each unit and metre.
Not covered: which pitches sound (`place.py`), voices and barlines around the music (`line.py`).
"""

import re
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

from generator.guard.time_left import Target, clock_after
from generator.notation import Token, TokenKind, lex_music
from generator.notation.durations import TIMED, Clock
from generator.notation.engravable import can_be_engraved
from generator.notation.limits import Metre
from generator.notation.tokens import open_group

MOST_STATES = 4096  # of one unit and metre; each takes .8 kB
MOST_TABLES = 8
STAFF_FIELDS = {"[I:staff +1]": 1, "[I:staff -1]": -1}
# Words that are counted between two notes, or told apart by what they say; of others only counts that they are there.
TOLD = frozenset({
    TokenKind.QUOTED, TokenKind.FIELD, TokenKind.DECORATION, TokenKind.TIE, TokenKind.SLUR_CLOSE, TokenKind.BROKEN,
})  # fmt: skip
A_NOTE, A_SPACE, A_TEXT = Token(TokenKind.NOTE, "c"), Token(TokenKind.SPACE, " "), Token(TokenKind.QUOTED, '""')
# Words that what follows may change: "|1" and "-2" become one, anything may be the beginning of something.
GROWS = frozenset({TokenKind.BAR, TokenKind.OTHER})
SECOND_OF_PAIR = Token(TokenKind.BROKEN, ">")
LETTERS, MARKS = frozenset("ABCDEFGabcdefg"), frozenset(",'")
SIGNS = ("^", "_", "=")
NOTE, MARK = "c", ","  # what stands for a note's letter, and for an octave mark behind it

_ACCIDENTAL = re.compile(r"(\^\^?|__?|=)?$")
_CHORD = re.compile(r"\[(?![A-Za-z]:)(?!.*[!\"][^!\"]*$)")
NOT_ASKED = Fraction(-1)
_TEXT_SIGNS = frozenset('"!:')


class Words:
    """Finished words of a voice, without what cannot count any more, and the time of all: None for what has no length.

    tokens: those since the last note, and what is left of earlier ones. Of all the same words there is one object.
    """

    __slots__ = ("_after", "clock", "table", "tails", "tokens")

    def __init__(self, table: "States", tokens: tuple[Token, ...], clock: Clock | None) -> None:
        self.table, self.tokens, self.clock = table, tokens, clock
        self.tails: dict[str, State] = {}  # the states with these words
        self._after: dict[Token, Words] = {}

    def and_one(self, token: Token) -> "Words":
        """These words with one more."""
        after = self._after.get(token)
        if after is None:
            tokens, clock = _shortened(self.tokens, token), clock_after(self.clock, token)
            after = self._after[token] = self.table.words_of(tokens, clock)
        return after

    def has_time_left(self, target: Target) -> bool:
        """Whether a note could follow."""
        return self.clock is not None and target.has_time_left(self.clock.onset)

    def hold(self, target: Target) -> bool:
        """Whether what is there is not too long."""
        return self.clock is not None and target.holds(self.clock.onset)


class State:
    """Music of a voice, as far as it counts.

    words: those that stay as they are; tail: the last one, which may grow, or what is no word yet, letters of notes
    replaced by one another. opened: the unfinished chord, field, text or the like at its end, "" if there is none.
    fits, ends: what `words.py` has said of it, by the number of the target.
    """

    __slots__ = ("_now", "_then", "ends", "fits", "opened", "table", "tail", "words")

    def __init__(self, table: "States", words: Words, tail: str) -> None:
        self.table, self.words, self.tail = table, words, tail
        start = open_group(tail)
        self.opened = "" if start is None else tail[start:]
        # Dictionaries of plain values, and those without any, are none that the garbage collector looks at.
        self.fits: dict[int, bool] = {}
        self.ends: dict[int, bool] = {}
        self._then: dict[str, State] = {}
        self._now: Fraction | None = NOT_ASKED

    def then(self, char: str) -> "State":
        """The state behind one more character."""
        state = self._then.get(char)
        if state is None:
            state = self._then[char] = self.table.behind(self.words, self._tail_with(char))
        return state

    def words_with(self, tail: str) -> Words:
        """The words that stay, with those of a tail behind them."""
        words = self.words
        for token in lex_music(tail):
            words = words.and_one(token)
        return words

    @property
    def closed(self) -> str:
        """The tail without what is not finished."""
        return self.tail[: len(self.tail) - len(self.opened)]

    @property
    def clock(self) -> Clock | None:
        """The time of all finished words, but for when its last note began; None for what has no length."""
        closed = self.closed
        return self.words_with(closed[: accidental_at_end(closed).start()]).clock

    @property
    def now(self) -> Fraction | None:
        """When a note that came next would begin; None where that cannot be read, and within a text and the like."""
        if self._now is NOT_ASKED:
            clock = None if self.opened and not _CHORD.match(self.opened) else self.clock
            self._now = None if clock is None else clock.onset
        return self._now

    @property
    def is_in_sign(self) -> bool:
        """Whether the music stops within a text or a decoration."""
        return self.opened[:1] in ('"', "!")

    def _tail_with(self, char: str) -> str:
        """The tail with one more character, in which all notes are called the same (but in texts and the like)."""
        tail, opened = self.tail, self.opened
        if opened[:1] in ('"', "!") or not _TEXT_SIGNS.isdisjoint(opened) or "+" in tail:
            return tail + char
        if char in LETTERS:  # within a chord nothing gets shorter: how long that is, is asked
            before = tail if opened else tail[: accidental_at_end(tail).start()]
            return (tail if before.endswith(SIGNS) else before) + NOTE
        return tail + (MARK if char in MARKS and tail.rstrip(MARK).endswith(NOTE) else char)


class States:
    """The states of music that is counted in one unit and metre. number: how many are remembered."""

    def __init__(self, unit: Fraction, metre: Metre | None) -> None:
        self.unit, self.metre = unit, metre
        self._words: dict[object, Words] = {}
        self.number = 0
        self.start = self._begin()

    def _begin(self) -> State:
        return State(self, self.words_of((), Clock(unit=self.unit, metre=self.metre)), "")

    def words_of(self, tokens: tuple[Token, ...], clock: Clock | None) -> Words:
        """The words that these are."""
        key = tokens, _time_of(clock)
        words = self._words.get(key)
        if words is None:
            words = self._words[key] = Words(self, tokens, clock)
        return words

    def behind(self, words: Words, tail: str) -> State:
        """The state of words that stay and a tail that has grown."""
        for token in lex_music(tail)[:-1]:
            if token.kind in GROWS or open_group(token.text) is not None:
                break
            words, tail = words.and_one(token), tail[len(token.text) :]
        state = words.tails.get(tail)
        if state is None:
            if self.number >= MOST_STATES:
                self._forget()
            self.number += 1
            state = words.tails[tail] = State(self, words, tail)
        return state

    def _forget(self) -> None:
        """Begin anew; what is asked about still goes on with what it has."""
        self._words, self.number = {}, 0
        self.start = self._begin()


@lru_cache(maxsize=MOST_TABLES)
def states_of(unit: Fraction, metre: Metre | None) -> States:
    """The states of this unit and metre."""
    return States(unit, metre)


def _shortened(tokens: tuple[Token, ...], last: Token) -> tuple[Token, ...]:
    """Words of which the last is new, without what cannot count any more."""
    if last.kind in TIMED:
        kinds = [token.kind for token in tokens if token.kind in TIMED or token.kind is TokenKind.BROKEN]
        away = sum(STAFF_FIELDS.get(token.text, 0) for token in tokens)
        field = Token(TokenKind.FIELD, "[I:staff +1]" if away > 0 else "[I:staff -1]")
        tokens = (field,) * abs(away) + (SECOND_OF_PAIR,) * (kinds[-1:] == [TokenKind.BROKEN])
    else:
        tokens = tuple([token for token in tokens if token is not A_SPACE])
    return (*tokens, *_common(last, tokens))


def _common(last: Token, before: Sequence[Token]) -> Sequence[Token]:
    """What stands for a word behind others."""
    if not _makes_sense(last):
        return (last,)
    if last.kind in TIMED:
        return (A_NOTE,)
    if last.kind in TOLD:
        return (A_TEXT if last.kind is TokenKind.QUOTED else last,)
    return () if before and before[-1].kind not in TIMED and _makes_sense(before[-1]) else (A_SPACE,)


def _makes_sense(word: Token) -> bool:
    return word.kind is not TokenKind.OTHER and can_be_engraved(word)


def _time_of(clock: Clock | None) -> object:
    """All of a clock that decides what the next words last."""
    if clock is None:
        return None
    return (
        _pair(clock.onset),
        tuple([_pair(layer) for layer in clock.layers]),
        tuple([(_pair(tuplet.factor), tuplet.notes_left) for tuplet in clock.tuplets]),
        _pair(clock.broken),
        _pair(clock.timed[-1].length) if clock.timed else None,
        _pair(clock.unit),
        clock.metre,
    )


def _pair(number: Fraction | None) -> tuple[int, int] | None:
    """The two numbers of a fraction, whose own hash takes longer than all else here."""
    return None if number is None else (number.numerator, number.denominator)


def accidental_at_end(music: str) -> re.Match[str]:
    """What stands at the end of an accidental, perhaps nothing."""
    found = _ACCIDENTAL.search(music, max(0, len(music) - 2))
    assert found is not None
    return found
