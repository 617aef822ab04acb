"""The door: a piece and what is to be done with it in, a new tune out, with progress on the way.

Promises: bars that are not worked on print as they were brought, character for character, and so does the melody of
what is harmonised; every new bar is as long as it has to be; the same work on the same piece gives the same result.
Not covered: stepping the engine (`composer.py`), words for people.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random
from typing import Any, Protocol

from config.settings import Settings
from generator.catalogue.catalogue import Catalogue
from generator.critic.card import ReportCard, report_card
from generator.critic.choice import MOST_ROUNDS_TO_PLAY, candidate_seeds
from generator.critic.judgement import Judgement
from generator.critic.playable import count_unplayable
from generator.notation import Bar, Tune
from generator.onward.arranging import enriched, ornamented, simplified
from generator.onward.brought import Brought
from generator.onward.errors import NotWorkable
from generator.onward.gap import Chosen, Gap, Scribe, Version, choose_version, fill_gap
from generator.onward.harmonising import melody_of
from generator.onward.joining import put_in, runs_of
from generator.onward.joins import Rule, faults_at_joins
from generator.onward.reading import Reading, read_tune
from generator.onward.varying import bars_to_vary, stays_for
from generator.onward.work import GOES_ON, Kind, Work
from generator.planning.stay import Stay
from generator.request import Counts, Progress, Request
from generator.writing.candidate import STRICT_STYLE, Candidate, Watch
from generator.writing.given import Given

VARY_PARTICLES = 4  # a variation has many gaps
MOST_ROUNDS_TO_JOIN = 6  # in which bars are written again that break a rule where they meet what stands


@dataclass(frozen=True, kw_only=True)
class Worked:
    """A piece that was made from another. tune, abc: all of it, under the head that was brought; changed: the numbers
    of the bars that are new, from 1; work: as it was done, complete.
    """

    tune: Tune
    work: Work
    changed: tuple[int, ...]
    counts: Counts
    card: ReportCard
    timings: Mapping[str, float] = field(default_factory=dict)

    @property
    def abc(self) -> str:
        return str(self.tune)

    def done(self) -> dict[str, Any]:
        """What was done, for the record beside the piece."""
        return {**self.work.to_json(), "changed": list(self.changed)}


class Workplace(Scribe, Protocol):
    """What work on pieces takes of the composer."""

    settings: Settings
    catalogue: Catalogue


Events = AsyncGenerator[Progress | Worked, None]


async def work_on(place: Workplace, brought: Brought, work: Work) -> Events:
    """Progress at every bar, Worked at the end. Raises BadRequest for what the piece does not have."""
    work = work.fit(len(brought.bars), most_bars=place.settings.max_bars)
    work = replace(work, style=place.catalogue.complete(work.style))
    if work.kind in GOES_ON:
        events = _go_on(place, brought, work)
    elif work.kind is Kind.HARMONISE:
        events = _harmonise(place, brought, work)
    elif work.is_by_rule:
        events = _arrange(place, brought, work)
    else:
        events = _rewrite(place, brought, work)
    async with aclosing(events):
        async for event in events:
            yield event


# --- bars behind others ----------------------------------------------------------------------------------------------


async def _go_on(place: Workplace, brought: Brought, work: Work) -> Events:
    """`continue` and `restyle`: what stays is read, and the rest written as a piece is composed."""
    assert work.first is not None
    assert work.bars is not None
    head = brought.head(work.first - 1) if work.kind is Kind.CONTINUE else brought.part(work.first, work.last)
    standing = len(head.bars)
    reading = read_tune(head.tune, total=standing + work.bars, at_home=place.at_home)
    given = Given(stays={number: Stay(whole=bar) for number, bar in enumerate(reading.bars)})

    def tune_of(candidate: Candidate) -> Tune:
        bars = reading.home_again(candidate.written)
        return put_in(head, {number: bars[number] for number in range(standing, len(bars))})

    new = range(standing, reading.total)
    faults_of = partial(count_faults, head, work, new)
    async with aclosing(_best_of(place, work, reading, given, tune_of, faults_of, new=new)) as events:
        async for event in events:
            yield event


async def _best_of(
    place: Workplace,
    work: Work,
    reading: Reading,
    given: Given,
    tune_of: Callable[[Candidate], Tune],
    faults_of: Callable[[Tune], int],
    *,
    new: range,
) -> Events:
    """Candidates as for a new piece, of which the critic chooses; composed again where all of them are faulty.

    One that breaks a rule where it meets what stands is as good as another only if all do.
    """
    request = _request(work, reading.total)
    watch, composed, number = Watch(), [], place.settings.candidates
    own_faults = count_unplayable(reading.tune)
    for round_number in range(1, MOST_ROUNDS_TO_JOIN + 1):
        seeds = candidate_seeds(work.seed, candidates=number, round_number=round_number)
        candidates = [
            Candidate(
                replace(request, seed=seed),
                reading.tune.header.lines,
                watch,
                at_home=place.at_home,
                prompted=place.prompted,
                given=given,
            )
            for seed in seeds
        ]
        async with aclosing(place.write(candidates, watch)) as events:
            async for progress in events:
                yield progress
        for candidate in candidates:
            tune = tune_of(candidate)
            judgement = await place.judge_tune(tune, work.style, seed=candidate.request.seed)
            faults = await asyncio.to_thread(faults_of, tune)
            composed.append((candidate, tune, judgement, (faults, is_faulty(judgement, new, own_faults=own_faults))))
        is_joined = any(not faults for *_, (faults, _) in composed)
        if not all(faults or faulty for *_, (faults, faulty) in composed):
            break
        if is_joined and round_number >= MOST_ROUNDS_TO_PLAY:
            break
    best = min(composed, key=lambda one: (*one[3], -one[2].liking))
    counts = best[0].draft.counts if best[0].draft else Counts()
    counts.pieces = len(composed)
    yield _worked(work, best[1], best[2], counts, changed=new, compose_s=watch.elapsed_s)


def is_faulty(judgement: Judgement, new: range, *, own_faults: int) -> bool:
    """Whether new bars copy a piece, or nobody can play them; what was brought may."""
    shared = judgement.originality
    copied = shared is not None and shared.copied and shared.bar in new
    return copied or judgement.unplayable > own_faults


def _request(work: Work, bars: int) -> Request:
    return Request(style=work.style, seed=work.seed, bars=bars, sampling=work.sampling)


def _worked(
    work: Work, tune: Tune, judgement: Judgement | None, counts: Counts, *, changed: Sequence[int], compose_s: float
) -> Worked:
    card = report_card(tune, counts=counts.to_json(), judgement=judgement)
    numbers = tuple(number + 1 for number in changed)
    return Worked(
        tune=tune,
        work=work,
        changed=numbers,
        counts=counts,
        card=card,
        timings={"compose_s": round(compose_s, 3)},
    )


# --- bars between others ---------------------------------------------------------------------------------------------


async def _rewrite(place: Workplace, brought: Brought, work: Work) -> Events:
    """`rewrite` and `vary`: one gap after the other."""
    assert work.first is not None
    assert work.last is not None
    reading = read_tune(brought.tune, at_home=place.at_home)
    numbers: Sequence[int] = range(work.first - 1, work.last)
    if work.kind is Kind.VARY:
        numbers = bars_to_vary(range(work.first - 1, work.last), work, reading.total)
    style, request = work.style, _request(work, reading.total)
    new: dict[int, Bar] = {}
    counts, elapsed_s, done = Counts(), 0.0, 0
    particles = {"particles": VARY_PARTICLES} if len(numbers) > 4 else {}
    for first, last in runs_of(numbers):
        now = replace(reading, tune=put_back(reading, new))
        gap = Gap(first=first, last=last, stays=stays_for(work, now, range(first, last + 1)), aim=work.aim)
        tune_of = partial(_tune_with, brought, now, gap, new)
        faults_of = partial(count_faults, brought, work, {*new, *gap.bars})
        best: Chosen | None = None
        for round_number in range(1, MOST_ROUNDS_TO_JOIN + 1):
            versions: list[Version] = []
            filling = fill_gap(place, request, now, gap, **particles, round_number=round_number)
            async with aclosing(filling) as events:
                async for event in events:
                    if isinstance(event, Progress):
                        bar = done + event.bar
                        spent_s = elapsed_s + event.elapsed_s
                        yield Progress(bar, len(numbers), spent_s, spent_s / bar * (len(numbers) - bar))
                    else:
                        versions = event
            elapsed_s = spent_s
            chosen = await choose_version(place, versions, tune_of, faults_of, style, seed=work.seed)
            best = chosen if best is None or chosen.faults < best.faults else best
            if not best.faults:
                break
        assert best is not None
        done += len(gap.bars)
        new |= _heard_at_home(now, gap, best.version)
        counts = counts.plus(best.version.counts)
    tune = put_in(brought, new)
    judgement = await place.judge_tune(tune, style, seed=work.seed)
    yield _worked(work, tune, judgement, counts, changed=sorted(new), compose_s=elapsed_s)


def count_faults(brought: Brought, work: Work, new: Collection[int], tune: Tune) -> int:
    """How many rules are broken where new bars of a tune meet those that stand, and were not before."""
    strict = work.style.instrumentation == STRICT_STYLE
    return len(faults_at_joins(tune, new, before=brought.tune, strict=strict))


def _tune_with(brought: Brought, reading: Reading, gap: Gap, new: Mapping[int, Bar], version: Version) -> Tune:
    """The piece with what is new already, and one version of the next gap."""
    return put_in(brought, {**new, **_heard_at_home(reading, gap, version)})


def _heard_at_home(reading: Reading, gap: Gap, version: Version) -> dict[int, Bar]:
    """The bars of a version in the key of the piece, by their numbers."""
    bars = reading.home_again((*reading.bars[: gap.first], *version.bars, *reading.bars[gap.last + 1 :]))
    return {number: bars[number] for number in gap.bars}


def put_back(reading: Reading, new: Mapping[int, Bar]) -> Tune:
    """What the network reads, with bars that it has written since."""
    bars = dict(enumerate(reading.tune.bars)) | dict(new)
    return replace(reading.tune, bars=tuple(bars[number] for number in sorted(bars)))


# --- by rule ---------------------------------------------------------------------------------------------------------


async def _arrange(place: Workplace, brought: Brought, work: Work) -> Events:
    """`simplify`, `enrich` and ornaments. Raises NotWorkable where no bar would change."""
    assert work.first is not None
    assert work.last is not None
    started_s, bars = time.monotonic(), range(work.first - 1, work.last)
    if work.kind is Kind.SIMPLIFY:
        new = await asyncio.to_thread(simplified, brought.tune, bars)
    elif work.kind is Kind.ENRICH:
        new = await asyncio.to_thread(enriched, brought.tune, bars)
    else:
        chosen = bars_to_vary(bars, work, len(brought.bars))
        new = await asyncio.to_thread(ornamented, brought.tune, chosen, seed=work.seed)
    strict = work.style.instrumentation == STRICT_STYLE
    tune = await asyncio.to_thread(with_bars_that_join, brought.tune, new, partial(put_in, brought), strict=strict)
    if tune is None:
        raise NotWorkable(reason="nothing_changes")
    yield Progress(len(bars), len(bars), time.monotonic() - started_s, 0.0)
    judgement = await place.judge_tune(tune, work.style, seed=work.seed)
    elapsed_s = time.monotonic() - started_s
    yield _worked(work, tune, judgement, Counts(), changed=sorted(new), compose_s=elapsed_s)


def with_bars_that_join(
    before: Tune,
    new: dict[int, Bar],
    build: Callable[[dict[int, Bar]], Tune],
    *,
    strict: bool,
    rules: Collection[Rule] = frozenset(Rule),
) -> Tune | None:
    """The piece with new bars. One that breaks a rule where it meets its neighbours stays as it was, and goes from
    `new`; None if all do.

    before: the piece as it was; new: bars by their number, from 0; build: the piece with these of them; rules: those
    that count.
    """
    while new:
        tune = build(new)
        faults = (fault for fault in faults_at_joins(tune, new, before=before, strict=strict) if fault.rule in rules)
        if not (wrong := {number for fault in faults for number in _beside(fault.bar, new)}):
            return tune
        for number in wrong:
            del new[number]
    return None


def _beside(number: int, new: Collection[int]) -> list[int]:
    """The new bar that a fault is in, or those beside it."""
    return [number] if number in new else [one for one in (number - 1, number + 1) if one in new]


# --- voices below a melody -------------------------------------------------------------------------------------------


async def _harmonise(place: Workplace, brought: Brought, work: Work) -> Events:
    opening = place.catalogue.opening(work.style, rng=Random(work.seed))
    melody = melody_of(brought, opening.lines, at_home=place.at_home)

    def tune_of(candidate: Candidate) -> Tune:
        return melody.with_voices(candidate.tune)

    new = range(len(brought.bars))

    strict = work.style.instrumentation == STRICT_STYLE
    own = set(faults_at_joins(melody.reading.tune, new, strict=strict))  # what was brought may

    def faults_of(tune: Tune) -> int:
        return len(set(faults_at_joins(tune, new, strict=strict)) - own)

    async with aclosing(_best_of(place, work, melody.reading, melody.given, tune_of, faults_of, new=new)) as events:
        async for event in events:
            yield event
