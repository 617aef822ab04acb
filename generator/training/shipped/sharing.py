"""How much human pieces of different works share with each other: what originality is measured against.

How: all melodies are sorted at once as suffixes are, by doubling (Manber and Myers, 1990), so that every step's longest
run in any other work stands next to it. Pieces that share most of their notes are versions of one work, whatever they
are called, and are not compared; nor is a piece with what is not in the index.
Not covered: runs of 1,024 steps and more count as 1,023.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.critic.originality_melody import SEPARATOR, Melody, Places, Steps, count_notes, join_melodies, last_turns
from generator.critic.originality_search import outermost

EXCERPT_BARS = (8, 16, 32)
MOST_EXCERPTS = 4  # of one piece and length
PERCENTILE = 99
FEWEST_EXCERPTS = 200  # of fewer, the 99th percentile is little more than the largest
FEWEST_WORKS = 20
FEWEST_NOTES = 12  # shorter runs do not tell that two pieces are one work
SAME_WORK_SHARE = 0.3  # of a piece's steps; one voice of a chorale, which many share, is a quarter
MOST_ROUNDS = 8
DOUBLINGS = 9


@dataclass(frozen=True, kw_only=True)
class HumanPiece:
    """One piece. groups: the names of those it belongs to, the narrowest first; indexed: whether it is in the index."""

    melodies: Sequence[Melody]
    bars: int
    work: str
    groups: Sequence[str]
    indexed: bool


@dataclass(frozen=True)
class Excerpt:
    """What one excerpt shares with another work: the notes of the longest run."""

    piece: int
    bars: int
    notes: int


class Melodies:
    """The melodies of all pieces in one row. piece_of, end_of: for each step its piece, and where its melody ends."""

    def __init__(self, pieces: Sequence[HumanPiece]) -> None:
        self.steps, self.bars = join_melodies(melody for piece in pieces for melody in piece.melodies)
        lengths = [sum(len(melody) + 1 for melody in piece.melodies) for piece in pieces]
        lengths[0] += 1  # the separator before all
        self.piece_of = np.repeat(np.arange(len(pieces)), lengths)
        self.first_of = np.concatenate([[0], np.cumsum(lengths)])
        separators = np.flatnonzero(self.steps == SEPARATOR)
        self.end_of = separators[np.searchsorted(separators, np.arange(len(self.steps)))]
        self.seen = last_turns(self.steps)
        self.order, self._ranks = sort_suffixes(self.steps)

    def longest_runs(self, works: NDArray[np.int64], indexed: NDArray[np.bool_]) -> tuple[Places, Places]:
        """For each step how long the longest run from there is that an indexed piece of another work has, and where.

        works, indexed: for each piece. Place -1: there is none.
        """
        lengths = np.zeros(len(self.steps), np.int64)
        partners = np.full(len(self.steps), -1, np.int64)
        may_be_met = indexed[self.piece_of] & (self.steps != SEPARATOR)
        for order in (self.order, self.order[::-1]):
            here, there = neighbours(order, works[self.piece_of], may_be_met)
            same = np.minimum(self._same_steps(here, there), self.end_of[here] - here)
            longer = same > lengths[here]
            lengths[here[longer]], partners[here[longer]] = same[longer], there[longer]
        return lengths, partners

    def _same_steps(self, here: Places, there: Places) -> Places:
        """How many steps are the same from two places on."""
        here, there, lengths = here.copy(), there.copy(), np.zeros(len(here), np.int64)
        for doubling, ranks in reversed(list(enumerate(self._ranks))):
            same = ranks[here] == ranks[there]
            for places in (here, there, lengths):
                places[same] += 1 << doubling
        return lengths


def sort_suffixes(steps: Steps) -> tuple[Places, list[NDArray[np.int32]]]:
    """The places in the order of what follows there, and their ranks by the first 1, 2, 4 … 512 steps.

    Ranks are (steps + 1024,), padded with numbers that are equal to no other.
    """
    padding = -1 - np.arange(1 << (DOUBLINGS + 1), dtype=np.int32)
    ranks = [np.concatenate([steps.astype(np.int32), padding])]
    order = np.argsort(steps, kind="stable")
    for doubling in range(DOUBLINGS):
        now = ranks[-1].astype(np.int64)
        pairs = (now[: len(steps)] << 32) + now[1 << doubling :][: len(steps)]
        order = np.argsort(pairs, kind="stable")
        new = np.empty(len(steps), np.int32)
        new[order] = np.concatenate([[0], np.cumsum(np.diff(pairs[order]) != 0)])
        ranks.append(np.concatenate([new, padding]))
    return order, ranks


def neighbours(order: Places, works: NDArray[np.int64], may_be_met: NDArray[np.bool_]) -> tuple[Places, Places]:
    """For each place the last before it in `order` that may be met and is of another work.

    Places without one are left out. works, may_be_met: for each place.
    """
    met = order[may_be_met[order]]
    stretch = np.zeros(len(met), np.int64)  # where the stretch of one work begins
    changes = np.flatnonzero(np.diff(works[met])) + 1
    stretch[changes] = changes
    stretch = np.maximum.accumulate(stretch)
    before = np.searchsorted(np.flatnonzero(may_be_met[order]), np.arange(len(order))) - 1
    own = (before >= 0) & (works[met[before]] == works[order])
    before = np.where(own, stretch[before] - 1, before)
    return order[before >= 0], met[before[before >= 0]]


# --- versions of one work -------------------------------------------------------------------------------------------


def merge_versions(pieces: Sequence[HumanPiece], melodies: Melodies) -> NDArray[np.int64]:
    """A number of the work of each piece; the same for pieces that share most of their notes."""
    names = list(dict.fromkeys(piece.work for piece in pieces))
    number = {name: place for place, name in enumerate(names)}
    works = np.array([number[piece.work] for piece in pieces])
    everything = np.ones(len(pieces), np.bool_)
    for _ in range(MOST_ROUNDS):
        pairs = sorted(same_pieces(melodies, *melodies.longest_runs(works, everything)))
        if not pairs:
            break
        for one, other in pairs:
            works[works == works[one]] = works[other]
    return works


def same_pieces(melodies: Melodies, lengths: Places, partners: Places) -> Iterator[tuple[int, int]]:
    """Pairs of pieces of which the first has more than SAME_WORK_SHARE of its steps from the second."""
    starts, ends, theirs = outermost_runs(lengths, partners)
    shared: dict[tuple[int, int], int] = defaultdict(int)
    reached: dict[tuple[int, int], int] = defaultdict(int)
    for start, end, place in zip(starts.tolist(), ends.tolist(), theirs.tolist(), strict=True):
        if count_notes(melodies.seen, start, end) >= FEWEST_NOTES:
            pair = int(melodies.piece_of[start]), int(melodies.piece_of[place])
            shared[pair] += end - max(start, reached[pair])
            reached[pair] = end
    size = np.diff(melodies.first_of)
    return (pair for pair, steps in shared.items() if steps > SAME_WORK_SHARE * size[pair[0]])


def outermost_runs(lengths: Places, partners: Places) -> tuple[Places, Places, Places]:
    """Start, end and partner of the runs that may be long enough to tell something."""
    starts = np.flatnonzero(lengths >= FEWEST_NOTES - 1)
    return outermost(starts, starts + lengths[starts], partners[starts])


# --- limits ---------------------------------------------------------------------------------------------------------


def measure_limits(
    pieces: Sequence[HumanPiece], excerpts: Sequence[Excerpt], works: NDArray[np.int64]
) -> dict[str, dict[int, int]]:
    """The 99th percentile of shared notes, by group and length of the excerpts, where there are enough."""
    found: dict[tuple[str, int], list[Excerpt]] = defaultdict(list)
    for one in excerpts:
        for group in pieces[one.piece].groups:
            found[group, one.bars].append(one)
    limits: dict[str, dict[int, int]] = defaultdict(dict)
    for (group, bars), these in sorted(found.items()):
        if len(these) >= FEWEST_EXCERPTS and len({int(works[one.piece]) for one in these}) >= FEWEST_WORKS:
            limits[group][bars] = int(np.percentile([one.notes for one in these], PERCENTILE, method="higher"))
    return dict(limits)


def compare_excerpts(
    pieces: Sequence[HumanPiece], melodies: Melodies, works: NDArray[np.int64], *, seed: int
) -> list[Excerpt]:
    """What excerpts of all pieces share with the indexed pieces of other works. seed: decides which bars are taken."""
    lengths, _ = melodies.longest_runs(works, np.array([piece.indexed for piece in pieces]))
    rng = np.random.default_rng(seed)
    excerpts = []
    for number, piece in enumerate(pieces):
        for bars in EXCERPT_BARS:
            for part in sorted(rng.permutation(piece.bars // bars)[:MOST_EXCERPTS].tolist()):
                span = range(part * bars, (part + 1) * bars)
                excerpts.append(Excerpt(number, bars, longest_within(melodies, number, span, lengths)))
    return excerpts


def longest_within(melodies: Melodies, piece: int, span: range, lengths: Places) -> int:
    """Notes of the longest run within some bars of a piece; 0 where the bars have no melody."""
    first, last = melodies.first_of[piece], melodies.first_of[piece + 1]
    bars = melodies.bars[first:last]
    inside = (bars >= span.start) & (bars < span.stop)
    starts = first + np.flatnonzero(inside)
    outside = np.concatenate([first + np.flatnonzero(~inside), [last]])
    ends = np.minimum(starts + lengths[starts], outside[np.searchsorted(outside, starts)])
    starts, ends, _ = outermost(starts, ends, starts)
    longest = 0
    for start, end in sorted(zip(starts.tolist(), ends.tolist(), strict=True), key=lambda run: run[0] - run[1]):
        if end - start < longest:
            break  # no run has more notes than steps and one
        notes = count_notes(melodies.seen, start, end)
        if end > start:
            longest = max(longest, notes)
    return longest
