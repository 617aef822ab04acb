"""What is said when words find no style: what does not fit about them, and what does.

Promises: one or two short sentences on one line, whatever the words were.
"""

from collections.abc import Sequence

from generator.catalogue.matching import Reading
from generator.catalogue.vocabulary import Meaning
from generator.errors import UnknownStyle

MAX_QUOTED_CHARS = 60


def refuse(words: str, reading: Reading[Meaning], *, suggestions: tuple[str, ...]) -> UnknownStyle:
    """The error for words that were read so; suggestions: names of styles that come close, the best first."""
    error = UnknownStyle(quoted(words), suggestions=suggestions)
    # UnknownStyle words the general case; here we know more.
    Exception.__init__(error, f"{complaint(words, reading)} {offer(suggestions, asked=bool(reading.meanings))}")
    return error


def complaint(words: str, reading: Reading[Meaning]) -> str:
    """What does not fit about the words, as one sentence."""
    if not reading.meanings:
        if not reading.unknown:
            return "Name a composer, instruments or a period."
        return f"No style is called “{quoted(words)}”."
    if reading.unknown:
        strange = quoted(" ".join(reading.unknown))
        return f"I do not know what “{strange}” means; name a composer, instruments or a period."
    labels = {kind: [m.label for m in reading.meanings if m.kind == kind] for kind in ("composer", "instrumentation")}
    composers, instruments = (list(dict.fromkeys(labels[kind])) for kind in ("composer", "instrumentation"))
    if len(composers) == 1 and instruments:
        return f"There is no {' + '.join(instruments)} style of {composers[0]}."
    *others, last = dict.fromkeys(meaning.label for meaning in reading.meanings)
    return f"{', '.join(others)} and {last} do not go together."


def offer(names: Sequence[str], *, asked: bool) -> str:
    lead = "Did you mean" if asked else "How about"
    *others, last = names
    return f"{lead} {', '.join(others)} or {last}?" if others else f"{lead} {last}?"


def quoted(words: str) -> str:
    """The words as they can be said back: on one line, and not endless."""
    flat = " ".join("".join(char if char.isprintable() else " " for char in words[: 4 * MAX_QUOTED_CHARS]).split())
    return flat if len(flat) <= MAX_QUOTED_CHARS else flat[: MAX_QUOTED_CHARS - 1] + "…"
