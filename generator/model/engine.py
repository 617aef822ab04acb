"""Writes many pieces at once, patch by patch.

Promises
- A *slot* holds one piece. Slots may be at different places of their pieces, each with its own sampling settings and
  its own random stream, and advance together: one `step`, one patch for every slot that is named.
- The same opening, settings, seed and calls give the same patches, alone or in a batch, whoever else comes and goes:
  on a CPU bit for bit, on one kind of machine with one number of threads. How: matrix products get their rows in
  multiples of four, because with fewer the CPU's libraries add in another order; attention of the patch level runs
  slot by slot; the filters work on rows of a fixed width; each slot draws 16 random numbers for every patch, needed
  or not.
  `tests/generator/model/test_same_piece.py` compares hundreds of patches. On a GPU the random streams are just as
  independent, but sums may differ in the last bits with the size of the batch, which rarely changes a character.
- A piece may be longer than the context: when a slot is full, it keeps its pinned patches (prompt and tune header) and
  the newest half of the rest, from the start of a bar where there is one, and reads them again (as NotaGen's streaming
  inference does). A mark from before such a slide stays valid.

Not covered: what the patches mean (`generator.draft`), fairness, calls from several threads at once.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from generator.errors import NoFreeSlot
from generator.model.kv_cache import CharCache, PatchCache
from generator.model.network import Network
from generator.model.patches import BOS, EOS, PAD, PATCH_CHARS, VOCABULARY
from generator.model.precision import ROWS_MULTIPLE, with_precision
from generator.model.sampling import Sampling, SamplingRows, draw_characters, stack_settings

Patch = tuple[int, ...]


class Guard(Protocol):
    """Who says which characters may come in a slot."""

    def allows(self, written: bytes, char: int) -> bool:
        """Whether a patch that begins with `written` (ASCII) may go on with `char`."""

    def held_back(self, share: float) -> None:
        """Some characters were held back; of the probability `share`, 0 to 1, was left for the others."""


# Below this width a second thread saves next to nothing, and on a busy machine every product waits for it: 8 ms instead
# of 0.03 ms were measured.
HIDDEN_WORTH_THREADS = 512
BAR_START = tuple(b"[r:")


@dataclass(frozen=True)
class Mark:
    """A place in a slot's piece to come back to.

    length: patches so far; start: first patch after the pinned ones that the context still held; last: the last patch.
    """

    length: int
    start: int
    last: Patch


class Slot:
    """One piece in the engine. Made by `Engine.open_slot`.

    patches: all of the piece so far, the opening included. The context holds the first `pinned` of them and those from
    `start` on.
    """

    def __init__(
        self, engine: "Engine", index: int, patches: list[Patch], *, pinned: int, sampling: Sampling, seed: int
    ) -> None:
        self.engine, self.index, self.patches = engine, index, patches
        self.pinned, self.start = pinned, pinned
        self.sampling = sampling
        # Always on the CPU: a seed then gives the same stream on every device.
        self.rng = torch.Generator().manual_seed(seed)
        self.closed = False

    @property
    def used(self) -> int:
        """How many patches of the context are in use."""
        return self.pinned + len(self.patches) - self.start

    def mark(self) -> Mark:
        """A mark of where the piece is now; costs nothing."""
        return Mark(len(self.patches), self.start, self.patches[-1])

    def rollback(self, mark: Mark) -> None:
        """Forget all patches after the mark. The random stream goes on: the same patch is not drawn again.

        Raises ValueError if the mark is in a part that was itself rolled back, or the slot is closed.
        """
        self.engine.rollback(self, mark)

    def close(self) -> None:
        """Give the slot back; closing twice is harmless."""
        self.engine.close_slot(self)


class Engine:
    """A network with room for `slots` pieces at once. Runs where the network is.

    precision: "fp32", or "bf16" and "int8" for speed (see `precision.py`), always float32 between the layers.
    threads: CPU threads for one product; None means one for small networks and PyTorch's setting for others.
    """

    def __init__(self, network: Network, *, slots: int, precision: str = "fp32", threads: int | None = None) -> None:
        if slots < 1:
            raise ValueError(f"an engine needs at least one slot, not {slots}")
        self.network = network = with_precision(network.eval(), precision)
        self.rows_multiple = ROWS_MULTIPLE[precision]
        self.threads = threads or (1 if network.shape.hidden < HIDDEN_WORTH_THREADS else None)
        self.device = network.char_table.device
        self.context_patches = network.shape.context_patches
        self.patch_cache = PatchCache(network.patch_level, slots=slots, together=self.device.type != "cpu")
        self.char_cache = CharCache(network.char_level, rows=self.padded(slots))
        self.free = list(reversed(range(slots)))

    def padded(self, rows: int) -> int:
        """The number of rows that products are computed with."""
        return -(-rows // self.rows_multiple) * self.rows_multiple if self.device.type == "cpu" else rows

    @contextmanager
    def computing(self) -> Iterator[None]:
        """No gradients, and the engine's number of threads for as long as it computes."""
        before = torch.get_num_threads()
        torch.set_num_threads(self.threads or before)
        try:
            with torch.inference_mode():
                yield
        finally:
            torch.set_num_threads(before)

    # --- slots -----------------------------------------------------------------------------------------------------

    def open_slot(
        self, patches: Iterable[Sequence[int]], *, sampling: Sampling, seed: int, pinned: int | None = None
    ) -> Slot:
        """Begin a piece with complete patches: at least one, usually the BOS patch, prompt and tune header.

        pinned: how many of them stay in the context for ever; None means all. No more than half the context is pinned.
        seed: 0 to 2**63 - 1. Raises NoFreeSlot, ValueError for impossible patches.
        """
        opening = [checked_patch(patch) for patch in patches]
        if not opening:
            raise ValueError("a piece begins with at least one patch")
        if not self.free:
            raise NoFreeSlot
        pinned = min(len(opening) if pinned is None else pinned, self.context_patches // 2)
        slot = Slot(self, self.free.pop(), opening, pinned=pinned, sampling=sampling, seed=seed)
        if slot.used > self.context_patches:
            slot.start = self.slid_start(slot)
        try:
            with self.computing():
                self.encode_window(slot)
        except BaseException:
            self.close_slot(slot)
            raise
        return slot

    def close_slot(self, slot: Slot) -> None:
        """See Slot.close."""
        if not slot.closed:
            slot.closed = True
            self.free.append(slot.index)

    def rollback(self, slot: Slot, mark: Mark) -> None:
        """See Slot.rollback."""
        self.check_open([slot])
        # Every patch is an object of its own, so the very same one at its place means the same history.
        if mark.length > len(slot.patches) or slot.patches[mark.length - 1] is not mark.last:
            raise ValueError("the mark is in a part of the piece that was rolled back")
        del slot.patches[mark.length :]
        if mark.start != slot.start:
            slot.start = mark.start
            with self.computing():
                self.encode_window(slot)

    def check_open(self, slots: Iterable[Slot]) -> None:
        """Raise ValueError for slots that are closed or another engine's."""
        if any(slot.closed or slot.engine is not self for slot in slots):
            raise ValueError("the slot is closed, or belongs to another engine")

    # --- writing ---------------------------------------------------------------------------------------------------

    def feed(self, patches: Mapping[Slot, Sequence[Sequence[int]]]) -> None:
        """Append complete patches to slots without sampling. Raises ValueError for impossible patches."""
        self.check_open(patches)
        checked = {slot: [checked_patch(patch) for patch in given] for slot, given in patches.items()}
        with self.computing():
            for slot, given in checked.items():
                self.feed_slot(slot, given)

    def feed_slot(self, slot: Slot, given: list[Patch]) -> None:
        """Append checked patches to one slot; it slides if they do not fit."""
        before = slot.used
        slot.patches += given
        if before + len(given) <= self.context_patches:
            self.encode(slot, given, start=before)
        else:
            slot.start = self.slid_start(slot)
            self.encode_window(slot)

    def step(self, prefixes: Mapping[Slot, str], guards: Mapping[Slot, Guard] | None = None) -> dict[Slot, Patch]:
        """Write one more patch in every slot that is named.

        prefixes: what the patch must begin with, "" for nothing; at most 16 characters of plain ASCII.
        guards: who says which characters may come in a slot; without a guard any may. A character that is held back
        leaves its probability to the others; if everything likely is held back, the patch ends.
        Returns the patches, 16 characters each; after EOS there is only PAD.
        Raises ValueError for an impossible prefix or a closed slot; then no slot has moved.
        """
        slots = list(prefixes)
        if not slots:
            return {}
        self.check_open(slots)
        forced = [forced_characters(prefix) for prefix in prefixes.values()]
        with self.computing():
            patches = self.sample_patches(slots, forced, [(guards or {}).get(slot) for slot in slots])
            self.make_room(slots)
            places = [slot.used for slot in slots]
            self.patch_cache.append([slot.index for slot in slots], places, self.network.embed_patches(patches))
        drawn = {slot: tuple(row) for slot, row in zip(slots, patches.tolist(), strict=False)}
        for slot, patch in drawn.items():
            slot.patches.append(patch)
        return drawn

    def sample_patches(self, slots: list[Slot], forced: list[list[int]], guards: list[Guard | None]) -> Tensor:
        """Draw the next patch of every slot: (padded rows, 16) int64; the rows beyond the slots mean nothing."""
        rows = self.padded(len(slots))
        # 1) What every row begins from; rows that only fill up repeat the first.
        filler = [slots[0]] * (rows - len(slots))
        uniform = torch.stack([torch.rand(PATCH_CHARS, generator=slot.rng) for slot in slots])
        uniform = torch.cat((uniform, uniform[:1].expand(len(filler), -1))).to(self.device)
        settings = stack_settings([slot.sampling for slot in slots + filler], device=self.device)
        given = torch.tensor([pad_forced(row) for row in forced + [forced[0]] * len(filler)], device=self.device)
        places = [slot.used - 1 for slot in slots + filler]
        x = self.patch_cache.encoded[[slot.index for slot in slots + filler], places]
        # 2) Characters, until every patch has its EOS.
        patches = torch.full((rows, PATCH_CHARS), PAD, device=self.device)
        ended = torch.zeros(rows, dtype=torch.bool, device=self.device)
        shortest, longest = min(map(len, forced)), max(map(len, forced))
        for place in range(PATCH_CHARS):
            hidden = self.char_cache.append(place, x)
            if place < shortest:
                chars = given[:, place]
            else:
                free = [guard if place >= len(row) else None for guard, row in zip(guards, forced, strict=True)]
                chars = self.draw(hidden, settings, uniform[:, place : place + 1], free, patches[:, :place], ended)
                if place < longest:
                    chars = torch.where(given[:, place] == NOT_FORCED, chars, given[:, place])
                chars = chars.masked_fill(ended, PAD)
                ended |= chars == EOS
            patches[:, place] = chars
            if place >= shortest and bool(ended.all()):
                break
            x = self.network.embed_chars(chars)
        return patches

    def draw(
        self,
        hidden: Tensor,
        settings: SamplingRows,
        uniform: Tensor,
        guards: Sequence[Guard | None],
        written: Tensor,
        ended: Tensor,
    ) -> Tensor:
        """hidden (rows, H), uniform (rows, 1) → one character per row.

        guards: for the first rows; written (rows, n): the patches so far; ended (rows): those that need nothing more.
        """
        logits = self.network.char_logits(hidden)
        chars = draw_characters(logits, settings, uniform)
        if not any(guards):
            return chars
        drawn, texts, over = chars.tolist(), written.tolist(), ended.tolist()
        for row, guard in enumerate(guards):
            if guard is not None and not over[row]:
                one = SamplingRows(*(column[row : row + 1] for column in settings))
                drawn[row] = draw_guarded(
                    logits[row : row + 1], one, uniform[row : row + 1], drawn[row], guard, bytes(texts[row])
                )
        return torch.tensor(drawn, device=chars.device)

    # --- the context -----------------------------------------------------------------------------------------------

    def make_room(self, slots: list[Slot]) -> None:
        """Slide those slots whose context is full."""
        for slot in slots:
            if slot.used == self.context_patches:
                slot.start = self.slid_start(slot)
                self.encode_window(slot)

    def slid_start(self, slot: Slot) -> int:
        """Where the context begins after a slide: the newest half, from the start of a bar where there is one."""
        newest = (self.context_patches - slot.pinned) // 2
        first = max(slot.pinned, len(slot.patches) - newest)
        bars = (i for i in range(first, len(slot.patches)) if slot.patches[i][: len(BAR_START)] == BAR_START)
        return next(bars, first)

    def encode_window(self, slot: Slot) -> None:
        """Read everything the slot's context holds from the beginning."""
        self.encode(slot, slot.patches[: slot.pinned] + slot.patches[slot.start :], start=0)

    def encode(self, slot: Slot, patches: Sequence[Patch], *, start: int) -> None:
        """Run the patch level over patches that come to lie at the places from `start` on."""
        if patches:
            embedded = self.network.embed_patches(torch.tensor(patches, device=self.device))
            self.patch_cache.extend(slot.index, start, embedded)


NOT_FORCED = -1
MOST_HELD_BACK = 96  # characters; beyond these nothing is left that ABC uses


def draw_guarded(
    logits: Tensor, settings: SamplingRows, uniform: Tensor, drawn: int, guard: Guard, written: bytes
) -> int:
    """`drawn` if the guard allows it, else the next draw from what is; EOS if nothing likely is left.

    logits (1, 128); uniform (1, 1): the same random number serves every draw, so a piece depends on its seed only.
    """
    if guard.allows(written, drawn):
        return drawn
    probabilities = logits.float().softmax(-1)
    char, left, logits = drawn, 1.0, logits.clone()
    for _ in range(MOST_HELD_BACK):
        left -= float(probabilities[0, char])
        logits[0, char] = -torch.inf
        char = int(draw_characters(logits, settings, uniform))
        if guard.allows(written, char):
            guard.held_back(max(0.0, left))
            return char
    guard.held_back(0.0)
    return EOS


def checked_patch(patch: Sequence[int]) -> Patch:
    """A patch as a new tuple. Raises ValueError if it is not 16 characters of the alphabet."""
    if len(patch) != PATCH_CHARS or not all(0 <= char < VOCABULARY for char in patch):
        raise ValueError(f"not a patch of {PATCH_CHARS} characters: {patch}")
    return tuple(int(char) for char in patch)


def forced_characters(prefix: str) -> list[int]:
    """Code points of a prefix. Raises ValueError if no patch can begin with it."""
    codes = [ord(char) for char in prefix]
    if len(codes) > PATCH_CHARS or not all(max(PAD, BOS, EOS) < code < VOCABULARY for code in codes):
        raise ValueError(f"no patch can begin with {prefix!r}")
    return codes


def pad_forced(codes: list[int]) -> list[int]:
    """16 places, those that are not forced marked."""
    return codes + [NOT_FORCED] * (PATCH_CHARS - len(codes))
