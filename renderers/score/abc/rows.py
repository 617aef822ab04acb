"""Interleaved ABC: a line of text is one bar of all voices, and those left out rest.

NotaGen writes so, with a countdown `[r:3/12]` at the start of each line. Others write a line for each voice; there a
voice that is not named in a line has not rested. So voices are filled up only behind a countdown, and within a line
that names several of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from renderers.score.abc.voice_list import VoiceList

_COUNTDOWN = re.compile(r"\[r:\s*\d+\s*/\s*\d+\s*\]")
_NO_NOTES = re.compile(r'"[^"]*"|![^!]*!|\[[A-Za-z]:[^\]\[]*\]')
_NOTE = re.compile("[A-Ga-gxz]")
_VOICE = re.compile(r"\[V:\s*([^\s\]]+)")


def is_interleaved(lines: Sequence[str]) -> bool:
    """Whether lines of music are in NotaGen's form: all begin with a voice, and some line has several, or all the same
    with one bar each.

    Such ABC is made from scores, where an accidental holds for its own octave.
    """
    voices = [_VOICE.findall(line) for line in lines]
    if not lines or not all(line.startswith(("[V:", "[r:")) for line in lines):
        return False
    return any(_COUNTDOWN.search(line) or len(set(named)) > 1 for line, named in zip(lines, voices, strict=True)) or (
        len({voice for named in voices for voice in named}) == 1 and all(_num_bars(line) < 2 for line in lines)
    )


def _num_bars(line: str) -> int:
    return sum(_NOTE.search(bar) is not None for bar in _NO_NOTES.sub("", line).split("|"))


class Rows:
    """Looks at each line of music: which voices it names, and how many bars they have behind it."""

    def __init__(self, voices: VoiceList) -> None:
        self._voices = voices
        self._has_countdown = False
        self._before: dict[str, int] = {}
        self._named: set[str] = set()

    def begin(self, text: str) -> None:
        """A line of music begins."""
        self._has_countdown = _COUNTDOWN.search(text) is not None
        self._named = set()
        self._before = {reader.voice.id: reader.num_bars for reader in self._voices.readers()}

    def note_voice(self) -> None:
        """The line names a voice."""
        self._named.add(self._voices.current().voice.id)

    def end(self, line: int) -> None:
        """The line ends: give every voice that the row needs as many bars as the others have."""
        if not self._has_countdown and len(self._named) < 2:
            return
        row = [reader for reader in self._voices.readers() if self._has_countdown or reader.voice.id in self._named]
        if not self._has_countdown and len({self._before.get(reader.voice.id, 0) for reader in row}) > 1:
            return
        num_bars = max((reader.num_bars for reader in row), default=0)  # none: a countdown before anybody plays
        for reader in row:
            while reader.num_bars < num_bars:
                reader.add_empty_bar(line)
