"""What composed pieces share with the pieces that were trained on, beside what held-out human pieces share with them.

Promises: a copy is what `generator.critic.originality` calls one: more than the 99th percentile of human pieces of the
style share with each other.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from generator.critic.judgement import Originality
from generator.critic.originality import load_index
from generator.errors import NotationError
from generator.evaluation.excerpts import Excerpt
from generator.evaluation.validity import share

MOST_NAMED = 5


def borrowing(
    excerpts: Sequence[Excerpt], *, progress: Callable[[int, int], None] = lambda _done, _count: None
) -> dict[str, Any] | None:
    """The longest runs of notes shared with a training piece; None for no pieces."""
    if not excerpts:
        return None
    index = load_index()
    pairs: list[tuple[Originality, Excerpt]] = []
    for done, excerpt in enumerate(excerpts, start=1):
        with suppress(NotationError):  # human pieces with odd keys
            pairs.append((index.check(excerpt.tune, excerpt.style), excerpt))
        progress(done, len(excerpts))
    if not pairs:
        return None
    found = [one for one, _ in pairs]
    notes = np.array([one.notes for one in found])
    nearest = sorted(pairs, key=lambda pair: pair[0].limit - pair[0].notes)
    return {
        "pieces": len(found),
        "copied": share([one.copied for one in found]),
        "copies": int(sum(one.copied for one in found)),
        "notes_median": float(np.median(notes)),
        "notes_95": float(np.quantile(notes, 0.95)),
        "notes_most": int(notes.max()),
        "nearest": [
            {"style": excerpt.style.name, "notes": one.notes, "limit": one.limit, "piece": one.piece}
            for one, excerpt in nearest[:MOST_NAMED]
        ],
    }
