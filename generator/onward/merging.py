"""Two tunes that were made from the same one, put together bar by bar.

Promises: a bar that only one of them changed is that one's, character for character; every other bar is as it was. What
both changed, each in its own way, is named, and so are bars of theirs that would break a tie, a slur or a length beside
mine; there one of the two is taken whole. Where key, metre or voices differ nothing goes together but tempo.
Not covered: who made them.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from generator.notation import Header, Tune
from generator.onward.joins import BROKEN, Fault, faults_at_joins

NAMES = ("X:", "T:", "C:")
APART = (*NAMES, "%")  # what is written about a tune, not in it
TEMPO = "Q:"


@dataclass(frozen=True, kw_only=True)
class Merged:
    """tune: under the head of mine; mine, theirs: the bars that are taken from each, from 1; clashes: the bars in which
    they do not go together, from 1, all that differ where the heads do not.
    """

    tune: Tune
    mine: tuple[int, ...]
    theirs: tuple[int, ...]
    clashes: tuple[int, ...] = ()


def merge(base: Tune, mine: Tune, theirs: Tune, *, take: str = "") -> Merged:
    """take: whose bars stand where they clash, "mine" or "theirs"; without it those of mine, and the clashes are named.

    Nothing is strict about voice leading here: both have been written to fit what stood beside them.
    """
    own, other = _changed(base, mine), _changed(base, theirs)
    if not _heads_go_together(base, mine, theirs, other):
        return _whole(mine, theirs, own, other, take=take)
    usual = {*_broken(mine, own, base), *_broken(theirs, other, base)}
    clashes = {number for number in own & other if _bar(mine, number) != _bar(theirs, number)}
    while True:
        taken = _theirs(own, other, clashes, take=take)
        tune = _built(base, mine, theirs, taken)
        broken = [fault.bar for fault in _broken(tune, _changed(base, tune), base) if fault not in usual]
        beside = {number for bar in broken for number in (bar - 1, bar, bar + 1)}
        if (beside & (own | other)) <= clashes:
            break
        clashes |= beside & (own | other)  # together they break what neither breaks alone
    return Merged(tune=tune, mine=_numbers(own - taken), theirs=_numbers(taken), clashes=_numbers(clashes))


def _whole(mine: Tune, theirs: Tune, own: set[int], other: set[int], *, take: str) -> Merged:
    """One of the two as it is, under the title of mine."""
    clashes = _numbers(own | other) or (1,)
    if take == "theirs":
        tune = replace(theirs, header=_named_like(theirs.header, mine.header))
        return Merged(tune=tune, mine=(), theirs=_numbers(other), clashes=clashes)
    return Merged(tune=mine, mine=_numbers(own), theirs=(), clashes=clashes)


def _numbers(bars: Collection[int]) -> tuple[int, ...]:
    return tuple(number + 1 for number in sorted(bars))


def _theirs(own: set[int], other: set[int], clashes: set[int], *, take: str) -> set[int]:
    """The bars that are taken from them."""
    return (other - own - clashes) | (clashes if take == "theirs" else set())


def _broken(tune: Tune, new: Collection[int], before: Tune) -> list[Fault]:
    found = faults_at_joins(tune, new, before=before, strict=False)
    return [fault for fault in found if fault.rule in BROKEN]


def _built(base: Tune, mine: Tune, theirs: Tune, taken: Collection[int]) -> Tune:
    """Bars of theirs where they are taken, all others of mine; the tempo of whoever changed it."""
    length = max(len(mine.bars), len(theirs.bars))
    chosen = ((theirs if number in taken else mine, number) for number in range(length))
    bars = tuple(tune.bars[number] for tune, number in chosen if number < len(tune.bars))
    tempo = _tempo(theirs.header) if _tempo(mine.header) == _tempo(base.header) else _tempo(mine.header)
    return replace(mine, header=_with_tempo(mine.header, tempo), bars=bars)


def _changed(base: Tune, tune: Tune) -> set[int]:
    """The numbers, from 0, of bars that do not print as they did, are new, or are gone."""
    return {n for n in range(max(len(base.bars), len(tune.bars))) if _bar(base, n) != _bar(tune, n)}


def _bar(tune: Tune, number: int) -> str:
    """As it prints; "" for one that is not there."""
    return str(tune.bars[number]) if number < len(tune.bars) else ""


# --- heads -----------------------------------------------------------------------------------------------------------


def _heads_go_together(base: Tune, mine: Tune, theirs: Tune, other: Collection[int]) -> bool:
    """Whether bars of one can stand under the head of the other, and the tunes are as long or only one is longer."""
    was, is_mine, is_theirs = (_music(tune.header) for tune in (base, mine, theirs))
    if is_theirs != was or (is_mine != was and other):
        return False
    tempos = [_tempo(tune.header) for tune in (base, mine, theirs)]
    if tempos[1] != tempos[0] != tempos[2] and tempos[1] != tempos[2]:
        return False
    lengths = [len(tune.bars) for tune in (base, mine, theirs)]
    return min(lengths[1:]) >= lengths[0] and lengths[0] in lengths[1:]


def _music(header: Header) -> list[str]:
    """What of the head says how its bars are to be read."""
    return [line for line in header.lines if not line.startswith((*APART, TEMPO))]


def _tempo(header: Header) -> str:
    return next((line for line in header.lines if line.startswith(TEMPO)), "")


def _with_tempo(header: Header, tempo: str) -> Header:
    if tempo == _tempo(header):
        return header
    lines = [line for line in header.lines if not line.startswith(TEMPO)]
    at = next((place for place, line in enumerate(lines) if line.startswith(("M:", "K:"))), len(lines))
    return replace(header, lines=(*lines[:at], *([tempo] if tempo else []), *lines[at:]))


def _named_like(header: Header, named: Header) -> Header:
    """The head with the title and the names of another."""
    about = [line for line in named.lines if line.startswith(NAMES)]
    return replace(header, lines=(*about, *(line for line in header.lines if not line.startswith(NAMES))))
