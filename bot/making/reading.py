"""Notation as people have it, before it is drawn."""

from __future__ import annotations

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
