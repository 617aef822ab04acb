"""What the caches hold of every slot's piece: its context, read once or twice, and made room in when it is full.

Promises: a slot whose context is full keeps its pinned patches and the newest half of the rest, from the start of a bar
where there is one, and reads them again (as NotaGen's streaming inference does). A guided slot has a second reading
behind another prompt in a place of its own, which holds the same patches after it.
Not covered: sampling, and who may have a slot (`engine.py`); arithmetic (`kv_cache.py`).
"""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from generator.model.slot import Patch, Slot

BAR_START = tuple(b"[r:")


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

    def read_window(self, slot: Slot) -> None:
        """Read everything the slot's context holds from the beginning; it slides if that is too much."""
        if slot.used > self.most_patches:
            slot.start = self._slid_start(slot)
        window = slot.patches[: slot.pinned] + slot.patches[slot.start :]
        self._extend(slot.index, window, start=0)
        if slot.guide is not None:
            self._extend(self.second_place(slot), [*slot.guide.patches, *window[slot.guide.replaced :]], start=0)

    def read_new(self, slot: Slot, count: int) -> None:
        """Read the last `count` patches of the slot behind the others; it slides if they do not fit."""
        if slot.used > self.most_patches:
            self.read_window(slot)
            return
        start, new = slot.used - count, slot.patches[len(slot.patches) - count :]
        self._extend(slot.index, new, start=start)
        if slot.guide is not None:
            self._extend(self.second_place(slot), new, start=start - slot.guide.shift)

    def make_room(self, slots: Iterable[Slot]) -> None:
        """Slide those slots whose context is full, so that one more patch fits."""
        for slot in slots:
            if slot.used == self.most_patches:
                slot.start = self._slid_start(slot)
                self.read_window(slot)

    def append(self, slots: Sequence[Slot], sampled: Any) -> None:
        """Read one more patch of each slot: sampled (rows, 16), in the order of `readings`, which is before them."""
        self.cache.append(*self.readings(slots), sampled)

    def _slid_start(self, slot: Slot) -> int:
        """Where the context begins after a slide: the newest half, from the start of a bar where there is one."""
        newest = (self.most_patches - slot.pinned) // 2
        first = max(slot.pinned, len(slot.patches) - newest)
        bars = (i for i in range(first, len(slot.patches)) if slot.patches[i][: len(BAR_START)] == BAR_START)
        return next(bars, first)

    def _extend(self, place: int, patches: Sequence[Patch], *, start: int) -> None:
        """Run the patch level over patches that come to lie from `start` on, in one place of the cache."""
        if patches:
            self.cache.extend(place, start, patches)


def places_for(slots: int, *, guided: bool) -> int:
    """How many readings there may be of so many slots, guided or not; on a GPU they cost memory, used or not."""
    return 2 * slots if guided else slots
