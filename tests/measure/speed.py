"""How long a piano piece of 16 bars takes, warm: composing, then all formats.

    make measure NAME=speed ARGS="--pieces 10"

One piece first, that is not counted, then one after the other with seeds 1, 2, 3 ...
"""

import argparse
import asyncio
import os
import statistics
import time
from collections.abc import Sequence

from config.settings import Settings
from generator.catalogue.catalogue import load_catalogue
from generator.composer import open_composer
from generator.request import Request
from renderers.pipeline import open_renderer

FORMATS = ("abc", "xml", "mid", "png", "mp3", "pdf")


async def measure(pieces: int, *, bars: int) -> tuple[list[float], list[float]]:
    """Seconds of composing and of rendering, one figure for each piece."""
    style = load_catalogue().find("chopin keyboard")
    composing, rendering = [], []
    async with open_composer(Settings()) as composer, open_renderer() as renderer:
        for seed in range(pieces + 1):
            start = time.perf_counter()
            piece = await composer.compose_whole(Request(style=style, seed=seed, bars=bars))
            composed = time.perf_counter()
            await renderer.render(piece.abc, FORMATS, title=piece.title, composer=piece.credit)
            composing.append(composed - start)
            rendering.append(time.perf_counter() - composed)
    return composing[1:], rendering[1:]


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="make measure NAME=speed", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pieces", type=int, default=10)
    parser.add_argument("--bars", type=int, default=16)
    given = parser.parse_args(arguments)
    composing, rendering = asyncio.run(measure(given.pieces, bars=given.bars))
    print(f"{given.pieces} piano pieces of {given.bars} bars, {os.cpu_count()} processors, seconds:")
    for name, seconds in (("compose", composing), ("render", rendering)):
        print(f"  {name:<8} median {statistics.median(seconds):5.2f}   longest {max(seconds):5.2f}")
    return 0
