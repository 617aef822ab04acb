"""Write bars of human pieces anew: what stays, what follows by another network's judgement, how long it takes.

    make measure NAME=onward ARGS="scores.jsonl.xz --judge baseline.pth --pieces 50"
    make measure NAME=onward ARGS="scores.jsonl.xz --trials 200"
    make measure NAME=onward ARGS="scores.jsonl.xz --time"

The pieces are held-out ones of a corpus, chorales left out, their first BARS bars.

--judge    bars 7 and 8 are written anew by the network that ships; a NotaGen network that has no part in the choosing
           says what bars 9 and 10 cost behind them, behind those of the composer, and behind the first that came
--blind    the network does not read first what follows a gap
--trials   by turns some bars are written anew and the piece is continued from some bar: every other bar and the head
           stand, and the new bars and those beside them pass the bar check
--time     bars 7 and 8 of one keyboard piece of 16 bars, with everything open, until the new page is there
"""

import argparse
import asyncio
import math
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import torch
from torch.nn import functional as F

from bot.making.onward import work_on_source
from bot.making.workshop import Order, Source, Workshop, no_source, open_renderer_for
from config.settings import Settings
from generator.catalogue.style import Style
from generator.composer import Composer, open_composer
from generator.errors import GeneratorError
from generator.model.checkpoint import load_network
from generator.model.network import Network
from generator.model.patches import BOS_PATCH, PAD, encode_body_line, encode_header
from generator.notation import Bar, Tune, check_bars, complete_rests, parse_tune
from generator.onward import gap
from generator.onward.asking import usual_sampling
from generator.onward.brought import Brought, bring
from generator.onward.door import Worked
from generator.onward.gap import Gap, Version, fill_gap
from generator.onward.reading import Reading, read_tune
from generator.onward.work import Kind, Work
from generator.request import Progress, Request
from generator.training.corpus import Row, load_rows, prompt_lines

BARS, FIRST, LAST, AHEAD = 16, 6, 7, 2  # counted from 0
LEFT_OUT = "Choral"


def held_out(corpus: Path, *, seed: int) -> list[Row]:
    """Long enough pieces that are held out, in an order drawn by the seed; no chorales."""
    rows = [
        row
        for row in load_rows(corpus)
        if row["split"] == "held-out" and row["instrumentation"] != LEFT_OUT and row["aligned"] and row["bars"] >= 14
    ]
    random.Random(seed).shuffle(rows)
    return rows


def beginning(row: Row) -> Tune | None:
    """The first bars; None where in those that matter somebody rests throughout, or that cannot be worked on."""
    tune = parse_tune(row["abc"])
    tune = replace(tune, bars=tune.bars[:BARS], ending="\n")
    if not all(bar.voices for bar in tune.bars[FIRST - 1 : LAST + AHEAD + 2]):
        return None
    try:
        bring(str(complete_rests(tune)))
    except GeneratorError:
        return None
    return tune


# --- what follows ----------------------------------------------------------------------------------------------------


def bits_of(judge: Network, row: Row, tune: Tune, bars: Sequence[Bar], span: range) -> float:
    """What the bars of a span cost the judge behind all before them, as many of which it reads as it can."""
    head = [BOS_PATCH, *encode_header([*prompt_lines(row), *(f"{line}\n" for line in tune.header.lines)])]
    last = len(bars) - 1
    lines = [f"{replace(bar, countdown=(n, last - n))}\n" for n, bar in enumerate(bars[: span.stop])]
    body = [encode_body_line(line) for line in lines]
    while len(head) + sum(map(len, body)) > judge.shape.context_patches:
        body.pop(0)
    count = sum(map(len, body[-len(span) :]))
    patches = torch.tensor([*head, *(patch for line in body for patch in line)]).unsqueeze(0)
    with torch.inference_mode():
        hidden = judge.patch_level(judge.embed_patches(patches))[0, -count - 1 : -1]
        targets = patches[0, -count:]
        logits = judge.char_level_logits(hidden, targets).float()
        nats = F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=PAD, reduction="sum")
    return float(nats) / math.log(2)


async def measure_following(
    corpus: Path, judge_path: Path, *, pieces: int, particles: int, seed: int, blind: bool
) -> None:
    judge = load_network(judge_path).eval()
    bits = {"human": 0.0, "first": 0.0, "chosen": 0.0}
    better, done = 0, 0
    async with opened() as composer:
        composer.fills = composer.fills and not blind
        for row in held_out(corpus, seed=seed):
            if done == pieces:
                break
            if (tune := beginning(row)) is None:
                continue
            reading = read_tune(tune, at_home=composer.at_home)
            style = composer.catalogue.complete(Style(row["period"], row["composer"], row["instrumentation"]))
            sampling = usual_sampling(Kind.REWRITE, style, composer.catalogue)
            request = Request(style=style, seed=seed, bars=reading.total, sampling=sampling)
            span = range(LAST + 1, LAST + 1 + AHEAD)
            costs = {"human": bits_of(judge, row, tune, reading.tune.bars, span)}
            for name, versions in (("first", 1), ("chosen", particles)):
                best = await filled(composer, request, reading, particles=versions)
                bars = reading.home_again((*reading.bars[:FIRST], *best.bars, *reading.bars[LAST + 1 :]))
                costs[name] = bits_of(judge, row, tune, bars, span)
            bits = {name: bits[name] + costs[name] for name in bits}
            better += costs["chosen"] < costs["first"]
            done += 1
            shares = {name: 100 * bits[name] / bits["human"] for name in bits}
            print(
                f"{done:3d} {row['id'][:50]:50s} chosen {shares['chosen']:.1f} % of the human bits so far, "
                f"first {shares['first']:.1f} %, chosen better in {100 * better / done:.0f} %",
                flush=True,
            )


