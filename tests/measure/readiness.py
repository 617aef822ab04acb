"""One fault after the other in a running bot: how soon /readyz and /metrics say so, and say so no more.

    make measure NAME=readiness
    make measure NAME=readiness ARGS="--faults 'disk full' 'telegram: silence' --lasts 60"

A full disk; a database that is locked, gone or damaged; each platform that answers garbage, errors, floods or nothing,
or refuses the token; another program that takes Telegram's messages. The chats are the fakes of the tests, the bot is
the real one with a stand-in for composing and its usual clocks. Afterwards the log, in every detail, is searched for
tokens and for what people wrote.
Exit code 1 if something took longer than 15 s or was found in the log.
"""

import argparse
import asyncio
import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.e2e.readiness import spilled, watched_bot


async def run(folder: Path, names: Sequence[str], *, lasts_s: float) -> bool:
    """Whether all turned and came back in time."""
    async with watched_bot(folder) as watch:
        in_time = True
        for name in names or watch.faults():
            turned = await watch.meet(name, lasts_s=lasts_s)
            print(turned.line(), flush=True)
            in_time = in_time and turned.in_time
    return in_time


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="make measure NAME=readiness", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--faults", nargs="+", default=[])
    parser.add_argument("--lasts", type=float, default=20.0, help="seconds that each lasts after it was noticed")
    given = parser.parse_args(arguments)
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # what hangs is cut off in the end
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "bot"
        in_time = asyncio.run(run(folder, given.faults, lasts_s=given.lasts))
        found = spilled(folder.with_suffix(".log"))
    print(f"in the log: {', '.join(found) or 'no secret and no word of anybody'}")
    return 0 if in_time and not found else 1
