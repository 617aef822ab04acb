"""A network as plain arrays, for those who compute without torch.

Promises: the numbers are those that `checkpoint.load_network` and `precision.with_precision` give for "int8", to the
last bit; what is not one of our files, whole and undamaged, is not taken.
Not covered: why a file is not taken; `load_network` says that in a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from generator.errors import CheckpointError
from generator.hearing.numbers import NUMBERS
from generator.model.metadata import (
    EIGHT,
    FOUR_LARGEST,
    FOURS,
    INT8_LARGEST,
    SCALE,
    SHA256,
    SMALLEST_ROW,
    checksum,
    read_metadata,
)
from generator.model.patches import PATCH_CHARS, VOCABULARY
from generator.model.shape import EAR_WIDTH, Shape

if TYPE_CHECKING:
    from generator.model.network import Network

LARGEST, SMALLEST = np.float32(INT8_LARGEST), np.float32(SMALLEST_ROW)
ADDED_UP = np.array(FOURS, np.float32)
ROWS_NEAR = 64  # that are worked on at a time, so that they stay near the processor
LEVELS = ("patch_level", "char_level")
KINDS = ("int8", "float16", "float32")
Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class PlainNetwork:
    """The arrays by their names in `network.py`: float32, the matrices of linear layers int8 with a `<name>.scale`.

    The scale of such a matrix (rows,) is called as its layer: `char_level.blocks.0.qkv.scale`.
    """

    shape: Shape
    arrays: Arrays

    @property
    def parameters(self) -> int:
        """How many numbers were learnt."""
        return sum(array.size for name, array in self.arrays.items() if not name.endswith(SCALE))


def plain_of(network: Network) -> PlainNetwork:
    """A torch network in precision "int8" on the CPU, as arrays that share its memory."""
    arrays = {name: tensor.detach() for name, tensor in network.state_dict().items()}
    return PlainNetwork(
        network.shape,
        {name: (one if str(one.dtype) == "torch.int8" else one.float()).numpy() for name, one in arrays.items()},
    )


def load_plain(path: Path) -> PlainNetwork | None:
    """Read one of our files; None for anything else, and for one that is damaged."""
    if path.suffix != ".safetensors":
        return None
    try:
        stored, metadata = load_file(path), read_metadata(path)
    except (OSError, SafetensorError, CheckpointError, TypeError, KeyError, ValueError):
        return None
    if any(str(array.dtype) not in KINDS for array in stored.values()) or not _is_undamaged(stored, metadata):
        return None
    shape = _shape_of(stored)
    found = {name: array.shape for name, array in stored.items() if not name.endswith(SCALE)}
    if shape is None or found != sizes(shape):
        return None
    arrays = dict[str, NDArray[Any]]()
    for name in sizes(shape):
        numbers = _floats(name, stored)
        del stored[name]  # so that never all of it is there twice
        if numbers is None or not np.isfinite(numbers).all() or (numbers.ndim == 2 and not numbers.any()):
            return None
        if _is_linear(name):
            whole, scale = quantise(numbers)
            arrays[name], arrays[name.removesuffix(".weight") + SCALE] = whole, scale
        else:
            arrays[name] = numbers
    return PlainNetwork(shape, arrays)


def quantise(matrix: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """matrix (rows, n), n a multiple of 8 → whole numbers (rows, n), and what to multiply each row by (rows,).

    They are so small that products of four can be added up in 16 bits (`metadata.FOURS`). As `precision.quantise`.
    """
    whole, scale = np.empty(matrix.shape, np.int8), np.empty(len(matrix), np.float32)
    for first in range(0, len(matrix), ROWS_NEAR):
        rows = slice(first, first + ROWS_NEAR)
        whole[rows], scale[rows] = _quantise(matrix[rows])
    return whole, scale


def _quantise(matrix: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    scale = np.maximum(np.abs(matrix).max(axis=1), SMALLEST) / LARGEST
    eights = np.rint(matrix / scale[:, None]).reshape(len(matrix), -1, EIGHT)
    above = np.maximum(eights, 0) @ ADDED_UP
    below = above - eights @ ADDED_UP
    fours = np.maximum(above, below).max(axis=(1, 2))
    # What is rounded may grow by a half, here and when the row is rounded again: a four by two each time.
    scale *= np.maximum((fours + 2) / (FOUR_LARGEST - 2), 1)
    return np.rint(matrix / scale[:, None]), scale


def sizes(shape: Shape) -> dict[str, tuple[int, ...]]:
    """The names of all arrays of a network, with their sizes."""
    hidden = shape.hidden
    found: dict[str, tuple[int, ...]] = {
        "patch_table": (PATCH_CHARS * VOCABULARY, hidden),
        "patch_bias": (hidden,),
        "char_table": (VOCABULARY, hidden),
    }
    levels = (
        (LEVELS[0], shape.patch_layers, shape.context_patches),
        (LEVELS[1], shape.char_layers, PATCH_CHARS + 1),
    )
    for level, layers, length in levels:
        found[f"{level}.positions"] = (length, hidden)
        for layer in range(layers):
            block = f"{level}.blocks.{layer}"
            for norm in ("attention_norm", "mlp_norm"):
                found |= {f"{block}.{norm}.{part}": (hidden,) for part in ("weight", "bias")}
            linears = {"qkv": (3, 1), "attention_out": (1, 1), "mlp_in": (4, 1), "mlp_out": (1, 4)}
            for linear, (outs, ins) in linears.items():
                found |= _linear(f"{block}.{linear}", outs * hidden, ins * hidden)
        found |= {f"{level}.norm.{part}": (hidden,) for part in ("weight", "bias")}
    if shape.heard:
        found |= _linear("hearing.direct", hidden, shape.heard)
        found |= _linear("hearing.inner", EAR_WIDTH, shape.heard) | _linear("hearing.outer", hidden, EAR_WIDTH)
    return found


def _linear(name: str, outs: int, ins: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (outs, ins), f"{name}.bias": (outs,)}


def _is_linear(name: str) -> bool:
    """Whether this is the matrix of a linear layer; tables are looked up, and norms have one number for each place."""
    return name.endswith(".weight") and "norm" not in name


def _floats(name: str, stored: Arrays) -> NDArray[np.float32] | None:
    """An array as float32, rows multiplied by their scales; None if these are not there."""
    array, scale = stored[name], stored.get(name + SCALE)
    if scale is None:
        return None if array.dtype == np.int8 else array.astype(np.float32)
    if scale.shape != array.shape[:1]:
        return None
    numbers: NDArray[np.float32] = array.astype(np.float32)
    numbers *= scale.astype(np.float32)[:, None]
    return numbers


def _shape_of(stored: Arrays) -> Shape | None:
    """The sizes that a file seems to have."""
    positions, ears = stored.get("patch_level.positions"), stored.get("hearing.inner.weight")
    if positions is None or positions.ndim != 2:
        return None
    layers = [len({name.split(".")[2] for name in stored if name.startswith(f"{level}.blocks.")}) for level in LEVELS]
    try:
        return Shape(layers[0], layers[1], positions.shape[1], positions.shape[0], 0 if ears is None else NUMBERS)
    except ValueError:
        return None


def _is_undamaged(stored: Arrays, metadata: Mapping[str, str]) -> bool:
    """Whether the arrays are those that the file's checksum was made of; it has to have one."""
    parts = ((name, str(stored[name].dtype), stored[name].shape, stored[name].tobytes()) for name in sorted(stored))
    return metadata.get(SHA256) == checksum(parts)
