"""Which notes a player can reach: held back are those outside of the instrument, and chords of who has one voice only.

Promises: no note that a voice's instrument cannot sound is finished; a letter is allowed as long as some octave of it
can be reached, and its octave marks as long as they lead there, so there is always a way on. Ranges: those the report
card is written by (`generator.catalogue.ranges`). Voices whose name says nothing may play anything.
Not covered: what is comfortable, how far a hand stretches, alterations that a tie carries over a barline.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from generator.catalogue.ranges import ONE_NOTE_AT_A_TIME
from generator.critic.range_check import voice_ranges
from generator.critic.sounding import MIDDLE_C, header_signatures, sounding_shift
from generator.notation import Header
from generator.notation.accidentals import Signature, marks_behind, semitones
from generator.notation.pitches import read_note
from generator.notation.tokens import open_group

OCTAVES = range(9)  # no instrument has more
_UNFINISHED = re.compile(r"(?P<sign>\^\^?|__?|=)?(?P<note>[A-Ga-g])(?P<octave>[,']*)$")
_SIGN = re.compile(r"(\^\^?|__?|=)$")
_FIELD = re.compile(r"\[[A-Za-z]:")
FEWEST_SEMITONES = 5  # of a window
FIELDS = frozenset("VKIQMLr")  # what may follow `[` besides a chord
NOTES, MARKS = frozenset("ABCDEFGabcdefg"), frozenset(",'")
LETTERS = NOTES | {"["}
NOTE_ENDS = NOTES | MARKS | {"["}


@dataclass(frozen=True)
class Window:
    """From the lowest to the highest note that spacing allows, MIDI numbers as written."""

    low: int
    high: int


@dataclass(frozen=True)
class Limits:
    """What a voice may write: MIDI numbers as written where the tune is composed. single: no chords."""

    low: int
    high: int
    single: bool

    def hold(self, pitch: int) -> bool:
        return self.low <= pitch <= self.high

    def within(self, window: Window | None) -> Limits:
        """What of it lies in a window; all of it, if that is too little to sing in."""
        if window is None:
            return self
        low, high = max(self.low, window.low), min(self.high, window.high)
        return self if high - low < FEWEST_SEMITONES else replace(self, low=low, high=high)


Windows = tuple[Window | None, Window | None]
OPEN: Windows = (None, None)


class Reach:
    """What the voices of a header can play. shift: semitones by which the tune will be moved up when it is finished."""

    def __init__(self, header: Header, *, shift: int = 0) -> None:
        self.signatures = header_signatures(header)
        self.limits: dict[str, Limits] = {}
        for voice in header.voices:
            found = voice_ranges(header)[voice.id]
            if found is not None:
                lower = sounding_shift(voice) + shift
                single = found.instrument in ONE_NOTE_AT_A_TIME
                self.limits[voice.id] = Limits(found.low - lower, found.high - lower, single)

    def allows(self, line: str, letter: str, signature: Signature | None, windows: Windows = OPEN) -> bool:
        """Whether a line in the making may go on with a letter ("" is the end of a patch that ends a voice).

        signature: what holds for all voices; None: each has its own. windows: what the other voices leave of the range,
        to the note at the end of the line and to one that the letter begins.
        """
        if letter not in LETTERS and line[-1:] not in NOTE_ENDS:
            return True
        tag = line.rfind("[V:")
        voice, closed, music = line[tag + 3 :].partition("]")
        limits = self.limits.get(voice)
        if tag < 0 or not closed or limits is None:
            return True
        if limits.single and _begins_chord(music, letter):
            return False
        if _is_text(music):
            return True
        note, (here, behind) = _unfinished(music), map(limits.within, windows)
        before = music if note is None else music[: note.start()]
        bar = _Bar(before, signature or self.signatures[voice])
        if note is not None and not (letter and letter in MARKS):
            if not here.hold(bar.pitch(note[0])):
                return False
            bar = _Bar(music, bar.signature)
        if letter in NOTES:
            sign = _SIGN.search(before, max(0, len(before) - 2)) if note is None else None
            return bar.can_reach((sign[0] if sign else "") + letter, behind)
        return note is None or letter not in MARKS or letter == "" or bar.can_reach(note[0] + letter, here)


def before_note(line: str) -> str:
    """The line without the note at its end, of which more octave marks may come, and without its accidental."""
    note = _unfinished(line)
    if note is None:
        note = _SIGN.search(line, max(0, len(line) - 2))
    return line[: note.start()] if note else line


def _unfinished(music: str) -> re.Match[str] | None:
    """The note at the end, looked for where it has to be: everywhere, it would take longer the longer the line is."""
    letter = len(music.rstrip(",'")) - 1
    return _UNFINISHED.search(music, max(0, letter - 2)) if letter >= 0 and music[letter] in NOTES else None


class _Bar(NamedTuple):
    """A voice's bar up to some note. before: its music; signature: what its key asks for."""

    before: str
    signature: Signature

    def pitch(self, note: str) -> int:
        """As written, a MIDI number: accidentals in the bar count."""
        written, steps = read_note(note)
        if written is None:
            written = marks_behind(self.before, self.signature).get(steps, self.signature[steps % 7])
        return MIDDLE_C + semitones(steps, written)

    def can_reach(self, note: str, limits: Limits) -> bool:
        """Whether the note can be played as it is or with more octave marks, commas behind capitals."""
        mark = note[-1] if note[-1] in MARKS else "," if note[-1].isupper() else "'"
        return any(limits.hold(self.pitch(note + mark * more)) for more in OCTAVES)


def _begins_chord(music: str, letter: str) -> bool:
    """Whether `[` or what follows it makes a chord: not behind a barline, where a voice or a field begins."""
    if letter == "[":
        return music != "" and music[-1] not in "|:]"
    return letter != "" and music.endswith("[") and letter not in FIELDS


@lru_cache(maxsize=1024)
def _is_text(music: str) -> bool:
    """Whether the music ends within a text, a decoration or a field, whose letters are no notes."""
    start = open_group(music)
    return start is not None and (music[start] in '"!' or _FIELD.match(music, start) is not None)
