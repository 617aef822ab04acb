"""Whether the tensors of a file can be a network's, looked at before they are copied or computed with.

Promises: what would fill memory far beyond the size of its file, what is no plain array of numbers, and what was
damaged since it was written with a checksum is refused with a sentence.
Not covered: whether they fit together (`checkpoint.py`), and damage in files without a checksum that leaves all numbers
finite.
"""

import zipfile
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from generator.errors import CheckpointError
from generator.model.metadata import SHA256, checksum

MOST_FILE_BYTES = 16 * 10**9  # NotaGen-X with its optimiser has 6.2 GB
MOST_NUMBERS = 2 * 10**9  # NotaGen-X has 516 million
SPARE_NUMBERS = 10**6  # a table that is stored once may count twice; small files may be mostly such tables


def check_file(path: Path) -> None:
    """Before it is opened. Raises CheckpointError for one that is too large, or packed so that it would grow."""
    size = path.stat().st_size
    if size > MOST_FILE_BYTES:
        raise CheckpointError(reason="too_large", file=path.name, gb=size / 1e9, most_gb=MOST_FILE_BYTES / 1e9)
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise CheckpointError(reason="not_weights", file=path.name) from error
    if unpacked > size:
        raise CheckpointError(reason="packed", file=path.name, gb=unpacked / 1e9)


def check_tensors(tensors: Mapping[str, Tensor], path: Path) -> None:
    """Before they are copied. Raises CheckpointError for what is no plain array of floating-point numbers or int8."""
    for name, tensor in tensors.items():
        if tensor.layout is not torch.strided or tensor.is_quantized or tensor.device.type != "cpu":
            raise CheckpointError(reason="no_plain_tensor", file=path.name, name=name)
        if not (tensor.is_floating_point() or tensor.dtype == torch.int8):
            raise CheckpointError(reason="other_numbers", file=path.name, name=name, kind=kind_of(tensor))
    numbers = sum(tensor.numel() for tensor in tensors.values())
    if numbers > min(MOST_NUMBERS, path.stat().st_size + SPARE_NUMBERS):
        raise CheckpointError(reason="too_many_numbers", file=path.name, count=numbers)


def kind_of(tensor: Tensor) -> str:
    """The kind of its numbers: "float16"."""
    return str(tensor.dtype).removeprefix("torch.")


def check_values(tensors: Mapping[str, Tensor], path: Path) -> None:
    """Raises CheckpointError for a matrix of nothing but zeros, which no training leaves behind."""
    for name, tensor in tensors.items():
        if tensor.dim() == 2 and not bool(tensor.any()):
            raise CheckpointError(reason="only_zeros", file=path.name, name=name)


def check_sha256(tensors: Mapping[str, Tensor], metadata: Mapping[str, str], path: Path) -> None:
    """Raises CheckpointError if the tensors are not those that the file's own checksum was made of, if it has one."""
    noted = metadata.get(SHA256)
    if noted is not None and noted != sha256_of_tensors(tensors):
        raise CheckpointError(reason="damaged", file=path.name)


def sha256_of_tensors(tensors: Mapping[str, Tensor]) -> str:
    """Of their names, kinds, sizes and bytes, in the order of the names; in hexadecimal digits."""
    named = ((name, tensors[name]) for name in sorted(tensors))
    return checksum((name, kind_of(tensor), tensor.shape, _bytes_of(tensor)) for name, tensor in named)


def _bytes_of(tensor: Tensor) -> bytes:
    return tensor.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes() if tensor.numel() else b""
