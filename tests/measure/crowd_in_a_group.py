"""Have thirty people ask in one Telegram group within ten seconds, at 20 messages a minute, and in a Discord channel.

    make measure NAME=crowd_in_a_group ARGS="--people 30"

Composing takes two seconds, four at a time. Each message and edit counts one, an album its items, reactions nothing.
Everybody has to be acknowledged within 10 s, all pages have to be there 120 s after the first request, no question may
stay unanswered. Then once more while one member presses for files every second: the others' pages may take 1.2 times
as long. On Discord everybody has to be acknowledged within a second. The exit code says whether all of it held.
"""

import argparse
import asyncio
import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.e2e.crowd import OTHER_WORDS, Crowd, ask_in_a_group
from tests.e2e.load import ask_in_a_channel

ACKNOWLEDGED_S, PAGES_S, DISCORD_S = 10.0, 120.0, 1.0
MOST_TIMES = 1.2


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="make measure NAME=crowd_in_a_group",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--people", type=int, default=30)
    parser.add_argument("--players", action="store_true", help="wait for everybody's player too")
    parser.add_argument("--only", nargs="+", choices=("group", "presser", "discord"), help="a part of it")
    given = parser.parse_args(arguments)
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    parts = given.only or ("group", "presser", "discord")
    held = []
    quiet = _group(given, presser=False) if "group" in parts else None
    if quiet is not None:
        held.append(_holds(quiet))
    if "presser" in parts:
        pressed = _group(given, presser=True)
        held.append(_holds(pressed))
        if quiet is not None:
            times = pressed.pages_by_s / quiet.pages_by_s
            print(f"          pages with somebody who presses for files: {times:.2f} times as long", flush=True)
            held.append(times <= MOST_TIMES)
    if "discord" in parts:
        held.append(_discord(given.people))
    return 0 if all(held) else 1


def _group(given: argparse.Namespace, *, presser: bool) -> Crowd:
    with tempfile.TemporaryDirectory() as folder:
        crowd = asyncio.run(
            ask_in_a_group(Path(folder) / "bot", people=given.people, presser=presser, with_players=given.players)
        )
    print(f"{'presser' if presser else 'group':<9} {crowd.line()}", flush=True)
    return crowd


def _holds(crowd: Crowd) -> bool:
    everybody = {len(crowd.acknowledged_s), len(crowd.page_s)} == {crowd.people}
    answered = len(crowd.answered_s) == len(OTHER_WORDS)
    soon = max(crowd.acknowledged_s.values(), default=0.0) <= ACKNOWLEDGED_S and crowd.pages_by_s <= PAGES_S
    return everybody and answered and soon and not crowd.doubled


def _discord(people: int) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        took_s = asyncio.run(ask_in_a_channel(Path(folder) / "bot", people=people))
    print(f"discord   {len(took_s)} people: acknowledged, the last after {max(took_s) * 1000:.0f} ms", flush=True)
    return len(took_s) == people and max(took_s) < DISCORD_S
