"""Who has won how often, and how many challenges in a row somebody has entered: a server's hall of fame.

An honour is what one person has of one challenge that is over: their best place in it. Challenges of a series are one
row of them, those that were held once are another; a challenge that nobody entered is none.

Promises: the order in which honours come changes nothing; places need rivals, so who was alone has entered and has
not won. Not covered: what somebody is called, and who may read this.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

PODIUM = 3
LEAST_STREAK = 2  # below that there is nothing to tell of


@dataclass(frozen=True, kw_only=True)
class Honour:
    """What one person has of one challenge. series: "" for one that was held once. name: as they were called there.

    piece: their best entry. place: 1 for the best, None where nobody voted or nobody else took part. votes: ballots
    that name one of their entries. over: when it was closed, in seconds since 1970.
    """

    challenge: str
    person: str
    scope: str
    series: str
    theme: str
    name: str
    piece: str
    place: int | None
    votes: int
    over: float


@dataclass(frozen=True, kw_only=True)
class Streak:
    """now: challenges in a row up to the newest; best: the longest row there was."""

    now: int = 0
    best: int = 0


@dataclass(frozen=True, kw_only=True)
class Fame:
    """All that somebody has. rank: 1 for the best, the same for the same. newest: their newest honour."""

    rank: int
    person: str
    wins: int
    podiums: int
    entered: int
    votes: int
    streak: Streak
    newest: Honour


def famous(honours: Sequence[Honour]) -> tuple[Fame, ...]:
    """The best first: by wins, then places on the podium, then challenges."""
    by_person: dict[str, list[Honour]] = defaultdict(list)
    for honour in honours:
        by_person[honour.person].append(honour)
    rows = streaks(honours)
    merits = {person: _merits(mine) for person, mine in by_person.items()}
    ordered = sorted(merits, key=lambda person: ([-merit for merit in merits[person]], person))
    return tuple(
        Fame(
            rank=1 + sum(merits[other] > merits[person] for other in merits),
            person=person,
            wins=merits[person][0],
            podiums=merits[person][1],
            entered=merits[person][2],
            votes=sum(honour.votes for honour in by_person[person]),
            streak=rows[person],
            newest=max(by_person[person], key=_when),
        )
        for person in ordered
    )


def streaks(honours: Iterable[Honour]) -> Mapping[str, Streak]:
    """Of each person the longest of any row of challenges."""
    by_series: dict[str, list[Honour]] = defaultdict(list)
    for honour in honours:
        by_series[honour.series].append(honour)
    found: dict[str, Streak] = defaultdict(Streak)
    for row in by_series.values():
        held = list(dict.fromkeys(honour.challenge for honour in sorted(row, key=_when)))
        for person in {honour.person for honour in row}:
            streak = _streak(held, {honour.challenge for honour in row if honour.person == person})
            before = found[person]
            found[person] = Streak(now=max(before.now, streak.now), best=max(before.best, streak.best))
    return found


def _merits(honours: Sequence[Honour]) -> tuple[int, int, int]:
    """Wins, places on the podium, challenges."""
    places = [honour.place for honour in honours if honour.place is not None]
    return sum(place == 1 for place in places), sum(place <= PODIUM for place in places), len(honours)


def _streak(held: Sequence[str], entered: set[str]) -> Streak:
    now = best = 0
    for challenge in held:
        now = now + 1 if challenge in entered else 0
        best = max(best, now)
    return Streak(now=now, best=best)


def _when(honour: Honour) -> tuple[float, str]:
    return honour.over, honour.challenge
