"""The character level, compiled: one patch for each of several slots.

Promises: the same as `model/patch_writer.py`; a row that has ended costs nothing more.
Not covered: the patch level, and reading what was written (`model/context.py`).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.model.compiled.levels import NOBODY, CharLevel
from generator.model.context import Contexts
from generator.model.guard import MOST_HELD_BACK, Guard
from generator.model.patches import EOS, PAD, PATCH_CHARS, VOCABULARY
from generator.model.plain import PlainNetwork
from generator.model.sampling_settings import NO_HINT, Sampling
from generator.model.slot import Slot

UNHINTED = (float(NO_HINT), 0.0, 1.0)
PADDING = bytes((PAD,))


class CompiledWriter:
    """Writes for at most so many readings at once."""

    def __init__(self, network: PlainNetwork, *, places: int) -> None:
        self.level = CharLevel(network, rows=places)
        self.hears = network.shape.heard > 0
        self.heard_bytes = self.level.heard.shape[1]
        self.silence = bytes(self.heard_bytes)  # what is heard without a guard
        # Single numbers of an array are read and written several times faster through these.
        self._chars, self._heard = view_of(self.level.chars), view_of(self.level.heard)
        self._hints = view_of(self.level.hints)

    def write(
        self, slots: list[Slot], forced: list[list[int]], guards: list[Guard | None], contexts: Contexts
    ) -> NDArray[np.int64]:
        """Sample the next patch of every slot: (readings, 16), in the order of `Contexts.readings`."""
        readings = self._begin(slots, contexts)
        written, chars = [b""] * len(slots), self._chars
        live, shortest = np.arange(len(slots)), [len(row) for row in forced]
        for place in range(PATCH_CHARS):
            rows: list[int] = live.tolist()
            free = [row for row in rows if place >= shortest[row]]
            if self.hears:
                for row in rows:
                    self._listen(row, guards[row], written[row])
            for row in free:
                self._expect(row, guards[row], written[row])
            self.level.write(live, live if len(free) == len(rows) else np.array(free, np.int64), place)
            ended = False
            for row in rows:
                if place < shortest[row]:
                    chars[row] = forced[row][place]
                elif (guard := guards[row]) is not None:
                    self._ask(row, place, guard, written[row])
                written[row] += bytes((chars[row],))
                ended |= chars[row] == EOS
            if ended:
                live = np.array([row for row in rows if chars[row] != EOS], np.int64)
                if not len(live):
                    break
        text = b"".join([text.ljust(PATCH_CHARS, PADDING) for text in written])
        return np.frombuffer(text, np.uint8).reshape(-1, PATCH_CHARS)[readings].astype(np.int64)

    def cost(
        self, encoded: NDArray[np.float32], patches: Sequence[Sequence[int]], heard: Sequence[bytes] = ()
    ) -> float:
        """What these patches cost, in nats. encoded (patches, hidden): the vectors that they follow.

        heard: for each of them what is heard at its 16 places; nothing if there is none.
        """
        level, nats = self.level, 0.0
        for first in range(0, len(patches), len(level.chars)):
            targets = np.array(patches[first : first + len(level.chars)])
            rows = np.arange(len(targets))
            level.begin[rows], level.seconds[rows], level.heard[rows] = encoded[first : first + len(rows)], NOBODY, 0
            said = np.frombuffer(b"".join(heard[first : first + len(rows)]), np.uint8)
            for place in range(PATCH_CHARS):
                if self.hears and len(said):
                    level.heard[rows] = said.reshape(len(rows), PATCH_CHARS, -1)[:, place]
                level.write(rows, rows[:0], place)
                logits = level.logits[rows].astype(np.float64)
                largest = logits.max(axis=1)
                totals = largest + np.log(np.exp(logits - largest[:, None]).sum(axis=1))
                wanted = targets[:, place]
                nats += float((totals - logits[rows, wanted])[wanted != PAD].sum())
                level.chars[rows] = wanted
        return nats

    def _begin(self, slots: list[Slot], contexts: Contexts) -> list[int]:
        """What every reading begins from; returns whose it is, for each."""
        level = self.level
        places, lengths = contexts.readings(slots)
        level.begin[: len(places)] = contexts.cache.encoded[places, [length - 1 for length in lengths]]
        second, whose = len(slots), list(range(len(slots)))
        for row, slot in enumerate(slots):
            level.uniform[row] = slot.rng.draw(PATCH_CHARS)
            level.settings[row] = settings_of(slot.sampling)
            level.seconds[row] = NOBODY
            if slot.guide is not None:
                level.seconds[row] = second
                whose.append(row)
                second += 1
        return whose

    def _listen(self, row: int, guard: Guard | None, written: bytes) -> None:
        """What is heard behind what is written."""
        start = row * self.heard_bytes
        self._heard[start : start + self.heard_bytes] = self.silence if guard is None else guard.hears(written)

    def _expect(self, row: int, guard: Guard | None, written: bytes) -> None:
        """What is expected behind what is written."""
        hint = (guard.hint(written) if guard is not None else None) or UNHINTED
        self._hints[3 * row], self._hints[3 * row + 1], self._hints[3 * row + 2] = hint

    def _ask(self, row: int, place: int, guard: Guard, written: bytes) -> None:
        """Leave a row's character as it is if the guard allows it, else sample what is left; EOS if nothing likely is.

        The same random number serves every sample, so a piece depends on its seed only.
        """
        chars = self._chars
        char = chars[row]
        if guard.allows(written, char):
            return
        logits, alone = self.level.logits[row], np.array([row], np.int64)
        probabilities = np.exp(logits - logits.max())
        probabilities /= probabilities.sum()
        chances = dict[int, float]()
        while len(chances) < MOST_HELD_BACK:
            chances[char] = float(probabilities[char])
            logits[char] = -np.inf
            self.level.draw(alone, place)
            char = chars[row]
            if guard.allows(written, char):
                guard.held_back(chances)
                return
        guard.held_back(chances)
        chars[row] = EOS


def view_of(numbers: NDArray[Any]) -> Any:
    """The numbers of an array, one after the other, as Python's own."""
    return memoryview(numbers.reshape(-1))  # type: ignore[arg-type]


def settings_of(sampling: Sampling) -> tuple[float, float, float, float]:
    """Top-k and top-p as the compiled draw takes them, the exponent, guidance."""
    return (
        float(sampling.top_k or VOCABULARY),
        sampling.top_p if sampling.top_p < 1 else 2.0,
        1 / sampling.temperature,
        sampling.guidance,
    )
