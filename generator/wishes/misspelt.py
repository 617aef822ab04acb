"""Words that are only like a name: what they may stand for. They are asked about, never taken.

Promises: a word that people say every day is like nothing; a word that sounds the same as a name comes first.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from generator.catalogue.catalogue import Catalogue
from generator.catalogue.vocabulary import SURE
from generator.wishes.scanning import Scanner
from generator.wishes.text import is_han
from generator.wishes.vocabulary import Vocabulary
from generator.wishes.wishes import Near

SHORTEST_CHARS = 4
MAX_NEAR = 3
KINDS = ("tempo", "genre", "mode", "strangers", "unwritten")


def find_near(scanner: Scanner, catalogue: Catalogue, vocabulary: Vocabulary, *, alone: bool) -> tuple[Near, ...]:
    """For every unknown word the name it may stand for. alone: nothing else was understood, so that more is tried."""
    found: dict[int, Near] = {}
    doubtful = {item.first: item for item in scanner.items if item.doubtful}
    for place in sorted({*scanner.unknown, *doubtful}):
        if place - 1 in found:
            continue
        name = _pair_like(scanner, place, catalogue)
        if name:
            found[place] = _near(scanner, place, place + 1, name)
        elif place in doubtful:
            if alone:
                item = doubtful[place]
                assert item.meaning is not None
                style = max(item.meaning.weights, key=catalogue.pieces)
                found[place] = _near(scanner, place, item.last, style.called or style.surname)
        elif name := _name_like(scanner.word(place), catalogue, vocabulary, alone=alone):
            found[place] = _near(scanner, place, place, name)
    return tuple(found.values())[:MAX_NEAR]


def _near(scanner: Scanner, first: int, last: int, name: str) -> Near:
    text, tokens = scanner.text, scanner.tokens
    start, end = text.places[tokens[first].start], text.places[tokens[last].end - 1] + 1
    return Near(text.said[start:end], name, f"{text.said[:start]}{name}{text.said[end:]}".strip())


def _pair_like(scanner: Scanner, place: int, catalogue: Catalogue) -> str:
    """The name that this word and the next are like: "franz list"."""
    pair = f"{scanner.word(place)} {scanner.word(place + 1)}"
    is_name = scanner.word(place + 1).isalpha() and min(map(len, pair.split(" "))) > 2
    if not pair.isascii() or len(pair) < 2 * SHORTEST_CHARS or not is_name:
        return ""
    hits = process.extract(
        pair, _pairs(catalogue).keys(), scorer=OSA.distance, score_cutoff=2 if len(pair) > 9 else 1, limit=1
    )
    return _pairs(catalogue)[hits[0][0]] if hits else ""


def _name_like(word: str, catalogue: Catalogue, vocabulary: Vocabulary, *, alone: bool) -> str:
    if len(word) < SHORTEST_CHARS or is_han(word) or not word.isalpha() or word in vocabulary.everyday:
        return ""
    names = _names(catalogue, vocabulary)
    # Among words that are understood a word has to be more like a name.
    loosely = 1 if len(word) < 7 else 2 if len(word) < 10 else 3
    same = _by_sound(catalogue, vocabulary).get(_sound(word), ("", ""))
    is_stranger = any(entry.kind == "strangers" for entry in vocabulary.phrases.get(same[0], ()))
    most = 1 if is_stranger and not alone else max(2, loosely)
    if same[0] and OSA.distance(word, same[0]) <= most and len(word) > SHORTEST_CHARS:
        return same[1]
    allowed = loosely if alone else (1 if len(word) < 9 else 2)
    candidates = [name for name in names if abs(len(name) - len(word)) <= allowed]
    hits = process.extract(word, candidates, scorer=OSA.distance, score_cutoff=allowed, limit=None)
    if len(word) == SHORTEST_CHARS:
        hits = [
            hit for hit in hits if sorted(hit[0]) == sorted(word) or (hit[0][0] == word[0] and len(hit[0]) > len(word))
        ]
    if not alone:  # among words that are understood one that begins otherwise is rather a word of its own
        hits = [hit for hit in hits if hit[0][0] == word[0]]
    if not hits:
        return ""
    return names[min(hits, key=lambda hit: (hit[1], hit[0][0] != word[0], hit[0]))[0]]


@lru_cache(maxsize=4)
def _names(catalogue: Catalogue, vocabulary: Vocabulary) -> dict[str, str]:
    """Single words of composers, instruments, forms and tempos, each with what to call it."""
    names: dict[str, str] = {}
    for phrase, meaning in catalogue.lexicon.meanings.items():
        if _is_word(phrase) and phrase not in vocabulary.abbreviated:
            is_name = meaning.kind == "composer" and max(meaning.weights.values()) >= SURE
            if is_name:
                names[phrase] = meaning.label.text
            elif meaning.kind in ("instrumentation", "period"):
                names[phrase] = phrase
    for phrase, entries in vocabulary.phrases.items():
        if _is_word(phrase) and len(phrase) > SHORTEST_CHARS and any(entry.kind in KINDS for entry in entries):
            is_stranger = any(entry.kind == "strangers" for entry in entries)
            names.setdefault(phrase, phrase.capitalize() if is_stranger else phrase)
    return names


def _is_word(phrase: str) -> bool:
    return phrase.isascii() and phrase.isalpha() and len(phrase) >= SHORTEST_CHARS


@lru_cache(maxsize=4)
def _pairs(catalogue: Catalogue) -> dict[str, str]:
    """Names of two words: given name and surname."""
    return {
        phrase: phrase
        for phrase, meaning in catalogue.lexicon.meanings.items()
        if phrase.count(" ") == 1 and phrase.isascii() and meaning.kind == "composer"
    }


@lru_cache(maxsize=4)
def _by_sound(catalogue: Catalogue, vocabulary: Vocabulary) -> dict[str, tuple[str, str]]:
    """Names, each as it is written and what to call it, by how they are heard."""
    known = _names(catalogue, vocabulary)
    return {_sound(name): (name, called) for name, called in reversed(known.items()) if len(name) > SHORTEST_CHARS}


def _sound(word: str) -> str:
    """How a name is heard in English or German, roughly: "shopin" and "chopin", "betoven" and "beethoven" agree."""
    for written, heard in (
        ("tsch", "c"),
        ("tch", "c"),
        ("sch", "s"),
        ("ch", "s"),
        ("sh", "s"),
        ("ph", "f"),
        ("th", "t"),
        ("ck", "k"),
        ("dt", "t"),
        ("tz", "z"),
        ("y", "i"),
        ("w", "v"),
        ("x", "ks"),
    ):
        word = word.replace(written, heard)
    word = re.sub(r"(?<=[aeou])h", "", word)
    word = re.sub(r"(.)\1+", r"\1", word)
    return word[0] + re.sub(r"[aeiou]+", "a", word[1:]) if word else ""
