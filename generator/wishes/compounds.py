"""Words that are seen through: endings ("trauriges"), compounds ("Trauerwalzer"), what longer names hold.

Promises: of a compound of which both parts are known it is said what they mean together, of one that is half known
its end. Not covered: words that no list knows in any part.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from generator.catalogue.catalogue import Catalogue
from generator.catalogue.vocabulary import Meaning
from generator.wishes.text import is_han, joined
from generator.wishes.vocabulary import Entry, Vocabulary

Known = tuple[tuple[Entry, ...], Meaning | None]  # what a phrase stands for: in config/wishes and in the catalogue
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
    "ian",
    "ean",
    "esque",
    "sch",
    "sche",
    "schen",
    "scher",
    "sches",
)
_LINKS = ("", "s", "n", "en", "es", "e", "er")
MIN_COMPOUND_CHARS, MIN_PART_CHARS, MIN_HEAD_CHARS = 7, 3, 5
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
class Compounds:
    """What the parts of words mean."""

    catalogue: Catalogue
    vocabulary: Vocabulary

    def parts_of(self, word: str) -> tuple[str, Known] | None:
        """The phrase that a word comes to, and what it stands for; None if no part of it is known."""
        if not word.isalpha() or is_han(word) or len(word) < MIN_PART_CHARS + 1:
            return None
        if word in self.vocabulary.everyday:  # "langsamen" is that all the same
            entries = ((stem, self.vocabulary.phrases.get(stem, ())) for stem in _stems(word))
            return next(((stem, (said, None)) for stem, said in entries if said and _only_like(said)), None)
        for stem in _stems(word):
            if (found := self.known(stem)) is not None and stem not in self.vocabulary.ambiguous:
                return stem, found
        if (solo := self._solo(word)) is not None:
            return solo
        return self._compound(word) if len(word) >= MIN_COMPOUND_CHARS else None

    def known(self, word: str) -> Known | None:
        """What stands for itself."""
        entries, meaning = self.vocabulary.phrases.get(word, ()), self.catalogue.lexicon.meanings.get(word)
        return (entries, meaning) if entries or meaning is not None else None

    def _solo(self, word: str) -> tuple[str, Known] | None:
        """Of "Sologeige" the instrument, alone."""
        rest = word.removeprefix("solo")
        found = self.known(rest) if rest != word else None
        if found is None or found[1] is None or not found[1].players:
            return None
        return rest, (found[0], replace(found[1], solo=True))

    def _compound(self, word: str) -> tuple[str, Known] | None:
        """Of "Trauerwalzer" what its parts mean together; of one that is half known, its end."""
        for cut in range(MIN_PART_CHARS, len(word) - MIN_PART_CHARS + 1):
            head, front = self._head(word[cut:]), self._front(word[:cut])
            if front is not None and (head is not None or word[cut:] in _HEADS):
                return self._of_both(word, cut, front, head)
        for cut in range(MIN_PART_CHARS, len(word) - MIN_HEAD_CHARS + 1):
            found = self.known(word[cut:])
            if found is not None and any(entry.kind == "genre" for entry in found[0]):
                return word[cut:], found
        return None

    def _of_both(self, word: str, cut: int, front: Known, head: Known | None) -> tuple[str, Known]:
        entries = (*front[0], *(head[0] if head else ()))
        meaning = (head[1] if head else None) or front[1]
        for single in (word[:cut], word[:cut].removesuffix("n"), word[:cut].removesuffix("en")):
            group = self.known(f"{single} {word[cut:]}") if word[cut:] in self.vocabulary.generic else None
            if group is not None:
                return f"{single} {word[cut:]}", group
        if meaning is not None and head is None and len(meaning.players) > 1 and len(set(meaning.players)) == 1:
            meaning = replace(meaning, players=meaning.players[:1])  # the plural links: "Harfenstück" is for one
        # Both name something of the catalogue: the longer text says it, "klavier walzer".
        both = f"{self._stem_of(word[:cut])} {word[cut:]}" if head and head[1] and front[1] else word
        return both, (entries, meaning)

    def _head(self, word: str) -> Known | None:
        if len(word) < MIN_PART_CHARS + 1 and word not in self.vocabulary.generic:
            return None
        return next((found for stem in (word, *_stems(word)) if (found := self.known(stem)) is not None), None)

    def _front(self, word: str) -> Known | None:
        stem = self._stem_of(word)
        return self.known(stem) if stem else None

    def _stem_of(self, word: str) -> str:
        for link in _LINKS:
            stem = word.removesuffix(link) if link else word
            if len(stem) >= MIN_PART_CHARS and (link == "" or word.endswith(link)) and self.known(stem) is not None:
                return stem
            if len(stem) >= MIN_PART_CHARS + 1 and link == "" and self.known(f"{stem}e") is not None:
                return f"{stem}e"  # "Violin-" of "Violine" is known; "Geigen-" loses its n above
        return ""

    # --- what longer names hold ----------------------------------------------------------------------------------

    def fronts(self, key: str) -> Iterator[Meaning]:
        """The meanings of the parts of a compound that names two things of the catalogue."""
        front, _, _ = key.partition(" ")
        if " " in key and (found := self.catalogue.lexicon.meanings.get(front)) is not None:
            yield found

    def genre_in(self, key: str) -> tuple[Entry, ...]:
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

    def instrument_in(self, key: str) -> Meaning | None:
        """The instrument at the beginning of a longer name: "Klavierstück", "钢琴曲", "violin piece"."""
        words, known = key.split(), self.catalogue.lexicon.meanings
        fronts = [joined(words[:end]) for end in range(len(words) - 1, 0, -1)]
        if len(words) == 1:
            fronts = [
                stem
                for end in range(len(key) - 1, MIN_PART_CHARS, -1)
                for link in ("", "n")
                if (stem := key[:end].removesuffix(link))
            ]
        found = [
            meaning
            for front in fronts
            if (meaning := known.get(front) or known.get(f"{front}e")) is not None and meaning.players
        ]
        return min(found, key=lambda meaning: len(meaning.players), default=None)


def _only_like(entries: tuple[Entry, ...]) -> bool:
    """Whether a word says how something is, and names nothing."""
    return all(entry.kind in ("tempo", "mode") for entry in entries)


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
