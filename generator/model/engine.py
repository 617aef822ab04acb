"""Writes many pieces at once, patch by patch.

Promises
- A *slot* holds one piece. Slots may be at different places of their pieces, each with its own sampling settings and
  its own random stream, and advance together: one `step`, one patch for every slot that is named.
- The same opening, settings, seed and calls give the same patches, alone or in a batch, whoever else comes and goes:
  on a CPU bit for bit, on one kind of machine with one number of threads. How: matrix products get their rows in
  multiples of four or sixteen, because with fewer the CPU's libraries add in another order (whole numbers need none of
  this, nor does the compiled network); attention of the patch level runs slot by slot; the filters work on rows of a
  fixed width; each slot takes 16 random numbers for every patch, needed or not.
  `tests/generator/model/test_same_piece.py` compares hundreds of patches. On a GPU the random streams are just as
  independent, but sums may differ in the last bits with the size of the batch, which rarely changes a character.
- A piece may be longer than the context (`context.py`). A mark from before a slide stays valid. `read_on` reads what a
  slide leaves to read in parts, between the steps of others.
- A slot may be *guided*: the piece is then read a second time behind another prompt, and characters that its own prompt
  makes likelier than that one come more often (`sampling.py`). Both readings share the slot, its patches and its marks.

Not covered: what the patches mean (`generator.writing.draft`), fairness, calls from several threads at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from generator.errors import NoFreeSlot
from generator.model.compiled.door import CompiledLevels, can_be_compiled, compiled_levels
from generator.model.context import Contexts, places_for
from generator.model.guard import Guard, forced_characters
from generator.model.plain import PlainNetwork, plain_of
from generator.model.random_stream import RandomStream
from generator.model.sampling_settings import Sampling
from generator.model.slot import Guide, Mark, Patch, Slot, checked_guide, checked_patch

if TYPE_CHECKING:
    from generator.model.network import Network
    from generator.model.patch_writer import TorchLevels


class Engine:
    """A network with room for `slots` pieces at once. Runs where the network is.

    network: with torch, or as arrays, which are always "int8". precision: "fp32", or "bf16" and "int8" for speed (see
    `precision.py`), always float32 between the layers.
    threads: CPU threads for one product; None means one for small networks and PyTorch's setting for others.
    guided: whether there is room for second readings.
    """

    def __init__(
        self,
        network: Network | PlainNetwork,
        *,
        slots: int,
        precision: str = "fp32",
        threads: int | None = None,
        guided: bool = True,
    ) -> None:
        if slots < 1:
            raise ValueError(f"an engine needs at least one slot, not {slots}")
        self.guided, places = guided, places_for(slots, guided=guided)
        self.shape, self.is_compiled = network.shape, True
        self.network: Network | None = None  # of arrays the compiled levels have their own
        levels: CompiledLevels | TorchLevels
        if isinstance(network, PlainNetwork):
            self._parameters = network.parameters
            levels = compiled_levels(network, places=places)
        else:
            self.network = _with_precision(network, precision)
            self._parameters = _count_parameters(self.network)
            self.is_compiled = precision == "int8" and can_be_compiled()
            if self.is_compiled:
                levels = compiled_levels(plain_of(self.network), places=places)
            else:
                levels = _torch_levels(self.network, places=places, precision=precision, threads=threads)
        self.writer = levels.writer
        self.contexts = Contexts(levels.patch_level, slots=slots, most_patches=network.shape.context_patches)
        self._computing = levels.computing
        self.free = list(reversed(range(slots)))
        self.opened: dict[int, Slot] = {}  # by index

    @property
    def device(self) -> str:
        """The kind of device where it computes: "cpu", "cuda"."""
        return "cpu" if self.network is None else self.network.char_table.device.type

    def count_parameters(self) -> int:
        """How many numbers its network has learnt."""
        return self._parameters

    # --- slots -----------------------------------------------------------------------------------------------------

    def open_slot(
        self,
        patches: Iterable[Sequence[int]],
        *,
        sampling: Sampling,
        seed: int,
        pinned: int | None = None,
        guide: Guide | None = None,
    ) -> Slot:
        """Begin a piece with complete patches: at least one, usually the BOS patch, prompt and tune header.

        pinned: how many of them stay in the context for ever; None means all. No more than half the context is pinned.
        seed: 0 to 2**63 - 1. guide: the other prompt, no longer than what it replaces, which is pinned; without one,
        or with guidance 0 in `sampling`, the piece is read once. Raises NoFreeSlot, ValueError for impossible patches.
        """
        opening = [checked_patch(patch) for patch in patches]
        if not opening:
            raise ValueError("a piece begins with at least one patch")
        if not self.free:
            raise NoFreeSlot
        pinned = min(len(opening) if pinned is None else pinned, self.contexts.most_patches // 2)
        guide = checked_guide(guide, pinned=pinned) if sampling.guidance else None
        if guide is not None and not self.guided:
            raise ValueError("this engine has no room for second readings")
        slot = Slot(
            index=self.free.pop(),
            patches=opening,
            pinned=pinned,
            start=pinned,
            sampling=sampling,
            rng=RandomStream(seed),
            guide=guide,
        )
        self.opened[slot.index] = slot
        try:
            with self._computing():
                self.contexts.open(slot)
        except BaseException:
            self.close(slot)
            raise
        return slot

    def close(self, slot: Slot) -> None:
        """Take the slot back; closing twice is harmless."""
        if self.opened.get(slot.index) is slot:
            del self.opened[slot.index]
            self.free.append(slot.index)

    def rollback(self, slot: Slot, mark: Mark) -> None:
        """Forget all patches after the mark. The random stream goes on: the same patch is not sampled again.

        Raises ValueError if the mark is in a part that was itself rolled back, or the slot is closed.
        """
        self._check_open([slot])
        # Every patch is an object of its own, so the very same one at its place means the same history.
        if mark.length > len(slot.patches) or slot.patches[mark.length - 1] is not mark.last:
            raise ValueError("the mark is in a part of the piece that was rolled back")
        del slot.patches[mark.length :]
        self.contexts.go_back(slot, mark.start)

    def _check_open(self, slots: Iterable[Slot]) -> None:
        """Raise ValueError for slots that are closed or another engine's."""
        if any(self.opened.get(slot.index) is not slot for slot in slots):
            raise ValueError("the slot is closed, or belongs to another engine")

    # --- writing ---------------------------------------------------------------------------------------------------

    def feed(self, patches: Mapping[Slot, Sequence[Sequence[int]]]) -> None:
        """Append complete patches to slots without sampling. Raises ValueError for impossible patches.

        They are in the slots at once; many of them, or those that make a context slide, are read later: by `read_on`,
        or by the next `step`.
        """
        self._check_open(patches)
        checked = {slot: [checked_patch(patch) for patch in given] for slot, given in patches.items()}
        with self._computing():
            for slot, given in checked.items():
                slot.patches += given
                self.contexts.take(slot, len(given))

    def read_on(self, slots: Iterable[Slot]) -> list[Slot]:
        """Read a part of what there is still to read in slots whose context has slid, or that began with long openings.

        Returns those that have nothing left to read. `step` reads all at once where this was not asked for.
        """
        slots = list(slots)
        self._check_open(slots)
        with self._computing():
            return [slot for slot in slots if self.contexts.read_on(slot)]

    def cost(self, slot: Slot, patches: Sequence[Sequence[int]], heard: Sequence[bytes] = ()) -> float:
        """What these complete patches behind the slot's would cost the network, in nats, under its own prompt.

        heard: for each of them what a guard hears at its 16 places, for a network with ears. The slot stays where it
        is. Raises ValueError for impossible patches.
        """
        mark = slot.mark()
        self.feed({slot: patches})
        given, end = slot.patches[-len(patches) :], slot.used
        with self._computing():
            self.contexts.read_all([slot])
            encoded = self.contexts.cache.encoded[slot.index, end - len(given) - 1 : end - 1]
            nats = self.writer.cost(encoded, given, heard)
        self.rollback(slot, mark)
        return nats

    def step(self, prefixes: Mapping[Slot, str], guards: Mapping[Slot, Guard] | None = None) -> dict[Slot, Patch]:
        """Write one more patch in every slot that is named.

        prefixes: what the patch must begin with, "" for nothing; at most 16 characters of plain ASCII.
        guards: who says which characters may come in a slot, and which one is expected; without a guard any may. A
        character that is held back leaves its probability to the others; if everything likely is, the patch ends.
        Returns the patches, 16 characters each; after EOS there is only PAD.
        Raises ValueError for an impossible prefix or a closed slot; then no slot has moved.
        """
        slots = list(prefixes)
        if not slots:
            return {}
        self._check_open(slots)
        forced = [forced_characters(prefix) for prefix in prefixes.values()]
        with self._computing():
            self.contexts.read_all(slots)
            patches = self.writer.write(slots, forced, [(guards or {}).get(slot) for slot in slots], self.contexts)
            self.contexts.make_room(slots)
            self.contexts.append(slots, patches)
        sampled = {slot: tuple(row) for slot, row in zip(slots, patches.tolist(), strict=False)}
        for slot, patch in sampled.items():
            slot.patches.append(patch)
        return sampled


def _with_precision(network: Network, precision: str) -> Network:
    # Here, as below, since a network that is read as arrays needs no torch, which takes a second to load.
    from generator.model.precision import with_precision

    return with_precision(network.eval(), precision)


def _count_parameters(network: Network) -> int:
    from generator.model.precision import count_parameters

    return count_parameters(network)


def _torch_levels(network: Network, *, places: int, precision: str, threads: int | None) -> TorchLevels:
    from generator.model import patch_writer

    return patch_writer.TorchLevels(network, places=places, precision=precision, threads=threads)
