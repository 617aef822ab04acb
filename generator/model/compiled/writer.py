"""The character level, compiled: one patch for each of several slots.

Promises: the same as `model/patch_writer.py`; a row that has ended costs nothing more.
Not covered: the patch level, and reading what was written (`model/context.py`).
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from generator.model.compiled import kernels
from generator.model.compiled.levels import CharLevel
from generator.model.context import Contexts
from generator.model.guarded_sampling import MOST_HELD_BACK, Guard
from generator.model.network import Network
from generator.model.patches import EOS, PAD, PATCH_CHARS, VOCABULARY
from generator.model.sampling import NO_HINT, Sampling
from generator.model.slot import Slot

NOBODY = -1  # no second reading
UNHINTED = (float(NO_HINT), 0.0, 1.0)


class CompiledWriter:
    """Writes for at most so many readings at once."""

    def __init__(self, network: Network, *, places: int) -> None:
        self.level = CharLevel(network, rows=places)
        self.hears = network.hearing is not None
        self.silence = bytes(self.level.heard.shape[1])  # what is heard without a guard
        self.settings = np.zeros((places, 4))
        self.hints = np.zeros((places, 3))
        self.uniform = np.zeros((places, PATCH_CHARS))
        self.seconds = np.full(places, NOBODY, np.int64)

    def write(
        self, slots: list[Slot], forced: list[list[int]], guards: list[Guard | None], contexts: Contexts
    ) -> Tensor:
        """Sample the next patch of every slot: (readings, 16) int64, in the order of `Contexts.readings`."""
        readings = self._begin(slots, contexts)
        written = [bytearray() for _ in slots]
        live = list(range(len(slots)))
        for place in range(PATCH_CHARS):
            if not live:
                break
            if self.hears:
                self._listen(live, guards, written)
            self.level.write(self._rows_of(live), place)
            free = [row for row in live if place >= len(forced[row])]
            if free:
                self._draw(free, place, guards, written)
            chars = self.level.chars
            for row in live:
                if place < len(forced[row]):
                    chars[row] = forced[row][place]
                written[row].append(int(chars[row]))
                if self.seconds[row] != NOBODY:
                    chars[self.seconds[row]] = chars[row]
            live = [row for row in live if written[row][-1] != EOS]
        patches = torch.tensor([[*text, *[PAD] * (PATCH_CHARS - len(text))] for text in written])
        return patches[readings]

    def _begin(self, slots: list[Slot], contexts: Contexts) -> list[int]:
        """What every reading begins from; returns whose it is, for each."""
        places, lengths = contexts.readings(slots)
        last = [length - 1 for length in lengths]
        self.level.begin[: len(places)] = contexts.cache.encoded.numpy()[places, last]
        second, whose = len(slots), list(range(len(slots)))
        for row, slot in enumerate(slots):
            self.uniform[row] = torch.rand(PATCH_CHARS, generator=slot.rng).numpy()
            self.settings[row] = settings_of(slot.sampling)
            self.seconds[row] = NOBODY
            if slot.guide is not None:
                self.seconds[row] = second
                whose.append(row)
                second += 1
        return whose

    def _rows_of(self, live: Sequence[int]) -> NDArray[np.int64]:
        """Rows of these slots, and of their second readings."""
        seconds = [int(self.seconds[row]) for row in live]
        return np.array([*live, *(second for second in seconds if second != NOBODY)], np.int64)

    def _listen(self, live: Sequence[int], guards: Sequence[Guard | None], written: Sequence[bytearray]) -> None:
        """What is heard behind what is written; both readings hear the same."""
        heard = self.level.heard
        for row in live:
            guard = guards[row]
            said = self.silence if guard is None else guard.hears(bytes(written[row]))
            heard[row] = np.frombuffer(said, np.uint8)
            if self.seconds[row] != NOBODY:
                heard[self.seconds[row]] = heard[row]

    def _draw(
        self, free: Sequence[int], place: int, guards: Sequence[Guard | None], written: Sequence[bytearray]
    ) -> None:
        """Sample a character for these rows, with their guards' leave."""
        for row in free:
            guard = guards[row]
            self.hints[row] = (guard and guard.hint(bytes(written[row]))) or UNHINTED
        self._sample(np.array(free, np.int64), place)
        for row in free:
            guard = guards[row]
            if guard is not None:
                self._ask(row, place, guard, bytes(written[row]))

    def _ask(self, row: int, place: int, guard: Guard, written: bytes) -> None:
        """Leave a row's character as it is if the guard allows it, else sample what is left; EOS if nothing likely is.

        The same random number serves every sample, so a piece depends on its seed only.
        """
        chars = self.level.chars
        char = int(chars[row])
        if guard.allows(written, char):
            return
        logits, alone = self.level.logits[row], np.array([row], np.int64)
        probabilities = np.exp(logits - logits.max())
        probabilities /= probabilities.sum()
        chances = dict[int, float]()
        while len(chances) < MOST_HELD_BACK:
            chances[char] = float(probabilities[char])
            logits[char] = -np.inf
            self._sample(alone, place)
            char = int(chars[row])
            if guard.allows(written, char):
                guard.held_back(chances)
                return
        guard.held_back(chances)
        chars[row] = EOS

    def _sample(self, rows: NDArray[np.int64], place: int) -> None:
        level = self.level
        kernels.draw_each(level.logits, rows, self.seconds, self.settings, self.hints, place, self.uniform, level.chars)


def settings_of(sampling: Sampling) -> tuple[float, float, float, float]:
    """Top-k and top-p as the compiled draw takes them, the exponent, guidance."""
    return (
        float(sampling.top_k or VOCABULARY),
        sampling.top_p if sampling.top_p < 1 else 2.0,
        1 / sampling.temperature,
        sampling.guidance,
    )
