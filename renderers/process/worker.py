"""The rendering process: a warm child that answers one request after the other until its standard input ends.

Started as `python -m renderers.process.worker '{"memory_mb": ..., "output_mb": ..., "cpu_s": ...}'`. It speaks
protocol.py on a private copy of standard output. Standard output itself goes where standard error goes,
so that a native library that prints cannot disturb the conversation.
"""

import json
import os
import sys
import traceback
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

from renderers.errors import InputRefused, RenderError, ToolCrashed
from renderers.process.child import limit_cpu, limit_this_process
from renderers.process.protocol import pack_frame, read_request

SLOW_IMPORTS = ("abctoolkit.abc2xml", "renderers.recipe")


def main(arguments: list[str]) -> None:
    """Answer requests. arguments: one JSON object with the limits."""
    limits = json.loads(arguments[0])
    limit_this_process(memory_mb=limits["memory_mb"], output_mb=limits["output_mb"])
    with _private_output() as answers:
        for module in SLOW_IMPORTS:
            import_module(module)
        _send(answers, pack_frame({"ready": True}))
        while (request := read_request(sys.stdin.buffer)) is not None:
            limit_cpu(limits["cpu_s"])
            _send(answers, _answer(request))


def _private_output() -> BinaryIO:
    private = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return os.fdopen(private, "wb")


def _send(answers: BinaryIO, frame: bytes) -> None:
    answers.write(frame)
    answers.flush()


def _answer(request: dict[str, Any]) -> bytes:
    """The files, or the name and message of the error."""
    from renderers.recipe import Recipe

    soundfont = request["soundfont"]
    try:
        recipe = Recipe(
            request["abc"],
            title=request["title"],
            composer=request["composer"],
            soundfont=Path(soundfont) if soundfont else None,
        )
        return pack_frame({}, recipe.render(request["formats"]))
    except RenderError as error:
        return pack_frame({"error": type(error).__name__, "message": str(error)})
    except RecursionError:  # the converter and lxml descend into what is nested
        return pack_frame({"error": InputRefused.__name__, "message": str(InputRefused())})
    except Exception as error:  # a bug of ours or of a library: the parent logs where, never what people wrote
        where = "".join(traceback.format_tb(error.__traceback__)) + type(error).__name__
        return pack_frame({"error": ToolCrashed.__name__, "message": str(ToolCrashed()), "where": where})


if __name__ == "__main__":
    main(sys.argv[1:])
