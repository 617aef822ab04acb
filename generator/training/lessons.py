"""What a network is taught with at once: a window of a piece, what is heard at each of its characters, what the piece's
memory expects there, and which of its patches count.

Two kinds of windows. A plain one goes on from the tune header as pieces are composed. A *fill-in* window shows bars
from behind a gap first, then those before it, then the gap: so a network learns to rewrite bars that something follows.
Its prompt has one more line, FILL_PROMPT, and every bar carries its own number in its countdown, so the order is known.

Not covered: which pieces and windows are drawn (`windows.py`), the loss (`loss.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from generator.errors import NotationError
from generator.guard.recall import Trust
from generator.hearing.ear import rows_of_lines
from generator.hearing.numbers import NOTHING, ROW_BYTES
from generator.model.patches import MOST_BARS_BEHIND, MOST_GAP_BARS, PATCH_CHARS, patch_places
from generator.notation.tune import parse_header
from generator.training.corpus import EncodedTune, Patches, encode_tune, tune_lines
from generator.training.memory import Expectations, expectations, join_expectations, no_expectations

LEAST_FILL_BARS = 4  # of a piece in which a gap makes sense
Heard = NDArray[np.uint8]  # (patches, 16, ROW_BYTES): for each character what is known before it


@dataclass(frozen=True, eq=False, kw_only=True)
class Lesson:
    """One window. patches (n, 16); scored (n,): those whose characters count; None: all. heard (n, 16, ROW_BYTES) and
    expected: None where they are not asked for.
    """

    patches: Patches
    scored: NDArray[np.bool_] | None = None
    heard: Heard | None = None
    expected: Expectations | None = None

    def __len__(self) -> int:
        return len(self.patches)


@dataclass(frozen=True, eq=False, kw_only=True)
class StudiedTune:
    """A piece in patches with what is heard and expected in its body; see `EncodedTune` and `Lesson`."""

    tune: EncodedTune
    heard: Heard | None = None
    expected: Expectations | None = None

    def window(self, first_bar: int, limit: int) -> Lesson:
        """As `EncodedTune.window`."""
        start = self.tune.bar_starts[first_bar]
        return self._lesson([(start, len(self.tune.body), True)], limit)

    def random_window(self, limit: int, rng: Random) -> Lesson:
        """As `EncodedTune.random_window`."""
        return self.window(self.tune.random_first_bar(limit, rng), limit)

    def fill_window(self, limit: int, rng: Random) -> Lesson:
        """A gap somewhere, with one or more bars from behind it first; those do not count.

        Of the bars before the gap come as many as there is room for.
        """
        starts = [*self.tune.bar_starts, len(self.tune.body) - 1]  # the last patch says that the piece is over
        bars = len(starts) - 1
        gap = rng.randint(1, bars - 2)
        behind = min(bars - 1, gap + rng.randint(1, MOST_GAP_BARS))
        end = min(bars, behind + rng.randint(1, MOST_BARS_BEHIND))
        room = limit - len(self.tune.header)
        while end > behind + 1 and starts[end] - starts[behind] > room // 2:
            end -= 1
        room -= starts[end] - starts[behind]
        first = next((bar for bar in range(gap) if starts[behind] - starts[bar] <= room), gap)
        spans = [(starts[behind], starts[end], False), (starts[first], starts[behind], True)]
        return self._lesson(spans, limit)

    @property
    def can_be_filled(self) -> bool:
        return len(self.tune.bar_starts) >= LEAST_FILL_BARS

    def _lesson(self, spans: Sequence[tuple[int, int, bool]], limit: int) -> Lesson:
        """Header and parts of the body: from, until, whether it counts."""
        header = len(self.tune.header)
        cuts = [slice(start, end) for start, end, _ in spans]
        scored = np.concatenate(
            [np.ones(header, bool), *(np.full(end - start, counts) for start, end, counts in spans)]
        )
        patches = np.concatenate([self.tune.header, *(self.tune.body[cut] for cut in cuts)])
        heard, expected = None, None
        if self.heard is not None:
            nothing = np.zeros((header, PATCH_CHARS, ROW_BYTES), np.uint8)
            heard = np.concatenate([nothing, *(self.heard[cut] for cut in cuts)])[:limit]
        if self.expected is not None:
            expected = join_expectations([no_expectations(header), *(self.expected[cut] for cut in cuts)])[:limit]
        all_count = all(counts for _, _, counts in spans)
        return Lesson(
            patches=patches[:limit], scored=None if all_count else scored[:limit], heard=heard, expected=expected
        )


def study_tune(prompt: Sequence[str], abc: str, *, hearing: bool = False, trust: Trust | None = None) -> StudiedTune:
    """A piece of interleaved ABC in patches. hearing: with what is heard; trust: with what its memory expects.

    Raises ValueError for text that is not ASCII or has no tune body.
    """
    tune = encode_tune(prompt, abc)
    heard = hear_tune(abc) if hearing else None
    expected = None
    if trust is not None:
        _, lines = tune_lines(abc)
        expected = join_expectations([expectations(lines, trust), no_expectations(1)])
    return StudiedTune(tune=tune, heard=heard, expected=expected)


def hear_tune(abc: str) -> Heard:
    """What is heard at every character of a piece's body, its last patch included: (patches, 16, ROW_BYTES)."""
    header, lines = tune_lines(abc)
    parts = []
    try:
        rows = rows_of_lines(parse_header([line.rstrip("\n") for line in header]), lines)
    except NotationError:
        rows = (NOTHING * (len(line) + 1) for line in lines)
    for line, row in zip(lines, rows, strict=True):
        numbers = np.frombuffer(row, np.uint8).reshape(len(line) + 1, ROW_BYTES)
        for start, count in patch_places(line):
            patch = np.zeros((PATCH_CHARS, ROW_BYTES), np.uint8)
            places = min(PATCH_CHARS, count + 1)
            patch[:places] = numbers[start : start + places]
            parts.append(patch)
    parts.append(np.zeros((PATCH_CHARS, ROW_BYTES), np.uint8))
    return np.stack(parts)


