"""The real rendering process, except that the making of some formats ends badly.

`python -m tests.renderers.process.failing_worker LIMITS '{"pdf": "dies", "mp3": "dies once", ...}' FOLDER`; the empty
name stands for understanding the ABC, `make_opus` for the encoder of that name. What happens once leaves a note in the
folder.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path

from renderers import recipe
from renderers.errors import InputRefused
from renderers.formats import FORMATS
from renderers.process import worker
from renderers.recipe import Recipe


def end_badly(misdeed, note):
    if misdeed.endswith("once"):
        if note.exists():
            return
        note.touch()
    match misdeed.split()[0]:
        case "dies":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "hangs":
            time.sleep(3600)
        case "raises":
            raise KeyError("a mistake")
        case "meets":  # goes on once the other is being made, too
            note.touch()
            until_s = time.monotonic() + 20
            while not note.with_name(f"note-{misdeed.split()[1]}").exists() and time.monotonic() < until_s:
                time.sleep(0.01)
            assert time.monotonic() < until_s, "the other one waits for this one"
        case "refuses":
            raise InputRefused(reason="lasts", minutes=90)


def misbehave(owner, method, misdeed, note):
    right = getattr(owner, method)

    def wrong(*arguments, **options):
        end_badly(misdeed, note)
        return right(*arguments, **options)

    setattr(owner, method, wrong)


if __name__ == "__main__":
    methods = {"": "prepare"} | {row.name: row.made_by for row in FORMATS}
    for name, misdeed in json.loads(sys.argv[2]).items():
        owner, method = (Recipe, methods[name]) if name in methods else (recipe, name)
        misbehave(owner, method, misdeed, Path(sys.argv[3]) / f"note-{name}")
    worker.main(sys.argv[1:2])
