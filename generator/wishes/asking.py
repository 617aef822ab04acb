"""Whether words ask for music, or are talk: greetings, thanks, questions, what somebody did yesterday.

Promises: without a word that asks for it, nothing is composed from a sentence that tells or asks something; a wish
without a verb, "chopin nocturne", is one. Not covered: irony.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from generator.wishes.clauses import clauses_of, is_scored, spans
from generator.wishes.draft import Draft
from generator.wishes.phrases import MAX_PHRASE_WORDS, phrase_at
from generator.wishes.scanning import Item, Scanner
from generator.wishes.telling import Told, holds_request, says
from generator.wishes.text import is_han
from generator.wishes.vocabulary import Vocabulary
from generator.wishes.wishes import Sort

ARTICLES = frozenset({"a", "an", "some", "one", "ein", "eine", "einen"})
MOST_OF_A_NAME = 2  # unknown neighbours that may be one thing
MOST_BESIDE = 4  # unknown words beside a piece that is spoken of, or several players
MOST_UNKNOWN = 0.6  # of the words that say something
HAN_MUSIC = re.compile("音乐(?![会家厅节课老学剧])|旋律")


def sort_of(scanner: Scanner, draft: Draft, vocabulary: Vocabulary, *, is_request: bool, near: int) -> Sort:
    """Which sort of thing was said. near: how many of the unknown words may be misspelt ones."""
    words = [token.word for token in scanner.tokens]
    if not words:
        return "empty"
    if (talk := _only_talk(words, vocabulary)) is not None and not _names_music(draft):
        return talk
    if is_request:
        return "request" if _says_anything(draft) else "unknown"
    if (talk := _begins_as_talk(scanner, vocabulary)) is not None:
        return talk
    clauses = clauses_of(scanner, draft, vocabulary)
    sort = _sort_of_all(scanner, draft, vocabulary, words, near)
    if sort == "request":
        tells = any(clause.tells for clause in clauses) and not any(clause.asks for clause in clauses)
        strongly = asks_for(words, vocabulary) == "strongly" and not tells
        told = Told(clauses=clauses, draft=draft, vocabulary=vocabulary, near=near, strongly=strongly)
        return "talk" if told else "request"
    return "request" if holds_request(clauses) else sort


def _sort_of_all(scanner: Scanner, draft: Draft, vocabulary: Vocabulary, words: list[str], near: int) -> Sort:
    """Which sort of thing it is as a whole."""
    hints = _Hints(scanner, draft, vocabulary, words, near)
    if hints.asks == "strongly" and (hints.musical or hints.has_object or near or draft.unwanted):
        return "request"
    if says(words, vocabulary.talk["complete"]) or _asks_for_a_piece(scanner, vocabulary):
        return "request"
    if hints.is_question:
        return "talk"
    if hints.asks and hints.has_object and (hints.musical or hints.moody):
        return "request"
    if hints.is_story:
        return "talk"
    if hints.asks and hints.musical:
        return "request"
    if hints.is_mostly_understood:
        return "request"
    return "talk" if hints.musical or hints.moody else "unknown"


def _asks_for_a_piece(scanner: Scanner, vocabulary: Vocabulary) -> bool:
    """Whether a clause asks for one, and says nothing of it: "I'm bored, make a piece"."""
    talks = vocabulary.talks[scanner.language]
    for first, last in spans(scanner):
        words = [token.word for token in scanner.tokens[first : last + 1]]
        asks = asks_for(words, vocabulary) == "strongly" and not set(range(first, last + 1)) & set(scanner.unknown)
        if asks and says(words, talks["pieces"]) and not says(words, talks["statement"]):
            return True
    return False


def _begins_as_talk(scanner: Scanner, vocabulary: Vocabulary) -> Sort | None:
    """The sort of talk it begins with, where what follows names no music and asks for none: "good evening folks"."""
    words = [token.word for token in scanner.tokens]
    for size in range(min(MAX_PHRASE_WORDS, len(words)), 0, -1):
        kind = _talk_kind(" ".join(words[:size]), vocabulary)
        if kind in (None, "again"):
            continue
        names = any(
            item.first >= size
            and (item.meaning is not None or any(entry.kind != "mood" for entry in item.entries))
            and not _is_greeted(scanner, item, size)
            for item in scanner.items
        )
        is_value = any(scanner.text.is_taken(token) for token in scanner.tokens[size:])
        if names or is_value or asks_for(words[size:], vocabulary):
            return None
        return "talk" if kind == "thanks" and _is_of_something(scanner, words[:size], vocabulary) else kind
    return None


def _is_of_something(scanner: Scanner, phrase: list[str], vocabulary: Vocabulary) -> bool:
    """Whether something else is called good, and nobody thanked: "nice weather"."""
    is_thanked = bool(vocabulary.talk["grateful"] & set(phrase))
    return not is_thanked and any(place >= len(phrase) for place in scanner.unknown)


def _is_greeted(scanner: Scanner, item: Item, size: int) -> bool:
    """Whether it is only who is spoken to: "happy birthday Clara!!"."""
    plain, tokens = scanner.text.plain, scanner.tokens
    is_name = item.entry("byname") is not None or (item.meaning is not None and item.meaning.kind == "composer")
    is_next = item.first == size and not plain[tokens[size - 1].end : tokens[size].start].strip()
    return is_name and is_next and item.last == len(tokens) - 1


def _says_anything(draft: Draft) -> bool:
    """Whether anything is left to go by for somebody who asks for music in any case."""
    moody = any(item.entry("mood") for item in draft.items)
    is_timed = any(found.kind == "seconds" for found in draft.found)
    return _names_music(draft) or moody or is_timed or bool(draft.unwanted or draft.excluded)


@dataclass(frozen=True)
class _Hints:
    """What speaks for and against a request in a chat."""

    scanner: Scanner
    draft: Draft
    vocabulary: Vocabulary
    words: list[str]
    near: int

    @cached_property
    def asks(self) -> str:
        return asks_for(self.words, self.vocabulary)

    @cached_property
    def musical(self) -> bool:
        return _names_music(self.draft)

    @cached_property
    def moody(self) -> bool:
        return any(item.entry("mood") for item in self.draft.items)

    @cached_property
    def has_object(self) -> bool:
        """Whether a piece, a song, something is spoken of."""
        named = bool(self.vocabulary.talk["objects"] & set(self.words)) or _names_genre(self.draft)
        return named or HAN_MUSIC.search("".join(self.words)) is not None

    @cached_property
    def is_scored(self) -> bool:
        """Whether it is said for whom: "Danny Boy for brass quintet"."""
        return any(is_scored(item, self.scanner, self.vocabulary) for item in self.draft.items)

    @cached_property
    def has_several_players(self) -> bool:
        """Whether at least two are named who play, and nobody else."""
        return len([item for item in self.draft.items if item.meaning is not None and item.meaning.players]) > 1

    @cached_property
    def is_question(self) -> bool:
        free = _free(self.scanner)
        return _questions(self.words, self.vocabulary, free) or _asks_of_us(self.words, self.vocabulary)

    @cached_property
    def is_story(self) -> bool:
        free = _free(self.scanner)
        begins = not self.asks and _begins_with_somebody(self.words, self.vocabulary, free)
        return begins or _tells(self.words, self.vocabulary, free)

    @cached_property
    def is_mostly_understood(self) -> bool:
        """Whether a wish without a verb, "chopin nocturne", is what most of the words say."""
        title = self.scanner.text.quoted()
        named = (group for group in groups(self.scanner) if not title & set(self.scanner.tokens[group[0]].span))
        strange = sum(min(len(group), MOST_OF_A_NAME) for group in named) - self.near
        if (self.is_scored and strange <= MOST_OF_A_NAME) or (self.has_several_players and strange <= MOST_BESIDE):
            return True
        if strange > 0 and not (self.moody or self.has_object or _names_more_than_values(self.draft)):
            return False
        if self.has_object and self.musical and strange <= MOST_BESIDE:
            return True  # "a piece about a lost glove"
        said = len(self.draft.items) + len(self.draft.found)
        is_timed = self.has_object and any(found.kind == "seconds" for found in self.draft.found)
        is_named = self.musical or self.moody or is_timed
        return is_named and strange <= MOST_UNKNOWN * max(1, said + strange)


def _names_genre(draft: Draft) -> bool:
    return any(item.entry("genre") or item.entry("work") for item in draft.items)


def _asks_of_us(words: list[str], vocabulary: Vocabulary) -> bool:
    """Whether it is asked what we can do, not for something: "can you play the piano?"."""
    begins = " ".join(words[:2]) in vocabulary.talk["able"]
    if begins and ARTICLES & set(words[3:5]):  # "can you set a psalm"
        return False
    return begins and not vocabulary.talk["receivers"] & set(words)


def _names_music(draft: Draft) -> bool:
    """Whether anything was named that only music has."""
    kinds = {
        "genre",
        "work",
        "byname",
        "foreign_work",
        "unwritten",
        "tempo",
        "progression",
        "mode",
        "metre",
        "form",
        "strangers",
        "strange_genres",
    }
    named = any(item.meaning is not None or any(entry.kind in kinds for entry in item.entries) for item in draft.items)
    return named or any(found.kind in ("key", "metre", "tempo", "bars", "chords", "form") for found in draft.found)


def _only_talk(words: list[str], vocabulary: Vocabulary) -> Sort | None:
    """The sort of talk that all of the words are; None if there is anything else."""
    kinds: list[Sort] = []
    place = 0
    while place < len(words):
        for size in range(min(MAX_PHRASE_WORDS, len(words) - place), 0, -1):
            phrase = " ".join(words[place : place + size])
            kind = _talk_kind(phrase, vocabulary) or _alone(phrase, vocabulary)
            if kind is not None:
                kinds.append(kind)
                place += size
                break
        else:
            passed_over = vocabulary.beside if is_han(words[place]) else vocabulary.stop
            if words[place] not in passed_over and words[place] not in (
                "bot",
                "notabot",
                "there",
                "all",
                "everyone",
                "man",
                "buddy",
            ):
                return None
            place += 1
    for kind in ("about", "press", "greeting", "again", "farewell", "thanks", "nod"):
        if kind in kinds:
            return kind
    return None


def _talk_kind(phrase: str, vocabulary: Vocabulary) -> Sort | None:
    kinds: tuple[Sort, ...] = ("again", "greeting", "farewell", "thanks", "nod")
    return next((kind for kind in kinds if phrase in vocabulary.talk[kind]), None)


def _alone(phrase: str, vocabulary: Vocabulary) -> Sort | None:
    """What is talk only where nothing else is said: "stop" is, "stop motion music" is not."""
    kinds: tuple[Sort, ...] = ("about", "press")
    return next((kind for kind in kinds if phrase in vocabulary.talk[kind]), None)


def groups(scanner: Scanner) -> list[list[int]]:
    """The unknown tokens, neighbours together."""
    result: list[list[int]] = []
    for place in scanner.unknown:
        if result and result[-1][-1] == place - 1:
            result[-1].append(place)
        else:
            result.append([place])
    return result


def _free(scanner: Scanner) -> frozenset[int]:
    """The tokens that are in no phrase: 他 in 吉他 is nobody."""
    taken = {place for item in scanner.items for place in range(item.first, item.last + 1)} | scanner.asides
    return frozenset(
        place for place, token in enumerate(scanner.tokens) if place not in taken and not scanner.text.is_taken(token)
    )


def _names_more_than_values(draft: Draft) -> bool:
    """Whether somebody, an instrument or a form is named, and not only a key, a mode, a metre or a tempo."""
    kinds = {"genre", "work", "byname", "foreign_work", "strangers", "strange_genres", "unwritten"}
    return (
        any(item.meaning is not None or any(entry.kind in kinds for entry in item.entries) for item in draft.items)
        or len(draft.found) > 1
    )


def asks_for(words: list[str], vocabulary: Vocabulary) -> str:
    """As "strongly": it begins with a verb that asks; "weakly": such a word is somewhere; or not."""
    if not words:
        return ""
    start, polite = 0, vocabulary.talk["polite"]
    while start < len(words) and words[start] in polite:
        start += 1
    phrases, weak = vocabulary.talks[vocabulary.language_of(words)]["ask"], vocabulary.talk["weak"]
    begun = phrase_at(words, start, phrases) or phrase_at(words, 0, phrases)
    anywhere = [phrase for place in range(len(words)) if (phrase := phrase_at(words, place, phrases))]
    strong = [phrase for phrase in anywhere if phrase not in weak]
    if begun and begun not in weak:
        return "strongly"
    if begun and strong:
        return "strongly"
    if is_han(words[0]) and strong:
        return "strongly"
    return "weakly" if anywhere else ""


def _questions(words: list[str], vocabulary: Vocabulary, free: frozenset[int]) -> bool:
    """Whether it begins as a question does; Chinese asks anywhere."""
    start, polite = 0, vocabulary.talk["polite"]
    while start < len(words) and words[start] in polite:
        start += 1
    phrases = vocabulary.talks[vocabulary.language_of(words)]["question"]
    if phrase_at(words, start, phrases):
        return True
    return any(is_han(words[place]) and phrase_at(words, place, phrases) for place in sorted(free))


def _begins_with_somebody(words: list[str], vocabulary: Vocabulary, free: frozenset[int]) -> bool:
    """Whether somebody is the first word, who does something: "we saw Swan Lake"."""
    phrases = vocabulary.talks[vocabulary.language_of(words)]["somebody"]
    return 0 in free and len(words) > 1 and bool(phrase_at(words, 0, phrases))


def _tells(words: list[str], vocabulary: Vocabulary, free: frozenset[int]) -> bool:
    """Whether it tells something: "I love", "ist kaputt", "我喜欢"."""
    places = sorted(free)
    if places and is_han(words[-1]) and len(words) - 1 in free and words[-1] in vocabulary.talk["ends"]:
        return True
    phrases = vocabulary.talks[vocabulary.language_of(words)]["statement"]
    return any(phrase_at(words, place, phrases) for place in places)
