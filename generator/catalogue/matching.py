"""From free words to what they mean: the words of a request are cut into the longest phrases that a lexicon knows.

Promises: any text is read, whatever its length or script; the same text always reads the same. Case, diacritics,
punctuation and filler words do not matter; misspelt words find their neighbour; Chinese needs no spaces.
Not covered: what the phrases stand for; the lexicon carries that without looking into it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from rapidfuzz import process
from rapidfuzz.distance import OSA

from config.letters import fold

M = TypeVar("M")

# Nobody names a style in more words; the rest of a longer text is not read.
MAX_CHARS = 200
MAX_PHRASE_WORDS = 6
_ASCII_WORD = re.compile(r"[a-zA-Z0-9]+")
_WORD = re.compile(r"(?:(?=[\u3400-\u9fff])[^\W_])+|[^\W_\u3400-\u9fff]+")  # Chinese characters, or other letters
_PAUSES = re.compile("[,;/+&，、；]")
MAX_FUZZY_WORDS = 3
MIN_CHINESE_FUZZY_CHARS = 3
SHORTEST_FUZZY_CHARS = 4
MIN_BEGINNING_CHARS = 4
# Chinese puts a dot between the parts of a foreign name; without it they stay one word.
NAME_DOTS = str.maketrans(dict.fromkeys("·・‧•", ""))


@dataclass(frozen=True)
class Reading(Generic[M]):
    """What was understood, in the order it was said, and the words that mean nothing here."""

    meanings: tuple[M, ...]
    unknown: tuple[str, ...]


class Lexicon(Generic[M]):
    """Phrases and what they mean.

    phrases: in plain letters, as `fold` gives them; several spellings may share a meaning. fillers: words that may
    stand anywhere and mean nothing. variants: characters that are read as others, as traditional Chinese ones are.
    strangers: phrases known to mean nothing here, which are not taken for misspelt ones. exact: phrases, in plain
    letters, that nothing misspelt is taken for.
    """

    def __init__(
        self,
        phrases: Mapping[str, M],
        *,
        fillers: Iterable[str],
        variants: Mapping[str, str],
        strangers: Iterable[str] = (),
        exact: Iterable[str] = (),
    ) -> None:
        self._variants = str.maketrans(dict(variants)) | NAME_DOTS
        self.fillers = frozenset(word for filler in fillers for word in self.split(filler))
        self.strangers = frozenset(" ".join(self.split(stranger)) for stranger in strangers)
        self.meanings: dict[str, M] = {}
        keys = {phrase: self._key(phrase) for phrase in phrases}
        for phrase, meaning in phrases.items():
            self.meanings.setdefault(keys[phrase], meaning)
        only_exact = {keys.get(phrase) or self._key(phrase) for phrase in exact}
        by_size: dict[int, list[str]] = {size: [] for size in range(1, MAX_FUZZY_WORDS + 1)}
        for spelling in sorted(self.meanings.keys() - only_exact):
            by_size.setdefault(spelling.count(" ") + 1, []).append(spelling)
        self._by_size = by_size

    def _key(self, phrase: str) -> str:
        """The words that count of a phrase in plain letters; all of them where none does."""
        words = self._split_plain(phrase)
        return " ".join([word for word in words if word not in self.fillers]) or " ".join(words)

    def split(self, text: str) -> list[str]:
        """Words in plain letters: "Dvořák's Op. 96" → dvorak s op 96. Chinese is cut from what surrounds it."""
        return self._split_plain(fold(text))

    def _split_plain(self, text: str) -> list[str]:
        """The same for what is in plain letters already."""
        return _words(text if text.isascii() else text.translate(self._variants))

    def _content_words(self, text: str) -> list[str]:
        """The words without fillers."""
        return [word for word in self.split(text) if word not in self.fillers]

    def read(self, text: str) -> Reading[M]:
        """Cut the text into phrases, the longest that is known first at every place."""
        meanings: list[M] = []
        unknown: list[str] = []
        words = self._content_words(_shorten(text))
        said = [f" {' '.join(self.split(part))} " for part in _PAUSES.split(_shorten(text))]
        while words:
            if _is_han(words[0]):
                self._read_han(words.pop(0), meanings, unknown)
                continue
            used, meaning = self._longest(words, said)
            if meaning is None:
                unknown.append(" ".join(words[:used]))
            else:
                meanings.append(meaning)
            words = words[used:]
        return Reading(tuple(meanings), tuple(dict.fromkeys(unknown)))

    def _longest(self, words: list[str], said: list[str]) -> tuple[int, M | None]:
        """How many words the best phrase at the beginning has, and its meaning; misspelt ones come last.

        said: all that was said between two commas. Words are strangers only if they were said in one breath: a tenor
        horn is nothing that is known here, a tenor and horn, or a tenor, horn and strings, are two.
        """
        longest = min(len(words), MAX_PHRASE_WORDS)
        for size in range(longest, 0, -1):
            phrase = " ".join(words[:size])
            if phrase in self.strangers and any(f" {phrase} " in part for part in said):
                return size, None
            if (meaning := self.meanings.get(phrase)) is not None:
                return size, meaning
        if (spelling := self._begun(words[0])) is not None:
            return 1, self.meanings[spelling]
        for size in range(min(longest, MAX_FUZZY_WORDS), 0, -1):
            if (spelling := self._nearest(" ".join(words[:size]), words=size)) is not None:
                return size, self.meanings[spelling]
        return 1, None

    def _read_han(self, run: str, meanings: list[M], unknown: list[str]) -> None:
        """Cut a run of Chinese, which has no spaces, into known phrases; what lies between them is unknown."""
        start, strange = 0, ""
        while start < len(run):
            known = next(
                (run[start:end] for end in range(len(run), start, -1) if run[start:end] in self.meanings), None
            )
            filler = next(
                (run[start:end] for end in range(len(run), start, -1) if run[start:end] in self.fillers), None
            )
            if known is None and filler is None:
                strange += run[start]
                start += 1
                continue
            self._read_strange(strange, meanings, unknown)
            strange = ""
            if known is not None and len(known) >= len(filler or ""):
                meanings.append(self.meanings[known])
            start += max(len(known or ""), len(filler or ""))
        self._read_strange(strange, meanings, unknown)

    def _read_strange(self, run: str, meanings: list[M], unknown: list[str]) -> None:
        """A run of Chinese that no phrase covers: perhaps one with a wrong character."""
        spelling = self._nearest(run, words=1) if len(run) >= MIN_CHINESE_FUZZY_CHARS else None
        if spelling is not None:
            meanings.append(self.meanings[spelling])
        elif run:
            unknown.append(run)

    def _begun(self, word: str) -> str | None:
        """The known word that this one is the beginning of: "rach", if it can mean only one thing."""
        if len(word) < MIN_BEGINNING_CHARS:
            return None
        # At least half of the word must be there: a harp is no harpsichord.
        begun = [
            spelling for spelling in self._by_size[1] if spelling.startswith(word) and len(spelling) <= 2 * len(word)
        ]
        agreed = all(self.meanings[spelling] == self.meanings[begun[0]] for spelling in begun)
        return begun[0] if begun and agreed else None

    def _nearest(self, word: str, *, words: int) -> str | None:
        """The known phrase of as many words that differs by the fewest slips; None if every one differs by too many."""
        allowed = _allowed_slips(word)
        if allowed == 0 or any(char.isdecimal() for char in word):
            return None
        candidates = [spelling for spelling in self._by_size[words] if abs(len(spelling) - len(word)) <= allowed]
        near = process.extract(word, candidates, scorer=OSA.distance, score_cutoff=allowed, limit=None)
        if len(word) == SHORTEST_FUZZY_CHARS:
            near = [hit for hit in near if sorted(hit[0]) == sorted(word)]  # letters swapped, none wrong
        if not near:
            return None
        # Slips are rarest at the first letter; the alphabet decides what is left, so that the answer never changes.
        return min(near, key=lambda hit: (hit[1], hit[0][0] != word[0], hit[0]))[0]


def _allowed_slips(word: str) -> int:
    """How many letters may be wrong, missing, too many or swapped: none in short words, which all look alike."""
    if _is_han(word):
        return 1
    return 0 if len(word) < SHORTEST_FUZZY_CHARS else 1 if len(word) < 7 else 2 if len(word) < 10 else 3


def _shorten(text: str) -> str:
    """The beginning of a text that is too long, without its last word, which may have been cut."""
    return text if len(text) <= MAX_CHARS else text[:MAX_CHARS].rpartition(" ")[0]


def _words(text: str) -> list[str]:
    if text.isascii():
        return _ASCII_WORD.findall(text)
    return _WORD.findall(text)


def _is_han(text: str) -> bool:
    """Whether a word, or a character, is written in Chinese characters."""
    return "\u3400" <= text[:1] <= "\u9fff"
