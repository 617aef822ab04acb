"""Have people come one after the other, as chance has it, to a bot on both platforms: bar, page, whole piece, memory.

    make measure NAME=arrivals ARGS="--pieces 40 --per-minute 12"

The chats are the fakes of the tests, over real sockets; the bot is the real one with the model that ships, or with
--stub a stand-in for composing. A Poisson process: so many requests a minute in the mean, at random moments.
"""

import argparse
import asyncio
import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bot.bench.report import Report
from tests.e2e.arrivals import arrive
from tests.fakes.bot_process import REAL, STUB


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code: whether everybody got a page."""
    parser = argparse.ArgumentParser(
        prog="make measure NAME=arrivals", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pieces", type=int, default=40)
    parser.add_argument("--per-minute", type=float, default=12)
    parser.add_argument("--bars", type=int, default=8)
    parser.add_argument("--slots", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stub", action="store_true", help="nothing is composed: half a second for each piece")
    parser.add_argument("--out", type=Path, help="put the figures into this file of `notabot bench`")
    given = parser.parse_args(arguments)
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # a bot that is ended hangs up in mid-sentence
    report = Report(given.out)
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(
            arrive(
                Path(folder) / "bot",
                pieces=given.pieces,
                per_minute=given.per_minute,
                bars=given.bars,
                slots=given.slots,
                program=STUB if given.stub else REAL,
                seed=given.seed,
            )
        )
    print(found.line(), flush=True)
    report.add("arrivals", found.to_json())
    return 0 if len(found.whole_s) == given.pieces else 1
