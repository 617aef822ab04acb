"""A network for the engine: as arrays where that will do, since torch takes a second to load; else with torch.

Not covered: what files there are (`published.py`), what is in them (`checkpoint.py`, `plain.py`).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from generator.model.compiled.door import can_be_compiled
from generator.model.plain import PlainNetwork, load_plain

if TYPE_CHECKING:
    from generator.model.network import Network

# What the driver of a GPU that torch can use leaves behind on Linux: NVIDIA's, that of Windows' subsystem, AMD's.
GPU_FILES = tuple(Path("/dev", name) for name in ("nvidiactl", "nvidia0", "dxg", "kfd"))


def load_for_engine(path: Path, *, device: str, precision: str) -> Network | PlainNetwork:
    """What an engine in this precision takes. Raises CheckpointError, BadRequest as `load_network` does."""
    if device == "cpu" and precision == "int8" and can_be_compiled():
        plain = load_plain(path)
        if plain is not None:
            return plain
    from generator.model.checkpoint import load_network

    return load_network(path, device=device)


def best_device() -> str:
    """Where a network composes fastest: "cuda" where torch finds a GPU, else "cpu"."""
    if sys.platform == "linux" and not any(path.exists() for path in GPU_FILES):
        return "cpu"
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"
