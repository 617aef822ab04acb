"""Words above the first note of a bar: whose bars these are, which take this is.

Promises: whatever people are called stands there as plain words; nothing of it is read as notation.
Not covered: how it is drawn (`renderers`).
"""

from __future__ import annotations

import re
from dataclasses import replace

from generator.notation import Bar, VoiceBar
from generator.notation.checks import barlines

MOST_CHARS = 40
# What ABC reads within words: their ends, escapes, comments, line breaks; fields in brackets and what looks like marks.
_SPECIAL = re.compile(r'["\\%$\[\]|\x00-\x1f\x7f]')
_PLACES = "^_<>@"


def plain_label(text: str) -> str:
    """As it may stand between quotes."""
    plain = " ".join(_SPECIAL.sub(" ", text).replace("&", "＆").split())
    return plain if len(plain) <= MOST_CHARS else plain[: MOST_CHARS - 1].rstrip() + "…"


def labelled(bar: Bar, text: str) -> Bar:
    """The bar with the words above its first voice."""
    first = bar.voices[0]
    label = plain_label(text)
    if not label:
        return bar
    opening = barlines(VoiceBar("", first.music).tokens).opening
    rest = first.music.removeprefix(opening)
    fields = re.match(r"(?:\s*\[[A-Za-z]:[^\]]*\])*", rest)
    at = fields.end() if fields else 0
    music = f'{opening}{rest[:at]}"^{label}"{rest[at:]}'
    return replace(bar, voices=(replace(first, music=music), *bar.voices[1:]))
