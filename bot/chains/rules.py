"""How a chain is played: who may write how often, whose turn comes next, when it is over.

    gathering → playing → over        with nobody to play, or no bars, it is over without a score

Everybody writes once a round, in the order in which they joined. One whose time runs out is skipped and keeps their
turns of later rounds; one who leaves gets none any more, and their bars stay. One alone writes all turns that were
planned for the others; where of several only one is left, they go on as long as somebody else wrote last.
Promises: whose turn it is follows from players and turns alone. Not covered: times (`bot.jobs.chaining`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, Self

Stage = Literal["gathering", "playing", "over"]
PlayerState = Literal["in", "left"]
Outcome = Literal["written", "slept", "left", "ended"]
How = Literal["take", "words", "file"]

FEWEST_PLAYERS, MOST_PLAYERS, USUAL_PLAYERS = 1, 12, 4
FEWEST_BARS, MOST_BARS, USUAL_BARS = 1, 8, 4
MOST_ROUNDS = 4
SEEN_BARS = 2
SHORTEST_TURN_S, LONGEST_TURN_S, USUAL_TURN_S = 5.0, 14 * 86_400.0, 86_400.0
GATHER_S = 7 * 86_400.0  # then whoever has joined plays
MOST_NAME_CHARS = 40


@dataclass(frozen=True, kw_only=True)
class ChainPlan:
    """players: at most so many; bars: of a turn; turn_s: how long it may take. Raises ValueError."""

    players: int = USUAL_PLAYERS
    bars: int = USUAL_BARS
    rounds: int = 1
    turn_s: float = USUAL_TURN_S
    gather_s: float = GATHER_S
    seed: int = 0

    def __post_init__(self) -> None:
        if not FEWEST_PLAYERS <= self.players <= MOST_PLAYERS or not FEWEST_BARS <= self.bars <= MOST_BARS:
            raise ValueError("players or bars")
        if not 1 <= self.rounds <= MOST_ROUNDS or not SHORTEST_TURN_S <= self.turn_s <= LONGEST_TURN_S:
            raise ValueError("rounds or time")

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """What `to_json` wrote; what another version adds is left out."""
        return cls(**{field.name: values[field.name] for field in fields(cls) if field.name in values})


def next_place(plan: ChainPlan, states: Sequence[PlayerState], turns: Sequence[int], *, last: int | None) -> int | None:
    """Who writes next, by place; None if nobody does.

    states: of the players, by place; turns: how many each has had; last: whose bars stand last, None before the first.
    """
    each = plan.rounds if len(states) > 1 else plan.rounds * max(1, plan.players)
    waiting = [place for place, state in enumerate(states) if state == "in" and turns[place] < each]
    if not waiting or (len(states) > 1 and waiting == [last]):
        return None
    return min(waiting, key=lambda place: (turns[place], place))


def turns_left(plan: ChainPlan, states: Sequence[PlayerState], turns: Sequence[int]) -> int:
    """How many turns are still to come, if nobody leaves; those that are on count."""
    each = plan.rounds if len(states) > 1 else plan.rounds * max(1, plan.players)
    return sum(max(0, each - turns[place]) for place, state in enumerate(states) if state == "in")
