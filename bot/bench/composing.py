"""Composing with the model that ships, all guards on, one candidate: piano pieces one by one and 16 at once.

What is counted begins when all is loaded and a first short piece is there. Also whether a seed gives the same piece
whatever is composed beside it.
"""

from __future__ import annotations

from pathlib import Path

from bot.bench.figure import Figure
from bot.bench.turns import Turn, Turns, Versions, run_script

MANY = 16
OTHER_SLOTS = (4, 64)  # of which only is asked whether the pieces stay the same


def measure_composing(
    versions: Versions, *, rounds: int, pieces: int, bars: int = 16, weights: Path | None = None
) -> list[Figure]:
    """pieces: in each turn; other seeds in each round. weights: a model for both, if not the one that ships."""
    usual = {"candidates": "1", **({} if weights is None else {"weights": str(weights)})}

    def turn(version: Path, slots: int, number: int) -> Turn:
        return run_script(version, "composing", pieces, bars, 1 + number * pieces, slots=str(slots), **usual)

    turns = {1: Turns(), MANY: Turns()}
    for number in range(rounds):
        for slots, so_far in turns.items():
            for version, done in versions.in_turn(number, so_far):
                done.append(turn(version, slots, number))
    figures = []
    for slots, words in ((1, "one by one"), (MANY, f"{MANY} slots")):
        what = f"a piece of {bars} bars, {words}: processor time"
        figures.append(turns[slots].figure(what, "s", lambda one: float(one.found["processor_s"]) / pieces))
        what = f"the same for each patch that was drawn, {words}"
        figures.append(
            turns[slots].figure(what, "ms", lambda one: 1000 * float(one.found["processor_s"]) / one.found["patches"])
        )
    figures.append(
        Figure(
            name=f"pieces in the same processor time, {MANY} slots beside one by one",
            unit="×",
            now=_times(turns[1].now, turns[MANY].now),
            before=_times(turns[1].before, turns[MANY].before),
        )
    )
    same = [turns[slots].now[0] for slots in turns] + [turn(versions.now, slots, 0) for slots in OTHER_SLOTS]
    equal = sum(len(set(each)) == 1 for each in zip(*(one.found["pieces"] for one in same), strict=True))
    every = ", ".join(map(str, sorted((*turns, *OTHER_SLOTS))))
    return [
        *figures,
        Figure(name=f"of {pieces} pieces the same with {every} slots", unit="pieces", now=(float(equal),)),
    ]


def _times(alone: list[Turn], many: list[Turn]) -> tuple[float, ...]:
    pairs = zip(alone, many, strict=True)
    return tuple(one.found["processor_s"] / other.found["processor_s"] for one, other in pairs)
