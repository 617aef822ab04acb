"""How clearly somebody asks for a piece who wrote to us without a command: what speaks for it and what against it.

Promises: a sentence is composed from where all of its words are understood and name music, or where what it names and
asks for outweighs what only people who tell something say: who did what, words that nobody knows. Where neither is so,
a piece is offered and none composed. Each sentence is weighed by itself, so that a story may stand beside a request.
Not covered: greetings, questions and the like, which are known by their phrases (`asking.py`, `telling.py`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial

from config.letters import fold
from generator.wishes.asking import asks_for
from generator.wishes.draft import Draft
from generator.wishes.phrases import phrase_at
from generator.wishes.scanning import Item, Scanner
from generator.wishes.telling import says
from generator.wishes.text import is_han
from generator.wishes.vocabulary import Vocabulary
from generator.wishes.wishes import Near

# Points: found by a regression over 960 labelled requests and 850 sentences of talk, then made whole numbers.
ENOUGH = 3
NAMED, NAMED_AGAIN, MOOD, EXCLUDED, MISSPELT = 2, 1, 1, 1, 1
BOTH = -1  # who wrote what is what people tell each other
POINTS = {"nation": 1, "chords": 3}  # of what says less than the others, or is written by nobody who tells something
ASKS, ASKS_WEAKLY, MAY, OBJECT = 2, 1, 1, 1
TOLD, STRANGE, DEFINITE, ELSEWHERE = -2, -1, -2, -2
MOST_PLAYERS = 3  # that are counted
# What an entry or a meaning of the catalogue names. Moods and sizes name nothing that only music has.
NAMES = {
    **dict.fromkeys(("byname", "composer", "strangers"), "person"),
    **dict.fromkeys(("work", "genre", "foreign_work", "instrumentation"), "music"),
    "strange_genres": "manner",
    **dict.fromkeys(("players", "unwritten"), "players"),
    **dict.fromkeys(("bars", "seconds"), "length"),
    **dict.fromkeys(("mode", "key"), "key"),
    **dict.fromkeys(("chords", "progression"), "chords"),
    **{kind: kind for kind in ("metre", "tempo", "form", "period", "nation")},
}
WORKS = frozenset({"work", "foreign_work", "byname", "strangers"})
OF_SEVERAL = frozenset({"variations", "divisions"})
PLURALS = ("s", "es", "n", "en", "e")
ASKING_ENDS = frozenset("吗呢")
HAN_OF = "的"
DEGREES = frozenset("很最太真")
HAN_POINTING = frozenset(one + other for one in "这那" for other in "首段支曲部")
_SENTENCE_ENDS = re.compile(r"[.!?;\n](?!\d)|\s-\s")
_PAUSES = re.compile(r"[,.:;!?\n()]")


def asks_clearly(scanner: Scanner, draft: Draft, vocabulary: Vocabulary, near: tuple[Near, ...]) -> bool:
    """Whether any sentence does. near: words that are taken for misspelt names."""
    misspelt = frozenset(word for one in near for word in fold(one.word).split())
    talks = vocabulary.talks[scanner.language]
    weighed = partial(_Sentence, scanner=scanner, draft=draft, vocabulary=vocabulary, talks=talks, misspelt=misspelt)
    if any(weighed(first=first, last=last).is_clear for first, last in _ends(scanner, _SENTENCE_ENDS)):
        return True
    clauses = (weighed(first=first, last=last) for first, last in _ends(scanner, _PAUSES))
    if any(clause.asks and clause.is_enough for clause in clauses):
        return True
    return weighed(first=0, last=len(scanner.tokens) - 1).is_enough  # "Surprise me. In 7/8."


def _ends(scanner: Scanner, ends: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """First and last token of every sentence, or clause."""
    first, tokens, plain = 0, scanner.tokens, scanner.text.plain
    for place in range(1, len(tokens) + 1):
        if place == len(tokens) or ends.search(plain[tokens[place - 1].end : tokens[place].start]):
            yield first, place - 1
            first = place


@dataclass(frozen=True, kw_only=True)
class _Sentence:
    """The tokens of a sentence while it is weighed. talks: phrases of conversation in the language of the text;
    misspelt: words that are taken for misspelt names; first, last: its tokens, by their places in the text.
    """

    scanner: Scanner
    draft: Draft
    vocabulary: Vocabulary
    talks: Mapping[str, frozenset[str]]
    misspelt: frozenset[str]
    first: int
    last: int

    @cached_property
    def is_clear(self) -> bool:
        """Whether it asks for a piece, or all of it is understood and names one."""
        is_plain = not (self._told or self._strange or self._points_at_something or self._compares)
        return (is_plain and bool(self._names - {"nation"})) or self.is_enough

    @cached_property
    def is_enough(self) -> bool:
        """Whether more speaks for it than against it."""
        points = sum(POINTS.get(name, NAMED) for name in self._names) + BOTH * (self._names == {"person", "music"})
        points += NAMED_AGAIN * max(0, min(self._counted["players"], MOST_PLAYERS) - 1)
        has_mood = any(item.entry("mood") for item in self._items)
        points += MOOD * (has_mood and bool(self._names or self._excluded or self._has_object))
        points += EXCLUDED * len(self._excluded - self._names)
        points += MISSPELT * len(self.misspelt & set(self._words))
        points += {"strongly": ASKS, "weakly": ASKS_WEAKLY}.get(self.asks, 0)
        points += MAY * says(self._words, self.talks["may"]) + OBJECT * self._has_object
        points += TOLD * len(self._told) + STRANGE * self._strange
        points += DEFINITE * self._points_at_something + ELSEWHERE * self._asks_for_something_else
        return points >= ENOUGH

    # --- what stands in it -------------------------------------------------------------------------------------------

    @cached_property
    def asks(self) -> str:
        """As `asks_for`."""
        return asks_for(self._words, self.vocabulary)

    @cached_property
    def _words(self) -> list[str]:
        return [token.word for token in self.scanner.tokens[self.first : self.last + 1]]

    @cached_property
    def _items(self) -> list[Item]:
        return [item for item in self.draft.items if self.first <= item.first <= self.last]

    @cached_property
    def _counted(self) -> Counter[str]:
        """How often something of each sort is named, and not as something that is there: "the waltz"."""
        tokens = self.scanner.tokens
        start, end = tokens[self.first].start, tokens[self.last].end
        found = [NAMES[one.kind] for one in self.draft.found if start <= one.place < end and one.kind in NAMES]
        named = (item for item in self._items if not (self._is_definite(item) or self._is_general(item)))
        return Counter([*found, *(name for item in named for name in _names_of(item))])

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(self._counted)

    @cached_property
    def _excluded(self) -> frozenset[str]:
        """The sorts of what nobody wants."""
        unwanted = (item for item in self.draft.unwanted if self.first <= item.first <= self.last)
        return frozenset(name for item in unwanted for name in _names_of(item))

    @cached_property
    def _has_object(self) -> bool:
        objects = (place for place in self._free if self._words[place] in self.talks["objects"])
        is_named = any(self._words[place] != "曲" or place not in self._asking for place in objects)  # 作曲 names none
        return is_named or says(self._words, self.talks["complete"])

    @cached_property
    def _free(self) -> list[int]:
        """The words that are in no phrase and no value, by their places in the sentence."""
        taken = {place for item in self.scanner.items for place in range(item.first, item.last + 1)}
        inside = taken | self.scanner.asides
        tokens, is_taken = self.scanner.tokens, self.scanner.text.is_taken
        places = range(self.first, self.last + 1)
        return [place - self.first for place in places if place not in inside and not is_taken(tokens[place])]

    @cached_property
    def _asking(self) -> frozenset[int]:
        """The words of what asks for something and to whom, of courtesy, and of phrases that may stand in any wish."""
        phrases = frozenset().union(*(self.talks[name] for name in ("ask", "polite", "beside", "mixes")))
        found: set[int] = set()
        for place in self._free:
            if said := phrase_at(self._words, place, phrases):
                found |= set(range(place, place + said.count(" ") + 1))
            elif place - 1 in found and self._words[place] in self.talks["receivers"]:
                found.add(place)
            if self._is_first(place) and (said := phrase_at(self._words, place, self.talks["may"])):
                found |= set(range(place, place + said.count(" ") + 2))  # "can u do", "might I trouble"
        return frozenset(found)

    # --- what speaks against it --------------------------------------------------------------------------------------

    @cached_property
    def _told(self) -> list[int]:
        """The words that a sentence has, and a wish without a verb has not: "she", "was", 了."""
        said = {place: phrase_at(self._words, place, self.talks["sentence"]) for place in self._free}
        told = [place for place in said if said[place] and (" " in said[place] or place not in self._asking)]
        told = [place for place in told if place not in self._behind]
        if self.asks == "strongly":
            told = [place for place in told if self._words[place] not in ASKING_ENDS]
        told += [item.first - self.first for item in self._items if item.key[:1] in DEGREES and not _names_of(item)]
        # 很慢 by itself says how it shall be; behind something it says how that is.
        return [place for place in told if self._words[place] not in DEGREES or not self._begins(place)]

    def _is_first(self, place: int) -> bool:
        """Whether nothing that is known stands before it in its clause: "hiii can u"."""
        begin = next((each for each in range(place, 0, -1) if self._is_pause(each)), 0)
        return set(range(begin, place)) <= set(self._free)

    @cached_property
    def _behind(self) -> frozenset[int]:
        """The words that only say more of what is asked for: "that sounds like rain", "if you have him"."""
        behind: set[int] = set()
        for place in range(1, len(self._words)):
            opens = self._words[place] in self.talks["opens"] and place in self._free and place not in self._asking
            follows = place - 1 in behind and not self._is_pause(place)
            if (opens and bool(self.asks) and any(each < place for each in self._asking)) or follows:
                behind.add(place)
        return frozenset(behind)

    @cached_property
    def _strange(self) -> int:
        """How many words say nothing that we know; those behind "for", "about" say what the music is for."""
        strange, told, is_about, last = 0, set(self._told), False, -2
        for place in self._free:
            word = self._words[place]
            is_about = is_about and self._is_next(last, place) and place not in told
            last = place
            if word in self.talks["purpose"] and self._names_before(place):
                is_about = True
            elif is_about or place in told or place in self._behind or not self._is_strange(place):
                continue
            elif not self._describes(place) and not (
                is_han(word) and place - 1 in self._free and self._is_strange(place - 1)
            ):
                strange += 1
        return strange

    def _is_strange(self, place: int) -> bool:
        word = self._words[place]
        is_known = any(word in known for known in (self.vocabulary.beside, self.talks["objects"], self.misspelt))
        is_known = is_known or word in self.vocabulary.numbers
        is_sign = any(map(str.isdecimal, word)) or (len(word) == 1 and not is_han(word))
        is_title = self.scanner.tokens[self.first + place].start in self._quoted
        return not (is_known or is_sign or is_title or place in self._asking)

    @cached_property
    def _quoted(self) -> frozenset[int]:
        return self.scanner.text.quoted()

    def _describes(self, place: int) -> bool:
        """Whether an unknown Chinese word says what a thing is like: 讽刺的波尔卡."""
        while place in self._free and self._words[place] != HAN_OF and is_han(self._words[place]):
            place += 1
        follows = {item.first - self.first for item in self._items if _names_of(item) & {"music", "players"}}
        return place < len(self._words) and self._words[place] == HAN_OF and place + 1 in follows

    def _is_next(self, last: int, place: int) -> bool:
        """Whether nothing but moods stands between two words: "my newborn niece"."""
        if self._is_pause(place):
            return False
        moods = {
            each - self.first
            for item in self._items
            if not _names_of(item)
            for each in range(item.first, item.last + 1)
        }
        return set(range(last + 1, place)) <= moods

    def _is_pause(self, place: int) -> bool:
        tokens, here = self.scanner.tokens, self.first + place
        return here > 0 and bool(_PAUSES.search(self.scanner.text.plain[tokens[here - 1].end : tokens[here].start]))

    def _begins(self, place: int) -> bool:
        """Whether a Chinese clause begins there: behind a sign, a gap, or what asks."""
        tokens, here = self.scanner.tokens, self.first + place
        return here == 0 or tokens[here - 1].end < tokens[here].start or place - 1 in self._asking

    def _names_before(self, place: int) -> bool:
        """Whether music is spoken of before a word: "a lullaby for", "something about"."""
        is_named = any(item.last - self.first < place and "music" in _names_of(item) for item in self._items)
        return is_named or bool(self.talks["objects"] & set(self._words[:place]))

    @cached_property
    def _compares(self) -> bool:
        """Whether one thing is set beside another of its sort, and nothing else is said: "rather Bach than Wagner"."""
        if says(self._words, self.talks["mixes"]):
            return False
        is_beside = self._counted.total() > 1 or bool(self._excluded & self._names)
        return len(self._names) == 1 and "players" not in self._names and is_beside

    def _is_definite(self, item: Item) -> bool:
        """Whether an article, which is no part of a title, says that something is there: "the waltz", 这首夜曲."""
        if any(entry.kind in WORKS for entry in item.entries) or (item.meaning and item.meaning.kind == "composer"):
            return False
        word = self.scanner.word
        if is_han(word(item.first)):
            return f"{word(item.first - 2)}{word(item.first - 1)}" in HAN_POINTING
        is_for = word(item.first - 2) in self.talks["for"]
        return word(item.first - 1) in self.talks["definite"] and not is_for

    def _is_general(self, item: Item) -> bool:
        """Whether it speaks of all of a kind, and nobody asks: "waltzes are", "Sonaten"."""
        genre, key = item.entry("genre"), item.key
        if genre is None or self.asks or " " in key or genre.id in OF_SEVERAL:
            return False
        singular = (key.removesuffix(end) for end in PLURALS if key.endswith(end))
        return any(genre in self.vocabulary.phrases.get(each, ()) for each in singular)

    @cached_property
    def _points_at_something(self) -> bool:
        """Whether it begins with something that is there: "the waltz made", "play the piano", "this fugue"."""
        begin = next((place for place in range(len(self._words)) if place not in self._asking), 0)
        if begin not in self._free or self._words[begin] not in self.talks["definite"]:
            return False
        follows = next((item for item in self._items if item.first == self.first + begin + 1), None)
        return follows is None or self._is_definite(follows)

    @cached_property
    def _asks_for_something_else(self) -> bool:
        """Whether what is asked for is nothing that we know: "make a salad to Mozart"."""
        asked = [place for place in sorted(self._asking) if place in self._free]
        if not asked or is_han(self._words[0]):
            return False
        strange = False
        for place in range(asked[0], len(self._words)):
            word = self._words[place]
            if place in self._asking:
                continue
            if place not in self._free or word in self.talks["objects"] or word in self.misspelt:
                return False
            if word in self.talks["purpose"] | self.talks["joins"] or self._is_pause(place):
                return strange
            strange = strange or self._is_strange(place)
        return strange


def _names_of(item: Item) -> frozenset[str]:
    """What it names; of a genre with its usual scoring both."""
    names = {NAMES[entry.kind] for entry in item.entries if entry.kind in NAMES}
    if item.meaning is not None and not item.doubtful:
        names.add("players" if item.meaning.players else NAMES.get(item.meaning.kind, item.meaning.kind))
    return frozenset(names)
