"""Renders tunes one after the other, warm: FORMATS with commas, then ABC FILES. Wall time; the work is in children."""

import asyncio
import inspect
import json
import sys
import time
from pathlib import Path

from renderers.pipeline import Renderer, open_renderer


async def render_page(renderer: Renderer, tune: str) -> float:
    """How long it takes until the first page is there; of a version that shows none before, until all are."""
    began_s = time.perf_counter()
    shown: list[float] = []
    if "show" in inspect.signature(renderer.render_most).parameters:
        await renderer.render_most(tune, ["png"], title="A page", show=lambda _: shown.append(time.perf_counter()))
    else:
        await renderer.render_most(tune, ["png"], title="A page")
    return (shown or [time.perf_counter()])[0] - began_s


async def main(formats: list[str], tunes: list[str]) -> None:
    """Print what it took."""
    async with open_renderer() as renderer:
        await renderer.render(tunes[0], formats, title="Warm")
        page_s = whole_s = 0.0
        for tune in tunes:
            page_s += await render_page(renderer, tune)
            began_s = time.perf_counter()
            await renderer.render(tune, formats, title="All")
            whole_s += time.perf_counter() - began_s
    print(json.dumps({"page_s": page_s / len(tunes), "whole_s": whole_s / len(tunes)}))  # noqa: T201


if __name__ == "__main__":
    texts = [Path(path).read_text(encoding="utf-8") for path in sys.argv[2:]]
    asyncio.run(main(sys.argv[1].split(","), texts))
