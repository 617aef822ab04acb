"""What a network is judged by: the first 512 patches of each piece.

Promises: every predictor is asked about the same characters, the three prompt lines and the `[r:i/n]` countdowns
included.
"""

from collections.abc import Iterable, Iterator

from generator.training.augment import at_home
from generator.training.corpus import Patches, Row, encode_tune, prompt_lines

WINDOW_PATCHES = 512


def held_out_windows(rows: Iterable[Row], *, limit: int = WINDOW_PATCHES, home: bool = False) -> Iterator[Patches]:
    """The patches that each piece is judged by: (at most `limit`, 16) for each row, in order.

    home: moved to C major or A minor, as networks that write there read it, instead of in its own key.
    """
    for row in rows:
        abc, more = at_home(row) if home else (row["abc"], [])
        yield encode_tune([*prompt_lines(row), *more], abc).window(0, limit)


def window_text(window: Patches) -> bytes:
    """The characters of a window, without its patch ends and padding."""
    codes = window.ravel()
    return codes[codes > 2].tobytes()
