"""How far one bar in the making is read: its last voice, and the state that this voice's music is in.

Promises: whoever asks for a line how often, each of its characters is taken once; a line is read on from where its
beginning was.
Not covered: what may follow (`line.py`), and where its notes are (`place.py`).
"""

from typing import NamedTuple

from generator.guard.states import State, States
from generator.notation.tokens import VOICE_TAG

TAG = "[V:"


class Reading(NamedTuple):
    """A line so far.

    tag, start: where the tag of its last voice begins, and the music behind it; -1 and the line's length without one.
    voice: its id. begins: whether another voice's tag has begun behind it. state: what its music is in, up to there.
    """

    tag: int
    start: int
    voice: str
    state: State
    begins: bool


class Readings:
    """The beginnings of one bar that were asked for."""

    def __init__(self, states: States) -> None:
        self.states = states
        self._known = {"": Reading(-1, 0, "", states.start, begins=False)}

    def of(self, line: str) -> Reading:
        """What a line is, mostly one character longer than one that was asked for."""
        known = self._known
        reading = known.get(line)
        if reading is None:
            end = len(line) - 1
            while (reading := known.get(line[:end])) is None:
                end -= 1
            for place in range(end, len(line)):
                reading = known[line[: place + 1]] = self._behind(reading, line[: place + 1])
        return reading

    def _behind(self, reading: Reading, line: str) -> Reading:
        """One character further."""
        char = line[-1]
        if char == "]":
            tag = line.rfind(TAG)
            found = VOICE_TAG.fullmatch(line, tag) if tag >= 0 else None
            if found is not None:
                return Reading(tag, len(line), found[1], self.states.start, begins=False)
        if reading.tag < 0 or reading.begins:
            return reading
        begins = char == ":" and line.endswith(TAG)
        return Reading(reading.tag, reading.start, reading.voice, reading.state.then(char), begins)
