"""Which of several candidates is delivered, and what is not delivered at all.

Promises: of the candidates that copy no training piece, the one that the critic likes best wins; the first of equals.
If all copy, the piece is composed again with new seeds, `MOST_ROUNDS` times at most in all; then the one that exceeds
its limit least is delivered and says so. Seeds of candidates and rounds follow from the request's seed alone.
Not covered: what is measured and how (`generator.critic`). The critic is not loaded with this module.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from generator.catalogue.style import Style
from generator.notation import Tune

MOST_ROUNDS = 5


@dataclass(frozen=True)
class Verdict:
    """What the critic says about one candidate.

    seed: what it was composed with; liking: higher is nearer to human pieces of the style; shared_notes: the longest
    run of notes that it shares with a training piece; limit: how long a run real pieces share among themselves.
    """

    seed: int
    liking: float
    shared_notes: int
    limit: int

    @property
    def copied(self) -> bool:
        """Whether it shares more with a training piece than real pieces do with each other."""
        return self.shared_notes > self.limit

    @property
    def excess(self) -> int:
        """Shared notes beyond the limit."""
        return self.shared_notes - self.limit


@dataclass(frozen=True)
class Choice:
    """How a piece was chosen. verdicts: of every candidate in the order of composing; winner counts from 1 in it."""

    winner: int
    verdicts: tuple[Verdict, ...]

    @property
    def won(self) -> Verdict:
        """The verdict on the piece that is delivered."""
        return self.verdicts[self.winner - 1]

    def to_json(self) -> dict[str, Any]:
        """For the `.json` beside a piece."""
        candidates = [{**asdict(verdict), "copied": verdict.copied} for verdict in self.verdicts]
        return {"winner": self.winner, "candidates": candidates}


class Judge(Protocol):
    """Who says what a tune is worth. Both are called in threads, one call at a time."""

    def prepare(self) -> None:
        """Load what judging needs, so that the first piece does not wait for it."""

    def judge(self, tune: Tune, style: Style, *, seed: int) -> Verdict:
        """The verdict on a finished tune that was composed with this seed."""


class Critic:
    """The judge that ships: liking by `critic.human`, copies by `critic.originality`."""

    def prepare(self) -> None:
        """As Judge says."""
        from generator.critic.human import load_humans
        from generator.critic.originality import load_index

        load_humans()
        load_index()

    def judge(self, tune: Tune, style: Style, *, seed: int) -> Verdict:
        """As Judge says."""
        from generator.critic.features import measure
        from generator.critic.human import load_humans
        from generator.critic.originality import load_index

        originality = load_index().check(tune, style)
        liking = load_humans().liking(measure(tune), style)
        return Verdict(seed, liking, originality.notes, originality.limit)


def candidate_seeds(seed: int, *, candidates: int, round_number: int) -> list[int]:
    """The seeds of one round, counted from 1; the first candidate of the first round has the request's own."""
    numbers = range((round_number - 1) * candidates, round_number * candidates)
    return [seed if number == 0 else derived_seed(seed, number) for number in numbers]


def derived_seed(seed: int, number: int) -> int:
    """A seed that depends on both numbers, 0 to 2**63 - 1."""
    digest = hashlib.blake2b(f"{seed}/{number}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) >> 1


def best_of(verdicts: Sequence[Verdict]) -> int:
    """The place of the best, counted from 0: one that copies nothing if there is one, then the best liked."""
    original = [place for place, verdict in enumerate(verdicts) if not verdict.copied]
    if original:
        return max(original, key=lambda place: verdicts[place].liking)
    return min(range(len(verdicts)), key=lambda place: verdicts[place].excess)
