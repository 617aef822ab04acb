"""What somebody said, clause by clause: which of them ask for something, tell something, ask a question, or only name.

Promises: a request may stand beside a story ("Rain on a window. Solo piano, sparse, 1'30"), and a story that names
music is none. Not covered: what a single clause means as a whole (`asking.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from generator.wishes.draft import Draft
from generator.wishes.phrases import phrase_at
from generator.wishes.scanning import Item, Scanner
from generator.wishes.text import is_han
from generator.wishes.vocabulary import Vocabulary

_ENDS = re.compile(r"[,.:;!?\n()]|\s-\s")
ENOUGH = 2  # different things that words without a verb name, so that they are a wish though others tell something
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
    things that are no moods; strange: how many words nobody knows.
    """

    words: tuple[str, ...]
    asks: bool
    questions: bool
    tells: bool
    has_object: bool
    kinds: frozenset[str]
    names: int
    strange: int

    @property
    def only_names(self) -> bool:
        return not (self.asks or self.questions or self.tells)


def clauses_of(scanner: Scanner, draft: Draft, vocabulary: Vocabulary) -> list[Clause]:
    """In the order of the text. What stands behind a "not" counts as named."""
    language = vocabulary.language_of([token.word for token in scanner.tokens])
    talks = vocabulary.talks[language]
    return [_clause(scanner, draft, vocabulary, talks, first, last) for first, last in _spans(scanner)]


def _spans(scanner: Scanner) -> Iterator[tuple[int, int]]:
    """First and last token of every clause."""
    first, tokens = 0, scanner.tokens
    for place in range(1, len(tokens) + 1):
        if place == len(tokens) or _ENDS.search(scanner.text.plain[tokens[place - 1].end : tokens[place].start]):
            yield first, place - 1
            first = place


def _clause(
    scanner: Scanner, draft: Draft, vocabulary: Vocabulary, talks: Mapping[str, frozenset[str]], first: int, last: int
) -> Clause:
    words = [token.word for token in scanner.tokens[first : last + 1]]
    start, end = scanner.tokens[first].start, scanner.tokens[last].end
    items = [item for item in scanner.items if first <= item.first <= last]
    inside = {place - first for item in items for place in range(item.first, item.last + 1)}
    free = [
        place
        for place in range(len(words))
        if place not in inside and not scanner.text.is_taken(scanner.tokens[first + place])
    ]
    found = {one.kind for one in draft.found if start <= one.place < end}
    begin = _behind(words, talks["polite"])
    asked = phrase_at(words, begin, talks["ask"]) or phrase_at(words, 0, talks["ask"])
    if not asked or asked in talks["vague"]:
        anywhere = (phrase_at(words, place, talks["ask"]) for place in free)
        asked = next((each for each in anywhere if each and each not in talks["vague"]), asked)
    questions = bool(phrase_at(words, begin, talks["question"]) or phrase_at(words, begin, talks["able"]))
    has_receiver = bool(vocabulary.talk["receivers"] & set(words))
    if is_han(words[0]):
        asked = asked or next((said for place in free if (said := phrase_at(words, place, talks["ask"]))), "")
        is_able = bool(phrase_at(words, 0, talks["able"])) and "一" not in words and not has_receiver
        questions = is_able or any(phrase_at(words, place, talks["unanswered"]) for place in free)
    moods = {
        place - first
        for item in items
        if _is_mood(item) and not is_han(item.key)
        for place in range(item.first, item.last + 1)
    }
    active = (place for place in (*free, *moods) if not _is_passive(words, place))
    told = max((phrase_at(words, place, talks["statement"]) for place in active), key=len, default="")
    told = told or (words[-1] if is_han(words[-1]) and words[-1] in talks["ends"] and len(words) - 1 in free else "")
    told = told or _done_by_somebody(words, free, {place - first for place in scanner.unknown}, talks)
    somebody = 0 in free and len(words) > 1 and bool(phrase_at(words, 0, talks["somebody"]))
    is_more = told.startswith(asked) and len(told) > len(asked)  # "I need to" asks for nothing
    asks = bool(asked) and asked not in talks["vague"] and not is_more and (not questions or has_receiver)
    return Clause(
        words=tuple(words),
        asks=asks,
        questions=questions and not asks,
        tells=bool(told or somebody) and not asks,
        has_object=bool(talks["objects"] & set(words)) or any(item.entry("genre") for item in items),
        names=len({item.key for item in items if not _is_mood(item)} | found),
        kinds=frozenset({kind for item in items for kind in _kinds(item)} | found),
        strange=sum(first <= place <= last and len(scanner.word(place)) > 1 for place in scanner.unknown),
    )


