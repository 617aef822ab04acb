"""Originality: the longest run of notes that a tune shares with a piece the model was trained on.

Promises: a run is found at another pitch and at another tempo, in whichever voice; the piece is named, with its source
and licence. What is too much, human pieces say: the 99th percentile of what excerpts of them, as long as the tune,
share with other works (`generator/training/shipped/sharing.py`).
Not covered: runs of fewer than seven notes; chords below a melody; an idea that was borrowed and changed; music that is
not in the index, such as what a user trains on.

The index is made by `generator/training/shipped/originality.py` from the pieces trained on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from generator.catalogue.style import Style
from generator.critic.human import group_names
from generator.critic.judgement import Originality
from generator.critic.originality_melody import Melody, Steps, join_melodies, melodies, split_steps, unite_steps
from generator.critic.originality_search import Searcher
from generator.notation import Tune

INDEX_FILE = Path(__file__).parents[1] / "weights" / "originality.npz"
Limits = Mapping[str, Mapping[int, int]]  # notes by group of human pieces and by length of the excerpts in bars


@dataclass(frozen=True)
class KnownPiece:
    """A piece of the index: "Schubert, Franz: Die liebe Farbe", where its score comes from, under which licence."""

    name: str
    source: str
    licence: str


class OriginalityIndex:
    """The melodies of the pieces that the model was trained on. Made by `build_index` or `load_index`.

    steps: of all pieces one after the other, with separators; first_steps: (pieces,), where each begins;
    limits: there are some for the group of all pieces.
    """

    def __init__(
        self, steps: Steps, *, pieces: Sequence[KnownPiece], first_steps: NDArray[np.int32], limits: Limits
    ) -> None:
        self.steps, self.pieces, self.first_steps, self.limits = steps, tuple(pieces), first_steps, limits
        self._searcher = Searcher(steps)

    def check(self, tune: Tune, style: Style) -> Originality:
        """Find the longest run of notes that the tune shares with any piece, and whether that is too long.

        Raises NotationError for a key or a length unit that cannot be read.
        """
        steps, bars = join_melodies(melodies(tune))
        run = self._searcher.longest_run(steps)
        limit, group = self.limit(style, bars=len(tune.bars))
        if run is None:
            return Originality(notes=0, piece="", source="", licence="", bar=0, limit=limit, of=group)
        piece = self.pieces[np.searchsorted(self.first_steps, run.place, "right") - 1]
        bar = int(bars[run.start])
        return Originality(
            notes=run.notes,
            piece=piece.name,
            source=piece.source,
            licence=piece.licence,
            bar=bar,
            limit=limit,
            of=group,
        )

    def limit(self, style: Style, *, bars: int) -> tuple[int, str]:
        """How many notes human excerpts no longer than `bars` share, and the group they are of.

        The nearest group is taken that has enough pieces. Of its lengths the longest that is not longer than `bars` is
        taken, or else the shortest: a shorter excerpt shares less.
        """
        group = next(name for name in group_names(style) if name in self.limits)
        lengths = self.limits[group]
        return lengths[max((length for length in lengths if length <= bars), default=min(lengths))], group


def build_index(pieces: Sequence[tuple[KnownPiece, Sequence[Melody]]], limits: Limits) -> OriginalityIndex:
    """The index of these pieces with their melodies."""
    steps, _ = join_melodies(melody for _, parts in pieces for melody in parts)
    lengths = [sum(len(melody) + 1 for melody in parts) for _, parts in pieces]
    first_steps = np.cumsum([1, *lengths[:-1]], dtype=np.int32)  # 1: there is a separator before all
    return OriginalityIndex(steps, pieces=[piece for piece, _ in pieces], first_steps=first_steps, limits=limits)


def write_index(index: OriginalityIndex, path: Path) -> None:
    """Write a file for `read_index`; the same index gives the same bytes."""
    intervals, growths = split_steps(index.steps)
    about = {"pieces": [astuple(piece) for piece in index.pieces], "limits": index.limits}
    words = np.frombuffer(json.dumps(about, ensure_ascii=False).encode(), np.uint8)
    with path.open("wb") as file:
        np.savez_compressed(
            file, intervals=intervals, growths=growths, first_steps=index.first_steps, words=words, allow_pickle=False
        )


def read_index(path: Path) -> OriginalityIndex:
    """Read what `write_index` wrote."""
    with np.load(path, allow_pickle=False) as file:
        about = json.loads(file["words"].tobytes())
        return OriginalityIndex(
            unite_steps(file["intervals"], file["growths"]),
            pieces=[KnownPiece(*words) for words in about["pieces"]],
            first_steps=file["first_steps"],
            limits={
                group: {int(bars): notes for bars, notes in lengths.items()}
                for group, lengths in about["limits"].items()
            },
        )


@cache
def load_index() -> OriginalityIndex:
    """The index that ships; read once."""
    return read_index(INDEX_FILE)
