"""Hold duels while the bot is killed at every change, and count what was lost or came twice.

    make measure NAME=duel_kills ARGS="--duels 4 --voters 30"

The chats are the fakes of the tests, over real sockets; the bot is the real one, but for composing and drawing. It is
killed as soon as another duel, a third of the votes on it or its unveiling can be seen. Exit code 1 if anything was
lost, came twice or was wrong.
"""

import argparse
import asyncio
import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.e2e.duels import duel_on


async def run(folder: Path, given: argparse.Namespace) -> bool:
    """Whether all is as it should be."""
    good = True
    for platform in given.platforms:
        found = await duel_on(platform, folder / platform, duels=given.duels, voters=given.voters, seed=given.seed)
        print(found.line(), flush=True)
        for what in (*found.lost, *found.doubled, *found.wrong):
            print(f"  {what}", flush=True)
        good = good and found.clean
    return good


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="make measure NAME=duel_kills", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--platforms", nargs="+", choices=("discord", "telegram"), default=["discord", "telegram"])
    parser.add_argument("--duels", type=int, default=4)
    parser.add_argument("--voters", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        return 0 if asyncio.run(run(Path(folder), given)) else 1
