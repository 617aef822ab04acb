"""The words that people write into music: titles, names, lyrics, directions above the notes.

Promises: what a reader sees on the page is among them, each text once, syllables of lyrics joined to words.
Not covered: letters that stand above one note each.
"""

from __future__ import annotations

import re

_FIELD = re.compile(r"^(?:\[)?([A-DF-HNORSTWZw]):(.*)$")
_PRINTED = re.compile(r"^%%\s*(?:text|center|header|footer|right)\s+(.*)$")
_QUOTED = re.compile(r'"[\^_<>@]?([^"]*)"')
_OF_SYLLABLES = re.compile(r"\s*-\s*|[_*]+")
_GAP = re.compile(r"[~|\\]+")


def inscriptions(abc: str) -> tuple[str, ...]:
    """All of them, in the order of the tune."""
    found: dict[str, None] = {}
    for line in abc.splitlines():
        for text in _texts_of(line.strip()):
            if plain := " ".join(text.split()):
                found[plain] = None
    return tuple(found)


def _texts_of(line: str) -> list[str]:
    if printed := _PRINTED.match(line):
        return [printed[1]]
    if (field := _FIELD.match(line)) is None:
        return _QUOTED.findall(line)
    return [_sung(field[2]) if field[1] == "w" else field[2]]


def _sung(text: str) -> str:
    """Lyrics as they are read."""
    return _GAP.sub(" ", _OF_SYLLABLES.sub("", text))
