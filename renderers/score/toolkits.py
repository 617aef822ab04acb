"""Verovio's toolkits, each for one score. One is made ahead, while nobody waits: each reads its fonts anew, which takes
as long as a fortieth of a page. None is used twice: options and names of one score would be found in the next.
"""

import verovio

_ready: list[verovio.toolkit] = []


def open_toolkit() -> verovio.toolkit:
    """A fresh one."""
    return _ready.pop() if _ready else verovio.toolkit()


def make_ready() -> None:
    """Make one for the next score, unless there is one."""
    if not _ready:
        _ready.append(verovio.toolkit())
