"""Phrases that are known by a list: the catalogue's and those of `config/wishes`, the longest first at every place.

Promises: endings and compounds are seen through ("trauriger", "Trauerwalzer"); what nobody knows is named. Not covered:
what the phrases come to together (`reading.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from generator.catalogue.catalogue import Catalogue
from generator.catalogue.vocabulary import SURE, Meaning
from generator.wishes.text import Text, Token, is_han, joined
from generator.wishes.vocabulary import MIN_HEARD_CHARS, Entry, Vocabulary

MAX_PHRASE_TOKENS = 14
COUNTS = frozenset("一二两三四五六双")
PERIODS = frozenset({"period", "era", "epoch", "age", "times", "composer", "composers"})
BETWEEN = frozenset("的和与跟或给为把首")  # stand between names, not in them
MAX_HEARD_CHARS = 8
MIN_DELETED_CHARS = 4
_ENDINGS = (
    "isch",
    "ische",
    "isches",
    "ischer",
    "ischen",
    "s",
    "es",
    "e",
    "er",
    "en",
    "em",
    "n",
    "ly",
    "ish",
    "ness",
    "ere",
    "eren",
    "eres",
    "erem",
    "lich",
    "liche",
    "liches",
    "ste",
    "sten",
)
_LINKS = ("", "s", "n", "en", "es", "e", "er")
MIN_COMPOUND_CHARS, MIN_PART_CHARS, MIN_HEAD_CHARS = 7, 3, 5
_HAN_COUNTS = "两三四五六"
_TIMES = re.compile(r"\s*(?:[x×*]\s?(?P<times>[2-6])(?![0-9/])|(?P<han>[两三四五六])[把支只台架根位名管](?P<end>[\s,;.、。和与跟及+]|$)?)")
_MANNER = re.compile(
    r"(?<=[a-z])-(?:massig|maessig|ish|like|esque|artig|haft|stil|style|styled|type|inspired)(?:e|er|es|en)?(?![a-z])"
)
# What may stand at the end of a compound and says nothing: "Herbststück".
_HEADS = frozenset(
    {
        "stuck",
        "stucke",
        "stil",
        "film",
        "szene",
        "lektion",
        "abend",
        "tag",
        "part",
        "partie",
        "stimme",
        "begleitung",
        "musik",
        "klang",
        "klange",
        "weise",
        "stimmung",
        "melodie",
        "werk",
        "satz",
        "artig",
        "artiges",
        "artige",
        "haft",
        "haftes",
        "hafte",
    }
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
    """Scans one text. items: what was found; unknown: tokens that nobody knows."""

    text: Text
    catalogue: Catalogue
    vocabulary: Vocabulary
    tokens: Sequence[Token] = ()
    items: list[Item] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)
    language: str = ""

    def scan(self) -> None:
        """From the first token to the last."""
        for found in _MANNER.finditer(self.text.rest):
            self.text.take(found.start(), found.end())  # "Satie-ish", "Diabelli-mäßig" name nothing beside the name
        self.tokens = self.text.tokens()
        self.language = self.vocabulary.language_of([token.word for token in self.tokens])
        place = 0
        while place < len(self.tokens):
            if self.text.is_taken(self.tokens[place]):
                place += 1
                continue
            found = self._heard(place, self._longest(place)) or self._by_its_parts(place)
            if found is not None:
                self.items.append(self._counted(found))
                place = self.items[-1].last + 1
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
        if item.meaning is None or len(item.meaning.players) != 1:
            return item
        found = re.search(r"(?<![\w/])([2-6])\s?x\s+$", self.text.plain[: self.tokens[item.first].start])
        count = int(found[1]) if found else 1
        last, start = item.last, self.tokens[item.last].end
        behind = _TIMES.match(self.text.plain, start)
        is_of_next = behind is not None and self._longest(self._place_at(behind.end())) is not None and behind["han"]
        if behind is not None and (not is_of_next or behind["end"]):
            said = behind["times"] or behind["han"]
            count = int(said) if said.isdecimal() else _HAN_COUNTS.index(said) + 2
            last = max(last, self._place_at(behind.end()) - 1)
        if count == 1:
            return item
        meaning = replace(item.meaning, players=item.meaning.players * count, alone=False)
        return replace(item, meaning=meaning, last=last, words=self.text.words(self.tokens[item.first].start, self.tokens[last].end))

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
        most = place
        while (
            most < len(self.tokens) and most - place < MAX_PHRASE_TOKENS and not self.text.is_taken(self.tokens[most])
        ):
            most += 1
        if place < len(self.tokens) and is_han(self.tokens[place].word):  # 小号两把、管风琴 are no two organs
            pause = re.search("[,;]", self.text.plain[self.tokens[place].start : self.tokens[most - 1].end])
            most = most if pause is None else self._place_at(self.tokens[place].start + pause.start())
        for last in range(most - 1, place - 1, -1):
            words = [token.word for token in self.tokens[place : last + 1]]
            key = self.vocabulary.readings.get(self.language, {}).get(" ".join(words), " ".join(words))
            entries, meaning = self.vocabulary.phrases.get(key, ()), self._meaning(key.split(" "))
            if last > place and words[-1] in self.vocabulary.generic and self._follows_players(place):
                continue  # "Violine und Bratsche, Duett" are no two violas
            if key in self.vocabulary.talk["negation"] or key in self.vocabulary.talk["ask"]:
                meaning = None
            if entries and meaning is None and self._is_said_otherwise(key):
                continue  # "war" in German is no battle
            if entries or meaning is not None:
                item = self._item(place, last, key, entries, meaning)
                if item is not None:
                    return item
        return None

    def _is_said_otherwise(self, key: str) -> bool:
        """Whether another language has this phrase, and in this one it is a word that says nothing of music."""
        talk = self.vocabulary.talks[self.language]
        return key not in self.vocabulary.said_in[self.language] and (key in talk["stop"] or key in talk["own"])

    def _item(
        self, first: int, last: int, key: str, entries: tuple[Entry, ...], meaning: Meaning | None
    ) -> Item | None:
        if key in self.vocabulary.ambiguous and self._is_called(first) and any(e.kind == "strangers" for e in entries):
            entries = tuple(entry for entry in entries if entry.kind == "strangers")
        elif key in self.vocabulary.ambiguous and not self._is_called(first):
            entries = tuple(entry for entry in entries if not entry.kind.startswith("strange"))
            meaning = None if meaning is not None and meaning.kind == "composer" else meaning
            if not entries and meaning is None:
                return None
        if key.split(" ")[-1] in self.vocabulary.abbreviated and not self._is_shortened(first, last):
            meaning = None
            if not entries:
                return None
        if meaning is not None and any(entry.kind == "strangers" for entry in entries):
            meaning = None  # Weber is no misspelt Webern
        is_certain = meaning is not None and (
            meaning.players
            or (meaning.kind == "composer" and self._is_called(first))
            or (meaning.kind == "period" and self.word(last + 1) in PERIODS)
        )
        if first == last and self.is_stop(first) and not entries and not is_certain:
            return None
        if (
            meaning is not None
            and meaning.kind == "instrumentation"
            and not any(entry.kind == "genre" for entry in entries)
        ):
            entries = (*entries, *self._genre_inside(key))
        elif any(entry.kind == "work" for entry in entries) and not any(entry.kind == "genre" for entry in entries):
            entries = (*entries, *self._genre_inside(key))
        words = self.text.words(self.tokens[first].start, self.tokens[last].end)
        doubtful = meaning is not None and meaning.kind == "composer" and max(meaning.weights.values()) < SURE
        return Item(first, last, words, key, entries, meaning, doubtful)

    def _is_shortened(self, first: int, last: int) -> bool:
        """Whether "Fl." or "ob" stands as an instrument does: with a full stop, or beside another."""
        plain, begin, end = self.text.plain, self.tokens[first].start, self.tokens[last].end
        if plain[end : end + 1] in (".", "/", "+", "&") or re.search(r"[/+&\d]\s?$", plain[:begin]):
            return True
        stands_behind = self.word(first - 1) in ("for", "fur", "fuer", "solo", "with", "mit") or self.word(first - 1).isdecimal()
        return stands_behind or self._follows_players(first) or (bool(self.items) and self.items[-1].last == first - 1)

    def _follows_players(self, place: int) -> bool:
        """Whether an instrument and a word such as "and" stand before."""
        before = next((item for item in self.items if item.last == place - 2), None)
        has_players = before is not None and before.meaning is not None and bool(before.meaning.players)
        return has_players and self.word(place - 1) in self.vocabulary.talk["joins"]

    def _genre_inside(self, key: str) -> tuple[Entry, ...]:
        """The genre at the end of a longer name: "violin sonata", "Klaviersonate", "钢琴奏鸣曲"."""
        words = key.split()
        tails = [" ".join(words[start:]) for start in range(1, len(words))]
        if len(words) == 1:
            tails = [key[start:] for start in range(MIN_PART_CHARS, len(key) - MIN_PART_CHARS)]
        for tail in tails:
            genres = tuple(entry for entry in self.vocabulary.phrases.get(tail, ()) if entry.kind == "genre")
            if genres and tail not in self.vocabulary.generic:
                return genres
        return ()

    def instrument_inside(self, item: Item) -> Meaning | None:
        """The instrument at the beginning of a longer name: "Klavierstück", "钢琴曲", "violin piece"."""
        words, known = item.key.split(), self.catalogue.lexicon.meanings
        fronts = [joined(words[:end]) for end in range(len(words) - 1, 0, -1)]
        if len(words) == 1:
            fronts = [
                stem
                for end in range(len(item.key) - 1, MIN_PART_CHARS, -1)
                for link in ("", "n")
                if (stem := item.key[:end].removesuffix(link))
            ]
        found = [
            meaning
            for front in fronts
            if (meaning := known.get(front) or known.get(f"{front}e")) is not None and meaning.players
        ]
        return min(found, key=lambda meaning: len(meaning.players), default=None)

    def _meaning(self, words: Sequence[str]) -> Meaning | None:
        known = self.catalogue.lexicon.meanings
        if (meaning := known.get(joined(words))) is not None:
            return meaning
        fillers = self.catalogue.lexicon.fillers
        if len(words) == 1 or words[0] in fillers or words[-1] in fillers:
            return None
        content = [word for word in words if word not in fillers]
        meaning = known.get(joined(content)) if len(content) < len(words) else None
        # In "sonata for violin and piano" each is named by itself.
        return None if meaning is not None and meaning.players else meaning

    def _is_called(self, place: int) -> bool:
        """Whether something says that a word is a name: "by Bridge", or that it stands first with a large letter."""
        if self.word(place - 1) in self.vocabulary.before_names or self.word(place + 1) in self.vocabulary.behind_names:
            return True
        if _MANNER.match(self.text.plain, self.tokens[place].end):
            return True
        large = self.text.cased[self.tokens[place].start].isupper()
        content = [number for number in range(len(self.tokens)) if not self.is_stop(number)]
        return len(content) <= 2 and (place == 0 or large)

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
            phrase = self._sounds_like("".join(token.word for token in tokens))
            if phrase and not any(token.word in BETWEEN for token in tokens if token.word not in phrase):
                meaning = self.catalogue.lexicon.meanings.get(joined(phrase.split()))
                item = self._item(place, place + size - 1, phrase, self.vocabulary.phrases.get(phrase, ()), meaning)
                if item is not None:
                    return replace(item, misspelt=joined(phrase.split()))
        return known

    def _sounds_like(self, run: str) -> str:
        sound = self.vocabulary.sound(run)
        if len(run) >= MIN_HEARD_CHARS and (phrase := self.vocabulary.heard.get(sound)) is not None:
            return phrase
        names = heard_names(self.catalogue, self.vocabulary)
        if len(run) < MIN_DELETED_CHARS or sound in names:
            return names.get(sound, "")
        sounds = sound.split(" ")
        near = (" ".join((*sounds[:place], "*", *sounds[place + 1 :])) for place in range(1, len(sounds)))
        return next((names[each] for each in near if each in names), "")

    # --- endings and compounds -----------------------------------------------------------------------------------

    def _by_its_parts(self, place: int) -> Item | None:
        word = self.tokens[place].word
        if not word.isalpha() or is_han(word) or len(word) < MIN_PART_CHARS + 1 or self.is_stop(place):
            return None
        if word in self.vocabulary.everyday:
            return None
        for stem in _stems(word):
            if (found := self._known(stem)) is not None and stem not in self.vocabulary.ambiguous:
                return self._item(place, place, stem, *found)
        return self._compound(place, word) if len(word) >= MIN_COMPOUND_CHARS else None

    def _known(self, word: str) -> tuple[tuple[Entry, ...], Meaning | None] | None:
        entries, meaning = self.vocabulary.phrases.get(word, ()), self.catalogue.lexicon.meanings.get(word)
        return (entries, meaning) if entries or meaning is not None else None

    def _compound(self, place: int, word: str) -> Item | None:
        """Of "Trauerwalzer" what its parts mean together; of one that is half known, its end."""
        for cut in range(MIN_PART_CHARS, len(word) - MIN_PART_CHARS + 1):
            head = self._head(word[cut:])
            front = self._front(word[:cut])
            if front is not None and (head is not None or word[cut:] in _HEADS):
                entries = (*front[0], *(head[0] if head else ()))
                meaning = (head[1] if head else None) or front[1]
                stem = _stem_of(self, word[:cut])
                for single in (word[:cut], word[:cut].removesuffix("n"), word[:cut].removesuffix("en")):
                    if (
                        word[cut:] in self.vocabulary.generic
                        and (group := self._known(f"{single} {word[cut:]}")) is not None
                    ):
                        return self._item(place, place, f"{single} {word[cut:]}", *group)
                if meaning is not None and head is None and len(meaning.players) > 1 and len(set(meaning.players)) == 1:
                    meaning = replace(
                        meaning, players=meaning.players[:1]
                    )  # the plural links: "Harfenstück" is for one
                # Both name something of the catalogue: the longer text says it, "klavier walzer".
                both = f"{stem} {word[cut:]}" if head and head[1] and front[1] else word
                return self._item(place, place, both, entries, meaning)
        for cut in range(MIN_PART_CHARS, len(word) - MIN_HEAD_CHARS + 1):
            found = self._known(word[cut:])
            if found is not None and any(entry.kind == "genre" for entry in found[0]):
                return self._item(place, place, word[cut:], *found)
        return None

    def _head(self, word: str) -> tuple[tuple[Entry, ...], Meaning | None] | None:
        if len(word) < MIN_PART_CHARS + 1 and word not in self.vocabulary.generic:
            return None
        return next((found for stem in (word, *_stems(word)) if (found := self._known(stem)) is not None), None)

    def _front(self, word: str) -> tuple[tuple[Entry, ...], Meaning | None] | None:
        stem = _stem_of(self, word)
        return self._known(stem) if stem else None

    def fronts(self, item: Item) -> Iterator[Meaning]:
        """The meanings of the parts of a compound that names two things of the catalogue."""
        front, _, _ = item.key.partition(" ")
        if (
            item.first == item.last
            and " " in item.key
            and (found := self.catalogue.lexicon.meanings.get(front)) is not None
        ):
            yield found


@lru_cache(maxsize=4)
def heard_names(catalogue: Catalogue, vocabulary: Vocabulary) -> dict[str, str]:
    """Composers of two characters and more, instruments and forms of three, by their sounds.

    Of long ones one may lack or be another.
    """
    heard: dict[str, str] = {}
    for phrase, meaning in catalogue.lexicon.meanings.items():
        is_name = meaning.kind == "composer" and max(meaning.weights.values()) >= SURE
        if not all(map(is_han, phrase)) or len(phrase) < (2 if is_name else MIN_HEARD_CHARS):
            continue
        if meaning.players and phrase[0] in COUNTS:  # 一段钢琴 is no 一对钢琴
            continue
        sounds, key = vocabulary.sound(phrase).split(" "), " ".join(phrase)
        heard.setdefault(" ".join(sounds), key)
        if len(phrase) >= MIN_DELETED_CHARS:
            for wrong in range(1, len(sounds)):
                heard.setdefault(" ".join((*sounds[:wrong], "*", *sounds[wrong + 1 :])), key)
        if is_name and len(phrase) >= MIN_DELETED_CHARS:
            for left_out in range(1, len(sounds)):
                heard.setdefault(" ".join(sounds[:left_out] + sounds[left_out + 1 :]), key)
    return heard


def _stem_of(scanner: Scanner, word: str) -> str:
    for link in _LINKS:
        stem = word.removesuffix(link) if link else word
        if len(stem) >= MIN_PART_CHARS and (link == "" or word.endswith(link)) and scanner._known(stem) is not None:
            return stem
        if len(stem) >= MIN_PART_CHARS + 1 and link == "" and scanner._known(f"{stem}e") is not None:
            return f"{stem}e"  # "Violin-" of "Violine" is known; "Geigen-" loses its n above
    return ""


def _stems(word: str) -> list[str]:
    """The word without one ending after the other: "trauriges" → "traurig"."""
    stems = [
        word[: -len(ending)]
        for ending in _ENDINGS
        if word.endswith(ending) and len(word) - len(ending) >= MIN_PART_CHARS
    ]
    if word.endswith("ies"):
        stems.append(f"{word[:-3]}y")
    if word.endswith(("ier", "iest")):
        stems.append(re.sub(r"ie(?:r|st)$", "y", word))
    return sorted(stems, key=len, reverse=True)
