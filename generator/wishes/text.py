"""What somebody wrote, in plain letters, with the way back to the words as they were written.

Promises: every character of `plain` knows where it stood; `cased` has the same length and keeps large letters, which
tell A minor from "am". Chinese is read as simplified, one token a character.
Not covered: what the words mean.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from config.letters import fold

MAX_CHARS = 500  # nobody says what he wants in more; the rest is not read
TAKEN = "\x00"
_SIGNS = {
    "♯": "#",
    "♭": "b",
    "’": "'",
    "‘": "'",
    "–": "-",
    "—": "-",
    "·": "",
    "・": "",
    "‧": "",
    "•": "",
    "、": ",",
    "。": ".",
}
_QUOTED = re.compile('"[^"]{2,60}"|«[^»]{2,60}»|《[^》]{1,30}》|„[^“”"]{2,60}[“”"]|“[^”]{2,60}”|「[^」]{1,30}」')
_TOKEN = re.compile(r"[㐀-鿿]|[^\W_㐀-鿿]+|#")


@dataclass(frozen=True)
class Token:
    """One word, or one Chinese character. start and end: in `plain`."""

    word: str
    start: int
    end: int

    @property
    def span(self) -> range:
        return range(self.start, self.end)


@dataclass
class Text:
    """A text that is being read: what has been understood is taken out of `rest`, so that nothing is read twice."""

    said: str
    plain: str
    cased: str
    places: tuple[int, ...]
    rest: str = ""
    _taken: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rest = self.rest or self.plain

    def take(self, start: int, end: int) -> str:
        """Take a stretch out; returns the words as they were written."""
        self._taken.append((start, end))
        self.rest = self.rest[:start] + TAKEN * (end - start) + self.rest[end:]
        return self.words(start, end)

    def words(self, start: int, end: int) -> str:
        """As they were written."""
        if start >= end:
            return ""
        return self.said[self.places[start] : self.places[end - 1] + 1].strip()

    def tokens(self) -> list[Token]:
        """All words, taken ones too."""
        return [Token(found[0], found.start(), found.end()) for found in _TOKEN.finditer(self.plain)]

    def quoted(self) -> frozenset[int]:
        """The places in `plain` that stand between quotation marks."""
        return frozenset(place for found in _QUOTED.finditer(self.plain) for place in range(*found.span()))

    def is_taken(self, token: Token) -> bool:
        return TAKEN in self.rest[token.start : token.end]


def read_text(said: str, variants: Mapping[int, str]) -> Text:
    """variants: characters that are read as others, as `str.maketrans` gives them."""
    said = unicodedata.normalize("NFC", said[: 2 * MAX_CHARS])[:MAX_CHARS]
    plain, cased, places = [], [], []
    for place, char in enumerate(said):
        for letter in _small(char, variants):
            plain.append(letter)
            cased.append(letter.upper() if char.isupper() and len(letter.upper()) == 1 else letter)
            places.append(place)
    return Text(said, "".join(plain), "".join(cased), tuple(places))


def _small(char: str, variants: Mapping[int, str]) -> str:
    """A character in plain letters: one, none or several."""
    small = _SIGNS.get(char)
    if small is not None:
        return small
    return fold(char).translate(variants) if char.isprintable() else " "


class Letters(dict[str, str]):
    """Characters in plain letters, and whole phrases as their tokens, each worked out once."""

    def __init__(self, variants: Mapping[int, str]) -> None:
        self.variants = variants
        self._tokens: dict[str, str] = {}

    def __missing__(self, char: str) -> str:
        self[char] = small = _small(char, self.variants)
        return small

    def plain(self, phrase: str) -> str:
        """`read_text(phrase).plain`."""
        said = unicodedata.normalize("NFC", phrase[: 2 * MAX_CHARS])[:MAX_CHARS]
        return "".join([self[char] for char in said])

    def key_of(self, phrase: str) -> str:
        """`key_of(phrase, variants)`."""
        if phrase not in self._tokens:
            self._tokens[phrase] = " ".join(_TOKEN.findall(self.plain(phrase)))
        return self._tokens[phrase]


def key_of(phrase: str, variants: Mapping[int, str]) -> str:
    """A phrase as its tokens, with a space between them: "悲伤" is "悲 伤"."""
    return Letters(variants).key_of(phrase)


def joined(words: Iterable[str]) -> str:
    """The other way round: with spaces between words, without between Chinese characters."""
    text = ""
    for word in words:
        both_han = text and is_han(text[-1]) and is_han(word[0])
        text += word if not text or both_han else f" {word}"
    return text


def is_han(text: str) -> bool:
    """Whether a word, or a character, is written in Chinese characters."""
    return "\u3400" <= text[:1] <= "\u9fff"
