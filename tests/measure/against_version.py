"""Render the same tunes, or compose, with this version and an older one by turns: their processor times side by side.

    make measure NAME=against_version ARGS="f6cffc8 FOLDER --tunes 12 --rounds 3"
    make measure NAME=against_version ARGS="f6cffc8 --compose 4 --rounds 3"

Each turn is a process of its own, which renders every tune to pages, MIDI and MP3, or composes so many piano pieces of
16 bars, other seeds in every round. Of composed pieces it says how many are the same, byte by byte. The older version
is checked out beside; both run with the packages that are installed here.
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from operator import eq
from pathlib import Path
from typing import NamedTuple

FORMATS = ("png", "mid", "mp3")
ROOT = Path(__file__).parents[2]
_TURN = """
import sys, time
from pathlib import Path
from renderers.recipe import Recipe
formats = sys.argv[1].split(",")
Recipe("X:1\\nL:1/4\\nK:C\\nCDEF|\\n").render(formats)
started = time.process_time()
for path in sys.argv[2:]:
    Recipe(Path(path).read_text(encoding="utf-8")).render(formats)
print(time.process_time() - started)
"""
_COMPOSING = """
import asyncio, hashlib, sys, time
from config.settings import Settings
from generator.catalogue.catalogue import load_catalogue
from generator.composer import open_composer
from generator.request import Request

async def compose(seeds):
    style = load_catalogue().find("chopin keyboard")
    async with open_composer(Settings()) as composer:
        await composer.compose_whole(Request(style=style, seed=0, bars=4))
        started = time.process_time()
        for seed in seeds:
            piece = await composer.compose_whole(Request(style=style, seed=seed, bars=16))
            print(hashlib.sha256(piece.abc.encode()).hexdigest())
        return time.process_time() - started

print(asyncio.run(compose([int(seed) for seed in sys.argv[1:]])))
"""


class Turn(NamedTuple):
    """What a version did in one turn. pieces: a checksum of each piece that it composed; none where it rendered."""

    processor_s: float
    pieces: tuple[str, ...]


def turn(tree: Path, script: str, arguments: Sequence[str]) -> Turn:
    """What a version does with this; its start is not counted."""
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    command = [sys.executable, "-W", "ignore", "-c", script, *arguments]
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=True)
    *pieces, processor_s = done.stdout.splitlines()
    return Turn(float(processor_s), tuple(pieces))


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="make measure NAME=against_version",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("version", help="a commit")
    parser.add_argument("folder", type=Path, nargs="?", help="of .abc files")
    parser.add_argument("--compose", type=int, metavar="PIECES", help="compose, instead of rendering")
    parser.add_argument("--tunes", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(arguments)
    if (options.folder is None) == (options.compose is None):
        parser.error("name a folder of tunes, or --compose with a number of pieces")
    with tempfile.TemporaryDirectory() as temporary:
        old = Path(temporary) / "old"
        check_out = ["git", "worktree", "add", "--detach", "--quiet", str(old), options.version]
        subprocess.run(check_out, cwd=ROOT, check=True)
        try:
            ratios, same = [], list[bool]()
            for number in range(options.rounds):
                trees = (old, ROOT) if number % 2 else (ROOT, old)
                turns = {tree: turn(tree, *_work(options, number)) for tree in trees}
                before, now = turns[old], turns[ROOT]
                ratios.append(now.processor_s / before.processor_s)
                same += map(eq, before.pieces, now.pieces)
                print(f"{before.processor_s:.1f} s before, {now.processor_s:.1f} s now: {ratios[-1]:.3f}", flush=True)
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", str(old)], cwd=ROOT, check=True)
    print(f"median ratio {statistics.median(ratios):.3f} in {options.rounds} rounds")
    if same:
        print(f"{sum(same)} of {len(same)} pieces are the same")
    return 0


def _work(options: argparse.Namespace, number: int) -> tuple[str, list[str]]:
    """What a turn of a round runs, and with which arguments."""
    if options.compose is not None:
        first = 1 + number * options.compose
        return _COMPOSING, [str(seed) for seed in range(first, first + options.compose)]
    paths = sorted(options.folder.resolve().rglob("*.abc"))
    tunes = random.Random(0).sample(paths, min(options.tunes, len(paths)))
    return _TURN, [",".join(FORMATS), *map(str, tunes)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
