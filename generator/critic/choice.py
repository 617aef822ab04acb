"""Which of several candidates is delivered, and what is not delivered at all.

Promises: of the candidates that copy no training piece and can be played, the one that the critic likes best wins; the
first of equals. If there is none, the piece is composed again with new seeds, `MOST_ROUNDS` times at most in all
(`MOST_ROUNDS_TO_PLAY` if it is only that nobody can play them); then the one that can be played best, or exceeds its
limit least, is delivered and says so. Seeds of candidates and rounds follow from the request's seed alone.
Not covered: what is measured and how (`judge.py`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from generator.critic.judgement import Judgement

MOST_ROUNDS = 5
MOST_ROUNDS_TO_PLAY = 3  # the guard holds back what cannot be played: where it does not, more tries hardly help


@dataclass(frozen=True)
class Choice:
    """How a piece was chosen. judgements: of every candidate in the order of composing; winner counts from 1 in it."""

    winner: int
    judgements: tuple[Judgement, ...]

    @property
    def won(self) -> Judgement:
        """That of the piece which is delivered."""
        return self.judgements[self.winner - 1]

    def to_json(self) -> dict[str, Any]:
        """For the `.json` beside a piece."""
        return {"winner": self.winner, "candidates": [judgement.to_json() for judgement in self.judgements]}


def candidate_seeds(seed: int, *, candidates: int, round_number: int) -> list[int]:
    """The seeds of one round, counted from 1; the first candidate of the first round has the request's own."""
    numbers = range((round_number - 1) * candidates, round_number * candidates)
    return [seed if number == 0 else _derived_seed(seed, number) for number in numbers]


def _derived_seed(seed: int, number: int) -> int:
    """A seed that depends on both numbers, 0 to 2**63 - 1."""
    digest = hashlib.blake2b(f"{seed}/{number}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) >> 1


def is_enough(judgements: Sequence[Judgement], *, rounds: int) -> bool:
    """Whether one of the candidates of so many rounds is to be delivered."""
    if any(not judgement.is_faulty for judgement in judgements):
        return True
    return rounds >= MOST_ROUNDS_TO_PLAY and any(not judgement.copied for judgement in judgements)


def best_of(judgements: Sequence[Judgement]) -> int:
    """The place of the best, counted from 0: one that copies nothing if there is one, then the one that can be played
    best, then the best liked.
    """
    original = [place for place, judgement in enumerate(judgements) if not judgement.copied]
    if original:
        return max(original, key=lambda place: (-judgements[place].unplayable, judgements[place].liking))
    return min(range(len(judgements)), key=lambda place: judgements[place].excess)
