"""Reading and writing networks.

Promises: `load_network` takes NotaGen's own `.pth` (half or single precision, older files with buffers too) and our
`.safetensors`; sizes are read from the tensors, never from a file's name or description. What is no such network
raises CheckpointError with a sentence, and unpickling is limited to tensors (`weights_only=True`), so a hostile file
cannot run code; what it may hold is looked at first (`tensor_checks.py`).
`save_network` leaves either the whole new file or the old one behind.
Not covered: the optimiser's state and the run (`generator.training`), downloading (`published.py`).

In our files every matrix is stored under its name in `network.py`. With precision "int8" a matrix is kept as whole
numbers from -127 to 127, and `<name>.scale` (rows,) float32 holds what each of its rows is to be multiplied by;
everything else is float16. Loading gives float32 in every case. The metadata hold the SHA-256 of the tensors.
"""

import json
import os
import tempfile
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from generator.errors import CheckpointError
from generator.hearing.numbers import NUMBERS
from generator.model.devices import find_device
from generator.model.metadata import INT8_LARGEST, SCALE, SHA256, SMALLEST_ROW, read_metadata
from generator.model.network import Network, Shape
from generator.model.published import PUBLISHED
from generator.model.reference_names import BUFFERS, is_reference, rename_reference
from generator.model.tensor_checks import (
    check_file,
    check_sha256,
    check_tensors,
    check_values,
    sha256_of_tensors,
)

PRECISIONS = ("fp32", "fp16", "int8")
FORMAT = "notabot-network-1"


def load_network(path: Path | str, *, device: torch.device | str = "cpu") -> Network:
    """Read a network from `.safetensors` (ours) or anything torch can unpickle as tensors (NotaGen's), as float32.

    Raises CheckpointError: missing, corrupt, truncated, or not a NotaGen network; BadRequest: no such device.
    """
    path, device = Path(path), find_device(device)
    if not path.is_file():
        reason = "no_such_file" if path.suffix else "no_such_name"
        raise CheckpointError(reason=reason, path=path, names=tuple(PUBLISHED))
    check_file(path)
    tensors = _read_safetensors(path) if path.suffix == ".safetensors" else _read_pickled(path)
    check_values(tensors, path)
    try:
        return build_network(tensors).to(device)
    except (ValueError, RuntimeError) as error:
        raise CheckpointError(reason="not_notagen", file=path.name, why=error) from error


def save_network(
    network: Network, path: Path | str, *, precision: str, metadata: Mapping[str, str] | None = None
) -> None:
    """Write a network as `.safetensors`, all or nothing.

    precision: "fp32", "fp16" or "int8". metadata: provenance in free form; "format", "shape", "precision" and "sha256"
    are ours.
    Raises ValueError for another file ending or precision, OSError if the file cannot be written.
    """
    path = Path(path)
    if path.suffix != ".safetensors":
        raise ValueError(f"our networks are written as .safetensors, not {path.name}")
    if precision not in PRECISIONS:
        raise ValueError(f"no such precision: {precision}")
    shape = json.dumps(asdict(network.shape))
    header = {**(metadata or {}), "format": FORMAT, "shape": shape, "precision": precision}
    tensors = _pack_tensors({name: tensor.detach().cpu() for name, tensor in network.state_dict().items()}, precision)
    header[SHA256] = sha256_of_tensors(tensors)
    # In the same folder, so that the last step is a rename and not a copy.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=".part")
    os.close(handle)
    try:
        save_file(tensors, name, metadata=header)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(name).unlink()
        raise


# --- files ---------------------------------------------------------------------------------------------------------


def _read_safetensors(path: Path) -> dict[str, Tensor]:
    """All tensors of our file, rows multiplied by their scales where they were packed as int8."""
    try:
        tensors = load_file(path)
    except (OSError, SafetensorError) as error:
        raise CheckpointError(reason="cut_off", file=path) from error
    check_tensors(tensors, path)
    check_sha256(tensors, read_metadata(path), path)
    return _unpack_tensors(tensors)


