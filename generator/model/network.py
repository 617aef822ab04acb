"""The two-level transformer of NotaGen, in plain PyTorch.

Promises: the same numbers as the reference (ElectricAlexis/NotaGen 4553cd7, GPT-2 blocks from transformers) on the
same weights; `tests/generator/model` holds it to 1e-4 at both levels.
Not covered: sampling and caches (`engine.py`), files (`checkpoint.py`), the loss (`generator.training`).

The *patch level* reads one vector per patch and gives one vector per patch. The *character level* takes such a vector
in place of a start character and writes the next patch, character by character.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from generator.model.hearing import Hearing, unpack_rows
from generator.model.patches import PATCH_CHARS, VOCABULARY
from generator.model.shape import HEAD_WIDTH as HEAD_WIDTH
from generator.model.shape import Shape as Shape


class UnfilledLinear(nn.Linear):
    """A linear layer that waits for its numbers: to draw some first takes longer than to read them."""

    def reset_parameters(self) -> None:
        """Leave them as they are."""


class Block(nn.Module):
    """One pre-norm GPT-2 layer: attention, then a feed-forward net four times as wide."""

    def __init__(self, hidden: int, *, linear: type[nn.Linear] = nn.Linear) -> None:
        super().__init__()
        self.heads = hidden // HEAD_WIDTH
        self.attention_norm = nn.LayerNorm(hidden)
        self.qkv = linear(hidden, 3 * hidden)
        self.attention_out = linear(hidden, hidden)
        self.mlp_norm = nn.LayerNorm(hidden)
        self.mlp_in = linear(hidden, 4 * hidden)
        self.mlp_out = linear(4 * hidden, hidden)

    def split_heads(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """x (B, T, H) → query, key and value, each (B, heads, T, 64)."""
        batch, length, _ = x.shape
        qkv = self.qkv(self.attention_norm(x)).view(batch, length, 3, self.heads, HEAD_WIDTH)
        query, key, value = qkv.permute(2, 0, 3, 1, 4).unbind(0)
        return query, key, value

    def merge(self, x: Tensor, attended: Tensor) -> Tensor:
        """Add what was attended to (B, heads, T, 64), then the feed-forward net: (B, T, H)."""
        x = x + self.attention_out(attended.transpose(1, 2).reshape(x.shape))
        inner = F.gelu(self.mlp_in(self.mlp_norm(x)), approximate="tanh")
        return x + self.mlp_out(inner)  # type: ignore[no-any-return]

    def forward(self, x: Tensor) -> Tensor:
        """x (B, T, H) → (B, T, H), each place seeing itself and what came before."""
        query, key, value = self.split_heads(x)
        if x.shape[1] > PATCH_CHARS + 1:
            return self.merge(x, F.scaled_dot_product_attention(query, key, value, is_causal=True))
        # Thousands of very short sequences: on a CPU plain products take half the time of the fused kernel.
        length = x.shape[1]
        future = torch.ones(length, length, dtype=torch.bool, device=x.device).triu(1)
        scores = (query @ key.transpose(2, 3) * HEAD_WIDTH**-0.5).masked_fill(future, float("-inf"))
        return self.merge(x, scores.softmax(-1, dtype=torch.float32).to(value.dtype) @ value)


class Stack(nn.Module):
    """Learned positions, blocks and a last norm."""

    def __init__(self, layers: int, hidden: int, length: int, *, linear: type[nn.Linear] = nn.Linear) -> None:
        super().__init__()
        self.positions = nn.Parameter(torch.zeros(length, hidden))
        self.blocks = nn.ModuleList(Block(hidden, linear=linear) for _ in range(layers))
        self.norm = nn.LayerNorm(hidden)

    def forward(self, x: Tensor) -> Tensor:
        """x (B, T, H), T at most the number of positions → (B, T, H)."""
        x = x + self.positions[: x.shape[1]]
        for block in self.blocks:
            x = block(x)
        return self.norm(x)  # type: ignore[no-any-return]


class Network(nn.Module):
    """Patch level and character level together.

    filled: whether its layers are to have numbers at once; if not, all have to be given them (`load_state_dict`).
    """

    patch_offsets: Tensor

    def __init__(self, shape: Shape, *, filled: bool = True) -> None:
        super().__init__()
        self.shape = shape
        linear = nn.Linear if filled else UnfilledLinear
        # The reference multiplies a one-hot (16 x 128) row by a matrix; adding 16 rows of that matrix is the same sum.
        self.patch_table = nn.Parameter(torch.zeros(PATCH_CHARS * VOCABULARY, shape.hidden))
        self.patch_bias = nn.Parameter(torch.zeros(shape.hidden))
        self.patch_level = Stack(shape.patch_layers, shape.hidden, shape.context_patches, linear=linear)
        self.char_table = nn.Parameter(torch.zeros(VOCABULARY, shape.hidden))
        self.char_level = Stack(shape.char_layers, shape.hidden, PATCH_CHARS + 1, linear=linear)
        self.hearing = Hearing(shape.heard, shape.hidden) if shape.heard else None
        self.register_buffer("patch_offsets", torch.arange(PATCH_CHARS) * VOCABULARY, persistent=False)

    def embed_patches(self, patches: Tensor) -> Tensor:
        """patches (..., 16) int64 → (..., H)."""
        rows = (patches + self.patch_offsets).reshape(-1, PATCH_CHARS)
        summed = F.embedding_bag(rows, self.patch_table, mode="sum")
        return summed.view(*patches.shape[:-1], self.shape.hidden) + self.patch_bias

    def embed_chars(self, chars: Tensor) -> Tensor:
        """chars (...) int64 → (..., H)."""
        return F.embedding(chars, self.char_table)

    def char_logits(self, hidden: Tensor) -> Tensor:
        """Output of the character level (..., H) → logits (..., 128); the table is shared with the input."""
        return F.linear(hidden, self.char_table)

    def hear(self, heard: Tensor) -> Tensor | None:
        """What is added to the character level's input: heard (..., heard / 8) uint8 → (..., H); None without ears."""
        return None if self.hearing is None else self.hearing(unpack_rows(heard))

    def char_level_logits(self, encoded: Tensor, targets: Tensor, heard: Tensor | None = None) -> Tensor:
        """Teacher-forced character level.

        encoded (R, H): the patch level's vectors; targets (R, C) int64: the characters to predict, C at most 16; heard
        (R, C, heard / 8) uint8: what is known before each of them, nothing if it is None.
        Returns (R, C, 128): place j predicts character j from the vector and characters 0..j-1.
        """
        inputs = torch.cat((encoded.unsqueeze(1), self.embed_chars(targets[:, :-1]).to(encoded.dtype)), dim=1)
        if heard is not None and (said := self.hear(heard)) is not None:
            inputs = inputs + said.to(inputs.dtype)
        return self.char_logits(self.char_level(inputs))

    def teacher_forced(self, patches: Tensor, heard: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """patches (B, N, 16) int64 → hidden (B, N, H), logits (B, N-1, 16, 128): patch i predicts patch i+1.

        heard (B, N, 16, heard / 8) uint8: what is known before each character, nothing if it is None.

        Raises ValueError if N is larger than the context.
        """
        batch, length, _ = patches.shape
        if length > self.shape.context_patches:
            raise ValueError(f"{length} patches do not fit a context of {self.shape.context_patches}")
        hidden = self.patch_level(self.embed_patches(patches))
        encoded = hidden[:, :-1].reshape(-1, self.shape.hidden)
        said = None if heard is None else heard[:, 1:].flatten(0, 1)
        logits = self.char_level_logits(encoded, patches[:, 1:].reshape(-1, PATCH_CHARS), said)
        return hidden, logits.view(batch, length - 1, PATCH_CHARS, VOCABULARY)

    def init_weights(self, *, seed: int) -> None:
        """Random weights to start training from: normal, 0.02; what ends a residual branch starts near zero."""
        rng = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            for name, parameter in self.named_parameters():
                if parameter.dim() < 2 or name in Hearing.SILENT:
                    continue  # norms start at one and biases at zero, as PyTorch and the line below leave them
                layers = self.shape.char_layers if name.startswith("char_level") else self.shape.patch_layers
                std = 0.02 / math.sqrt(2 * layers) if name.endswith("_out.weight") else 0.02
                parameter.copy_(torch.randn(parameter.shape, generator=rng) * std)
            for name, parameter in self.named_parameters():
                if name.endswith(".bias"):
                    parameter.zero_()
