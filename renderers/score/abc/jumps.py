"""D.C. and D.S.: whether they can be followed when the tune is played.

A player that follows one never comes back to what stands behind it, unless that is a coda. In a piece of several
movements the minuet would be the last that is heard; there the words are printed, and the music goes straight on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from renderers.score.abc.decorations import JUMPS
from renderers.score.abc.measures import Measure
from renderers.score.abc.model import Jump
from renderers.score.abc.remarks import Remark

BACK = ("dacapo", "dalsegno")


def find_unfollowed(measures: Sequence[Measure]) -> list[Remark]:
    """A remark for each jump that would silence what stands behind it."""
    jumps = list(_jumps(measures))
    last = max((index for index, measure in enumerate(measures) if not _is_silent(measure)), default=0)
    codas = [index for index, _, name in jumps if JUMPS[name][1] == "coda"]
    lines = {
        line: name
        for index, line, name in jumps
        if JUMPS[name][1] in BACK and index < last and not any(coda > index for coda in codas)
    }
    return [Remark("jump", line, {"text": JUMPS[name][0]}) for line, name in lines.items()]


def _jumps(measures: Sequence[Measure]) -> Iterator[tuple[int, int, str]]:
    """(measure, line, name) of all of them."""
    for index, measure in enumerate(measures):
        for bar in measure.bars.values():
            for layer in bar.layers:
                yield from ((index, bar.line, item.name) for item in layer if isinstance(item, Jump))


def _is_silent(measure: Measure) -> bool:
    return all(bar.is_silent for bar in measure.bars.values())