def _read_pickled(path: Path) -> dict[str, Tensor]:
    """The tensors of `{'model': tensors}`, of a training run's `{'network': tensors}`, or bare ones."""
    try:
        # Mapped where the format allows it: the published files carry an optimiser twice the size of the network.
        content = torch.load(path, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path))
    except Exception as error:
        # A broken or hostile pickle can raise nearly anything.
        raise CheckpointError(reason="not_weights", file=path.name) from error
    for key in ("model", "network"):
        if isinstance(content, dict) and isinstance(content.get(key), dict):
            content = content[key]
    if not isinstance(content, dict) or not all(isinstance(tensor, Tensor) for tensor in content.values()):
        raise CheckpointError(reason="other_contents", file=path.name)
    tensors: dict[str, Tensor] = {
        str(name): tensor for name, tensor in content.items() if not str(name).endswith(BUFFERS)
    }
    check_tensors(tensors, path)
    return rename_reference(tensors) if is_reference(tensors) else tensors


# --- tensors -------------------------------------------------------------------------------------------------------


def _pack_tensors(tensors: Mapping[str, Tensor], precision: str) -> dict[str, Tensor]:
    """Float32 tensors as they are stored."""
    packed = {}
    for name, tensor in tensors.items():
        # The positions are added, not multiplied, and few: they keep float16.
        if precision == "int8" and tensor.dim() == 2 and not name.endswith("positions"):
            packed[name], packed[name + SCALE] = quantise_rows(tensor)
        else:
            packed[name] = tensor.to(torch.float32 if precision == "fp32" else torch.float16).contiguous()
    return packed


def quantise_rows(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """matrix (rows, n) → whole numbers (rows, n) int8 and what to multiply each row by (rows,) float32."""
    scale = matrix.float().abs().amax(dim=1).clamp(min=SMALLEST_ROW) / INT8_LARGEST
    return (matrix.float() / scale[:, None]).round().to(torch.int8), scale


def _unpack_tensors(packed: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The inverse of `_pack_tensors`, as float32."""
    tensors = {}
    for name, tensor in packed.items():
        if name.endswith(SCALE):
            continue
        scale = packed.get(name + SCALE)
        if tensor.dtype == torch.int8 and (scale is None or scale.shape != tensor.shape[:1]):
            raise CheckpointError(reason="no_scale", name=name)
        tensors[name] = tensor.float() if scale is None else tensor.float() * scale.float()[:, None]
    return tensors


def build_network(tensors: Mapping[str, Tensor]) -> Network:
    """A network of float32 from tensors under our names. Raises ValueError or RuntimeError if they do not fit."""
    shape = _read_shape(tensors)
    # It takes over the tensors. Not made on the device "meta": that loads 800 modules, a second of processor time.
    network = Network(shape, filled=False)
    unfit = [name for name, tensor in tensors.items() if not bool(tensor.isfinite().all())]
    if unfit:
        raise ValueError(f"{unfit[0]} contains numbers that are not finite")
    network.load_state_dict({name: tensor.float() for name, tensor in tensors.items()}, assign=True)
    return network.eval()


def _read_shape(tensors: Mapping[str, Tensor]) -> Shape:
    """The sizes of a network from its tensors. Raises ValueError."""
    try:
        context_patches, hidden = tensors["patch_level.positions"].shape
    except (KeyError, ValueError):
        raise ValueError("it has no patch positions") from None
    layers = [_count_layers(tensors, level) for level in ("patch_level", "char_level")]
    ears = tensors.get("hearing.inner.weight")
    heard = 0 if ears is None or ears.dim() != 2 else ears.shape[1]
    if heard not in (0, NUMBERS):
        raise ValueError(f"it hears {heard} numbers, and {NUMBERS} are told")
    return Shape(layers[0], layers[1], hidden, context_patches, heard)


def _count_layers(tensors: Mapping[str, Tensor], level: str) -> int:
    """How many layers a level has. Counted, not taken from the highest number, which a file could make huge."""
    return len({name.split(".")[2] for name in tensors if name.startswith(f"{level}.blocks.")})
