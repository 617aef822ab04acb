"""Words that are only like a name: what they may stand for. They are asked about, never taken.

Promises: a word that people say every day is like nothing; a word that sounds the same as a name comes first.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from generator.catalogue.catalogue import Catalogue
from generator.wishes.scanning import Scanner
from generator.wishes.text import is_han
from generator.wishes.vocabulary import Vocabulary
from generator.wishes.wishes import Near

SHORTEST_CHARS = 4
MAX_NEAR = 3


def find_near(scanner: Scanner, catalogue: Catalogue, vocabulary: Vocabulary, *, alone: bool) -> tuple[Near, ...]:
    """For every unknown word the name it may stand for. alone: nothing else was understood, so that more is tried."""
    found = []
    for item in scanner.items:
        if item.doubtful and item.meaning is not None:
            style = max(item.meaning.weights, key=catalogue.pieces)
            found.append(_near(scanner, item.first, item.last, style.composer.partition(",")[0] if not style.called else style.called))
    for place in scanner.unknown:
        name = _name_like(scanner.word(place), catalogue, vocabulary, alone=alone)
        if name:
            found.append(_near(scanner, place, place, name))
    return tuple(found[:MAX_NEAR])


def _near(scanner: Scanner, first: int, last: int, name: str) -> Near:
    text, tokens = scanner.text, scanner.tokens
    start, end = text.places[tokens[first].start], text.places[tokens[last].end - 1] + 1
    return Near(text.said[start:end], name, f"{text.said[:start]}{name}{text.said[end:]}".strip())


def _name_like(word: str, catalogue: Catalogue, vocabulary: Vocabulary, *, alone: bool) -> str:
    if len(word) < SHORTEST_CHARS or is_han(word) or not word.isalpha() or word in vocabulary.everyday:
        return ""
    names = _names(catalogue)
    if (same := _by_sound(catalogue).get(_sound(word))) is not None:
        return same
    allowed = 1 if len(word) < 7 else 2 if len(word) < 10 else 3
    candidates = [name for name in names if abs(len(name) - len(word)) <= allowed]
    hits = process.extract(word, candidates, scorer=OSA.distance, score_cutoff=allowed, limit=None)
    if len(word) == SHORTEST_CHARS:
        hits = [hit for hit in hits if sorted(hit[0]) == sorted(word)]
    if not alone:  # among words that are understood one that begins otherwise is rather a word of its own
        hits = [hit for hit in hits if hit[0][0] == word[0]]
    if not hits:
        return ""
    return names[min(hits, key=lambda hit: (hit[1], hit[0][0] != word[0], hit[0]))[0]]


@lru_cache(maxsize=4)
def _names(catalogue: Catalogue) -> dict[str, str]:
    """Single words of composers, instruments and forms, each with what to call it."""
    names: dict[str, str] = {}
    for phrase, meaning in catalogue.lexicon.meanings.items():
        if " " not in phrase and phrase.isalpha() and not is_han(phrase) and len(phrase) >= SHORTEST_CHARS:
            is_name = meaning.kind == "composer" and max(meaning.weights.values()) >= 1.0
            if is_name:
                names[phrase] = meaning.label.text
            elif meaning.kind in ("instrumentation", "period"):
                names[phrase] = phrase
    return names


@lru_cache(maxsize=4)
def _by_sound(catalogue: Catalogue) -> dict[str, str]:
    return {_sound(name): called for name, called in reversed(_names(catalogue).items()) if len(name) > SHORTEST_CHARS}


def _sound(word: str) -> str:
    """How a name is heard in English or German, roughly: "shopin" and "chopin", "betoven" and "beethoven" agree."""
    for written, heard in (("tsch", "c"), ("tch", "c"), ("sch", "s"), ("ch", "s"), ("sh", "s"), ("ph", "f"), ("th", "t"), ("ck", "k"), ("dt", "t"), ("tz", "z"), ("y", "i"), ("w", "v"), ("x", "ks")):
        word = word.replace(written, heard)
    word = re.sub(r"(?<=[aeou])h", "", word)
    word = re.sub(r"(.)\1+", r"\1", word)
    return word[0] + re.sub(r"[aeiou]+", "a", word[1:]) if word else ""
