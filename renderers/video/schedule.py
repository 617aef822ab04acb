"""What is lit in a frame: notes on a page, keys of a keyboard."""

from collections.abc import Hashable, Iterable, Mapping
from typing import Generic, TypeVar

from renderers.video.shapes import FRAMES_PER_S

Name = TypeVar("Name", bound=Hashable)


class Schedule(Generic[Name]):
    """Which notes or keys are lit in a frame, by their names."""

    def __init__(self, spans: Iterable[tuple[Name, float, float, int]]) -> None:
        """spans: name, start and end in seconds of the music, and voice; those of one name as they begin.

        Who is lit anew before an end stays lit until the new one.
        """
        changes: dict[int, list[tuple[bool, Name, int]]] = {}
        for name, begins_s, ends_s, voice in spans:
            start = frame_of(begins_s)
            end = max(start + 1, frame_of(ends_s))
            changes.setdefault(start, []).append((True, name, voice))
            changes.setdefault(end, []).append((False, name, start))
        self._changes = sorted(changes.items())
        self._next = 0
        self._lit: dict[Name, int] = {}
        self._since: dict[Name, int] = {}
        self._shown: Mapping[Name, int] = {}

    def lit_at(self, moment: float) -> Mapping[Name, int]:
        """The voice of each that is lit, by its name. Moments come in order."""
        frame = frame_of(moment)
        while self._next < len(self._changes) and self._changes[self._next][0] <= frame:
            at, changes = self._changes[self._next]
            for begins, name, value in changes:
                if begins:
                    self._lit[name], self._since[name] = value, at
                elif self._since.get(name) == value:  # not struck again meanwhile
                    del self._lit[name], self._since[name]
            self._next += 1
            self._shown = dict(self._lit)
        return self._shown


def frame_of(moment: float) -> int:
    """The frame that is nearest to a moment of the music."""
    return round(moment * FRAMES_PER_S)