class Batch(NamedTuple):
    """Lessons side by side, padded. patches (B, N, 16) int64; mask (B, N): the places that hold a patch; scored (B, N):
    those that count; heard (B, N, 16, ROW_BYTES) uint8; expected (B, N, 16) int64, offsets, slopes float32.
    """

    patches: Tensor
    mask: Tensor
    scored: Tensor
    heard: Tensor | None = None
    expected: Tensor | None = None
    offsets: Tensor | None = None
    slopes: Tensor | None = None

    def to(self, device: torch.device | str) -> "Batch":
        """The same on another device."""
        return Batch(*(None if part is None else part.to(device, non_blocking=True) for part in self))  # type: ignore[arg-type]


def stack_lessons(lessons: Sequence[Lesson]) -> Batch:
    """Lessons of different lengths side by side; what one of them does not have none has."""
    patches = _padded([lesson.patches for lesson in lessons]).long()
    mask = _padded([np.ones(len(lesson), bool) for lesson in lessons])
    scored = _padded([np.ones(len(one), bool) if one.scored is None else one.scored for one in lessons])
    heard = [lesson.heard for lesson in lessons if lesson.heard is not None]
    expected = [lesson.expected for lesson in lessons if lesson.expected is not None]
    batch = Batch(patches, mask, scored)
    if len(heard) == len(lessons):
        batch = batch._replace(heard=_padded(heard))
    if len(expected) == len(lessons):
        batch = batch._replace(
            expected=_padded([one.chars for one in expected]).long(),
            offsets=_padded([one.offsets for one in expected]),
            slopes=_padded([one.slopes for one in expected]),
        )
    return batch


def _padded(arrays: Sequence[NDArray[np.generic]]) -> Tensor:
    """Arrays (n, ...) of different n → (B, longest, ...), zeros behind the shorter ones."""
    padded = np.zeros((len(arrays), max(map(len, arrays)), *arrays[0].shape[1:]), arrays[0].dtype)
    for row, array in enumerate(arrays):
        padded[row, : len(array)] = array
    return torch.from_numpy(padded)
