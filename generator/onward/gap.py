"""Bars between others, written anew so that they lead to what follows: several versions, drawn bar by bar.

A network reads from left to right and does not see where it has to arrive; one that was taught to reads what stands
behind the gap first (`FILL_PROMPT`). Each bar of a gap is drawn in PARTICLES versions; each is weighed by how likely it
makes the first bar behind the gap to a reader who has not seen that bar, and the next bar is drawn behind those that
weigh most, as often as they weigh (sequential Monte Carlo with one bar of look-ahead). The last bar of a gap is weighed
by the two bars behind it, and by how it joins on. Of the versions that break no rule at a join (`joins.py`) and weigh
nearly the same, the critic chooses.

Promises: the same seed gives the same bars; nothing outside the gap is touched. A gap at the end of a piece ends as a
composed piece does (`finale.py`).
A bar that changes metre, key or clef as it begins does so anew (`entering.py`).
Not covered: gaps longer than was taught (MOST_GAP_BARS), whose first bars are written without what follows; such
changes within a gap at the end of a piece.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from random import Random
from typing import Protocol

from generator.catalogue.style import Style
from generator.critic.choice import candidate_seeds
from generator.critic.judgement import Judgement
from generator.model.patches import MOST_BARS_BEHIND, MOST_GAP_BARS
from generator.notation import Bar, Tune
from generator.onward.aims import aim_nats
from generator.onward.entering import Entry
from generator.onward.reading import Reading
from generator.onward.weighing import draw_ancestors, join_nats
from generator.planning.stay import Stay
from generator.request import Counts, Progress, Request
from generator.writing.candidate import Candidate, Watch
from generator.writing.given import Given

PARTICLES = 8
BARS_SHOWN = MOST_BARS_BEHIND  # of what follows, to a network that reads them first
BARS_AHEAD = 2  # that the last bar of a gap is weighed by
NEAR_NATS = 1.0  # versions that weigh so little less than the best may be liked better
MOST_JUDGED = 3


class Scribe(Protocol):
    """What writing takes of the composer."""

    at_home: bool
    prompted: bool
    fills: bool

    def write(self, candidates: Sequence[Candidate], watch: Watch) -> AsyncGenerator[Progress, None]:
        """Have all of them written; Progress for every bar that all have finished."""

    async def judge_tune(self, tune: Tune, style: Style, *, seed: int) -> Judgement:
        """What the critic says about a whole tune."""


@dataclass(frozen=True, kw_only=True)
class Gap:
    """Bars first to last, counted from 0. stays: what of each bar stays nevertheless; the old bar itself is known.

    aim: what the new bars shall be like beside the old ones, as `aims.py` knows it; "" for nothing.
    """

    first: int
    last: int
    stays: Mapping[int, Stay] = field(default_factory=dict)
    aim: str = ""

    @property
    def bars(self) -> range:
        return range(self.first, self.last + 1)


@dataclass(frozen=True, kw_only=True)
class Version:
    """One version of a gap. bars: as the network has written them; nats: what speaks against it; counts: its work."""

    bars: tuple[Bar, ...] = ()
    nats: float = 0.0
    counts: Counts = field(default_factory=Counts)


async def fill_gap(
    scribe: Scribe, request: Request, reading: Reading, gap: Gap, *, particles: int | None = None, round_number: int = 1
) -> AsyncGenerator[Progress | list[Version], None]:
    """Progress for every bar, then the versions of the gap, the best first. Another round gives others.

    Raises GeneratorError.
    """
    particles = particles or PARTICLES
    if gap.last == reading.total - 1:
        async for event in _end(scribe, request, reading, gap, particles=particles, round_number=round_number):
            yield event
        return
    versions = [Version() for _ in range(particles)]
    watch = Watch()
    for number in gap.bars:
        seeds = candidate_seeds(request.seed + number, candidates=particles, round_number=round_number)
        entries = [_entry(reading, gap, version.bars, number) for version in versions]
        given = [
            _given(reading, gap, version.bars, number, entry, fills=scribe.fills)
            for version, entry in zip(versions, entries, strict=True)
        ]
        candidates = [
            _candidate(scribe, replace(request, seed=seed), reading, one, watch)
            for seed, one in zip(seeds, given, strict=True)
        ]
        async with aclosing(scribe.write(candidates, watch)) as events:
            async for _ in events:
                pass
        done = number - gap.first + 1
        left = len(gap.bars) - done
        yield Progress(done, len(gap.bars), watch.elapsed_s, watch.elapsed_s / done * left)
        versions = [
            _grown(version, one, number, entry, old=reading.bars[number], aim=gap.aim)
            for version, one, entry in zip(versions, candidates, entries, strict=True)
        ]
        if number < gap.last:
            ancestors = draw_ancestors([-one.nats for one in versions], Random(f"{request.seed}/{number}"))
            versions = [versions[ancestor] for ancestor in ancestors]
    header = reading.moved.header
    before = reading.bars[gap.first - 1] if gap.first else None
    weighed = [
        replace(
            one,
            nats=one.nats
            + join_nats(before, one.bars[0], header)
            + join_nats(one.bars[-1], reading.bars[gap.last + 1], header),
        )
        for one in versions
    ]
    yield sorted(weighed, key=lambda one: one.nats)


def _entry(reading: Reading, gap: Gap, new: Sequence[Bar], number: int) -> Entry:
    """What bar `number` changes as it begins, and the new one as well; nothing where parts of it stay, and have it."""
    stay, before = gap.stays.get(number, Stay()), (*reading.bars[: gap.first], *new)[-1:]
    return Entry() if stay.kept or stay.tail or not before else Entry.of(reading.bars[number], before[0])


def _given(reading: Reading, gap: Gap, new: Sequence[Bar], number: int, entry: Entry, *, fills: bool) -> Given:
    """What one version of bar `number` is written behind, and weighed by."""
    before = [*reading.bars[: gap.first], *new]
    before[-1:] = map(entry.told_before, before[-1:])
    stays = {n: Stay(whole=bar) for n, bar in enumerate(before)}
    stays[number] = replace(gap.stays.get(number, Stay()), instead_of=entry.left_out(reading.bars[number]))
    is_last = number == gap.last
    ahead = reading.bars[gap.last + 1 :][: BARS_AHEAD if is_last else 1]
    if not is_last:  # what stands behind the gap, read as if it stood here: its number would tell that it does not
        ahead = tuple(
            replace(bar, countdown=(number + n, reading.total - number - n - 1)) for n, bar in enumerate(ahead, start=1)
        )
    shown = reading.bars[gap.last + 1 :][:BARS_SHOWN] if fills and gap.last - number < MOST_GAP_BARS else ()
    return Given(stays=stays, stop=number + 1, follows=ahead, quiet=True, shown=shown)


def _candidate(scribe: Scribe, request: Request, reading: Reading, given: Given, watch: Watch) -> Candidate:
    return Candidate(
        request, reading.tune.header.lines, watch, at_home=scribe.at_home, prompted=scribe.prompted, given=given
    )


def _grown(version: Version, candidate: Candidate, number: int, entry: Entry, *, old: Bar, aim: str) -> Version:
    """A version with one more bar."""
    draft = candidate.draft
    assert draft is not None
    counts = version.counts.plus(replace(draft.counts, bars_given=0))
    nats = (candidate.following_nats or 0.0) + aim_nats(draft.bars[number], old, aim)
    return Version(bars=(*version.bars, entry.put_back(draft.bars[number])), nats=nats, counts=counts)


async def _end(
    scribe: Scribe, request: Request, reading: Reading, gap: Gap, *, particles: int, round_number: int
) -> AsyncGenerator[Progress | list[Version], None]:
    """Nothing follows: each version is written to the end of the piece."""
    stays = {n: Stay(whole=bar) for n, bar in enumerate(reading.bars[: gap.first])}
    stays |= {n: replace(gap.stays.get(n, Stay()), instead_of=reading.bars[n]) for n in gap.bars}
    watch, seeds = Watch(), candidate_seeds(request.seed, candidates=particles, round_number=round_number)
    given = Given(stays=stays, quiet=True)
    candidates = [_candidate(scribe, replace(request, seed=seed), reading, given, watch) for seed in seeds]
    async with aclosing(scribe.write(candidates, watch)) as events:
        async for progress in events:
            yield progress
    header = reading.moved.header
    before = reading.bars[gap.first - 1] if gap.first else None
    versions = []
    for one in candidates:
        assert one.draft is not None
        bars = tuple(one.draft.bars[gap.first :])
        ending = one.draft.finale.best.ending
        wanted = sum(aim_nats(bar, reading.bars[n], gap.aim) for bar, n in zip(bars, gap.bars, strict=False))
        nats = join_nats(before, bars[0], header) - float(ending) + wanted
        versions.append(Version(bars=bars, nats=nats, counts=one.draft.counts))
    yield sorted(versions, key=lambda one: one.nats)


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The version that was chosen, and how many rules it breaks where it meets what stands."""

    version: Version
    faults: int


