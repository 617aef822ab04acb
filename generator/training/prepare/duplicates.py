"""Pieces that are the same music, in whatever key and tempo.

A *sketch* is what a piece's melodies are made of: all runs of 8 intervals between the notes that a voice strikes one
after the other, half of them, chosen by their content, so that two sketches can be compared.
Promises: a transposed copy has the same sketch. Not covered: arrangements whose voices are distributed otherwise.
"""

import zlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from generator.critic.sounding import sounding_notes
from generator.errors import NotationError
from generator.notation import Tune

RUN_INTERVALS = 8
KEPT_SHARE = 2  # one run in so many
LARGEST_INTERVAL = 60
FEWEST_SHARED = 4  # runs; fewer say nothing
SAME = 0.75  # of the smaller sketch: the same piece
RELATED = 0.4  # versions, excerpts: one work
COMMONPLACE = 40  # a run that so many pieces have is a figure, not a melody


@dataclass(frozen=True)
class Likeness:
    """Two pieces by their numbers, and what share of the smaller one's sketch they have in common."""

    first: int
    second: int
    share: float


def sketch(tune: Tune) -> frozenset[int]:
    """The numbers of the runs that were chosen; empty for a tune whose notes cannot be read."""
    try:
        melodies = _melodies(tune)
    except NotationError:
        return frozenset()
    runs: set[int] = set()
    for pitches in melodies:
        steps = bytes(
            min(max(after - before, -LARGEST_INTERVAL), LARGEST_INTERVAL) + LARGEST_INTERVAL
            for before, after in pairwise(pitches)
        )
        for start in range(len(steps) - RUN_INTERVALS + 1):
            run = steps[start : start + RUN_INTERVALS]
            if len(set(run)) > 1:  # repeated notes and chromatic scales are in every piece
                runs.add(zlib.crc32(run))
    return frozenset(run for run in runs if run % KEPT_SHARE == 0)


def _melodies(tune: Tune) -> list[list[int]]:
    """The struck notes of each voice, the highest of a chord."""
    melodies: dict[str, dict[object, int]] = defaultdict(dict)
    for note in sounding_notes(tune):
        if note.length and not note.held:
            melody = melodies[note.voice]
            melody[note.start] = max(note.pitch, melody.get(note.start, 0))
    return [list(melody.values()) for melody in melodies.values()]


def find_alike(sketches: Sequence[frozenset[int]]) -> list[Likeness]:
    """All pairs that share at least what related pieces do, the most alike first."""
    holders: defaultdict[int, list[int]] = defaultdict(list)
    for number, runs in enumerate(sketches):
        for run in runs:
            holders[run].append(number)
    shared: Counter[tuple[int, int]] = Counter()
    for numbers in holders.values():
        if 1 < len(numbers) <= COMMONPLACE:
            shared.update((one, other) for place, one in enumerate(numbers) for other in numbers[place + 1 :])
    alike = [
        Likeness(one, other, count / min(len(sketches[one]), len(sketches[other])))
        for (one, other), count in shared.items()
        if count >= FEWEST_SHARED
    ]
    return sorted(
        (pair for pair in alike if pair.share >= RELATED), key=lambda pair: (-pair.share, pair.first, pair.second)
    )
