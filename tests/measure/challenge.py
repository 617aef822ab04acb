"""Hold challenges with many entrants and voters while the bot is killed, and count what was lost or came twice.

    make measure NAME=challenge ARGS="--entrants 50 --voters 300 --kills 10"
    make measure NAME=challenge ARGS="--platforms telegram --entrants 8 --voters 20 --kills 3 --open-s 40 --vote-s 40"

The bot is killed at each change of stage, and besides at so many moments of chance. The chats are the fakes of the
tests, over real sockets; the bot is the real one. Exit code 1 if anything was lost, came twice or was wrong, or if a
challenge closed more than five seconds after its time or the restart.
"""

import argparse
import asyncio
import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.e2e.contest import hold

LATEST_S = 5.0


async def run(platforms: Sequence[str], folder: Path, given: argparse.Namespace) -> bool:
    """Whether all is as it should be."""
    good = True
    for platform in platforms:
        outcome = await hold(
            platform,
            folder / platform,
            entrants=given.entrants,
            voters=given.voters,
            kills=given.kills,
            open_s=given.open_s,
            vote_s=given.vote_s,
            seed=given.seed,
        )
        print(outcome.line(), flush=True)
        for what in (*outcome.lost, *outcome.doubled, *outcome.wrong):
            print(f"  {what}", flush=True)
        good = good and outcome.clean and outcome.late_s <= LATEST_S
    return good


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="make measure NAME=challenge", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--platforms", nargs="+", choices=("discord", "telegram"), default=["discord", "telegram"])
    parser.add_argument("--entrants", type=int, default=50)
    parser.add_argument("--voters", type=int, default=300, help="beside the entrants")
    parser.add_argument("--kills", type=int, default=10, help="at moments of chance")
    parser.add_argument("--open-s", type=int, default=120)
    parser.add_argument("--vote-s", type=int, default=180)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        return 0 if asyncio.run(run(given.platforms, Path(folder), given)) else 1
