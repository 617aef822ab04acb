"""Sampling the next character of every row, with a guard's leave.

Promises: what is sampled for a row depends on that row, its settings and its random number alone.
Not covered: where the logits come from (`engine.py`), the distribution that is sampled from (`sampling.py`).
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from generator.model.guard import MOST_HELD_BACK, Guard
from generator.model.patches import EOS
from generator.model.sampling import Hint, HintRows, SamplingRows, sample_rows, stack_hints


class Odds(NamedTuple):
    """What the next characters are sampled from.

    logits (rows, 128); uniform (rows, 1): a random number for each row, from 0 up to but not including 1; unprompted
    (rows, 128): logits under the prompt that guidance leads away from, if any row is guided; hints: what is expected.
    """

    logits: Tensor
    settings: SamplingRows
    uniform: Tensor
    unprompted: Tensor | None = None
    hints: HintRows | None = None

    def row(self, number: int) -> "Odds":
        """Those of one row."""
        rows = slice(number, number + 1)
        return Odds(
            logits=self.logits[rows],
            settings=self.settings.row(number),
            uniform=self.uniform[rows],
            unprompted=None if self.unprompted is None else self.unprompted[rows],
            hints=None if self.hints is None else self.hints.row(number),
        )

    def sample(self) -> Tensor:
        """One character for each row: (rows,) int64."""
        return sample_rows(self.logits, self.settings, self.uniform, self.unprompted, self.hints)


def sample_characters(odds: Odds, guards: Sequence[Guard | None], written: Tensor, ended: Tensor) -> Tensor:
    """One character for each row: (rows,) int64.

    guards: for the first rows; written (rows, n): the patches so far; ended (rows,): those that need nothing more.
    """
    if not any(guards):
        return odds.sample()
    texts, over = [bytes(text) for text in written.tolist()], ended.tolist()
    hints: list[Hint | None] = [None] * len(over)
    for row, guard in enumerate(guards):
        if guard is not None and not over[row]:
            hints[row] = guard.hint(texts[row])
    if any(hints):
        odds = odds._replace(hints=stack_hints(hints, device=odds.logits.device))
    chars = odds.sample()
    sampled = chars.tolist()
    for row, guard in enumerate(guards):
        if guard is not None and not over[row]:
            sampled[row] = _sample_guarded(odds.row(row), sampled[row], guard, texts[row])
    return torch.tensor(sampled, device=chars.device)


def _sample_guarded(odds: Odds, first: int, guard: Guard, written: bytes) -> int:
    """`first` if the guard allows it, else another sample of what is left; EOS if nothing likely is.

    odds: of one row. The same random number serves every sample, so a piece depends on its seed only.
    """
    if guard.allows(written, first):
        return first
    probabilities = odds.logits.float().softmax(-1)[0]
    char, odds, chances = first, odds._replace(logits=odds.logits.clone()), dict[int, float]()
    while len(chances) < MOST_HELD_BACK:
        chances[char] = float(probabilities[char])
        odds.logits[0, char] = -torch.inf
        char = int(odds.sample())
        if guard.allows(written, char):
            guard.held_back(chances)
            return char
    guard.held_back(chances)
    return EOS
