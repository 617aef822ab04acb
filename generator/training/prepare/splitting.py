"""Which works are held out.

Promises: a work is held out as a whole or not at all; the same works are held out whatever the order of the files;
at least one is held out, and at least one is not.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence

from generator.training.errors import CorpusError

DEFAULT_SHARE = 0.1


def choose_held_out(
    works: Sequence[str], styles: Sequence[Hashable], *, share: float = DEFAULT_SHARE
) -> frozenset[str]:
    """The works to hold out: about `share` of the pieces of every style, and of all.

    works, styles: of each piece. Raises CorpusError if all pieces are of one work.
    """
    sizes = Counter(works)
    if len(sizes) < 2:
        raise CorpusError(reason="one_work")
    by_style: defaultdict[Hashable, Counter[str]] = defaultdict(Counter)
    for work, style in zip(works, styles, strict=True):
        by_style[style][work] += 1
    chosen: set[str] = set()
    for counts in by_style.values():
        wanted = round(share * counts.total())
        for work in sorted(counts, key=_shuffled):
            if work not in chosen and 0 < sizes[work] <= wanted:
                chosen.add(work)
                wanted -= sizes[work]
    missing = max(1, round(share * len(works))) - sum(sizes[work] for work in chosen)
    for work in sorted(sizes.keys() - chosen, key=_shuffled):
        if sizes[work] <= missing:
            chosen.add(work)
            missing -= sizes[work]
    return frozenset(chosen or {min(sizes, key=lambda work: (sizes[work], _shuffled(work)))})


def _shuffled(work: str) -> str:
    """A place in an order that has nothing to do with names, but depends on the work alone."""
    return hashlib.sha256(work.encode()).hexdigest()


def join_works(works: Sequence[str], pairs: Sequence[tuple[int, int]]) -> list[str]:
    """The work of each piece, where the pieces of each pair, and all of their works, count as one work."""
    leader = {work: work for work in works}

    def find(work: str) -> str:
        while leader[work] != work:
            work = leader[work]
        return work

    for one, other in pairs:
        first, second = sorted((find(works[one]), find(works[other])))
        leader[second] = first
    return [find(work) for work in works]
