"""What a network is judged by: the first 512 patches of each piece.

Promises: every predictor is asked about the same characters, the three prompt lines and the `[r:i/n]` countdowns
included.
"""

from collections.abc import Iterable, Iterator

from generator.training.augment import at_home
from generator.training.corpus import Patches, Row, prompt_lines
from generator.training.lessons import Lesson, study_tune

WINDOW_PATCHES = 512


def held_out_lessons(
    rows: Iterable[Row], *, limit: int = WINDOW_PATCHES, home: bool = False, hearing: bool = False
) -> Iterator[Lesson]:
    """The patches that each piece is judged by: at most `limit` for each row, in order.

    home: moved to C major or A minor, as networks that write there read it, instead of in its own key. hearing: with
    what is heard at each character, for networks that have ears.
    """
    for row in rows:
        abc, more = at_home(row) if home else (row["abc"], [])
        yield study_tune([*prompt_lines(row), *more], abc, hearing=hearing).window(0, limit)


def held_out_windows(rows: Iterable[Row], *, limit: int = WINDOW_PATCHES, home: bool = False) -> Iterator[Patches]:
    """The same as patches alone: (at most `limit`, 16) for each row."""
    return (lesson.patches for lesson in held_out_lessons(rows, limit=limit, home=home))


def window_text(window: Patches) -> bytes:
    """The characters of a window, without its patch ends and padding."""
    codes = window.ravel()
    return codes[codes > 2].tobytes()
