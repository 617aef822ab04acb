"""The rendering process: a warm child that answers one request after the other until its standard input ends.

Started as `python -m renderers.process.worker '{"memory_mb": ..., "output_mb": ..., "cpu_s": ...}'`. It speaks
protocol.py on a private copy of standard output. Standard output itself goes where standard error goes,
so that a native library that prints cannot disturb the conversation.
"""

import gc
import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

from renderers.errors import InputRefused, RenderError, ToolCrashed
from renderers.process.child import limit_cpu, limit_this_process
from renderers.process.protocol import PREPARED, SOURCE, pack_frame, read_request

SLOW_IMPORTS = ("renderers.recipe",)
OBJECTS_OF_MANY_PAGES = 100_000  # one leaves some 6,000 behind until it is done


def main(arguments: list[str]) -> None:
    """Answer requests. arguments: one JSON object with the limits."""
    limits = json.loads(arguments[0])
    limit_this_process(memory_mb=limits["memory_mb"], output_mb=limits["output_mb"])
    with _private_output() as answers:
        for module in SLOW_IMPORTS:
            import_module(module)
        from renderers.score.toolkits import make_ready

        make_ready()
        spare_the_collector()
        _send(answers, pack_frame({"ready": True}))
        while (request := read_request(sys.stdin.buffer)) is not None:
            limit_cpu(limits["cpu_s"])
            for frame in _answer(*request, tell=lambda frame: _send(answers, frame)):
                _send(answers, frame)
            make_ready()
            gc.collect()


def spare_the_collector() -> None:
    """Look for garbage when a request has been answered, not in the middle of a page.

    What was imported stays: looking through it takes as long as painting a page.
    """
    gc.freeze()
    gc.set_threshold(OBJECTS_OF_MANY_PAGES)


def _private_output() -> BinaryIO:
    private = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return os.fdopen(private, "wb")


def _send(answers: BinaryIO, frame: bytes) -> None:
    answers.write(frame)
    answers.flush()


def _answer(request: dict[str, Any], files: dict[str, bytes], *, tell: Callable[[bytes], None]) -> Iterator[bytes]:
    """One frame once the ABC, or the file instead of it, is understood, one for each format as soon as it is made, or
    with its error, and the last.

    Where it cannot be understood, the only frame has the error. tell: takes frames that come while one is made.
    """
    from renderers.formats import in_order
    from renderers.pages.printing import Printing
    from renderers.recipe import Recipe
    from renderers.sound.playing import Playing

    soundfont = request["soundfont"]
    making = ""

    def tell_share(done: float) -> None:
        tell(pack_frame({"part": making, "done": done}))

    def show(page: dict[str, bytes]) -> None:
        tell(pack_frame({"part": making, "shown": True}, page))

    try:
        recipe = Recipe(
            files[SOURCE] if SOURCE in files else request["abc"],
            title=request["title"],
            composer=request["composer"],
            soundfont=Path(soundfont) if soundfont else None,
            tune=request["tune"],
            playing=Playing.from_json(request["playing"]),
            printing=Printing.from_json(request["printing"]),
            tell=tell_share,
            show=show if request["show"] else None,
        )
        recipe.prepare()
        if not request["carefully"]:
            recipe.expect(in_order(request["formats"]))
    except Exception as error:
        yield pack_frame(_describe(error))
        return
    yield pack_frame({"part": PREPARED, **recipe.describe()})
    for row in in_order(request["formats"]):
        making = row.name
        try:
            files = recipe.make(row)
            yield pack_frame({"part": row.name, **recipe.heard()}, files)
        except Exception as error:
            yield pack_frame({"part": row.name, **_describe(error)})
    yield pack_frame({})


def _describe(error: Exception) -> dict[str, Any]:
    """The name of an error of ours and what it knows; of another where it happened, for the log of the parent."""
    if isinstance(error, RenderError):
        values = {name: value if isinstance(value, (int, list)) else str(value) for name, value in error.values.items()}
        return {"error": type(error).__name__, "reason": error.reason, "values": values}
    if isinstance(error, RecursionError):  # the converter and lxml descend into what is nested
        return {"error": InputRefused.__name__, "reason": "", "values": {}}
    # A bug of ours or of a library: never what people wrote.
    where = "".join(traceback.format_tb(error.__traceback__)) + type(error).__name__
    return {"error": ToolCrashed.__name__, "reason": "", "values": {}, "where": where}


if __name__ == "__main__":
    main(sys.argv[1:])