async def filled(composer: Composer, request: Request, reading: Reading, *, particles: int) -> Version:
    between = Gap(first=FIRST, last=LAST)
    async with aclosing(fill_gap(composer, request, reading, between, particles=particles)) as events:
        found = [event async for event in events]
    versions = found[-1]
    assert not isinstance(versions, Progress)
    return versions[0]


@asynccontextmanager
async def opened() -> AsyncIterator[Composer]:
    async with open_composer(Settings(_env_file=None)) as composer:  # type: ignore[call-arg]
        yield composer


# --- what stays ------------------------------------------------------------------------------------------------------


async def measure_identity(corpus: Path, *, trials: int, seed: int) -> int:
    """Returns in how many trials something that had to stay did not, or a join was wrong."""
    rng, wrong, done = random.Random(seed), 0, 0
    async with opened() as composer:
        for row in held_out(corpus, seed=seed):
            if done == trials:
                break
            if (tune := beginning(row)) is None:
                continue
            brought = bring(f"X:1\nT:{row['id']}\nC:{row['composer']}\n{complete_rests(tune)}")
            style = Style(row["period"], row["composer"], row["instrumentation"])
            bars = len(brought.bars)
            if done % 2:
                first = rng.randint(2, bars + 1)
                work = Work(kind=Kind.CONTINUE, style=style, seed=done, first=first, bars=rng.randint(1, 3))
            else:
                first = rng.randint(1, bars)
                work = Work(
                    kind=Kind.REWRITE, style=style, seed=done, first=first, last=min(bars, first + rng.randint(0, 2))
                )
            work = replace(work, sampling=usual_sampling(work.kind, style, composer.catalogue))
            faults = faults_of(brought, await worked(composer, brought, work))
            wrong += bool(faults)
            done += 1
            print(f"{done:3d} {work.kind.value:8s} {row['id'][:60]:60s} {'; '.join(faults) or 'right'}", flush=True)
    print(f"{done - wrong} of {done} trials: all other bars stand, the joins pass the bar check")
    return wrong


async def worked(composer: Composer, brought: Brought, work: Work) -> Worked:
    async with aclosing(composer.work_on(brought, work)) as events:
        found = [event async for event in events]
    assert isinstance(found[-1], Worked)
    return found[-1]


def faults_of(brought: Brought, result: Worked) -> list[str]:
    """Bars that changed and had to stay, and what is wrong with new bars and those beside them and was not before."""
    old, new = list(map(str, brought.bars)), list(map(str, result.tune.bars))
    changed = {number - 1 for number in result.changed}
    faults = [f"bar {n + 1} changed" for n in range(min(len(old), len(new))) if n not in changed and old[n] != new[n]]
    if str(brought.tune.header) != str(result.tune.header):
        faults.append("the head changed")
    near = {n + beside for n in changed for beside in (-1, 0, 1)}
    before = {(defect.bar, defect.kind) for defect in check_bars(brought.tune)}
    now = {(defect.bar, defect.kind) for defect in check_bars(result.tune) if defect.bar in near}
    return faults + [f"bar {bar + 1}: {kind.value}" for bar, kind in sorted(now - before, key=lambda one: one[0])]


# --- how long --------------------------------------------------------------------------------------------------------


async def measure_time(corpus: Path, *, seed: int) -> None:
    row = next(row for row in held_out(corpus, seed=seed) if row["instrumentation"] == "Keyboard" and beginning(row))
    tune = beginning(row)
    source = Source(id="x", name="x", abc=f"X:1\nT:x\nC:x\n{complete_rests(tune)}" if tune else "", record={})
    settings = Settings(_env_file=None)  # type: ignore[call-arg]
    async with open_renderer_for(settings) as renderer, opened() as composer:
        style = composer.catalogue.complete(Style(row["period"], row["composer"], row["instrumentation"]))
        workshop = Workshop(
            composer=composer, renderer=renderer, catalogue=composer.catalogue, model={}, find_source=no_source
        )
        order = Order(formats=("png",), on_progress=lambda _: None, on_step=lambda _: None)
        for round_number in range(3):
            work = Work(kind=Kind.REWRITE, style=style, seed=round_number, first=FIRST + 1, last=LAST + 1)
            work = replace(work, sampling=usual_sampling(work.kind, style, composer.catalogue))
            started_s, cpu_s = time.monotonic(), time.process_time()
            piece = await work_on_source(source, work, workshop, order)
            wall_s, own_cpu_s = time.monotonic() - started_s, time.process_time() - cpu_s
            print(
                f"{row['id']}: {wall_s:.1f} s until the page is there, {own_cpu_s:.1f} s of one core for the music; "
                f"{piece.record['timings']}"
            )


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="make measure NAME=onward", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--judge", type=Path, help="a network in NotaGen's format")
    parser.add_argument("--pieces", type=int, default=50)
    parser.add_argument("--particles", type=int, default=8, help="versions of each bar")
    parser.add_argument("--blind", action="store_true")
    parser.add_argument("--trials", type=int, default=0)
    parser.add_argument("--time", action="store_true")
    parser.add_argument("--seed", type=int, default=5)
    given = parser.parse_args(arguments)
    gap.PARTICLES = given.particles
    wrong = 0
    if given.judge is not None:
        asyncio.run(
            measure_following(
                given.corpus,
                given.judge,
                pieces=given.pieces,
                particles=given.particles,
                seed=given.seed,
                blind=given.blind,
            )
        )
    if given.trials:
        wrong = asyncio.run(measure_identity(given.corpus, trials=given.trials, seed=given.seed))
    if given.time:
        asyncio.run(measure_time(given.corpus, seed=given.seed))
    return 1 if wrong else 0
