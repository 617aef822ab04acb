"""Why words find no style: what does not fit about them, and what does.

Promises: what is said back is on one line and not endless, whatever the words were.
"""

from collections.abc import Sequence
from typing import Any

from generator.catalogue.matching import Reading
from generator.catalogue.style import Style
from generator.catalogue.vocabulary import Meaning
from generator.errors import UnknownStyle

MAX_QUOTED_CHARS = 60


def refuse(
    words: str, reading: Reading[Meaning], *, near: Sequence[Style], unwritten: Sequence[str] = ()
) -> UnknownStyle:
    """The error for words that were read so; near: styles that come close, the best first; unwritten: instruments
    among the words that nothing can be written for.
    """
    reason, known = ("unwritten", {"strange": _quoted(", ".join(unwritten))}) if unwritten else _complaint(reading)
    return UnknownStyle(_quoted(words), suggestions=near, reason=reason, **known)


def _complaint(reading: Reading[Meaning]) -> tuple[str, dict[str, Any]]:
    """What does not fit about the words: a reason, with what it is about."""
    if not reading.meanings:
        return ("not_known" if reading.unknown else "nothing_named"), {}
    if reading.unknown:
        return "strange_words", {"strange": _quoted(" ".join(reading.unknown))}
    labels = {kind: [m.label for m in reading.meanings if m.kind == kind] for kind in ("composer", "instrumentation")}
    composers, instruments = (tuple(dict.fromkeys(labels[kind])) for kind in ("composer", "instrumentation"))
    if len(composers) == 1 and instruments:
        return "not_written", {"composer": composers[0], "instruments": instruments}
    return "contradiction", {"labels": tuple(dict.fromkeys(meaning.label for meaning in reading.meanings))}


def _quoted(words: str) -> str:
    """The words as they can be said back: on one line, and not endless."""
    flat = " ".join("".join(char if char.isprintable() else " " for char in words[: 4 * MAX_QUOTED_CHARS]).split())
    return flat if len(flat) <= MAX_QUOTED_CHARS else flat[: MAX_QUOTED_CHARS - 1] + "…"
