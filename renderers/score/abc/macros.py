"""Macros: `m: ~g2 = {a}g{f}g` stands for its right side wherever `~g2` is written.

In a transposing one, such as `m: ~n2 = {o}n{m}n`, the letter n is any note, and h to z are notes below and above it.
"""

import re
from dataclasses import dataclass

NOTES = "CDEFGABcdefgab"
MAX_LINE_CHARS = 20_000


@dataclass(frozen=True)
class Macro:
    """A macro. `is_transposing`: the n in it is any note."""

    written: str
    meant: str
    is_transposing: bool


def parse_macro(value: str) -> Macro | None:
    """Read the value of an `m:` field; None if it is not one."""
    written, equals, meant = value.partition("=")
    written, meant = written.strip(), meant.strip()
    if not (equals and written and meant) or len(written) > 40 or len(meant) > 200:
        return None
    return Macro(written, meant, "n" in written)


def expand(text: str, macros: list[Macro]) -> str:
    """A line of music with all macros in it written out; the longest first, none inside another's result."""
    for macro in sorted(macros, key=lambda macro: len(macro.written), reverse=True):
        if len(text) > MAX_LINE_CHARS:
            break
        if not macro.is_transposing:
            text = text.replace(macro.written, macro.meant)
            continue
        text = _expand_transposing(text, macro)
    return text


def _expand_transposing(text: str, macro: Macro) -> str:
    before, _, behind = macro.written.partition("n")
    pattern = re.compile(rf"{re.escape(before)}([A-Ga-g])([',]*){re.escape(behind)}(?![\d/])")
    return pattern.sub(lambda note: _transpose(macro.meant, note[1], note[2]), text)


def _transpose(meant: str, letter: str, octave: str) -> str:
    steps = NOTES.index(letter) + 7 * (octave.count("'") - octave.count(","))
    return re.sub(r"[h-z]", lambda sign: _spell(steps + ord(sign[0]) - ord("n")), meant)


def _spell(steps: int) -> str:
    octave, step = divmod(steps, 7)
    if octave >= 1:
        return NOTES[7 + step] + "'" * (octave - 1)
    return NOTES[step] + "," * -octave
