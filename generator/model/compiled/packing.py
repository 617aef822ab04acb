"""The network's numbers as flat arrays, in the order in which `kernels.py` reads them.

Promises: the whole numbers and scales are those of `plain.py`; nothing is rounded twice.
Not covered: what is done with them.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from generator.model.compiled.large_pages import zero_bytes
from generator.model.plain import PlainNetwork
from generator.model.shape import EAR_WIDTH

LANES, QUAD = 16, 4  # outputs that are computed beside each other, inputs that one instruction adds up
OFFSET = 128  # most instructions take numbers without a sign
LINEARS = ("qkv", "attention_out", "mlp_in", "mlp_out")
Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]
SmallInts = NDArray[np.int8]


class PackedLevel(NamedTuple):
    """One level: how many layers, how wide, how many positions, its packed weights, and all other numbers.

    floats: positions (length, hidden), then of each layer both norms, and of its four matrices scales and biases, then
    the last norm. weights: of each layer its four matrices, as
    `pack_weights` says.
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


def pack_weights(weight: SmallInts) -> Bytes:
    """weight (outs, ins) int8, outs a multiple of 16 → flat: by sixteens of outputs.

    Of each first what their sums begin with, as int32, so that they come out right where all numbers are larger by
    OFFSET; then by fours of inputs, output, input.
    """
    outs, ins = weight.shape
    begin = np.int32(-OFFSET) * weight.sum(axis=1, dtype=np.int32)
    packed = np.empty((outs // LANES, ins // QUAD + 1, LANES, QUAD), np.uint8)
    packed[:, 0] = begin.view(np.uint8).reshape(-1, LANES, QUAD)
    packed[:, 1:] = weight.view(np.uint8).reshape(outs // LANES, LANES, ins // QUAD, QUAD).transpose(0, 2, 1, 3)
    return packed.reshape(-1)


def pack_level(network: PlainNetwork, name: str, *, layers: int) -> PackedLevel:
    """One level of a network by its name."""
    arrays = network.arrays
    length, hidden = arrays[f"{name}.positions"].shape
    floats, blocks = [arrays[f"{name}.positions"].reshape(-1)], [f"{name}.blocks.{layer}" for layer in range(layers)]
    weights = _pack_all([arrays[f"{block}.{linear}.weight"] for block in blocks for linear in LINEARS])
    for block in blocks:
        linears = [f"{block}.{linear}" for linear in LINEARS]
        for norm in ("attention_norm", "mlp_norm"):
            floats += [arrays[f"{block}.{norm}.weight"], arrays[f"{block}.{norm}.bias"]]
        floats += [arrays[f"{linear}.{part}"] for linear in linears for part in ("scale", "bias")]
    floats += [arrays[f"{name}.norm.weight"], arrays[f"{name}.norm.bias"]]
    return PackedLevel(layers, hidden, length, weights, np.concatenate(floats))


def _pack_all(matrices: Sequence[SmallInts]) -> Bytes:
    """One behind the other; each is packed where it is to stand, so that they are there only once more."""
    packed, start = zero_bytes(sum(outs * (ins + QUAD) for outs, ins in (matrix.shape for matrix in matrices))), 0
    for matrix in matrices:
        own = pack_weights(matrix)
        packed[start : start + own.size] = own
        start += own.size
    return packed


def pack_ears(network: PlainNetwork) -> PackedEars:
    """The ears; of a network without any, none that hear."""
    if not network.shape.heard:
        nothing = np.zeros(0, np.float32)
        return PackedEars(
            np.zeros((0, network.shape.hidden + EAR_WIDTH), np.int8), nothing, np.zeros(0, np.uint8), nothing
        )
    arrays, first = network.arrays, ("hearing.direct", "hearing.inner")
    columns = np.concatenate([arrays[f"{layer}.weight"] for layer in first]).T
    return PackedEars(
        np.ascontiguousarray(columns),
        np.concatenate([arrays[f"{layer}.{part}"] for part in ("scale", "bias") for layer in first]),
        pack_weights(arrays["hearing.outer.weight"]),
        np.concatenate([arrays["hearing.outer.scale"], arrays["hearing.outer.bias"]]),
    )
