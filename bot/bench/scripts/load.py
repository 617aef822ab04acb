"""Composes many small pieces with a tiny network that knows nothing, some of them given up on the way: PIECES, SEED.

They come in waves of a hundred, many more at once than there are slots. Behind each wave is counted which slots are
not free again, and how much memory the process holds. Of every five one is given up: before it has begun, in the
middle, or at a bar.
"""

import asyncio
import gc
import json
import os
import random
import sys
import time
from contextlib import aclosing, suppress
from pathlib import Path

from config.settings import Settings
from generator.catalogue.catalogue import load_catalogue
from generator.catalogue.style import Style
from generator.composer import Composer, open_composer
from generator.evaluation.tiny import save_tiny_network
from generator.model.engine import Engine
from generator.request import Finished, Request

WAVE, GIVEN_UP_OF, LONGEST_S = 100, 5, 0.5
LOOKS, LOOK_EVERY_S = 3000, 0.01
MIB = 1024**2


async def main(pieces: int, seed: int) -> None:
    """Print what became of them."""
    chance, began_s = random.Random(seed), time.perf_counter()
    style, memory_mib, leaked, finished = load_catalogue().find("chopin keyboard"), list[float](), 0, 0
    weights = save_tiny_network(Path("tiny.safetensors"))
    async with open_composer(Settings(weights=weights, candidates=1, tries_per_bar=1)) as composer:
        for first in range(0, pieces, WAVE):
            tasks = [
                asyncio.create_task(_compose(composer, style, number, chance), name=f"piece {number}")
                for number in range(first, min(first + WAVE, pieces))
            ]
            finished += sum(await asyncio.gather(*tasks))
            leaked += await _never_free(composer.engine)
            gc.collect()
            memory_mib.append(_memory_mib())
    found = {
        "pieces": pieces,
        "finished": finished,
        "given_up": pieces - finished,
        "leaked": leaked,
        "memory_mib": memory_mib,
        "wall_s": time.perf_counter() - began_s,
    }
    print(json.dumps(found))  # noqa: T201


async def _compose(composer: Composer, style: Style, number: int, chance: random.Random) -> bool:
    """Whether it was finished. What is given up closes the generator, or is a task that is cancelled."""
    request = Request(style=style, seed=number, bars=1 + number % 2)
    if number % GIVEN_UP_OF:
        return isinstance(await composer.compose_whole(request), Finished)
    if number % 2:
        async with aclosing(composer.compose(request)) as events:
            async for _event in events:
                break  # at the first bar, or at the end where that is the same
        return False
    work = asyncio.create_task(composer.compose_whole(request), name=f"given up {number}")
    await asyncio.sleep(chance.choice((0.0, chance.uniform(0, LONGEST_S))))
    work.cancel()
    with suppress(asyncio.CancelledError):
        await work
    return False


async def _never_free(engine: Engine) -> int:
    """How many slots are still in use some time after the last piece has gone."""
    for _ in range(LOOKS):
        if not engine.opened:
            break
        await asyncio.sleep(LOOK_EVERY_S)
    return len(engine.opened)


def _memory_mib() -> float:
    """What the process holds now (resident)."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / MIB


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:])))
