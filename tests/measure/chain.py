"""Play hidden chains while the bot is killed at every change, and count what was lost or came twice.

    make measure NAME=chain ARGS="--players 8 --vanish 2 5"

The chats are the fakes of the tests, over real sockets; the bot is the real one, but for composing and drawing. It is
killed as soon as another player, turn or stage can be seen. Exit code 1 if anything was lost, came twice or was wrong.
"""

import argparse
import asyncio
import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.e2e.chain import play


async def run(folder: Path, given: argparse.Namespace) -> bool:
    """Whether all is as it should be."""
    good = True
    for number in range(given.times):
        for platform in given.platforms:
            played = await play(
                platform, folder / f"{platform}{number}", players=given.players, vanish=set(given.vanish), seed=number
            )
            print(played.line(), flush=True)
            for what in (*played.lost, *played.doubled, *played.wrong):
                print(f"  {what}", flush=True)
            good = good and played.clean
    return good


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="make measure NAME=chain", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--platforms", nargs="+", choices=("discord", "telegram"), default=["discord", "telegram"])
    parser.add_argument("--players", type=int, default=8)
    parser.add_argument(
        "--vanish", type=int, nargs="*", default=[2, 5], help="places of those who never answer, from 0"
    )
    parser.add_argument("--times", type=int, default=1)
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        return 0 if asyncio.run(run(Path(folder), given)) else 1