def _done_by_somebody(words: list[str], free: list[int], unknown: set[int], talks: Mapping[str, frozenset[str]]) -> str:
    """What somebody whom nobody knows does: "the neighbours play waltzes"."""
    if is_han(words[0]) or words[0] not in talks["somebody"] | {"the", "die", "der"}:
        return ""
    verbs = ((place, phrase_at(words, place, talks["ask"])) for place in free if place > 1)
    return next((verb for place, verb in verbs if verb in talks["vague"] and place - 1 in unknown), "")


def _is_passive(words: list[str], place: int) -> bool:
    """Whether it says how something shall be, not what somebody did: "played on viols"."""
    follows = words[place + 1] if place + 1 < len(words) else ""
    return words[place].endswith(("ed", "sung", "written")) and follows in ("on", "by", "with", "as", "like", "for")


def _is_mood(item: Item) -> bool:
    return item.meaning is None and all(entry.kind == "mood" for entry in item.entries)


def _behind(words: list[str], polite: frozenset[str]) -> int:
    start = 0
    while start < len(words) and words[start] in polite:
        start += 1
    return start


def _kinds(item: Item) -> set[str]:
    kinds = {"work" if entry.kind in ("work", "foreign_work") else entry.kind for entry in item.entries}
    if item.meaning is not None and not item.doubtful:
        kinds.add("players" if item.meaning.players else item.meaning.kind)
    return kinds & {*NAMES, "mood", "players", "composer", "instrumentation", "period", "nation", "mode", "progression"}


def is_told(clauses: list[Clause], draft: Draft, vocabulary: Vocabulary, *, near: int, strongly: bool) -> bool:
    """Whether what looks like a request tells or asks something, speaks of a thing, or wants something else done.

    near: how many of the words that nobody knows may be misspelt ones. strongly: it begins with a verb that asks.
    """
    words = [word for clause in clauses for word in clause.words]
    asks = any(clause.asks for clause in clauses)
    if _says(words, vocabulary.talk["past"]) and not asks:
        return True
    kinds = {kind for clause in clauses for kind in clause.kinds}
    tells = any(clause.tells for clause in clauses)
    is_asked = any(clause.questions for clause in clauses)
    if kinds <= {"mood"} and not draft.found:
        is_personal = bool(vocabulary.talk["persons"] & set(words))
        has_object = any(clause.has_object for clause in clauses)
        if tells or _says(words, vocabulary.talk["operations"]) or (is_personal and not strongly and not has_object):
            return True
        if sum(clause.strange for clause in clauses) - near > 0 and not asks and not has_object:
            return True
    if is_asked and is_han(words[0]) and len(kinds) <= ENOUGH:
        return True
    if tells and not asks and (draft.said.rstrip().endswith(("?", "？")) or words[0] in ("这", "那")):
        return True
    if tells and not asks and not strongly and not any(clause.kinds for clause in clauses if not clause.tells):
        return True
    is_thing = kinds <= {"players", "instrumentation"} and not draft.found
    strange = sum(clause.strange for clause in clauses) - near
    return is_thing and bool(kinds) and strange > strongly and not any(clause.has_object for clause in clauses)


def _says(words: list[str], phrases: frozenset[str]) -> bool:
    return any(phrase_at(words, place, phrases) for place in range(len(words)))


def holds_request(clauses: list[Clause]) -> bool:
    """Whether one of the clauses asks for music, or those without a verb name enough."""
    naming = [clause for clause in clauses if clause.asks or clause.only_names]
    kinds = {kind for clause in naming for kind in clause.kinds}
    musical = kinds - {"mood"}
    for clause in clauses:
        names = clause.asks and bool(musical) and (bool(clause.kinds - {"mood"}) or clause.has_object)
        is_enough = clause.has_object or bool(musical - {"players", "instrumentation"}) or len(musical) >= ENOUGH
        if names and is_enough:
            return True
    bare = sum(clause.names for clause in clauses if clause.only_names)
    return bare >= ENOUGH and not any(clause.questions for clause in clauses)
