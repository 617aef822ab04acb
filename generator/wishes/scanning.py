"""Phrases that are known by a list: the catalogue's and those of `config/wishes`, the longest first at every place.

Promises: endings and compounds are seen through ("trauriger", "Trauerwalzer"); what nobody knows is named. Not covered:
what the phrases come to together (`reading.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from generator.catalogue.catalogue import Catalogue
from generator.catalogue.vocabulary import SURE, Meaning
from generator.wishes.compounds import Compounds
from generator.wishes.counting import NUMERALS, count_before, count_behind
from generator.wishes.sounding import MAX_HEARD_CHARS, sounds_like
from generator.wishes.text import Text, Token, is_han, joined
from generator.wishes.vocabulary import Entry, Vocabulary

MAX_PHRASE_TOKENS = 14
VOICE = {"S": "soprano", "A": "alto", "T": "tenor", "B": "bass"}
VOICES = re.compile("(?=.{3,8}$)S{0,4}A{0,4}T{0,4}B{0,4}")
_PAUSE = re.compile("[:;()\n]")
POSSESSIVE = frozenset({"s", "d"})  # of "men's choir", "oboe d'amore"
PERIODS = frozenset({"period", "era", "epoch", "age", "times", "composer", "composers"})
_MANNER = re.compile(
    r"(?<=[a-z])-(?:massig|maessig|ish|like|esque|artig|haft|stil|style|styled|type|inspired)(?:e|er|es|en)?(?![a-z])"
)


@dataclass(frozen=True)
class Item:
    """A phrase that was found. entries and meaning: what it stands for, in `config/wishes` and in the catalogue.

    first, last: its tokens. A given name alone, or a surname that two bear, is only perhaps one: `doubtful`. misspelt:
    the name that was written otherwise, as it should be.
    """

    first: int
    last: int
    words: str
    key: str
    entries: tuple[Entry, ...] = ()
    meaning: Meaning | None = None
    doubtful: bool = False
    misspelt: str = ""

    def entry(self, kind: str) -> Entry | None:
        return next((entry for entry in self.entries if entry.kind == kind), None)


@dataclass
class Scanner:
    """Scans one text. items: what was found; unknown: tokens that nobody knows.

    asides: tokens of phrases that hold a name and do not mean it.
    """

    text: Text
    catalogue: Catalogue
    vocabulary: Vocabulary
    tokens: Sequence[Token] = ()
    items: list[Item] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)
    asides: set[int] = field(default_factory=set)
    language: str = ""

    def __post_init__(self) -> None:
        self._compounds = Compounds(self.catalogue, self.vocabulary)

    def scan(self) -> None:
        """From the first token to the last."""
        for manner in _MANNER.finditer(self.text.rest):
            self.text.take(manner.start(), manner.end())  # "Satie-ish", "Diabelli-mäßig" name nothing beside the name
        self.tokens = self.text.tokens()
        self.language = self.vocabulary.language_of([token.word for token in self.tokens])
        place = 0
        while place < len(self.tokens):
            if self.text.is_taken(self.tokens[place]):
                place += 1
                continue
            found = self._heard(place, self._longest(place)) or self._by_its_parts(place)
            if found is not None and found.entry("aside") is not None:
                self.asides.update(range(place, found.last + 1))
                place = found.last + 1
                continue
            if found is not None:
                self.items.append(self._counted(found))
                place = self.items[-1].last + 1
                if (
                    self.items[-1].meaning is not None
                    and self.items[-1].meaning.players
                    and self.word(place) in NUMERALS
                ):
                    place += 1  # "violin II"
                continue
            if times := self._times(place):
                place += times
                continue
            if not self.is_stop(place):
                self.unknown.append(place)
            place += 1

    def _times(self, place: int) -> int:
        """How many tokens say "2x" here."""
        if re.fullmatch(r"[2-6]x", self.word(place)):
            return 1
        return 2 if re.fullmatch("[2-6]", self.word(place)) and self.word(place + 1) == "x" else 0

    def _counted(self, item: Item) -> Item:
        """The instrument as often as "2x" before it or "x2", 两把 behind it says."""
        if item.meaning is None or len(set(item.meaning.players)) != 1:
            return item
        count = count_before(self.text.plain, self.tokens[item.first].start)
        behind, last = count_behind(self.text.plain, self.tokens[item.last].end), item.last
        if behind is not None:
            place = self._place_at(behind.end)
            if not (behind.is_of_next and self._longest(place) is not None):
                count, last = behind.count, max(last, place - 1)
        if count == 1:
            return item
        meaning = replace(item.meaning, players=item.meaning.players[:1] * count, alone=False)
        words = self.text.words(self.tokens[item.first].start, self.tokens[last].end)
        return replace(item, meaning=meaning, last=last, words=words)

    def _place_at(self, start: int) -> int:
        """The first token from there on."""
        return next((place for place, token in enumerate(self.tokens) if token.start >= start), len(self.tokens))

    def is_stop(self, place: int) -> bool:
        """Whether a token says nothing by itself."""
        word = self.tokens[place].word
        return (
            word in self.vocabulary.stop or word == "#" or word.isdecimal() or (word in self.catalogue.lexicon.fillers)
        )

    def word(self, place: int) -> str:
        return self.tokens[place].word if 0 <= place < len(self.tokens) else ""

    # --- phrases as they stand -----------------------------------------------------------------------------------

    def _longest(self, place: int) -> Item | None:
        for last in range(self._most(place) - 1, place - 1, -1):
            words = [token.word for token in self.tokens[place : last + 1]]
            key = self.vocabulary.readings.get(self.language, {}).get(" ".join(words), " ".join(words))
            entries, meaning = self.vocabulary.phrases.get(key, ()), self._meaning(key.split(" "))
            between = self.text.plain[self.tokens[place].end : self.tokens[last].start]
            if "," in between and meaning is not None and meaning.players:
                meaning = None  # "trio, piano" is no piano trio
            if key in self.vocabulary.talk["negation"] or key in self.vocabulary.talk["ask"]:
                meaning = None
            if self._is_apart(place, last, key, entries, meaning) or self._is_said_otherwise(key, meaning):
                continue
            if entries or meaning is not None:
                item = self._item(place, last, key, entries, meaning)
                if item is not None:
                    return item
        return None

    def _most(self, place: int) -> int:
        """How far a phrase may reach: not over what is taken, nor in Chinese over a comma."""
        most = place
        while (
            most < len(self.tokens) and most - place < MAX_PHRASE_TOKENS and not self.text.is_taken(self.tokens[most])
        ):
            most += 1
        if most > place and is_han(self.tokens[place].word):  # 小号两把、管风琴 are no two organs
            start = self.tokens[place].start
            pause = re.search("[,;]", self.text.plain[start : self.tokens[most - 1].end])
            most = most if pause is None else self._place_at(start + pause.start())
        return most

    def _is_apart(self, place: int, last: int, key: str, entries: tuple[Entry, ...], meaning: Meaning | None) -> bool:
        """Whether words that stand side by side belong to two things."""
        between = self.text.plain[self.tokens[place].end : self.tokens[last].start]
        if _PAUSE.search(between):
            return True
        is_of_one = meaning is not None and len(set(meaning.players)) == 1
        is_list = (bool(entries) and "," in between) or is_of_one
        is_group = any(key == group or key.endswith(f" {group}") for group in self.vocabulary.generic)
        # "Violine und Bratsche, Duett" are no two violas, and "Trio Klavier Horn Geige" is no piano trio and two more.
        if is_list and is_group and self._follows_players(place):
            return True
        return key.partition(" ")[0] in self.vocabulary.generic and meaning is not None and self._is_listed(last + 1)

    def _is_listed(self, place: int) -> bool:
        """Whether an instrument follows at once."""
        follows = self.catalogue.lexicon.meanings.get(self.word(place))
        return follows is not None and bool(follows.players)

    def _is_said_otherwise(self, key: str, meaning: Meaning | None) -> bool:
        """Whether another language has this phrase, and in this one it says nothing: "war" in German is no battle."""
        if meaning is not None:
            return False
        talk = self.vocabulary.talks[self.language]
        return key not in self.vocabulary.said_in[self.language] and (key in talk["stop"] or key in talk["own"])

    def _item(
        self, first: int, last: int, key: str, entries: tuple[Entry, ...], meaning: Meaning | None
    ) -> Item | None:
        if any(entry.kind == "aside" for entry in entries):
            return Item(first, last, "", key, entries)
        entries, meaning = self._meant(first, last, key, entries, meaning)
        is_certain = meaning is not None and (
            meaning.players
            or (meaning.kind == "composer" and self._is_called(first))
            or (meaning.kind == "period" and self.word(last + 1) in PERIODS)
        )
        if not entries and (meaning is None or (first == last and self.is_stop(first) and not is_certain)):
            return None
        if meaning is None and all(entry.kind == "mood" for entry in entries) and self._is_asked(first, last):
            return None  # "would love" wants, and is not in love
        if not any(entry.kind == "genre" for entry in entries) and (
            any(entry.kind == "work" for entry in entries)
            or (meaning is not None and meaning.kind == "instrumentation")
        ):
            entries = (*entries, *self._compounds.genre_in(key))
        words = self.text.words(self.tokens[first].start, self.tokens[last].end)
        doubtful = meaning is not None and meaning.kind == "composer" and max(meaning.weights.values()) < SURE
        return Item(first, last, words, key, entries, meaning, doubtful)

    def _meant(
        self, first: int, last: int, key: str, entries: tuple[Entry, ...], meaning: Meaning | None
    ) -> tuple[tuple[Entry, ...], Meaning | None]:
        """What of it is meant here: names that are words as well, and shortened ones, need a sign."""
        if key in self.vocabulary.ambiguous:
            is_called, strange = self._is_called(first), any(entry.kind == "strangers" for entry in entries)
            if is_called and strange:
                entries = tuple(entry for entry in entries if entry.kind == "strangers")
            elif not is_called:
                entries = tuple(entry for entry in entries if not entry.kind.startswith("strange"))
                meaning = None if meaning is not None and meaning.kind == "composer" else meaning
        if key.split(" ")[-1] in self.vocabulary.abbreviated and not self._is_shortened(first, last):
            meaning = None
        if any(entry.kind == "strangers" for entry in entries):
            meaning = None  # Weber is no misspelt Webern
        return entries, meaning

    def _is_asked(self, first: int, last: int) -> bool:
        """Whether a phrase belongs to a longer one that asks for something."""
        pairs = ((first - 1, last), (first, last + 1), (first - 2, last))
        phrases = (" ".join(self.word(place) for place in range(begin, end + 1)) for begin, end in pairs if begin >= 0)
        return any(phrase in self.vocabulary.talk["ask"] for phrase in phrases)

    def _is_shortened(self, first: int, last: int) -> bool:
        """Whether "Fl." or "ob" stands as an instrument does: with a full stop, or beside another."""
        plain, begin, end = self.text.plain, self.tokens[first].start, self.tokens[last].end
        if plain[end : end + 1] in (".", "/", "+", "&") or re.search(r"[/+&\d]\s?$", plain[:begin]):
            return True
        beside = {self.word(first - 1), self.word(last + 1)}
        if beside & (self.vocabulary.abbreviated | NUMERALS) or self._is_listed(last + 1) or self._is_listed(first - 1):
            return True
        if self.word(last + 1) in self.vocabulary.talk["joins"] and last + 2 < len(self.tokens):
            follows = self._longest(last + 2)
            if follows is not None and follows.meaning is not None and follows.meaning.players:
                return True
        stands_behind = (
            self.word(first - 1) in ("for", "fur", "fuer", "solo", "with", "mit") or self.word(first - 1).isdecimal()
        )
        return stands_behind or self._follows_players(first) or (bool(self.items) and self.items[-1].last == first - 1)

    def _follows_players(self, place: int) -> bool:
        """Whether an instrument and a word such as "and" stand before."""
        before = next((item for item in self.items if item.last == place - 2), None)
        has_players = before is not None and before.meaning is not None and bool(before.meaning.players)
        return has_players and self.word(place - 1) in self.vocabulary.talk["joins"]

    def _meaning(self, words: Sequence[str]) -> Meaning | None:
        known = self.catalogue.lexicon.meanings
        if (meaning := known.get(joined(words))) is not None:
            return meaning
        fillers = self.catalogue.lexicon.fillers
        if len(words) == 1 or words[0] in fillers or words[-1] in fillers:
            return None
        content = [word for word in words if word not in fillers]
        meaning = known.get(joined(content)) if len(content) < len(words) else None
        if set(words) - set(content) <= POSSESSIVE:
            return meaning
        # In "sonata for violin and piano" each is named by itself.
        return None if meaning is not None and meaning.players else meaning

    def _is_called(self, place: int) -> bool:
        """Whether something says that a word is a name: "by Bridge", or that it stands first with a large letter."""
        if self.word(place - 1) in self.vocabulary.before_names or self.word(place + 1) in self.vocabulary.behind_names:
            return True
        if _MANNER.match(self.text.plain, self.tokens[place].end):
            return True
        large = self.text.cased[self.tokens[place].start].isupper()
        if large and place and self._is_alone(place):
            return True  # "four horns, Weber, F major"
        content = [number for number in range(len(self.tokens)) if not self.is_stop(number)]
        return len(content) <= 2 and (place == 0 or large)

    def _is_alone(self, place: int) -> bool:
        """Whether a word is a whole part of a list."""
        begin, end, plain = self.tokens[place].start, self.tokens[place].end, self.text.plain
        return bool(re.search(r"[,;]\s*$", plain[:begin])) and bool(re.match(r"\s*(?:[,;.!]|$)", plain[end:]))

    # --- Chinese names that are written as they sound ------------------------------------------------------------

    def _heard(self, place: int, known: Item | None) -> Item | None:
        """A longer name, or one where nothing is known, that sounds like the characters here."""
        if not is_han(self.word(place)):
            return known
        size_known = known.last - known.first + 1 if known is not None else 0
        for size in range(min(MAX_HEARD_CHARS, len(self.tokens) - place), max(1, size_known + bool(size_known)), -1):
            tokens = self.tokens[place : place + size]
            if any(self.text.is_taken(token) or not is_han(token.word) for token in tokens):
                continue
            if tokens[-1].end - tokens[0].start != size:  # a name has no gap
                continue
            phrase = sounds_like("".join(token.word for token in tokens), self.catalogue, self.vocabulary)
            if phrase:
                meaning = self.catalogue.lexicon.meanings.get(joined(phrase.split()))
                item = self._item(place, place + size - 1, phrase, self.vocabulary.phrases.get(phrase, ()), meaning)
                if item is not None:
                    return replace(item, misspelt=joined(phrase.split()))
        return known

    # --- endings and compounds -----------------------------------------------------------------------------------

    def _by_its_parts(self, place: int) -> Item | None:
        if (voices := self._voices(place)) is not None:
            return voices
        found = None if self.is_stop(place) else self._compounds.parts_of(self.tokens[place].word)
        return self._item(place, place, found[0], *found[1]) if found is not None else None

    def _voices(self, place: int) -> Item | None:
        """Voices by their letters, from the highest: "SSATB", "TTBB", "SAB"."""
        token = self.tokens[place]
        letters = self.text.cased[token.start : token.end]
        choir = self.catalogue.lexicon.meanings.get("choir")
        if choir is None or not VOICES.fullmatch(letters):
            return None
        meaning = replace(choir, players=tuple(VOICE[letter] for letter in letters), alone=False)
        return self._item(place, place, token.word, (), meaning)

    def fronts(self, item: Item) -> Iterator[Meaning]:
        """The meanings of the parts of a compound that names two things of the catalogue."""
        return self._compounds.fronts(item.key) if item.first == item.last else iter(())

    def instrument_inside(self, item: Item) -> Meaning | None:
        """The instrument at the beginning of a longer name: "Klavierstück"."""
        return self._compounds.instrument_in(item.key)
