"""Kill the bot again and again while people ask for pieces, and count what was lost or came twice.

    make measure NAME=chaos ARGS="--jobs 1000 --kills 20"
    make measure NAME=chaos ARGS="--platforms telegram --jobs 200 --kills 10 --only kills"
    make chaos SEEDS="1 2 3" JOBS=1000 KILLS=20     # the worst week from each seed, then outages of every kind

"week": kills together with lines cut before and after applying, server errors, floods, late answers, garbage, dropped
and invalid sessions, updates twice and in disorder, a full disk, a locked database, a clock that steps. "outages":
nothing but garbage, silence, errors or floods for `--outage-s` seconds; all results must be there 30 s after their end.

"work": every kind of work on pieces, each on what the one before has made, killed in the middle; "real-work": the same
with the model that ships, only if it is named. "changes": one's piece changed in words and by hand, and a tune hummed
(where the extra for that is there), with the model that ships, `--kills` times each; only if it is named.

The chats are the fakes of the tests, over real sockets; the bot is the real one with a stand-in for composing.
Exit code 1 if anything was lost or came twice.
"""

import argparse
import asyncio
import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.e2e import changes, chaos
from tests.e2e.storms import OUTAGES
from tests.e2e.week import survive, worst_week
from tests.fakes.bot_process import REAL, STUB

ONLY_NAMED = ("real-work", "changes")
KINDS = ("kills", "work", "real-work", "changes", "tokens", "poison", "disk", "lock", "week", "outages")


async def run(platform: str, kinds: list[str], folder: Path, *, jobs: int, kills: int) -> bool:
    """All trials of one platform; whether nothing was lost and nothing came twice."""
    outcomes = []
    if "kills" in kinds:
        outcomes.append(await chaos.kill_again_and_again(platform, folder / "kills", jobs=jobs, kills=kills))
        print(f"killed:        {outcomes[-1].line()}", flush=True)
    for kind, program in (("work", STUB), ("real-work", REAL)):
        if kind in kinds:
            trial = chaos.work_again_and_again(
                platform, folder / kind, rounds=max(1, jobs // len(chaos.WORKS)), kills=kills, program=program
            )
            outcomes.append(await trial)
            print(f"{kind}:{' ' * (13 - len(kind))} {outcomes[-1].line()}", flush=True)
    for kind in changes.KINDS if "changes" in kinds else ():
        if kind == "hum" and not changes.can_hear():
            print("hum:           left out: the extra hum is not installed", flush=True)
            continue
        trial = changes.change_again_and_again(platform, folder / kind, kind, rounds=kills, latest_s=1.0)
        outcomes.append(await trial)
        print(f"{kind}:{' ' * (13 - len(kind))} {outcomes[-1].line()}", *outcomes[-1].evidence, sep="\n  ", flush=True)
    if "tokens" in kinds and platform == "discord":
        outcomes.append(
            await chaos.kill_again_and_again(platform, folder / "tokens", jobs=jobs, kills=kills, token_life_s=1.0)
        )
        print(f"dead tokens:   {outcomes[-1].line()}", flush=True)
    if "poison" in kinds:
        outcome, starts = await chaos.poison(platform, folder / "poison", others=12)
        outcomes.append(outcome)
        print(f"poison:        {outcome.line()}; it died {starts - 1} times", flush=True)
    if "disk" in kinds:
        outcomes.append(await chaos.fill_disk(platform, folder / "disk", jobs=20, full_s=5.0))
        print(f"disk full:     {outcomes[-1].line()}", flush=True)
    if "lock" in kinds:
        outcome, said = await chaos.lock_database(platform, folder / "lock", jobs=10)
        outcomes.append(outcome)
        print(f"locked:        {outcome.line()}", flush=True)
        print(f"  said meanwhile: {said}", flush=True)
    return all(outcome.clean for outcome in outcomes)


async def run_weeks(platform: str, folder: Path, seeds: Sequence[int], *, jobs: int, kills: int) -> bool:
    """The worst week from each seed; whether all were clean."""
    clean = True
    for seed in seeds:
        outcome, faults = await worst_week(platform, folder / f"week{seed}", jobs=jobs, kills=kills, seed=seed)
        print(f"week, seed {seed}:  {outcome.line()}", flush=True)
        print(f"  faults: {', '.join(f'{count} x {name}' for name, count in faults.most_common())}", flush=True)
        for evidence in outcome.evidence:
            print(f"  {evidence}", flush=True)
        clean = clean and outcome.clean
    return clean


async def run_outages(platform: str, folder: Path, *, lasts_s: float) -> bool:
    """An outage of each kind; whether all was delivered in time."""
    clean = True
    for kind in OUTAGES:
        met = await survive(platform, folder / kind, kind, lasts_s=lasts_s)
        print(f"outage:        {met.line()}", flush=True)
        clean = clean and met.clean
    return clean


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="make measure NAME=chaos", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--platforms",
        nargs="+",
        choices=("discord", "telegram", "group"),
        default=["discord", "telegram"],
        help="group: on Telegram, where requests are answered by signs",
    )
    parser.add_argument("--only", nargs="+", choices=KINDS, default=[kind for kind in KINDS if kind not in ONLY_NAMED])
    parser.add_argument("--jobs", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seeds", nargs="+", type=int, default=[1])
    parser.add_argument("--outage-s", type=float, default=300.0)
    given = parser.parse_args(arguments)
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # a killed bot hangs up in mid-sentence
    clean = True
    for platform in given.platforms:
        with tempfile.TemporaryDirectory() as folder:
            clean &= asyncio.run(run(platform, given.only, Path(folder), jobs=given.jobs, kills=given.kills))
            if "week" in given.only:
                weeks = run_weeks(platform, Path(folder), given.seeds, jobs=given.jobs, kills=given.kills)
                clean &= asyncio.run(weeks)
            if "outages" in given.only:
                clean &= asyncio.run(run_outages(platform, Path(folder), lasts_s=given.outage_s))
    return 0 if clean else 1
