"""The bars that come next in a chain: takes of them, and whether bars fit behind those that stand.

Promises: every new bar is as long as the metre says, in the key of the chain, between plain barlines, and joined to
what stands as `joins.py` asks for; the same seed gives the same takes. Until the last bars nothing ends: the network
knows how many are still to come.
Not covered: reading what people write themselves (`offering.py`).
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from generator.errors import NotationError
from generator.model.sampling_settings import Sampling
from generator.notation import Bar, BarChecker, VoiceBar
from generator.onward.brought import Brought
from generator.onward.chain import Chain
from generator.onward.door import Workplace, is_faulty
from generator.onward.joining import put_in, with_barlines_of
from generator.onward.joins import Fault, faults_at_joins
from generator.onward.reading import read_tune
from generator.planning.stay import Stay
from generator.request import Progress, Request
from generator.writing.candidate import STRICT_STYLE, Candidate, Watch
from generator.writing.given import Given

USUAL_TAKES = 3
MOST_ROUNDS = 4  # in which takes are written, until there are enough without a fault
SEED_STEP = 7919  # from one round to the next
PLAIN = "|"


def joined(chain: Chain, new: Sequence[Bar], *, is_last: bool) -> tuple[str, ...]:
    """New bars as they stand behind the others: ties and signs led on, plain barlines, a final one at the end."""
    standing = len(chain.bars)
    plain = [_plain(bar) for bar in new]
    whole = put_in(Brought(tune=chain.tune), {standing + n: bar for n, bar in enumerate(plain)})
    bars = list(whole.bars[standing:])
    if not is_last:
        bars[-1] = _plain(bars[-1])
    return tuple(str(replace(bar, countdown=None)) for bar in bars)


def faults_of(chain: Chain, new: Sequence[str]) -> list[Fault]:
    """What is wrong about bars behind the others; their numbers count through the whole chain, from 0."""
    whole, standing = chain.with_bars(new).tune, len(chain.bars)
    numbers = range(standing, standing + len(new))
    strict = chain.style.instrumentation == STRICT_STYLE
    return faults_at_joins(whole, numbers, before=chain.tune if standing else None, strict=strict)


def uneven(chain: Chain, new: Sequence[str]) -> list[int]:
    """Which of the new bars, from 0, are not as long as the metre says."""
    checker = BarChecker(chain.header)
    found = []
    for number, bar in enumerate(chain.with_bars(new).tune.bars):
        checker.accept(bar)
        if number >= len(chain.bars) and checker.last_length != checker.bar_length:
            found.append(number - len(chain.bars))
    return found


@dataclass(frozen=True, kw_only=True)
class NextBars:
    """bars: how many are to be written; total: how many the whole will have; takes: how many versions."""

    seed: int
    bars: int
    total: int
    takes: int = USUAL_TAKES
    sampling: Sampling = field(default_factory=Sampling)


@dataclass(frozen=True, kw_only=True)
class Takes:
    """Each the lines of the new bars, as they would stand in the chain; the best first."""

    takes: tuple[tuple[str, ...], ...]


async def write_takes(place: Workplace, chain: Chain, asked: NextBars) -> AsyncGenerator[Progress | Takes, None]:
    """Progress for every bar, then the takes."""
    standing = len(chain.bars)
    is_last = standing + asked.bars >= asked.total
    # Behind nothing there is nothing to read: the header alone.
    reading = read_tune(chain.tune, total=max(asked.total, standing + asked.bars), at_home=place.at_home)
    given = Given(
        stays={number: Stay(whole=bar) for number, bar in enumerate(reading.bars)} if standing else {},
        stop=None if is_last else standing + asked.bars,
        quiet=True,
    )
    watch = Watch()
    found: list[tuple[tuple[int, bool, float], tuple[str, ...]]] = []
    request = Request(
        style=chain.style,
        seed=asked.seed,
        bars=max(asked.total, standing + asked.bars),
        key=chain.signature,
        metre=chain.header.metre,
        sampling=asked.sampling,
    )
    for round_ in range(MOST_ROUNDS):
        seeds = [asked.seed + SEED_STEP * round_ + take for take in range(asked.takes)]
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
            written = reading.home_again(candidate.written) if standing else candidate.tune.bars
            new = await asyncio.to_thread(_joined, chain, written[standing:], is_last)
            if new is None or any(new == other for _, other in found):
                continue
            judgement = await place.judge_tune(chain.with_bars(new).tune, chain.style, seed=candidate.request.seed)
            faults = await asyncio.to_thread(_count, chain, new)
            faulty = is_faulty(judgement, range(standing, standing + asked.bars), own_faults=0)
            found.append(((faults, faulty, -judgement.liking), new))
        if sum(weight[0] == 0 and not weight[1] for weight, _ in found) >= asked.takes:
            break
    best = sorted(found, key=lambda one: one[0])[: asked.takes]
    yield Takes(takes=tuple(new for _, new in best))


def _joined(chain: Chain, new: Sequence[Bar], is_last: bool) -> tuple[str, ...] | None:
    """None for bars that nobody can read."""
    try:
        return joined(chain, new, is_last=is_last)
    except NotationError:
        return None


def _count(chain: Chain, new: Sequence[str]) -> int:
    return len(faults_of(chain, new)) + len(uneven(chain, new))


def _plain(bar: Bar) -> Bar:
    """Between plain barlines."""
    model = Bar(voices=tuple(VoiceBar(voice.voice, PLAIN) for voice in bar.voices))
    return replace(with_barlines_of(bar, model), countdown=None)
