"""Render the same tunes, or compose, with this version and an older one by turns: their processor times side by side.

    make measure NAME=against_version ARGS="f6cffc8 FOLDER --tunes 12 --rounds 3"
    make measure NAME=against_version ARGS="f6cffc8 --compose 4 --rounds 3"

Each turn is a process of its own, which renders every tune to pages, MIDI and MP3, or composes so many piano pieces of
16 bars as `notabot bench composing` does, other seeds in every round. Of composed pieces it says how many are the same,
byte by byte. The older version is checked out beside; both run with the packages that are installed here.
"""

import argparse
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from operator import eq
from pathlib import Path
from typing import NamedTuple

from bot.bench.turns import Turns, Versions, run_script, take_turn

FORMATS = ("png", "mid", "mp3")
BARS = 16
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


class Done(NamedTuple):
    """What a version did in one turn. pieces: a checksum of each piece that it composed; none where it rendered."""

    processor_s: float
    pieces: tuple[str, ...]


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
    parser.add_argument("--slots", type=int, default=4)
    parser.add_argument("--candidates", type=int, default=4)
    options = parser.parse_args(arguments)
    if (options.folder is None) == (options.compose is None):
        parser.error("name a folder of tunes, or --compose with a number of pieces")
    with tempfile.TemporaryDirectory() as temporary:
        old = Path(temporary) / "old"
        check_out = ["git", "worktree", "add", "--detach", "--quiet", str(old), options.version]
        subprocess.run(check_out, cwd=ROOT, check=True)
        try:
            ratios, same, versions = [], list[bool](), Versions(now=ROOT, before=old)
            for number in range(options.rounds):
                turns = {tree: _done(tree, options, number) for tree, _ in versions.in_turn(number, Turns())}
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


def _done(tree: Path, options: argparse.Namespace, number: int) -> Done:
    """One turn of a version; its start is not counted."""
    if options.compose is not None:
        settings = {"slots": str(options.slots), "candidates": str(options.candidates)}
        found = run_script(tree, "composing", options.compose, BARS, 1 + number * options.compose, **settings).found
        return Done(found["processor_s"], tuple(found["pieces"]))
    paths = sorted(options.folder.resolve().rglob("*.abc"))
    tunes = random.Random(0).sample(paths, min(options.tunes, len(paths)))
    return Done(float(take_turn(tree, ["-c", _TURN, ",".join(FORMATS), *map(str, tunes)]).said), ())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
