"""What stands behind "not", "ohne", "不要": all that is named until something ends it.

Promises: "no piano and no strings, but a horn" wants a horn; things of another sort are wanted again: "without piano
and cheerful" is cheerful. Not covered: irony, and a "not" that stands behind what it means.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generator.wishes.said.taking import Found
from generator.wishes.scanning import Item, Scanner
from generator.wishes.text import is_han
from generator.wishes.vocabulary import Vocabulary

MOST_BETWEEN, MOST_HAN_BETWEEN = 5, 2  # tokens between "not" and what is not wanted
MOST_TOKENS = 5  # of a phrase that says "not"
ENDS = frozenset(",;.!?")


def negated(scanner: Scanner, found: Sequence[Found], vocabulary: Vocabulary) -> set[int]:
    """The first tokens of everything that is not wanted."""
    walk = _Walk(scanner, vocabulary, {item.first: item for item in scanner.items}, {one.place for one in found})
    place = 0
    while place < len(scanner.tokens):
        place = walk.step(place)
    return walk.unwanted


@dataclass
class _Walk:
    """From token to token. since: where the "not" ended; sort: of the first thing behind it; joined: by "and", "or"."""

    scanner: Scanner
    vocabulary: Vocabulary
    items: dict[int, Item]
    values: set[int]
    is_negative: bool = False
    is_joined: bool = False
    since: int = 0
    sort: str | None = None

    def __post_init__(self) -> None:
        self.unwanted: set[int] = set()
        self._unknown = set(self.scanner.unknown)

    def step(self, place: int) -> int:
        """Look at one token or phrase; returns where the next begins."""
        is_thing = place in self.items or self.scanner.tokens[place].start in self.values
        if self.is_negative and self._is_over(place, is_thing=is_thing):
            self.is_negative = False
        is_said = place in self.items or place in self.scanner.asides or self._is_value(place)  # "ohne Vorzeichen"
        if size := 0 if is_said else self._says_not(place):
            self.is_negative, self.is_joined, self.sort, self.since = True, False, None, place + size
            return place + size
        if is_thing:
            return self._thing(place)
        self._word(place)
        return place + 1

    def _is_value(self, place: int) -> bool:
        return self.scanner.text.is_taken(self.scanner.tokens[place])

    def _is_over(self, place: int, *, is_thing: bool) -> bool:
        token, tokens = self.scanner.tokens[place], self.scanner.tokens
        gap = self.scanner.text.plain[tokens[place - 1].end : token.start] if place else ""
        is_far = place - self.since > (MOST_HAN_BETWEEN if is_han(token.word) else MOST_BETWEEN)
        return bool(ENDS & set(gap)) or (is_thing and self.sort is not None and not self.is_joined) or (
            self.sort is None and is_far
        )  # fmt: skip

    def _says_not(self, place: int) -> int:
        """How many tokens of a "not" begin here; "no. 2" and 能不能 are none."""
        size = phrase_size(self.scanner, place, self.vocabulary.talk["negation"])
        if size and phrase_size(self.scanner, place, self.vocabulary.talk["bounds"]) > size:
            return 0  # "no more than 40 bars"
        follows = self.scanner.word(place + size)
        return 0 if follows.isdecimal() or (follows and follows == self.scanner.word(place - 1)) else size

    def _thing(self, place: int) -> int:
        item = self.items.get(place)
        sort = _sort_of(item)
        if self.is_negative and self.is_joined and sort != self.sort:
            self.is_negative = False
        if self.is_negative:
            self.unwanted.add(place)
            self.sort, self.is_joined = sort, False
        return item.last + 1 if item is not None else place + 1

    def _word(self, place: int) -> None:
        word = self.scanner.tokens[place].word
        if word in self.vocabulary.talk["joins"]:
            self.is_joined = self.sort is not None
        elif self.is_negative and (place in self._unknown or place in self.scanner.asides):
            self.sort = ""
        elif word in self.vocabulary.talk["release"] and self.sort is not None:
            self.is_negative = False


def phrase_size(scanner: Scanner, place: int, phrases: frozenset[str]) -> int:
    """How many tokens the longest of the phrases has that begins here; 0 for none."""
    for size in range(MOST_TOKENS, 0, -1):
        words = [scanner.word(place + number) for number in range(size)]
        if all(words) and " ".join(words) in phrases:
            return size
    return 0


def _sort_of(item: Item | None) -> str:
    """What a phrase is, roughly: things of one sort share a "not"."""
    if item is None:
        return "value"
    if item.meaning is not None or item.entry("genre") is not None:
        return "music"
    return item.entries[0].kind if item.entries else ""
