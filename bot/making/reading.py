"""Notation as people have it, before it is drawn, and how they name bars of it that are to be heard."""

from __future__ import annotations

import re

from bot.errors import BadInput
from renderers.score.abc.rows import is_interleaved


def with_all_rests(abc: str) -> str:
    """The tune with every voice in every bar if it is in NotaGen's form; any other text as it is.

    A line for each voice is no such form, although it begins with a voice as well.
    """
    from generator.errors import NotationError
    from generator.notation import complete_rests, parse_tune, strip_countdown

    if not is_interleaved([line for line in abc.splitlines() if line.startswith("[")]):
        return abc
    try:
        return str(complete_rests(strip_countdown(parse_tune(abc))))
    except NotationError:
        return abc  # ABC as the rest of the world writes it: the renderer reads it


def has_title(abc: str) -> bool:
    """Whether the text names any tune in it."""
    return any(line.startswith("T:") and line[2:].strip() for line in abc.splitlines())


def parse_loop(text: str) -> tuple[int, int] | None:
    """The text "5-8" as (5, 8), "5" as (5, 5); None for "". Raises BadInput."""
    if not text.strip():
        return None
    between = r"-|–|—|\.\.|bis|to|到|至"
    before = r"(?:\D*[^\d\s–−-])?\s*"  # "bars", and no minus
    found = re.fullmatch(rf"{before}(\d{{1,4}})\s*(?:(?:{between})\s*(\d{{1,4}}))?\s*(?:小节|小節)?\s*", text)
    if found is None:
        raise BadInput(reason="no_bars_to_loop", value=text)
    first, last = int(found[1]), int(found[2] or found[1])
    if not 1 <= first <= last:
        raise BadInput(reason="no_bars_to_loop", value=text)
    return first, last
