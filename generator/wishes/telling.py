"""What the clauses of a text come to together: whether it asks for music after all, or tells, praises, does business.

Promises: a request may stand beside a story ("Rain on a window. Solo piano, sparse, 1'30"), and a story that names
music is none; what speaks of learning, selling, repairing asks for nothing unless a piece is named. Not covered: what
a single clause says (`clauses.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from generator.wishes.clauses import Clause
from generator.wishes.draft import Draft
from generator.wishes.phrases import phrase_at
from generator.wishes.text import is_han
from generator.wishes.vocabulary import Vocabulary

ENOUGH = 2  # different things that words without a verb name, so that they are a wish though others tell something
THINGS = frozenset({"players", "instrumentation", "unwritten", "composer", "mood", "period", "nation"})
POINTING = ("这", "那")


@dataclass(frozen=True, kw_only=True)
class Told:
    """All that speaks against a request. near: how many of the words that nobody knows may be misspelt ones.

    strongly: it begins with a verb that asks.
    """

    clauses: list[Clause]
    draft: Draft
    vocabulary: Vocabulary
    near: int
    strongly: bool

    def __bool__(self) -> bool:
        return any(self._reasons())

    def _reasons(self) -> Iterator[bool]:
        yield self._was() and not self.asks
        yield self._is_business()
        yield self._is_praise()
        yield self._is_mood_of_life()
        yield self._is_question()
        yield self._is_story()
        yield self._is_thing_of_life()

    # --- what there is -----------------------------------------------------------------------------------------------

    @cached_property
    def words(self) -> list[str]:
        return [word for clause in self.clauses for word in clause.words]

    @cached_property
    def kinds(self) -> frozenset[str]:
        return frozenset(kind for clause in self.clauses for kind in clause.kinds)

    @cached_property
    def asks(self) -> bool:
        return any(clause.asks for clause in self.clauses)

    @cached_property
    def tells(self) -> bool:
        return any(clause.tells for clause in self.clauses)

    @cached_property
    def has_object(self) -> bool:
        return any(clause.has_object for clause in self.clauses) or says(self.words, self.vocabulary.talk["complete"])

    @cached_property
    def is_scored(self) -> bool:
        return any(clause.is_scored for clause in self.clauses)

    @cached_property
    def strange(self) -> int:
        return sum(clause.strange for clause in self.clauses) - self.near

    @cached_property
    def _talks(self) -> Mapping[str, frozenset[str]]:
        """Of the language of the text."""
        return self.vocabulary.talks[self.vocabulary.language_of(self.words)]

    def _says(self, name: str) -> bool:
        return says(self.words, self._talks[name])

    # --- what speaks against it --------------------------------------------------------------------------------------

    def _was(self) -> bool:
        return says(self.words, self.vocabulary.talk["past"])

    def _is_business(self) -> bool:
        """Whether an instrument is learnt, sold or tuned, a player looked for, and no piece named."""
        if not self.kinds - {"key"} <= THINGS or not {found.kind for found in self.draft.found} <= {"key"}:
            return False
        return self._says("business") and (not self.has_object or self.tells or not self.kinds)

    def _is_praise(self) -> bool:
        """Whether it thanks for a piece or says how good it is: "great job on the fugue", "lovely waltz!"."""
        if self.asks or self.strongly:
            return False
        if phrase_at(self.words, 0, self._talks["praise"]):
            return True
        begins = bool(phrase_at(self.words, 0, self._talks["lovely"]))
        return begins and self.draft.said.rstrip().endswith(("!", "！")) and len(self.clauses) == 1

    def _is_mood_of_life(self) -> bool:
        """Whether nothing but a mood or a length of time is named, and it is somebody's, not a piece's."""
        if not self.kinds <= {"mood", "seconds"} or not {found.kind for found in self.draft.found} <= {"seconds"}:
            return False
        if self.draft.found and self.has_object:
            return False
        is_personal = bool(self.vocabulary.talk["persons"] & set(self.words))
        if (
            self.tells
            or says(self.words, self.vocabulary.talk["operations"])
            or (is_personal and not self.strongly and not self.has_object)
        ):
            return True
        # "give me a minute", "need more coffee": a thing is asked for, and it is no piece.
        if (self.asks or self.strongly) and not (self.has_object or self.near or self._says("composing")):
            return True
        return self.strange > 0 and not self.asks and not self.has_object

    def _is_question(self) -> bool:
        is_asked = any(clause.questions for clause in self.clauses)
        is_plain = bool(phrase_at(self.words, 0, self._talks["question"]))  # "can you do" asks for something
        if is_asked and is_plain and not self.asks and len(self.clauses) == 1:
            return True
        if is_asked and is_han(self.words[0]) and len(self.kinds) <= ENOUGH:
            return True
        ends = self.draft.said.rstrip().endswith(("?", "？"))
        if self.tells and not self.asks and (ends or self.words[0] in POINTING):
            return True
        # "bass fishing on Sunday?", "noch jemand Kuchen?"
        is_thing = self.kinds <= {"players", "mood"} and not (self.has_object or self.is_scored)
        return ends and is_thing and not self.asks and not self.strongly

    def _is_story(self) -> bool:
        told = self.tells and not self.asks and not self.strongly
        return told and not any(clause.kinds for clause in self.clauses if not clause.tells)

    def _is_thing_of_life(self) -> bool:
        """Whether an instrument is spoken of, with words that nobody knows."""
        is_thing = self.kinds <= {"players", "instrumentation"} and bool(self.kinds) and not self.draft.found
        return is_thing and self.strange > self.strongly and not (self.has_object or self.is_scored)


def says(words: list[str], phrases: frozenset[str]) -> bool:
    """Whether one of the phrases stands anywhere."""
    return any(phrase_at(words, place, phrases) for place in range(len(words)))


def holds_request(clauses: list[Clause]) -> bool:
    """Whether one of the clauses asks for music, or those without a verb name enough."""
    naming = [clause for clause in clauses if clause.asks or clause.only_names]
    kinds = {kind for clause in naming for kind in clause.kinds}
    musical = kinds - {"mood", "seconds"}
    for clause in clauses:
        names = clause.asks and bool(musical) and (bool(clause.kinds - {"mood", "seconds"}) or clause.has_object)
        is_enough = clause.has_object or bool(musical - {"players", "instrumentation"}) or len(musical) >= ENOUGH
        if names and is_enough:
            return True
    bare = sum(clause.names for clause in clauses if clause.only_names)
    return bare >= ENOUGH and not any(clause.questions for clause in clauses)
