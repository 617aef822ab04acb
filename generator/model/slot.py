"""One piece in the engine, and places in it to come back to.

Not covered: what is done with it (`engine.py`), and what the caches hold of it (`context.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from generator.model.patches import PATCH_CHARS, VOCABULARY
from generator.model.random_stream import RandomStream
from generator.model.sampling_settings import Sampling

Patch = tuple[int, ...]


@dataclass(frozen=True)
class Mark:
    """A place in a slot's piece to come back to.

    length: patches so far; start: first patch after the pinned ones that the context still held; last: the last patch.
    """

    length: int
    start: int
    last: Patch


@dataclass(frozen=True)
class Guide:
    """The prompt that guidance leads away from: these patches stand in place of the first `replaced` of the piece."""

    patches: tuple[Patch, ...]
    replaced: int

    @property
    def shift(self) -> int:
        """How many places nearer to the start the second reading has every later patch, 0 or more."""
        return self.replaced - len(self.patches)


@dataclass(eq=False, kw_only=True)
class Slot:
    """One piece in an engine, as data: only the engine that made it changes it (`Engine.open_slot`).

    index: its place in the engine; patches: all of the piece so far, the opening included. The context holds the first
    `pinned` of them and those from `start` on; of these so many are `read`. sampling: how the next patch is sampled.
    rng: the piece's own random stream. guide: what the second reading has in place of the first patches, if there is
    one.
    """

    index: int
    patches: list[Patch]
    pinned: int
    start: int
    sampling: Sampling
    rng: RandomStream
    guide: Guide | None = None
    read: int = 0

    @property
    def used(self) -> int:
        """How many patches of the context are in use."""
        return self.pinned + len(self.patches) - self.start

    def mark(self) -> Mark:
        """A mark of where the piece is now, for `Engine.rollback`; costs nothing."""
        return Mark(len(self.patches), self.start, self.patches[-1])


def checked_patch(patch: Sequence[int]) -> Patch:
    """A patch as a new tuple. Raises ValueError if it is not 16 characters of the alphabet."""
    if len(patch) != PATCH_CHARS or not all(0 <= char < VOCABULARY for char in patch):
        raise ValueError(f"not a patch of {PATCH_CHARS} characters: {patch}")
    return tuple(int(char) for char in patch)


def checked_guide(guide: Guide | None, *, pinned: int) -> Guide | None:
    """The guide with checked patches. Raises ValueError if it is empty, or longer than what it replaces."""
    if guide is None:
        return None
    if not 1 <= len(guide.patches) <= guide.replaced <= pinned:
        raise ValueError(f"{len(guide.patches)} patches cannot stand in place of {guide.replaced}, {pinned} pinned")
    return Guide(tuple(map(checked_patch, guide.patches)), guide.replaced)
