"""Have many people ask for a piece at the same moment: acknowledgements, fairness, memory.

    make measure NAME=load ARGS="--people 200"

The chats are the fakes of the tests, over real sockets; the bot is the real one with a stand-in for composing. The
bot's own limits of messages a second are lifted, unless --usual-pace is given: Telegram allows 30 a second, so 200
answers take it 7 seconds whatever the bot does.
"""

import argparse
import asyncio
import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.e2e.load import ask_at_once

USUAL_PACE = {"telegram_messages_per_s": "25", "discord_messages_per_s": "40"}


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="make measure NAME=load", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--platforms", nargs="+", choices=("discord", "telegram"), default=["discord", "telegram"])
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--usual-pace", action="store_true", help="keep the bot's usual limits of messages a second")
    given = parser.parse_args(arguments)
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # a killed bot hangs up in mid-sentence
    settings = USUAL_PACE if given.usual_pace else {}
    for platform in given.platforms:
        with tempfile.TemporaryDirectory() as folder:
            load = asyncio.run(ask_at_once(platform, Path(folder) / "bot", people=given.people, **settings))
        print(load.line(), flush=True)
    return 0
