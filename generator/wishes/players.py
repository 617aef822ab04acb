"""Who plays, of all the ensembles and instruments that somebody names in one breath.

Promises: what is said twice plays once ("piano duet, four hands"), what is listed twice plays twice ("violin, violin,
viola"); an ensemble and the instruments beside it are one group. Not covered: whether a style has music for them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from generator.catalogue.vocabulary import Meaning

SINGERS = frozenset({"soprano", "mezzo", "alto", "tenor", "baritone", "bass", "voice"})


@dataclass(frozen=True)
class Named:
    """A meaning and the words that have it. level: what it is given up as; key: the words in plain letters.

    place: of its first token, -1 for what no word says by itself; follows: it stands in a list right behind another.
    nation: of somebody whom we do not have, where it is another than that of whom he is near to.
    """

    meaning: Meaning
    words: str
    level: str
    key: str = ""
    place: int = -1
    follows: bool = False
    nation: str = ""

    def __hash__(self) -> int:
        return hash((self.words, self.level, self.key, self.place, self.meaning.label))


def united(named: list[Named], generic: frozenset[str]) -> list[Named]:
    """Ensembles and the instruments that are named beside them as one: "clarinet trio with cello and piano" are three.

    "Trio" alone says nothing where others than its usual players are named; where an orchestra plays, soloists belong.
    """
    players = [player for one in named for player in one.meaning.players]
    if all(player in SINGERS for player in players) and len(players) > 1:
        named = [one for one in named if not _is_sacred(one)]  # a mass for four voices
    if any(_is_orchestral(one.meaning) for one in named):
        return [one for one in named if not one.meaning.players]
    playing = [one for one in named if one.meaning.players]
    ensembles = [one for one in playing if len(set(one.meaning.players)) > 1]
    singles = [one for one in playing if one not in ensembles]
    counted = _counted(singles)
    loose = [one for one in ensembles if one.key in generic and _is_said_otherwise(one, counted)]
    # "woodwind trio of flute, oboe and clarinet": the list says who the three are.
    loose += [one for one in ensembles if one not in loose and len(one.meaning.players) == counted.total()]
    ensembles = [one for one in ensembles if one not in loose]
    named = [one for one in named if one not in loose]
    if not singles or len(ensembles) + len(singles) < 2:
        return named
    together: Counter[str] = Counter()
    for one in ensembles:
        together |= Counter(one.meaning.players)
    together |= counted
    if together == _sum([*ensembles, *singles]):
        return named
    first = next(one for one in named if one.meaning.players)
    is_group = sum(together.values()) > 1
    whole = replace(
        first,
        meaning=replace(first.meaning, players=tuple(together.elements()), alone=first.meaning.alone and not is_group),
    )
    return [whole if one is first else one for one in named if one is first or not one.meaning.players]


def _is_said_otherwise(ensemble: Named, counted: Counter[str]) -> bool:
    """Whether those who are named are no part of the usual players, or as many: "duet for two cellos"."""
    usual = Counter(ensemble.meaning.players)
    return bool(counted) and (not set(counted) <= set(usual) or (counted.total() >= usual.total() and counted != usual))


def _counted(singles: Sequence[Named]) -> Counter[str]:
    """How many of each instrument: as a number says, or as often as it stands in one list."""
    most: Counter[str] = Counter()
    listed: Counter[str] = Counter()
    for one in singles:
        if len(one.meaning.players) > 1:
            most |= Counter(one.meaning.players)
            continue
        player = one.meaning.players[0]
        if one.place < 0:  # stands in for what nothing can be written for
            most[player] = max(most[player], 1)
            continue
        if not one.follows:
            listed[player] = 0
        listed[player] += 1
        most[player] = max(most[player], listed[player])
    return most


def _sum(named: Sequence[Named]) -> Counter[str]:
    return Counter(player for one in named for player in one.meaning.players)


def _is_sacred(one: Named) -> bool:
    """Whether it is a form for voices and orchestra, and no orchestra is named."""
    styles = [style.instrumentation for style in one.meaning.weights]
    is_form = bool(styles) and set(styles) == {"Vocal-Orchestral"} and not one.meaning.players
    return is_form and not any(word in one.words.casefold() for word in ("orch", "乐"))


def _is_orchestral(meaning: Meaning) -> bool:
    orchestral = ("Orchestral", "Vocal-Orchestral")
    return (
        meaning.kind == "instrumentation"
        and not meaning.players
        and bool(meaning.weights)
        and all(style.instrumentation in orchestral for style in meaning.weights)
    )