async def choose_version(
    scribe: Scribe,
    versions: Sequence[Version],
    tune_of: Callable[[Version], Tune],
    faults_of: Callable[[Tune], int],
    style: Style,
    *,
    seed: int,
) -> Chosen:
    """Of the versions with the fewest faults that weigh nearly as little as the first of them, the one that the critic
    likes best.

    versions: the best first. One that nobody can play comes last.
    """
    fewest, found = 0, await asyncio.to_thread(_without_faults, versions, tune_of, faults_of)
    if not found:
        faults = await asyncio.to_thread(lambda: [faults_of(tune_of(one)) for one in versions])
        fewest = min(faults)
        found = [one for one, count in zip(versions, faults, strict=True) if count == fewest][:MOST_JUDGED]
    near = [one for one in found if one.nats <= found[0].nats + NEAR_NATS]
    judged = [(one, await scribe.judge_tune(tune_of(one), style, seed=seed)) for one in near]
    best = max(judged, key=lambda pair: (pair[1].unplayable == 0, pair[1].liking))[0]
    return Chosen(version=best, faults=fewest)


def _without_faults(
    versions: Sequence[Version], tune_of: Callable[[Version], Tune], faults_of: Callable[[Tune], int]
) -> list[Version]:
    """The first without a fault, and those that weigh nearly the same; [] if all have some."""
    found: list[Version] = []
    for one in versions:
        if len(found) == MOST_JUDGED or (found and one.nats > found[0].nats + NEAR_NATS):
            break
        if not faults_of(tune_of(one)):
            found.append(one)
    return found
