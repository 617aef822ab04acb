"""Slurs: which note each begins and ends at. Only those inside one voice can be kept."""

from __future__ import annotations

from dataclasses import dataclass

from renderers.score.abc.model import Event

MAX_OPEN = 64


@dataclass(slots=True)
class _Open:
    id: int
    number: str
    voice: str
    event: Event


class Slurs:
    """Of one part."""

    def __init__(self) -> None:
        self._open: list[_Open] = []
        self._num_made = 0
        self._num_lost = 0

    def read(self, kind: str, number: str, voice: str, event: Event) -> None:
        """The beginning or the end of a slur."""
        if kind == "start" and len(self._open) < MAX_OPEN:
            self._num_made += 1
            event.slurs_begun.append(self._num_made)
            self._open.append(_Open(self._num_made, number, voice, event))
        elif kind == "stop":
            self._end(number, voice, event)

    def _end(self, number: str, voice: str, event: Event) -> None:
        mine = [slur for slur in self._open if slur.number == number]
        if not mine:
            return
        slur = ([slur for slur in mine if slur.voice == voice] or mine)[-1]
        self._open.remove(slur)
        if slur.voice == voice and slur.event is not event:
            event.slurs_ended.append(slur.id)
        else:
            slur.event.slurs_begun.remove(slur.id)
            self._num_lost += slur.voice != voice

    def finish(self) -> int:
        """Take away those that never end. Returns how many lead from one voice to another and were lost."""
        for slur in self._open:
            slur.event.slurs_begun.remove(slur.id)
        return self._num_lost
