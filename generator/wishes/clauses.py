"""What somebody said, clause by clause: which of them ask for something, tell something, ask a question, or only name.

Promises: every clause says what its words are and what it names. Not covered: what the clauses come to together
(`telling.py`), and what a text means as a whole (`asking.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from generator.wishes.draft import Draft
from generator.wishes.phrases import phrase_at
from generator.wishes.scanning import Item, Scanner
from generator.wishes.text import is_han
from generator.wishes.vocabulary import Vocabulary

_ENDS = re.compile(r"[,.:;!?\n()]|\s-\s")
ARTICLES = frozenset({"the", "die", "der"})
NAMES = (
    "genre",
    "work",
    "byname",
    "foreign_work",
    "strangers",
    "strange_genres",
    "unwritten",
    "tempo",
    "metre",
    "form",
)


@dataclass(frozen=True, kw_only=True)
class Clause:
    """asks, questions, tells: what its words are; kinds: of all that it names; names: how many
    things that are no moods; strange: how many words nobody knows; is_scored: "for" stands before who plays.
    """

    words: tuple[str, ...]
    asks: bool
    questions: bool
    tells: bool
    has_object: bool
    kinds: frozenset[str]
    names: int
    strange: int
    is_scored: bool

    @property
    def only_names(self) -> bool:
        return not (self.asks or self.questions or self.tells)


def clauses_of(scanner: Scanner, draft: Draft, vocabulary: Vocabulary) -> list[Clause]:
    """In the order of the text. What stands behind a "not" counts as named."""
    language = vocabulary.language_of([token.word for token in scanner.tokens])
    talks = vocabulary.talks[language]
    return [_Span(scanner, draft, vocabulary, talks, first, last).clause() for first, last in spans(scanner)]


def spans(scanner: Scanner) -> Iterator[tuple[int, int]]:
    """First and last token of every clause."""
    first, tokens = 0, scanner.tokens
    for place in range(1, len(tokens) + 1):
        if place == len(tokens) or _ENDS.search(scanner.text.plain[tokens[place - 1].end : tokens[place].start]):
            yield first, place - 1
            first = place


@dataclass(frozen=True)
class _Span:
    """The tokens of a clause while it is read. talks: phrases of conversation in the language of the text."""

    scanner: Scanner
    draft: Draft
    vocabulary: Vocabulary
    talks: Mapping[str, frozenset[str]]
    first: int
    last: int

    def clause(self) -> Clause:
        asked, has_question = self._asked, self._questions
        told = self._told
        is_more = told.startswith(asked) and len(told) > len(asked)  # "I need to" asks for nothing
        asks = bool(asked) and asked not in self.talks["vague"] and not is_more
        asks = asks and (not has_question or self._has_receiver)
        return Clause(
            words=tuple(self.words),
            asks=asks,
            questions=has_question and not asks,
            tells=bool(told or self._begins_with_somebody) and not asks,
            has_object=bool(self.talks["objects"] & set(self.words)) or any(item.entry("genre") for item in self.items),
            names=len({item.key for item in self.items if not _is_mood(item)} | self._found),
            kinds=frozenset({kind for item in self.items for kind in _kinds(item)} | self._found),
            strange=sum(
                self.first <= place <= self.last and len(self.scanner.word(place)) > 1 for place in self.scanner.unknown
            ),
            is_scored=any(is_scored(item, self.scanner, self.vocabulary) for item in self.items),
        )

    # --- what stands in it -------------------------------------------------------------------------------------------

    @cached_property
    def words(self) -> list[str]:
        return [token.word for token in self.scanner.tokens[self.first : self.last + 1]]

    @cached_property
    def items(self) -> list[Item]:
        return [item for item in self.scanner.items if self.first <= item.first <= self.last]

    @cached_property
    def free(self) -> list[int]:
        """The words that are in no phrase and no value."""
        inside = {place - self.first for item in self.items for place in range(item.first, item.last + 1)}
        inside |= {place - self.first for place in self.scanner.asides}
        tokens = self.scanner.tokens[self.first : self.last + 1]
        taken = {place for place, token in enumerate(tokens) if self.scanner.text.is_taken(token)}
        return [place for place in range(len(self.words)) if place not in inside | taken]

    @cached_property
    def _found(self) -> frozenset[str]:
        start, end = self.scanner.tokens[self.first].start, self.scanner.tokens[self.last].end
        return frozenset(one.kind for one in self.draft.found if start <= one.place < end)

    @cached_property
    def _begin(self) -> int:
        """The first word behind "hello" and "please"."""
        start = 0
        while start < len(self.words) and self.words[start] in self.talks["polite"]:
            start += 1
        return start

    # --- what it does ------------------------------------------------------------------------------------------------

    def _first_of(self, name: str) -> str:
        """The first phrase of a kind among the free words."""
        return next((said for place in self.free if (said := phrase_at(self.words, place, self.talks[name]))), "")

    @cached_property
    def _asked(self) -> str:
        """The phrase that asks: at the beginning, else anywhere."""
        asked = phrase_at(self.words, self._begin, self.talks["ask"]) or phrase_at(self.words, 0, self.talks["ask"])
        if not asked or asked in self.talks["vague"]:
            anywhere = (phrase_at(self.words, place, self.talks["ask"]) for place in self.free)
            asked = next((each for each in anywhere if each and each not in self.talks["vague"]), asked)
        return asked or (self._first_of("ask") if is_han(self.words[0]) else "")

    @cached_property
    def _has_receiver(self) -> bool:
        return bool(self.vocabulary.talk["receivers"] & set(self.words))

    @cached_property
    def _questions(self) -> bool:
        if is_han(self.words[0]):
            is_able = phrase_at(self.words, 0, self.talks["able"]) and "一" not in self.words and not self._has_receiver
            return bool(is_able or self._first_of("unanswered"))
        return any(phrase_at(self.words, self._begin, self.talks[name]) for name in ("question", "able"))

    @cached_property
    def _told(self) -> str:
        """The phrase that tells something."""
        words, free = self.words, self.free
        moods = {
            place - self.first
            for item in self.items
            if _is_mood(item) and not is_han(item.key)
            for place in range(item.first, item.last + 1)
        }
        active = (place for place in (*free, *moods) if not _is_passive(words, place))
        told = max((phrase_at(words, place, self.talks["statement"]) for place in active), key=len, default="")
        ends = is_han(words[-1]) and words[-1] in self.talks["ends"] and len(words) - 1 in free
        return told or (words[-1] if ends else "") or self._done_by_somebody

    @cached_property
    def _done_by_somebody(self) -> str:
        """What somebody whom nobody knows does: "the neighbours play waltzes"."""
        if is_han(self.words[0]) or self.words[0] not in self.talks["somebody"] | ARTICLES:
            return ""
        unknown = {place - self.first for place in self.scanner.unknown}
        verbs = ((place, phrase_at(self.words, place, self.talks["ask"])) for place in self.free if place > 1)
        return next((verb for place, verb in verbs if verb in self.talks["vague"] and place - 1 in unknown), "")

    @cached_property
    def _begins_with_somebody(self) -> bool:
        return 0 in self.free and len(self.words) > 1 and bool(phrase_at(self.words, 0, self.talks["somebody"]))


def _is_passive(words: list[str], place: int) -> bool:
    """Whether it says how something shall be, not what somebody did: "played on viols"."""
    follows = words[place + 1] if place + 1 < len(words) else ""
    return words[place].endswith(("ed", "sung", "written")) and follows in ("on", "by", "with", "as", "like", "for")


def is_scored(item: Item, scanner: Scanner, vocabulary: Vocabulary) -> bool:
    """Whether "for" stands before who plays: "Danny Boy for brass quintet"."""
    plays = item.meaning is not None and bool(item.meaning.players)
    return plays and scanner.word(item.first - 1) in vocabulary.talk["for"]


def _is_mood(item: Item) -> bool:
    return item.meaning is None and all(entry.kind == "mood" for entry in item.entries)


def _kinds(item: Item) -> set[str]:
    kinds = {"work" if entry.kind in ("work", "foreign_work") else entry.kind for entry in item.entries}
    if item.meaning is not None and not item.doubtful:
        kinds.add("players" if item.meaning.players else item.meaning.kind)
    return kinds & {*NAMES, "mood", "players", "composer", "instrumentation", "period", "nation", "mode", "progression"}
