"""Renders tunes one after the other, warm: FORMATS with commas, then ABC FILES. Wall time; the work is in a child."""

import asyncio
import json
import sys
import time
from pathlib import Path

from renderers.pipeline import open_renderer


async def main(formats: list[str], tunes: list[str]) -> None:
    """Print what it took."""
    async with open_renderer() as renderer:
        await renderer.render(tunes[0], formats, title="Warm")
        page_s = whole_s = 0.0
        for tune in tunes:
            began_s = time.perf_counter()
            await renderer.render(tune, ["png"], title="A page")
            page_s += time.perf_counter() - began_s
            began_s = time.perf_counter()
            await renderer.render(tune, formats, title="All")
            whole_s += time.perf_counter() - began_s
    print(json.dumps({"page_s": page_s / len(tunes), "whole_s": whole_s / len(tunes)}))  # noqa: T201


if __name__ == "__main__":
    texts = [Path(path).read_text(encoding="utf-8") for path in sys.argv[2:]]
    asyncio.run(main(sys.argv[1].split(","), texts))
