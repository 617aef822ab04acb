"""Let people with a hidden taste vote in duels between four settings, and count how often the intervals hold it.

    make measure NAME=duels
    make measure NAME=duels ARGS="--simulations 200 --voters 500 --duels 60"

Every piece is better or worse than its setting, and every person likes each setting more or less than others do, by
chance. What is to be found is what all people would say of all pieces. Exit code 1 if the four settings are not in
order in nine of ten simulations of the usual gathering, or fewer than 93 or more than 97 % of the intervals hold it.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bot.duels.ratings import Verdict, Vote, chances, fit, rate

HIDDEN = {"adventurous": 0.9, "default": 0.3, "conservative": -0.3, "wild": -0.9}
PAIRS = [(one, other) for one in range(len(HIDDEN)) for other in range(one + 1, len(HIDDEN))]
LOG_TIES = -0.5  # of two that are alike, a quarter of people say both or neither
NODES = 60
WANTED = (0.93, 0.97)
IN_ORDER = 0.9


@dataclass(frozen=True, kw_only=True)
class Gathering:
    """each: in how many duels a person votes. of_pieces, of_people: spreads, in the unit of strengths."""

    voters: int = 500
    duels: int = 48
    each: int = 4
    of_pieces: float = 0.4
    of_people: float = 0.4


@dataclass(frozen=True)
class Outcome:
    """covered: share of intervals that hold what is hidden; ordered: share of simulations in the right order."""

    covered: float
    ordered: float


GATHERINGS = {
    "500 voters, 48 duels": Gathering(),
    "pieces and people alike": Gathering(of_pieces=0.0, of_people=0.0),
    "pieces that differ much": Gathering(of_pieces=0.8),
    "one vote each": Gathering(each=1),
    "24 duels": Gathering(duels=24),
}


def hold_duels(gathering: Gathering, *, seed: int) -> Iterator[Vote]:
    """The votes of a gathering."""
    rng = np.random.default_rng(seed)
    strengths, names = np.array([*HIDDEN.values()]), list(HIDDEN)
    tastes = rng.normal(0, gathering.of_people, (gathering.voters, len(names)))
    pieces = rng.normal(0, gathering.of_pieces, (gathering.duels, 2))
    pairs = np.array([PAIRS[number % len(PAIRS)] for number in range(gathering.duels)])
    turned = rng.random(gathering.duels) < 0.5
    pairs[turned] = pairs[turned, ::-1]
    for voter, liked in enumerate(strengths + tastes):
        duels = rng.choice(gathering.duels, gathering.each, replace=False)
        a, b = pairs[duels].T
        shares = chances(liked[a] - liked[b] + pieces[duels, 0] - pieces[duels, 1], LOG_TIES).cumsum(axis=1)
        verdicts = (rng.random((len(duels), 1)) > shares).sum(axis=1)
        for duel, one, other, verdict in zip(duels, a, b, verdicts, strict=True):
            said: tuple[Verdict, ...] = ("a", "b", "both" if voter % 2 else "neither")
            yield Vote(duel=str(duel), voter=str(voter), a=names[one], b=names[other], verdict=said[int(verdict)])


def hidden_strengths(gathering: Gathering) -> np.ndarray:
    """What all people would say of all pieces, in the order of `HIDDEN`: by quadrature, without chance."""
    spread = np.sqrt(2 * gathering.of_pieces**2 + 2 * gathering.of_people**2)
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    strengths = np.array([*HIDDEN.values()])
    a, b = np.array(PAIRS).T
    outcomes = np.array(
        [
            (chances(strengths[one] - strengths[other] + spread * nodes, LOG_TIES) * weights[:, None]).sum(axis=0)
            for one, other in PAIRS
        ]
    )
    return fit((a, b, 1e6 * outcomes / weights.sum()), len(strengths))[0]


def gather(gathering: Gathering, *, simulations: int, seed: int) -> Outcome:
    """Rate the votes of as many gatherings."""
    hidden = dict(zip(HIDDEN, hidden_strengths(gathering), strict=True))
    right = sorted(HIDDEN, key=lambda name: -HIDDEN[name])
    held = in_order = 0
    for number in range(simulations):
        ratings = rate(hold_duels(gathering, seed=seed + number))
        in_order += [rating.name for rating in ratings] == right
        held += sum(
            bool(each.low is not None and each.low <= hidden[each.name] <= (each.high or 0)) for each in ratings
        )
    return Outcome(held / (simulations * len(HIDDEN)), in_order / simulations)


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="make measure NAME=duels", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--simulations", type=int, default=1000)
    parser.add_argument("--voters", type=int, default=500)
    parser.add_argument("--duels", type=int, help="of the first gathering")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    good = True
    for name, gathering in GATHERINGS.items():
        changed = replace(gathering, voters=given.voters, duels=given.duels or gathering.duels)
        outcome = gather(changed, simulations=given.simulations, seed=given.seed)
        print(f"{name}: {outcome.covered:.1%} of intervals hold, in order in {outcome.ordered:.1%}", flush=True)
        good = good and WANTED[0] <= outcome.covered <= WANTED[1]
        good = good and (name != next(iter(GATHERINGS)) or outcome.ordered >= IN_ORDER)
    return 0 if good else 1
