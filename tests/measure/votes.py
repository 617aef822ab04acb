"""Have 200 people vote at the same moment, in a challenge and in a duel: how soon each is heard, whether all count.

    make measure NAME=votes
    make measure NAME=votes ARGS="--platforms telegram --voters 50 --times 3"

Everybody presses at once, every fourth twice; then everybody once more for something else. The chats are the fakes of
the tests, over real sockets; the bot is the real one, but for composing and drawing. Exit code 1 if a vote is not what
its voter pressed last, if the result says otherwise, or if the 99th percentile of acknowledgements is over a second.
"""

import argparse
import asyncio
import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.e2e.votes import poll_all

HEARD_S = 1.0


async def run(folder: Path, given: argparse.Namespace) -> bool:
    """Whether all is as it should be."""
    good = True
    for number in range(given.times):
        for platform in given.platforms:
            for poll in await poll_all(platform, folder / f"{platform}{number}", voters=given.voters, seed=number):
                print(poll.line(), flush=True)
                for what in poll.wrong:
                    print(f"  {what}", flush=True)
                good = good and not poll.wrong and poll.p99_s <= HEARD_S
    return good


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="make measure NAME=votes", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--platforms", nargs="+", choices=("discord", "telegram"), default=["discord", "telegram"])
    parser.add_argument("--voters", type=int, default=200)
    parser.add_argument("--times", type=int, default=1)
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        return 0 if asyncio.run(run(Path(folder), given)) else 1
