"""The network's numbers as flat arrays, in the order in which `kernels.py` reads them.

Promises: the whole numbers and scales are those of `precision.Int8Linear`; nothing is rounded twice.
Not covered: what is done with them.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from generator.model.hearing import WIDTH, Hearing
from generator.model.network import Block, Stack
from generator.model.precision import Int8Linear

LANES, QUAD = 16, 4  # outputs that are computed beside each other, inputs that one instruction adds up
OFFSET = 128  # the instruction takes one side without a sign
Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]
SmallInts = NDArray[np.int8]


class PackedLevel(NamedTuple):
    """One level: how many layers, how wide, how many positions, its packed weights, and all other numbers.

    floats: positions (length, hidden), then of each layer both norms, and of its four matrices scales and biases, then
    the last norm. weights: of each layer its four matrices.
    """

    layers: int
    hidden: int
    length: int
    weights: Bytes
    floats: Floats


class PackedEars(NamedTuple):
    """The ears: columns (numbers, hidden + width) of both first layers, their scales and biases; the layer behind."""

    columns: SmallInts
    scales: Floats
    weights: Bytes
    outer: Floats


def pack_weights(weight: Tensor) -> Bytes:
    """weight (outs, ins) int8, outs a multiple of 16 → flat: by sixteens of outputs, fours of inputs, output, input."""
    whole = weight.numpy().astype(np.int16) + OFFSET
    outs, ins = whole.shape
    grouped = whole.astype(np.uint8).reshape(outs // LANES, LANES, ins // QUAD, QUAD)
    return np.ascontiguousarray(grouped.transpose(0, 2, 1, 3)).reshape(-1)


def pack_level(stack: Stack) -> PackedLevel:
    """A level whose linear layers are `Int8Linear`."""
    length, hidden = stack.positions.shape
    blocks = [block for block in stack.blocks if isinstance(block, Block)]
    linears = [[block.qkv, block.attention_out, block.mlp_in, block.mlp_out] for block in blocks]
    weights = [pack_weights(_checked(layer).weight) for layers in linears for layer in layers]
    floats = [_floats(stack.positions)]
    for block, layers in zip(blocks, linears, strict=True):
        for norm in (block.attention_norm, block.mlp_norm):
            floats += [_floats(norm.weight), _floats(norm.bias)]
        floats += [_floats(numbers) for layer in layers for numbers in (_checked(layer).scale, layer.bias)]
    floats += [_floats(stack.norm.weight), _floats(stack.norm.bias)]
    return PackedLevel(len(blocks), hidden, length, np.concatenate(weights), np.concatenate(floats))


def pack_ears(hearing: Hearing | None, *, hidden: int) -> PackedEars:
    """The ears; of a network without any, none that hear."""
    if hearing is None:
        nothing = np.zeros(0, np.float32)
        return PackedEars(np.zeros((0, hidden + WIDTH), np.int8), nothing, np.zeros(0, np.uint8), nothing)
    first = [_checked(layer) for layer in (hearing.direct, hearing.inner)]
    outer = _checked(hearing.outer)
    columns = np.concatenate([layer.weight.numpy() for layer in first]).T
    scales = [_floats(layer.scale) for layer in first] + [_floats(layer.bias) for layer in first]
    return PackedEars(
        np.ascontiguousarray(columns),
        np.concatenate(scales),
        pack_weights(outer.weight),
        np.concatenate([_floats(outer.scale), _floats(outer.bias)]),
    )


def _checked(layer: nn.Module) -> Int8Linear:
    assert isinstance(layer, Int8Linear), "only networks in precision int8 are compiled"
    return layer


def _floats(numbers: Tensor) -> Floats:
    return np.ascontiguousarray(numbers.detach().float().numpy()).reshape(-1)
