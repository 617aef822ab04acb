"""Composes so many piano pieces, one candidate each, as many at once as there are slots: NUMBER, BARS, FIRST SEED.

What is counted begins behind a first short piece, when all is loaded. first_bar_s: seconds until each piece had one.
"""

import asyncio
import hashlib
import json
import sys
import time

from config.settings import Settings
from generator.catalogue.catalogue import load_catalogue
from generator.composer import Composer, open_composer
from generator.request import Finished, Request


async def main(number: int, bars: int, first_seed: int) -> None:
    """Print what it took."""
    style, settings = load_catalogue().find("chopin keyboard"), Settings()
    async with open_composer(settings) as composer:
        await composer.compose_whole(Request(style=style, seed=0, bars=2))
        began_s, began_processor_s = time.perf_counter(), time.process_time()
        turns, first_bars = asyncio.Semaphore(settings.slots), list[float]()

        async def compose(seed: int) -> Finished:
            async with turns:
                return await _compose(composer, Request(style=style, seed=seed, bars=bars), began_s, first_bars)

        pieces = await asyncio.gather(*map(compose, range(first_seed, first_seed + number)))
        processor_s, wall_s = time.process_time() - began_processor_s, time.perf_counter() - began_s
    found = {
        "processor_s": processor_s,
        "wall_s": wall_s,
        "first_bar_s": first_bars,
        "patches": sum(piece.counts.patches for piece in pieces),
        "pieces": [hashlib.sha256(piece.abc.encode()).hexdigest() for piece in pieces],
    }
    print(json.dumps(found))  # noqa: T201


async def _compose(composer: Composer, request: Request, began_s: float, first_bars: list[float]) -> Finished:
    """One piece; when its first bar was there goes behind the others'."""
    is_first, finished = True, None
    async for event in composer.compose(request):
        if is_first:
            first_bars.append(time.perf_counter() - began_s)
            is_first = False
        if isinstance(event, Finished):
            finished = event
    assert finished is not None
    return finished


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:])))
