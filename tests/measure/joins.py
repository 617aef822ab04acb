"""All kinds of work on human pieces of every instrumentation: does every join hold?

    make measure NAME=joins ARGS="scores.jsonl.xz --trials 200"

Held-out pieces of a corpus, those of up to LONGEST bars whole, of longer ones the first BARS. The kinds of work come by
turns, with few versions of each bar (--particles), so that what the network gets wrong is seen. Counted is what
`generator.onward.joins` calls a fault: what was not wrong in the piece before. All bars that are not worked on have to
print as they did; so has the melody of what is harmonised. Exit code 1 if anything is wrong.
"""

import argparse
import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace
from itertools import chain, zip_longest
from pathlib import Path

from config.settings import Settings
from generator.catalogue.style import Style
from generator.composer import Composer, open_composer
from generator.errors import GeneratorError
from generator.notation import complete_rests, parse_tune
from generator.onward import door, gap
from generator.onward.asking import work_on_piece
from generator.onward.brought import Brought, bring
from generator.onward.door import Worked
from generator.onward.errors import NotWorkable
from generator.onward.joins import Fault, Rule, faults_at_joins
from generator.onward.work import How, Kind
from generator.training.corpus import Row, load_rows

LONGEST, BARS = 32, 16
MOST_VOICES = 9  # orchestras take minutes each
STRICT = "Choral"
OF_ONE_VOICE = (Rule.SIGN, Rule.RANGE, Rule.CHORD, Rule.TIE)
KINDS: tuple[tuple[Kind, How | None], ...] = (
    (Kind.REWRITE, None),
    (Kind.CONTINUE, None),
    (Kind.VARY, How.EVERY_SECOND_BAR),
    (Kind.RESTYLE, None),
    (Kind.HARMONISE, None),
    (Kind.SIMPLIFY, None),
    (Kind.ENRICH, None),
    (Kind.REWRITE, None),
    (Kind.CONTINUE, None),
    (Kind.VARY, How.SAME_HARMONY),
    (Kind.VARY, How.SAME_RHYTHM),
    (Kind.VARY, How.ORNAMENT),
)


def held_out_by_turns(corpus: Path, *, seed: int) -> list[Row]:
    """Held-out pieces in an order drawn by the seed, the instrumentations by turns as long as they last."""
    rows = [
        row
        for row in load_rows(corpus)
        if row["split"] == "held-out" and row["aligned"] and row["bars"] >= 4 and row["voices"] <= MOST_VOICES
    ]
    random.Random(seed).shuffle(rows)
    kinds = sorted({row["instrumentation"] for row in rows})
    by_kind = [[row for row in rows if row["instrumentation"] == kind] for kind in kinds]
    return [row for row in chain.from_iterable(zip_longest(*by_kind)) if row is not None]


def brought_from(row: Row) -> Brought | None:
    """The piece, or its beginning; None where it cannot be worked on."""
    tune = parse_tune(row["abc"])
    if len(tune.bars) > LONGEST:
        tune = replace(tune, bars=tune.bars[:BARS], ending="\n")
    try:
        return bring(f"X:1\nT:x\nC:{row['composer']}\n{complete_rests(tune)}")
    except GeneratorError:
        return None


async def worked(composer: Composer, brought: Brought, row: Row, number: int) -> Worked | None:
    """One trial; None if there was nothing to do, which was said."""
    rng, (kind, how) = random.Random(f"join {number}"), KINDS[number % len(KINDS)]
    style, bars = Style(row["period"], row["composer"], row["instrumentation"]), len(brought.bars)
    asked: dict[str, int | float | How | None] = {"how": how}
    if kind is Kind.REWRITE:
        asked["first"] = rng.randint(1, bars)
        asked["last"] = min(bars, int(asked["first"] or 1) + rng.randint(0, 2))
    elif kind is Kind.CONTINUE:
        asked |= {"first": rng.choice((rng.randint(2, bars + 1), bars + 1)), "bars": rng.randint(1, 3)}
    elif kind is Kind.RESTYLE:
        asked["bars"] = 2
    elif kind is Kind.VARY:
        asked["how_far"] = rng.choice((0.2, 0.3))
    elif kind is Kind.HARMONISE:
        brought, style = brought.head(8), composer.catalogue.find("bach chorale")
    try:
        work = work_on_piece(kind, brought, composer.catalogue, own_style=style, seed=number, **asked)  # type: ignore[arg-type]
        async with aclosing(composer.work_on(brought, work)) as events:
            found = [event async for event in events]
    except NotWorkable:
        return None
    assert isinstance(found[-1], Worked)
    return found[-1]


