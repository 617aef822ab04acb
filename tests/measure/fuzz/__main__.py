"""`python -m tests.measure.fuzz DOOR [--count 1000] [--seed 1]`: exit code 1 if anything is wrong."""

import argparse
import asyncio
import sys

from tests.measure.fuzz.doors import DOORS
from tests.measure.fuzz.throwing import throw_at


def main() -> int:
    parser = argparse.ArgumentParser(prog="fuzz", description="Throws damaged input at a door.")
    parser.add_argument("door", choices=[*DOORS, "all"], nargs="?", default="all")
    parser.add_argument("--count", type=int, default=1500, help="inputs for each door (default: 1500)")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    clean = True
    for door in DOORS if asked.door == "all" else [asked.door]:
        outcome = asyncio.run(throw_at(door, count=asked.count, seed=asked.seed))
        print(outcome.line(), *outcome.faults, sep="\n", flush=True)
        clean = clean and outcome.clean
    return 0 if clean else 1


if __name__ == "__main__":
    sys.exit(main())
