"""Votes, and what comes of them.

A ballot is what one person has chosen, as JSON has it:

    one, approval   [3] or [3, 5]         entries, for one vote at most one
    ranking         [5, 3, 1]             the best first; the first of n entries gets n - 1 points, the next n - 2 ...
                                          (Borda's count: https://en.wikipedia.org/wiki/Borda_count)
    pairs           [[3, 5, 3], ...]      two entries and the better one, 0 where neither was; the share of comparisons
                                          won, as if each entry had won one and lost one besides (Laplace), so that a
                                          single comparison does not make a winner

Promises: the order in which entries or ballots come changes nothing; nobody's own entry counts on their ballot; entries
that are out count nowhere, and those with the same score share their place. Not covered: who may vote when.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from bot.challenges.plan import Voting

Ballot = Sequence[Any]


@dataclass(frozen=True, kw_only=True)
class Standing:
    """place: 1 for the best, the same for the same score. votes: ballots that name the entry."""

    number: int
    place: int
    score: Fraction
    votes: int


def tally(voting: Voting, ballots: Mapping[str, Ballot], owners: Mapping[int, str | None]) -> tuple[Standing, ...]:
    """From the best to the last; nothing if nobody voted. owners: of the entries that are in, by number."""
    counted = [
        _counted(voting, ballot, {number for number, owner in owners.items() if owner != voter})
        for voter, ballot in ballots.items()
    ]
    counted = [ballot for ballot in counted if ballot]
    if not counted:
        return ()
    scores = _SCORES[voting](counted, sorted(owners))
    votes = {number: sum(number in _named(voting, ballot) for ballot in counted) for number in owners}
    ordered = sorted(owners, key=lambda number: (-scores[number], number))
    return tuple(
        Standing(
            number=number,
            place=1 + sum(scores[other] > scores[number] for other in owners),
            score=scores[number],
            votes=votes[number],
        )
        for number in ordered
    )


def chosen(voting: Voting, ballot: Ballot, number: int) -> list[Any]:
    """The ballot after somebody has chosen an entry; choosing it again changes nothing. Not for pairs."""
    if voting == "one":
        return [number]
    return list(ballot) if number in ballot else [*ballot, number]


def compared(ballot: Ballot, first: int, second: int, better: int) -> list[list[int]]:
    """The ballot after a comparison; the same two again replace what was said of them."""
    low, high = sorted((first, second))
    others = [list(pair) for pair in ballot if list(pair[:2]) != [low, high]]
    return [*others, [low, high, better]]


def without(voting: Voting, ballot: Ballot, number: int) -> list[Any]:
    """The ballot without an entry."""
    if voting == "pairs":
        return [list(pair) for pair in ballot if number not in pair[:2]]
    return [one for one in ballot if one != number]


def _counted(voting: Voting, ballot: Ballot, allowed: set[int]) -> list[Any]:
    if voting == "pairs":
        return [list(pair) for pair in ballot if {pair[0], pair[1]} <= allowed and pair[2] in (0, pair[0], pair[1])]
    found = list(dict.fromkeys(number for number in ballot if number in allowed))
    return found[:1] if voting == "one" else found


def _named(voting: Voting, ballot: Ballot) -> set[int]:
    if voting == "pairs":
        return {number for pair in ballot for number in pair[:2]}
    return set(ballot)


def _count(ballots: Sequence[Ballot], numbers: Sequence[int]) -> dict[int, Fraction]:
    return {number: Fraction(sum(number in ballot for ballot in ballots)) for number in numbers}


def _borda(ballots: Sequence[Ballot], numbers: Sequence[int]) -> dict[int, Fraction]:
    scores = dict.fromkeys(numbers, Fraction(0))
    for ballot in ballots:
        for place, number in enumerate(ballot, start=1):
            scores[number] += len(numbers) - place
    return scores


def _share_won(ballots: Sequence[Ballot], numbers: Sequence[int]) -> dict[int, Fraction]:
    won, met = dict.fromkeys(numbers, Fraction(1)), dict.fromkeys(numbers, 2)
    for first, second, better in (pair for ballot in ballots for pair in ballot):
        for number in (first, second):
            met[number] += 1
            won[number] += Fraction(1, 2) if better == 0 else int(better == number)
    return {number: won[number] / met[number] for number in numbers}


_SCORES = {"one": _count, "approval": _count, "ranking": _borda, "pairs": _share_won}
