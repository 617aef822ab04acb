"""The words under a line of music as `w:` lines, one for each verse."""

from __future__ import annotations

import re

from renderers.score.abc.lyrics import Syllable
from renderers.score.abc.model import Event, Voice

_ESCAPED = str.maketrans({"-": "\\-", " ": "~", "_": "", "*": "", "|": "", "\\": "", "%": "", "`": "'"})


def write_words(voice: Voice, start: int, end: int) -> list[str]:
    """The verses of some bars; verses above that have words below them are kept as empty lines."""
    events = [item for bar in voice.bars[start:end] for item in bar.layers[0] if isinstance(item, Event) and item.heads]
    verses = {verse for event in events for verse in event.syllables}
    return [
        f"w:{_line([event.syllables.get(verse) for event in events])}" for verse in range(1, max(verses, default=0) + 1)
    ]


def _line(syllables: list[Syllable | None]) -> str:
    """One verse: a syllable for each note, `*` for none, `_` where one is held, hyphens inside words."""
    text = ""
    is_inside = is_held = False
    for syllable in syllables:
        if syllable is None:
            text += "-" if is_inside else "_" if is_held else " *"
            continue
        text += ("" if is_inside else " ") + syllable.text.translate(_ESCAPED)
        is_inside = syllable.syllabic in ("begin", "middle")
        is_held = syllable.is_held and not is_inside
        text += "-" if is_inside else ""
    return re.sub(r"(?:\s\*)+$", "", text).strip()
