"""Originality: the longest run of notes that a tune shares with a piece the model was trained on.

Promises: a run is found at another pitch and at another tempo; the piece is named, with its source and licence.
Not covered: harmony without a melody, an idea that was borrowed and changed, music that is not in the index.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from generator.notation import Tune

if TYPE_CHECKING:
    from generator.styles import Style


@dataclass(frozen=True)
class Originality:
    """What a tune shares with the piece that it shares most with.

    notes: of the longest run shared; piece: its name, empty if nothing is shared; bar: where the run begins in the
    tune, counted from 0; limit: what human pieces of the style share with each other, 99th percentile.
    """

    notes: int
    piece: str
    source: str
    licence: str
    bar: int
    limit: int

    @property
    def copied(self) -> bool:
        """Whether the tune shares more than human pieces share with each other."""
        return self.notes > self.limit

    def line(self) -> str:
        """For a person: "longest run shared with a known piece: 9 notes (…); human pieces of this style: up to 14"."""
        raise NotImplementedError


class OriginalityIndex:
    """The melodies of the training pieces. Made by `load_index`."""

    def check(self, tune: Tune, style: Style) -> Originality:
        """Find the longest run that the tune shares with any piece."""
        raise NotImplementedError


@cache
def load_index() -> OriginalityIndex:
    """The index that ships; read once."""
    raise NotImplementedError
