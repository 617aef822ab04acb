"""The bars that an edit changed, as they were and as they are, in one ABC text from which a picture is drawn.

Promises: the text is the new excerpt as a tune of its own; lines of the old one stand in it behind `%%was `, and each
says which of its bars differ: `%%changed 2 3`, counted from 1. A bar beside them is shown where there is one.
Not covered: drawing it (`renderers`).
"""

from collections.abc import Sequence

from generator.finishing.delivery import mend_notation
from generator.notation import Tune, cut_bars

MOST_BARS = 10
BESIDE = 1
WAS, CHANGED = "%%was ", "%%changed "


def comparison_of(before: Tune, after: Tune, changed: Sequence[int], *, titles: tuple[str, str]) -> str:
    """The text; "" where no bar differs. changed: numbers of bars, from 1; titles: of the old and the new one."""
    here = [number - 1 for number in changed if number <= len(before.bars)]
    if not here:
        return ""
    first = max(0, here[0] - BESIDE)
    last = min(here[-1] + BESIDE, first + MOST_BARS - 1, len(before.bars) - 1, len(after.bars) - 1)
    marks = " ".join(str(number - first + 1) for number in here if number <= last)
    old, new = (_excerpt(tune, first, last, title, marks) for tune, title in zip((before, after), titles, strict=True))
    head, line, rest = new.partition("\n")
    return head + line + "".join(f"{WAS}{each}\n" for each in old.splitlines()) + rest


def _excerpt(tune: Tune, first: int, last: int, title: str, marks: str) -> str:
    cut = mend_notation(cut_bars(tune, first, last))
    lines = [line for line in cut.header.lines if line[:2] not in ("X:", "T:", "C:")]
    body = str(cut).removeprefix(str(cut.header))
    return "\n".join(("X:1", f"{CHANGED}{marks}", f"T:{title}", *lines)) + "\n" + body
