"""What people call options and their choices, in any language: "Stimmen" and 分谱 are `parts`.

Promises: only what the option at hand offers is found, and only where it is clear which one is meant.
Not covered: numbers, keys, metres and other values that have readers of their own (`generator.wishes`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cache

from config.files import load_toml
from config.letters import fold

LEAST_BEGINNING = 3  # letters that stand for a whole name


def choice_called(
    said: str, offered: Collection[str], *, labels: Mapping[str, Iterable[str]] | None = None
) -> str | None:
    """The one of these that is meant; None for none and for more than one.

    labels: what else each is called. The beginning of a name will do.
    """
    wanted = plain(said)
    names = {name: {plain(name)} for name in offered}
    called = {
        name: {plain(word) for word in (*_words("choices").get(name, ()), *(labels or {}).get(name, ()))}
        for name in offered
    }
    begun = {
        name: {word for word in (names[name] | called[name]) if word.startswith(wanted)}
        for name in (offered if len(wanted) >= LEAST_BEGINNING else ())
    }
    for words in (names, called):
        found = [name for name, known in words.items() if wanted in known]
        if found:
            return found[0] if len(found) == 1 else None
    found = [name for name, known in begun.items() if known]
    return found[0] if len(found) == 1 else None


def options_called(said: str) -> tuple[str, ...]:
    """The options that may be meant by a word, by their own names."""
    wanted = plain(said)
    return tuple(name for name, words in _words("options").items() if wanted in map(plain, words))


def plain(words: str) -> str:
    """Small, without accents, and without what joins words."""
    return "".join(char for char in fold(words) if char.isalnum())


@cache
def _words(table: str) -> Mapping[str, Iterable[str]]:
    words: Mapping[str, Iterable[str]] = load_toml("choices.toml")[table]
    return words
