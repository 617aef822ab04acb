"""Keys and values that need not be computed again.

Promises: attention costs grow with the length that is used, not with the room there is; what a slot attends to does
not depend on the other slots, bit for bit where `PatchCache.together` is off.
Not covered: which patches are in a slot, and sliding (`context.py`); the same compiled (`compiled/levels.py`).
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from generator.model.network import HEAD_WIDTH, Block, Network, Stack
from generator.model.patches import PATCH_CHARS


class PatchCache:
    """Keys and values of the patch level, for every slot and layer, and the vector the level gave for each patch.

    together: attend for all slots in one product over the longest of them, as a GPU likes it; otherwise slot by slot,
    where a slot's result cannot depend on how long the others are.
    """

    def __init__(self, network: Network, *, slots: int, together: bool) -> None:
        self.network, self.stack, self.together = network, network.patch_level, together
        stack = self.stack
        length, hidden = stack.positions.shape
        sizes = (len(stack.blocks), slots, hidden // HEAD_WIDTH, length, HEAD_WIDTH)
        # Slot by slot nothing is read that was not written, and the operating system hands out memory when it is first
        # written to: unused room costs nothing. Together, what lies behind the shorter slots is read with a weight of
        # 0, and 0 times what is no number is no number.
        room = stack.positions.new_zeros if together else stack.positions.new_empty
        self.keys, self.values = room(sizes), room(sizes)
        self.encoded = stack.positions.new_empty(slots, length, hidden)

    def extend(self, slot: int, start: int, patches: Sequence[Sequence[int]]) -> None:
        """Append patches to one slot; they get the places start, start + 1, ..."""
        count = len(patches)
        end = start + count
        x = self.network.embed_patches(torch.tensor(patches, device=self.stack.positions.device))
        x = (x + self.stack.positions[start:end]).unsqueeze(0)
        # None means that plain causal attention will do.
        seen = None
        if start:
            seen = torch.ones(count, end, dtype=torch.bool, device=x.device).tril(start)
        for block, keys, values in zip(_blocks_of(self.stack), self.keys[:, slot], self.values[:, slot], strict=True):
            query, key, value = block.split_heads(x)
            keys[:, start:end], values[:, start:end] = key[0], value[0]
            attended = F.scaled_dot_product_attention(
                query, keys[None, :, :end], values[None, :, :end], attn_mask=seen, is_causal=seen is None
            )
            x = block.merge(x, attended)
        self.encoded[slot, start:end] = self.stack.norm(x)[0]

    def append(self, slots: list[int], lengths: list[int], patches: Tensor) -> None:
        """Append one patch to each of several slots: patches (rows, 16); slot i has lengths[i] patches so far.

        There may be more rows than slots; the rest is ignored.
        """
        x = self.network.embed_patches(patches)
        places = torch.tensor(lengths + [0] * (len(x) - len(slots)), device=x.device)
        x = (x + self.stack.positions[places]).unsqueeze(1)
        attend = self._attend_together if self.together else self._attend_each
        for layer, block in enumerate(_blocks_of(self.stack)):
            query, key, value = block.split_heads(x)
            x = block.merge(x, attend(layer, slots, lengths, query, key, value))
        rows = self.stack.norm(x)[: len(slots), 0]
        self.encoded[slots, lengths] = rows.to(self.encoded.dtype)

    def copy_place(self, source: int, to: int) -> None:
        """Let one slot hold what another does."""
        for values in (self.keys, self.values):
            values[:, to] = values[:, source]
        self.encoded[to] = self.encoded[source]

    def _attend_each(
        self, layer: int, slots: list[int], lengths: list[int], query: Tensor, key: Tensor, value: Tensor
    ) -> Tensor:
        """query, key, value (rows, heads, 1, 64) → (rows, heads, 1, 64), slot by slot."""
        attended = torch.zeros_like(query)
        for row, (slot, length) in enumerate(zip(slots, lengths, strict=True)):
            keys, values = self.keys[layer, slot], self.values[layer, slot]
            keys[:, length : length + 1], values[:, length : length + 1] = key[row], value[row]
            seen_keys, seen_values = keys[None, :, : length + 1], values[None, :, : length + 1]
            attended[row] = F.scaled_dot_product_attention(query[row : row + 1], seen_keys, seen_values)[0]
        return attended

    def _attend_together(
        self, layer: int, slots: list[int], lengths: list[int], query: Tensor, key: Tensor, value: Tensor
    ) -> Tensor:
        """The same in one product; the shorter slots are masked."""
        count, longest = len(slots), max(lengths) + 1
        index, ends = torch.tensor(slots, device=query.device), torch.tensor(lengths, device=query.device)
        keys, values = self.keys[layer], self.values[layer]
        keys[index, :, ends], values[index, :, ends] = key[:count, :, 0], value[:count, :, 0]
        seen = (torch.arange(longest, device=query.device) <= ends[:, None])[:, None, None]
        attended = torch.zeros_like(query)
        attended[:count] = F.scaled_dot_product_attention(
            query[:count], keys[index, :, :longest], values[index, :, :longest], attn_mask=seen
        )
        return attended


class CharCache:
    """Keys and values of the character level: all rows are at the same character of their patches."""

    def __init__(self, stack: Stack, *, rows: int) -> None:
        hidden = stack.positions.shape[1]
        self.stack = stack
        sizes = (len(stack.blocks), rows, hidden // HEAD_WIDTH, PATCH_CHARS, HEAD_WIDTH)
        self.keys, self.values = stack.positions.new_empty(sizes), stack.positions.new_empty(sizes)

    def append(self, place: int, x: Tensor) -> Tensor:
        """Take the next input of every row, x (rows, H), and give the level's output (rows, H).

        place: 0 for the vector of the patch level, then 1 to 15 for the characters.
        """
        rows, end = len(x), place + 1
        x = (x + self.stack.positions[place]).unsqueeze(1)
        for layer, block in enumerate(_blocks_of(self.stack)):
            query, key, value = block.split_heads(x)
            keys, values = self.keys[layer, :rows, :, :end], self.values[layer, :rows, :, :end]
            keys[:, :, place], values[:, :, place] = key[:, :, 0], value[:, :, 0]
            x = block.merge(x, F.scaled_dot_product_attention(query, keys, values))
        return self.stack.norm(x)[:, 0]  # type: ignore[no-any-return]


def _blocks_of(stack: Stack) -> list[Block]:
    """The layers of a stack, with their type."""
    return [block for block in stack.blocks if isinstance(block, Block)]