def faults_of(brought: Brought, result: Worked) -> list[Fault]:
    """What is wrong at the joins, and bars that had to stay and did not."""
    work = result.work
    assert work.first is not None
    new = {number - 1 for number in result.changed}
    strict = work.style.instrumentation == STRICT
    if work.kind is Kind.HARMONISE:
        first = result.tune.header.voices[0].id
        faults = [
            fault
            for fault in faults_at_joins(result.tune, new, strict=strict)
            if fault.rule not in OF_ONE_VOICE or fault.who.split()[0] != first  # the melody is as it was brought
        ]
        kept = [{voice.music for voice in bar.voices} for bar in brought.bars]
        for number, bar in enumerate(result.tune.bars):
            voice = bar.voice(first)
            if voice is None or voice.music not in kept[number]:
                faults.append(Fault(number, Rule.SOUND, "melody"))
        return faults
    before = brought
    if work.kind is Kind.CONTINUE:
        before = brought.head(work.first - 1)
    elif work.kind is Kind.RESTYLE:
        before = brought.part(work.first, work.last)
    faults = faults_at_joins(result.tune, new, before=before.tune, strict=strict)
    stands = zip(map(str, before.bars), map(str, result.tune.bars), strict=False)
    faults += [Fault(n, Rule.SOUND, "printed") for n, (old, now) in enumerate(stands) if n not in new and old != now]
    if str(before.tune.header) != str(result.tune.header):
        faults.append(Fault(0, Rule.SOUND, "head"))
    return faults


async def measure(corpus: Path, *, trials: int, start: int, seed: int, verbose: bool) -> int:
    """Returns in how many trials something was wrong."""
    wrong, done, nothing = 0, 0, 0
    kinds: Counter[str] = Counter()
    rules: Counter[str] = Counter()
    async with open_composer(Settings(_env_file=None)) as composer:  # type: ignore[call-arg]
        pieces = [(row, found) for row in held_out_by_turns(corpus, seed=seed) if (found := brought_from(row))]
        for number in range(start, start + trials):
            row, brought = pieces[number % len(pieces)]
            began_s = time.process_time()
            result = await worked(composer, brought, row, number)
            done += 1
            if result is None:
                nothing += 1
                continue
            if result.work.kind is Kind.HARMONISE:
                brought = brought.head(8)
            faults = faults_of(brought, result)
            wrong += bool(faults)
            kinds[result.work.kind.value] += bool(faults)
            rules.update({fault.rule.value for fault in faults})
            told = "; ".join(f"bar {fault.bar + 1} {fault.rule.value} ({fault.who})" for fault in faults) or "right"
            print(
                f"{number:3d} {result.work.kind.value:9s} {row['instrumentation'][:10]:10s} {row['id'][:40]:40s} "
                f"{time.process_time() - began_s:4.1f} s {told}",
                flush=True,
            )
            if faults and verbose:
                print(brought.tune, result.tune, sep="\n---\n")
    print(f"{done - wrong} of {done} trials right; nothing to do in {nothing}; {dict(kinds)}; {dict(rules)}")
    return wrong


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="make measure NAME=joins", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--start", type=int, default=0, help="number of the first trial")
    parser.add_argument("--particles", type=int, default=2, help="versions of each bar")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--verbose", action="store_true", help="show pieces with faults, before and after")
    given = parser.parse_args(arguments)
    gap.PARTICLES = door.VARY_PARTICLES = given.particles
    asked = {"trials": given.trials, "start": given.start, "seed": given.seed, "verbose": given.verbose}
    return 1 if asyncio.run(measure(given.corpus, **asked)) else 0
