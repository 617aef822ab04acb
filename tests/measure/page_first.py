"""Send scores to a bot on Telegram, one after the other: seconds until the first page stands in the chat, and the rest.

    make measure NAME=page_first ARGS="docs/gallery/04.abc docs/gallery/08.abc --times 5"

The chat is the fake of the tests, over real sockets, the bot is the real one; nothing is composed. The first score is
sent once more at the beginning, which is not counted: what draws has to start.
"""

import argparse
import asyncio
import logging
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.e2e.chaos import NO_LIMITS
from tests.fakes.bot_process import REAL, environment_for, open_bot
from tests.fakes.telegram import FakeTelegram, open_fake_telegram

LOOK_EVERY_S = 0.02
LIMIT_S = 300.0


async def send(telegram: FakeTelegram, name: str, content: bytes, *, person: int) -> tuple[float, float]:
    """Seconds until the first page, until the whole piece. Raises TimeoutError."""
    began_s, page_s = time.monotonic(), 0.0
    telegram.send_document(telegram.person(person, f"Person{person}"), name, content)
    async with asyncio.timeout(LIMIT_S):
        while True:
            shown = [one for one in telegram.from_bot(person) if "photo" in one]
            now_s = time.monotonic() - began_s
            page_s = page_s or (now_s if shown else 0.0)
            if any("Piece " in one.get("caption", "") for one in shown):
                return page_s, now_s
            await asyncio.sleep(LOOK_EVERY_S)


async def run(scores: Mapping[str, bytes], folder: Path, *, times: int) -> None:
    """Print a line for each score. scores: contents by name."""
    async with open_fake_telegram() as telegram:
        environment = environment_for(folder / "bot", discord=None, telegram=telegram, **NO_LIMITS)
        async with open_bot(REAL, environment, log=folder / "log"):
            person = 1000
            await send(telegram, *next(iter(scores.items())), person=person)
            for name, content in scores.items():
                found = [await send(telegram, name, content, person=(person := person + 1)) for _ in range(times)]
                page_s, whole_s = (statistics.median(each) for each in zip(*found, strict=True))
                print(f"{name}: page {page_s:.1f} s, whole piece {whole_s:.1f} s", flush=True)


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="make measure NAME=page_first", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("scores", type=Path, nargs="+", metavar="SCORE")
    parser.add_argument("--times", type=int, default=5)
    given = parser.parse_args(arguments)
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # a bot that is ended hangs up in mid-sentence
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run({one.name: one.read_bytes() for one in given.scores}, Path(folder), times=given.times))
    return 0
