"""Files of notation → MusicXML, one document for each piece in the file, by readers that are handed in.

They are the same that draw and play what people send; this package does not know them.
Promises: whatever is wrong with a file ends as Unusable with the reason, and costs no other piece of a book. Not
promised: that it ends at all, or that the process survives it; so it is called in a process that may be lost
(`child.py`).
"""

import io
import warnings
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from generator.training.prepare.errors import Unusable

LARGEST_FILE_BYTES = 64 * 1024**2  # the largest score we know has a tenth of it


@dataclass(frozen=True, kw_only=True)
class Score:
    """A piece as MusicXML, partwise. is_even: whether all staves were equally long in every bar of the file."""

    musicxml: str
    is_even: bool


@dataclass(frozen=True, kw_only=True)
class ScoreReader:
    """What reads scores. endings: of the names of files, with their dots.

    read: the content of a file → its pieces, in the place of one that cannot be read the reason; raises Unusable. A
    function of a module, because it is sent to other processes by its name.
    """

    endings: tuple[str, ...]
    read: Callable[[bytes], Sequence[Score | Unusable]]


def read_scores(path: Path, reader: ScoreReader) -> Sequence[Score | Unusable]:
    """The pieces of a file, at least one, or why one of them is none. Raises Unusable."""
    if path.suffix.lower() not in reader.endings:
        raise Unusable(f"{path.suffix or 'no ending'} is not a format that can be read")
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise Unusable("the file is too large")
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # converters warn of much that does not concern us
            scores = reader.read(path.read_bytes())
    except Unusable:
        raise
    except Exception as error:  # foreign converters raise whatever Python does
        raise Unusable(f"cannot be read: {_first_line(error)}") from error
    if not scores:
        raise Unusable("holds no music")
    return scores


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0][:120]}" if lines else type(error).__name__
