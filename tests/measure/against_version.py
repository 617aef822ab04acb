"""Render the same tunes with this version and an older one, by turns, and set their processor times side by side.

    make measure NAME=against_version ARGS="f6cffc8 FOLDER --tunes 12 --rounds 3"

Each turn is a process of its own, which renders every tune to pages, MIDI and MP3. The older version is checked out
beside; both run with the packages that are installed here.
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

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


def turn(tree: Path, tunes: Sequence[Path]) -> float:
    """The processor seconds that a version takes for all tunes, its start left out."""
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    command = [sys.executable, "-W", "ignore", "-c", _TURN, ",".join(FORMATS), *map(str, tunes)]
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=True)
    return float(done.stdout.splitlines()[-1])


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="make measure NAME=against_version",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("version", help="a commit")
    parser.add_argument("folder", type=Path, help="of .abc files")
    parser.add_argument("--tunes", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(arguments)
    paths = sorted(options.folder.resolve().rglob("*.abc"))
    tunes = random.Random(0).sample(paths, min(options.tunes, len(paths)))
    with tempfile.TemporaryDirectory() as temporary:
        old = Path(temporary) / "old"
        check_out = ["git", "worktree", "add", "--detach", "--quiet", str(old), options.version]
        subprocess.run(check_out, cwd=ROOT, check=True)
        try:
            ratios = []
            for number in range(options.rounds):
                trees = (old, ROOT) if number % 2 else (ROOT, old)
                times_s = {tree: turn(tree, tunes) for tree in trees}
                ratios.append(times_s[ROOT] / times_s[old])
                print(f"{times_s[old]:.1f} s before, {times_s[ROOT]:.1f} s now: {ratios[-1]:.3f}", flush=True)
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", str(old)], cwd=ROOT, check=True)
    print(f"median ratio {statistics.median(ratios):.3f} over {len(tunes)} tunes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
