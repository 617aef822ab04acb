"""Words that change a piece: "make it sadder", "langsamer", 换成小提琴, "the same but in minor".

Promises: None for words that ask for a piece of their own, and for talk; a change is applied to a request as it was
asked for, and what it says nothing of stays. Not covered: which piece is meant, and changes of single bars.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from generator.catalogue.catalogue import Catalogue
from generator.catalogue.ensembles import NOBODY, Ensemble
from generator.catalogue.style import Style
from generator.notation.keys import MAX_FIFTHS, Key, key_with_fifths, printable_fifths
from generator.notation.limits import TEMPO_MAX, TEMPO_MIN
from generator.wishes.asked import key_in_mode
from generator.wishes.joining import FASTER, SLOWER, USUAL_TEMPO
from generator.wishes.phrases import MAX_PHRASE_WORDS, phrase_at
from generator.wishes.reading import read_wishes
from generator.wishes.said.taking import within
from generator.wishes.text import is_han, read_text
from generator.wishes.vocabulary import Vocabulary, load_vocabulary
from generator.wishes.wishes import Wishes

LONGER, SHORTER = 1.5, 0.6
FACTORS = {"slower": SLOWER, "faster": FASTER, "longer": LONGER, "shorter": SHORTER}
MOST_WORDS, MOST_HAN = 14, 24
MOST_AWAY = 1.2  # how much faster or slower "less sad" is
OTHER_MODE = {"min": "maj", "maj": "min"}
LEAST_SWING, MOST_SWING = 0.75, 1.3
STYLE_PARTS = frozenset({"composer", "instruments", "scoring", "period", "genre", "work", "nation"})


@dataclass(frozen=True, kw_only=True)
class Before:
    """What a piece is like. key, tempo: as it was asked for, else as it came."""

    style: Style
    bars: int
    players: Ensemble = NOBODY
    key: Key | None = None
    tempo: int | None = None


@dataclass(frozen=True)
class Change:
    """said: without "make it" and the like; wishes: what it says; compared: slower, faster, longer, shorter or ""."""

    said: str
    wishes: Wishes
    compared: str = ""

    @property
    def names_style(self) -> bool:
        return any(part.kind in STYLE_PARTS for part in self.wishes.parts if part.how == "said")

    def values(self, before: Before, catalogue: Catalogue) -> dict[str, Any]:
        """What becomes of the request, by the names of a request; temperament where it is to be another."""
        values = self._style(before, catalogue)
        values |= {name: said for name in ("metre", "form", "chords") if (said := getattr(self.wishes, name))}
        style = values.get("style", before.style)
        if (wanted := self._key(before.key)) is not None:
            values["key"] = wanted
        elif self.wishes.mode is not None:
            values["key"] = key_in_mode(catalogue, style, self.wishes.mode, random.Random(before.bars))
        if (pace := self._tempo(before.tempo)) is not None:
            values["tempo"] = pace
        if (bars := self._bars(before.bars)) is not None:
            values["bars"] = bars
        values = self._away(before, catalogue, style) | values
        if self.wishes.temperament is not None:
            values["temperament"] = self.wishes.temperament
        return values

    def _away(self, before: Before, catalogue: Catalogue, style: Style) -> dict[str, Any]:
        """What leads away from a mood that is too much of it: "less sad" is in major and a little faster."""
        moods = [load_vocabulary().tables["moods"][name] for name in self.wishes.lessened]
        modes = [OTHER_MODE[mood["mode"]] for mood in moods if mood.get("mode") in OTHER_MODE]
        paces = [USUAL_TEMPO / mood["tempo"] for mood in moods if "tempo" in mood]
        values: dict[str, Any] = {}
        if modes and before.key is not None and before.key.mode != modes[0]:
            values["key"] = _in_mode(before.key, modes[0])
        elif modes and before.key is None:
            values["key"] = key_in_mode(catalogue, style, modes[0], random.Random(before.bars))
        if paces:
            factor = min(MOST_AWAY, max(1 / MOST_AWAY, paces[0]))
            values["tempo"] = within(round((before.tempo or USUAL_TEMPO) * factor), TEMPO_MIN, TEMPO_MAX)
        return values

    def _style(self, before: Before, catalogue: Catalogue) -> dict[str, Any]:
        """Another style, and other players: what is not named stays as far as it goes together."""
        if not self.names_style:
            return {}
        wishes = self.wishes
        if not any(part.kind in ("composer", "work") for part in wishes.parts) and not wishes.strangers:
            name = before.style.called or before.style.surname
            both = read_wishes(f"{name}, {self.said}", catalogue, is_request=True)
            wishes = both if both.style is not None else wishes
        if wishes.style is None:
            return {}
        has_players = any(part.kind in ("instruments", "scoring") for part in self.wishes.parts)
        if has_players or wishes.players:
            return {"style": wishes.style, "players": wishes.players}
        # The same group plays what somebody else would have written.
        return {"style": wishes.style} if before.players else {"style": wishes.style, "players": NOBODY}

    def _key(self, key: Key | None) -> Key | None:
        if self.wishes.part("key") is not None and self.wishes.key is not None:
            return self.wishes.key
        mode = self.wishes.mode
        if mode is None or key is None:
            return None
        return _in_mode(key, mode)

    def _tempo(self, tempo: int | None) -> int | None:
        said = self.wishes.part("tempo")
        if said is not None and said.how == "said" and self.compared not in ("slower", "faster"):
            return self.wishes.tempo
        factor = FACTORS[self.compared] if self.compared in ("slower", "faster") else None
        if factor is None and said is not None and said.how == "mood" and self.wishes.tempo is not None:
            factor = min(MOST_SWING, max(LEAST_SWING, self.wishes.tempo / USUAL_TEMPO))
        return None if factor is None else within(round((tempo or USUAL_TEMPO) * factor), TEMPO_MIN, TEMPO_MAX)

    def _bars(self, bars: int) -> int | None:
        if self.compared in ("longer", "shorter"):
            return max(1, round(bars * FACTORS[self.compared]))
        return self.wishes.bars


def _in_mode(key: Key, mode: str) -> Key:
    """The same tonic; of one that cannot be printed, the one that sounds the same."""
    other = Key(key.tonic, mode)
    return other if abs(other.fifths) <= MAX_FIFTHS else key_with_fifths(printable_fifths(other.fifths), mode)


def read_change(said: str, catalogue: Catalogue) -> Change | None:
    """What the words change; None if they are no change."""
    vocabulary = load_vocabulary()
    tokens = read_text(said, vocabulary.variants).tokens()
    words = [token.word for token in tokens]
    if not words or len(words) > (MOST_HAN if is_han(words[0]) else MOST_WORDS):
        return None
    size = _says_change(words, vocabulary)
    rest = said if not size else _behind(said, vocabulary, size)
    wishes = read_wishes(rest, catalogue, is_request=True)
    compared = _compared(rest, wishes, vocabulary)
    if not (size or compared or _is_comparison(words, vocabulary)):
        return None
    if not size and (wishes.missed or any(part.kind in STYLE_PARTS for part in wishes.parts if part.how == "said")):
        return None  # "a sadder waltz" is a piece of its own
    says_anything = bool(compared or wishes.lessened) or wishes.sort == "request"
    return Change(rest, wishes, compared) if says_anything else None


def _says_change(words: list[str], vocabulary: Vocabulary) -> int:
    """How many words at the beginning say that something is to be changed: "can you make it"."""
    start = 0
    while True:
        if said := phrase_at(words, start, vocabulary.talk["change"]):
            return start + len(said.split(" "))
        if start == len(words) or words[start] not in vocabulary.talk["polite"]:
            return 0
        start += 1


def _behind(said: str, vocabulary: Vocabulary, size: int) -> str:
    text = read_text(said, vocabulary.variants)
    tokens = text.tokens()
    return text.words(tokens[size].start, len(text.plain)) if size < len(tokens) else ""


def _compared(said: str, wishes: Wishes, vocabulary: Vocabulary) -> str:
    part = wishes.part("compare")
    if part is not None:
        return part.value
    words = [token.word for token in read_text(said, vocabulary.variants).tokens()]
    if (named := _compare_at(words, vocabulary)) in FACTORS:
        return named
    tempo = wishes.part("tempo")
    if tempo is not None and tempo.how == "said" and wishes.tempo is not None and _is_comparison(words, vocabulary):
        return "slower" if wishes.tempo < USUAL_TEMPO else "faster"  # 慢一点 is a word for slow, too
    return named


def _compare_at(words: list[str], vocabulary: Vocabulary) -> str:
    """The longest phrase that compares, wherever it stands."""
    for size in range(min(MAX_PHRASE_WORDS, len(words)), 0, -1):
        for place in range(len(words) - size + 1):
            for entry in vocabulary.phrases.get(" ".join(words[place : place + size]), ()):
                if entry.kind == "compare":
                    return entry.id
    return ""


def _is_comparison(words: list[str], vocabulary: Vocabulary) -> bool:
    """Whether it says more or less of something: "more cheerful", "sadder please", 再悲伤一点."""
    if any(phrase_at(words, place, vocabulary.talk["comparison"]) for place in range(len(words))):
        return True
    rest = [word for word in words if word not in vocabulary.stop]
    ends = ("er", "ier", "ere", "eres")
    return bool(rest) and all(word.endswith(ends) and _is_mood(word, vocabulary) for word in rest)


def _is_mood(word: str, vocabulary: Vocabulary) -> bool:
    stems = (word, word[:-2], f"{word[:-3]}y", word[:-3], word[:-1])
    return any(entry.kind == "mood" for stem in stems for entry in vocabulary.phrases.get(stem, ()))
