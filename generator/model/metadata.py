"""What our files of weights say about themselves. Kept apart from `checkpoint.py`, which loads torch."""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from safetensors import SafetensorError, safe_open

from generator.errors import CheckpointError

# In the metadata: shares of the windows trained on, whose prompt named no composer, and in C major or A minor.
UNNAMED_SHARE, HOME_KEY_SHARE, FILL_SHARE = "unnamed_share", "home_key_share", "fill_share"
SCALE, SHA256 = ".scale", "sha256"  # names: behind that of a matrix; of the checksum
INT8_LARGEST, SMALLEST_ROW = 127, 1e-12  # what the largest number of a row becomes; rows of less count as so large
# Of four weights that are added up in 16 bits those above zero may be so large together, and those below: times 255
# that is all which 16 bits hold. Of each eight weights the first, second, fifth and sixth are four, and the others.
EIGHT, FOUR_LARGEST = 8, 128
FOURS = ((1, 0), (1, 0), (0, 1), (0, 1), (1, 0), (1, 0), (0, 1), (0, 1))


def read_metadata(path: Path | str) -> dict[str, str]:
    """What one of our files says about itself: format, shape, precision and provenance.

    Raises CheckpointError if it is missing or not a `.safetensors` file.
    """
    path = Path(path)
    try:
        with safe_open(path, framework="np") as file:
            return dict(file.metadata() or {})
    except (OSError, SafetensorError) as error:
        raise CheckpointError(reason="cut_off", file=path) from error


def was_trained_with(share: str, path: Path | str) -> bool:
    """Whether the network in this file has seen such windows: UNNAMED_SHARE, HOME_KEY_SHARE, FILL_SHARE.

    False for files that do not say. Raises CheckpointError.
    """
    if Path(path).suffix != ".safetensors":
        return False
    value = read_metadata(path).get(share, "0")
    try:
        return float(value) > 0
    except ValueError as error:
        raise CheckpointError(reason="no_number", file=path, name=share, value=repr(value)) from error


def checksum(parts: Iterable[tuple[str, str, Sequence[int], bytes]]) -> str:
    """Of arrays in the order of their names: each name, kind ("float16"), size and bytes; in hexadecimal digits."""
    digest = hashlib.sha256()
    for name, kind, size, content in parts:
        digest.update(f"{name} {kind} {list(size)}\n".encode())
        digest.update(content)
    return digest.hexdigest()
