"""One patch for each of many pieces as one CUDA graph: sixteen characters, drawn on the device, then the patch level.

Promises: the same arithmetic and draw as the engine's step without guards (`model/patch_writer.py`, `kv_cache.py`), in
buffers that stay where they are, so that a GPU runs hundreds of small operators without Python between them. On a CPU
the same function runs as it is, which is how it is tested.
Not covered: guards, hearing, guidance, forced characters, pieces longer than the room; the engine does not use it yet.
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from generator.model.network import HEAD_WIDTH, Block, Network, Stack
from generator.model.patches import EOS, PAD, PATCH_CHARS
from generator.model.sampling import Sampling, sample_rows, stack_settings

WARM_UPS = 3  # what libraries allocate when they are first called must not happen inside a graph


class GraphedStep:
    """Pieces in so many slots, each with room for so many patches.

    network: in the precision to compute in, on its device. halves: keep keys and values as bfloat16.
    patches (slots, 16) int64: what the last step wrote. uniform (slots, 16): what the next one draws with.
    """

    def __init__(self, network: Network, *, slots: int, room: int, sampling: Sampling, halves: bool = False) -> None:
        assert network.hearing is None
        assert room <= network.shape.context_patches
        self.network, self.device, hidden = network, network.char_table.device, network.shape.hidden
        dtype = torch.bfloat16 if halves else torch.float32
        heads = hidden // HEAD_WIDTH

        def cache(layers: int, length: int) -> Tensor:
            return torch.zeros(layers, slots, heads, length, HEAD_WIDTH, device=self.device, dtype=dtype)

        self._keys, self._values = (cache(network.shape.patch_layers, room) for _ in range(2))
        self._char_keys, self._char_values = (cache(network.shape.char_layers, PATCH_CHARS) for _ in range(2))
        self.encoded = torch.zeros(slots, hidden, device=self.device)
        self.lengths = torch.zeros(slots, dtype=torch.int64, device=self.device)
        self.uniform = torch.zeros(slots, PATCH_CHARS, device=self.device)
        self.patches = torch.full((slots, PATCH_CHARS), PAD, device=self.device)
        self._slots, self._room = torch.arange(slots, device=self.device), torch.arange(room, device=self.device)
        self._settings = stack_settings([sampling] * slots, device=self.device)
        self._graph: torch.cuda.CUDAGraph | None = None

    @property
    def cache_bytes(self) -> int:
        """How much of keys and values the patch level looks at in a step, as if all the room were used."""
        return int(self._keys.nbytes + self._values.nbytes)

    @torch.inference_mode()
    def read(self, slot: int, opening: Sequence[Sequence[int]]) -> None:
        """Begin a slot's piece with these patches."""
        count, stack = len(opening), self.network.patch_level
        x = self.network.embed_patches(torch.tensor(opening, device=self.device))
        x = (x + stack.positions[:count]).unsqueeze(0)
        for layer, block in enumerate(_blocks_of(stack)):
            query, key, value = block.split_heads(x)
            self._keys[layer, slot, :, :count], self._values[layer, slot, :, :count] = key[0], value[0]
            x = block.merge(x, F.scaled_dot_product_attention(query, key, value, is_causal=True))
        self.encoded[slot], self.lengths[slot] = stack.norm(x)[0, -1], count

    @torch.inference_mode()
    def capture(self) -> None:
        """Make the graph, on a GPU: from now on `step` runs it. The pieces stay where they are."""
        kept = self.lengths.clone(), self.encoded.clone()
        aside = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(aside):
            for _ in range(WARM_UPS):
                self._step()
                self._put_back(*kept)
        torch.cuda.current_stream().wait_stream(aside)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self._step()
        self._put_back(*kept)
        self._graph = graph

    @torch.inference_mode()
    def step(self) -> None:
        """Write one more patch in every slot."""
        if self._graph is None:
            self._step()
        else:
            self._graph.replay()

    def _put_back(self, lengths: Tensor, encoded: Tensor) -> None:
        self.lengths.copy_(lengths)
        self.encoded.copy_(encoded)

    def _step(self) -> None:
        self._write()
        self._append()

    def _write(self) -> None:
        """The character level, drawing as it goes; what follows EOS is PAD."""
        x, stack = self.encoded, self.network.char_level
        ended = torch.zeros(len(x), dtype=torch.bool, device=self.device)
        for place in range(PATCH_CHARS):
            x = (x + stack.positions[place]).unsqueeze(1)
            for layer, block in enumerate(_blocks_of(stack)):
                query, key, value = block.split_heads(x)
                keys, values = self._char_keys[layer], self._char_values[layer]
                keys[:, :, place], values[:, :, place] = key[:, :, 0], value[:, :, 0]
                seen_keys, seen_values = keys[:, :, : place + 1], values[:, :, : place + 1]
                x = block.merge(x, _attend(query, seen_keys, seen_values, None))
            logits = self.network.char_logits(stack.norm(x)[:, 0])
            drawn = sample_rows(logits, self._settings, self.uniform[:, place : place + 1])
            chars = drawn.masked_fill(ended, PAD)
            ended = ended | (chars == EOS)
            self.patches[:, place] = chars
            x = self.network.embed_chars(chars)

    def _append(self) -> None:
        """The patch level, over all the room there is, of which each slot sees what it has."""
        stack = self.network.patch_level
        x = (self.network.embed_patches(self.patches) + stack.positions[self.lengths]).unsqueeze(1)
        seen = (self._room <= self.lengths[:, None])[:, None, None]
        for layer, block in enumerate(_blocks_of(stack)):
            query, key, value = block.split_heads(x)
            keys, values = self._keys[layer], self._values[layer]
            keys[self._slots, :, self.lengths] = key[:, :, 0].to(keys.dtype)
            values[self._slots, :, self.lengths] = value[:, :, 0].to(values.dtype)
            x = block.merge(x, _attend(query, keys, values, seen))
        self.encoded.copy_(stack.norm(x)[:, 0])
        self.lengths.add_(1)


def bytes_to_read(network: Network) -> int:
    """Of weights, for one step however many slots there are: the patch level once, the character level for each place.

    What is small beside the layers is left out: norms, tables, what is computed with.
    """
    patch_level, char_level = (
        sum(int(numbers.nbytes) for numbers in stack.state_dict().values() if numbers.dim() > 1)
        for stack in (network.patch_level.blocks, network.char_level.blocks)
    )
    return patch_level + PATCH_CHARS * char_level


def _attend(query: Tensor, keys: Tensor, values: Tensor, seen: Tensor | None) -> Tensor:
    return F.scaled_dot_product_attention(query.to(keys.dtype), keys, values, attn_mask=seen).to(query.dtype)


def _blocks_of(stack: Stack) -> list[Block]:
    """The layers of a stack, with their type."""
    return [block for block in stack.blocks if isinstance(block, Block)]
