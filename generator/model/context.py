"""What the caches hold of every slot's piece: its context, read once or twice, and made room in when it is full.

Promises: a slot whose context is full keeps its pinned patches and the newest half of the rest, from the start of a bar
where there is one, and reads these again (as NotaGen's streaming inference does), some at a time, so that nobody else
waits for long; what is read is the same whoever else writes meanwhile. A guided slot has a second reading behind
another prompt in a place of its own, which holds the same patches after it.
Not covered: sampling, and who may have a slot (`engine.py`); arithmetic (`kv_cache.py`).
"""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from generator.model.slot import Patch, Slot

BAR_START = tuple(b"[r:")
PATCHES_AT_ONCE = 8  # take as long as writing two or three


class Cache(Protocol):
    """The patch level with what it remembers: `kv_cache.PatchCache`, or the same compiled.

    encoded (places, context, hidden): the vector that the level gave for each patch. Rows of numbers are tensors here
    and arrays there.
    """

    encoded: Any

    def extend(self, slot: int, start: int, patches: Sequence[Patch]) -> None:
        """Append patches to one place; they get the positions start, start + 1, ..."""

    def append(self, slots: list[int], lengths: list[int], patches: Any) -> None:
        """Append one patch to each of several places: patches (rows, 16)."""

    def copy_place(self, source: int, to: int) -> None:
        """Let one place hold what another does."""


class Contexts:
    """The patch level's cache with a place for each reading of each slot.

    most_patches: that fit into a context. cache: with `places_for` so many slots.
    """

    def __init__(self, cache: Cache, *, slots: int, most_patches: int) -> None:
        self.cache, self.slots, self.most_patches = cache, slots, most_patches

    def second_place(self, slot: Slot) -> int:
        """The place of a slot's second reading lies `slots` behind its first."""
        return slot.index + self.slots

    def readings(self, slots: Sequence[Slot]) -> tuple[list[int], list[int]]:
        """Places in the cache, and how many patches each holds: of the slots, then of second readings."""
        guided = [(slot, slot.guide) for slot in slots if slot.guide is not None]
        places = [slot.index for slot in slots] + [self.second_place(slot) for slot, _ in guided]
        return places, [slot.used for slot in slots] + [slot.used - guide.shift for slot, guide in guided]

    def open(self, slot: Slot) -> None:
        """Read what a new slot has pinned; the rest is read by `read_on`, behind a slide if it is too much."""
        self._read(slot, end=slot.pinned)
        if slot.used > self.most_patches:
            self._slide(slot)

    def take(self, slot: Slot, count: int) -> None:
        """The slot has `count` patches more. Few are read at once; it slides if they do not fit."""
        if slot.used > self.most_patches:
            self._slide(slot)
        elif slot.read == slot.used - count and count <= PATCHES_AT_ONCE:
            self._read(slot, end=slot.used)

    def go_back(self, slot: Slot, start: int) -> None:
        """The slot has lost its last patches, and its context begins at `start` again."""
        slot.read = min(slot.read, slot.used) if start == slot.start else slot.pinned
        slot.start = start

    def read_on(self, slot: Slot) -> bool:
        """Read some of what the slot's context holds and was not read; whether all of it is read now."""
        if slot.read < slot.used:
            self._read(slot, end=min(slot.used, slot.read + PATCHES_AT_ONCE))
        return slot.read == slot.used

    def read_all(self, slots: Iterable[Slot]) -> None:
        """Read all that was not read."""
        for slot in slots:
            while not self.read_on(slot):
                pass

    def make_room(self, slots: Iterable[Slot]) -> None:
        """Slide those slots whose context is full, so that one more patch fits."""
        for slot in slots:
            if slot.used == self.most_patches:
                self._slide(slot)

    def append(self, slots: Sequence[Slot], sampled: Any) -> None:
        """Read one more patch of each slot: sampled (rows, 16), in the order of `readings`, which is before them.

        For a slot that has just slid this says nothing yet: it is read again behind all that comes before it.
        """
        self.cache.append(*self.readings(slots), sampled)
        for slot in slots:
            if slot.read == slot.used:
                slot.read += 1

    def _slid_start(self, slot: Slot) -> int:
        """Where the context begins after a slide: the newest half, from the start of a bar where there is one."""
        newest = (self.most_patches - slot.pinned) // 2
        first = max(slot.pinned, len(slot.patches) - newest)
        bars = (i for i in range(first, len(slot.patches)) if slot.patches[i][: len(BAR_START)] == BAR_START)
        return next(bars, first)

    def _slide(self, slot: Slot) -> None:
        """What is pinned stays as it was read: it has the same places, and nothing new before it."""
        slot.start = self._slid_start(slot)
        slot.read = slot.pinned

    def _read(self, slot: Slot, *, end: int) -> None:
        """Read the context's patches up to `end` behind those that were read."""
        first, behind = slot.read, slot.start - slot.pinned  # so far lies what is not pinned in the piece
        new = [slot.patches[place if place < slot.pinned else place + behind] for place in range(first, end)]
        self._extend(slot.index, new, start=first)
        if slot.guide is not None:
            place, replaced = self.second_place(slot), slot.guide.replaced
            if first == 0:
                self._extend(place, slot.guide.patches, start=0)
            begin = max(first, replaced)
            self._extend(place, new[begin - first :], start=begin - slot.guide.shift)
        slot.read = end

    def _extend(self, place: int, patches: Sequence[Patch], *, start: int) -> None:
        """Run the patch level over patches that come to lie from `start` on, in one place of the cache."""
        if patches:
            self.cache.extend(place, start, patches)


def places_for(slots: int, *, guided: bool) -> int:
    """How many readings there may be of so many slots, guided or not; on a GPU they cost memory, used or not."""
    return 2 * slots if guided else slots
