"""Upset challenges on a running bot: the clock jumps, two end at once, organiser, channel or the bot itself goes away.

    make measure NAME=upsets
    make measure NAME=upsets ARGS="--platforms telegram --only summer expelled"

The chats are the fakes of the tests, over real sockets; the bot is the real one, but for composing and drawing, with a
clock that is put by a file. Exit code 1 if an entry, a vote or a message was lost or came twice, or if a stage came
more than five seconds after its time.
"""

import argparse
import asyncio
import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.e2e.upsets import UPSETS, upset_all


async def run(folder: Path, given: argparse.Namespace) -> bool:
    """Whether all is as it should be."""
    good = True
    for platform in given.platforms:
        for upset in await upset_all(platform, folder / platform, only=tuple(given.only or ())):
            print(upset.line(), flush=True)
            for what in upset.wrong:
                print(f"  {what}", flush=True)
            good = good and upset.clean
    return good


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="make measure NAME=upsets", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--platforms", nargs="+", choices=("discord", "telegram"), default=["discord", "telegram"])
    parser.add_argument("--only", nargs="+", choices=UPSETS)
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        return 0 if asyncio.run(run(Path(folder), given)) else 1
