"""Send thousands of changed, foreign, old and made-up presses and forms from two accounts, and count what came of it.

    make measure NAME=forgeries
    make measure NAME=forgeries ARGS="--platforms discord --presses 500 --seed 7"

The chats are the fakes of the tests, over real sockets; the bot is the real one, but for composing and drawing. Exit
code 1 if somebody voted twice, for themselves or after the end, if anything of others changed, if an answer says that
something went wrong, if a press was not acknowledged, or if the bot died.
"""

import argparse
import asyncio
import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.e2e.forgeries import forge


async def run(folder: Path, given: argparse.Namespace) -> bool:
    """Whether all is as it should be."""
    good = True
    for platform in given.platforms:
        found = await forge(platform, folder / platform, presses=given.presses, seed=given.seed)
        print(found.line(), flush=True)
        for what in (*found.wrong, *found.errors, *found.silent):
            print(f"  {what}", flush=True)
        good = good and found.clean
    return good


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="make measure NAME=forgeries", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--platforms", nargs="+", choices=("discord", "telegram"), default=["discord", "telegram"])
    parser.add_argument("--presses", type=int, default=2000, help="on each platform")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        return 0 if asyncio.run(run(Path(folder), given)) else 1
